//! Changes into bytes on disk: all of them, or none.
//!
//! Everything is checked before anything is written; every new text lies complete and flushed beside its target before
//! the first name changes; and a journal, flushed before that, holds what is needed to put everything back. A run that
//! was killed is undone by the next one ([`recover`]), or finished when its result had been verified. Nothing here knows
//! what the changes mean, and a file that somebody changed meanwhile is never overwritten.

mod error;
mod journal;
mod plan;
mod undo;

use std::cell::Cell;
use std::path::{Path, PathBuf};

pub use error::{Aftermath, ApplyError, Trouble};
pub use undo::{Kept, Undone};

use crate::fix::{Change, ContentHash};
use crate::fs;
use crate::fs::write::{self, Cause, Lock, WriteError};
use journal::{Journal, State, Step};

/// Where is written, and where the journal is kept.
#[derive(Debug)]
pub struct Workplace {
    /// The root of the repository, resolved: what leads out of it is refused.
    pub root: PathBuf,
    /// Whether the environment itself lies outside `root`, so that nothing is refused for that.
    pub outside: bool,
    /// The folder of the journal: `onehead` in git's own folder, else beside the script folder.
    pub journal: PathBuf,
    /// Whether nothing of that folder stays once a run has ended: it lies among the user's files.
    pub vanishes: bool,
    /// For tests: the step at which the process dies.
    pub death: Death,
}

impl Workplace {
    /// The place for a repository with this root, and the folder of its journal.
    pub fn new(root: PathBuf, journal: PathBuf) -> Self {
        Self { root, outside: false, journal, vanishes: false, death: Death::default() }
    }
}

/// Ends the process before one of the steps of writing, in debug builds, as a power failure would.
#[derive(Debug, Default)]
pub struct Death(Cell<Option<u32>>);

impl Death {
    /// Dies before step `number`, counted from 0; never for `None`.
    pub fn at(number: Option<u32>) -> Self {
        Self(Cell::new(number))
    }

    /// Comes before each step that changes anything on disk.
    fn pass(&self) {
        let Some(left) = self.0.get().filter(|_| cfg!(debug_assertions)) else { return };
        match left.checked_sub(1) {
            Some(left) => self.0.set(Some(left)),
            None => std::process::abort(),
        }
    }
}

/// What was found of an earlier run that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing.
    Nothing,
    /// It was killed while writing, and is undone.
    Undone(Undone),
    /// It was killed after its result had been verified; these files stay as it wrote them.
    Finished {
        /// The files.
        files: Vec<PathBuf>,
    },
}

/// Undoes or finishes what a run that was killed has left.
///
/// # Errors
/// When another run is writing, the journal cannot be read, or a file cannot be put back; the journal then stays.
pub fn recover(workplace: &Workplace) -> Result<Recovery, ApplyError> {
    if !fs::is_directory(&workplace.journal) {
        return Ok(Recovery::Nothing);
    }
    let _lock = lock(workplace)?;
    let Some(journal) = Journal::read(&workplace.journal)? else {
        journal::sweep(&workplace.journal)?;
        return Ok(Recovery::Nothing);
    };
    let recovery = match journal.state {
        State::Writing => Recovery::Undone(undo::undo(workplace, &journal)?),
        State::Verified => Recovery::Finished { files: journal.files() },
    };
    undo::clear(workplace, &journal)?;
    Ok(recovery)
}

/// Checks every change, then makes all of them. On any failure midway everything is put back before the error is
/// returned.
///
/// # Errors
/// When a file is not what was seen, a target is taken, a path leads out of the repository, two changes meet in one
/// file, another run is writing or was killed ([`recover`] comes first), or the disk refuses.
pub fn write(workplace: &Workplace, changes: &[Change]) -> Result<Written, ApplyError> {
    let steps = plan::plan(workplace, changes)?;
    let lock = lock(workplace)?;
    if Journal::read(&workplace.journal)?.is_some() {
        return Err(ApplyError::nothing(&workplace.journal, Trouble::Unfinished));
    }
    journal::sweep(&workplace.journal)?;
    let folders = plan::missing_folders(&steps);
    let steps = journal::backed_up(workplace, steps)?;
    let journal = Journal::new(steps, folders);
    if let Err(error) = journal.write(workplace) {
        // Nothing but the journal was begun.
        let _ = undo::clear(workplace, &journal);
        return Err(ApplyError::untouched(error));
    }
    let mut visible = false;
    if let Err(error) = perform(workplace, &journal, changes, &mut visible) {
        return Err(put_back(workplace, &journal, error, visible));
    }
    let place = Workplace {
        root: workplace.root.clone(),
        outside: workplace.outside,
        journal: workplace.journal.clone(),
        vanishes: workplace.vanishes,
        death: Death::at(workplace.death.0.get()),
    };
    Ok(Written { workplace: place, journal, _lock: lock })
}

fn lock(workplace: &Workplace) -> Result<Lock, ApplyError> {
    let path = workplace.journal.join("lock");
    let lock = write::lock(&path, workplace.vanishes).map_err(ApplyError::untouched)?;
    lock.ok_or_else(|| ApplyError::nothing(&path, Trouble::Locked))
}

fn put_back(
    workplace: &Workplace,
    journal: &Journal,
    error: WriteError,
    visible: bool,
) -> ApplyError {
    let trouble = Trouble::of(&error);
    let aftermath = match undo::undo(workplace, journal) {
        Ok(undone) => {
            // What is left of the journal is found by the next run, which has nothing to do then.
            let _ = undo::clear(workplace, journal);
            if visible { Aftermath::PutBack(undone) } else { Aftermath::NothingChanged }
        }
        Err(second) => Aftermath::Left { path: second.path, journal: workplace.journal.clone() },
    };
    ApplyError { path: error.path, trouble, aftermath }
}

