//! `where --restore`: the files come back byte for byte, all or none, and only to a history that is then whole.
//!
//! What a file follows must be there, or come back with it: nothing is written that Alembic could not load.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::archive::{self, Archive, Effort};
use super::{Search, Target};
use crate::commands::carry_out;
use crate::commands::repair::Repair;
use crate::commands::saying::{self, Account};
use crate::diagnostic::Text;
use crate::environment::Environment;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::graph::RevisionGraph;
use crate::revision::{Revision, RevisionId};
use crate::rules::{RULES, words};
use crate::search::{Fit, Going, Story};
use crate::shell::word;

/// How long a chain of missing files is followed.
const LONGEST: usize = 1000;

/// How many other texts of a file are named.
const SHOWN: usize = 3;

/// One file that comes back.
struct Return {
    id: RevisionId,
    revision: Revision,
    path: PathBuf,
    content: Vec<u8>,
    /// Where it is taken from.
    from: String,
    /// What is worth knowing about it.
    notes: Vec<String>,
}

/// Brings the revisions back.
pub(super) fn run(search: &mut Search<'_>, targets: &[Target]) -> Result<ExitStatus, Error> {
    let project = search.project;
    let mut returns: BTreeMap<usize, Vec<Return>> = BTreeMap::new();
    for target in targets {
        let graph = &search.histories[target.environment].graph;
        if let Some(node) = graph.find(target.id.as_str()) {
            let path = project.shown(&graph.script(node).path);
            project.say(&format!("`{}` is there already: {path}", target.id));
            continue;
        }
        let one = search.comes_back(target)?;
        returns.entry(target.environment).or_default().extend(one);
    }
    for (&environment, files) in &returns {
        if let Some(status) = search.refuse_unwhole(environment, files)? {
            return Ok(status);
        }
        if let Some(status) = refuse_taken(search, files) {
            return Ok(status);
        }
    }
    write(search, returns)
}

impl Search<'_> {
    fn comes_back(&mut self, target: &Target) -> Result<Option<Return>, Error> {
        let environment = self.histories[target.environment].environment;
        let Some(archive) = &mut self.archive else { return Ok(None) };
        let Some(story) = archive.story(&target.id, false)? else { return Ok(None) };
        let first = &story.contents[0];
        let places = &archive.places.places;
        let from = match first.places.first() {
            Some(&place) => format!("`{}`", places[place].name),
            None => archive.short_name(first.commit)?,
        };
        let mut notes: Vec<String> = other_contents(&story, archive, &from)?.into_iter().collect();
        if let Some((Going::Renumbered { to, .. }, Some(commit))) = &story.gone
            && self.histories[target.environment].graph.find(to.as_str()).is_some()
        {
            let commit = archive.short_name(*commit)?;
            let id = &target.id;
            notes.push(format!(
                "`{to}` is `{id}` under another id, given in {commit}: the same migration is there twice now"
            ));
        }
        let root = &self.project.root.path;
        Ok(Some(Return {
            id: target.id.clone(),
            revision: first.revision.clone(),
            path: destination(environment, &first.path, root, &archive.top),
            content: archive.content(&first.object).to_vec(),
            from,
            notes,
        }))
    }

    /// Refuses where what comes back follows something that is not there and does not come back with it.
    fn refuse_unwhole(
        &mut self,
        environment: usize,
        files: &[Return],
    ) -> Result<Option<ExitStatus>, Error> {
        let histories = self.histories;
        let graph = &histories[environment].graph;
        let mut known: BTreeSet<String> =
            files.iter().flat_map(|file| names(&file.revision)).collect();
        let mut waiting: VecDeque<(RevisionId, RevisionId)> =
            files.iter().flat_map(|file| needs(&file.revision)).collect();
        let mut lost: Vec<(RevisionId, RevisionId, bool)> = Vec::new();
        while let Some((child, id)) = waiting.pop_front() {
            if is_there(graph, id.as_str()) || !known.insert(id.to_string()) {
                continue;
            }
            let mut found = false;
            if let Some(archive) = self.archive.as_mut().filter(|_| lost.len() < LONGEST) {
                archive.look_for(id.as_str(), Fit::Label, Effort::Whole)?;
                if let Some(story) = archive.story(&archive.meant(&id), false)? {
                    found = true;
                    known.extend(names(&story.contents[0].revision));
                    waiting.extend(needs(&story.contents[0].revision));
                }
            }
            lost.push((child, id, found));
        }
        if lost.is_empty() {
            return Ok(None);
        }
        let project = self.project;
        let asked: Vec<&RevisionId> = files.iter().map(|file| &file.id).collect();
        let lines = lost.iter().map(|(child, id, found)| {
            let how = if *found { "can be brought back too" } else { "is nowhere" };
            format!("`{child}` needs `{id}`, which {how}")
        });
        let lines: Vec<String> = lines.collect();
        let sentence = format!(
            "nothing was written: with {} alone the history would not be whole: {}",
            words::list(&asked),
            lines.join("; ")
        );
        let hint = if lost.iter().all(|(_, _, found)| *found) {
            let ids = asked.into_iter().chain(lost.iter().map(|(_, id, _)| id));
            let ids: Vec<String> = ids.map(|id| word(id.as_str())).collect();
            let command = format!("where {} --restore", ids.join(" "));
            let command = words::own(Text::default(), histories[environment].environment, &command);
            format!("bring all of it back:   {}", command.render(&|path| project.shown(path)))
        } else {
            let nowhere = lost.iter().filter(|(_, _, found)| !found).map(|(_, id, _)| id);
            format!(
                "find {} first: another clone may have it, or a branch that was not fetched",
                words::list(nowhere)
            )
        };
        Ok(Some(project.refuse(&sentence, Some(&hint))))
    }
}

