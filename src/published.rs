//! Which revisions are published: those in the migration folders of the baseline's tip, or of the commit where this
//! branch left it.
//!
//! Asks git as little as possible: a file that is the same here and there is published without being read again, and
//! only contents that differ are fetched and parsed, with a parser that the caller brings. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use crate::environment::{Environment, Root};
use crate::error::Error;
use crate::fs;
use crate::git::{Git, GitError, ObjectId, Relation, TreeFile};
use crate::revision::RevisionId;
use crate::script::Script;
use crate::snapshot::{FETCH_CONTENTS, Snapshot, Tree};

mod relation;
pub use relation::{Compared, commits};

mod scripts;

pub use scripts::{Altered, Content, Deleted, PublishedScripts, Version};

/// Which refs count as the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineChoice {
    /// Named by the user: each must be readable.
    Named {
        /// The refs.
        names: Vec<String>,
        /// The name of the configuration file that says so; `None` for an option.
        named_in: Option<String>,
    },
    /// The branch into which a pull request would be merged, as the remote has it.
    Target(String),
    /// The remote's default branch, else `main` or `master`.
    Default,
}

impl BaselineChoice {
    /// The error of a baseline called `name` that was named and cannot be read.
    fn unreadable(&self, name: &str, reason: String) -> Error {
        let named_in = match self {
            Self::Named { named_in, .. } => named_in.clone(),
            Self::Target(_) | Self::Default => None,
        };
        Error::Baseline { name: name.to_owned(), named_in, reason }
    }
}

/// The baseline, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// What is published.
    Read(Published),
    /// The default baseline cannot be read; the reason, for `not compared with a baseline: …`.
    Absent(String),
}

/// What is published, per environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The refs that were read, as short as git gives them, joined by `, `.
    pub name: String,
    environments: Vec<PublishedFiles>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PublishedFiles {
    /// Files of the working tree that are the same on the baseline's tip; resolved paths.
    same: BTreeSet<PathBuf>,
    /// What was read from what differs, by id.
    others: BTreeMap<RevisionId, Vec<PublishedFile>>,
}

/// A revision on the baseline whose file is not the same here.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PublishedFile {
    version: Version,
    /// Where the file would lie in the working tree.
    path: PathBuf,
    /// Whether it is on the tip of the baseline.
    at_tip: bool,
    /// Whether it is in the commit where this branch left the baseline.
    at_base: bool,
    /// Whether it lies in a folder that is no version location any more, or never was.
    elsewhere: bool,
    content: Arc<[u8]>,
}

/// Reads the script with these bytes.
pub type Parse<'a> = &'a dyn Fn(&Path, &[u8]) -> Script;

/// Reads what is published.
///
/// Fails where a named baseline cannot be read. A default one that cannot is [`Baseline::Absent`].
pub fn read(
    snapshot: &Snapshot,
    root: &Root,
    environments: &[Environment],
    choice: &BaselineChoice,
    parse: Parse<'_>,
) -> Result<Baseline, Error> {
    let git = root.git();
    let place = Place { snapshot, root, environments };
    let unreadable = |name: &str, reason: String| choice.unreadable(name, reason);
    match choice {
        BaselineChoice::Named { names, .. } => {
            let mut published = Published::empty(environments);
            for name in names {
                if !root.repository {
                    return Err(unreadable(name, "this is no git repository".into()));
                }
                let one = relation::named(&git, snapshot, name)
                    .and_then(|relation| published.add(&git, place, &relation, parse));
                one.map_err(|error| unreadable(name, error.0))?;
            }
            published.name = names.join(", ");
            Ok(Baseline::Read(published))
        }
        BaselineChoice::Target(_) | BaselineChoice::Default => {
            if !root.repository {
                return Ok(Baseline::Absent("this is no git repository".into()));
            }
            let mut published = Published::empty(environments);
            let relation = match choice {
                BaselineChoice::Target(branch) => relation::target(&git, snapshot, branch),
                _ => relation::default(&git, snapshot),
            };
            let read = relation.and_then(|(relation, name)| {
                published.name = name;
                published.add(&git, place, &relation, parse)
            });
            Ok(match read {
                Ok(()) => Baseline::Read(published),
                Err(error) => Baseline::Absent(error.0),
            })
        }
    }
}

/// What is compared with the baseline.
#[derive(Clone, Copy)]
struct Place<'a> {
    snapshot: &'a Snapshot,
    root: &'a Root,
    environments: &'a [Environment],
}

/// One migration folder, as git names it and as the working tree does.
struct Folder {
    environment: usize,
    /// Relative to the top folder.
    inside: PathBuf,
    /// Resolved, where it is there.
    resolved: PathBuf,
    recursive: bool,
}

