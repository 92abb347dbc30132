//! The history as a graph.
//!
//! [`RevisionGraph::build`] accepts any set of scripts, however broken, and never fails: a missing parent or a
//! duplicated id is kept as data for the rules to report. Nothing here does I/O, and every iterator has a fixed
//! order, so output is reproducible. Building costs time linear in revisions and edges, and nothing recurses, so a
//! chain of a hundred thousand revisions is as safe as one of ten.
//!
//! Two views live side by side: what Alembic itself would answer, oddities included ([`RevisionGraph::heads`],
//! [`RevisionGraph::load_error`], [`order`], [`symbol`]), and the defects ([`RevisionGraph::missing_parents`] and its
//! kin), each of which is reported whether or not Alembic notices it.

#![allow(
    clippy::disallowed_types,
    reason = "the maps are only looked up; every order comes from the files"
)]

mod adjacency;
mod ancestry;
mod cycle;
mod defect;
mod label;
mod load;
pub mod order;
pub mod range;
pub mod symbol;
mod upgrade;

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::revision::{Revision, RevisionId};
use crate::script::Script;
use adjacency::Adjacency;

pub use cycle::Cycle;
pub use defect::{DuplicateLabel, Missing};
pub use load::LoadError;

/// One script that has a revision, by its position among these in load order.
///
/// Of several nodes with one id the last is the one that Alembic's map holds (the *winner*); the earlier ones stay
/// nodes, since Alembic keeps listing them among heads and bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

impl Node {
    /// The position of the node in load order, for tables by node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The history.
///
/// Follows `RevisionMap._revision_map` of Alembic 1.20.1 (the same since 1.7 but for `:` in ids).
pub struct RevisionGraph<'a> {
    scripts: &'a [Script],
    /// Node to position in `scripts`.
    script_of: Vec<u32>,
    /// Id to winner. For look-up only: every order comes from `map_order`.
    by_id: HashMap<&'a str, Node>,
    /// Label to the node that declares it first. For look-up only.
    by_label: HashMap<&'a str, Node>,
    /// The winners, each at the position of the first node of its id: the order of Alembic's map.
    map_order: Vec<Node>,
    /// Nodes that declare labels, in load order.
    labelled: Vec<Node>,
    parents: Adjacency,
    dependencies: Adjacency,
    children: Adjacency,
    /// Children by `down_revision` or `depends_on`.
    dependents: Adjacency,
    heads: Vec<Node>,
    upgrade_heads: Vec<Node>,
    bases: Vec<Node>,
    /// The bases, and the nodes whose parents are not known.
    line_starts: Vec<Node>,
    /// Those of them that depend on nothing either.
    upgrade_line_starts: Vec<Node>,
    /// Nodes by index only, so that the graph stays covariant in `'a`.
    label_spread: label::LabelSpread,
    order_edges: OnceCell<Adjacency>,
}

impl<'a> RevisionGraph<'a> {
    /// Builds the graph of `scripts`, which are in load order. Scripts without a revision take no part.
    pub fn build(scripts: &'a [Script]) -> Self {
        let mut graph = Self {
            scripts,
            script_of: Vec::with_capacity(scripts.len()),
            by_id: HashMap::with_capacity(scripts.len()),
            by_label: HashMap::new(),
            map_order: Vec::with_capacity(scripts.len()),
            labelled: Vec::new(),
            parents: Adjacency::default(),
            dependencies: Adjacency::default(),
            children: Adjacency::default(),
            dependents: Adjacency::default(),
            heads: Vec::new(),
            upgrade_heads: Vec::new(),
            bases: Vec::new(),
            line_starts: Vec::new(),
            upgrade_line_starts: Vec::new(),
            label_spread: label::LabelSpread::default(),
            order_edges: OnceCell::new(),
        };
        graph.add_nodes();
        graph.add_labels();
        graph.add_edges();
        graph.find_ends();
        graph.label_spread = graph.spread_labels();
        graph
    }

    fn add_nodes(&mut self) {
        // Positions of the first node of each id; the winner replaces the node there, as assigning to a key that a
        // Python dict has keeps the key's place.
        let mut first_position: HashMap<&'a str, usize> =
            HashMap::with_capacity(self.scripts.len());
        let scripts = self.scripts;
        for (script_index, script) in (0_u32..).zip(scripts) {
            let Some(revision) = &script.revision else { continue };
            let node = Node(u32::try_from(self.script_of.len()).unwrap_or(u32::MAX));
            self.script_of.push(script_index);
            let id = revision.id.as_str();
            if let Some(&position) = first_position.get(id) {
                self.map_order[position] = node;
            } else {
                first_position.insert(id, self.map_order.len());
                self.map_order.push(node);
            }
            self.by_id.insert(id, node);
            if !revision.labels.is_empty() {
                self.labelled.push(node);
            }
        }
    }

