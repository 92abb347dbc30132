//! Which commit is the baseline, and where what is compared left it.

use super::BaselineChoice;
use crate::environment::Root;
use crate::error::Error;
use crate::git::{Git, GitError, ObjectId, Relation, short};
use crate::snapshot::Snapshot;

/// The commit that a snapshot stems from.
fn origin(snapshot: &Snapshot) -> &str {
    snapshot.commits().first().map_or("HEAD", ObjectId::as_str)
}

/// That of a baseline that is named. Fails where git does.
pub(super) fn named(git: &Git, snapshot: &Snapshot, name: &str) -> Result<Relation, GitError> {
    let tip = git.commit(name)?;
    relate(git, snapshot, &tip)
}

/// What a commit has in common with what is compared, where that stems from a commit.
fn relate(git: &Git, snapshot: &Snapshot, tip: &ObjectId) -> Result<Relation, GitError> {
    match git.relation(origin(snapshot), tip.as_str()) {
        Ok((relation, _)) => checked(git, snapshot, relation),
        // Before the first commit there is nothing to have in common.
        Err(_) if git.commit("HEAD").is_err() => {
            Ok(Relation { tip: tip.clone(), merge_bases: Vec::new(), shallow: false })
        }
        Err(error) => Err(error),
    }
}

/// In a shallow clone, no common commit means that it is not known, not that there is none. What stems from several
/// commits, as a merge does, has in common what their merge would have.
fn checked(git: &Git, snapshot: &Snapshot, mut relation: Relation) -> Result<Relation, GitError> {
    if snapshot.commits().len() > 1 {
        relation.merge_bases = git.merge_bases(&relation.tip, snapshot.commits())?;
    }
    if relation.shallow && relation.merge_bases.is_empty() {
        return Err(GitError(
            "the clone is too shallow to tell where this branch left it (fetch-depth: 0, or \
             git fetch --unshallow)"
                .into(),
        ));
    }
    Ok(relation)
}

/// The branch of the remote, `origin` before any other, else the local one of that name.
pub(super) fn target(
    git: &Git,
    snapshot: &Snapshot,
    branch: &str,
) -> Result<(Relation, String), GitError> {
    let (remotes, local) = (format!("refs/remotes/*/{branch}"), format!("refs/heads/{branch}"));
    let refs = git.existing_refs(&[&remotes, &local])?;
    let own = format!("refs/remotes/origin/{branch}");
    let found = refs.iter().find(|name| **name == own);
    let found = found.or_else(|| refs.iter().find(|name| name.starts_with("refs/remotes/")));
    let Some(name) = found.or_else(|| refs.first()) else {
        return Err(GitError(format!(
            "this goes to `{branch}`, which is not here (fetch-depth: 0, or git fetch origin {branch})"
        )));
    };
    let tip = git.commit(name)?;
    Ok((relate(git, snapshot, &tip)?, short(name).to_owned()))
}

/// A baseline with its name, or why a default one cannot be read.
pub type Compared = Result<(Relation, String), String>;

/// The commits of a baseline: its tip, and where what is compared left it.
///
/// Fails where a named one cannot be read. Of several, the first counts.
pub fn commits(
    snapshot: &Snapshot,
    root: &Root,
    choice: &BaselineChoice,
) -> Result<Compared, Error> {
    if !root.repository {
        return Ok(Err("this is no git repository".to_owned()));
    }
    let git = root.git();
    let found = match choice {
        BaselineChoice::Named { names, .. } => {
            let name = names.first().map_or("HEAD", String::as_str);
            return named(&git, snapshot, name)
                .map(|relation| Ok((relation, name.to_owned())))
                .map_err(|error| choice.unreadable(name, error.0));
        }
        BaselineChoice::Target(branch) => target(&git, snapshot, branch),
        BaselineChoice::Default => default(&git, snapshot),
    };
    Ok(found.map_err(|error| error.0))
}

/// The remote's default branch, `origin` before any other; else its `main` or `master`; else the local one.
pub(super) fn default(git: &Git, snapshot: &Snapshot) -> Result<(Relation, String), GitError> {
    // The usual case, in one process instead of two.
    if let Ok((relation, name)) = git.relation(origin(snapshot), "refs/remotes/origin/HEAD") {
        return Ok((checked(git, snapshot, relation)?, name));
    }
    let remote = ["HEAD", "main", "master"];
    let patterns = remote.map(|name| format!("refs/remotes/*/{name}"));
    let mut wanted: Vec<&str> = patterns.iter().map(String::as_str).collect();
    wanted.extend(["refs/heads/main", "refs/heads/master"]);
    let refs = git.existing_refs(&wanted)?;
    let mut order = remote.map(|name| format!("refs/remotes/origin/{name}")).to_vec();
    for name in remote {
        let others = refs.iter().filter(|found| {
            found
                .strip_prefix("refs/remotes/")
                .is_some_and(|rest| rest.ends_with(&format!("/{name}")))
        });
        order.extend(others.cloned());
    }
    order.extend(["refs/heads/main".into(), "refs/heads/master".into()]);
    let mut reason = None;
    for name in order.iter().filter(|name| refs.contains(name)) {
        let tip = match git.commit(name) {
            Ok(tip) => tip,
            Err(error) => {
                reason.get_or_insert(error);
                continue;
            }
        };
        return Ok((relate(git, snapshot, &tip)?, short(name).to_owned()));
    }
    let nothing =
        || GitError("there is no remote branch, and no branch called main or master".into());
    Err(reason.unwrap_or_else(nothing))
}
