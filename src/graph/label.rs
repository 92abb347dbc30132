//! How branch labels spread along the history (Alembic 1.20.1, `RevisionMap._add_branches`).

use super::{Node, RevisionGraph};
use crate::revision::BranchLabel;

impl<'a> RevisionGraph<'a> {
    /// The labels of a node, its own and those that reach it along the line, sorted, each once.
    pub fn labels(&self, node: Node) -> &[&'a str] {
        self.carried_labels.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// Every label goes to all descendants of the revision that declares it; and down towards the base, when nothing
    /// from there to the head branches or merges, up to the first branch point or merge point, which does not get it.
    pub(super) fn spread_labels(&self) -> Vec<Vec<&'a str>> {
        if self.labelled.is_empty() {
            return Vec::new();
        }
        let mut carried: Vec<Vec<&'a str>> = vec![Vec::new(); self.all_nodes().len()];
        for &node in &self.labelled {
            let labels: Vec<&'a str> =
                self.revision(node).labels.iter().map(BranchLabel::as_str).collect();
            for reached in self.label_reach(node) {
                carried[reached.index()].extend(&labels);
            }
        }
        for labels in &mut carried {
            labels.sort_unstable();
            labels.dedup();
        }
        carried
    }

    /// The nodes that carry the labels of `node`.
    fn label_reach(&self, node: Node) -> Vec<Node> {
        let mut reached = vec![false; self.all_nodes().len()];
        let mut nodes = Vec::new();
        let mut todo = vec![node];
        let mut last = node;
        while let Some(next) = todo.pop() {
            if std::mem::replace(&mut reached[next.index()], true) {
                continue;
            }
            nodes.push(next);
            // Alembic goes on from whichever descendant it visited last. Where there are several lines it stops at
            // once, at a node that has the label already, so the order of the visit does not show.
            last = next;
            todo.extend(self.children(next));
        }
        let mut towards_base = Some(last);
        // A walk longer than there are nodes goes in a circle.
        for _ in 0..reached.len() {
            let Some(next) = towards_base else { break };
            if self.dependents(next).len() > 1 || self.is_merge_point(next) {
                break;
            }
            if !std::mem::replace(&mut reached[next.index()], true) {
                nodes.push(next);
            }
            towards_base = self.parents(next).first().copied();
        }
        nodes
    }
}
