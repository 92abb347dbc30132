//! From the texts of a configuration to folders.
//!
//! Alembic takes `script_location` and `version_locations` relative to where it is run, which no file says: they are
//! tried against the likely places, and the first that exists is taken. Nothing is imported: `package:dir` is
//! looked for as a folder.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::fs::{self, Kind};
use crate::snapshot::Snapshot;

/// The places that a relative path may be relative to, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bases {
    folders: Vec<PathBuf>,
    sys_path: Vec<PathBuf>,
}

impl Bases {
    /// `first` (the directory run from, where the configuration is named), the configuration's folder, then its parents
    /// up to the root.
    pub(super) fn new(first: Option<&Path>, folder: &Path, root: &Path) -> Self {
        let mut folders: Vec<PathBuf> = first.map(Path::to_path_buf).into_iter().collect();
        push_new(&mut folders, folder.to_path_buf());
        if folder.starts_with(root) {
            for parent in folder.ancestors().skip(1).take_while(|parent| parent.starts_with(root)) {
                push_new(&mut folders, parent.to_path_buf());
            }
        }
        Self { folders, sys_path: Vec::new() }
    }

    /// The same with the entries of `prepend_sys_path`.
    pub(super) fn with_sys_path(mut self, entries: &[String]) -> Self {
        for entry in entries {
            for folder in &self.folders {
                let path = tidy(&folder.join(entry));
                if !self.sys_path.contains(&path) {
                    self.sys_path.push(path);
                }
            }
        }
        self
    }

    /// The same with `folder` tried first: where `script_location` was found, the rest is likely too.
    pub(super) fn after(mut self, folder: Option<PathBuf>) -> Self {
        if let Some(folder) = folder {
            self.folders.retain(|known| *known != folder);
            self.folders.insert(0, folder);
        }
        self
    }

    /// Where the modules that scripts import are looked for: `prepend_sys_path`, the places, their `src`.
    pub(super) fn module_roots(&self) -> Vec<PathBuf> {
        let mut roots = self.sys_path.clone();
        for folder in &self.folders {
            push_new(&mut roots, folder.clone());
        }
        for folder in &self.folders {
            push_new(&mut roots, folder.join("src"));
        }
        roots
    }

    /// Everything that the text may mean, in the order of trust (Alembic 1.20.1, `coerce_resource_to_filename`).
    fn candidates(&self, written: &str) -> Vec<Located> {
        let plain = Path::new(written);
        if let Some(path) = self.in_unspeakable_folder(written) {
            return vec![(path, None)];
        }
        if plain.is_absolute() {
            return vec![(tidy(plain), None)];
        }
        let Some((package, rest)) = written.split_once(':') else {
            let place = |folder: &PathBuf| (tidy(&folder.join(written)), Some(folder.clone()));
            return self.folders.iter().map(place).collect();
        };
        let mut inside: PathBuf = package.split('.').collect();
        inside.extend(rest.split(':'));
        let mut candidates = Vec::new();
        for root in self.module_roots() {
            let base = self.folders.iter().find(|folder| **folder == root).cloned();
            candidates.push((tidy(&root.join(&inside)), base));
        }
        candidates
    }

    /// The path in a folder whose name is no UTF-8: `%(here)s` stands in the text with replacement characters.
    fn in_unspeakable_folder(&self, written: &str) -> Option<PathBuf> {
        let mut folders = self.folders.iter().filter(|folder| folder.to_str().is_none());
        folders.find_map(|folder| {
            let rest = written.strip_prefix(&*folder.to_string_lossy())?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
            Some(tidy(&folder.join(rest)))
        })
    }

    /// The first candidate that exists, and the place it is relative to; else everything that was tried.
    pub(super) fn find(&self, snapshot: &Snapshot, written: &str) -> Result<Located, Vec<PathBuf>> {
        choose(snapshot, self.candidates(written), &[&|path| snapshot.exists(path)])
    }

