//! What is wrong with the names in a history: references that lead nowhere, names that are taken.

use std::collections::HashMap;

use super::{Node, RevisionGraph, is_falsy};

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

/// A branch label that is used twice, or is a revision id at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateLabel<'a> {
    /// The label.
    pub label: &'a str,
    /// The node that repeats it.
    pub node: Node,
    /// Position in `branch_labels` of `node`.
    pub position: usize,
    /// Who had the name first.
    pub first: Node,
    /// Whether the name of `first` is its id and not a label.
    pub is_id: bool,
}

impl<'a> RevisionGraph<'a> {
    /// The nodes that share an id, for each id that several scripts define; ids in map order, nodes in load order.
    pub fn duplicates(&self) -> Vec<Vec<Node>> {
        if self.map_order.len() == self.script_of.len() {
            return Vec::new();
        }
        let mut by_winner: HashMap<Node, Vec<Node>> = HashMap::new();
        for node in self.all_nodes() {
            if let Some(winner) = self.find(self.id(node).as_str()) {
                by_winner.entry(winner).or_default().push(node);
            }
        }
        self.nodes()
            .filter_map(|winner| by_winner.remove(&winner))
            .filter(|nodes| nodes.len() > 1)
            .collect()
    }

    /// Every `down_revision` entry that is no revision's id, in load order. Labels and prefixes of ids are missing
    /// too: Alembic looks parents up by their exact id only.
    pub fn missing_parents(&self) -> Vec<Missing<'a>> {
        let mut missing = Vec::new();
        for child in self.all_nodes().filter(|&child| !self.has_all_parents(child)) {
            for (position, id) in self.revision(child).edges.parents.iter().enumerate() {
                if self.find(id.as_str()).is_none() {
                    missing.push(Missing { child, position, text: id.as_str() });
                }
            }
        }
        missing
    }

    /// Every `depends_on` entry that is no id and no label, in load order.
    ///
    /// `depends_on = ""` is one only where it does harm: Alembic takes it for no dependency, but the revision no
    /// longer counts as a base (`Revision._is_real_base`), which can make the history impossible to load.
    pub fn missing_dependencies(&self) -> Vec<Missing<'a>> {
        let mut missing = Vec::new();
        for child in self.all_nodes() {
            let written = &self.revision(child).edges.dependencies;
            if is_falsy(written) {
                if self.revision(child).edges.parents.is_empty() && self.lacks_upgrade_base() {
                    missing.push(Missing { child, position: 0, text: "" });
                }
                continue;
            }
            for (position, name) in written.iter().enumerate() {
                if self.find(name).is_none() && self.find_label(name).is_none() {
                    missing.push(Missing { child, position, text: name });
                }
            }
        }
        missing
    }

    /// Every branch label that is taken already, in load order.
    pub fn duplicate_labels(&self) -> Vec<DuplicateLabel<'a>> {
        let mut first_user: HashMap<&'a str, Node> = HashMap::new();
        let mut duplicates = Vec::new();
        for &node in &self.labelled {
            for (position, label) in self.revision(node).labels.iter().enumerate() {
                let label = label.as_str();
                if let Some(first) = self.find(label) {
                    duplicates.push(DuplicateLabel { label, node, position, first, is_id: true });
                } else if let Some(&first) = first_user.get(label) {
                    duplicates.push(DuplicateLabel { label, node, position, first, is_id: false });
                } else {
                    first_user.insert(label, node);
                }
            }
        }
        duplicates
    }
}
