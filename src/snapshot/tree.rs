//! A tree of git's, read as if it lay in the working tree.
//!
//! Paths are absolute, as they would be if the files were checked out; what lies outside of the repository is not there.
//! Symbolic links are followed inside of the tree. A folder costs a search in the sorted paths, and a file is read from
//! git with all others of its kind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::listing::is_source_name;
use super::{Objects, Source};
use crate::fs::{self, DirectoryEntry, Kind, ReadError};
use crate::git::{
    Files, Git, GitError, ObjectId, Scratch, TreeFile, Unmerged, path_from_bytes, tree_path,
};
use crate::shell::word;

/// What there is of a file with a conflict that is not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What git makes of both sides, with markers where they disagree; nothing in an index.
    pub merged: Option<ObjectId>,
    /// Our side; `None` where we have no such file.
    pub ours: Option<ObjectId>,
    /// Their side; `None` where they have none.
    pub theirs: Option<ObjectId>,
    /// Whether there is a symbolic link among them, so that no content is that of a script.
    pub link: bool,
}

/// The files of a tree.
#[derive(Clone, Debug)]
pub struct Tree {
    top: PathBuf,
    source: Source,
    /// For an index found out only when somebody asks.
    commits: OnceLock<Vec<ObjectId>>,
    /// By the bytes of their paths, so that what lies below a folder stands together.
    files: Vec<File>,
    conflicts: BTreeMap<Vec<u8>, Conflict>,
    has_links: bool,
    objects: Arc<Objects>,
}

#[derive(Clone, Debug)]
struct File {
    /// Relative to the top, with `/`.
    path: Vec<u8>,
    object: ObjectId,
    link: bool,
}

/// What stands at a path.
enum Node<'a> {
    File(&'a File),
    Folder,
}

/// The configurations that are looked for everywhere.
const CONFIGURATIONS: [&str; 4] = ["alembic.ini", "pyproject.toml", "onehead.toml", ".gitignore"];

/// Linux gives up after forty links as well.
const LINKS: usize = 40;

impl Tree {
    /// The index. `commits` are those that the next commit has for parents; where they are not told, git is asked once
    /// somebody wants to know. Fails where git does.
    pub fn index(
        objects: &Arc<Objects>,
        top: &Path,
        commits: Option<Vec<ObjectId>>,
    ) -> Result<Self, GitError> {
        let matters = |path: &Path| path.file_name().is_some_and(is_of_interest);
        let files = objects.git().staged(&matters)?;
        Self::new(objects, top, Source::Index, commits, files)
    }

    /// A commit, asked for by this name. Fails where git does.
    pub fn commit(
        objects: &Arc<Objects>,
        top: &Path,
        name: &str,
        commit: ObjectId,
    ) -> Result<Self, GitError> {
        let files = Files { files: objects.git().files(&commit, &[])?, ..Files::default() };
        Self::new(objects, top, Source::Commit(name.to_owned()), Some(vec![commit]), files)
    }

    /// The merge of two commits, ours first, the other asked for by this name. `scratch` is needed only while this
    /// computes. Fails where git does, where git is older than 2.38, and for histories that have nothing in common.
    pub fn merge(
        objects: &Arc<Objects>,
        top: &Path,
        name: &str,
        [ours, theirs]: [ObjectId; 2],
        scratch: &Scratch<'_>,
    ) -> Result<Self, GitError> {
        let (aside, files) = objects.git().merge(&ours, &theirs, scratch)?;
        // Contents that only the merge has are gone with the folder they were written into.
        let made: Vec<ObjectId> = written(scratch.folder)
            .into_iter()
            .filter(|object| files.files.iter().any(|file| file.object == *object))
            .collect();
        objects.adopt(aside.contents(&made)?);
        let source = Source::Merge(name.to_owned());
        Self::new(objects, top, source, Some(vec![ours, theirs]), files)
    }

