//! The history after a move: new parents, merge revisions that became useless, dependencies that follow.
//!
//! Ids and file names are not known here. What would lose an ancestor, or close a circle, is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::Bits;
use super::history::{History, closures, sorted};
use super::order::{Placed, place};
use super::target::{Choice, Group};
use super::{Refusal, Warning, number::Numbering};
use crate::graph::Node;

/// One entry of `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    /// The revision.
    pub(super) node: Node,
    /// Its branch label, where it is named by that.
    pub(super) label: Option<Box<str>>,
}

/// What changes about the edges of a history.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// New parents of revisions that stay, where they are others.
    pub(super) parents: BTreeMap<Node, Vec<Node>>,
    /// New dependencies of revisions that stay, where they are others.
    pub(super) dependencies: BTreeMap<Node, Vec<Dependency>>,
    /// Merge revisions that go, each with the one that takes its place.
    pub(super) dropped: BTreeMap<Node, Node>,
    /// What moves or comes after what moves, in the new order, without what is dropped.
    pub(super) order: Vec<Node>,
    /// Everything each of these came after before the move.
    pub(super) before: BTreeMap<Node, Bits>,
    /// Everything each of those that stay comes after now.
    pub(super) after: BTreeMap<Node, Bits>,
    /// Those that stay and come after more than before.
    pub(super) moved: BTreeSet<Node>,
    /// Worth knowing.
    pub(super) warnings: Vec<Warning>,
}

/// Moves the groups. Refuses what would lose an ancestor or close a circle.
pub(super) fn shape(history: &History<'_>, choice: &Choice) -> Result<Shape, Refusal> {
    let mut shape = Shape::default();
    let members: Vec<Node> =
        choice.groups.iter().flat_map(|group| &group.members).copied().collect();
    if members.is_empty() {
        return Ok(shape);
    }
    let affected = history.after(&members);
    // Circles were refused before.
    let old_order = sorted(&affected, |node| history.before(node), |node| node).unwrap_or_default();
    let mut order = Vec::new();
    for group in &choice.groups {
        let set: BTreeSet<Node> = group.members.iter().copied().collect();
        let sorted = old_order.iter().filter(|node| set.contains(node)).copied().collect();
        let is_numbered =
            group.target.is_some_and(|target| Numbering::at(history, target).is_some());
        let placed = place(history, group, sorted, is_numbered);
        refuse_lost_parents(history, group, &set, &placed)?;
        if placed.interleaved {
            shape.warnings.push(Warning::DependencyInterleaved);
        }
        order.extend(placed.order);
        shape.parents.extend(placed.parents);
    }
    shape.before = closures(history.len(), &old_order, |node| history.before(node));
    let members: BTreeSet<Node> = members.into_iter().collect();
    for &node in &order {
        shape.settle(history, &members, node);
    }
    for &node in &old_order {
        shape.settle_dependencies(history, node);
    }
    shape.finish(history, &old_order, &order)?;
    Ok(shape)
}

/// Refuses to take a parent from a revision that it would not come after by other parents.
fn refuse_lost_parents(
    history: &History<'_>,
    group: &Group,
    members: &BTreeSet<Node>,
    placed: &Placed,
) -> Result<(), Refusal> {
    // Without a target the first line stands where it stood; what the others lose is seen at the end.
    let Some(target) = group.target else { return Ok(()) };
    let below = history.graph.ancestors(&[target]);
    for &node in placed.parents.keys() {
        let parents = history.graph.parents(node);
        let lost =
            parents.iter().find(|parent| !members.contains(parent) && !below[parent.index()]);
        if let Some(&lost) = lost {
            return Err(Refusal::OrderLost { lost: history.id(lost), revision: history.id(node) });
        }
    }
    Ok(())
}