impl Folder {
    /// Where a file that git names so lies in the working tree.
    fn path_of(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.inside).ok().map(|rest| self.resolved.join(rest))
    }

    fn holds(&self, path: &Path) -> bool {
        if self.recursive {
            path.starts_with(&self.inside)
        } else {
            path.parent() == Some(&self.inside)
        }
    }
}

impl Published {
    fn empty(environments: &[Environment]) -> Self {
        Self {
            name: String::new(),
            environments: vec![PublishedFiles::default(); environments.len()],
        }
    }

    /// Adds what the tip and the merge bases hold.
    fn add(
        &mut self,
        git: &Git,
        place: Place<'_>,
        relation: &Relation,
        parse: Parse<'_>,
    ) -> Result<(), GitError> {
        let snapshot = place.snapshot;
        let folders = migration_folders(place);
        if folders.is_empty() {
            return Ok(());
        }
        let paths: BTreeSet<&Path> = folders.iter().map(|folder| folder.inside.as_path()).collect();
        let paths: Vec<&Path> = paths.into_iter().collect();
        let older: Vec<&ObjectId> =
            relation.merge_bases.iter().filter(|base| **base != relation.tip).collect();
        let (tip, changed, bases) = std::thread::scope(|scope| {
            let tip = scope.spawn(|| git.files(&relation.tip, &paths));
            let bases: Vec<_> =
                older.iter().map(|base| scope.spawn(|| git.files(base, &paths))).collect();
            let changed = match snapshot.tree() {
                None => git.changed_since(&relation.tip, &paths),
                Some(_) => Ok(Vec::new()),
            };
            let bases: Vec<_> = bases.into_iter().map(joined).collect();
            (joined(tip), changed, bases)
        });
        let (tip, changed) = (tip?, changed?);
        let changed: BTreeSet<PathBuf> = match snapshot.tree() {
            None => changed.into_iter().collect(),
            Some(tree) => differing(tree, &place.root.path, &tip),
        };
        let bases: Vec<Vec<TreeFile>> = bases.into_iter().collect::<Result<_, _>>()?;
        let mut at_base: BTreeSet<(usize, ObjectId)> = BTreeSet::new();
        for (file, folder) in bases.iter().flat_map(|base| in_folders(base, &folders)) {
            at_base.insert((folder.environment, file.object.clone()));
        }
        let is_base = older.len() < relation.merge_bases.len();
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut known: BTreeSet<(usize, ObjectId)> = BTreeSet::new();
        for (file, folder) in in_folders(&tip, &folders) {
            let key = (folder.environment, file.object.clone());
            let at_base = is_base || at_base.contains(&key);
            known.insert(key);
            if file.link {
                // What a published link leads to is published, wherever it lies.
                let target =
                    folder.path_of(&file.path).and_then(|link| snapshot.resolve(&link).ok());
                self.environments[folder.environment].same.extend(target);
            } else if changed.contains(&file.path) {
                wanted.extend(Wanted::new(file, folder, true, at_base));
            } else if let Some(path) = folder.path_of(&file.path) {
                self.environments[folder.environment].same.insert(path);
            }
        }
        for (file, folder) in bases.iter().flat_map(|base| in_folders(base, &folders)) {
            if known.insert((folder.environment, file.object.clone())) {
                wanted.extend(Wanted::new(file, folder, false, true));
            }
        }
        for folder in &folders {
            let is_there = |file: &TreeFile| folder.holds(&file.path);
            if !tip.iter().any(is_there) && !bases.iter().flatten().any(is_there) {
                wanted.extend(moved_files(git, snapshot, &relation.tip, folder, &folders)?);
            }
        }
        self.add_contents(git, wanted, parse)
    }

