//! Writing what was computed: checked before, verified after, undone where it does not verify.
//!
//! In this order: the repair must make nothing worse; the files are written, all or none; Alembic's post-write hooks
//! run on what is new; the files are read again; the team's own command says whether it agrees. Whatever fails, the
//! files are put back as they were.

use std::path::{Path, PathBuf};

use super::project::Project;
use super::repair::Repair;
use crate::apply::{self, Recovery, Workplace, Written};
use crate::config::UserCommand;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::fix::{Change, diff};
use crate::git::Git;
use crate::interrupt;
use crate::report::{Report, Sources, concise};
use crate::runner::{self, Ended};

/// What was written and has to be finished or undone.
pub(super) struct Carried {
    written: Written,
    /// What changed, by path.
    pub(super) changes: Vec<Change>,
    /// What could not be done and does not matter enough to undo anything.
    pub(super) notes: Vec<String>,
    /// Nothing ends the run while this is held.
    guard: interrupt::Guard,
}

/// Where changes are made and where their journal lies.
pub(super) fn workplace(project: &Project) -> Result<Workplace, Error> {
    let root = project.root.path.clone();
    let journal = if project.root.repository {
        let git = Git::new(&root).directory().map_err(|error| Error::Git { reason: error.0 })?;
        git.join("onehead")
    } else {
        let environments = project.discovery.environments.first();
        let folder = environments.map_or(root.as_path(), |first| first.script_location.as_path());
        folder.join(".onehead")
    };
    Ok(Workplace { root, journal })
}

/// Ends what an earlier run was stopped in, and says so.
pub(super) fn recover(project: &Project) -> Result<(), Error> {
    let recovery = apply::recover(&workplace(project)?).map_err(Error::Apply)?;
    let (what, files) = match &recovery {
        Recovery::Nothing => return Ok(()),
        Recovery::Undone { files } => ("was stopped before it was done; taken back", files),
        Recovery::Finished { files } => ("had written and verified, and was stopped then", files),
    };
    let shown: Vec<String> = files.iter().map(|path| project.shown(path)).collect();
    project.say(&format!("an earlier run {what}: {}", shown.join(", ")));
    Ok(())
}

/// The changes of all repairs together, with what the files held before.
pub(super) fn changes(repairs: &[Repair<'_>]) -> Vec<(Change, Option<Vec<u8>>)> {
    let of = |repair: &Repair<'_>| -> Vec<(Change, Option<Vec<u8>>)> {
        let changes = repair.overlay.changes().into_iter();
        changes
            .map(|change| {
                let before = repair.overlay.before(&change).map(<[u8]>::to_vec);
                (change, before)
            })
            .collect()
    };
    repairs.iter().flat_map(of).collect()
}

