//! What a commit did to the revisions of an environment.

use std::collections::{BTreeMap, BTreeSet};

use crate::script::Script;

/// What a script says of itself, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The id.
    pub id: String,
    /// `down_revision`
    pub parents: Vec<String>,
    labels: Vec<String>,
    dependencies: Vec<String>,
    message: String,
    /// The file, as it is shown.
    path: String,
}

impl Known {
    /// `None` for a script of which not even the id is known.
    pub fn of(script: &Script, path: String) -> Option<Self> {
        let revision = script.revision.as_ref()?;
        Some(Self {
            id: revision.id.to_string(),
            parents: revision.edges.parents.iter().map(ToString::to_string).collect(),
            labels: revision.labels.iter().map(ToString::to_string).collect(),
            dependencies: revision.edges.dependencies.iter().map(ToString::to_string).collect(),
            message: revision.message().trim().to_owned(),
            path,
        })
    }
}

impl Known {
    /// Whether both say the same of their revision, wherever they lie and whatever they are about.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.id == other.id
            && self.parents == other.parents
            && self.labels == other.labels
            && self.dependencies == other.dependencies
    }
}

/// What was done to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No file defines it any more.
    Deleted,
    /// It has another id now.
    Renumbered {
        /// The new one.
        to: String,
    },
    /// It has other parents.
    Reparented {
        /// Those that it had.
        from: Vec<String>,
        /// Those that it has.
        to: Vec<String>,
    },
    /// It has other labels or dependencies.
    Relabelled,
    /// Its code does something else.
    Rewritten,
}

impl Kind {
    /// As machines read it, and people.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Renumbered { .. } => "renumbered",
            Self::Reparented { .. } => "re-parented",
            Self::Relabelled => "relabelled",
            Self::Rewritten => "rewritten",
        }
    }
}

/// A revision to which something was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub kind: Kind,
    /// The id that it had before.
    pub revision: String,
    /// The file, as it is shown.
    pub path: String,
}

/// The scripts that are not as they were, before and after a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// What they said.
    pub gone: Vec<Known>,
    /// What they say.
    pub came: Vec<Known>,
    /// The ids among them that other files define as well.
    pub elsewhere: BTreeSet<String>,
    /// The paths, as they are shown, of those whose code does something else.
    pub rewritten: BTreeSet<String>,
    /// Whether the commit changed where migrations are, or what is expected of them.
    pub is_configured: bool,
}

impl Delta {
    /// The revisions that were not there before.
    pub fn added(&self) -> impl Iterator<Item = &Known> {
        self.came.iter().filter(|came| self.gone.iter().all(|gone| gone.id != came.id))
    }

    /// What was done to revisions that were there before, in the order of the files that they were in.
    pub(super) fn changes(&self) -> Vec<Change> {
        let after: BTreeMap<&str, &Known> =
            self.came.iter().map(|came| (came.id.as_str(), came)).collect();
        let added: Vec<&Known> = self.added().collect();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        let mut changes = Vec::new();
        for before in &self.gone {
            let mut tell = |kind: Kind| {
                let (revision, path) = (before.id.clone(), before.path.clone());
                changes.push(Change { kind, revision, path });
            };
            let Some(now) = after.get(before.id.as_str()) else {
                if !self.elsewhere.contains(&before.id) {
                    let is_it = |one: &&&Known| {
                        !taken.contains(one.id.as_str())
                            && !one.message.is_empty()
                            && one.message == before.message
                    };
                    match added.iter().find(is_it) {
                        Some(new) => {
                            taken.insert(&new.id);
                            tell(Kind::Renumbered { to: new.id.clone() });
                        }
                        None => tell(Kind::Deleted),
                    }
                }
                continue;
            };
            if now.parents != before.parents {
                let (from, to) = (before.parents.clone(), now.parents.clone());
                tell(Kind::Reparented { from, to });
            }
            if (&now.labels, &now.dependencies) != (&before.labels, &before.dependencies) {
                tell(Kind::Relabelled);
            }
            if self.rewritten.contains(&now.path) {
                tell(Kind::Rewritten);
            }
        }
        changes
    }
}
