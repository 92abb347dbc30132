//! Where the files that are judged lie: in the working tree, or in a tree of git's, read as if it lay there.
//!
//! A history is healthy or not somewhere: in the index that is about to be committed, in a commit that is about to be
//! pushed, in the merge that is about to happen. Whoever asks for files asks a [`Snapshot`], by the paths that they have
//! in the working tree, and need not know which it is. Nothing is written, and no file is checked out.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::fs::{self, DirectoryEntry, Kind, ReadError};
use crate::git::ObjectId;

mod listing;
mod objects;
mod source;
mod tree;

pub use listing::{Entry, Listing, is_source_name};
pub use objects::Objects;
pub use source::Source;
pub(crate) use tree::FETCH_CONTENTS;
pub use tree::{Conflict, Tree};

/// The files that are judged.
#[derive(Clone, Debug)]
pub enum Snapshot {
    /// As they lie in the working tree.
    Worktree,
    /// As git has them.
    Tree(Tree),
}

impl Snapshot {
    /// The tree of git's, where it is one.
    pub fn tree(&self) -> Option<&Tree> {
        match self {
            Self::Worktree => None,
            Self::Tree(tree) => Some(tree),
        }
    }

    /// What JSON documents call it: `worktree`, `index`, `<ref>` or `merge:<ref>`.
    pub fn label(&self) -> String {
        match self.tree().map(Tree::source) {
            None => "worktree".to_owned(),
            Some(Source::Index) => "index".to_owned(),
            Some(Source::Commit(name)) => name.clone(),
            Some(Source::Merge(name)) => format!("merge:{name}"),
        }
    }

    /// The commits that it stems from: none for the working tree, which stems from `HEAD`; two for a merge.
    pub fn commits(&self) -> &[ObjectId] {
        self.tree().map_or(&[], Tree::commits)
    }

    /// What is to be told of a file that cannot be read, which is called `shown`.
    pub fn unreadable(&self, error: &ReadError, shown: String) -> Error {
        let reason = error.reason.clone();
        match self {
            Self::Worktree => Error::Read { path: shown, reason },
            Self::Tree(tree) => {
                let hint = tree.remedy(error, &shown);
                Error::Snapshot { what: shown, reason, hint }
            }
        }
    }

    /// The bytes of a file. Fails as [`fs::read`] does, and for a file with a conflict that is not resolved.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        match self {
            Self::Worktree => fs::read(path),
            Self::Tree(tree) => tree.read(path).map(|bytes| bytes.to_vec()),
        }
    }

    /// The entries of a folder, in any order. Fails where it cannot be listed.
    pub fn list(&self, path: &Path) -> Result<Vec<DirectoryEntry>, ReadError> {
        match self {
            Self::Worktree => fs::list(path),
            Self::Tree(tree) => tree.list(path),
        }
    }

    /// What a path leads to, symbolic links followed; `None` where it leads nowhere.
    pub fn kind(&self, path: &Path) -> Option<Kind> {
        match self {
            Self::Worktree => fs::kind(path),
            Self::Tree(tree) => tree.kind(path),
        }
    }

    /// Whether a path leads to a folder, symbolic links followed.
    pub fn is_directory(&self, path: &Path) -> bool {
        self.kind(path) == Some(Kind::Directory)
    }

    /// Whether a path leads to a regular file, symbolic links followed.
    pub fn is_file(&self, path: &Path) -> bool {
        self.kind(path) == Some(Kind::File)
    }

    /// Whether a path leads to anything, symbolic links followed.
    pub fn exists(&self, path: &Path) -> bool {
        self.kind(path).is_some()
    }

    /// The path without symbolic links, `.` and `..`. Fails where it leads nowhere.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, ReadError> {
        match self {
            Self::Worktree => fs::resolve(path),
            Self::Tree(tree) => tree.resolve(path),
        }
    }

    /// The same; where it leads nowhere, without `.` and `..` alone.
    pub fn settled(&self, path: &Path) -> PathBuf {
        self.resolve(path).unwrap_or_else(|_| fs::normalize(path))
    }

    /// The target of a symbolic link as it is written. Fails where `path` is no link.
    pub fn link_target(&self, path: &Path) -> Result<PathBuf, ReadError> {
        match self {
            Self::Worktree => fs::link_target(path),
            Self::Tree(tree) => tree.link_target(path),
        }
    }
}
