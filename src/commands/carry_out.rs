//! Writing what was computed: checked before, verified after, undone where it does not verify.
//!
//! In this order: the repair must make nothing worse; the files are written, all or none; Alembic's post-write hooks
//! run on what is new; the files are read again; the team's own command says whether it agrees. Whatever fails, the
//! files are put back as they were.

use std::path::Path;
use std::time::Duration;

use super::project::{self, Project};
use super::repair::{Repair, Reread};
use crate::apply::{self, ApplyError, Death, Recovery, Workplace, Written};
use crate::config::UserCommand;
use crate::diagnostic::Diagnostic;
use crate::environment::{Environment, Launch};
use crate::error::{Error, RepairError};
use crate::fix::{Change, diff};
use crate::fs;
use crate::interrupt;
use crate::report::{Sources, concise};
use crate::runner::post_write::{self, Place};
use crate::runner::{self, Outcome};
use crate::settings;

/// How long one post-write hook may take.
const HOOK_LIMIT: Duration = Duration::from_mins(2);

/// What was written and has to be finished or undone.
pub(super) struct Carried<'p> {
    pub(super) project: &'p Project,
    written: Written,
    /// What changed, by path.
    pub(super) changes: Vec<Change>,
    /// What could not be done and does not matter enough to undo anything.
    pub(super) notes: Vec<String>,
    /// Nothing ends the run while this is held.
    guard: interrupt::Guard,
}

/// Where changes are made and where their journal lies.
fn workplace(project: &Project) -> Result<Workplace, Error> {
    let root = fs::resolve(&project.root.path).unwrap_or_else(|_| project.root.path.clone());
    let environments = &project.discovery.environments;
    let journal = if project.root.repository {
        // git is asked only where the folder is elsewhere: in a linked worktree or a submodule.
        let own = root.join(".git");
        let folder = if fs::is_directory(&own) {
            own
        } else {
            project.root.git().directory().map_err(project::git_error)?
        };
        folder.join("onehead")
    } else {
        let first = environments.first().map(|first| first.script_location.as_path());
        first.unwrap_or(&root).join(".onehead")
    };
    let mut workplace = Workplace::new(root, journal);
    let lies_outside = |environment: &Environment| {
        let scripts = fs::resolve(&environment.script_location);
        scripts.is_ok_and(|scripts| !scripts.starts_with(&workplace.root))
    };
    workplace.outside = environments.iter().any(lies_outside);
    workplace.vanishes = !project.root.repository;
    workplace.death = Death::at(settings::dies_at_step());
    Ok(workplace)
}

/// Ends what an earlier run was stopped in, and says so. Tells whether files may be others now.
pub(super) fn recover(project: &Project) -> Result<bool, Error> {
    let recovery =
        apply::recover(&workplace(project)?).map_err(|error| apply_error(project, &error))?;
    let shown = |path: &Path| project.shown(path);
    match recovery {
        Recovery::Nothing => return Ok(false),
        Recovery::Undone(undone) => {
            let files: Vec<String> = undone.files.iter().map(|path| shown(path)).collect();
            if files.is_empty() {
                project.say("an earlier run was stopped before it changed anything");
            } else {
                let files = files.join(", ");
                project.say(&format!(
                    "an earlier run was stopped midway; put back as before: {files}"
                ));
            }
            undone.kept.iter().for_each(|kept| project.note(&kept.message(&shown)));
        }
        Recovery::Finished { files } => {
            let files: Vec<String> = files.iter().map(|path| shown(path)).collect();
            let files = files.join(", ");
            project.say(&format!(
                "an earlier run was stopped after it had written and verified: {files}"
            ));
        }
    }
    Ok(true)
}

/// The error in words, with paths as they are shown.
fn apply_error(project: &Project, error: &ApplyError) -> Error {
    let message = error.message(&|path| project.shown(path));
    Error::Repair(RepairError::Apply { message, hint: error.hint() })
}

