//! The hook `pre-push`: judges every commit that goes out, and its merge with the baseline as last fetched.
//!
//! What is pushed is what counts, whatever is checked out. A repair made here is not part of the push under way, so that
//! push is stopped all the same.

use std::collections::BTreeSet;
use std::ffi::OsString;

use super::words::{self, Advice, Event};
use super::{Guard, Verdict};
use crate::cli::{AutoMergeArgs, GlobalArgs};
use crate::commands::project::git_error;
use crate::commands::{auto_merge, baseline, rivals, snapshot};
use crate::config::UserCommand;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::git::{Git, ObjectId, Pushed, Version, short};
use crate::published;
use crate::runner::{self, Outcome};
use crate::settings::{self, FrameworkPush};
use crate::snapshot::{Snapshot, Tree};
use crate::ui::Ui;

pub(super) const SKIP: &str = "git push --no-verify";

/// A commit that is pushed.
struct Outgoing {
    commit: ObjectId,
    /// What it is called: `feature-2`, `v1.2`, `HEAD~1`.
    name: String,
    /// Whether that is a branch, which can be gone to; a tag or an expression cannot.
    is_branch: bool,
    /// What the other side has at the same ref, where that is here.
    remote: Option<ObjectId>,
}

/// What is said of one commit: the text that blocks, and whether a repair of what is checked out would mend it.
struct Blocked {
    text: String,
    is_mendable: bool,
}

/// Judges what git is about to push: `args` are the name of the remote and its address, stdin has the refs.
pub(in crate::commands) fn run(
    global: &GlobalArgs,
    offer: bool,
    args: &[OsString],
    ui: Ui,
) -> Result<ExitStatus, Error> {
    let Some(guard) = Guard::open(global, ui)? else { return Ok(ExitStatus::Success) };
    let git = guard.root.git();
    let remote = args.first().map(|name| name.to_string_lossy().into_owned());
    let outgoing = outgoing(&git, remote.as_deref(), ui)?;
    if outgoing.is_empty() {
        return Ok(ExitStatus::Success);
    }
    let mut blocked = Vec::new();
    for one in &outgoing {
        blocked.extend(judge(&guard, one)?);
    }
    if blocked.is_empty() {
        return test(&guard, &outgoing);
    }
    for one in &blocked {
        ui.talk(&one.text);
    }
    if blocked.iter().all(|one| one.is_mendable) && may_offer(&guard, offer) {
        return mend(&guard);
    }
    Ok(ExitStatus::Problems)
}

/// What goes out, each commit once. Deletions and what is no commit are left out.
fn outgoing(git: &Git, remote: Option<&str>, ui: Ui) -> Result<Vec<Outgoing>, Error> {
    let mut pushed = Pushed::parse_all(&ui.input()).map_err(git_error)?;
    if pushed.is_empty() {
        pushed.extend(by_framework(git, &settings::framework_push())?);
    }
    let mut seen = BTreeSet::new();
    let mut outgoing = Vec::new();
    for Pushed { local_ref, local, remote_ref, remote: old } in pushed {
        let Some(object) = local else { continue };
        let Some(commit) = git.peeled(&object).map_err(git_error)? else { continue };
        if !seen.insert((commit.clone(), old.clone())) {
            continue;
        }
        let tracked = || {
            let branch = remote_ref.strip_prefix("refs/heads/")?;
            git.commit(&format!("refs/remotes/{}/{branch}", remote?)).ok()
        };
        // What the other side has may not be here; then what was last seen of it is the nearest.
        let known = |object: ObjectId| git.peeled(&object).ok().flatten().or_else(tracked);
        let remote = old.and_then(known);
        let name = local_ref.strip_prefix("refs/tags/").unwrap_or(short(&local_ref));
        let is_branch = local_ref.starts_with("refs/heads/");
        outgoing.push(Outgoing { commit, name: name.to_owned(), is_branch, remote });
    }
    Ok(outgoing)
}

/// The one ref that the pre-commit framework tells of: it takes git's list for itself, and passes on the first of it.
fn by_framework(git: &Git, push: &FrameworkPush) -> Result<Option<Pushed>, Error> {
    let Some(to) = push.to.as_deref().filter(|_| push.is_present) else { return Ok(None) };
    let local = Some(git.commit(to).map_err(git_error)?);
    let names_it = |branch: &&String| git.commit(branch).ok() == local;
    Ok(Some(Pushed {
        local_ref: push.branch.as_ref().filter(names_it).map_or(to, String::as_str).to_owned(),
        local,
        remote_ref: push.remote_branch.clone().unwrap_or_default(),
        remote: push.from.as_deref().and_then(|from| git.commit(from).ok()),
    }))
}

