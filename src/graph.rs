//! The history as a graph.
//!
//! [`RevisionGraph::build`] accepts any set of scripts, however broken, and never fails: a missing parent or a
//! duplicated id is kept as data for the rules to report. Nothing here does I/O, and every iterator has a fixed
//! order, so output is reproducible.
//!
//! Two views live side by side. What Alembic itself would answer, oddities included ([`RevisionGraph::heads`],
//! [`RevisionGraph::load_error`]), and the defects ([`RevisionGraph::missing_parents`] and its kin), each of which is
//! reported whether or not Alembic notices it.

use crate::revision::{Revision, RevisionId};
use crate::script::Script;

/// One script that has a revision, by its position among these in load order.
///
/// Of several nodes with one id the last is the one that Alembic's map holds (the *winner*); the earlier ones stay
/// nodes, since Alembic keeps listing them among heads and bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

/// The history.
pub struct RevisionGraph<'a> {
    scripts: &'a [Script],
}

/// A parent or dependency that no script defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The node that refers to it.
    pub child: Node,
    /// Position in `down_revision` or `depends_on`.
    pub position: usize,
    /// What is written there.
    pub text: &'a str,
}

/// A circle in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The nodes along the circle, child before parent; the first is not repeated at the end. One for a self-loop.
    pub path: Vec<Node>,
    /// Whether `depends_on` is needed to close it.
    pub through_dependencies: bool,
    /// Whether Alembic notices it when it loads the history.
    pub seen_by_alembic: bool,
}

/// A branch label that is used twice, or is a revision id at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateLabel<'a> {
    /// The label.
    pub label: &'a str,
    /// The node that repeats it, and the position in its `branch_labels`.
    pub node: Node,
    /// Position in `branch_labels` of `node`.
    pub position: usize,
    /// Who had the name first.
    pub first: Node,
    /// Whether the name of `first` is its id and not a label.
    pub is_id: bool,
}

/// Why Alembic cannot load the history: the first thing it would stop at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Python's class name, such as `KeyError` or `CycleDetected`.
    pub class: &'static str,
    /// Alembic's own sentence.
    pub message: String,
}

#[allow(unused_variables, clippy::todo)]
impl<'a> RevisionGraph<'a> {
    /// Builds the graph of `scripts`, which are in load order.
    pub fn build(scripts: &'a [Script]) -> Self {
        Self { scripts }
    }

    /// The winners, in Alembic's map order (position of the first of an id).
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        std::iter::empty()
    }

    /// Every node, in load order, duplicates included.
    pub fn all_nodes(&self) -> impl Iterator<Item = Node> + '_ {
        std::iter::empty()
    }

    /// The script of a node.
    pub fn script(&self, node: Node) -> &'a Script {
        todo!()
    }

    /// What the script of a node says of itself.
    pub fn revision(&self, node: Node) -> &'a Revision {
        todo!()
    }

    /// The id of a node.
    pub fn id(&self, node: Node) -> &'a RevisionId {
        &self.revision(node).id
    }

    /// The node that Alembic's map holds for this id.
    pub fn find(&self, id: &str) -> Option<Node> {
        todo!()
    }

    /// The nodes that share an id, for each id that several scripts define; ids in map order, nodes in load order.
    pub fn duplicates(&self) -> Vec<Vec<Node>> {
        todo!()
    }

    /// What `alembic heads` lists, in its order; on a history with duplicates an id may come twice, as there.
    pub fn heads(&self) -> &[Node] {
        todo!()
    }

    /// The heads that nothing depends on either: what the symbol `heads` means.
    pub fn upgrade_heads(&self) -> &[Node] {
        todo!()
    }

    /// Revisions without parents, in load order.
    pub fn bases(&self) -> &[Node] {
        todo!()
    }

    /// The winners among [`RevisionGraph::heads`], each once: the number that `multiple-heads` judges.
    pub fn distinct_heads(&self) -> Vec<Node> {
        todo!()
    }

    /// The parents of a node that exist, in written order, each once.
    pub fn parents(&self, node: Node) -> &[Node] {
        todo!()
    }

    /// The revisions whose `down_revision` names this node, in map order.
    pub fn children(&self, node: Node) -> &[Node] {
        todo!()
    }

    /// What `depends_on` of a node resolves to, in written order, each once.
    pub fn dependencies(&self, node: Node) -> &[Node] {
        todo!()
    }

    /// At least two children.
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.children(node).len() > 1
    }

    /// At least two entries in `down_revision`.
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.revision(node).edges.parents.len() > 1
    }

    /// The labels of a node, its own and those that reach it along the line, sorted.
    pub fn labels(&self, node: Node) -> Vec<&'a str> {
        todo!()
    }

    /// All ancestors of `start`, itself included, by `down_revision` alone: a flag for each node, indexed by
    /// [`Node::index`].
    pub fn ancestors(&self, start: &[Node]) -> Vec<bool> {
        todo!()
    }

    /// All descendants of `start`, itself included, by `down_revision` alone: a flag for each node.
    pub fn descendants(&self, start: &[Node]) -> Vec<bool> {
        todo!()
    }

    /// Every `down_revision` entry that no script defines, in load order.
    pub fn missing_parents(&self) -> Vec<Missing<'a>> {
        todo!()
    }

    /// Every `depends_on` entry that is no id and no label, in load order.
    pub fn missing_dependencies(&self) -> Vec<Missing<'a>> {
        todo!()
    }

    /// Every circle, one per knot, in load order of its first node.
    pub fn cycles(&self) -> Vec<Cycle> {
        todo!()
    }

    /// Every branch label that is taken already, in load order.
    pub fn duplicate_labels(&self) -> Vec<DuplicateLabel<'a>> {
        todo!()
    }

    /// What Alembic would stop at when it loads this history; `None` when it loads.
    pub fn load_error(&self) -> Option<LoadError> {
        todo!()
    }

    /// The ids that start with `prefix` (candidates longer than three characters, as Alembic has it), in map order.
    pub fn ids_starting_with(&self, prefix: &str) -> Vec<Node> {
        todo!()
    }

    /// The node that declares this branch label.
    pub fn find_label(&self, label: &str) -> Option<Node> {
        todo!()
    }
}

impl Node {
    /// The position of the node in load order, for tables by node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
