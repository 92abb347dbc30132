//! The hooks `pre-commit` and `pre-merge-commit`: judge the index, and change nothing.

use super::words::{self, Advice, Event};
use super::{Guard, Verdict};
use crate::cli::GlobalArgs;
use crate::commands::baseline;
use crate::commands::project::git_error;
use crate::error::{Error, ExitStatus};
use crate::git::{ObjectId, Progress};
use crate::published;
use crate::settings;
use crate::snapshot::Tree;
use crate::ui::Ui;

/// Judges what is about to be committed; `merging` is whether it is a merge that git is about to commit by itself.
pub(in crate::commands) fn run(
    global: &GlobalArgs,
    merging: bool,
    ui: Ui,
) -> Result<ExitStatus, Error> {
    let Some(guard) = Guard::open(global, ui)? else { return Ok(ExitStatus::Success) };
    let git = guard.root.git();
    let tree = Tree::index(&guard.objects, &guard.root.path, parents(&guard)).map_err(git_error)?;
    let head = || git.commit("HEAD").ok();
    let Some(project) = guard.project(tree, &head)? else { return Ok(ExitStatus::Success) };
    let choice = baseline::choice(&project, None);
    let compared = || {
        let found = published::commits(&project.snapshot, &project.root, &choice)?;
        Ok(found.map_or_else(
            |_| Default::default(),
            |(relation, name)| {
                let mut commits = vec![relation.tip];
                commits.extend(relation.merge_bases);
                commits.dedup();
                (commits, name)
            },
        ))
    };
    let mut verdict = guard.judge(&project, &compared)?;
    if !verdict.problems.is_empty()
        && let Some(series) = git.is_amid_series().map_err(git_error)?
    {
        waive_forks(&guard, &mut verdict, series);
    }
    if !guard.global.quiet {
        guard.ui.talk(&words::old(&verdict));
    }
    if verdict.problems.is_empty() {
        return Ok(ExitStatus::Success);
    }
    let what = if merging { "this merge" } else { "this commit" };
    // A merge that was stopped is staged, and `git commit` ends it.
    let skip = "git commit --no-verify";
    let advice = advice(&verdict, merging);
    Ok(guard.block(&words::blocked(&Event { what, place: "", advice, skip }, &verdict)))
}

/// What the new commit will have for parents, where git has told it in variables alone: inside of `pre-merge-commit` there
/// is no `MERGE_HEAD` yet.
fn parents(guard: &Guard<'_>) -> Option<Vec<ObjectId>> {
    let named = settings::merged_commits();
    if named.is_empty() {
        return None;
    }
    let mut commits: Vec<ObjectId> = guard.root.git().commit("HEAD").into_iter().collect();
    commits.extend(named.iter().filter_map(|(name, _)| ObjectId::parse(name.as_bytes())));
    Some(commits)
}

/// In the middle of a series, the histories between its commits may have several heads: what counts is the last one.
fn waive_forks(guard: &Guard<'_>, verdict: &mut Verdict, series: Progress) {
    let (forks, rest) = std::mem::take(&mut verdict.problems)
        .into_iter()
        .partition(|one| one.rule == "multiple-heads");
    verdict.problems = rest;
    let forks: Vec<super::Problem> = forks;
    for fork in forks {
        guard.say(&format!("warning: {} ({} is in progress)", fork.line, series.name()));
    }
}

fn advice(verdict: &Verdict, merging: bool) -> Vec<Advice> {
    let options = &verdict.options;
    let mut advice: Vec<Advice> = Vec::new();
    let is_fork = verdict.problems.iter().any(|problem| !problem.heads.is_empty());
    if is_fork {
        let purpose = "mend it, `git add` what it names, then commit again";
        advice.push((format!("onehead check --fix{options}"), purpose));
    }
    advice.push(("onehead check --staged".to_owned(), "the whole story"));
    if merging {
        advice.push((
            "git merge --abort".to_owned(),
            "or take it back: the merge is staged and not committed",
        ));
    }
    advice
}