/// Places every new text, then changes the names. `visible` says whether anything but hidden files was touched.
fn perform(
    workplace: &Workplace,
    journal: &Journal,
    changes: &[Change],
    visible: &mut bool,
) -> Result<(), WriteError> {
    for folder in &journal.folders {
        workplace.death.pass();
        write::make_folder(folder)?;
    }
    for step in &journal.steps {
        let Some(content) = step.new.as_ref().and_then(|_| plan::content_for(changes, &step.path))
        else {
            continue;
        };
        workplace.death.pass();
        // What has this name is left from a run whose journal was lost; the name is ours.
        write::remove(&step.temporary)
            .and_then(|()| write::create(&step.temporary, content, step.like.as_deref()))
            .map_err(|error| WriteError { path: step.path.clone(), ..error })?;
    }
    flush(journal)?;
    // Names become free before others take them.
    let removed = journal.steps.iter().filter(|step| step.new.is_none());
    let placed = journal.steps.iter().filter(|step| step.new.is_some());
    for step in removed.chain(placed) {
        unchanged(step)?;
        workplace.death.pass();
        match (&step.old, &step.new) {
            (Some(_), Some(_)) => write::replace(&step.temporary, &step.path)?,
            (None, Some(_)) => write::move_to_free(&step.temporary, &step.path)?,
            (_, None) => write::remove(&step.path)?,
        }
        *visible = true;
    }
    workplace.death.pass();
    flush(journal)
}

/// A last look before a file is replaced: somebody may have saved it since the check.
fn unchanged(step: &Step) -> Result<(), WriteError> {
    let Some(old) = &step.old else { return Ok(()) };
    let is_same = fs::read(&step.path).is_ok_and(|bytes| ContentHash::of(&bytes).hex() == old.hash);
    if is_same {
        return Ok(());
    }
    let reason = "it was changed meanwhile".to_owned();
    Err(WriteError { path: step.path.clone(), reason, cause: Cause::Other })
}

/// Flushes every folder in which a name changes.
fn flush(journal: &Journal) -> Result<(), WriteError> {
    let mut folders: Vec<&Path> =
        journal.steps.iter().filter_map(|step| step.path.parent()).collect();
    folders.extend(journal.folders.iter().filter_map(|folder| folder.parent()));
    folders.sort_unstable();
    folders.dedup();
    folders.into_iter().filter(|folder| fs::is_directory(folder)).try_for_each(write::flush_folder)
}

/// Changes that are made and not yet final. Dropped, they are undone by the next run, or finished if they were verified.
#[derive(Debug)]
#[must_use = "what is written must be finished or undone"]
pub struct Written {
    workplace: Workplace,
    journal: Journal,
    _lock: Lock,
}

impl Written {
    /// The files that were made or changed, by their names now.
    pub fn files(&self) -> Vec<PathBuf> {
        self.journal.files()
    }

    /// Puts everything back. What somebody changed meanwhile is left alone, and the old text is kept beside it.
    ///
    /// # Errors
    /// When a file cannot be put back; the journal then stays for the next run.
    pub fn undo(mut self) -> Result<Undone, ApplyError> {
        // A run that is killed in here must be undone by the next one, not finished.
        self.note(State::Writing)?;
        let undone = undo::undo(&self.workplace, &self.journal)?;
        undo::clear(&self.workplace, &self.journal)?;
        Ok(undone)
    }

    /// Takes a file that was written as it is now for what was written: a formatter that was asked to may have changed it.
    ///
    /// # Errors
    /// When the file cannot be read, or the journal cannot be written.
    pub fn accept(&mut self, path: &Path) -> Result<(), ApplyError> {
        let now = match fs::read(path) {
            Ok(bytes) => Some(ContentHash::of(&bytes).hex()),
            Err(error) if error.missing => None,
            Err(error) => return Err(self.left(path, Trouble::Other(error.reason))),
        };
        for step in self.journal.steps.iter_mut().filter(|step| step.path == path) {
            step.new.clone_from(&now);
        }
        self.write_journal()
    }

    /// Notes that the result was verified, so that a run killed from here on is finished and not undone.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn verified(&mut self) -> Result<(), ApplyError> {
        self.note(State::Verified)
    }

    /// Brings the state in the journal up to date, where it is another one.
    fn note(&mut self, state: State) -> Result<(), ApplyError> {
        let before = std::mem::replace(&mut self.journal.state, state);
        if before == state {
            return Ok(());
        }
        self.write_journal().inspect_err(|_| self.journal.state = before)
    }

    fn write_journal(&self) -> Result<(), ApplyError> {
        let written = self.journal.write(&self.workplace);
        written.map_err(|error| self.left(&error.path, Trouble::of(&error)))
    }

    /// An error after which the changes stand as they are, and the journal stays for the next run.
    fn left(&self, path: &Path, trouble: Trouble) -> ApplyError {
        let path = path.to_path_buf();
        let journal = self.workplace.journal.clone();
        let aftermath = Aftermath::Left { path: path.clone(), journal };
        ApplyError { path, trouble, aftermath }
    }

    /// Makes the changes final.
    ///
    /// # Errors
    /// When the journal cannot be removed.
    pub fn finish(self) -> Result<(), ApplyError> {
        // Without its document the journal means nothing: taking that away is the moment from which the changes stay.
        undo::clear(&self.workplace, &self.journal)
    }
}

#[cfg(test)]
mod tests;
