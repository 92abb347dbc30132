//! Heads that are too many, group by group: what `multiple-heads` and `fork-on-merge` have in common.
//!
//! Counts and words; which of the two rules reports a group is decided by whether one side of a merge has it alone.

use std::collections::BTreeSet;

use crate::diagnostic::Text;
use crate::environment::ExpectedHeads;
use crate::graph::{Node, RevisionGraph};
use crate::revision::RevisionId;
use crate::script::{Name, Problem};

use super::facts::Meant;
use super::words::{count, list, quoted};
use super::{Context, facts};

/// How many heads are shown one by one; the rest is counted.
pub const SHOWN: usize = 10;

/// Heads that are too many, and why.
pub struct Surplus<'a> {
    /// All heads of the group, in load order.
    pub heads: Vec<Node>,
    /// How many are expected.
    pub expected: usize,
    /// Which group.
    pub which: Which<'a>,
}

/// Which heads are counted together.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// All heads of the history.
    All,
    /// The heads that carry this label.
    Labelled(&'a str),
    /// The heads that carry none of the labels of `expected-heads`.
    Unlisted,
}

impl Surplus<'_> {
    /// What the group is called, so that it is known again in another history: nothing for all heads together, else the
    /// label, which is empty for heads without a listed one.
    pub fn branch(&self) -> Option<String> {
        match self.which {
            Which::All => None,
            Which::Labelled(label) => Some(label.to_owned()),
            Which::Unlisted => Some(String::new()),
        }
    }

    /// Whether neither side of the merge alone has as many heads of the group. Without a merge nothing comes with it.
    pub fn comes_with_merge(&self, context: &Context<'_>) -> bool {
        let fewer = |side: &RevisionGraph<'_>| self.size(context, side) < self.heads.len();
        context.merge.is_some_and(|merge| fewer(merge.ours) && fewer(merge.theirs))
    }

    /// How many heads of the group another history has.
    fn size(&self, context: &Context<'_>, graph: &RevisionGraph<'_>) -> usize {
        let listed = match &context.environment.expected_heads {
            ExpectedHeads::Total(_) => &[][..],
            ExpectedHeads::PerLabel(labels) => labels,
        };
        let is_in_group = |&head: &Node| match self.which {
            Which::All => true,
            Which::Labelled(label) => graph.labels(head).contains(&label),
            Which::Unlisted => {
                let labels = graph.labels(head);
                !listed.iter().any(|(label, _)| labels.contains(&label.as_str()))
            }
        };
        heads(graph).iter().filter(|head| is_in_group(head)).count()
    }

    /// `2 heads: a and b`, with how many are expected where that is not one of all.
    pub fn told(&self, graph: &RevisionGraph<'_>) -> String {
        let number = count(self.heads.len(), "head");
        let names = list(self.heads.iter().map(|&head| graph.id(head)));
        let expected = match self.expected {
            1 => "1 is expected".to_owned(),
            expected => format!("{expected} are expected"),
        };
        match self.which {
            Which::All if self.expected == 1 => format!("{number}: {names}"),
            Which::All => format!("{number}, {expected}: {names}"),
            Which::Labelled(label) => {
                format!("{number} with branch label `{label}`, {expected}: {names}")
            }
            Which::Unlisted => {
                format!("{number} without any branch label of `expected-heads`: {names}")
            }
        }
    }
}

/// The groups with too many heads, unless what other rules report accounts for all of them.
pub fn surpluses<'a>(context: &Context<'a>) -> Vec<Surplus<'a>> {
    let surpluses = counted(context);
    let too_many: usize =
        surpluses.iter().map(|surplus| surplus.heads.len() - surplus.expected).sum();
    if too_many > accounted(context) { surpluses } else { Vec::new() }
}

fn counted<'a>(context: &Context<'a>) -> Vec<Surplus<'a>> {
    let heads = heads(context.graph);
    match &context.environment.expected_heads {
        ExpectedHeads::Total(expected) => {
            let expected = *expected;
            let too_many = heads.len() > expected;
            too_many.then_some(Surplus { heads, expected, which: Which::All }).into_iter().collect()
        }
        ExpectedHeads::PerLabel(labels) => per_label(context, &heads, labels),
    }
}

/// The heads, but for those that a passed-over copy of a duplicated id follows: the duplicate is why they are heads.
fn heads(graph: &RevisionGraph<'_>) -> Vec<Node> {
    let mut heads = graph.distinct_heads();
    let copies: Vec<Node> = graph.duplicates().into_iter().flatten().collect();
    let followed: BTreeSet<&RevisionId> =
        copies.iter().flat_map(|&copy| &graph.revision(copy).edges.parents).collect();
    heads.retain(|&head| !followed.contains(graph.id(head)));
    heads
}

