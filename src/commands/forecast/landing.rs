//! What merging each branch into the baseline does to the migrations.
//!
//! Only branches that have something to do with migrations are merged, each in a process of git's own, several at a time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Baseline;
use super::refs::Open;
use crate::commands::project::{Project, git_error};
use crate::commands::snapshot;
use crate::error::Error;
use crate::forecast::{self, Effect, History};
use crate::fs;
use crate::git::ObjectId;
use crate::script::Depth;
use crate::snapshot::Snapshot;

/// What a branch does, or why nobody can tell.
pub(super) type Found = Result<Vec<Effect>, String>;

/// What each of these branches does, in their order.
pub(super) fn effects(
    baseline: &Baseline,
    known: &[History],
    open: &[Open],
) -> Result<Vec<Found>, Error> {
    let git = baseline.project.root.git();
    let commits: Vec<&ObjectId> = open.iter().map(|one| &one.commit).collect();
    let partings = git.partings(&baseline.tip, &commits).map_err(git_error)?;
    let pairs: Vec<(&ObjectId, &ObjectId)> = (commits.iter().zip(&partings))
        .filter_map(|(commit, bases)| match &bases[..] {
            [base] if base != *commit => Some((*commit, base)),
            _ => None,
        })
        .collect();
    let changed = git.changed_from(&pairs).map_err(git_error)?;
    let places = Places::of(&baseline.project);
    let judge = |at: usize| -> Found {
        let (commit, bases) = (&open[at].commit, &partings[at]);
        match &bases[..] {
            [] => Err(unrelated(baseline)),
            [base] if base == commit => Ok(Vec::new()),
            [_] if !changed.get(commit).is_some_and(|paths| places.concern(paths)) => {
                Ok(Vec::new())
            }
            _ => merged(baseline, known, &open[at]),
        }
    };
    Ok(in_parallel(open.len(), &judge))
}

fn unrelated(baseline: &Baseline) -> String {
    if baseline.project.root.git().is_shallow().unwrap_or(false) {
        let deepen = "git fetch --unshallow, in CI fetch-depth: 0";
        return format!(
            "the clone is too shallow to tell where it left {} ({deepen})",
            baseline.name
        );
    }
    format!("it has no commit in common with {}", baseline.name)
}

fn merged(baseline: &Baseline, known: &[History], open: &Open) -> Found {
    let project = &baseline.project;
    let Some(tree) = project.snapshot.tree() else { return Ok(Vec::new()) };
    let commits = [baseline.tip.clone(), open.commit.clone()];
    let merge = snapshot::merge(tree.objects(), &project.root, &open.names[0], commits);
    let merge = merge.map_err(|error| error.0)?;
    let there = project
        .at(Snapshot::Tree(merge))
        .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
    let scripts = there.all_scripts(Depth::Names);
    let histories = there.discovery.environments.into_iter().zip(scripts);
    let mut after: Vec<History> =
        histories.map(|(environment, scripts)| History { environment, scripts }).collect();
    for lost in known {
        let is_there = |one: &History| one.environment.name == lost.environment.name;
        if !after.iter().any(is_there) {
            let environment = lost.environment.clone();
            after.push(History { environment, scripts: Vec::new() });
        }
    }
    let judge = |after: &History| {
        let before = known.iter().find(|one| one.environment.name == after.environment.name);
        forecast::judge(before, after, &baseline.name)
    };
    let effects = after.iter().filter_map(judge);
    // What only edits what it does not tell of itself is of no concern here.
    Ok(effects.filter(Effect::matters).collect())
}

/// Where migrations are, and what says so.
struct Places<'a> {
    project: &'a Project,
    folders: BTreeSet<PathBuf>,
}

impl<'a> Places<'a> {
    fn of(project: &'a Project) -> Self {
        let top = project.snapshot.settled(&project.root.path);
        let locations =
            project.discovery.environments.iter().flat_map(|one| &one.version_locations);
        let folders = locations.flat_map(|location| {
            let path = fs::normalize(&location.path);
            let inside = path.strip_prefix(&project.root.path).ok().map(Path::to_path_buf);
            let resolved = project.snapshot.settled(&path);
            let resolved = resolved.strip_prefix(&top).ok().map(Path::to_path_buf);
            inside.into_iter().chain(resolved)
        });
        Self { project, folders: folders.collect() }
    }

    /// Whether a branch that changes these paths, relative to the top, may change a migration of the merge.
    fn concern(&self, paths: &[PathBuf]) -> bool {
        let mut seen: BTreeSet<&Path> = BTreeSet::new();
        paths.iter().any(|path| {
            let ends = |endings: &[&str]| {
                let end = path.extension().unwrap_or_default();
                endings.iter().any(|one| end == *one)
            };
            let is_inside = |folder: &PathBuf| path.starts_with(folder) || folder.starts_with(path);
            // git moves what is added to a folder that was moved meanwhile.
            let is_nowhere = |folder: &Path| {
                !self.project.snapshot.is_directory(&self.project.root.path.join(folder))
            };
            ends(&["ini", "toml", "cfg"])
                || path.file_name().is_some_and(|name| name == ".gitignore")
                || self.folders.iter().any(is_inside)
                || ends(&["py"])
                    && path.parent().is_some_and(|one| seen.insert(one) && is_nowhere(one))
        })
    }
}

/// What `work` gives for each number below `count`, in order.
fn in_parallel<R: Send>(count: usize, work: &(dyn Fn(usize) -> R + Sync)) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(count);
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(at)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