fn judge(guard: &Guard<'_>, one: &Outgoing) -> Result<Vec<Blocked>, Error> {
    let top = &guard.root.path;
    let tree = Tree::commit(&guard.objects, top, &one.name, one.commit.clone());
    let tree = tree.map_err(git_error)?;
    let before = || one.remote.clone().or_else(|| left_at(guard, one));
    let Some(project) = guard.project(tree, &before)? else { return Ok(Vec::new()) };
    let choice = baseline::choice(&project, None);
    let found = published::commits(&project.snapshot, &project.root, &choice)?;
    let compared = || {
        Ok(match (&one.remote, &found) {
            (Some(remote), _) => (vec![remote.clone()], "the remote".to_owned()),
            (None, Ok((relation, name))) => (relation.merge_bases.clone(), name.clone()),
            (None, Err(_)) => (Vec::new(), String::new()),
        })
    };
    let verdict = guard.judge(&project, &compared)?;
    if !guard.global.quiet {
        guard.ui.talk(&words::old(&verdict));
    }
    if !verdict.problems.is_empty() {
        return Ok(vec![in_the_commit(guard, one, &verdict)]);
    }
    match found {
        Ok((relation, name)) if !relation.merge_bases.contains(&relation.tip) => {
            Ok(merged(guard, one, &name, relation.tip)?.into_iter().collect())
        }
        Ok(_) => Ok(Vec::new()),
        Err(reason) => {
            guard.say(&format!("not compared with a baseline: {reason}"));
            Ok(Vec::new())
        }
    }
}

/// Where what is pushed left the default baseline.
fn left_at(guard: &Guard<'_>, one: &Outgoing) -> Option<ObjectId> {
    let choice = published::BaselineChoice::Default;
    let tree =
        Tree::commit(&guard.objects, &guard.root.path, &one.name, one.commit.clone()).ok()?;
    let found = published::commits(&Snapshot::Tree(tree), &guard.root, &choice).ok()?;
    found.ok()?.0.merge_bases.into_iter().next()
}

fn is_checked_out(guard: &Guard<'_>, one: &Outgoing) -> bool {
    guard.root.git().commit("HEAD").is_ok_and(|head| head == one.commit)
}

/// How to go to where what is pushed can be mended.
fn way_there(one: &Outgoing, is_here: bool) -> Option<Advice> {
    let name = crate::shell::word(&one.name);
    match (is_here, one.is_branch) {
        (true, _) => None,
        (false, true) => Some((format!("git switch {name}"), "go there, then")),
        (false, false) => {
            Some((format!("git switch -c mend {name}"), "begin a branch there, then"))
        }
    }
}

/// The commit itself has what blocks.
fn in_the_commit(guard: &Guard<'_>, one: &Outgoing, verdict: &Verdict) -> Blocked {
    let is_here = is_checked_out(guard, one);
    let is_fork = verdict.problems.iter().all(|problem| problem.rule == "multiple-heads");
    let mut advice: Vec<Advice> = Vec::new();
    advice.extend(way_there(one, is_here));
    let options = &verdict.options;
    if is_fork {
        let then = if one.is_branch || is_here {
            "mend it, then push again"
        } else {
            "mend it, then push this instead; a tag is to be made anew"
        };
        advice.push((format!("onehead auto-merge{options}"), then));
    }
    let story = if is_here {
        "onehead check".to_owned()
    } else {
        format!("onehead check --ref {}", crate::shell::word(&one.name))
    };
    advice.push((story, "the whole story"));
    let place = format!(" on {}", crate::report::sanitize::sanitize(&one.name));
    let event = Event { what: "this push", place: &place, advice, skip: SKIP };
    Blocked { text: words::blocked(&event, verdict), is_mendable: is_here && is_fork }
}

