//! The order of `alembic history`: newest first, one line of history after the other.
//!
//! Alembic's algorithm, step by step (1.20.1, `RevisionMap._topological_sort`), because its order is visible in every
//! `history` and cannot be had from any simpler rule. The one liberty: where a revision has several dependencies left
//! after normalising, Alembic takes them in the order of a Python set; here they come as written.

use super::adjacency::Adjacency;
use super::ancestry::{Ancestors, Generations};
use super::{Node, RevisionGraph};

/// Alembic's own traversal fails on this history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// `assert not todo` does not hold: some of the revisions asked for can only be reached through others.
    Assertion,
    /// It would go round for ever.
    Endless,
}

impl RevisionGraph<'_> {
    /// `down_revision`, then what is left of `depends_on` when everything is taken away on which an ancestor depends
    /// already (`RevisionMap._normalize_depends_on`, `Revision._normalized_down_revisions`).
    pub(super) fn order_edges(&self) -> &Adjacency {
        self.order_edges.get_or_init(|| {
            Adjacency::collect(self.all_nodes(), |node, out| {
                out.extend(self.parents(node));
                out.extend(self.normalized_dependencies(node));
            })
        })
    }

    /// What is left of the dependencies of `node` when those of its ancestors are taken away, in written order.
    pub fn normalized_dependencies(&self, node: Node) -> Vec<Node> {
        let mut left = self.dependencies(node).to_vec();
        if left.is_empty() {
            return left;
        }
        let ancestors = self.ancestors(&[node]);
        for ancestor in self.all_nodes() {
            if ancestors[ancestor.index()] && ancestor != node {
                let taken = self.dependencies(ancestor);
                left.retain(|dependency| !taken.contains(dependency));
            }
        }
        left
    }

    /// `wanted` (a flag for each node) in the order of history, starting from `heads`.
    pub(super) fn history_order(
        &self,
        wanted: &[bool],
        heads: &[Node],
    ) -> Result<Vec<Node>, OrderError> {
        let edges = self.order_edges();
        let mut todo = wanted.to_vec();
        let mut left = todo.iter().filter(|&&wanted| wanted).count();
        let mut lines = Lines::new(self, edges, heads, wanted);
        let mut output = Vec::with_capacity(left);
        let mut current = 0;
        // Moves from line to line since the last step down. Without circles each goes further up, so that there are
        // fewer of them than lines.
        let mut moves = 0;
        while !lines.heads.is_empty() {
            let candidate = lines.heads[current];
            if let Some(above) = lines.line_above(current) {
                current = above;
                moves += 1;
                if moves > lines.heads.len() {
                    return Err(OrderError::Endless);
                }
                continue;
            }
            moves = 0;
            if std::mem::replace(&mut todo[candidate.index()], false) {
                output.push(candidate);
                left -= 1;
            }
            let next: Vec<Node> = (edges.of(candidate).iter().copied())
                .filter(|parent| todo[parent.index()] && !lines.heads.contains(parent))
                .collect();
            if next.is_empty() {
                lines.remove(current);
                current = current.saturating_sub(1);
            } else {
                let is_plain = self.revision(candidate).edges.parents.len() == 1
                    && self.dependencies(candidate).is_empty();
                lines.advance(current, candidate, &next, is_plain);
            }
        }
        if left > 0 { Err(OrderError::Assertion) } else { Ok(output) }
    }
}

/// The lines of history being walked down, each with the ancestors of where it stands.
struct Lines<'g> {
    edges: &'g Adjacency,
    generations: Generations,
    heads: Vec<Node>,
    ancestors: Vec<Ancestors>,
}

impl<'g> Lines<'g> {
    fn new(
        graph: &RevisionGraph<'_>,
        edges: &'g Adjacency,
        heads: &[Node],
        wanted: &[bool],
    ) -> Self {
        let mut position = vec![usize::MAX; edges.node_count()];
        for (index, node) in graph.nodes().enumerate() {
            position[node.index()] = index;
        }
        let mut heads: Vec<Node> =
            heads.iter().copied().filter(|head| wanted[head.index()]).collect();
        heads.sort_unstable_by_key(|head| position[head.index()]);
        heads.dedup();
        let generations = Generations::count(edges);
        let ancestors = heads.iter().map(|&head| Ancestors::of(head, &generations)).collect();
        Self { edges, generations, heads, ancestors }
    }

    /// The first other line that has yet to come past where line `current` stands.
    fn line_above(&mut self, current: usize) -> Option<usize> {
        let node = self.heads[current];
        let others = self.ancestors.iter_mut().enumerate().filter(|(line, _)| *line != current);
        let mut above = others.filter_map(|(line, ancestors)| {
            ancestors.contain(node, self.edges, &self.generations).then_some(line)
        });
        above.next()
    }

    fn remove(&mut self, line: usize) {
        self.heads.remove(line);
        self.ancestors.remove(line);
    }

    /// Moves `line` from `left` to the first of `next`; the others become lines of their own. On a plain step the
    /// ancestors are those of before without the node left.
    fn advance(&mut self, line: usize, left: Node, next: &[Node], is_plain: bool) {
        self.heads[line] = next[0];
        if is_plain {
            return self.ancestors[line].remove(left, &self.generations);
        }
        self.ancestors[line] = Ancestors::of(next[0], &self.generations);
        for &node in &next[1..] {
            self.heads.push(node);
            self.ancestors.push(Ancestors::of(node, &self.generations));
        }
    }
}
