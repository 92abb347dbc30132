//! The two sides of a merge that has not been made, each by itself.

use super::project::{History, Project};
use super::rivals;
use crate::error::Error;
use crate::git::ObjectId;
use crate::graph::RevisionGraph;
use crate::report::Report;
use crate::rules::Merge;
use crate::script::{Depth, Script};
use crate::snapshot::Source;

/// What a commit has in each environment.
pub(super) struct Side {
    /// By the names of the environments.
    environments: Vec<(String, Vec<Script>)>,
}

impl Side {
    /// One side of the merge that `project` holds. A commit without any environment has no revisions.
    ///
    /// # Errors
    /// When git cannot give it.
    fn read(project: &Project, commit: &ObjectId) -> Result<Self, Error> {
        let Some(side) = project.at_commit(commit)? else {
            return Ok(Self { environments: Vec::new() });
        };
        let scripts = side.all_scripts(Depth::Names);
        let names = side.discovery.environments.iter().map(|one| one.name.clone());
        Ok(Self { environments: names.zip(scripts).collect() })
    }

    /// The history of the environment of this name.
    fn graph(&self, name: &str) -> RevisionGraph<'_> {
        let scripts = self.environments.iter().find(|(known, _)| known == name);
        RevisionGraph::build(scripts.map_or(&[], |(_, scripts)| scripts.as_slice()))
    }
}

/// Both sides, ours first, of the merge that `project` holds; `None` where it holds something else.
///
/// # Errors
/// When git cannot give one of them.
pub(super) fn sides(project: &Project) -> Result<Option<(String, [Side; 2])>, Error> {
    let Some(tree) = project.snapshot.tree() else { return Ok(None) };
    let (Source::Merge(other), [ours, theirs]) = (tree.source(), tree.commits()) else {
        return Ok(None);
    };
    let sides = [Side::read(project, ours)?, Side::read(project, theirs)?];
    Ok(Some((other.clone(), sides)))
}

/// The histories of both sides, one pair for each environment of a project, in its order.
pub(super) struct Graphs<'a> {
    other: &'a str,
    pairs: Vec<[RevisionGraph<'a>; 2]>,
}

impl<'a> Graphs<'a> {
    /// Builds them.
    pub(super) fn new(project: &Project, (other, sides): &'a (String, [Side; 2])) -> Self {
        let environments = project.discovery.environments.iter();
        let pairs = environments.map(|one| [sides[0].graph(&one.name), sides[1].graph(&one.name)]);
        Self { other, pairs: pairs.collect() }
    }

    /// What the rules are told of the environment of this index.
    pub(super) fn merge(&self, index: usize) -> Option<Merge<'_>> {
        let [ours, theirs] = self.pairs.get(index)?;
        Some(Merge { other: self.other.to_owned(), ours, theirs })
    }

    /// Adds to the findings about forks who brought the other side.
    pub(super) fn tell(&self, project: &Project, merged: &[History<'_>], report: &mut Report) {
        let environments = report.environments.iter_mut().zip(merged).zip(&self.pairs);
        for ((environment, history), [ours, _]) in environments {
            let forks = environment.findings.iter_mut();
            for finding in forks.filter(|finding| finding.rule == "fork-on-merge") {
                rivals::tell(project, self.other, &history.graph, ours, finding);
            }
        }
    }
}
