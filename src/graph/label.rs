//! How branch labels spread along the history (Alembic 1.20.1, `RevisionMap._add_branches`).
//!
//! A label goes to all descendants of the revision that declares it; and down towards the base, when nothing from there
//! to the head branches or merges, up to the first branch point or merge point, which does not get it. What reaches a
//! node is not written out for each: thousands of labels along one line would fill a table of millions. Nodes that are
//! reached by the same labels share one set, and a set refers to those that it is made of.

use super::adjacency::Adjacency;
use super::{Node, RevisionGraph};
use crate::revision::BranchLabel;

/// Which labels reach which nodes.
#[derive(Default)]
pub(super) struct LabelSpread {
    along_the_line: Sets,
    towards_the_base: Sets,
}

impl<'a> RevisionGraph<'a> {
    /// The labels of a node, its own and those that reach it along the line, sorted, each once. Costs as much as there
    /// are labels and merges of differently labelled lines before it.
    pub fn labels(&self, node: Node) -> Vec<&'a str> {
        let mut declaring = Vec::new();
        self.label_spread.along_the_line.add_sources(node, &mut declaring);
        self.label_spread.towards_the_base.add_sources(node, &mut declaring);
        let mut labels: Vec<&'a str> = (declaring.into_iter())
            .flat_map(|node| self.revision(node).labels.iter().map(BranchLabel::as_str))
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    pub(super) fn spread_labels(&self) -> LabelSpread {
        if self.labelled.is_empty() {
            return LabelSpread::default();
        }
        let own: Vec<(Node, Node)> = self.labelled.iter().map(|&node| (node, node)).collect();
        let follow = |node: Node| self.children(node).iter().map(move |&child| (node, child));
        let down: Vec<(Node, Node)> = self.all_nodes().flat_map(follow).collect();
        let up: Vec<(Node, Node)> = (self.all_nodes())
            .filter(|&node| self.lets_labels_through(node))
            .filter_map(|node| Some((node, *self.parents(node).first()?)))
            .filter(|&(_, parent)| self.lets_labels_through(parent))
            .collect();
        let node_count = self.all_nodes().len();
        LabelSpread {
            along_the_line: Sets::spread(node_count, &own, &down),
            towards_the_base: Sets::spread(node_count, &self.line_ends(), &up),
        }
    }

    /// Whether a label on its way towards the base goes to this node and on.
    fn lets_labels_through(&self, node: Node) -> bool {
        self.dependents(node).len() <= 1 && !self.is_merge_point(node)
    }

    /// For each node with labels that has one line only after it the last of that line, from which the labels go towards
    /// the base, as `(last, node)`.
    ///
    /// Alembic goes on from whichever descendant it visited last. Where there are several lines, or a circle, it stops
    /// at once, at a node that has the label already.
    fn line_ends(&self) -> Vec<(Node, Node)> {
        let mut ends: Vec<Option<Option<Node>>> = vec![None; self.all_nodes().len()];
        let mut found = Vec::new();
        for &node in &self.labelled {
            let mut path = Vec::new();
            let mut at = node;
            let end = loop {
                if let Some(end) = ends[at.index()] {
                    break end;
                }
                // For now, so that a circle ends the walk.
                ends[at.index()] = Some(None);
                path.push(at);
                match self.children(at) {
                    [] => break Some(at),
                    &[only] => at = only,
                    _ => break None,
                }
            };
            for passed in path {
                ends[passed.index()] = Some(end);
            }
            let end = end.filter(|&end| self.lets_labels_through(end));
            found.extend(end.map(|end| (end, node)));
        }
        found
    }
}

/// The set that nothing reaches, which most nodes have.
const EMPTY: u32 = 0;

/// For each node the nodes whose labels reach it.
#[derive(Default)]
struct Sets {
    /// Node to its set; without an entry it is empty.
    of: Vec<u32>,
    sets: Vec<Set>,
}

/// What is added at one node, and the sets that it comes on top of.
#[derive(Default)]
struct Set {
    sources: Vec<Node>,
    parts: Vec<u32>,
}

impl Sets {
    /// Spreads along `steps` (from, to), none of which comes twice, what starts at nodes (at, source).
    fn spread(node_count: usize, starts: &[(Node, Node)], steps: &[(Node, Node)]) -> Self {
        let starts = Adjacency::from_pairs(node_count, starts);
        let next = Adjacency::from_pairs(node_count, steps);
        let back: Vec<(Node, Node)> = steps.iter().map(|&(from, to)| (to, from)).collect();
        let before = Adjacency::from_pairs(node_count, &back);
        let mut spread = Self { of: vec![EMPTY; node_count], sets: vec![Set::default()] };
        let mut open: Vec<usize> = next.nodes().map(|node| before.of(node).len()).collect();
        let mut ready: Vec<Node> = next.nodes().filter(|node| open[node.index()] == 0).collect();
        while let Some(node) = ready.pop() {
            let (sources, parts) = (starts.of(node), spread.parts(before.of(node)));
            spread.of[node.index()] = match (sources, parts.as_slice()) {
                ([], []) => EMPTY,
                ([], &[only]) => only,
                _ => spread.push(Set { sources: sources.to_vec(), parts }),
            };
            for to in next.of(node) {
                open[to.index()] -= 1;
                if open[to.index()] == 0 {
                    ready.push(*to);
                }
            }
        }
        // What lies on a circle, or can be reached from one only, has no order: each such node gets a set of its own,
        // and the sets go in a circle as the nodes do.
        let circling: Vec<Node> = next.nodes().filter(|node| open[node.index()] > 0).collect();
        for &node in &circling {
            spread.of[node.index()] =
                spread.push(Set { sources: starts.of(node).to_vec(), parts: Vec::new() });
        }
        for &node in &circling {
            let set = spread.of[node.index()] as usize;
            spread.sets[set].parts = spread.parts(before.of(node));
        }
        spread
    }