/// What the merge with the baseline would have that neither side has alone.
fn merged(
    guard: &Guard<'_>,
    one: &Outgoing,
    name: &str,
    tip: ObjectId,
) -> Result<Option<Blocked>, Error> {
    let commits = [one.commit.clone(), tip];
    let git = guard.root.git();
    let tree = match snapshot::merge(&guard.objects, &guard.root, name, commits.clone()) {
        Ok(tree) => tree,
        Err(error) if git.version().is_ok_and(|version| version < Version::MERGE_TREE) => {
            guard.say(&format!("not judged as merged with {name}: {}", error.0));
            return Ok(None);
        }
        Err(error) => return Err(git_error(error)),
    };
    let in_conflict = tree.configuration_in_conflict();
    let judged = guard.project(tree, &|| None).and_then(|project| match project {
        Some(project) => Ok(Some((guard.judge_merge(&project, &commits, name)?, project))),
        None => Ok(None),
    });
    let (verdict, project) = match (judged, in_conflict) {
        (Ok(Some(judged)), _) => judged,
        (Ok(None), _) => return Ok(None),
        // git itself will stop there.
        (Err(_), Some(path)) => {
            let path = path.display();
            guard.say(&format!("not judged as merged with {name}: there is a conflict in {path}"));
            return Ok(None);
        }
        (Err(error), None) => return Err(error),
    };
    if verdict.problems.is_empty() {
        return Ok(None);
    }
    let fetched = rivals::last_fetched(&git, name);
    let fetched = fetched.map(|age| format!(" (as last fetched {age})")).unwrap_or_default();
    let what = format!("merging {} with {name}{fetched}", one.name);
    let what = crate::report::sanitize::sanitize(&what);
    let other = crate::shell::word(name);
    let mut advice: Vec<Advice> = Vec::new();
    advice.extend(way_there(one, is_checked_out(guard, one)));
    if verdict.problems.iter().all(|problem| !problem.heads.is_empty()) {
        let folders = rivals::folders(&project);
        advice.extend([
            (format!("git merge --no-commit {other}"), "bring the other side here"),
            (
                format!("onehead rebase{} && git add -A {folders} && git commit", verdict.options),
                "put yours on top, then push again",
            ),
        ]);
    }
    advice.push((format!("onehead check --merge-with {other}"), "the whole story"));
    let event = Event { what: &what, place: "", advice, skip: SKIP };
    Ok(Some(Blocked { text: words::blocked(&event, &verdict), is_mendable: false }))
}

/// Whether somebody is there to be asked, and is to be.
fn may_offer(guard: &Guard<'_>, by_hook: bool) -> bool {
    let config = working_config(guard);
    let wanted = config.ok().and_then(|config| config.pre_push.offer).unwrap_or(by_hook);
    wanted && !guard.process.ci && guard.ui.talks_to_a_terminal()
}

/// onehead's configuration of the working tree: what the user has in front of him decides what is run.
fn working_config(guard: &Guard<'_>) -> Result<crate::config::Config, Error> {
    let top = &guard.root.path;
    let shown = |path: &std::path::Path| fs::shown(path, &guard.process.directory, top);
    crate::config::Config::load(&Snapshot::Worktree, top, top, &shown)
}

/// Offers the repair, and stops the push whatever the answer: the commits being pushed do not contain it.
fn mend(guard: &Guard<'_>) -> Result<ExitStatus, Error> {
    let status = auto_merge::run(guard.global, &AutoMergeArgs::default(), guard.ui)?;
    if status == ExitStatus::Success {
        guard
            .ui
            .talk("\nonehead: mended; what was being pushed does not have it, so now push again\n");
    }
    Ok(match status {
        ExitStatus::Interrupted => ExitStatus::Interrupted,
        _ => ExitStatus::Problems,
    })
}

/// Runs the team's own tests, where nothing was found.
fn test(guard: &Guard<'_>, outgoing: &[Outgoing]) -> Result<ExitStatus, Error> {
    let config = working_config(guard)?;
    let Some(command) = &config.pre_push.test_command else { return Ok(ExitStatus::Success) };
    let git = guard.root.git();
    let elsewhere = outgoing.iter().any(|one| !is_checked_out(guard, one));
    if elsewhere || git.is_dirty().map_err(git_error)? {
        let why = if elsewhere {
            "what is pushed is not checked out"
        } else {
            "there are changes that are not committed"
        };
        guard.say(&format!("the test command sees the working tree, and {why}"));
    }
    let ran = runner::run_outside_git(command, &guard.root.path, &mut |output| {
        guard.ui.pass_on(output);
    });
    let failure = match ran.outcome {
        Outcome::Succeeded => return Ok(ExitStatus::Success),
        Outcome::Interrupted => return Err(Error::Interrupted),
        Outcome::Failed(ending) => format!("failed ({ending})"),
        Outcome::NotStarted(reason) => format!("could not be started: {reason}"),
        Outcome::TimedOut(_) => "took too long".to_owned(),
    };
    let shown = match command {
        UserCommand::Shell(text) => text.clone(),
        UserCommand::Direct(words) => {
            words.iter().map(|word| crate::shell::word(word)).collect::<Vec<_>>().join(" ")
        }
    };
    guard.say(&format!("the test command {failure}, so nothing is pushed:   {shown}"));
    guard.ui.talk(&words::footer(&[], SKIP));
    Ok(ExitStatus::Problems)
}
