//! Adding one merge revision to a repair: its name, its date, its file, and what follows from it.
//!
//! What `merge`, `check --fix` and `auto-merge` have in common. Reads the template and, where it is asked for, the names
//! of branches; writes nothing.

use std::path::PathBuf;

use super::repair::Repair;
use super::saying;
use super::sides;
use crate::config::MergeIds;
use crate::datetime::DateTime;
use crate::datetime::zone::{self, UnknownZone};
use crate::error::{Error, RepairError};
use crate::filename;
use crate::fix::merge::file::{self, NewRevision, Style};
use crate::fix::merge::{self, Group, IdSource, Naming};
use crate::graph::{Node, RevisionGraph};
use crate::published::Published;
use crate::revision::{BranchLabel, RevisionId};
use crate::rules::words::{list, quoted};
use crate::settings;

/// What the user said about the merge revision.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order<'a> {
    /// `-m`; else the configured message.
    pub(super) message: Option<&'a str>,
    /// `--context`
    pub(super) context: bool,
    /// `--rev-id`
    pub(super) rev_id: Option<&'a str>,
    /// `--date`
    pub(super) date: Option<&'a str>,
    /// `--branch-label`
    pub(super) label: Option<&'a str>,
}

/// A merge revision that is part of the repair now.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    /// `joins ... and ...: 1 head, ...`
    pub(super) sentence: String,
    /// Files that name a head in a way that is not understood.
    pub(super) notes: Vec<String>,
}

/// Why it cannot be done although everything could be read; exit status 1.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The sentence.
    pub(super) sentence: String,
    /// What to do instead.
    pub(super) hint: Option<String>,
}

impl Refused {
    /// As a note among what else was done.
    pub(super) fn as_note(&self) -> String {
        match &self.hint {
            Some(hint) => format!("nothing was merged: {}; {hint}", self.sentence),
            None => format!("nothing was merged: {}", self.sentence),
        }
    }
}

/// Joins the heads of which there are too many: all, or those of each label, where they are counted by label.
///
/// # Errors
/// As for [`join`].
pub(super) fn join_surplus(
    repair: &mut Repair<'_>,
    order: &Order<'_>,
    published: Option<&Published>,
) -> Result<Vec<Result<Joined, Refused>>, Error> {
    let expected = &repair.environment.expected_heads;
    let labels = merge::surplus(&repair.graph(), expected).into_iter().map(|group| group.label);
    let mut results = Vec::new();
    for label in labels.collect::<Vec<_>>() {
        // Each merge changes the history, and where its revisions are in it.
        let groups = merge::surplus(&repair.graph(), expected);
        if let Some(group) = groups.iter().find(|group| group.label == label) {
            results.push(join(repair, group, order, published)?);
        }
    }
    Ok(results)
}

/// Adds the merge of `group`, which is one of the history as it is now, to the repair; nothing where it is refused.
///
/// # Errors
/// When an argument cannot be taken, or the template cannot be read or is outside what is understood.
pub(super) fn join(
    repair: &mut Repair<'_>,
    group: &Group,
    order: &Order<'_>,
    published: Option<&Published>,
) -> Result<Result<Joined, Refused>, Error> {
    let message = message(repair, group, order, published)?;
    let made = make(repair, group, order, &message)?;
    let (starts, before) = crashes(repair, group);
    repair.create(&made.path, made.content);
    let after: Vec<Option<RevisionId>> = crash_from(&repair.graph(), &starts);
    if let Some(crash) = after.iter().zip(&before).find_map(|(after, before)| match before {
        None => after.clone(),
        Some(_) => None,
    }) {
        repair.drop_scripts(std::slice::from_ref(&made.path))?;
        return Ok(Err(refused_for(&crash, &made.parents)));
    }
    let successors = made.parents.iter().map(|id| (id.to_string(), made.id.to_string())).collect();
    let unclear = repair.follow_heads(&successors)?;
    let notes = saying::by_hand(repair, &unclear, saying::HEAD_OF_BEFORE).collect();
    let sentence = format!("{} joins {}", made.id, list(&made.parents));
    Ok(Ok(Joined { sentence, notes }))
}

/// A merge of revisions of which one depends on another can make Alembic fail on the version table.
fn refused_for(crash: &RevisionId, parents: &[RevisionId]) -> Refused {
    let named = list(parents);
    Refused {
        sentence: format!(
            "a merge of {named} would make `alembic upgrade` stop at {} with `KeyError`: one of them depends on another",
            quoted(crash)
        ),
        hint: Some("put yours on top of the published head:   onehead rebase".to_owned()),
    }
}

/// Where upgrades start, by id: on a new database, and on one at each of the heads; and where each fails now.
fn crashes(repair: &Repair<'_>, group: &Group) -> (Vec<Vec<RevisionId>>, Vec<Option<RevisionId>>) {
    const STARTS: usize = 8;
    let graph = repair.graph();
    let ids = |nodes: &[Node]| nodes.iter().map(|&node| graph.id(node).clone()).collect();
    let mut starts: Vec<Vec<RevisionId>> = vec![Vec::new()];
    // Without dependencies no two parents of a merge can be ordered by one.
    if graph.nodes().any(|node| !graph.dependencies(node).is_empty()) {
        starts.extend(group.parents.iter().take(STARTS).map(|&head| ids(&[head])));
        starts.push(ids(graph.upgrade_heads()));
    } else {
        starts.clear();
    }
    let before = crash_from(&graph, &starts);
    (starts, before)
}