    fn push(&mut self, set: Set) -> u32 {
        self.sets.push(set);
        u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
    }

    /// The sets of `nodes`, each once, but for the empty one.
    fn parts(&self, nodes: &[Node]) -> Vec<u32> {
        let sets = nodes.iter().map(|node| self.of[node.index()]);
        let mut parts: Vec<u32> = sets.filter(|&set| set != EMPTY).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// Adds to `sources` what reaches `node`.
    fn add_sources(&self, node: Node, sources: &mut Vec<Node>) {
        let Some(&set) = self.of.get(node.index()).filter(|&&set| set != EMPTY) else { return };
        let mut seen = std::collections::BTreeSet::new();
        let mut todo = vec![set];
        while let Some(set) = todo.pop() {
            if seen.insert(set) {
                let set = &self.sets[set as usize];
                sources.extend(&set.sources);
                todo.extend(&set.parts);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;
    use crate::graph::testing::scripts;

    /// Alembic's own loop, label by label and node by node.
    fn naive(graph: &RevisionGraph<'_>) -> Vec<BTreeSet<String>> {
        let mut carried = vec![BTreeSet::new(); graph.all_nodes().len()];
        for &node in &graph.labelled {
            let own = graph.revision(node).labels.iter().map(ToString::to_string);
            let own: BTreeSet<String> = own.collect();
            let mut reached = BTreeSet::new();
            let mut todo = vec![node];
            let mut last = node;
            while let Some(next) = todo.pop() {
                if reached.insert(next) {
                    last = next;
                    todo.extend(graph.children(next));
                }
            }
            let mut towards_base = Some(last);
            let mut seen = BTreeSet::new();
            while let Some(next) = towards_base.filter(|&next| seen.insert(next)) {
                if graph.dependents(next).len() > 1 || graph.is_merge_point(next) {
                    break;
                }
                reached.insert(next);
                towards_base = graph.parents(next).first().copied();
            }
            for node in reached {
                carried[node.index()].extend(own.iter().cloned());
            }
        }
        carried
    }

    /// A history of a few nodes in which each parent and dependency may be any of them, or none.
    fn random_history(random: &mut impl FnMut(usize) -> usize, with_circles: bool) -> String {
        let size = 2 + random(9);
        let mut history = String::new();
        for node in 0..size {
            let before = if with_circles { size + 1 } else { node };
            let parents = if before == 0 { 0 } else { [0, 1, 1, 1, 1, 2][random(6)] };
            let parents: Vec<String> =
                (0..parents).map(|_| format!("?n{}", random(before))).collect();
            let label = if random(3) == 0 { format!("(l{})", random(4)) } else { String::new() };
            let depends =
                if random(6) == 0 { format!("[n{}]", random(size)) } else { String::new() };
            let arrow = if parents.is_empty() { "" } else { " <- " };
            let _ = write!(history, "{}{arrow}n{node}{label}{depends}, ", parents.join(" + "));
        }
        history
    }

    #[test]
    fn labels_are_those_of_alembics_loop() {
        let mut state = 7_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut carrying = 0;
        for round in 0..4000 {
            let history = random_history(&mut random, round % 2 == 0);
            let scripts = scripts(&history);
            let graph = RevisionGraph::build(&scripts);
            for (node, expected) in graph.all_nodes().zip(naive(&graph)) {
                let labels = graph.labels(node);
                carrying += labels.len();
                let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
                assert_eq!(labels, expected, "{} in {history}", graph.id(node));
            }
        }
        assert!(carrying > 10_000, "{carrying}");
    }

    #[test]
    fn thousands_of_labels_along_one_line_are_no_table() {
        let count = 20_000;
        // The notation looks every name up in the whole list; the revisions are made without it.
        let mut scripts: Vec<_> = (0..count).map(|_| scripts("n0(l0)").remove(0)).collect();
        for (index, script) in scripts.iter_mut().enumerate() {
            let revision = script.revision.as_mut().unwrap();
            revision.id = format!("n{index}").as_str().into();
            revision.labels = vec![BranchLabel::new(format!("l{index}"))];
            if index > 0 {
                revision.edges.parents = vec![format!("n{}", index - 1).as_str().into()];
            }
        }
        let graph = RevisionGraph::build(&scripts);
        let sets = &graph.label_spread;
        let kept = [&sets.along_the_line, &sets.towards_the_base].into_iter();
        let kept: usize =
            kept.flat_map(|sets| &sets.sets).map(|set| set.sources.len() + set.parts.len()).sum();
        assert!(kept < 4 * count, "{kept}");
        assert_eq!(graph.labels(graph.find("n0").unwrap()).len(), count);
    }

    #[test]
    fn a_graph_may_be_shortened_to_the_life_of_its_scripts() {
        fn same<'short>(graph: RevisionGraph<'static>, _: &'short str) -> RevisionGraph<'short> {
            graph
        }
        assert_eq!(same(RevisionGraph::build(&[]), "").heads(), []);
    }
}
