//! `onehead where`: where a revision is, what became of it, and how it comes back.
//!
//! What is asked for is an id, the beginning of one, a file, or a symbol. Says the facts and judges nothing; only with
//! `--restore` anything is written.

mod archive;
mod restore;
mod telling;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::carry_out;
use super::project::{History, Project};
use super::reading::lookup_error;
use super::saying;
use crate::cli::{Format, GlobalArgs, WhereArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::graph::RevisionGraph;
use crate::graph::symbol::{Found as Meaning, LookupError};
use crate::report::lost::{self, Found};
use crate::report::{Report, json};
use crate::revision::RevisionId;
use crate::rules::words;
use crate::script::Depth;
use crate::search::{Fit, fit};
use crate::ui::Ui;
use archive::{Archive, Effort};

pub(super) use telling::annotate;

/// How many ids a hint lists.
const LISTED: usize = 10;

/// A revision that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    asked: String,
    environment: usize,
    id: RevisionId,
}

/// What is searched: the working tree, and what git remembers.
struct Search<'p> {
    project: &'p Project,
    histories: &'p [History<'p>],
    /// `None` where there is no git repository.
    archive: Option<Archive>,
}

/// Runs the command.
pub(super) fn run(global: &GlobalArgs, args: &WhereArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let project = Project::open(global, ui, Scope::Nearest)?;
    project.warn(false);
    if args.restore {
        carry_out::recover(&project)?;
    }
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let archive = Archive::open(&project)?;
    let mut search = Search { project: &project, histories: &histories, archive };
    let mut targets: Vec<Target> = Vec::new();
    let mut nowhere: Vec<String> = Vec::new();
    for rev in &args.revs {
        let found = search.resolve(&from_top(&project, rev))?;
        if found.is_empty() {
            nowhere.push(rev.clone());
        }
        for target in found {
            let is_same =
                |one: &Target| (one.environment, &one.id) == (target.environment, &target.id);
            if !targets.iter().any(is_same) {
                targets.push(target);
            }
        }
    }
    if !nowhere.is_empty() && (args.restore || targets.is_empty()) {
        return search.refuse_nowhere(&nowhere);
    }
    if args.restore {
        return restore::run(&mut search, &targets);
    }
    let found = targets.iter().map(|target| search.tell(target)).collect::<Result<Vec<_>, _>>()?;
    search.show(&found, &nowhere)
}

