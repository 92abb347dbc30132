//! Which branches add a revision: those whose tip has its file, while the baseline does not.
//!
//! For the eye only: what git cannot tell is left out. Two processes, however many branches there are, and none where
//! every revision is published.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::commands::project::Project;
use crate::git::{ObjectId, short};

/// How many of the branches that moved last are looked at.
const LOOKED_AT: usize = 200;

/// How many of them are named.
const NAMED: usize = 3;

const LOCAL: &str = "refs/heads/";
const REMOTE: &str = "refs/remotes/";

/// The branches by file.
pub(super) struct Refs(BTreeMap<PathBuf, Vec<String>>);

impl Refs {
    /// Asks git for those that add one of these files, which the baseline does not have.
    pub(super) fn read(project: &Project, baseline: Option<&str>, new: &[&Path]) -> Self {
        let found = baseline.filter(|_| !new.is_empty()).and_then(|name| ask(project, name, new));
        Self(found.unwrap_or_default())
    }

    /// The names of the branches that add the file at this path.
    pub(super) fn of(&self, path: &Path) -> Vec<String> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

fn ask(project: &Project, baseline: &str, new: &[&Path]) -> Option<BTreeMap<PathBuf, Vec<String>>> {
    let git = project.root.git();
    let base = git.commit(baseline).ok()?;
    let patterns = [LOCAL.to_owned(), REMOTE.to_owned()];
    let mut tips = git.tips(&patterns, Some(&base)).ok()?;
    tips.sort_by_key(|tip| std::cmp::Reverse(tip.time));
    tips.truncate(LOOKED_AT);
    let mut pairs: Vec<(&ObjectId, &ObjectId)> =
        tips.iter().map(|tip| (&tip.commit, &base)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let changed = git.changed_from(&pairs).ok()?;
    let top = project.snapshot.settled(&project.root.path);
    let mut found = BTreeMap::new();
    for path in new {
        let Ok(inside) = path.strip_prefix(&top) else { continue };
        let adds = |tip: &&crate::git::Tip| {
            changed.get(&tip.commit).is_some_and(|paths| paths.iter().any(|path| path == inside))
        };
        let mut names: Vec<&str> = tips.iter().filter(adds).map(|tip| &*tip.reference).collect();
        names.sort_unstable();
        let local: Vec<&str> = names.iter().filter_map(|one| one.strip_prefix(LOCAL)).collect();
        // The branch of the remote says nothing new beside the local one of the same name.
        names.retain(|name| {
            let remote = name.strip_prefix(REMOTE).and_then(|name| name.split_once('/'));
            remote.is_none_or(|(_, branch)| !local.contains(&branch))
        });
        let more = names.len().saturating_sub(NAMED);
        let mut names: Vec<String> =
            names.into_iter().take(NAMED).map(|name| short(name).to_owned()).collect();
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        found.insert(path.to_path_buf(), names);
    }
    Some(found)
}
