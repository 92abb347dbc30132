//! From what the archive and the working tree know of a revision to what is said of it.
//!
//! Only puts together; what is missing is left out, never guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::archive::{self, Archive, Effort};
use super::{Search, Target};
use crate::commands::project::{History, Project};
use crate::diagnostic::{Diagnostic, Text};
use crate::error::Error;
use crate::fs;
use crate::git::{Commit, ObjectId, RefKind};
use crate::graph::RevisionGraph;
use crate::report::EnvironmentReport;
use crate::report::lost::{self, Content, Event, Found, Gone, Only, Relative};
use crate::revision::RevisionId;
use crate::rules::missing_parent::bring_back;
use crate::rules::words;
use crate::search::{Fit, Going, Story};
use crate::shell::word;

/// How many ids [`annotate`] looks for.
const NOTED: usize = 3;

impl Search<'_> {
    /// What is known of a revision.
    pub(super) fn tell(&mut self, target: &Target) -> Result<Found, Error> {
        let history = &self.histories[target.environment];
        let graph = &history.graph;
        let id = &target.id;
        let of_id = history.scripts.iter().filter(|script| script.id() == Some(id));
        let now: Vec<PathBuf> = of_id.map(|script| script.path.clone()).collect();
        let mut found = Found {
            asked: target.asked.clone(),
            environment: history.environment.name.clone(),
            id: id.to_string(),
            now,
            ..Found::default()
        };
        if let Some(node) = graph.find(id.as_str()) {
            let revision = graph.revision(node);
            found.message = first_line(revision.message());
            found.parents = relatives(graph, &revision.edges.parents);
            let children = graph.children(node).iter().map(|&child| graph.id(child).clone());
            found.children = relatives(graph, &children.collect::<Vec<_>>());
        } else {
            let command = format!("where {} --restore", word(id.as_str()));
            let command = words::own(Text::default(), history.environment, &command);
            found.help = Some(command.render(&|path| self.project.shown(path)));
        }
        if let Some(archive) = &mut self.archive
            && let Some(story) = archive.story(id, !found.now.is_empty())?
        {
            tell_past(archive, &story, &mut found)?;
            if found.now.is_empty() {
                let revision = &story.contents[0].revision;
                found.message = first_line(revision.message());
                found.parents = relatives(graph, &revision.edges.parents);
                let children: BTreeSet<RevisionId> =
                    archive.children(id, &story)?.into_iter().map(|(id, _)| id).collect();
                found.children = relatives(graph, &children.into_iter().collect::<Vec<_>>());
            }
        } else {
            // Among what cannot be read it may be.
            found.is_new = self.archive.as_ref().is_some_and(|archive| !archive.has_gaps());
        }
        Ok(found)
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

fn relatives(graph: &RevisionGraph<'_>, ids: &[RevisionId]) -> Vec<Relative> {
    let now = |id: &RevisionId| graph.find(id.as_str()).map(|node| graph.script(node).path.clone());
    ids.iter().map(|id| Relative { id: id.to_string(), now: now(id) }).collect()
}

fn event(commit: &Commit, shorts: &BTreeMap<ObjectId, String>) -> Event {
    let short = shorts.get(&commit.id).map_or(commit.id.as_str(), String::as_str);
    Event {
        commit: commit.id.as_str().to_owned(),
        short: short.to_owned(),
        author: commit.author.clone(),
        day: commit.day.clone(),
        subject: commit.subject.clone(),
    }
}

fn tell_past(archive: &Archive, story: &Story, found: &mut Found) -> Result<(), Error> {
    let commits = archive.ledger.commits();
    let last = commits.iter().position(|commit| commit.id == story.tree);
    let last = last.unwrap_or(story.contents[0].commit);
    let shown = (story.contents.iter().map(|content| content.commit))
        .chain(story.gone.iter().filter_map(|(_, at)| *at))
        .chain(story.renamed.iter().map(|(at, _, _)| *at))
        .chain(story.added)
        .chain([last]);
    let shorts = archive.short_names(&shown.map(|at| &commits[at].id).collect())?;
    let at = |position: usize| event(&commits[position], &shorts);
    let absolute = |path: &Path| archive.top.join(path);
    let places = &archive.places.places;
    found.gone = story.gone.as_ref().map(|(how, position)| match (how, position) {
        (Going::Uncommitted, _) | (_, None) => Gone::Uncommitted,
        (Going::Deleted, Some(position)) => Gone::Deleted(at(*position)),
        (Going::LeftOut, Some(position)) => Gone::LeftOut(at(*position)),
        (Going::Renumbered { to, path }, Some(position)) => {
            Gone::Renumbered(at(*position), to.to_string(), absolute(path))
        }
    });
    found.renamed = story
        .renamed
        .as_ref()
        .map(|(position, from, to)| (at(*position), absolute(from), absolute(to)));
    // Where a history is cut off, its first commit seems to add all that it holds.
    let is_known =
        |position: &usize| !commits[*position].parents.is_empty() || !archive.is_shallow();
    found.added = story.added.filter(is_known).map(at);
    for place in story.places.iter().map(|&position| &places[position]) {
        let names = match place.kind {
            RefKind::Local | RefKind::Remote => &mut found.branches,
            RefKind::Tag => &mut found.tags,
            RefKind::Stash => &mut found.stashes,
            RefKind::Other => &mut found.others,
        };
        names.push(place.name.clone());
    }
    // The index of a stash has what the stash has; it is named where it alone does.
    let stashes = found.stashes.clone();
    let is_whole = |name: &String| {
        name.split_once('^')
            .is_none_or(|(whole, part)| part == "3" || !stashes.iter().any(|other| other == whole))
    };
    found.stashes.retain(is_whole);
    if story.in_head && found.branches.is_empty() {
        found.others.insert(0, "HEAD".to_owned());
    }
    if story.places.is_empty() && !story.in_head {
        let tips = places.iter().map(|place| &place.tip).chain(&archive.head);
        let only = match archive.ledger.ancestors(tips).get(last) {
            Some(true) => Only::History,
            _ if archive.ledger.is_lost(last) => Only::Nothing,
            _ => Only::Reflog,
        };
        found.only = Some(only(at(last)));
    }
    let content = |content: &crate::search::Content| Content {
        object: content.object.as_str().to_owned(),
        path: absolute(&content.path),
        since: at(content.commit),
        places: content.places.iter().map(|&place| places[place].name.clone()).collect(),
    };
    found.contents = story.contents.iter().map(content).collect();
    Ok(())
}

/// The environments that a revision belongs to, by the folders in which its file lay, else by what it follows and what
/// follows it, else the first.
pub(super) fn homes(
    project: &Project,
    histories: &[History<'_>],
    id: &RevisionId,
    paths: &BTreeSet<PathBuf>,
) -> BTreeSet<usize> {
    let root = &project.root.path;
    let top = fs::resolve(root).unwrap_or_else(|_| root.clone());
    let holds = |history: &History<'_>| {
        let locations = history.environment.version_locations.iter();
        let mut folders =
            locations.filter_map(|location| archive::inside(&location.path, root, &top));
        folders.any(|folder| paths.iter().any(|path| path.starts_with(&folder)))
    };
    let names = |history: &History<'_>| {
        let mut revisions = history.scripts.iter().filter_map(|script| script.revision.as_ref());
        revisions.any(|revision| revision.edges.parents.contains(id))
    };
    let those = |is_one: &dyn Fn(&History<'_>) -> bool| {
        let pairs = histories.iter().enumerate().filter(|(_, history)| is_one(history));
        pairs.map(|(index, _)| index).collect::<BTreeSet<usize>>()
    };
    let by_folder = those(&holds);
    if !by_folder.is_empty() {
        return by_folder;
    }
    let first = those(&names).first().copied().unwrap_or_default();
    BTreeSet::from([first])
}