    fn add_labels(&mut self) {
        for &node in &self.labelled {
            for label in &self.revision(node).labels {
                self.by_label.entry(label.as_str()).or_insert(node);
            }
        }
    }

    fn add_edges(&mut self) {
        let node_count = self.script_of.len();
        self.parents = Adjacency::collect(self.all_nodes(), |node, out| {
            out.extend(
                self.revision(node).edges.parents.iter().filter_map(|id| self.find(id.as_str())),
            );
        });
        self.dependencies = Adjacency::collect(self.all_nodes(), |node, out| {
            out.extend(self.resolved_dependencies(node));
        });
        self.children = Adjacency::from_pairs(node_count, &self.links(false));
        self.dependents = Adjacency::from_pairs(node_count, &self.links(true));
    }

    /// Every edge from child to parent as `(parent, child)`, children in map order. Only what is in the map is linked
    /// (`for rev in map_.values()`), so not what a duplicate hides, unless a branch label leads to it: labels are keys
    /// of the map too. Such a hidden script links the winner of its id.
    fn links(&self, with_dependencies: bool) -> Vec<(Node, Node)> {
        let mut links = Vec::with_capacity(self.map_order.len());
        let hidden = self.labelled.iter().copied().filter(|&node| !self.is_winner(node));
        let mut seen = std::collections::BTreeSet::new();
        for child in self.map_order.iter().copied().chain(hidden) {
            let winner = self.winner(child);
            let dependencies = if with_dependencies { self.dependencies.of(child) } else { &[] };
            let first_own = links.len();
            for &parent in self.parents.of(child).iter().chain(dependencies) {
                if winner != child && seen.is_empty() {
                    seen.extend(links.iter().copied());
                }
                let is_known = if winner == child {
                    links[first_own..].contains(&(parent, winner))
                } else {
                    !seen.insert((parent, winner))
                };
                if !is_known {
                    links.push((parent, winner));
                }
            }
        }
        links
    }

    /// What `depends_on` names, by id or label; what is not there is left out.
    fn resolved_dependencies(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let written = &self.revision(node).edges.dependencies;
        // `depends_on = ""` is falsy, so Alembic resolves nothing (`RevisionMap._add_depends_on`).
        let names = if is_falsy(written) { &[] } else { written.as_slice() };
        names.iter().filter_map(|name| self.find(name).or_else(|| self.find_label(name)))
    }

    fn find_ends(&mut self) {
        let is_first_of_line = |node: &Node| {
            let revision = self.revision(*node);
            revision.edges.parents.is_empty() && revision.parents_known
        };
        self.bases = self.all_nodes().filter(is_first_of_line).collect();
        // Where the parents are not known the line may go on; for all that can be told it begins there.
        self.line_starts =
            self.all_nodes().filter(|&node| self.revision(node).edges.parents.is_empty()).collect();
        self.upgrade_line_starts = (self.line_starts.iter().copied())
            .filter(|&node| self.revision(node).edges.dependencies.is_empty())
            .collect();
        self.heads = self.all_nodes().filter(|&node| self.children.of(node).is_empty()).collect();
        self.upgrade_heads =
            self.all_nodes().filter(|&node| self.dependents.of(node).is_empty()).collect();
    }