impl Search<'_> {
    /// The revisions that an argument means: one, but for symbols; none where it is nowhere.
    fn resolve(&mut self, asked: &str) -> Result<Vec<Target>, Error> {
        if is_symbol(asked) {
            return self.resolve_symbol(asked);
        }
        let (mut best, mut found) = self.in_worktree(asked);
        if best.is_none_or(|best| best > Fit::Label)
            && let Some(archive) = &mut self.archive
        {
            // A name that could be nothing but an id is looked for as one, whatever files are called.
            let is_name = asked.contains(['.', '_', '/', ' ']);
            let wanted = if is_name { Fit::Path } else { Fit::Prefix };
            // What is there is not looked for everywhere else as well.
            let is_there = best.is_some_and(|best| best <= wanted);
            let effort = if is_there { Effort::Cheap } else { Effort::Whole };
            archive.look_for(asked, wanted, effort)?;
            let (fit, past) = archive.ledger.find(asked);
            if let Some(fit) = fit {
                if best.is_none_or(|best| fit < best) {
                    found.clear();
                    best = Some(fit);
                }
                if best == Some(fit) {
                    for (id, paths) in past {
                        let homes = found.entry(id.clone()).or_default();
                        if homes.is_empty() {
                            homes.extend(telling::homes(self.project, self.histories, &id, &paths));
                        }
                    }
                }
            }
        }
        let ids: Vec<&RevisionId> = found.keys().collect();
        if ids.len() > 1 {
            return Err(ambiguous(asked, &ids));
        }
        let Some((id, homes)) = found.into_iter().next() else { return Ok(Vec::new()) };
        self.one_environment(asked, &homes)?;
        let target = |environment| Target { asked: asked.to_owned(), environment, id: id.clone() };
        Ok(homes.into_iter().map(target).collect())
    }

    fn in_worktree(&self, asked: &str) -> (Option<Fit>, BTreeMap<RevisionId, BTreeSet<usize>>) {
        let mut best = None;
        let mut found: BTreeMap<RevisionId, BTreeSet<usize>> = BTreeMap::new();
        for (index, history) in self.histories.iter().enumerate() {
            for script in history.scripts {
                let Some(revision) = &script.revision else { continue };
                let path = self.project.inside(&script.path).unwrap_or(&script.path);
                let Some(fit) = fit(asked, revision, path) else { continue };
                if best.is_some_and(|best| best < fit) {
                    continue;
                }
                if best != Some(fit) {
                    found.clear();
                    best = Some(fit);
                }
                found.entry(revision.id.clone()).or_default().insert(index);
            }
        }
        (best, found)
    }

    fn resolve_symbol(&self, asked: &str) -> Result<Vec<Target>, Error> {
        let mut refused = None;
        let mut meant: BTreeMap<usize, Vec<RevisionId>> = BTreeMap::new();
        for (index, history) in self.histories.iter().enumerate() {
            match meaning(&history.graph, asked) {
                Ok(ids) => _ = meant.insert(index, ids),
                Err(error) => {
                    refused = refused.or_else(|| Some(lookup_error(&error, &history.graph)));
                }
            }
        }
        if let Some(error) = refused.filter(|_| meant.is_empty()) {
            return Err(error);
        }
        self.one_environment(asked, &meant.keys().copied().collect())?;
        let targets: Vec<Target> = meant
            .into_iter()
            .flat_map(|(environment, ids)| ids.into_iter().map(move |id| (environment, id)))
            .map(|(environment, id)| Target { asked: asked.to_owned(), environment, id })
            .collect();
        if targets.is_empty() {
            let sentence = format!("`{asked}` stands for no revision");
            let hint = Some("run `onehead history` to list the revisions".to_owned());
            return Err(Error::Revision { sentence, hint });
        }
        Ok(targets)
    }

    fn one_environment(&self, asked: &str, indices: &BTreeSet<usize>) -> Result<(), Error> {
        let Some(&first) = indices.first().filter(|_| indices.len() > 1) else { return Ok(()) };
        let environment = |index: usize| self.histories[index].environment;
        Err(Error::SeveralEnvironments {
            argument: asked.to_owned(),
            names: indices.iter().map(|&index| environment(index).name.clone()).collect(),
            options: environment(first).options(&|path| self.project.shown(path)),
        })
    }

    /// Says that something is nowhere, and where was looked; where not everything could be, that it cannot be told.
    fn refuse_nowhere(&self, nowhere: &[String]) -> Result<ExitStatus, Error> {
        let names = words::list(nowhere);
        let verb = if nowhere.len() == 1 { "is" } else { "are" };
        let Some(archive) = &self.archive else {
            return Err(Error::Revision {
                sentence: format!(
                    "{names} {verb} in no file of the working tree, and there is no git repository to look through"
                ),
                hint: Some("run it where the project's git repository is".to_owned()),
            });
        };
        if archive.has_gaps() {
            return Err(Error::Revision {
                sentence: format!(
                    "cannot tell where {names} {verb}: this is a partial clone, without all files of the history"
                ),
                hint: Some("`git fetch --refetch --no-filter` brings them".to_owned()),
            });
        }
        let sentence =
            format!("{names} {verb} nowhere; looked through {}", archive.looked_through());
        let hint = if archive.is_shallow() {
            "the history of this clone is cut off: `git fetch --unshallow` brings the rest"
        } else {
            "`git fetch --all --tags` brings what the remotes have by now"
        };
        Ok(self.project.refuse(&sentence, Some(hint)))
    }

    /// Shows what was found. In JSON what is nowhere is a list beside it; else it is told after it.
    fn show(&self, found: &[Found], nowhere: &[String]) -> Result<ExitStatus, Error> {
        let project = self.project;
        if project.format == Format::Json {
            let reports = self.histories.iter().map(History::integrity_report).collect();
            let report = Report::of_worktree(reports);
            let sources = project.sources(&report);
            project.ui.data(&json::lost(&report.environments, found, nowhere, &sources));
        } else if !project.quiet {
            project.ui.data(&lost::text(found, &|path| project.shown(path)));
        }
        match project.format {
            _ if nowhere.is_empty() => Ok(ExitStatus::Success),
            Format::Json => Ok(ExitStatus::Problems),
            _ => self.refuse_nowhere(nowhere),
        }
    }
}

/// A path as git names it, where the argument is one that leads up or from the root.
fn from_top(project: &Project, asked: &str) -> String {
    let asked = asked.strip_prefix("./").unwrap_or(asked);
    if !asked.starts_with("../") && !Path::new(asked).is_absolute() {
        return asked.to_owned();
    }
    let path = fs::normalize(&project.process.directory.join(asked));
    let inside = project.inside(&path).map(|path| path.to_string_lossy().replace('\\', "/"));
    inside.unwrap_or_else(|| asked.to_owned())
}

/// Whether an argument stands for a revision by where it is in the history.
fn is_symbol(asked: &str) -> bool {
    let is_step = asked.strip_prefix('-').is_some_and(|rest| rest.parse::<u32>().is_ok());
    matches!(asked, "head" | "heads" | "base") || asked.contains('@') || is_step
}

/// The ids that a symbol means; all heads where Alembic would ask which.
fn meaning(graph: &RevisionGraph<'_>, asked: &str) -> Result<Vec<RevisionId>, LookupError> {
    match graph.get_revisions(asked) {
        Ok(found) => Ok(found
            .into_iter()
            .filter_map(|one| match one {
                Meaning::Revision(node) => Some(graph.id(node).clone()),
                Meaning::Base | Meaning::Nothing => None,
            })
            .collect()),
        Err(LookupError::MultipleHeads { heads, .. }) => {
            Ok(heads.into_iter().map(RevisionId::new).collect())
        }
        Err(error) => Err(error),
    }
}

fn ambiguous(asked: &str, ids: &[&RevisionId]) -> Error {
    let matches: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let more = matches.len().saturating_sub(LISTED);
    let listed = matches[..matches.len().min(LISTED)].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let error = LookupError::Ambiguous { argument: asked.to_owned(), matches };
    Error::Revision {
        sentence: error.to_string(),
        hint: Some(format!("it could be {listed}{more}")),
    }
}