/// Adds to the findings about ids that no file defines what became of each.
///
/// For the first few ids only, and only what one walk over the version locations tells, so that a check stays quick. What
/// git cannot tell is left out: the finding stands without it.
pub(in crate::commands) fn annotate(
    project: &Project,
    histories: &[History<'_>],
    reports: &mut [EnvironmentReport],
) {
    let judged = project.snapshot.tree().map(|tree| tree.source().to_string());
    let mut archive = None;
    let mut left = NOTED;
    for (history, report) in histories.iter().zip(reports) {
        let is_lost = |finding: &&mut Diagnostic| {
            matches!(finding.rule, "missing-parent" | "missing-dependency")
        };
        for finding in report.findings.iter_mut().filter(is_lost) {
            let Some(id) = lost_id(&history.graph, finding).filter(|_| left > 0) else { continue };
            left -= 1;
            if archive.is_none() {
                archive = Archive::open(project).ok().flatten();
            }
            let Some(archive) = &mut archive else { return };
            if let Ok(Some(note)) = note(archive, id, judged.as_deref()) {
                finding.notes.push(note.into());
            }
        }
    }
}

/// The id that a finding says how to bring back.
fn lost_id<'a>(graph: &RevisionGraph<'a>, finding: &Diagnostic) -> Option<&'a str> {
    let helps: Vec<String> =
        finding.help.iter().map(|help| help.render(&|path| path.display().to_string())).collect();
    let missing = graph.missing_parents().into_iter().chain(graph.missing_dependencies());
    missing.map(|one| one.text).find(|id| helps.contains(&bring_back(id)))
}

fn note(archive: &mut Archive, id: &str, judged: Option<&str>) -> Result<Option<String>, Error> {
    archive.look_for(id, Fit::Id, Effort::Cheap)?;
    let Some(story) = archive.story(&RevisionId::new(id), false)? else { return Ok(None) };
    let mut found = Found::default();
    tell_past(archive, &story, &mut found)?;
    Ok(Some(lost::note(id, &found, judged)))
}
