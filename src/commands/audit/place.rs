//! One environment, as it is after a commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::audit::{Delta, Tally, View};
use crate::environment::{Environment, ExpectedHeads};
use crate::git::ObjectId;
use crate::graph::RevisionGraph;
use crate::script::{self, Depth, FolderModules, Problem, Script};
use crate::snapshot::{Objects, Snapshot, is_source_name};

/// What is known of it.
pub(super) struct Place {
    pub(super) environment: Environment,
    /// Its version locations, relative to the top folder.
    pub(super) folders: Vec<PathBuf>,
    /// By path.
    pub(super) scripts: Vec<Script>,
    pub(super) tally: Tally,
    /// Where it is told about.
    pub(super) trail: usize,
}

impl Place {
    /// Whether a file, relative to the top folder, is one of its scripts.
    pub(super) fn has(&self, path: &Path) -> bool {
        let Some(folder) = path.parent().filter(|_| is_script(path)) else { return false };
        let is_in = |location: &PathBuf| {
            folder == location || self.environment.recursive && folder.starts_with(location)
        };
        self.folders.iter().any(is_in)
    }

    /// Puts a script in the place of the one at this path, or takes that away; the one that was there.
    pub(super) fn put(&mut self, path: &Path, script: Option<Script>) -> Option<Script> {
        let found = self.scripts.binary_search_by(|known| known.path.as_path().cmp(path));
        match (found, script) {
            (Ok(at), Some(script)) => Some(std::mem::replace(&mut self.scripts[at], script)),
            (Ok(at), None) => Some(self.scripts.remove(at)),
            (Err(at), Some(script)) => {
                self.scripts.insert(at, script);
                None
            }
            (Err(_), None) => None,
        }
    }

    /// The ids that a commit took from a file and that another one still defines.
    pub(super) fn still(&self, delta: &Delta) -> BTreeSet<String> {
        let ids = delta.gone.iter().map(|gone| gone.id.as_str());
        let lost: BTreeSet<&str> =
            ids.filter(|id| delta.came.iter().all(|came| came.id != **id)).collect();
        if lost.is_empty() {
            return BTreeSet::new();
        }
        let here = self.scripts.iter().filter_map(Script::id);
        here.filter(|id| lost.contains(id.as_str())).map(ToString::to_string).collect()
    }

    /// What it is now. `came` are the scripts that are new, where that is all that changed: then counting does, unless
    /// there is something to see.
    pub(super) fn view(&mut self, came: Option<&Vec<Script>>) -> View {
        let expected = &self.environment.expected_heads;
        if let (Some(came), ExpectedHeads::Total(expected)) = (came, expected) {
            let came: Vec<&Script> = came.iter().collect();
            if self.tally.add(&came).is_some_and(|heads| heads <= *expected) {
                return View::default();
            }
        }
        let view = View::of(&self.environment, &self.scripts, &RevisionGraph::build(&self.scripts));
        self.tally = Tally::of(&self.scripts, &view);
        view
    }

    /// Whether these scripts are, for more than half of the smaller history, its own.
    pub(super) fn is_mostly(&self, scripts: &[Script]) -> bool {
        let (own, others) = (ids(&self.scripts), ids(scripts));
        let common = own.intersection(&others).count();
        common > 0 && common * 2 > own.len().min(others.len())
    }
}

fn ids(scripts: &[Script]) -> BTreeSet<&str> {
    scripts.iter().filter_map(Script::id).map(crate::revision::RevisionId::as_str).collect()
}

/// Whether a file has the name of a script.
pub(super) fn is_script(path: &Path) -> bool {
    path.file_name().is_some_and(is_source_name)
}

/// The script in an object; what it imports is looked up in `snapshot`.
pub(super) fn parse(
    objects: &Objects,
    snapshot: &Snapshot,
    roots: Vec<PathBuf>,
    path: &Path,
    object: &ObjectId,
) -> Script {
    let broken = |problem: Problem| {
        let mut script = Script::unread(path.to_owned());
        script.problems.push(problem);
        script
    };
    let content = match objects.content(object) {
        Ok(Some(content)) => content,
        Ok(None) => return broken(Problem::NoContent),
        Err(error) => return broken(Problem::Unreadable(error.0.as_str().into())),
    };
    if content.len() > script::MAX_BYTES {
        return broken(Problem::TooLarge(content.len() as u64));
    }
    let modules = FolderModules::new(snapshot, roots);
    script::parse(path.to_owned(), &content, Depth::Names, &modules)
}