fn crash_from(graph: &RevisionGraph<'_>, starts: &[Vec<RevisionId>]) -> Vec<Option<RevisionId>> {
    let crash = |start: &Vec<RevisionId>| {
        let start: Vec<Node> = start.iter().filter_map(|id| graph.find(id.as_str())).collect();
        graph.upgrade_crash(&start).map(|node| graph.id(node).clone())
    };
    starts.iter().map(crash).collect()
}

fn message(
    repair: &Repair<'_>,
    group: &Group,
    order: &Order<'_>,
    published: Option<&Published>,
) -> Result<String, Error> {
    let configured = &repair.environment.governing.merge_message;
    let message = order.message.unwrap_or(configured);
    if !order.context {
        return Ok(message.to_owned());
    }
    Ok(merge::with_context(message, &sides::names(repair, &group.parents, published)?))
}

struct Made {
    id: RevisionId,
    parents: Vec<RevisionId>,
    path: PathBuf,
    content: Vec<u8>,
}

/// The file, over the history as it is.
fn make(
    repair: &Repair<'_>,
    group: &Group,
    order: &Order<'_>,
    message: &str,
) -> Result<Made, Error> {
    let graph = repair.graph();
    let environment = repair.environment;
    let refused = |refusal: &merge::Refusal| saying::refusal_error(refusal, &graph);
    let parents: Vec<RevisionId> =
        group.parents.iter().map(|&node| graph.id(node).clone()).collect();
    let locations = &repair.locations;
    let folder = merge::folder(&graph, &group.parents, locations).map_err(|e| refused(&e))?;
    // What `--context` adds is the point of it, so it is not cut off.
    let limit = if order.context { i64::MAX } else { environment.truncate_slug_length };
    let slug = filename::slug(message, limit);
    let source = match (order.rev_id, environment.governing.merge_ids) {
        (Some(id), _) => IdSource::Given(id),
        (None, MergeIds::Derived) => IdSource::Derived,
        (None, MergeIds::Random) => IdSource::Random(settings::random_id()),
    };
    let ids: Vec<&RevisionId> = parents.iter().collect();
    let label = order.label;
    let scripts = &repair.scripts;
    let Naming { id, stem } = merge::naming(scripts, &folder, &ids, message, label, &slug, &source);
    merge::check_names(&graph, &id, label).map_err(|refusal| refused(&refusal))?;
    let date = date(repair, group, order)?;
    let labels: Vec<BranchLabel> = label.map(BranchLabel::new).into_iter().collect();
    let template = template(repair)?;
    let new = NewRevision {
        id: &id,
        parents: &parents,
        labels: &labels,
        message: Some(message),
        date: &date,
        directory: &folder,
        stem: stem.as_deref(),
    };
    let configuration = &environment.configuration;
    let style = Style {
        template: &template,
        file_template: &environment.file_template,
        truncate_slug_length: limit,
        output_encoding: &configuration.output_encoding(),
        option: &|section, name| configuration.option(section, name),
    };
    let (path, content) =
        file::file(&new, &style).map_err(|error| saying::file_error(repair, &error, &parents))?;
    if repair.project.snapshot.exists(&path) {
        return Err(Error::Repair(RepairError::FileExists { path: repair.project.shown(&path) }));
    }
    Ok(Made { id, parents, path, content })
}

fn template(repair: &Repair<'_>) -> Result<Vec<u8>, Error> {
    let path = repair.environment.script_location.join("script.py.mako");
    let project = repair.project;
    project
        .snapshot
        .read(&path)
        .map_err(|error| project.snapshot.unreadable(&error, project.shown(&path)))
}

/// `--date`; else the date of the newest parent, so that whoever merges the same heads writes the same file; else now.
fn date(repair: &Repair<'_>, group: &Group, order: &Order<'_>) -> Result<DateTime, Error> {
    let timezone = repair.environment.configuration.timezone();
    let unknown = |error: UnknownZone| {
        Error::Repair(RepairError::Timezone {
            place: repair.environment.name.clone(),
            sentence: error.to_string(),
        })
    };
    let now = || zone::in_zone(settings::now(), timezone.as_deref()).map_err(unknown);
    match order.date {
        Some("now") => return now(),
        Some(text) => {
            let date = zone::at(text, timezone.as_deref()).map_err(unknown)?;
            return date.ok_or_else(|| Error::Usage {
                message: format!("--date `{text}` is no date"),
                hint: "give `now`, or a date such as \"2026-11-22 10:00:00\"",
            });
        }
        None => {}
    }
    let graph = repair.graph();
    let dates = group.parents.iter().filter_map(|&node| {
        let line = graph.script(node).header.create_date.as_ref()?;
        DateTime::parse(&line.text).map(|date| (date.order(), &line.text))
    });
    let newest = dates.max_by_key(|(order, _)| *order);
    let date = newest.map(|(_, text)| zone::of_header(text, timezone.as_deref()));
    match date.transpose().map_err(unknown)?.flatten() {
        Some(date) => Ok(date),
        None => now(),
    }
}
