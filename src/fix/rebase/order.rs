//! In which order the lines of a moving set are laid onto each other, and which revisions get new parents by that.
//!
//! Works on one group at a time, with places in its topological order for revisions. A *line* is everything of the
//! group below one of its heads.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::history::History;
use super::number::number;
use super::target::Group;
use crate::graph::Node;

/// Up to so many lines every order is weighed; above, the cheapest next line is taken each time.
const WEIGHED: usize = 8;

/// The new parents of the revisions of one group.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// Every member, each after what it comes after now.
    pub(super) order: Vec<Node>,
    /// New parents, where they are others than before; none means that the revision begins the history.
    pub(super) parents: BTreeMap<Node, Vec<Node>>,
    /// Whether lines had to be laid into one another.
    pub(super) interleaved: bool,
}

/// What the parents of one member become.
enum New {
    /// What the line is laid on, alone.
    Top,
    /// These members.
    Inside(Vec<usize>),
}

/// The members of a group with what lies below each.
struct Moving<'h, 'a> {
    history: &'h History<'a>,
    target: Option<Node>,
    /// In topological order.
    nodes: Vec<Node>,
    /// The parents of each that are members.
    parents: Vec<Vec<usize>>,
    /// Whether each has parents that are no members, or that no file defines.
    has_others: Vec<bool>,
    /// Whether the target is below it now.
    is_above_target: Vec<bool>,
    /// All members that each comes after now, through parents and dependencies, itself included.
    effective: Vec<Bits>,
}

/// Everything below one head of the group, in the order of preference.
struct Line {
    head: usize,
    own: Bits,
}

/// Lays the lines of a group onto its target and each other. `effective` says for every revision above a member which
/// members it comes after, and `sorted` are the members in topological order.
pub(super) fn place(
    history: &History<'_>,
    group: &Group,
    sorted: Vec<Node>,
    is_numbered: bool,
) -> Placed {
    let moving = Moving::new(history, group.target, sorted);
    let lines = moving.lines(is_numbered);
    let order = if lines.len() <= WEIGHED { moving.weigh(&lines) } else { moving.greedy(&lines) };
    match order {
        Some(order) => moving.lay(&lines, &order),
        None => moving.interleave(),
    }
}

impl<'h, 'a> Moving<'h, 'a> {
    fn new(history: &'h History<'a>, target: Option<Node>, nodes: Vec<Node>) -> Self {
        let place_of: BTreeMap<Node, usize> =
            nodes.iter().enumerate().map(|(place, &node)| (node, place)).collect();
        let graph = history.graph;
        let above = target.map(|target| graph.descendants(&[target]));
        let inside = |node: &Node| -> Vec<usize> {
            graph.parents(*node).iter().filter_map(|parent| place_of.get(parent)).copied().collect()
        };
        let parents: Vec<Vec<usize>> = nodes.iter().map(inside).collect();
        let written = |node: &Node| graph.revision(*node).edges.parents.iter();
        let has_others = nodes.iter().map(|node| {
            written(node)
                .any(|id| graph.find(id.as_str()).is_none_or(|n| !place_of.contains_key(&n)))
        });
        let is_above_target =
            nodes.iter().map(|node| above.as_ref().is_none_or(|above| above[node.index()]));
        Self {
            has_others: has_others.collect(),
            is_above_target: is_above_target.collect(),
            effective: effective(history, &nodes, &place_of),
            history,
            target,
            parents,
            nodes,
        }
    }

