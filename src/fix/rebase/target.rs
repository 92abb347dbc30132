//! What moves, and onto what.
//!
//! Chooses only; where the chosen revisions come to stand is decided in [`super::order`].

use std::collections::{BTreeMap, BTreeSet};

use super::history::{History, sorted};
use super::{Refusal, Warning};
use crate::environment::ExpectedHeads;
use crate::graph::Node;
use crate::graph::symbol::LookupError;
use crate::revision::BranchLabel;

/// Revisions that move together onto one target.
#[derive(Debug)]
pub(super) struct Group {
    /// The target; `None` where the first line of them stays and the others are laid on top of it.
    pub(super) target: Option<Node>,
    /// What moves, in load order.
    pub(super) members: Vec<Node>,
}

/// What moves, and which number of heads is good afterwards.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) groups: Vec<Group>,
    /// Whether more heads than expected may be left without a refusal.
    pub(super) may_leave_heads: bool,
}

/// The revisions that the arguments name. Refuses names that are none, and published ones.
pub(super) fn named(history: &History<'_>) -> Result<Vec<Node>, Refusal> {
    let revs = history.question.revs.iter();
    let nodes = revs.map(|rev| find(history, rev, false)).collect::<Result<Vec<Node>, _>>()?;
    match nodes.iter().find(|&&node| history.is_published(node)) {
        Some(&node) => Err(Refusal::PublishedWouldMove {
            id: history.id(node),
            name: history.question.published.name.clone().unwrap_or_default(),
        }),
        None => Ok(nodes),
    }
}

/// The target that the arguments name.
pub(super) fn onto(history: &History<'_>) -> Result<Option<Node>, Refusal> {
    let Some(argument) = history.question.onto else { return Ok(None) };
    if let Some((label, "head")) = argument.split_once('@') {
        let published = history.published_heads();
        let carry = |heads: &[Node]| -> Vec<Node> {
            let carries = |head: &&Node| history.graph.labels(**head).contains(&label);
            heads.iter().filter(carries).copied().collect()
        };
        return match carry(&published).as_slice() {
            [only] => Ok(Some(*only)),
            [] => find(history, argument, true).map(Some),
            several => Err(Refusal::PublishedForked(history.ids(several.iter().copied()))),
        };
    }
    find(history, argument, true).map(Some)
}

/// One revision by id, prefix of an id, label or symbol. Of two with the same id the published or the other one.
fn find(history: &History<'_>, argument: &str, published: bool) -> Result<Node, Refusal> {
    let written = |script: &&usize| {
        history.question.scripts[**script].id().is_some_and(|id| id.as_str() == argument)
    };
    let twin = history.normal.twins.iter().find(written);
    if let Some(&twin) = twin.filter(|_| !published)
        && let Some(node) =
            history.unpublished().find(|&node| history.graph.script_index(node) == twin)
    {
        return Ok(node);
    }
    let unknown = |reason| Refusal::UnknownRevision { argument: argument.to_owned(), reason };
    match history.graph.get_revision(argument) {
        Ok(Some(node)) => Ok(node),
        Ok(None) | Err(LookupError::Unknown { .. }) => Err(unknown(None)),
        Err(error) => Err(unknown(Some(error.detail().unwrap_or_else(|| error.to_string())))),
    }
}

/// What moves onto a target that was named.
pub(super) fn onto_named(
    history: &History<'_>,
    revs: &[Node],
    onto: Node,
) -> Result<Choice, Refusal> {
    let below = history.ancestors(onto);
    if let Some(&rev) = revs.iter().find(|rev| below[rev.index()]) {
        return Err(Refusal::OntoDescendant { rev: history.id(rev), onto: history.id(onto) });
    }
    let may_move = |node: &Node| !history.is_published(*node) && !below[node.index()];
    let members: Vec<Node> = if revs.is_empty() {
        history.graph.all_nodes().filter(may_move).collect()
    } else {
        let lines = history.graph.ancestors(revs);
        let lowest: Vec<Node> = history
            .graph
            .all_nodes()
            .filter(|node| lines[node.index()] && may_move(node))
            .collect();
        let moving = history.graph.descendants(&lowest);
        history.graph.all_nodes().filter(|node| moving[node.index()]).collect()
    };
    Ok(Choice { groups: vec![Group { target: Some(onto), members }], may_leave_heads: true })
}

