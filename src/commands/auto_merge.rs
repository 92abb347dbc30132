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
use crate::error::{Error, ExitStatus};
use crate::fix::merge;
use crate::git::{FileState, Git, Origin, Walk};
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
    let forked: Vec<usize> = (0..repairs.len()).filter(|&at| is_forked(&repairs[at])).collect();
    if forked.is_empty() {
        if let Some(status) = repairs.iter().find_map(saying::refuse_unlisted) {
            return Ok(status);
        }
        saying::nothing(&project, &repairs.iter().collect::<Vec<_>>(), "nothing to merge");
        return Ok(ExitStatus::Success);
    }
    let published = super::baseline::published(&project, args.baseline.as_ref())?;
    if !args.yes && !project.process.ci {
        for &at in &forked {
            project.ui.talk(&sides::shown(&repairs[at], published.as_ref())?);
        }
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
    let strategy = strategy::decide(&project, args.strategy)?;
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
    let hooks = saying::wants_hooks(project, args.hooks);
    let message = match &plan {
        Commit::Files { .. } => message(project, heads, &account.subject)?,
        _ => String::new(),
    };
    let mut carried = carry_out::carry_out(project, repairs, hooks)?;
    account.notes.append(&mut carried.notes);
    let changes = carried.changes.clone();
    let said = match &plan {
        Commit::No => None,
        Commit::Not(why) => {
            account.notes.push(why.clone());
            None
        }
        Commit::Stage(how) => {
            if let Err(error) = stage(project, &carried) {
                carried.undo()?;
                return Err(error);
            }
            account.notes.push(how.clone());
            account.staged = true;
            None
        }
        Commit::Files { paths, left } => {
            let git = Git::new(&project.root.path);
            let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
            match git.commit_only(&paths, &message) {
                Ok(committed) => {
                    account.notes.extend(left.clone());
                    Some(committed)
                }
                Err(failed) => {
                    carried.undo()?;
                    let output = failed.output.trim_end();
                    let reason = failed.reason;
                    let reason =
                        if output.is_empty() { reason } else { format!("{reason}\n\n{output}") };
                    return Err(Error::NotCommitted { reason });
                }
            }
        }
    };
    carried.finish()?;
    let committed = said.map(|one| {
        let files = match changes.len() {
            1 => "that file".to_owned(),
            several => format!("these {several} files"),
        };
        format!("committed {} \"{}\" (only {files})", one.short, one.subject)
    });
    account.committed = committed;
    let touched: Vec<&Repair<'_>> = repairs.iter().filter(|repair| !repair.is_empty()).collect();
    saying::done(project, &touched, &changes, &account);
    Ok(ExitStatus::Success)
}

/// What is done with the files once they are written.
enum Commit {
    /// `--no-commit`, or there is no repository.
    No,
    /// A commit would not be right; why.
    Not(String),
    /// Something is in progress that will commit them; the note that says how to go on.
    Stage(String),
    /// These files, relative to the top folder, are committed; and a note on those that are not.
    Files { paths: Vec<PathBuf>, left: Option<String> },
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
    let git = Git::new(&project.root.path);
    let inside = |path: &Path| project.inside(path).map(Path::to_path_buf);
    let of_heads: Vec<PathBuf> = heads.iter().filter_map(|head| inside(&head.path)).collect();
    let borrowed: Vec<&Path> = of_heads.iter().map(PathBuf::as_path).collect();
    let states = git.states(&borrowed).map_err(project::git_error)?;
    let loose = heads.iter().zip(&states).find(|(_, state)| **state != FileState::Clean);
    if let Some((head, _)) = loose {
        return Ok(Commit::Not(format!(
            "nothing was committed: {} is not committed as it is, and what joins it would stand without it",
            project.shown(&head.path)
        )));
    }
    let changes = carry_out::changes(repairs);
    let mut paths: Vec<PathBuf> = Vec::new();
    for (change, _) in &changes {
        paths.extend(inside(change.path()));
        paths.extend(change.path_after().and_then(inside));
    }
    paths.sort_unstable();
    paths.dedup();
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let states = git.states(&borrowed).map_err(project::git_error)?;
    let (own, others): (Vec<_>, Vec<_>) =
        paths.iter().zip(&states).partition(|(_, state)| **state == FileState::Clean);
    let own: Vec<PathBuf> = own.into_iter().map(|(path, _)| path.clone()).collect();
    let others: Vec<String> =
        others.into_iter().map(|(path, _)| project.shown(&project.root.path.join(path))).collect();
    let left = (!others.is_empty()).then(|| {
        format!("written but not committed, since you had changes there: {}", others.join(", "))
    });
    match (own.is_empty(), left) {
        (true, Some(left)) => Ok(Commit::Not(left)),
        (_, left) => Ok(Commit::Files { paths: own, left }),
    }
}

fn stage(project: &Project, carried: &Carried<'_>) -> Result<(), Error> {
    let mut paths: Vec<&Path> = Vec::new();
    for change in &carried.changes {
        paths.extend(project.inside(change.path()));
        paths.extend(change.path_after().and_then(|path| project.inside(path)));
    }
    paths.sort_unstable();
    paths.dedup();
    Git::new(&project.root.path).stage(&paths).map_err(project::git_error)
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
    let git = Git::new(&project.root.path);
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

fn is_forked(repair: &Repair<'_>) -> bool {
    !merge::surplus(&repair.graph(), &repair.environment.expected_heads).is_empty()
}

fn no_terminal(project: &Project) -> ExitStatus {
    project.refuse(
        "there is no terminal to ask on, so nothing was changed",
        Some("run `onehead auto-merge --yes`, or set CI=1, to mend it without a question"),
    )
}