    /// The lines, the one that goes first by its key before the others: by the smallest number of its roots in a
    /// numbered project; else by the oldest date of its roots, where every root of every line has one; else by the
    /// load order of its roots.
    fn lines(&self, is_numbered: bool) -> Vec<Line> {
        let mut is_head = vec![true; self.nodes.len()];
        for &parent in self.parents.iter().flatten() {
            is_head[parent] = false;
        }
        let heads = (0..self.nodes.len()).filter(|&place| is_head[place]);
        let lines: Vec<Line> = heads.map(|head| Line { head, own: self.below(head) }).collect();
        let roots: Vec<Vec<Node>> = lines.iter().map(|line| self.roots(line)).collect();
        let dates = roots.iter().map(|roots| {
            let dates = roots.iter().map(|&root| date(self.history, root));
            dates.collect::<Option<Vec<_>>>()?.into_iter().min()
        });
        let dates: Option<Vec<jiff::Timestamp>> = dates.collect();
        let mut keyed: Vec<_> = (lines.into_iter().enumerate())
            .map(|(index, line)| {
                let roots = &roots[index];
                let numbers = roots.iter().map(|&root| number(self.history, root));
                let smallest = numbers.map(|number| number.map_or(u32::MAX, |n| n.value)).min();
                let date = dates.as_ref().map(|dates| dates[index]);
                let first = roots.iter().min().copied();
                let (number, date) = if is_numbered { (smallest, None) } else { (None, date) };
                ((number, date, first, self.nodes[line.head]), line)
            })
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, line)| line).collect()
    }

    fn below(&self, head: usize) -> Bits {
        let mut below = Bits::new(self.nodes.len());
        let mut todo = vec![head];
        while let Some(place) = todo.pop() {
            if below.insert(place) {
                todo.extend(&self.parents[place]);
            }
        }
        below
    }

    fn roots(&self, line: &Line) -> Vec<Node> {
        let roots = line.own.iter().filter(|&place| self.parents[place].is_empty());
        roots.map(|place| self.nodes[place]).collect()
    }

    /// What a line changes when it is laid onto those in `used`.
    fn changes(&self, line: &Line, used: &Bits) -> BTreeMap<usize, New> {
        let own = line.own.without(used);
        let is_first = used.is_empty();
        let roots =
            own.iter().filter(|&place| !self.parents[place].iter().any(|&p| own.contains(p)));
        let roots: Vec<usize> = roots.collect();
        let mut must: Vec<usize> =
            roots.iter().copied().filter(|&root| !self.stands(root, used)).collect();
        if !is_first && must.is_empty() {
            must.extend(roots.first());
        }
        let mut shifted = Bits::new(self.nodes.len());
        let mut changes = BTreeMap::new();
        for place in own.iter() {
            if must.contains(&place) {
                shifted.insert(place);
                changes.insert(place, New::Top);
            } else if self.parents[place].iter().any(|&parent| shifted.contains(parent)) {
                shifted.insert(place);
                let parents = self.parents[place].iter().copied();
                let kept: Vec<usize> = parents.filter(|&parent| own.contains(parent)).collect();
                if self.has_others[place] || kept.len() < self.parents[place].len() {
                    changes.insert(place, New::Inside(kept));
                }
            }
        }
        changes
    }

    /// Whether a root may keep its parents.
    fn stands(&self, root: usize, used: &Bits) -> bool {
        let parents = &self.parents[root];
        let graph = self.history.graph;
        let node = self.nodes[root];
        let written = &graph.revision(node).edges.parents;
        if written.iter().any(|id| graph.find(id.as_str()).is_none()) {
            return false;
        }
        if let (&[only], false) = (parents.as_slice(), self.has_others[root]) {
            return used.contains(only) || self.is_above_target[root];
        }
        !parents.iter().any(|&parent| used.contains(parent)) && self.is_above_target[root]
    }

    fn is_eligible(&self, line: &Line, used: &Bits) -> bool {
        self.effective[line.head].without(&line.own).is_within(used)
    }

    /// The order with the fewest changes, of several the one that takes the earlier lines first; `None` where the
    /// lines depend on each other both ways.
    fn weigh(&self, lines: &[Line]) -> Option<Vec<usize>> {
        // By the set of lines laid so far, one bit each: how many changes, and in which order.
        let mut best: Vec<Option<(usize, Vec<usize>)>> = vec![None; 1 << lines.len()];
        best[0] = Some((0, Vec::new()));
        for laid in 0..best.len() {
            let Some((cost, order)) = best[laid].clone() else { continue };
            let mut used = Bits::new(self.nodes.len());
            for &line in &order {
                used.add(&lines[line].own);
            }
            for (index, line) in lines.iter().enumerate() {
                if laid & (1 << index) != 0 || !self.is_eligible(line, &used) {
                    continue;
                }
                let mut next = order.clone();
                next.push(index);
                let next = (cost + self.changes(line, &used).len(), next);
                let known = &mut best[laid | (1 << index)];
                if known.as_ref().is_none_or(|known| next < *known) {
                    *known = Some(next);
                }
            }
        }
        best.pop()?.map(|(_, order)| order)
    }

    /// The cheapest line that may come next, each time.
    fn greedy(&self, lines: &[Line]) -> Option<Vec<usize>> {
        let mut used = Bits::new(self.nodes.len());
        let mut left: Vec<usize> = (0..lines.len()).collect();
        let mut costs: Vec<Option<usize>> = vec![None; lines.len()];
        let mut order = Vec::new();
        while !left.is_empty() {
            let mut cheapest: Option<(usize, usize)> = None;
            for (at, &index) in left.iter().enumerate() {
                let line = &lines[index];
                let cost = *costs[index].get_or_insert_with(|| self.changes(line, &used).len());
                if cheapest.is_none_or(|(known, _)| cost < known) && self.is_eligible(line, &used) {
                    cheapest = Some((cost, at));
                }
            }
            let next = left.remove(cheapest?.1);
            let is_first = order.is_empty();
            for &index in &left {
                if is_first || lines[index].own.meets(&lines[next].own) {
                    costs[index] = None;
                }
            }
            used.add(&lines[next].own);
            order.push(next);
        }
        Some(order)
    }

    /// The changes of all lines in this order.
    fn lay(&self, lines: &[Line], order: &[usize]) -> Placed {
        let mut placed = Placed::default();
        let mut used = Bits::new(self.nodes.len());
        let mut top: Vec<Node> = self.target.into_iter().collect();
        for &index in order {
            let line = &lines[index];
            for (place, new) in self.changes(line, &used) {
                let parents = match new {
                    New::Top => top.clone(),
                    New::Inside(parents) => {
                        parents.iter().map(|&parent| self.nodes[parent]).collect()
                    }
                };
                placed.parents.insert(self.nodes[place], parents);
            }
            placed.order.extend(line.own.without(&used).iter().map(|place| self.nodes[place]));
            used.add(&line.own);
            top = vec![self.nodes[line.head]];
        }
        placed
    }

    /// One line of all members in the order of their dependencies, a child next to its parent where that is possible.
    fn interleave(&self) -> Placed {
        let mut placed = Placed { interleaved: true, ..Placed::default() };
        let mut done = Bits::new(self.nodes.len());
        let mut left: Vec<usize> = (0..self.nodes.len()).collect();
        let mut top: Option<Node> = self.target;
        let mut last = None;
        while !left.is_empty() {
            let is_ready = |place: usize| {
                let mut needed = self.effective[place].clone();
                needed.remove(place);
                needed.is_within(&done)
            };
            let ready: Vec<usize> = (0..left.len()).filter(|&at| is_ready(left[at])).collect();
            let follows = |at: &&usize| last.is_some_and(|l| self.parents[left[**at]].contains(&l));
            // The members are in topological order, so the first of those that are left is always ready.
            let at = ready.iter().find(follows).or(ready.first()).copied().unwrap_or(0);
            let place = left.remove(at);
            let node = self.nodes[place];
            let parents: Vec<Node> = top.into_iter().collect();
            let stays = self.target.is_none() && last.is_none();
            if !stays && (parents != self.history.graph.parents(node) || self.lacks_parent(node)) {
                placed.parents.insert(node, parents);
            }
            placed.order.push(node);
            done.insert(place);
            (top, last) = (Some(node), Some(place));
        }
        placed
    }

    fn lacks_parent(&self, node: Node) -> bool {
        let graph = self.history.graph;
        graph.revision(node).edges.parents.iter().any(|id| graph.find(id.as_str()).is_none())
    }
}

/// For each member all members that it comes after, by whatever way.
fn effective(history: &History<'_>, nodes: &[Node], place_of: &BTreeMap<Node, usize>) -> Vec<Bits> {
    let mut known: BTreeMap<Node, Bits> = BTreeMap::new();
    let above = history.after(nodes);
    let order = super::history::sorted(&above, |node| history.before(node), |node| node);
    for node in order.unwrap_or_default() {
        let mut below = Bits::new(nodes.len());
        for before in history.before(node) {
            if let Some(known) = known.get(&before) {
                below.add(known);
            }
        }
        if let Some(&place) = place_of.get(&node) {
            below.insert(place);
        }
        known.insert(node, below);
    }
    nodes.iter().map(|node| known.remove(node).unwrap_or_else(|| Bits::new(nodes.len()))).collect()
}

/// The `Create Date` of a revision; without a zone it is taken as UTC.
fn date(history: &History<'_>, node: Node) -> Option<jiff::Timestamp> {
    let text = &history.script(node).header.create_date.as_ref()?.text;
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp);
    }
    let naive = text.parse::<jiff::civil::DateTime>().ok()?;
    naive.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