    /// The winners, in Alembic's map order (position of the first of an id).
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node> + '_ {
        self.map_order.iter().copied()
    }

    /// Every node, in load order, duplicates included.
    pub fn all_nodes(&self) -> impl ExactSizeIterator<Item = Node> + use<> {
        (0..u32::try_from(self.script_of.len()).unwrap_or(u32::MAX)).map(Node)
    }

    /// The script of a node.
    pub fn script(&self, node: Node) -> &'a Script {
        &self.scripts[self.script_index(node)]
    }

    /// The position of the script of a node among the scripts that the graph was built of.
    pub fn script_index(&self, node: Node) -> usize {
        self.script_of[node.index()] as usize
    }

    /// What the script of a node says of itself.
    pub fn revision(&self, node: Node) -> &'a Revision {
        match &self.script(node).revision {
            Some(revision) => revision,
            // `add_nodes` skips a script without one, and nothing else makes nodes.
            None => unreachable!("nodes are made of scripts with a revision only"),
        }
    }

    /// The id of a node.
    pub fn id(&self, node: Node) -> &'a RevisionId {
        &self.revision(node).id
    }

    /// The node that Alembic's map holds for this id.
    pub fn find(&self, id: &str) -> Option<Node> {
        self.by_id.get(id).copied()
    }

    /// The first node that declares this branch label.
    pub fn find_label(&self, label: &str) -> Option<Node> {
        self.by_label.get(label).copied()
    }

    /// The node that the map holds for the id of this one.
    fn winner(&self, node: Node) -> Node {
        // Without duplicates, which is almost always, no look-up is needed.
        if self.map_order.len() == self.script_of.len() {
            return node;
        }
        self.find(self.id(node).as_str()).unwrap_or(node)
    }

    /// Whether the map holds this very node for its id.
    fn is_winner(&self, node: Node) -> bool {
        self.winner(node) == node
    }

    /// Whether every entry of `down_revision` is some revision's id and none comes twice: then nothing of it has to be
    /// looked up again.
    fn has_all_parents(&self, node: Node) -> bool {
        self.parents.of(node).len() == self.revision(node).edges.parents.len()
    }

    /// What `alembic heads` lists, in its order; on a history with duplicates an id may come twice, as there.
    pub fn heads(&self) -> &[Node] {
        &self.heads
    }

    /// The heads that nothing depends on either: what the symbol `heads` means.
    pub fn upgrade_heads(&self) -> &[Node] {
        &self.upgrade_heads
    }

    /// Revisions whose `down_revision` is `None`, in load order.
    pub fn bases(&self) -> &[Node] {
        &self.bases
    }

    /// The winners among [`RevisionGraph::heads`], each once: the number that `multiple-heads` judges.
    pub fn distinct_heads(&self) -> Vec<Node> {
        self.heads.iter().copied().filter(|&node| self.is_winner(node)).collect()
    }

    /// The parents of a node that exist, in written order, each once.
    pub fn parents(&self, node: Node) -> &[Node] {
        self.parents.of(node)
    }

    /// The revisions whose `down_revision` names this node, in map order.
    pub fn children(&self, node: Node) -> &[Node] {
        self.children.of(node)
    }

    /// What `depends_on` of a node resolves to, in written order, each once.
    pub fn dependencies(&self, node: Node) -> &[Node] {
        self.dependencies.of(node)
    }

    /// The revisions whose `down_revision` or `depends_on` names this node, in map order.
    pub fn dependents(&self, node: Node) -> &[Node] {
        self.dependents.of(node)
    }

    /// At least two children.
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.children(node).len() > 1
    }

    /// At least two entries in `down_revision`, repetitions counted.
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.revision(node).edges.parents.len() > 1
    }

    /// All ancestors of `start`, itself included, by `down_revision` alone: a flag for each node, indexed by
    /// [`Node::index`].
    pub fn ancestors(&self, start: &[Node]) -> Vec<bool> {
        self.parents.closure(start)
    }

    /// The ancestors that all of `nodes` have in common, but for those that come before another one of them, in map
    /// order; and whether there is a common one at all, which in a circle has no last one. One walk for each node.
    pub fn common_ancestors(&self, nodes: &[Node]) -> (Vec<Node>, bool) {
        let mut common: Vec<bool> = Vec::new();
        for &node in nodes {
            let reached = self.ancestors(&[node]);
            if common.is_empty() {
                common = reached;
            } else {
                common.iter_mut().zip(reached).for_each(|(common, reached)| *common &= reached);
            }
        }
        let is_last = |node: &Node| {
            common[node.index()] && !self.children(*node).iter().any(|child| common[child.index()])
        };
        let nearest =
            if nodes.is_empty() { Vec::new() } else { self.nodes().filter(is_last).collect() };
        (nearest, common.contains(&true))
    }

    /// All descendants of `start`, itself included, by `down_revision` alone: a flag for each node.
    pub fn descendants(&self, start: &[Node]) -> Vec<bool> {
        self.children.closure(start)
    }
}

/// Whether Python takes `depends_on` as written for false after Alembic unpacked a single element.
fn is_falsy(dependencies: &[Box<str>]) -> bool {
    matches!(dependencies, [only] if only.is_empty())
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