/// What a revision is found by: its id and its labels.
fn names(revision: &Revision) -> Vec<String> {
    let labels = revision.labels.iter().map(ToString::to_string);
    labels.chain([revision.id.to_string()]).collect()
}

/// What a revision needs to be there, each with the revision itself before it.
fn needs(revision: &Revision) -> Vec<(RevisionId, RevisionId)> {
    let dependencies = revision.edges.dependencies.iter().filter(|name| !name.is_empty());
    let dependencies = dependencies.map(|name| RevisionId::new(name.clone()));
    let parents = revision.edges.parents.iter().cloned();
    parents.chain(dependencies).map(|id| (revision.id.clone(), id)).collect()
}

fn is_there(graph: &RevisionGraph<'_>, name: &str) -> bool {
    graph.find(name).or_else(|| graph.find_label(name)).is_some()
}

fn other_contents(story: &Story, archive: &Archive, from: &str) -> Result<Option<String>, Error> {
    let mut others = Vec::new();
    for content in story.contents.iter().skip(1).take(SHOWN) {
        let path = content.path.to_string_lossy().replace('\\', "/");
        let version = format!("{}:{path}", archive.short_name(content.commit)?);
        others.push(format!("git show {}", word(&version)));
    }
    if others.is_empty() {
        return Ok(None);
    }
    let id = &story.contents[0].revision.id;
    let number = story.contents.len();
    Ok(Some(format!(
        "the file of `{id}` had {number} different texts, this is that of {from}; another:   {}",
        others.join("   ")
    )))
}

/// Where a file goes that lay at `path`: there, where that is in a version location still; else into the version location
/// that is nearest to it, by name.
fn destination(environment: &Environment, path: &Path, root: &Path, top: &Path) -> PathBuf {
    let locations: Vec<PathBuf> = environment
        .version_locations
        .iter()
        .filter_map(|location| archive::inside(&location.path, root, top))
        .collect();
    let holds = |location: &&PathBuf| {
        if environment.recursive {
            path.starts_with(location)
        } else {
            path.parent() == Some(location.as_path())
        }
    };
    if locations.iter().any(|location| holds(&location)) {
        return top.join(path);
    }
    let name = path.file_name().unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name);
    let alike = locations.iter().find(|location| location.file_name() == folder);
    if let Some(location) = alike.or(locations.first()) {
        return top.join(location).join(name);
    }
    // Version locations outside the repository: the first of them.
    let first = environment.version_locations.first().map(|one| fs::normalize(&one.path));
    first.unwrap_or_else(|| top.to_path_buf()).join(name)
}

/// Refuses where another file lies in the way, or two files would come to lie in one place.
fn refuse_taken(search: &Search<'_>, files: &[Return]) -> Option<ExitStatus> {
    let project = search.project;
    let hint = "nothing was written; rename that file, or move it away, and run the command again";
    let is_taken = |file: &&Return| fs::exists(&file.path) || fs::is_file_or_link(&file.path);
    if let Some(file) = files.iter().find(is_taken) {
        let path = project.shown(&file.path);
        let sentence = format!("{path} is there already, and is not the file of `{}`", file.id);
        return Some(project.refuse(&sentence, Some(hint)));
    }
    let mut met: BTreeMap<&Path, &RevisionId> = BTreeMap::new();
    for file in files {
        if let Some(other) = met.insert(&file.path, &file.id) {
            let path = project.shown(&file.path);
            let sentence = format!("`{other}` and `{}` both were {path}", file.id);
            let hint = "nothing was written; bring one back, rename its file, then the other";
            return Some(project.refuse(&sentence, Some(hint)));
        }
    }
    None
}

fn write(search: &Search<'_>, returns: BTreeMap<usize, Vec<Return>>) -> Result<ExitStatus, Error> {
    let project = search.project;
    let mut account = Account::default();
    let mut repairs: Vec<Repair<'_>> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for (environment, files) in returns {
        let mut repair = Repair::open(project, environment)?;
        // Whether the history can be loaded is what counts; a file that was good enough once is not judged by its looks.
        repair.settings.ignore = not_integrity();
        repair.adds_head = true;
        for file in files {
            account.sentences.push(format!("brought `{}` back from {}", file.id, file.from));
            account.notes.extend(file.notes);
            ids.push(file.id.to_string());
            repair.create(&file.path, file.content);
        }
        repairs.push(repair);
    }
    let noun = if ids.len() == 1 { "migration" } else { "migrations" };
    account.subject = format!("Restore {noun} {}", ids.join(", "));
    let mut changes = Vec::new();
    if !ids.is_empty() {
        let carried = carry_out::carry_out(project, &mut repairs, false)?;
        changes.clone_from(&carried.changes);
        carried.finish()?;
    }
    for repair in &repairs {
        let graph = repair.graph();
        let missing: BTreeSet<&str> = graph.missing_parents().iter().map(|one| one.text).collect();
        if !missing.is_empty() {
            let missing = words::list(missing);
            account.notes.push(format!("other revisions still follow {missing}: `onehead check`"));
        }
        if repair.is_forked() {
            account
                .notes
                .push("there are more heads now than expected: `onehead check`".to_owned());
        }
    }
    if ids.is_empty() && project.format != crate::cli::Format::Json {
        return Ok(ExitStatus::Success);
    }
    saying::done(project, &repairs.iter().collect::<Vec<_>>(), &changes, &account);
    Ok(ExitStatus::Success)
}

fn not_integrity() -> Vec<String> {
    let others = RULES.iter().filter(|rule| rule.kind != crate::rules::Kind::Integrity);
    others.map(|rule| rule.name.to_owned()).collect()
}
