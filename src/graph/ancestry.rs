//! The ancestors of one node, explored no further than somebody asks.
//!
//! History order asks of a line of history whether a node stands below it, and such a node is never far: exploring by
//! [`Generations`] from above stops short of the rest of the history, so that a merge costs what lies between it and its
//! fork, not what lies below.

use std::collections::{BTreeMap, BinaryHeap};

use super::Node;
use super::adjacency::Adjacency;

/// For each node a number that is greater than those of all its ancestors.
pub(super) struct Generations(Vec<u32>);

/// The generation of what stands in a circle or above one, where no such number exists. Explored first.
const UNORDERED: u32 = u32::MAX;

impl Generations {
    /// Counts from the bases upwards along `edges`, which lead to ancestors.
    pub(super) fn count(edges: &Adjacency) -> Self {
        let nodes = || (0_u32..).take(edges.node_count()).map(Node);
        let pairs: Vec<(Node, Node)> = nodes()
            .flat_map(|node| edges.of(node).iter().map(move |&parent| (parent, node)))
            .collect();
        let children = Adjacency::from_pairs(edges.node_count(), &pairs);
        let mut waiting: Vec<usize> = nodes().map(|node| edges.of(node).len()).collect();
        let mut generations = vec![UNORDERED; edges.node_count()];
        let mut ready: Vec<Node> = nodes().filter(|node| waiting[node.index()] == 0).collect();
        while let Some(node) = ready.pop() {
            let above = |parent: &Node| generations[parent.index()] + 1;
            generations[node.index()] = edges.of(node).iter().map(above).max().unwrap_or(0);
            for child in children.of(node) {
                waiting[child.index()] -= 1;
                if waiting[child.index()] == 0 {
                    ready.push(*child);
                }
            }
        }
        Self(generations)
    }

    fn of(&self, node: Node) -> u32 {
        self.0[node.index()]
    }
}

/// The ancestors of a node, itself included, but for those that were taken out.
pub(super) struct Ancestors {
    /// What was met so far, and whether it is still in.
    met: BTreeMap<Node, bool>,
    /// Met, with parents not looked at yet; the youngest first.
    frontier: BinaryHeap<(u32, Node)>,
}

impl Ancestors {
    /// The ancestors of `node`.
    pub(super) fn of(node: Node, generations: &Generations) -> Self {
        Self {
            met: BTreeMap::from([(node, true)]),
            frontier: BinaryHeap::from([(generations.of(node), node)]),
        }
    }

    /// Takes out one of them; its own ancestors stay.
    pub(super) fn remove(&mut self, node: Node, generations: &Generations) {
        if self.met.insert(node, false).is_none() {
            self.frontier.push((generations.of(node), node));
        }
    }

    /// Whether `node` is one of them.
    pub(super) fn contain(
        &mut self,
        node: Node,
        edges: &Adjacency,
        generations: &Generations,
    ) -> bool {
        let wanted = generations.of(node);
        // Whatever is not younger than `node` has it neither among its ancestors nor further down.
        while let Some(&(generation, next)) = self.frontier.peek()
            && (generation > wanted || generation == UNORDERED)
        {
            self.frontier.pop();
            for &parent in edges.of(next) {
                if let std::collections::btree_map::Entry::Vacant(entry) = self.met.entry(parent) {
                    entry.insert(true);
                    self.frontier.push((generations.of(parent), parent));
                }
            }
        }
        self.met.get(&node).copied().unwrap_or(false)
    }
}