    fn new(
        objects: &Arc<Objects>,
        top: &Path,
        source: Source,
        commits: Option<Vec<ObjectId>>,
        found: Files,
    ) -> Result<Self, GitError> {
        let mut conflicts = BTreeMap::new();
        let mut files: Vec<File> = found.files.into_iter().map(File::from).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut added = Vec::new();
        for (path, Unmerged { ours, theirs, mut link }) in found.unmerged {
            let path = tree_path(&path);
            let at = files.binary_search_by(|file| file.path.cmp(&path)).ok();
            let merged = at.and_then(|at| files.get_mut(at));
            let merged = merged.map(|file| {
                // Where a link leads that may not stay one, nobody knows.
                link |= std::mem::take(&mut file.link);
                file.object.clone()
            });
            let Some(object) = merged.clone().or_else(|| ours.clone()).or_else(|| theirs.clone())
            else {
                continue;
            };
            if merged.is_none() {
                // After a merge that git has computed, what is not there is nowhere.
                if matches!(source, Source::Merge(_)) {
                    continue;
                }
                added.push(File { path: path.clone(), object, link: false });
            }
            conflicts.insert(path, Conflict { merged, ours, theirs, link });
        }
        if !added.is_empty() {
            files.append(&mut added);
            files.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let has_links = files.iter().any(|file| file.link);
        let (top, objects) = (top.to_path_buf(), Arc::clone(objects));
        let commits = commits.map_or_else(OnceLock::new, OnceLock::from);
        let tree = Self { top, source, commits, files, conflicts, has_links, objects };
        tree.objects.fetch(
            tree.files.iter().filter(|file| file.is_configuration()).map(|file| &file.object),
        )?;
        Ok(tree)
    }

    /// What it was made of.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The commits that it stems from.
    pub fn commits(&self) -> &[ObjectId] {
        self.commits.get_or_init(|| origins(self.objects.git()))
    }

    /// Whether a path leads out of the repository, by itself or by a link.
    pub fn is_outside(&self, path: &Path) -> bool {
        self.follow(path, true) == Err(Astray::Outside)
    }

    /// Where its contents come from.
    pub fn objects(&self) -> &Arc<Objects> {
        &self.objects
    }

    /// Reads many files at once, so that asking for each costs nothing any more. Fails where git does.
    pub fn prefetch<'a>(&self, paths: impl Iterator<Item = &'a Path>) -> Result<(), GitError> {
        let mut wanted: Vec<&ObjectId> = Vec::new();
        for path in paths {
            if let Some(conflict) = self.conflict(path) {
                wanted.extend(
                    [&conflict.merged, &conflict.ours, &conflict.theirs].into_iter().flatten(),
                );
            }
            wanted.extend(self.object(path));
        }
        self.objects.fetch(wanted)
    }

    /// The object of the file at a path that is resolved; `None` where there is no file, or a conflict.
    pub fn object(&self, path: &Path) -> Option<&ObjectId> {
        let key = self.key(path)?;
        if self.conflicts.contains_key(&key) {
            return None;
        }
        match self.node(&key)? {
            Node::File(file) if !file.link => Some(&file.object),
            Node::File(_) | Node::Folder => None,
        }
    }

    /// The conflict at a path that is resolved.
    pub fn conflict(&self, path: &Path) -> Option<&Conflict> {
        if self.conflicts.is_empty() { None } else { self.conflicts.get(&self.key(path)?) }
    }

    /// What stands for a file in a conflict: what git has merged, else ours, else theirs; `None` for any other.
    pub fn merged(&self, path: &Path) -> Option<Vec<u8>> {
        let Conflict { merged, ours, theirs, .. } = self.conflict(path)?;
        let object = merged.as_ref().or(ours.as_ref()).or(theirs.as_ref())?;
        self.objects.content(object).ok().flatten().map(|content| content.to_vec())
    }

    /// See [`super::Snapshot::read`].
    pub(super) fn read(&self, path: &Path) -> Result<Arc<[u8]>, ReadError> {
        let failed =
            |reason: String| ReadError { path: path.to_path_buf(), reason, missing: false };
        let resolved = self.resolve(path)?;
        if let Some(conflict) = self.conflict(&resolved) {
            return self.agreed(&resolved, conflict).ok_or_else(|| failed(self.in_conflict()));
        }
        let Some(object) = self.object(&resolved) else {
            return Err(failed("is a directory".into()));
        };
        match self.objects.content(object) {
            Ok(Some(content)) => Ok(content),
            Ok(None) => Err(failed(MISSING_CONTENT.into())),
            Err(error) => Err(failed(error.0)),
        }
    }

    /// A `pyproject.toml` of which both sides say the same as far as it matters here: its version and its dependencies are
    /// in many a conflict.
    fn agreed(&self, path: &Path, conflict: &Conflict) -> Option<Arc<[u8]>> {
        let name = path.file_name().filter(|name| *name == "pyproject.toml");
        let side =
            |object: &Option<ObjectId>| self.objects.content(object.as_ref()?).ok().flatten();
        let (ours, theirs) = (side(&conflict.ours)?, side(&conflict.theirs)?);
        let tables = ["alembic", "onehead"];
        (name.is_some() && crate::config::agree(&ours, &theirs, &tables)).then_some(ours)
    }

