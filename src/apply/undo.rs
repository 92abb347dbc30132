//! Putting back what a journal says, and clearing the journal away.
//!
//! Goes by what is on disk, not by how far the run came, so that it may itself be killed and done again. What is neither
//! the old nor the new content is somebody's work: it stays, and the old content is kept beside it.

use std::path::{Path, PathBuf};

use super::journal::{Journal, Old, Step};
use super::{Aftermath, ApplyError, Trouble, Workplace};
use crate::fix::ContentHash;
use crate::fs;
use crate::fs::write::{self, WriteError};

/// What was put back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The files that are as before again, or gone again.
    pub files: Vec<PathBuf>,
    /// The files that somebody changed meanwhile.
    pub kept: Vec<Kept>,
}

/// A file that was changed meanwhile, and so left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// Where its old text lies now; `None` for a file that was not there before.
    pub old: Option<PathBuf>,
}

impl Kept {
    /// The sentence, with paths as they are shown.
    pub fn message(&self, shown: &dyn Fn(&Path) -> String) -> String {
        let path = shown(&self.path);
        match &self.old {
            Some(old) => format!(
                "`{path}` was changed meanwhile and left alone, its old text is in `{}`",
                shown(old)
            ),
            None => format!("`{path}` was changed meanwhile and left alone"),
        }
    }
}

/// Puts everything back.
pub fn undo(workplace: &Workplace, journal: &Journal) -> Result<Undone, ApplyError> {
    let left = |error: WriteError| {
        let (path, journal) = (error.path.clone(), workplace.journal.clone());
        let trouble = Trouble::of(&error);
        ApplyError { path: error.path, trouble, aftermath: Aftermath::Left { path, journal } }
    };
    let mut undone = Undone::default();
    // Names become free before others take them.
    let (restored, removed): (Vec<&Step>, Vec<&Step>) =
        journal.steps.iter().partition(|step| step.old.is_some());
    for step in removed.into_iter().chain(restored) {
        put_back(workplace, step, &mut undone).map_err(left)?;
    }
    for folder in journal.folders.iter().rev() {
        write::remove_empty_folder(folder);
    }
    super::flush(journal).map_err(left)?;
    Ok(undone)
}

fn put_back(workplace: &Workplace, step: &Step, undone: &mut Undone) -> Result<(), WriteError> {
    let is_there = write::entry(&step.path).is_some();
    let now = fs::read(&step.path).ok().map(|bytes| ContentHash::of(&bytes).hex());
    let old = step.old.as_ref().map(|old| &old.hash);
    workplace.death.pass();
    write::remove(&step.temporary)?;
    if now.as_ref() == old && is_there == old.is_some() {
        return Ok(());
    }
    let is_ours = now == step.new && is_there == step.new.is_some();
    match &step.old {
        Some(old) if is_ours || !is_there => {
            restore(workplace, step, old, is_there)?;
            undone.files.push(step.path.clone());
        }
        Some(old) => undone.kept.push(keep(step, old)?),
        None if is_ours => {
            workplace.death.pass();
            write::remove(&step.path)?;
            undone.files.push(step.path.clone());
        }
        None => undone.kept.push(Kept { path: step.path.clone(), old: None }),
    }
    Ok(())
}

fn backup(old: &Old) -> Result<Vec<u8>, WriteError> {
    fs::read(&old.backup).map_err(|error| WriteError {
        path: error.path,
        reason: error.reason,
        cause: write::Cause::Other,
    })
}

fn restore(workplace: &Workplace, step: &Step, old: &Old, over: bool) -> Result<(), WriteError> {
    let content = backup(old)?;
    workplace.death.pass();
    write::create(&step.temporary, &content, Some(&old.backup))?;
    workplace.death.pass();
    if over {
        write::replace(&step.temporary, &step.path)
    } else {
        write::move_to_free(&step.temporary, &step.path)
    }
}

/// Keeps the old content beside a file, under a name that is free and that Alembic does not load.
fn keep(step: &Step, old: &Old) -> Result<Kept, WriteError> {
    let content = backup(old)?;
    let name = step.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut number = 0;
    loop {
        let ending = if number == 0 { String::new() } else { number.to_string() };
        let beside = step.path.with_file_name(format!("{name}.before-onehead{ending}"));
        // A repeated undo finds what the first one kept.
        if fs::read(&beside).is_ok_and(|kept| kept == content) {
            return Ok(Kept { path: step.path.clone(), old: Some(beside) });
        }
        match write::create(&beside, &content, Some(&old.backup)) {
            Err(error) if error.cause == write::Cause::Exists => number += 1,
            other => return other.map(|()| Kept { path: step.path.clone(), old: Some(beside) }),
        }
    }
}

/// Takes away the journal and what lies beside targets.
pub fn clear(workplace: &Workplace, journal: &Journal) -> Result<(), ApplyError> {
    let cleared = journal
        .steps
        .iter()
        .try_for_each(|step| write::remove(&step.temporary))
        .and_then(|()| journal.remove(workplace));
    cleared.map_err(|error| {
        let (path, journal) = (error.path.clone(), workplace.journal.clone());
        let trouble = Trouble::of(&error);
        ApplyError { path: error.path, trouble, aftermath: Aftermath::Left { path, journal } }
    })
}