/// The changes of all repairs together.
pub(super) fn changes(repairs: &[Repair<'_>]) -> Vec<Change> {
    repairs.iter().flat_map(|repair| repair.overlay.changes()).collect()
}

/// The unified diff of all repairs, with paths as git names them.
pub(super) fn preview(project: &Project, repairs: &[Repair<'_>]) -> Result<Vec<u8>, Error> {
    worse_is_refused(project, repairs)?;
    let root = project.root.path.clone();
    let shown = |path: &Path| crate::fs::shown(path, &root, &root);
    let with_before = repairs.iter().flat_map(|repair| {
        let before = |change: &Change| repair.overlay.before(change).map(<[u8]>::to_vec);
        repair.overlay.changes().into_iter().map(move |change| {
            let before = before(&change);
            (change, before)
        })
    });
    Ok(diff::unified(&with_before.collect::<Vec<_>>(), &shown))
}

/// Writes the repairs. What is returned is on disk and verified, and is undone by the next run unless it is finished.
///
/// # Errors
/// When nothing could be written, or what was written did not verify and was put back.
pub(super) fn carry_out<'p>(
    project: &'p Project,
    repairs: &mut [Repair<'_>],
    hooks: bool,
) -> Result<Carried<'p>, Error> {
    worse_is_refused(project, repairs)?;
    let changes = changes(repairs);
    refuse_unmerged(project, &changes)?;
    let guard = interrupt::guard();
    let written = apply::write(&workplace(project)?, &changes)
        .map_err(|error| apply_error(project, &error))?;
    let mut carried = Carried { project, written, changes, notes: Vec::new(), guard };
    match verified(repairs, hooks, &mut carried) {
        Ok(()) => Ok(carried),
        Err(error) => {
            carried.undo()?;
            Err(error)
        }
    }
}

/// Writes changes that are no repair of a history, runs `then`, and keeps them; undoes them where it fails or says no.
///
/// # Errors
/// When nothing could be written, `then` fails, or the run was interrupted; the files are then as they were.
pub(super) fn write_and(
    project: &Project,
    changes: &[Change],
    then: impl FnOnce() -> Result<bool, Error>,
) -> Result<bool, Error> {
    refuse_unmerged(project, changes)?;
    let guard = interrupt::guard();
    let written = apply::write(&workplace(project)?, changes)
        .map_err(|error| apply_error(project, &error))?;
    let mut carried =
        Carried { project, written, changes: changes.to_vec(), notes: Vec::new(), guard };
    let kept = then()
        .and_then(|kept| if interrupt::requested() { Err(Error::Interrupted) } else { Ok(kept) });
    match kept {
        Ok(true) => {
            carried.verified()?;
            carried.finish()?;
            Ok(true)
        }
        other => {
            carried.undo()?;
            other
        }
    }
}

fn verified(
    repairs: &mut [Repair<'_>],
    hooks: bool,
    carried: &mut Carried<'_>,
) -> Result<(), Error> {
    let project = carried.project;
    if hooks {
        run_hooks(repairs, carried)?;
    }
    check_written(project, repairs)?;
    run_verify_command(project)?;
    if interrupt::requested() { Err(Error::Interrupted) } else { Ok(()) }
}

/// What is on disk must be the revisions that were computed, and nothing may be wrong that was not wrong before.
fn check_written(project: &Project, repairs: &mut [Repair<'_>]) -> Result<(), Error> {
    let reread: Vec<Reread> = repairs.iter_mut().map(Repair::reread).collect();
    if reread.iter().any(|found| *found != Reread::Same) {
        worse_is_refused(project, repairs)?;
    }
    if reread.contains(&Reread::Other) {
        let findings =
            "the files do not say what was written: something else has changed them".to_owned();
        return Err(Error::Repair(RepairError::Verification { findings }));
    }
    Ok(())
}

impl Carried<'_> {
    /// Notes that what was written stays even if the run is killed from here on.
    pub(super) fn verified(&mut self) -> Result<(), Error> {
        let project = self.project;
        self.written.verified().map_err(|error| apply_error(project, &error))
    }

    /// Keeps what was written. The last moment for an interrupt to be heard has passed.
    pub(super) fn finish(self) -> Result<(), Error> {
        let Self { project, written, guard, .. } = self;
        let result = written.finish().map_err(|error| apply_error(project, &error));
        drop(guard);
        result
    }

    /// Takes the new files as they are now, where a hook has changed them: there is nobody's work in them. Tells whether
    /// one was, and then whether it still says what it has to.
    pub(super) fn take_formatted(&mut self, repairs: &mut [Repair<'_>]) -> Result<bool, Error> {
        let is_changed = |change: &&Change| match change {
            Change::Create { path, content } => fs::read(path).is_ok_and(|now| now != *content),
            _ => false,
        };
        let changed: Vec<Change> = self.changes.iter().filter(is_changed).cloned().collect();
        self.accept_new()?;
        if changed.is_empty() {
            return Ok(false);
        }
        check_written(self.project, repairs)?;
        Ok(true)
    }

    fn accept_new(&mut self) -> Result<(), Error> {
        let Self { project, written, changes, .. } = self;
        let new = changes.iter().filter(|change| matches!(change, Change::Create { .. }));
        for change in new {
            written.accept(change.path()).map_err(|error| apply_error(project, &error))?;
        }
        Ok(())
    }

    /// Puts the files back as they were. Ends the run where it was interrupted.
    pub(super) fn undo(mut self) -> Result<(), Error> {
        // A hook or a command may have changed a new file; it goes all the same.
        self.accept_new()?;
        let Self { project, written, guard, .. } = self;
        let undone = written.undo().map_err(|error| apply_error(project, &error))?;
        undone
            .kept
            .iter()
            .for_each(|kept| project.note(&kept.message(&|path| project.shown(path))));
        drop(guard);
        Ok(())
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
    Err(Error::Repair(RepairError::Verification {
        findings: lines.collect::<String>().trim_end().to_owned(),
    }))
}

fn refuse_unmerged(project: &Project, changes: &[Change]) -> Result<(), Error> {
    if !project.root.repository {
        return Ok(());
    }
    let old = changes.iter().filter(|change| !matches!(change, Change::Create { .. }));
    let inside: Vec<&Path> = old.filter_map(|change| project.inside(change.path())).collect();
    let unmerged = project.root.git().unmerged(&inside).map_err(project::git_error)?;
    match unmerged.first() {
        Some(path) => Err(Error::Repair(RepairError::Unmerged {
            path: project.shown(&project.root.path.join(path)),
        })),
        None => Ok(()),
    }
}

/// Alembic's post-write hooks, on every file that is new. One that is not found or fails is noted, as Alembic goes on
/// as well.
fn run_hooks(repairs: &[Repair<'_>], carried: &mut Carried<'_>) -> Result<(), Error> {
    let project = carried.project;
    for repair in repairs {
        let hooks = repair.environment.configuration.hooks();
        let hooks = hooks.map_err(|error| Error::Alembic {
            place: project.shown(&error.path),
            sentence: error.sentence,
            tried: Vec::new(),
            hint: None,
        })?;
        let folder = match &repair.environment.launch {
            Launch::Alembic { from: Some(folder) } => folder.as_path(),
            _ => project.process.directory.as_path(),
        };
        let place = Place {
            folder,
            root: &project.root.path,
            virtual_env: project.process.virtual_env.as_deref(),
            search_path: &project.process.search_path,
            limit: HOOK_LIMIT,
        };
        for change in repair.overlay.changes() {
            let Change::Create { path, .. } = change else { continue };
            for hook in &hooks {
                let notes = match hook {
                    Ok(hook) => {
                        post_write::run(std::slice::from_ref(hook), &path, &place, &mut |said| {
                            project.pass_on(said);
                        })
                    }
                    Err(sentence) => vec![sentence.clone()],
                };
                carried.notes.extend(notes);
            }
            carried.written.accept(&path).map_err(|error| apply_error(project, &error))?;
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
    let limit = Duration::from_secs(project.config.verify_timeout);
    let ran = runner::run(command, &project.root.path, limit, &mut |said| project.pass_on(said));
    let how = match ran.outcome {
        Outcome::Succeeded => {
            project.say(&format!("verified: {shown}"));
            return Ok(());
        }
        Outcome::Interrupted => return Err(Error::Interrupted),
        Outcome::Failed(ending) => format!("failed with {ending}"),
        Outcome::TimedOut(seconds) => {
            let limit = if seconds == 1 { "a second".into() } else { format!("{seconds} seconds") };
            format!("took longer than {limit} and was ended")
        }
        Outcome::NotStarted(reason) => format!("could not be started ({reason})"),
    };
    // Under `--quiet` nothing was shown while it ran.
    let output = if project.quiet { ran.tail } else { String::new() };
    Err(Error::Repair(RepairError::VerifyCommand { command: shown, how, output }))
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