    /// A configuration with a conflict that is not resolved, relative to the top; `None` where there is none.
    pub fn configuration_in_conflict(&self) -> Option<PathBuf> {
        let mut paths = self.conflicts.keys().map(|path| path_from_bytes(path));
        paths.find(|path| {
            path.file_name().is_some_and(|name| CONFIGURATIONS.iter().any(|known| name == *known))
        })
    }

    /// See [`super::Snapshot::list`].
    pub(super) fn list(&self, path: &Path) -> Result<Vec<DirectoryEntry>, ReadError> {
        let mut prefix = self.follow(path, true).map_err(|_| self.missing(path))?;
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let mut at = self.files.partition_point(|file| file.path < prefix);
        let mut entries = Vec::new();
        while let Some(file) = self.files.get(at) {
            let Some(rest) = file.path.strip_prefix(prefix.as_slice()) else { break };
            let name = |bytes: &[u8]| path_from_bytes(bytes).into_os_string();
            if let Some(slash) = memchr::memchr(b'/', rest) {
                entries.push(DirectoryEntry { name: name(&rest[..slash]), kind: Kind::Directory });
                let mut end = prefix.clone();
                end.extend_from_slice(&rest[..slash]);
                end.push(b'/' + 1);
                at += self.files[at..].partition_point(|file| file.path < end);
            } else {
                let kind = if file.link { Kind::Link } else { Kind::File };
                entries.push(DirectoryEntry { name: name(rest), kind });
                at += 1;
            }
        }
        if entries.is_empty() && !prefix.is_empty() { Err(self.missing(path)) } else { Ok(entries) }
    }

    /// See [`super::Snapshot::kind`].
    pub(super) fn kind(&self, path: &Path) -> Option<Kind> {
        match self.node(&self.follow(path, true).ok()?)? {
            Node::Folder => Some(Kind::Directory),
            Node::File(_) => Some(Kind::File),
        }
    }

    /// See [`super::Snapshot::resolve`].
    pub(super) fn resolve(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let key = self.follow(path, true).ok().filter(|key| self.node(key).is_some());
        key.map(|key| self.path(&key)).ok_or_else(|| self.missing(path))
    }

    /// See [`super::Snapshot::link_target`].
    pub(super) fn link_target(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let key = self.follow(path, false).map_err(|_| self.missing(path))?;
        let Some(Node::File(file)) = self.node(&key).filter(Node::is_link) else {
            let reason = "it is no symbolic link".to_owned();
            return Err(ReadError { path: path.to_path_buf(), reason, missing: false });
        };
        self.target(file).ok_or_else(|| self.missing(path))
    }

    fn missing(&self, path: &Path) -> ReadError {
        let reason = format!("it is not in {}", self.source);
        ReadError { path: path.to_path_buf(), reason, missing: true }
    }

    /// Why what is in a conflict cannot be read.
    pub(super) fn in_conflict(&self) -> String {
        match &self.source {
            Source::Index | Source::Commit(_) => {
                "it is in a merge conflict that is not resolved".to_owned()
            }
            Source::Merge(name) => format!("a merge with `{name}` has a conflict in it"),
        }
    }

    /// What to do about a file that cannot be read, which is called `shown`.
    pub(super) fn remedy(&self, error: &ReadError, shown: &str) -> Option<String> {
        if self.resolve(&error.path).is_ok_and(|path| self.conflict(&path).is_some()) {
            return Some(match &self.source {
                Source::Merge(name) => {
                    format!("merge, and resolve it there:   git merge --no-commit {}", word(name))
                }
                _ => format!("resolve it in the working tree, then:   git add {}", word(shown)),
            });
        }
        if error.reason == MISSING_CONTENT {
            return Some(format!("bring it here:   {FETCH_CONTENTS}"));
        }
        let is_staged = error.missing && self.source == Source::Index;
        is_staged.then(|| format!("if it is to be committed too:   git add {}", word(shown)))
    }

    fn target(&self, link: &File) -> Option<PathBuf> {
        self.objects.content(&link.object).ok().flatten().map(|content| path_from_bytes(&content))
    }