impl Shape {
    /// The parents of a revision after the move.
    pub(super) fn parents<'s>(&'s self, history: &'s History<'_>, node: Node) -> &'s [Node] {
        self.parents.get(&node).map_or_else(|| history.graph.parents(node), Vec::as_slice)
    }

    /// Parents and dependencies of a revision after the move; some may come twice.
    pub(super) fn before<'s>(
        &'s self,
        history: &'s History<'_>,
        node: Node,
    ) -> impl Iterator<Item = Node> + 's {
        let new = self.dependencies.get(&node);
        let old = if new.is_some() { &[] } else { history.graph.dependencies(node) };
        let new = new.into_iter().flatten().map(|dependency| dependency.node);
        self.parents(history, node).iter().chain(old).copied().chain(new)
    }

    /// Everything that a revision comes after now, itself included, by node.
    pub(super) fn closure(&self, history: &History<'_>, node: Node) -> Bits {
        if let Some(known) = self.after.get(&node) {
            return known.clone();
        }
        let mut reached = Bits::new(history.len());
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            if reached.insert(node.index()) {
                todo.extend(self.before(history, node));
            }
        }
        reached
    }

    /// The heads after the move, in load order.
    pub(super) fn heads(&self, history: &History<'_>) -> Vec<Node> {
        let mut is_parent = vec![false; history.len()];
        let stays = |node: &Node| !self.dropped.contains_key(node);
        for node in history.graph.all_nodes().filter(stays) {
            for parent in self.parents(history, node) {
                is_parent[parent.index()] = true;
            }
        }
        history.graph.all_nodes().filter(|node| stays(node) && !is_parent[node.index()]).collect()
    }

    /// Replaces dropped parents of a member, takes out those that have become superfluous, and drops the member itself
    /// where nothing is left for it to do.
    fn settle(&mut self, history: &History<'_>, members: &BTreeSet<Node>, node: Node) {
        let mut parents = Vec::new();
        for parent in self.parents(history, node) {
            let parent = *self.dropped.get(parent).unwrap_or(parent);
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        if parents == self.parents(history, node) && !self.parents.contains_key(&node) {
            return;
        }
        if parents.len() > 1 {
            let below: Vec<BTreeSet<Node>> =
                parents.iter().map(|&parent| self.below(history, members, parent)).collect();
            let is_below = |parent: &Node| below.iter().any(|below| below.contains(parent));
            let kept: Vec<Node> = parents.iter().copied().filter(|p| !is_below(p)).collect();
            parents = kept;
        }
        let revision = history.graph.revision(node);
        if let ([only], true) = (parents.as_slice(), history.graph.parents(node).len() > 1) {
            if history.script(node).has_operations() {
                self.warnings.push(Warning::MergeWithOperationsKept(history.id(node)));
            } else if revision.labels.is_empty() && self.keeps_dependencies(history, node, *only) {
                self.dropped.insert(node, *only);
                self.parents.remove(&node);
                return;
            }
        }
        self.parents.insert(node, parents);
    }

    /// What lies below a revision by parents, itself not included, among the members and just below them.
    fn below(&self, history: &History<'_>, members: &BTreeSet<Node>, node: Node) -> BTreeSet<Node> {
        let mut below = BTreeSet::new();
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            if members.contains(&node) {
                let parents = self.parents(history, node).iter().copied();
                todo.extend(parents.filter(|&parent| below.insert(parent)));
            }
        }
        below
    }

    /// Whether `heir` comes after everything that `node` depends on, so that nobody loses it with `node`.
    fn keeps_dependencies(&self, history: &History<'_>, node: Node, heir: Node) -> bool {
        let dependencies = history.graph.dependencies(node);
        if dependencies.is_empty() {
            return true;
        }
        let below = self.closure(history, heir);
        let after_drop = |dependency: &Node| *self.dropped.get(dependency).unwrap_or(dependency);
        dependencies.iter().map(after_drop).all(|dependency| below.contains(dependency.index()))
    }

    /// Replaces dropped dependencies; takes from a merge revision those that it now comes after by parents.
    ///
    /// A merge revision that depends on its own ancestor makes `alembic upgrade` die with `KeyError` on an empty
    /// database (1.20.1, `HeadMaintainer`), because a row is deleted that is not there.
    fn settle_dependencies(&mut self, history: &History<'_>, node: Node) {
        let written = &history.graph.revision(node).edges.dependencies;
        if written.is_empty() || self.dropped.contains_key(&node) {
            return;
        }
        let mut dependencies: Vec<(Dependency, bool)> = Vec::new();
        for name in written {
            let by_id = history.graph.find(name);
            let Some(found) = by_id.or_else(|| history.graph.find_label(name)) else { continue };
            let heir = self.dropped.get(&found).copied();
            let label = (by_id.is_none() && heir.is_none()).then(|| name.clone());
            let dependency = Dependency { node: heir.unwrap_or(found), label };
            if heir.is_none()
                || !dependencies.iter().any(|(known, _)| known.node == dependency.node)
            {
                dependencies.push((dependency, heir.is_some()));
            }
        }
        if self.parents(history, node).len() > 1 {
            let now = self.by_parents(history, node);
            let before = history.graph.ancestors(&[node]);
            dependencies.retain(|(Dependency { node, .. }, is_new)| {
                !now[node.index()] || before[node.index()] && !is_new
            });
        }
        if dependencies.len() < written.len() || dependencies.iter().any(|(_, is_new)| *is_new) {
            let dependencies = dependencies.into_iter().map(|(dependency, _)| dependency);
            self.dependencies.insert(node, dependencies.collect());
        }
    }

    /// Everything that a revision comes after by parents, by node.
    pub(super) fn by_parents(&self, history: &History<'_>, node: Node) -> Vec<bool> {
        let mut reached = vec![false; history.len()];
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reached[node.index()], true) {
                todo.extend(self.parents(history, node));
            }
        }
        reached
    }

    /// Finds the new order, and refuses a circle and a lost ancestor.
    fn finish(
        &mut self,
        history: &History<'_>,
        affected: &[Node],
        moved: &[Node],
    ) -> Result<(), Refusal> {
        let place: BTreeMap<Node, usize> = moved.iter().copied().zip(1..).collect();
        let stays: Vec<Node> =
            affected.iter().copied().filter(|node| !self.dropped.contains_key(node)).collect();
        let key = |node: Node| place.get(&node).copied().unwrap_or(0);
        let order = sorted(&stays, |node| self.before(history, node), key)
            .map_err(|circle| Refusal::CrosswiseDependencies(history.ids(circle)))?;
        self.after = closures(history.len(), &order, |node| self.before(history, node));
        self.order = order;
        let mut gone = Bits::new(history.len());
        for node in self.dropped.keys() {
            gone.insert(node.index());
        }
        for node in &self.order {
            let (Some(before), Some(after)) = (self.before.get(node), self.after.get(node)) else {
                continue;
            };
            let mut kept = after.clone();
            kept.add(&gone);
            if let Some(lost) = before.without(&kept).iter().next()
                && let Some(lost) = history.graph.all_nodes().nth(lost)
            {
                let revision = history.id(*node);
                return Err(Refusal::OrderLost { lost: history.id(lost), revision });
            }
            if !after.is_within(before) {
                self.moved.insert(*node);
            }
        }
        Ok(())
    }

    /// Whether a revision comes after more than before.
    pub(super) fn is_moved(&self, node: Node) -> bool {
        self.moved.contains(&node)
    }
}
