//! The modules of the repository that a script may import its values from.
//!
//! neutron writes `branch_labels = (cli.EXPAND_BRANCH,)`, and the constant stands in another file. Modules are
//! looked for as files, never imported, and what they import themselves is not followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::snapshot::Snapshot;

/// Where the source of an imported module is found.
pub trait Modules: Sync {
    /// The source of the module or package that `from` imports as `dotted`, with `level` dots before it;
    /// `None` when there is none here.
    fn source(&self, from: &Path, level: u32, dotted: &str) -> Option<Vec<u8>>;
}

/// No modules at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModules;

impl Modules for NoModules {
    fn source(&self, _: &Path, _: u32, _: &str) -> Option<Vec<u8>> {
        None
    }
}

/// The modules below a list of folders, the first that has one.
#[derive(Debug)]
pub struct FolderModules<'a> {
    snapshot: &'a Snapshot,
    roots: Vec<PathBuf>,
    seen: Mutex<BTreeMap<PathBuf, Option<Vec<u8>>>>,
}

impl<'a> FolderModules<'a> {
    /// The modules of a snapshot below `roots`, in that order.
    pub fn new(snapshot: &'a Snapshot, roots: Vec<PathBuf>) -> Self {
        Self { snapshot, roots, seen: Mutex::default() }
    }

    /// The module's file below `folder`: a package's `__init__.py` before `name.py`, as Python looks for them
    /// (CPython 3.11, `importlib._bootstrap_external.FileFinder.find_spec`).
    fn below(&self, folder: &Path, dotted: &str) -> Option<Vec<u8>> {
        let mut path = folder.to_path_buf();
        path.extend(dotted.split('.').filter(|part| !part.is_empty()));
        let package = self.read(path.join("__init__.py"));
        if package.is_some() || dotted.is_empty() {
            return package;
        }
        path.as_mut_os_string().push(".py");
        self.read(path)
    }

    fn read(&self, path: PathBuf) -> Option<Vec<u8>> {
        // A poisoned lock only means that another thread panicked; the map itself is whole after each insert.
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.entry(path).or_insert_with_key(|path| self.snapshot.read(path).ok()).clone()
    }
}

impl Modules for FolderModules<'_> {
    fn source(&self, from: &Path, level: u32, dotted: &str) -> Option<Vec<u8>> {
        if level == 0 {
            return self.roots.iter().find_map(|root| self.below(root, dotted));
        }
        let folder = from.ancestors().nth(level as usize)?;
        self.below(folder, dotted)
    }
}
