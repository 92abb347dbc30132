//! The journal: what is needed to put everything back, flushed before the first change.
//!
//! One JSON document with the hash of each file before and after, and beside it the old contents, each in a file. It
//! holds no decision: what to do with it is told by its state and by what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::plan::Planned;
use super::{ApplyError, Trouble, Workplace};
use crate::fs;
use crate::fs::write::{self, WriteError};

const NAME: &str = "journal.json";
const FORMAT: u32 = 1;

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Files are being written, or what was written is not verified: it is undone.
    Writing,
    /// The result was verified: it stays.
    Verified,
}

/// The content of a file before a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Old {
    /// Its hash.
    pub hash: String,
    /// The copy, with its permissions.
    pub backup: PathBuf,
}

/// What becomes of one path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The file.
    pub path: PathBuf,
    /// Where its text lies until it has its name.
    pub temporary: PathBuf,
    /// What it held before.
    pub old: Option<Old>,
    /// The hash of what it holds afterwards.
    pub new: Option<String>,
    /// The file whose permissions the new one takes over.
    pub like: Option<PathBuf>,
}

/// A whole run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journal {
    format: u32,
    /// How far it came.
    pub state: State,
    /// What becomes of each path.
    pub steps: Vec<Step>,
    /// The folders that are made, those above others first.
    pub folders: Vec<PathBuf>,
}

/// Copies the old contents beside the journal.
pub fn backed_up(
    workplace: &Workplace,
    planned: BTreeMap<PathBuf, Planned>,
) -> Result<Vec<Step>, ApplyError> {
    let mut steps = Vec::new();
    for (index, (path, planned)) in planned.into_iter().enumerate() {
        if path.to_str().is_none() {
            return Err(ApplyError::nothing(&path, Trouble::NotUtf8));
        }
        let old = match planned.old {
            Some((seen, content)) => {
                let backup = workplace.journal.join(format!("{index}.old"));
                workplace.death.pass();
                // Without a journal, what has this name is left from a run that ended before it changed anything.
                write::remove(&backup)
                    .and_then(|()| write::create(&backup, &content, Some(&path)))
                    .map_err(ApplyError::untouched)?;
                Some(Old { hash: seen.hex(), backup })
            }
            None => None,
        };
        // Alembic takes no file whose name begins so (1.20.1, `_only_source_rev_file`).
        let temporary = path.with_file_name(format!(".#onehead-{index}.tmp"));
        let new = planned.new.map(|hash| hash.hex());
        steps.push(Step { path, temporary, old, new, like: planned.like });
    }
    Ok(steps)
}

/// Takes away what a run has left that ended before its journal was written, or after it was removed.
pub fn sweep(folder: &Path) -> Result<(), ApplyError> {
    for entry in fs::list(folder).unwrap_or_default() {
        let name = entry.name.to_string_lossy();
        if name.ends_with(".old") || name == "journal.new" {
            write::remove(&folder.join(&entry.name)).map_err(ApplyError::untouched)?;
        }
    }
    Ok(())
}

impl Journal {
    /// The journal of a run that begins.
    pub fn new(steps: Vec<Step>, folders: Vec<PathBuf>) -> Self {
        Self { format: FORMAT, state: State::Writing, steps, folders }
    }

    /// The journal in a folder, if there is one.
    pub fn read(folder: &Path) -> Result<Option<Self>, ApplyError> {
        let path = folder.join(NAME);
        let failed = |reason: String| ApplyError::nothing(&path, Trouble::Journal(reason));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.missing => return Ok(None),
            Err(error) => return Err(failed(error.reason)),
        };
        let journal: Self =
            serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
        if journal.format != FORMAT {
            return Err(failed("another version of onehead wrote it".into()));
        }
        Ok(Some(journal))
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, workplace: &Workplace) -> Result<(), WriteError> {
        let path = workplace.journal.join(NAME);
        let beside = workplace.journal.join("journal.new");
        let failed = |error: serde_json::Error| WriteError {
            path: path.clone(),
            reason: error.to_string(),
            cause: write::Cause::Other,
        };
        let text = serde_json::to_vec_pretty(self).map_err(failed)?;
        workplace.death.pass();
        write::remove(&beside)?;
        write::create(&beside, &text, None)?;
        workplace.death.pass();
        write::replace(&beside, &path)?;
        write::flush_folder(&workplace.journal)
    }

    /// Takes the journal away: first its document, so that what is left of it means nothing.
    pub fn remove(&self, workplace: &Workplace) -> Result<(), WriteError> {
        workplace.death.pass();
        write::remove(&workplace.journal.join(NAME))?;
        write::flush_folder(&workplace.journal)?;
        write::remove(&workplace.journal.join("journal.new"))?;
        for old in self.steps.iter().filter_map(|step| step.old.as_ref()) {
            workplace.death.pass();
            write::remove(&old.backup)?;
        }
        Ok(())
    }

    /// The files that are there afterwards.
    pub fn files(&self) -> Vec<PathBuf> {
        let there = self.steps.iter().filter(|step| step.new.is_some());
        there.map(|step| step.path.clone()).collect()
    }
}
