//! The hooks `post-merge`, `post-rewrite` and `post-checkout`: say in a few lines what a merge, a rebase or a checkout did
//! to the history, and never stand in anybody's way.
//!
//! Silent where no migration file changed and where nothing is to be done. Whatever goes wrong here is not worth a word.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

use super::Guard;
use crate::cli::GlobalArgs;
use crate::commands::project::Project;
use crate::environment::Scope;
use crate::error::Error;
use crate::git::ObjectId;
use crate::hook::Event;
use crate::report::sanitize::sanitize;
use crate::revision::RevisionId;
use crate::rules::words::count;
use crate::script::{Depth, Script};
use crate::settings::{self, FrameworkMove};
use crate::snapshot::Snapshot;
use crate::ui::Ui;

/// How many lines are said at most.
const LINES: usize = 6;

/// How many ids are named in a line.
const NAMED: usize = 3;

/// Advises, if there is something to say.
pub(in crate::commands) fn run(global: &GlobalArgs, event: Event, args: &[OsString], ui: Ui) {
    let (event, args) = match settings::framework_move() {
        FrameworkMove::Checkout(args) => (Event::PostCheckout, args),
        FrameworkMove::Rewrite(command) => (Event::PostRewrite, vec![command]),
        FrameworkMove::None => (event, args.to_vec()),
    };
    let args = &args;
    if let Ok(text) = advise(global, event, args, ui) {
        let lines: Vec<&str> = text.lines().take(LINES).collect();
        if !lines.is_empty() && !global.quiet {
            ui.talk(&format!("{}\n", lines.join("\n")));
        }
    }
}

fn advise(global: &GlobalArgs, event: Event, args: &[OsString], ui: Ui) -> Result<String, Error> {
    let Some(guard) = Guard::open(global, ui)? else { return Ok(String::new()) };
    let Some((before, after)) = moved(&guard, event, args, ui) else { return Ok(String::new()) };
    let (process, root) = (guard.process.clone(), guard.root.clone());
    let project = Project::with(global, ui, Scope::Repository, process, root, Snapshot::Worktree)?;
    let folders = project.version_folders();
    let folders: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();
    let git = guard.root.git();
    let changed = git.changed_between(before.as_str(), after.as_str(), &folders);
    if folders.is_empty() || changed.is_ok_and(|changed| changed.is_empty()) {
        return Ok(String::new());
    }
    let mut text = String::new();
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    for history in &histories {
        let heads = crate::fix::merge::surplus(&history.graph, &history.environment.expected_heads);
        let name = sanitize(&history.environment.name);
        for group in &heads {
            let ids = group.parents.iter().map(|&head| history.graph.id(head).as_str());
            let ids = named(&ids.collect::<Vec<_>>());
            let number = count(group.parents.len(), "head");
            let _ = writeln!(text, "onehead: {number} in {name} now: {ids}");
            let _ = writeln!(
                text,
                "  onehead auto-merge   mends it; onehead check has the whole story"
            );
        }
    }
    if text.is_empty() {
        let now: BTreeSet<&RevisionId> = scripts.iter().flatten().filter_map(Script::id).collect();
        text.push_str(&came_and_went(&ids(&project, &before), &now));
    }
    Ok(text)
}

/// From which commit to which `HEAD` has moved; `None` where it has not, or somebody else is still at work.
fn moved(
    guard: &Guard<'_>,
    event: Event,
    args: &[OsString],
    ui: Ui,
) -> Option<(ObjectId, ObjectId)> {
    let git = guard.root.git();
    let object = |at: usize| ObjectId::parse(args.get(at)?.to_str()?.as_bytes());
    let is_nothing = |object: &ObjectId| object.as_str().bytes().all(|byte| byte == b'0');
    let moved = match event {
        Event::PostMerge => {
            // After `merge --squash` nothing has moved yet.
            let squash = args.first().is_some_and(|flag| flag == "1");
            let before = git.commit("ORIG_HEAD").ok().filter(|_| !squash)?;
            (before, git.commit("HEAD").ok()?)
        }
        Event::PostRewrite => {
            let input = ui.input();
            // An amended commit went through `pre-commit`.
            if args.first().is_none_or(|by| by != "rebase") {
                return None;
            }
            match input.split(|&byte| byte == b'\n').rfind(|line| !line.is_empty()) {
                Some(last) => {
                    let mut words = last.split(|&byte| byte == b' ').map(ObjectId::parse);
                    (words.next()??, words.next()??)
                }
                // The framework takes the list for itself.
                None => (git.commit("ORIG_HEAD").ok()?, git.commit("HEAD").ok()?),
            }
        }
        Event::PostCheckout => {
            let of_branch = args.get(2).is_some_and(|flag| flag == "1");
            let quiet = settings::wants_no_advice() || !of_branch;
            let (before, after) = (object(0)?, object(1)?);
            // A rebase begins with a checkout; a clone and a new worktree come from nothing.
            if quiet || is_nothing(&before) || git.progress().ok()?.is_some() {
                return None;
            }
            (before, after)
        }
        Event::PreCommit | Event::PreMergeCommit | Event::PrePush => return None,
    };
    (moved.0 != moved.1).then_some(moved)
}

/// The ids of a commit's revisions.
fn ids(project: &Project, commit: &ObjectId) -> BTreeSet<RevisionId> {
    let Ok(Some(project)) = project.at_commit(commit) else { return BTreeSet::new() };
    let scripts = project.all_scripts(Depth::Names);
    scripts.iter().flatten().filter_map(Script::id).cloned().collect()
}

/// What databases have to do: run what came, and look out for what is not here.
fn came_and_went(earlier: &BTreeSet<RevisionId>, now: &BTreeSet<&RevisionId>) -> String {
    let came: Vec<&str> =
        now.iter().filter(|id| !earlier.contains(**id)).map(|id| id.as_str()).collect();
    let gone: Vec<&str> =
        earlier.iter().filter(|id| !now.contains(id)).map(RevisionId::as_str).collect();
    let mut text = String::new();
    if !came.is_empty() {
        let number = count(came.len(), "revision");
        let _ = writeln!(text, "onehead: {number} came: {}", named(&came));
        let _ = writeln!(text, "  alembic upgrade head   brings your database up to them");
    }
    if !gone.is_empty() {
        let first = sanitize(gone[0]).into_owned();
        let (number, is) =
            (count(gone.len(), "revision"), if gone.len() == 1 { "is" } else { "are" });
        let _ = writeln!(text, "onehead: {number} {is} not here any more: {}", named(&gone));
        let _ = writeln!(
            text,
            "  a database that ran one stops with `Can't locate revision`:   onehead where {first}"
        );
    }
    text
}

fn named(ids: &[&str]) -> String {
    let shown: Vec<String> = ids.iter().take(NAMED).map(|id| sanitize(id).into_owned()).collect();
    let more = ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