/// The unified diff of all repairs, with paths as git names them.
pub(super) fn preview(project: &Project, repairs: &[Repair<'_>]) -> Result<Vec<u8>, Error> {
    worse_is_refused(project, repairs)?;
    let root = project.root.path.clone();
    let shown = |path: &Path| crate::fs::shown(path, &root, &root);
    Ok(diff::unified(&changes(repairs), &shown))
}

/// Writes the repairs. What is returned is on disk and verified, and is undone by the next run unless it is finished.
///
/// # Errors
/// When nothing could be written, or what was written did not verify and was put back.
pub(super) fn carry_out(
    project: &Project,
    repairs: &mut [Repair<'_>],
    hooks: bool,
) -> Result<Carried, Error> {
    worse_is_refused(project, repairs)?;
    let changes: Vec<Change> = changes(repairs).into_iter().map(|(change, _)| change).collect();
    refuse_unmerged(project, &changes)?;
    let guard = interrupt::guard();
    let written = apply::write(&workplace(project)?, &changes).map_err(Error::Apply)?;
    let mut carried = Carried { written, changes, notes: Vec::new(), guard };
    match verified(project, repairs, hooks, &mut carried) {
        Ok(()) => Ok(carried),
        Err(error) => {
            carried.undo()?;
            Err(error)
        }
    }
}

fn verified(
    project: &Project,
    repairs: &mut [Repair<'_>],
    hooks: bool,
    carried: &mut Carried,
) -> Result<(), Error> {
    if hooks {
        run_hooks(project, repairs, carried)?;
    }
    let mut as_computed = true;
    for repair in repairs.iter_mut() {
        as_computed &= repair.reread();
    }
    if !as_computed {
        worse_is_refused(project, repairs)?;
    }
    run_verify_command(project)?;
    if interrupt::requested() {
        return Err(Error::Interrupted);
    }
    carried.written.verified().map_err(Error::Apply)
}

impl Carried {
    /// Keeps what was written.
    pub(super) fn finish(self) -> Result<(), Error> {
        let result = self.written.finish().map_err(Error::Apply);
        drop(self.guard);
        result
    }

    /// Puts the files back as they were.
    pub(super) fn undo(self) -> Result<(), Error> {
        let result = self.written.undo().map_err(Error::Apply);
        drop(self.guard);
        result
    }

    /// The files that are there now because of it, and those that are not any more.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for change in &self.changes {
            paths.push(change.path().to_path_buf());
            paths.extend(change.path_after().map(Path::to_path_buf));
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

/// A repair that would make something worse is none.
fn worse_is_refused(project: &Project, repairs: &[Repair<'_>]) -> Result<(), Error> {
    let worse: Vec<Diagnostic> = repairs.iter().flat_map(Repair::worse).collect();
    if worse.is_empty() {
        return Ok(());
    }
    let sources = Sources {
        root: project.root.path.clone(),
        directory: project.process.directory.clone(),
        ..Sources::default()
    };
    let lines = worse.iter().map(|finding| concise::quiet_line(finding, &sources));
    Err(Error::Verification { findings: lines.collect::<String>().trim_end().to_owned() })
}

fn refuse_unmerged(project: &Project, changes: &[Change]) -> Result<(), Error> {
    if !project.root.repository {
        return Ok(());
    }
    let paths: Vec<PathBuf> = changes.iter().map(|change| change.path().to_path_buf()).collect();
    let states = Git::new(&project.root.path)
        .states(&paths)
        .map_err(|error| Error::Git { reason: error.0 })?;
    let unmerged = paths.iter().zip(&states).find(|(_, state)| state.unmerged);
    match unmerged {
        Some((path, _)) => Err(Error::Unmerged { path: project.shown(path) }),
        None => Ok(()),
    }
}

/// Alembic's post-write hooks, on every file that is new. One that is not found or fails is noted, as Alembic goes on
/// as well.
fn run_hooks(
    project: &Project,
    repairs: &[Repair<'_>],
    carried: &mut Carried,
) -> Result<(), Error> {
    for repair in repairs {
        let hooks = repair.environment.configuration.hooks();
        let hooks = hooks.map_err(|error| Error::Alembic {
            place: project.shown(&error.path),
            sentence: error.sentence,
            tried: Vec::new(),
            hint: None,
        })?;
        for change in repair.overlay.changes() {
            let Change::Create { path, .. } = change else { continue };
            for hook in &hooks {
                let note = match hook {
                    Ok(hook) => runner::post_write_hook(hook, &path, &project.hook_surroundings()),
                    Err(sentence) => Some(sentence.clone()),
                };
                carried.notes.extend(note);
            }
            carried.written.accept(&path).map_err(Error::Apply)?;
        }
    }
    Ok(())
}

/// The command that the team configured to have the last word.
fn run_verify_command(project: &Project) -> Result<(), Error> {
    let Some(command) = &project.config.verify_command else { return Ok(()) };
    let shown = match command {
        UserCommand::Shell(text) => text.clone(),
        UserCommand::Direct(words) => words.join(" "),
    };
    let ended = runner::run(command, &project.root.path, project.config.verify_timeout);
    let how = match ended {
        Ended::Succeeded => {
            project.say(&format!("verified: {shown}"));
            return Ok(());
        }
        Ended::Interrupted => return Err(Error::Interrupted),
        other => other.to_string(),
    };
    Err(Error::VerifyCommand { command: shown, how })
}

/// What the command wrote, a line each: `wrote a.py`, `renamed a.py to b.py`.
pub(super) fn lines(project: &Project, changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| match change {
        Change::Create { path, .. } => format!("wrote {}", project.shown(path)),
        Change::Edit { path, .. } => format!("edited {}", project.shown(path)),
        Change::Delete { path, .. } => format!("removed {}", project.shown(path)),
        Change::Rename { from, to, .. } => {
            format!("renamed {} to {}", project.shown(from), project.shown(to))
        }
    };
    changes.iter().map(line).collect()
}

/// A report with what is still wrong, for the summary lines.
pub(super) fn remaining(report: &Report) -> usize {
    report.counts().errors
}
