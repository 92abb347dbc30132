//! Why changes were not made, and how things stand now.

use std::path::{Path, PathBuf};

use super::Undone;
use crate::fs::write::{Cause, WriteError};

/// Changes that were not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is the matter with it.
    pub trouble: Trouble,
    /// How things stand now.
    pub aftermath: Aftermath,
}

/// What is the matter with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not hold what it held when the repair was computed, or is gone.
    Stale,
    /// Something of that name is there already.
    Exists,
    /// It is a folder, a symbolic link or a device.
    NotAFile,
    /// It leads out of the repository.
    LeadsOut,
    /// Two changes want it.
    Twice,
    /// It, its folder or the file system is not to be written; the system's reason where it gave one.
    ReadOnly(String),
    /// The disk is full.
    Full(String),
    /// Its name is not UTF-8, which the journal cannot hold.
    NotUtf8,
    /// Another run holds the lock.
    Locked,
    /// A run that was killed has left a journal.
    Unfinished,
    /// The journal cannot be read; why.
    Journal(String),
    /// The system's reason.
    Other(String),
}

impl Trouble {
    /// What an error of writing is.
    pub fn of(error: &WriteError) -> Self {
        let reason = error.reason.clone();
        match error.cause {
            Cause::Exists => Self::Exists,
            Cause::Full => Self::Full(reason),
            Cause::ReadOnly => Self::ReadOnly(reason),
            Cause::Other => Self::Other(reason),
        }
    }
}

/// How things stand after an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// As before: nothing was changed.
    NothingChanged,
    /// As before, or with what was kept beside: everything was put back.
    PutBack(Undone),
    /// Not all could be put back: the path at which that failed, and the folder of the journal, from which the next
    /// run goes on.
    Left {
        /// The path.
        path: PathBuf,
        /// The journal's folder.
        journal: PathBuf,
    },
}

impl ApplyError {
    pub(super) fn nothing(path: &Path, trouble: Trouble) -> Self {
        Self { path: path.to_path_buf(), trouble, aftermath: Aftermath::NothingChanged }
    }

    pub(super) fn untouched(error: WriteError) -> Self {
        let trouble = Trouble::of(&error);
        Self { path: error.path, trouble, aftermath: Aftermath::NothingChanged }
    }

    /// The sentence, with paths as they are shown.
    pub fn message(&self, shown: &dyn Fn(&Path) -> String) -> String {
        let path = format!("`{}`", shown(&self.path));
        let fact = match &self.trouble {
            Trouble::Stale => format!("{path} is not what it was when the repair was computed"),
            Trouble::Exists => format!("{path} is there already"),
            Trouble::NotAFile => format!("{path} is no regular file"),
            Trouble::LeadsOut => format!("{path} leads out of the repository"),
            Trouble::Twice => format!("two changes of one repair meet in {path}"),
            Trouble::ReadOnly(reason) => format!("{path} cannot be written: {reason}"),
            Trouble::Full(reason) => format!("there is no room for {path}: {reason}"),
            Trouble::NotUtf8 => format!("the name of {path} is not UTF-8"),
            Trouble::Locked => format!("another run is writing: {path} is locked"),
            Trouble::Unfinished => format!("a run that was killed has left its journal in {path}"),
            Trouble::Journal(reason) => format!("the journal {path} cannot be read: {reason}"),
            Trouble::Other(reason) => format!("{path} could not be written: {reason}"),
        };
        format!("{fact}; {}", self.aftermath.message(shown))
    }

    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match (&self.trouble, &self.aftermath) {
            (_, Aftermath::Left { .. }) => {
                "mend the cause and run the command again: it goes on from the journal"
            }
            (Trouble::Stale | Trouble::Unfinished, _) => "run the command again",
            (Trouble::Exists, _) => "move the file away or rename it, then run the command again",
            (Trouble::NotAFile, _) => "put a regular file in its place, then run the command again",
            (Trouble::LeadsOut, _) => "run the command in the repository that holds the file",
            (Trouble::Twice, _) => "this is a bug of onehead: please report it",
            (Trouble::ReadOnly(_), _) => "make it writable, then run the command again",
            (Trouble::Full(_), _) => "make room, then run the command again",
            (Trouble::NotUtf8, _) => "rename it, then run the command again",
            (Trouble::Locked, _) => {
                "wait until the other run has ended, then run the command again"
            }
            (Trouble::Journal(_), _) => {
                "the old texts lie beside it as `*.old`: compare them with `git status`, then remove the folder"
            }
            (Trouble::Other(_), _) => "mend the cause, then run the command again",
        }
    }
}

impl Aftermath {
    fn message(&self, shown: &dyn Fn(&Path) -> String) -> String {
        match self {
            Self::NothingChanged => "nothing was changed".into(),
            Self::PutBack(undone) if undone.kept.is_empty() => "everything was put back".into(),
            Self::PutBack(undone) => {
                let kept: Vec<String> =
                    undone.kept.iter().map(|kept| kept.message(shown)).collect();
                format!("everything else was put back: {}", kept.join("; "))
            }
            Self::Left { path, .. } => format!("not everything was put back: `{}`", shown(path)),
        }
    }
}