    /// Fetches and parses what differs.
    fn add_contents(
        &mut self,
        git: &Git,
        wanted: Vec<Wanted>,
        parse: Parse<'_>,
    ) -> Result<(), GitError> {
        let objects: BTreeSet<ObjectId> = wanted.iter().map(|one| one.object.clone()).collect();
        let objects: Vec<ObjectId> = objects.into_iter().collect();
        let contents = git.contents(&objects)?;
        if contents.len() < objects.len() {
            return Err(GitError(format!(
                "this partial clone lacks some of its files ({FETCH_CONTENTS} brings them)"
            )));
        }
        let contents: BTreeMap<ObjectId, Arc<[u8]>> =
            contents.into_iter().map(|(object, bytes)| (object, bytes.into())).collect();
        let mut parsed: BTreeMap<ObjectId, Option<Version>> = BTreeMap::new();
        for Wanted { environment, path, at_tip, at_base, elsewhere, object } in wanted {
            let Some(content) = contents.get(&object).cloned() else { continue };
            let version = parsed.entry(object);
            let version = version.or_insert_with(|| Version::of(parse(&path, &content)));
            if let Some(version) = version.clone() {
                let known =
                    self.environments[environment].others.entry(version.revision.id.clone());
                let file = PublishedFile { version, path, at_tip, at_base, elsewhere, content };
                known.or_default().push(file);
            }
        }
        // A revision that was edited on the baseline is there twice; it was there when this branch left all the same.
        for files in self.environments.iter_mut().flat_map(|one| one.others.values_mut()) {
            let at_base = files.iter().any(|file| file.at_base);
            for file in files.iter_mut() {
                file.at_base = at_base;
            }
        }
        Ok(())
    }
}

/// A file of the baseline that has to be read.
struct Wanted {
    environment: usize,
    path: PathBuf,
    at_tip: bool,
    at_base: bool,
    elsewhere: bool,
    object: ObjectId,
}

impl Wanted {
    /// `None` for a link, whose content is a path.
    fn new(file: &TreeFile, folder: &Folder, at_tip: bool, at_base: bool) -> Option<Self> {
        let path = folder.path_of(&file.path).filter(|_| !file.link)?;
        let (environment, object) = (folder.environment, file.object.clone());
        Some(Self { environment, path, at_tip, at_base, elsewhere: false, object })
    }
}

/// For a folder of which the baseline knows nothing: files of the same names anywhere on its tip, since the folder may
/// have been moved, and what is published stays so.
fn moved_files(
    git: &Git,
    snapshot: &Snapshot,
    tip: &ObjectId,
    folder: &Folder,
    folders: &[Folder],
) -> Result<Vec<Wanted>, GitError> {
    let names: BTreeSet<OsString> = match snapshot.list(&folder.resolved) {
        Ok(entries) => entries.into_iter().map(|entry| entry.name).collect(),
        Err(_) => return Ok(Vec::new()),
    };
    let is_ours = |file: &&TreeFile| {
        let name = file.path.file_name().filter(|name| crate::snapshot::is_source_name(name));
        let is_known = folders.iter().any(|folder| folder.holds(&file.path));
        !file.link && !is_known && name.is_some_and(|name| names.contains(name))
    };
    let wanted = git.files(tip, &[])?;
    let wanted = wanted.iter().filter(is_ours).map(|file| Wanted {
        environment: folder.environment,
        path: folder.resolved.join(file.path.file_name().unwrap_or_default()),
        at_tip: true,
        at_base: true,
        elsewhere: true,
        object: file.object.clone(),
    });
    Ok(wanted.collect())
}

/// The paths of those files that a tree does not have just so.
fn differing(tree: &Tree, top: &Path, files: &[TreeFile]) -> BTreeSet<PathBuf> {
    let is_same = |file: &&TreeFile| tree.object(&top.join(&file.path)) == Some(&file.object);
    files.iter().filter(|file| !is_same(file)).map(|file| file.path.clone()).collect()
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T, GitError>>) -> Result<T, GitError> {
    thread.join().unwrap_or_else(|_| Err(GitError("reading from git was interrupted".into())))
}

/// The folders of the version locations that lie inside the repository, as git names them.
fn migration_folders(place: Place<'_>) -> Vec<Folder> {
    let Place { snapshot, root, environments } = place;
    let top = snapshot.settled(&root.path);
    let mut folders = Vec::new();
    for (index, environment) in environments.iter().enumerate() {
        for location in &environment.version_locations {
            let path = fs::normalize(&location.path);
            let resolved = snapshot.settled(&path);
            if let Ok(inside) = resolved.strip_prefix(&top) {
                folders.push(Folder {
                    environment: index,
                    inside: inside.to_path_buf(),
                    recursive: environment.recursive,
                    resolved,
                });
            }
        }
    }
    folders
}

/// The migration files, each with the folder that holds it; of two environments that share a folder, one each.
fn in_folders<'a>(
    files: &'a [TreeFile],
    folders: &'a [Folder],
) -> impl Iterator<Item = (&'a TreeFile, &'a Folder)> {
    files
        .iter()
        .filter(|file| file.path.file_name().is_some_and(crate::snapshot::is_source_name))
        .flat_map(move |file| {
            let holds = move |folder: &&Folder| folder.holds(&file.path);
            folders.iter().filter(holds).map(move |folder| (file, folder))
        })
}