    fn node(&self, key: &[u8]) -> Option<Node<'_>> {
        if key.is_empty() {
            return Some(Node::Folder);
        }
        let at = self.files.partition_point(|file| file.path.as_slice() < key);
        if let Some(file) = self.files.get(at).filter(|file| file.path == key) {
            return Some(Node::File(file));
        }
        // Names such as `a-b` sort between `a` and `a/`.
        let mut inside = key.to_vec();
        inside.push(b'/');
        let at = self.files.partition_point(|file| file.path < inside);
        self.files.get(at).filter(|file| file.path.starts_with(&inside)).map(|_| Node::Folder)
    }

    fn path(&self, key: &[u8]) -> PathBuf {
        if key.is_empty() { self.top.clone() } else { self.top.join(path_from_bytes(key)) }
    }

    /// A path without dots, relative to the top with `/`; `None` for one outside.
    fn key(&self, path: &Path) -> Option<Vec<u8>> {
        path.strip_prefix(&self.top).ok().map(tree_path)
    }

    /// Where a path leads: links in its folders followed, and the last one too where `last` says so.
    fn follow(&self, path: &Path, last: bool) -> Result<Vec<u8>, Astray> {
        let inside = self.inside(path).ok_or(Astray::Outside)?;
        let mut rest: Vec<PathBuf> = components(&inside);
        let mut key: Vec<u8> = Vec::new();
        let mut links = 0;
        while let Some(next) = rest.pop() {
            if next.as_os_str() == ".." {
                if key.is_empty() {
                    return Err(Astray::Outside);
                }
                key.truncate(memchr::memrchr(b'/', &key).unwrap_or(0));
                continue;
            }
            let before = key.len();
            if !key.is_empty() {
                key.push(b'/');
            }
            key.extend_from_slice(next.as_os_str().as_encoded_bytes());
            if !self.has_links || (rest.is_empty() && !last) {
                continue;
            }
            if let Some(Node::File(file)) = self.node(&key).filter(Node::is_link) {
                links += 1;
                let target = self.target(file).filter(|_| links <= LINKS).ok_or(Astray::Circle)?;
                key.truncate(before);
                let target = if target.has_root() {
                    key.clear();
                    self.inside(&target).ok_or(Astray::Outside)?
                } else {
                    target
                };
                rest.extend(components(&target));
            }
        }
        Ok(key)
    }

    /// A path relative to the top; `None` for one outside. On the way to the repository itself there may be links, which
    /// are the file system's.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        if let Ok(inside) = path.strip_prefix(&self.top) {
            return Some(inside.to_path_buf());
        }
        let path = fs::normalize(path);
        if let Ok(inside) = path.strip_prefix(&self.top) {
            return Some(inside.to_path_buf());
        }
        // Folders of the repository are those of the tree: only what leads to its top is looked at.
        let is_top = |folder: &&Path| fs::resolve(folder).is_ok_and(|folder| folder == self.top);
        let top = path.ancestors().find(is_top)?;
        path.strip_prefix(top).ok().map(Path::to_path_buf)
    }
}

/// What the next commit has for parents: `HEAD`, and during a merge what is merged into it.
fn origins(git: &Git) -> Vec<ObjectId> {
    let mut commits: Vec<ObjectId> = git.commit("HEAD").into_iter().collect();
    if !commits.is_empty() {
        commits.extend(git.merge_heads());
    }
    commits
}

/// Why a path leads nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Astray {
    /// Out of the repository.
    Outside,
    /// In a circle, or to a link that cannot be read.
    Circle,
}

/// Why a file of a partial clone cannot be read.
const MISSING_CONTENT: &str = "this partial clone does not have its content";

/// The command that brings all contents into a partial clone.
pub(crate) const FETCH_CONTENTS: &str = "git fetch --refetch --no-filter";

impl Node<'_> {
    fn is_link(&self) -> bool {
        matches!(self, Self::File(file) if file.link)
    }
}

impl File {
    fn is_configuration(&self) -> bool {
        let name = self.path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        CONFIGURATIONS.iter().any(|known| known.as_bytes() == name)
    }
}

impl From<TreeFile> for File {
    fn from(file: TreeFile) -> Self {
        Self { path: tree_path(&file.path), object: file.object, link: file.link }
    }
}

/// The objects in a folder of loose ones: `ab/cdef…`.
fn written(folder: &Path) -> Vec<ObjectId> {
    let entries = |folder: &Path| fs::list(folder).unwrap_or_default();
    let mut objects = Vec::new();
    for first in entries(folder) {
        for rest in entries(&folder.join(&first.name)) {
            let name = [first.name.as_encoded_bytes(), rest.name.as_encoded_bytes()].concat();
            objects.extend(ObjectId::parse(&name));
        }
    }
    objects
}

fn is_of_interest(name: &OsStr) -> bool {
    is_source_name(name) || CONFIGURATIONS.iter().any(|known| name == *known)
}

/// The parts of a path, the last one first.
fn components(path: &Path) -> Vec<PathBuf> {
    let parts = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let mut parts: Vec<PathBuf> = parts.map(|part| PathBuf::from(part.as_os_str())).collect();
    parts.reverse();
    parts
}
