//! `onehead auto-merge`: shows both sides of a fork, asks, mends it, verifies, and commits only its own files.
//!
//! The question is asked on the terminal itself, never on stdin. Whatever fails, the tree and the index are as they were.

use std::path::{Path, PathBuf};

use super::carry_out::{self, Carried};
use super::fixing::{self, Means, Mended};
use super::project::{self, Project};
use super::repair::Repair;
use super::saying;
use super::sides;
use super::strategy;
use crate::cli::{AutoMergeArgs, GlobalArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus, RepairError};
use crate::fix::Change;
use crate::git::{FileState, Origin, Walk};
use crate::graph::Node;
use crate::revision::RevisionId;
use crate::ui::{Answer, Ui};

/// The question, as the script that this replaces asked it.
const QUESTION: &str = "Auto-merge migrations?";

/// Runs the flow.
pub(super) fn run(global: &GlobalArgs, args: &AutoMergeArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let project = Project::open(global, ui, Scope::Repository)?;
    project.warn(false);
    carry_out::recover(&project)?;
    let mut repairs = Vec::new();
    for index in 0..project.discovery.environments.len() {
        repairs.push(Repair::open(&project, index)?);
    }
    if let Some(status) = repairs.iter().find_map(saying::refuse_broken) {
        return Ok(status);
    }
    let forked: Vec<usize> = (0..repairs.len()).filter(|&at| repairs[at].is_forked()).collect();
    if forked.is_empty() {
        if let Some(status) = repairs.iter().find_map(saying::refuse_unlisted) {
            return Ok(status);
        }
        saying::nothing(&project, &repairs.iter().collect::<Vec<_>>(), "nothing to merge");
        return Ok(ExitStatus::Success);
    }
    let published = super::baseline::published(&project, args.baseline.as_ref())?;
    let asks = !args.yes && !project.process.ci;
    if asks || !project.quiet {
        for &at in &forked {
            project.ui.talk(&sides::shown(&repairs[at], published.as_ref())?);
        }
    }
    if asks {
        match project.ui.ask(QUESTION) {
            Answer::Yes => {}
            Answer::No => {
                project.say("nothing was changed");
                return Ok(ExitStatus::Problems);
            }
            Answer::NoTerminal => return Ok(no_terminal(&project)),
        }
    }
    let heads = forked.iter().flat_map(|&at| {
        let graph = repairs[at].graph();
        let heads: Vec<Head> =
            graph.distinct_heads().iter().map(|&head| Head::of(&graph, head)).collect();
        heads
    });
    let heads: Vec<Head> = heads.collect();
    let strategy = strategy::decide(&project, args.strategy, true)?;
    let means = Means { strategy, published: published.as_ref() };
    let mut mended = Mended::default();
    for &at in &forked {
        fixing::heads(&mut repairs[at], means, &mut mended)?;
    }
    if repairs.iter().all(Repair::is_empty) {
        let why = mended.account.notes.join("; ");
        return Ok(project.refuse(&why, None));
    }
    write(&project, args, &mut repairs, &heads, mended)
}

/// A head as it was before the repair, for the commit.
struct Head {
    id: RevisionId,
    path: PathBuf,
}

impl Head {
    fn of(graph: &crate::graph::RevisionGraph<'_>, node: Node) -> Self {
        Self { id: graph.id(node).clone(), path: graph.script(node).path.clone() }
    }
}

