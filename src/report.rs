//! The result of a check, and one pure writer per format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// What `check` found out about one environment.
#[derive(Clone, Debug)]
pub struct EnvironmentReport {
    /// The facts that every JSON document gives.
    pub facts: EnvironmentFacts,
    /// The findings, sorted.
    pub findings: Vec<Diagnostic>,
    /// Whether an integrity finding was silenced, so that other answers are not certain.
    pub uncertain: bool,
}

/// An environment as the JSON documents give it. Paths are absolute here.
#[derive(Clone, Debug)]
pub struct EnvironmentFacts {
    /// See [`crate::environment::Environment::name`].
    pub name: String,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The ini section.
    pub section: String,
    /// The script location.
    pub script_location: PathBuf,
    /// The version locations.
    pub version_locations: Vec<PathBuf>,
    /// How many revisions were read, duplicates counted once.
    pub revision_count: usize,
    /// Ids of the heads.
    pub heads: Vec<String>,
    /// Ids of the upgrade heads; `None` when a `depends_on` is not known.
    pub upgrade_heads: Option<Vec<String>>,
    /// Ids of the bases.
    pub bases: Vec<String>,
    /// Ids of the branch points.
    pub branch_points: Vec<String>,
    /// Ids of the merge points.
    pub merge_points: Vec<String>,
}

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// One per environment, in the order found.
    pub environments: Vec<EnvironmentReport>,
    /// Which files were judged: `worktree`, `index`, a ref, or `merge:<ref>`.
    pub snapshot: String,
    /// The ref that counted as published, if one was read.
    pub baseline: Option<String>,
    /// How many findings were repaired.
    pub fixed: usize,
}

/// How paths are shown and where texts come from. Built by the command, so that the writers stay pure.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The repository root, or the directory run from where there is no git: machine formats show paths relative to it.
    pub root: PathBuf,
    /// The directory run from: text formats show paths relative to it.
    pub directory: PathBuf,
    /// The texts of the files that findings name, decoded; a file that could not be read is absent.
    pub texts: BTreeMap<PathBuf, Arc<str>>,
}

impl Sources {
    /// `path` relative to the root, with `/`; as it is when it lies outside.
    pub fn from_root(&self, path: &Path) -> String {
        relative(path, &self.root)
    }

    /// `path` relative to the directory run from, with `/` and `..` where needed inside the root.
    pub fn from_directory(&self, path: &Path) -> String {
        relative(path, &self.directory)
    }
}

fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