    /// The first candidate that looks like a script location, else the first that exists: `.` is there everywhere.
    pub(super) fn find_script_location(
        &self,
        snapshot: &Snapshot,
        written: &str,
    ) -> Result<Located, Vec<PathBuf>> {
        let looks_right = |path: &Path| is_script_location(snapshot, path);
        let exists = |path: &Path| snapshot.exists(path);
        choose(snapshot, self.candidates(written), &[&looks_right, &exists])
    }
}

/// A path, and the place it is relative to.
type Located = (PathBuf, Option<PathBuf>);

fn choose(
    snapshot: &Snapshot,
    candidates: Vec<Located>,
    wanted: &[&dyn Fn(&Path) -> bool],
) -> Result<Located, Vec<PathBuf>> {
    let first = |is_wanted: &&dyn Fn(&Path) -> bool| {
        candidates.iter().find(|(path, _)| is_wanted(path)).cloned()
    };
    match wanted.iter().find_map(first) {
        Some((path, base)) => Ok((without_detour(snapshot, path), base)),
        None => Err(candidates.into_iter().map(|(path, _)| path).collect()),
    }
}

/// What `alembic init` puts into a script location.
pub(super) fn is_script_location(snapshot: &Snapshot, path: &Path) -> bool {
    snapshot.is_file(&path.join("env.py"))
        || snapshot.is_directory(&path.join("versions"))
        || snapshot.is_file(&path.join("script.py.mako"))
}

/// The path without `..`, where no symbolic link makes that another place.
fn without_detour(snapshot: &Snapshot, path: PathBuf) -> PathBuf {
    let plain = fs::normalize(&path);
    let same =
        || matches!((snapshot.resolve(&path), snapshot.resolve(&plain)), (Ok(a), Ok(b)) if a == b);
    if plain != path && same() { plain } else { path }
}

fn push_new(folders: &mut Vec<PathBuf>, folder: PathBuf) {
    if !folders.contains(&folder) {
        folders.push(folder);
    }
}

/// The path without `.` and trailing slashes; `..` stays, since it may follow a symbolic link.
pub(super) fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

/// The folders that a pattern stands for, sorted; a path without wildcards stands for itself, there or not.
///
/// A `*` does not cross a slash, `**` stands for any number of folders. A pattern that is none matches nothing.
pub(super) fn expand(snapshot: &Snapshot, base: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![base.to_path_buf()];
    for part in pattern.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if !part.contains(['*', '?', '[', '{']) {
            for folder in &mut found {
                folder.push(part);
            }
        } else if part == "**" {
            found = found.iter().flat_map(|folder| below(snapshot, folder)).collect();
        } else {
            let glob = GlobBuilder::new(part).literal_separator(true).build();
            let Ok(matcher) = glob.map(|glob| glob.compile_matcher()) else { return Vec::new() };
            found = found.iter().flat_map(|folder| matching(snapshot, folder, &matcher)).collect();
        }
    }
    if pattern.contains(['*', '?', '[', '{']) {
        found.retain(|folder| snapshot.is_directory(folder));
        found.sort();
        found.dedup();
    }
    found
}

fn folders(snapshot: &Snapshot, folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = snapshot
        .list(folder)
        .unwrap_or_default()
        .into_iter()
        .filter(|entry| entry.kind == Kind::Directory && entry.name != "__pycache__")
        .map(|entry| folder.join(entry.name))
        .collect();
    names.sort();
    names
}

fn matching(snapshot: &Snapshot, folder: &Path, matcher: &GlobMatcher) -> Vec<PathBuf> {
    let is_match = |path: &PathBuf| path.file_name().is_some_and(|name| matcher.is_match(name));
    folders(snapshot, folder).into_iter().filter(is_match).collect()
}

/// A folder with everything below it; symbolic links are not followed, so this ends.
fn below(snapshot: &Snapshot, folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_path_buf()];
    let mut next = 0;
    while next < all.len() {
        let inside = folders(snapshot, &all[next]);
        all.extend(inside);
        next += 1;
    }
    all
}