/// What moves where no target was named.
pub(super) fn without_onto(history: &History<'_>, revs: &[Node]) -> Result<Choice, Refusal> {
    let heads = history.graph.heads();
    let surplus = history.surplus_now();
    let refuse = |refusal: Refusal| if surplus == 0 { Ok(Choice::default()) } else { Err(refusal) };
    if history.unpublished().next().is_none() {
        return refuse(Refusal::NothingUnpublished(history.ids(heads.iter().copied())));
    }
    let published_heads = history.published_heads();
    if published_heads.is_empty() {
        return refuse(Refusal::NothingPublished(history.ids(heads.iter().copied())));
    }
    if matches!(history.question.expected, ExpectedHeads::Total(2..)) && surplus == 0 {
        return Ok(Choice::default());
    }
    let lines = published_labels(history, &published_heads);
    let chooser = Chooser { history, published_heads, lines, surplus, joiner: None }.with_joiner();
    let mut targets: BTreeMap<(Option<Node>, Option<&str>), Vec<Node>> = BTreeMap::new();
    for component in components(history) {
        if !revs.is_empty() && !revs.iter().any(|rev| component.contains(rev)) {
            continue;
        }
        if let Some(target) = chooser.target(&component)? {
            targets.entry(target).or_default().extend(component);
        }
    }
    let mut choice = Choice {
        groups: Vec::new(),
        may_leave_heads: !revs.is_empty() || chooser.lines.is_some() && chooser.joiner.is_none(),
    };
    for ((target, _), mut members) in targets {
        if let Some(target) = target {
            let below = history.ancestors(target);
            members.retain(|node| !below[node.index()]);
        }
        members.sort_unstable();
        choice.groups.push(Group { target, members });
    }
    chooser.refuse_labelled_bases(&choice)?;
    Ok(choice)
}

/// The unpublished revisions, split where no parent connects them; in load order of their first.
fn components(history: &History<'_>) -> Vec<Vec<Node>> {
    let mut seen = BTreeSet::new();
    let mut components = Vec::new();
    for start in history.unpublished() {
        let mut component = Vec::new();
        let mut todo = vec![start];
        while let Some(node) = todo.pop() {
            if !history.is_published(node) && seen.insert(node) {
                component.push(node);
                todo.extend(history.graph.parents(node));
                todo.extend(history.graph.children(node));
            }
        }
        if !component.is_empty() {
            component.sort_unstable();
            components.push(component);
        }
    }
    components
}