fn per_label<'a>(
    context: &Context<'a>,
    heads: &[Node],
    labels: &'a [(String, usize)],
) -> Vec<Surplus<'a>> {
    // Only these are kept: with thousands of labels on one line every head after it carries them all.
    let listed: BTreeSet<&str> = labels.iter().map(|(label, _)| label.as_str()).collect();
    let carried = heads.iter().map(|&head| {
        let mut carried = context.graph.labels(head);
        carried.retain(|label| listed.contains(label));
        carried
    });
    let carried: Vec<Vec<&str>> = carried.collect();
    let those = |wanted: &dyn Fn(&[&str]) -> bool| -> Vec<Node> {
        let pairs = heads.iter().zip(&carried);
        pairs.filter(|(_, carried)| wanted(carried)).map(|(&head, _)| head).collect()
    };
    let mut surpluses = Vec::new();
    for (label, expected) in labels {
        let heads = those(&|carried| carried.contains(&label.as_str()));
        if heads.len() > *expected {
            let which = Which::Labelled(label);
            surpluses.push(Surplus { heads, expected: *expected, which });
        }
    }
    let heads = those(&|carried| carried.is_empty());
    // A label that only running the code could tell may be just the one that is missed here.
    if !heads.is_empty() && !has_unknown_labels(context) {
        surpluses.push(Surplus { heads, expected: 0, which: Which::Unlisted });
    }
    surpluses
}

fn has_unknown_labels(context: &Context<'_>) -> bool {
    let mut problems = context.scripts.iter().flat_map(|script| &script.problems);
    problems.any(|problem| matches!(problem, Problem::Unknown { name: Name::BranchLabels, .. }))
}

/// How many heads may be heads only because of something that other rules report: what follows a missing parent, or
/// stands in a file that cannot be read, may follow another head in truth.
fn accounted(context: &Context<'_>) -> usize {
    let graph = context.graph;
    let caused = facts::defined_by_unread(context);
    let mut missing: Vec<&str> = graph.missing_parents().iter().map(|one| one.text).collect();
    let prefixes = facts::Prefixes::of(context);
    // Where it can be told what is meant, it can be told whether that is a head.
    let may_follow_a_head = |text: &str| match facts::meant(context, &prefixes, text) {
        Meant::Nothing => false,
        Meant::Revision(node) => graph.children(node).is_empty(),
        Meant::Unknown => true,
    };
    missing.retain(|id| !caused.contains_key(id) && may_follow_a_head(id));
    missing.sort_unstable();
    missing.dedup();
    let unread = context.scripts.iter().filter(|script| facts::may_be_a_revision(script)).count();
    let unknown = graph.nodes().filter(|&node| !graph.revision(node).parents_known).count();
    missing.len() + unread + unknown
}

/// Where lines of history part.
pub enum Fork {
    /// The nearest common ancestor of all heads.
    At(Node),
    /// The heads have no ancestor in common.
    Nowhere,
    /// Several, or too many heads to look.
    Unclear,
}

/// Where the lines of these heads part.
pub fn fork_point(graph: &RevisionGraph<'_>, heads: &[Node]) -> Fork {
    // One walk for each head: worth it for the few that a person can look at.
    if heads.len() < 2 || heads.len() > SHOWN {
        return Fork::Unclear;
    }
    let (nearest, is_any) = graph.common_ancestors(heads);
    match nearest[..] {
        [point] => Fork::At(point),
        [] if !is_any => Fork::Nowhere,
        _ => Fork::Unclear,
    }
}

/// What is to be seen at the last head.
pub fn parting(graph: &RevisionGraph<'_>, last: Node, others: &[Node], fork: &Fork) -> String {
    match *fork {
        Fork::At(point) if graph.parents(last).contains(&point) => {
            let above = graph.ancestors(others);
            let other = graph.children(point).iter().find(|child| above[child.index()]);
            other.map_or_else(String::new, |&other| {
                format!(
                    "`{}` follows `{}` too: here the history parts",
                    graph.id(other),
                    graph.id(point)
                )
            })
        }
        Fork::At(point) => format!("the history parts at `{}`", graph.id(point)),
        Fork::Nowhere => "these heads have no ancestor in common".to_owned(),
        Fork::Unclear => String::new(),
    }
}

/// A line for each head: id, message, file, and what `more` says of it.
pub fn head_notes<'a>(
    graph: &RevisionGraph<'_>,
    heads: &[Node],
    more: &dyn Fn(Node) -> &'a str,
) -> Vec<Text> {
    let shown = &heads[..heads.len().min(SHOWN)];
    let rows: Vec<(String, String)> = shown
        .iter()
        .map(|&head| {
            let message = graph.revision(head).message();
            let line = message.lines().next().unwrap_or_default();
            (quoted(graph.id(head)), line.chars().take(50).collect())
        })
        .collect();
    let width = |column: &dyn Fn(&(String, String)) -> usize| rows.iter().map(column).max();
    let first = width(&|row| row.0.chars().count()).unwrap_or(0);
    let second = width(&|row| row.1.chars().count()).unwrap_or(0);
    let mut notes: Vec<Text> = shown
        .iter()
        .zip(&rows)
        .map(|(&head, (id, message))| {
            let gap = if second == 0 { "" } else { "   " };
            let words = format!("{id:first$} {message:second$}{gap}");
            let text = Text::from(words).path(&graph.script(head).path);
            match more(head) {
                "" => text,
                more => text.words(format!("   {more}")),
            }
        })
        .collect();
    if heads.len() > shown.len() {
        notes.push(format!("and {} more heads", heads.len() - shown.len()).into());
    }
    notes
}
