//! What a repair changes: values only, decided before anything is written.
//!
//! A planner says what becomes of scripts ([`Rewrite`]); with the bytes of the files that becomes a list of
//! [`Change`]s, each with what must be true first. Nothing here reads or writes a file: [`crate::apply`] turns changes
//! into bytes on disk, all of them or none.

pub mod diff;
pub mod edit;
mod literal;
pub mod merge;
pub mod overlay;
pub mod rebase;
pub mod small;
pub mod suggestion;
pub mod tripwire;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::revision::RevisionId;

/// The content of a file as it was seen: its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash in hexadecimal.
    pub fn hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// The first 12 hexadecimal digits of the SHA-256 of `bytes`: an id that follows from what it stands for.
fn derived_digits(bytes: &[u8]) -> String {
    let mut digits = ContentHash::of(bytes).hex();
    digits.truncate(12);
    digits
}

/// The id of a revision that needs another one: it follows from the old id and the parents, after a NUL each, so that two
/// people who mend the same history give the same.
fn derived_id(old: &RevisionId, parents: &[RevisionId]) -> RevisionId {
    let parents: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
    let text = format!("{old}\0{}", parents.join("\0"));
    RevisionId::new(derived_digits(text.as_bytes()))
}

/// One file that a repair changes, with what must be true first. Paths are absolute and resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Gives a file that must still have the content seen a new content.
    Edit {
        /// The file.
        path: PathBuf,
        /// What it held when the repair was computed.
        seen: ContentHash,
        /// Its whole new content.
        content: Vec<u8>,
    },
    /// Makes a file that must not be there yet.
    Create {
        /// The file; its folders are made where they are missing.
        path: PathBuf,
        /// Its content.
        content: Vec<u8>,
    },
    /// Moves a file that must still have the content seen onto a path that must be free, with a content that may be
    /// new as well.
    Rename {
        /// Where it is.
        from: PathBuf,
        /// Where it goes.
        to: PathBuf,
        /// What it held when the repair was computed.
        seen: ContentHash,
        /// Its whole content afterwards.
        content: Vec<u8>,
    },
    /// Takes away a file that must still have the content seen.
    Delete {
        /// The file.
        path: PathBuf,
        /// What it held when the repair was computed.
        seen: ContentHash,
    },
}

impl Change {
    /// The file that the change reads or makes: before the change for a rename.
    pub fn path(&self) -> &Path {
        match self {
            Self::Edit { path, .. } | Self::Create { path, .. } | Self::Delete { path, .. } => path,
            Self::Rename { from, .. } => from,
        }
    }

    /// The file as it is called afterwards; `None` for one that is taken away.
    pub fn path_after(&self) -> Option<&Path> {
        match self {
            Self::Edit { path, .. } | Self::Create { path, .. } => Some(path),
            Self::Rename { to, .. } => Some(to),
            Self::Delete { .. } => None,
        }
    }
}

/// What becomes of one script, before it is bytes. What is `None` stays as it is, to the byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// The position of the script in load order.
    pub script: usize,
    /// The new `revision`.
    pub id: Option<RevisionId>,
    /// The new `down_revision`, in the order in which it is to be written; empty for `None`.
    pub parents: Option<Vec<RevisionId>>,
    /// The new `depends_on`, in the order in which it is to be written; empty for `None`.
    pub dependencies: Option<Vec<Box<str>>>,
    /// The header lines of the docstring are made to agree with the code even where they did not before.
    pub align_header: bool,
    /// The new path of the file.
    pub path: Option<PathBuf>,
}
