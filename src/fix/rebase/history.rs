//! What the planner asks of a history: what is published, what lies below what, and in which order.
//!
//! Facts only. Sets of ancestors are made for the few revisions that move, never for the published ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::Question;
use super::bits::Bits;
use super::normal::Normal;
use crate::environment::ExpectedHeads;
use crate::graph::{Node, RevisionGraph};
use crate::revision::RevisionId;
use crate::script::Script;

/// A history with what is published of it. Everything is published below what is published.
pub(super) struct History<'a> {
    pub(super) question: &'a Question<'a>,
    /// The history of [`Normal`].
    pub(super) graph: &'a RevisionGraph<'a>,
    pub(super) normal: &'a Normal,
    /// By node.
    published: Vec<bool>,
}

impl<'a> History<'a> {
    pub(super) fn new(
        question: &'a Question<'a>,
        graph: &'a RevisionGraph<'a>,
        normal: &'a Normal,
    ) -> Self {
        let of_script = &question.published.of_script;
        let published =
            graph.all_nodes().map(|node| of_script[graph.script_index(node)].is_some()).collect();
        Self { question, graph, normal, published }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.published.len()
    }

    pub(super) fn is_published(&self, node: Node) -> bool {
        self.published[node.index()]
    }

    /// The unpublished ones, in load order.
    pub(super) fn unpublished(&self) -> impl Iterator<Item = Node> + '_ {
        self.graph.all_nodes().filter(|&node| !self.is_published(node))
    }

    /// The script as it is written.
    pub(super) fn script(&self, node: Node) -> &'a Script {
        &self.question.scripts[self.graph.script_index(node)]
    }

    /// The id as it is written.
    pub(super) fn id(&self, node: Node) -> RevisionId {
        self.script(node).id().unwrap_or_else(|| self.graph.id(node)).clone()
    }

    /// The ids as they are written.
    pub(super) fn ids(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<RevisionId> {
        nodes.into_iter().map(|node| self.id(node)).collect()
    }

    /// Parents and dependencies, each once.
    pub(super) fn before(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let parents = self.graph.parents(node);
        let dependencies = self.graph.dependencies(node).iter();
        parents.iter().chain(dependencies.filter(|node| !parents.contains(node))).copied()
    }

    /// The published revisions that are no published one's parent: what `upgrade head` counts on the baseline.
    pub(super) fn published_heads(&self) -> Vec<Node> {
        let is_head = |node: &Node| {
            let children = self.graph.children(*node);
            self.is_published(*node) && !children.iter().any(|&child| self.is_published(child))
        };
        self.graph.all_nodes().filter(is_head).collect()
    }

    /// Everything that `start` comes after through parents and dependencies, itself included, by node.
    pub(super) fn ancestors(&self, start: Node) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        let mut todo = vec![start];
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reached[node.index()], true) {
                todo.extend(self.before(node).filter(|next| !reached[next.index()]));
            }
        }
        reached
    }

    /// Everything that comes after one of `start` through parents and dependencies, these included, in load order.
    pub(super) fn after(&self, start: &[Node]) -> Vec<Node> {
        let mut reached = vec![false; self.len()];
        let mut todo = start.to_vec();
        while let Some(node) = todo.pop() {
            if !std::mem::replace(&mut reached[node.index()], true) {
                todo.extend(self.graph.dependents(node));
            }
        }
        self.graph.all_nodes().filter(|node| reached[node.index()]).collect()
    }

    /// How many heads there are too many of, when these are the heads and `carried` their branch labels: by the table
    /// of labels those above the number of each label, and those without a label of it.
    pub(super) fn surplus(&self, heads: &[Node], carried: impl Fn(Node) -> Vec<&'a str>) -> usize {
        let labels = match self.question.expected {
            ExpectedHeads::Total(expected) => return heads.len().saturating_sub(*expected),
            ExpectedHeads::PerLabel(labels) => labels,
        };
        let carried: Vec<Vec<&str>> = heads.iter().map(|&head| carried(head)).collect();
        let number = |wanted: &dyn Fn(&[&str]) -> bool| {
            carried.iter().filter(|carried| wanted(carried)).count()
        };
        let above = labels.iter().map(|(label, expected)| {
            number(&|carried| carried.contains(&label.as_str())).saturating_sub(*expected)
        });
        let listed =
            |carried: &[&str]| labels.iter().any(|(label, _)| carried.contains(&label.as_str()));
        above.sum::<usize>() + number(&|carried| !listed(carried))
    }

    /// How many heads there are too many of now.
    pub(super) fn surplus_now(&self) -> usize {
        self.surplus(self.graph.heads(), |head| self.graph.labels(head))
    }
}

/// `nodes` in an order in which each comes after what `before` names of them; where that leaves a choice by `key`.
/// Fails with those that follow each other in a circle, and what comes after them.
pub(super) fn sorted<K: Ord, B: IntoIterator<Item = Node>>(
    nodes: &[Node],
    before: impl Fn(Node) -> B,
    key: impl Fn(Node) -> K,
) -> Result<Vec<Node>, Vec<Node>> {
    let mut waiting: BTreeMap<Node, usize> = nodes.iter().map(|&node| (node, 0)).collect();
    let mut after: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for &node in nodes {
        let needed: BTreeSet<Node> = before(node).into_iter().collect();
        for needed in needed.into_iter().filter(|needed| waiting.contains_key(needed)) {
            after.entry(needed).or_default().push(node);
        }
    }
    for &node in after.values().flatten() {
        if let Some(waiting) = waiting.get_mut(&node) {
            *waiting += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<(K, Node)>> = BinaryHeap::new();
    ready
        .extend(waiting.iter().filter(|(_, left)| **left == 0).map(|(&n, _)| Reverse((key(n), n))));
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(Reverse((_, node))) = ready.pop() {
        order.push(node);
        waiting.remove(&node);
        for next in after.remove(&node).unwrap_or_default() {
            if let Some(left) = waiting.get_mut(&next) {
                *left -= 1;
                if *left == 0 {
                    ready.push(Reverse((key(next), next)));
                }
            }
        }
    }
    if waiting.is_empty() { Ok(order) } else { Err(waiting.into_keys().collect()) }
}

/// For each of `order`, which comes after what it follows, everything that it comes after, itself included. What
/// `before` names outside `order` is looked into as well.
pub(super) fn closures<B: IntoIterator<Item = Node>>(
    node_count: usize,
    order: &[Node],
    before: impl Fn(Node) -> B,
) -> BTreeMap<Node, Bits> {
    let mut closures: BTreeMap<Node, Bits> = BTreeMap::new();
    for &node in order {
        let mut reached = Bits::new(node_count);
        let mut todo = Vec::new();
        for next in before(node) {
            match closures.get(&next) {
                Some(known) => reached.add(known),
                None => todo.push(next),
            }
        }
        while let Some(next) = todo.pop() {
            if reached.insert(next.index()) {
                todo.extend(
                    before(next).into_iter().filter(|next| !reached.contains(next.index())),
                );
            }
        }
        reached.insert(node.index());
        closures.insert(node, reached);
    }
    closures
}