fn write(
    project: &Project,
    args: &AutoMergeArgs,
    repairs: &mut [Repair<'_>],
    heads: &[Head],
    mended: Mended,
) -> Result<ExitStatus, Error> {
    let mut account = mended.account;
    // Asked before anything is written: afterwards every file is a changed one.
    let plan = if args.no_commit { Commit::No } else { plan(project, repairs, heads)? };
    let message = match &plan {
        Commit::Files { .. } => message(project, heads, &account.subject)?,
        _ => String::new(),
    };
    let hooks = saying::wants_hooks(project, args.hooks);
    let mut carried = carry_out::carry_out(project, repairs, hooks)?;
    account.notes.append(&mut carried.notes);
    match hand_over(&mut carried, repairs, &plan, &message) {
        Ok(committed) => account.committed = committed,
        Err(error) => {
            carried.undo()?;
            return Err(error);
        }
    }
    let changes = carried.changes.clone();
    carried.finish()?;
    account.notes.extend(plan.note());
    account.is_handed_over = matches!(plan, Commit::Theirs(_) | Commit::Stage(_));
    let touched: Vec<&Repair<'_>> = repairs.iter().filter(|repair| !repair.is_empty()).collect();
    saying::done(project, &touched, &changes, &account);
    let left = account.still_forked
        || repairs.iter().any(|repair| repair.is_forked() || saying::unlisted(repair).is_some());
    Ok(if left { ExitStatus::Problems } else { ExitStatus::Success })
}

/// Gives the files to git as planned. The commit in a sentence, where one was made.
fn hand_over(
    carried: &mut Carried<'_>,
    repairs: &mut [Repair<'_>],
    plan: &Commit,
    message: &str,
) -> Result<Option<String>, Error> {
    let project = carried.project;
    let git = project.root.git();
    let paths = match plan {
        Commit::No | Commit::Loose(_) | Commit::Theirs(_) => return Ok(None),
        Commit::Stage(_) => {
            git.stage(&touched(project, &carried.changes)).map_err(project::git_error)?;
            return Ok(None);
        }
        Commit::Files { paths, .. } => paths,
    };
    // A run that is killed once git has made the commit must not be undone by the next one.
    carried.verified()?;
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let mut committed = git.commit_only(&paths, message);
    // A hook that formats a new file refuses the commit the first time, and takes the same file the second time.
    if committed.is_err() && carried.take_formatted(repairs)? {
        committed = git.commit_only(&paths, message);
    }
    let committed = committed.map_err(|failed| {
        let output = failed.output.trim_end();
        let separator = if output.is_empty() { "" } else { "\n\n" };
        Error::Repair(RepairError::NotCommitted {
            reason: format!("{}{separator}{output}", failed.reason),
        })
    })?;
    let files = match carried.changes.len() {
        1 => "that file".to_owned(),
        several => format!("these {several} files"),
    };
    Ok(Some(format!("committed {} \"{}\" (only {files})", committed.short, committed.subject)))
}

/// Every path that changes make or take away, relative to the top folder, each once.
fn touched<'c>(project: &Project, changes: &'c [Change]) -> Vec<&'c Path> {
    let mut paths: Vec<&Path> = Vec::new();
    for change in changes {
        paths.extend(project.inside(change.path()));
        paths.extend(change.path_after().and_then(|path| project.inside(path)));
    }
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// What is done with the files once they are written.
enum Commit {
    /// `--no-commit`, or there is no repository.
    No,
    /// A head is not committed itself; the note that says so.
    Loose(String),
    /// There are changes of the user in every file; the note that says so.
    Theirs(String),
    /// Something is in progress that will commit them; the note that says how to go on.
    Stage(String),
    /// These files, relative to the top folder, are committed; and a note on those that are not.
    Files { paths: Vec<PathBuf>, left: Option<String> },
}

impl Commit {
    /// What is to be said of it.
    fn note(&self) -> Option<String> {
        match self {
            Self::No => None,
            Self::Loose(note) | Self::Theirs(note) | Self::Stage(note) => Some(note.clone()),
            Self::Files { left, .. } => left.clone(),
        }
    }
}

/// Decides over the files as they are before the repair.
fn plan(project: &Project, repairs: &[Repair<'_>], heads: &[Head]) -> Result<Commit, Error> {
    if !project.root.repository {
        return Ok(Commit::No);
    }
    if let Some(progress) = strategy::progress(project)?
        && let Some(command) = progress.continue_command()
    {
        let name = progress.name();
        return Ok(Commit::Stage(format!(
            "{name} is in progress, so the files are staged and not committed; go on with:   {command}"
        )));
    }
    let git = project.root.git();
    let inside = |path: &Path| project.inside(path).map(Path::to_path_buf);
    let of_heads: Vec<PathBuf> = heads.iter().filter_map(|head| inside(&head.path)).collect();
    let borrowed: Vec<&Path> = of_heads.iter().map(PathBuf::as_path).collect();
    let states = git.states(&borrowed).map_err(project::git_error)?;
    let loose = heads.iter().zip(&states).find(|(_, state)| **state != FileState::Clean);
    if let Some((head, _)) = loose {
        return Ok(Commit::Loose(format!(
            "nothing was committed: {} is not committed as it is, and what joins it would stand without it",
            project.shown(&head.path)
        )));
    }
    let changes = carry_out::changes(repairs);
    let paths = touched(project, &changes);
    let states = git.states(&paths).map_err(project::git_error)?;
    let (own, others): (Vec<_>, Vec<_>) =
        paths.iter().zip(&states).partition(|(_, state)| **state == FileState::Clean);
    let own: Vec<PathBuf> = own.into_iter().map(|(path, _)| path.to_path_buf()).collect();
    let others: Vec<String> =
        others.into_iter().map(|(path, _)| project.shown(&project.root.path.join(path))).collect();
    let left = (!others.is_empty()).then(|| {
        format!("written but not committed, since you had changes there: {}", others.join(", "))
    });
    match (own.is_empty(), left) {
        (true, Some(left)) => Ok(Commit::Theirs(left)),
        (_, left) => Ok(Commit::Files { paths: own, left }),
    }
}

/// `Merge Alembic migration heads a, b`, and in the body which commits brought them, with their requests.
fn message(project: &Project, heads: &[Head], subject: &str) -> Result<String, Error> {
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    let mut message = if subject.starts_with("Merge") {
        format!("Merge Alembic migration heads {}\n", ids.join(", "))
    } else {
        format!("{subject}\n")
    };
    let paths: Vec<&Path> = heads.iter().filter_map(|head| project.inside(&head.path)).collect();
    let git = project.root.git();
    let origins = git.origins(&["HEAD"], Walk::FirstParent, &paths).map_err(project::git_error)?;
    let lines = heads.iter().zip(origins).filter_map(|(head, origin)| {
        let Origin { short, subject, .. } = origin?;
        Some(format!("{} came with {short} {subject}\n", head.id))
    });
    let lines: String = lines.collect();
    if !lines.is_empty() {
        message.extend(["\n", &lines]);
    }
    Ok(message)
}

fn no_terminal(project: &Project) -> ExitStatus {
    project.refuse(
        "there is no terminal to ask on, so nothing was changed",
        Some("run `onehead auto-merge --yes`, or set CI=1, to mend it without a question"),
    )
}
