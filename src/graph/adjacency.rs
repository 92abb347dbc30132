//! Edges by node, in two flat vectors. Knows nothing of revisions.

use super::Node;

/// For each node its neighbours, in a fixed order, each once.
#[derive(Default)]
pub(super) struct Adjacency {
    /// Where the neighbours of each node begin in `targets`; one entry more than nodes.
    starts: Vec<u32>,
    targets: Vec<Node>,
}

impl Adjacency {
    /// Asks `neighbours` for each of `nodes`, which must be all nodes in order; repetitions are dropped.
    pub(super) fn collect(
        nodes: impl Iterator<Item = Node>,
        mut neighbours: impl FnMut(Node, &mut Vec<Node>),
    ) -> Self {
        let mut adjacency = Self { starts: vec![0], targets: Vec::new() };
        let mut found = Vec::new();
        for node in nodes {
            found.clear();
            neighbours(node, &mut found);
            let start = adjacency.targets.len();
            push_distinct(&mut adjacency.targets, start, &found);
            adjacency.starts.push(offset(adjacency.targets.len()));
        }
        adjacency
    }

    /// The edges `(from, to)` of `node_count` nodes in their order; none may come twice.
    pub(super) fn from_pairs(node_count: usize, pairs: &[(Node, Node)]) -> Self {
        let mut starts = vec![0_u32; node_count + 1];
        for (from, _) in pairs {
            starts[from.index() + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut targets = vec![Node(0); pairs.len()];
        for &(from, to) in pairs {
            targets[next[from.index()] as usize] = to;
            next[from.index()] += 1;
        }
        Self { starts, targets }
    }

    /// The neighbours of `node`.
    pub(super) fn of(&self, node: Node) -> &[Node] {
        let (start, end) = (self.starts[node.index()], self.starts[node.index() + 1]);
        &self.targets[start as usize..end as usize]
    }

    /// Every node, in order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        (0..u32::try_from(self.node_count()).unwrap_or(u32::MAX)).map(Node)
    }

    /// How many nodes there are.
    pub(super) fn node_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Everything that can be reached from `start`, itself included: a flag for each node.
    pub(super) fn closure(&self, start: &[Node]) -> Vec<bool> {
        let mut reached = vec![false; self.node_count()];
        let mut todo = start.to_vec();
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reached[node.index()], true) {
                todo.extend(self.of(node).iter().filter(|next| !reached[next.index()]));
            }
        }
        reached
    }
}

/// Appends to `targets` what of `found` is not yet behind `start`. Lists of parents are short; a long one is sorted
/// out with a set, so that a thousand parents in one script do not cost a million comparisons.
fn push_distinct(targets: &mut Vec<Node>, start: usize, found: &[Node]) {
    if found.len() < 16 {
        for &node in found {
            if !targets[start..].contains(&node) {
                targets.push(node);
            }
        }
    } else {
        let mut seen = std::collections::BTreeSet::new();
        targets.extend(found.iter().filter(|&&node| seen.insert(node)));
    }
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
