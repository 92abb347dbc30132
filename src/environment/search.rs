//! Looking through a repository for configurations of Alembic.
//!
//! Lists each folder once and looks at no file: what an entry is and what it is called is all that counts. Folders
//! that git ignores, that are excluded, that hold other people's code or another repository are not entered. Ignore
//! rules that exist only on one machine for all repositories (`core.excludesFile`) do not count: what is found must
//! not depend on who looks.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Root;
use crate::config::Config;
use crate::error::Error;
use crate::fs::{DirectoryEntry, Kind, ReadError};
use crate::snapshot::Snapshot;

/// Folders of installed code and of tools, which are never entered.
const VENDORED: [&str; 24] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".jj",
    ".mypy_cache",
    ".nox",
    ".pixi",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".yarn",
    "__pycache__",
    "__pypackages__",
    "_vendor",
    "bower_components",
    "dist-packages",
    "node_modules",
    "site-packages",
    "venv",
    "virtualenv",
];

/// A folder with what may be a configuration of Alembic in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) folder: PathBuf,
    pub(super) ini: bool,
    pub(super) toml: bool,
}

/// What the search came across.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of their paths.
    pub(super) candidates: Vec<Candidate>,
    /// Folders that could not be listed.
    pub(super) unreadable: Vec<ReadError>,
    /// Other repositories inside this one, which were not entered.
    pub(super) repositories: Vec<PathBuf>,
    /// Folders that look like script locations.
    pub(super) locations: Vec<PathBuf>,
    /// Configurations that git ignores.
    pub(super) ignored: Vec<PathBuf>,
}

/// The patterns of `exclude`.
pub(super) struct Exclude {
    folder: PathBuf,
    patterns: GlobSet,
}

impl Exclude {
    /// Compiles the patterns. One without a slash excludes that name anywhere, as in a `.gitignore`.
    ///
    /// Fails on what is no pattern, naming its place.
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let mut builder = GlobSetBuilder::new();
        for placed in &config.exclude {
            let pattern = placed.value.trim_end_matches('/');
            let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
            let anywhere =
                if pattern.contains('/') { String::new() } else { format!("**/{pattern}") };
            for pattern in [pattern, &anywhere] {
                let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
                    .literal_separator(true)
                    .build()
                    .map_err(|error| Error::Configuration {
                        place: placed.place.clone(),
                        message: format!("`{pattern}` is no pattern: {}", error.kind()),
                        hint: None,
                    })?;
                builder.add(glob);
            }
        }
        let patterns = builder.build().unwrap_or_else(|_| GlobSet::empty());
        Ok(Self { folder: config.folder.clone(), patterns })
    }

    /// Whether this very file or folder is excluded; those above it are not looked at.
    pub(super) fn matches(&self, path: &Path) -> bool {
        !self.patterns.is_empty()
            && path.strip_prefix(&self.folder).is_ok_and(|inside| self.patterns.is_match(inside))
    }
}

/// A folder still to be listed, with the ignore files that hold in it, the deepest last.
struct Pending {
    folder: PathBuf,
    rules: Vec<Arc<Gitignore>>,
}

/// Looks through the whole repository, sorted by path; a folder's own configuration comes before those below it.
pub(super) fn search(snapshot: &Snapshot, root: &Root, exclude: &Exclude) -> Found {
    let mut found = Found::default();
    let mut rules = Vec::new();
    if root.repository {
        // In a linked worktree `.git` is a file, and this reads nothing. Its patterns are relative to the root, not to
        // the folder it lies in. What git has in a tree, it does not ignore.
        let exclude = root.path.join(".git/info/exclude");
        rules.extend(ignore_rules(snapshot, &exclude, &root.path));
    }
    let mut pending = vec![Pending { folder: root.path.clone(), rules }];
    while let Some(next) = pending.pop() {
        match snapshot.list(&next.folder) {
            Ok(entries) => visit(snapshot, root, exclude, next, &entries, &mut found, &mut pending),
            Err(error) => found.unreadable.push(error),
        }
    }
    found
}

fn visit(
    snapshot: &Snapshot,
    root: &Root,
    exclude: &Exclude,
    here: Pending,
    entries: &[DirectoryEntry],
    found: &mut Found,
    pending: &mut Vec<Pending>,
) {
    let has = |name: &str| entries.iter().any(|entry| entry.name == name);
    let Pending { folder, mut rules } = here;
    if folder != root.path {
        if root.repository && has(".git") {
            found.repositories.push(folder);
            return;
        }
        // Every virtual environment has one, whatever it is called.
        if has("pyvenv.cfg") {
            return;
        }
    }
    if has("env.py") && (has("script.py.mako") || has("versions")) {
        found.locations.push(folder.clone());
    }
    if root.repository && has(".gitignore") {
        rules.extend(ignore_rules(snapshot, &folder.join(".gitignore"), &folder));
    }
    let mut wanted = |name: &str| {
        let there = |entry: &DirectoryEntry| {
            entry.name == name && matches!(entry.kind, Kind::File | Kind::Link)
        };
        if !entries.iter().any(there) {
            return false;
        }
        let path = folder.join(name);
        let ignored = is_ignored(&rules, &path, false);
        if ignored && name == "alembic.ini" {
            found.ignored.push(path.clone());
        }
        !ignored && !exclude.matches(&path)
    };
    let (ini, toml) = (wanted("alembic.ini"), wanted("pyproject.toml"));
    if ini || toml {
        found.candidates.push(Candidate { folder: folder.clone(), ini, toml });
    }
    let mut below: Vec<&OsStr> = entries
        .iter()
        .filter(|entry| entry.kind == Kind::Directory)
        .map(|entry| entry.name.as_os_str())
        .filter(|name| !VENDORED.iter().any(|vendored| name == vendored))
        .collect();
    below.sort_unstable();
    for name in below.into_iter().rev() {
        let path = folder.join(name);
        if !is_ignored(&rules, &path, true) && !exclude.matches(&path) {
            pending.push(Pending { folder: path, rules: rules.clone() });
        }
    }
}

/// The rules of an ignore file for what lies below `folder`; nothing where it has none or cannot be read.
fn ignore_rules(snapshot: &Snapshot, path: &Path, folder: &Path) -> Option<Arc<Gitignore>> {
    // Opening a pipe of that name would wait for ever.
    let bytes = snapshot.is_file(path).then(|| snapshot.read(path).ok()).flatten()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // A line that is no pattern is none to git either.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|rules| !rules.is_empty()).map(Arc::new)
}

/// Git's rule: the deepest file with an opinion decides.
fn is_ignored(rules: &[Arc<Gitignore>], path: &Path, is_directory: bool) -> bool {
    for rule in rules.iter().rev() {
        match rule.matched(path, is_directory) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => {}
        }
    }
    false
}
