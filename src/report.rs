//! The result of a check, and one pure writer per format.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::Environment;
use crate::fix::Change;
use crate::fs;
use crate::graph::{Node, RevisionGraph};
use crate::script::{Name, Problem, Script, Span};

pub mod audit;
pub mod concise;
pub mod github;
pub mod gitlab;
mod item;
pub mod job_summary;
pub mod forecast;
pub mod json;
pub mod junit;
pub mod lost;
pub mod markdown;
pub mod place;
pub mod rdjson;
pub mod sanitize;
pub mod sarif;
pub mod text;

#[cfg(test)]
pub(crate) mod testing;

pub use place::{Position, SourceText};

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

impl EnvironmentFacts {
    /// The facts about `environment` and its history.
    pub fn of(environment: &Environment, scripts: &[Script], graph: &RevisionGraph<'_>) -> Self {
        // Alembic lists an id that several files define several times.
        let ids = |nodes: &[Node]| {
            let mut seen = BTreeSet::new();
            let ids = nodes.iter().map(|&node| graph.id(node).as_str());
            ids.filter(|id| seen.insert(*id)).map(str::to_owned).collect()
        };
        let points = |wanted: &dyn Fn(Node) -> bool| {
            graph
                .nodes()
                .filter(|&node| wanted(node))
                .map(|node| graph.id(node).to_string())
                .collect()
        };
        let is_unknown =
            |problem: &Problem| matches!(problem, Problem::Unknown { name: Name::DependsOn, .. });
        let unknown = scripts.iter().flat_map(|script| &script.problems).any(is_unknown);
        let locations = environment.version_locations.iter();
        Self {
            name: environment.name.clone(),
            config: environment.config.clone(),
            section: environment.section.clone(),
            script_location: environment.script_location.clone(),
            version_locations: locations.map(|location| location.path.clone()).collect(),
            revision_count: graph.nodes().len(),
            heads: ids(graph.heads()),
            upgrade_heads: (!unknown).then(|| ids(graph.upgrade_heads())),
            bases: ids(graph.bases()),
            branch_points: points(&|node| graph.is_branch_point(node)),
            merge_points: points(&|node| graph.is_merge_point(node)),
        }
    }
}

/// A revision as the JSON of `history` and `show` gives it.
#[derive(Clone, Debug)]
pub struct RevisionFacts {
    /// The id.
    pub revision: String,
    /// The parents in written order.
    pub down_revision: Vec<String>,
    /// The dependencies as written.
    pub depends_on: Vec<String>,
    /// The labels of the revision, those that reach it along its line included, sorted.
    pub branch_labels: Vec<String>,
    /// The file, absolute.
    pub path: PathBuf,
    /// The message.
    pub message: String,
    /// Whether nothing follows it.
    pub is_head: bool,
    /// Whether several revisions follow it.
    pub is_branch_point: bool,
    /// Whether it follows several revisions.
    pub is_merge_point: bool,
}

impl RevisionFacts {
    /// The facts about one revision of a history.
    pub fn of(graph: &RevisionGraph<'_>, node: Node) -> Self {
        let revision = graph.revision(node);
        Self {
            revision: revision.id.to_string(),
            down_revision: revision.edges.parents.iter().map(ToString::to_string).collect(),
            depends_on: revision.edges.dependencies.iter().map(ToString::to_string).collect(),
            branch_labels: graph.labels(node).iter().map(ToString::to_string).collect(),
            path: graph.script(node).path.clone(),
            message: revision.message().to_owned(),
            is_head: graph.children(node).is_empty(),
            is_branch_point: graph.is_branch_point(node),
            is_merge_point: graph.is_merge_point(node),
        }
    }
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
    /// What `check --fix` did; `None` for a check that changes nothing.
    pub mended: Option<Mended>,
}

/// What `check --fix` did.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// How many findings are gone.
    pub fixed: usize,
    /// The files, in the order of their paths.
    pub changes: Vec<Change>,
    /// What is worth knowing, and what databases have to do; one line each.
    pub notes: Vec<String>,
}

/// How many findings there are of each weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// What is old, whatever its weight.
    pub old: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.severity {
                _ if finding.old => counts.old += 1,
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
            }
        }
        counts
    }
}

impl Report {
    /// What was found in the working tree, without a baseline.
    pub fn of_worktree(environments: Vec<EnvironmentReport>) -> Self {
        Self { environments, snapshot: "worktree".to_owned(), baseline: None, mended: None }
    }

    /// Every finding, environment by environment.
    pub fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.environments.iter().flat_map(|environment| &environment.findings)
    }

    /// How many findings there are in all.
    pub fn counts(&self) -> Counts {
        Counts::of(self.findings())
    }
}

/// Where the page of a rule is to be read.
fn rule_address(rule: &str) -> String {
    format!("{}/blob/main/docs/rules.md#{rule}", env!("CARGO_PKG_REPOSITORY"))
}

/// How paths are shown and where texts come from. Built by the command, so that the writers stay pure.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The repository root, or the directory run from where there is no git: machine formats show paths relative to it.
    pub root: PathBuf,
    /// The directory run from: text formats show paths relative to it.
    pub directory: PathBuf,
    /// The texts of the files that findings name, decoded; a file that could not be read is absent.
    pub texts: BTreeMap<PathBuf, SourceText>,
}

impl Sources {
    /// `path` relative to the root, with `/`; as it is when it lies outside.
    pub fn from_root(&self, path: &Path) -> String {
        fs::shown(path, &self.root, &self.root)
    }

    /// `path` relative to the directory run from, with `/` and `..` where needed inside the root.
    pub fn from_directory(&self, path: &Path) -> String {
        fs::shown(path, &self.directory, &self.root)
    }
}

impl Sources {
    /// The first and the last position of a span, when the text of the file is there.
    pub fn positions(&self, path: &Path, span: Span) -> Option<(Position, Position)> {
        let text = self.texts.get(path)?;
        let range = span.range();
        Some((text.position(range.start), text.position(range.end)))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_shown_from_the_directory_run_from() {
        let sources =
            super::Sources { root: "/p".into(), directory: "/p/a/b".into(), ..Default::default() };
        let shown = |path: &str| sources.from_directory(std::path::Path::new(path));
        assert_eq!(shown("/p/a/b/c.py"), "c.py");
        assert_eq!(shown("/p/a/x/c.py"), "../x/c.py");
        assert_eq!(shown("/p/alembic.ini"), "../../alembic.ini");
        assert_eq!(shown("/p/a/b"), ".");
        assert_eq!(shown("/elsewhere/c.py"), "/elsewhere/c.py");
    }
}