/// The branch labels of each published head where no two have one in common and each has some; `None` otherwise.
fn published_labels<'a>(
    history: &History<'a>,
    heads: &[Node],
) -> Option<Vec<(Node, Vec<&'a str>)>> {
    if heads.len() < 2 || *history.question.expected != ExpectedHeads::Total(1) {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for &head in heads {
        let labels = history.graph.labels(head);
        if labels.is_empty() || !labels.iter().all(|&label| seen.insert(label)) {
            return None;
        }
        lines.push((head, labels));
    }
    Some(lines)
}

/// Chooses the target of one component after the other.
struct Chooser<'h, 'a> {
    history: &'h History<'a>,
    published_heads: Vec<Node>,
    /// The published heads by label, where each has labels of its own.
    lines: Option<Vec<(Node, Vec<&'a str>)>>,
    surplus: usize,
    /// The lowest unpublished revision above all published heads, where there are several.
    joiner: Option<Node>,
}

/// A target and, where it is none yet, the label of the line. The outer `None` where a component stays as it is.
type Target<'a> = Option<(Option<Node>, Option<&'a str>)>;

impl<'a> Chooser<'_, 'a> {
    fn with_joiner(mut self) -> Self {
        let history = self.history;
        if *history.question.expected == ExpectedHeads::Total(1) && self.published_heads.len() > 1 {
            let mut above = vec![0_usize; history.len()];
            for &head in &self.published_heads {
                let descendants = history.graph.descendants(&[head]);
                for (above, is_above) in above.iter_mut().zip(descendants) {
                    *above += usize::from(is_above);
                }
            }
            let joins = |node: &Node| above[node.index()] == self.published_heads.len();
            let joiners: Vec<Node> = history.unpublished().filter(joins).collect();
            let order = sorted(&joiners, |node| history.before(node), |node| node);
            self.joiner = order.ok().and_then(|order| order.first().copied());
        }
        self
    }

    fn target(&self, component: &[Node]) -> Result<Target<'a>, Refusal> {
        let history = self.history;
        match history.question.expected {
            ExpectedHeads::PerLabel(labels) => self.by_table(component, labels),
            ExpectedHeads::Total(1) => match self.published_heads.as_slice() {
                &[only] => Ok(Some((Some(only), None))),
                _ if self.joiner.is_some() => Ok(Some((self.joiner, None))),
                several => match &self.lines {
                    Some(lines) => self.by_published_labels(component, lines),
                    None => Err(Refusal::PublishedForked(history.ids(several.iter().copied()))),
                },
            },
            ExpectedHeads::Total(_) => self.only_above(component, &self.published_heads, None),
        }
    }

    /// The only one of `heads` that stands above all published parents of the component.
    fn only_above(
        &self,
        component: &[Node],
        heads: &[Node],
        label: Option<&'a str>,
    ) -> Result<Target<'a>, Refusal> {
        let history = self.history;
        let parents = component.iter().flat_map(|&node| history.graph.parents(node));
        let outside: BTreeSet<Node> =
            parents.copied().filter(|&parent| history.is_published(parent)).collect();
        let stands_above = |head: &&Node| {
            let below = history.graph.ancestors(&[**head]);
            outside.iter().all(|parent| below[parent.index()])
        };
        let above: Vec<Node> = heads.iter().filter(stands_above).copied().collect();
        match above.as_slice() {
            &[only] => Ok(Some((Some(only), label))),
            _ => Err(Refusal::TargetAmbiguous(history.ids(heads.iter().copied()))),
        }
    }

    fn heads(&self, component: &[Node]) -> Vec<Node> {
        let is_head = |node: &&Node| self.history.graph.children(**node).is_empty();
        component.iter().filter(is_head).copied().collect()
    }

    fn ambiguous(&self, component: &[Node]) -> Result<Target<'a>, Refusal> {
        if self.surplus == 0 {
            return Ok(None);
        }
        Err(Refusal::LabelAmbiguous(self.history.ids(self.heads(component))))
    }

    /// One head per label of the table `expected-heads`.
    fn by_table(
        &self,
        component: &[Node],
        table: &'a [(String, usize)],
    ) -> Result<Target<'a>, Refusal> {
        let history = self.history;
        let heads = self.heads(component);
        let carried: BTreeSet<&str> =
            heads.iter().flat_map(|&head| history.graph.labels(head)).collect();
        let mut listed = table.iter().filter(|(label, _)| carried.contains(label.as_str()));
        let (Some((label, expected)), None) = (listed.next(), listed.next()) else {
            return self.ambiguous(component);
        };
        let with_label = |heads: &[Node]| -> Vec<Node> {
            let has_it = |head: &&Node| history.graph.labels(**head).contains(&label.as_str());
            heads.iter().filter(has_it).copied().collect()
        };
        let published = with_label(&self.published_heads);
        let label = Some(label.as_str());
        match published.as_slice() {
            [] => Ok(Some((None, label))),
            &[only] => Ok(Some((Some(only), label))),
            _ if with_label(history.graph.heads()).len() <= *expected => Ok(None),
            several if *expected > 1 => self.only_above(component, several, label),
            several => Err(Refusal::PublishedForked(history.ids(several.iter().copied()))),
        }
    }

    fn by_published_labels(
        &self,
        component: &[Node],
        lines: &[(Node, Vec<&'a str>)],
    ) -> Result<Target<'a>, Refusal> {
        let heads = self.heads(component);
        let carried: BTreeSet<&str> =
            heads.iter().flat_map(|&head| self.history.graph.labels(head)).collect();
        let mut meant =
            lines.iter().filter(|(_, labels)| labels.iter().any(|label| carried.contains(label)));
        match (meant.next(), meant.next()) {
            (Some(&(head, _)), None) => Ok(Some((Some(head), None))),
            _ => self.ambiguous(component),
        }
    }

    /// Refuses to move a new base with a label that is not expected: its author wants a line of its own.
    fn refuse_labelled_bases(&self, choice: &Choice) -> Result<(), Refusal> {
        let history = self.history;
        let is_listed = |label: &BranchLabel| match history.question.expected {
            ExpectedHeads::Total(_) => false,
            ExpectedHeads::PerLabel(table) => {
                table.iter().any(|(listed, _)| listed == label.as_str())
            }
        };
        let members = choice.groups.iter().flat_map(|group| &group.members);
        let mut new = members.filter(|&&node| {
            let revision = history.graph.revision(node);
            revision.edges.parents.is_empty()
                && !revision.labels.is_empty()
                && !revision.labels.iter().any(is_listed)
        });
        match new.next() {
            Some(&base) if self.surplus > 0 => Err(Refusal::NewLabelledBase(history.id(base))),
            _ => Ok(()),
        }
    }
}

/// Warns of members of the groups that have no parents and get some, and of a missing parent that was replaced.
pub(super) fn warnings(history: &History<'_>, moved: &[Node]) -> Vec<Warning> {
    let warning = |&node: &Node| {
        let written = &history.graph.revision(node).edges.parents;
        if written.is_empty() {
            Some(Warning::NewBaseMoved(history.id(node)))
        } else if written.iter().any(|id| history.graph.find(id.as_str()).is_none()) {
            Some(Warning::MissingParentReplaced(history.id(node)))
        } else {
            None
        }
    };
    moved.iter().filter_map(warning).collect()
}
