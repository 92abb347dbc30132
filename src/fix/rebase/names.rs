//! Which ids and file names the moved revisions get: the next free numbers in a numbered project, and an id of its own
//! for what shares one with a published revision.
//!
//! Names are made of names alone, so that two people who move the same revisions get the same files. Whether a file
//! that is no script stands in the way is for whoever writes to find out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::history::History;
use super::number::{Number, Numbering, number, stem};
use super::shape::Shape;
use super::target::Choice;
use super::{Refusal, Warning};
use crate::fix::derived_id;
use crate::graph::Node;
use crate::revision::RevisionId;

/// The names after the move, where they are others than before.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) ids: BTreeMap<Node, RevisionId>,
    pub(super) files: BTreeMap<Node, PathBuf>,
    pub(super) warnings: Vec<Warning>,
}

impl Names {
    /// The id of a revision after the move.
    pub(super) fn id(&self, history: &History<'_>, node: Node) -> RevisionId {
        self.ids.get(&node).cloned().unwrap_or_else(|| history.id(node))
    }
}

/// Names what moved. Refuses a file name that another script has.
pub(super) fn names(
    history: &History<'_>,
    choice: &Choice,
    shape: &Shape,
) -> Result<Names, Refusal> {
    let moved: Vec<Node> =
        shape.order.iter().copied().filter(|&node| shape.is_moved(node)).collect();
    let mut numbering = BTreeMap::new();
    for group in &choice.groups {
        if let Some(found) = group.target.and_then(|target| Numbering::at(history, target)) {
            numbering.extend(group.members.iter().map(|&node| (node, found)));
        }
    }
    let twins = history.unpublished().filter(|&node| {
        history.normal.twins.contains(&history.graph.script_index(node)) && !moved.contains(&node)
    });
    let mut namer = Namer {
        history,
        shape,
        numbers: BTreeMap::new(),
        taken: history
            .graph
            .all_nodes()
            .filter(|&n| history.is_published(n))
            .map(|n| history.id(n))
            .collect(),
        floor: 0,
        names: Names::default(),
    };
    let renamed: Vec<Node> = twins.chain(moved.iter().copied()).collect();
    namer.count_numbers(&renamed);
    for node in renamed {
        namer.name(node, numbering.get(&node));
    }
    namer.refuse_taken_files()?;
    Ok(namer.names)
}

/// The numbers in use: by folder and number how often.
type Numbers = BTreeMap<(PathBuf, u32), usize>;

struct Namer<'n, 'a> {
    history: &'n History<'a>,
    shape: &'n Shape,
    numbers: Numbers,
    /// The ids of published revisions.
    taken: BTreeSet<RevisionId>,
    floor: u32,
    names: Names,
}

impl Namer<'_, '_> {
    fn folder(&self, node: Node) -> PathBuf {
        self.history.script(node).path.parent().unwrap_or(Path::new("")).to_path_buf()
    }

    /// The numbers of all files that stay as they are; where ids with numbers are to be new ones, those of the others
    /// too, since none of them may come back.
    fn count_numbers(&mut self, renamed: &[Node]) {
        let renamed: BTreeSet<Node> = renamed.iter().copied().collect();
        let history = self.history;
        for node in history.graph.all_nodes() {
            let stays = !renamed.contains(&node) || self.must_change(node);
            if let Some(number) = number(history, node).filter(|_| stays)
                && !self.shape.dropped.contains_key(&node)
            {
                *self.numbers.entry((self.folder(node), number.value)).or_default() += 1;
            }
        }
    }

    fn name(&mut self, node: Node, numbering: Option<&Numbering>) {
        let history = self.history;
        let number = numbering
            .and_then(|numbering| self.new_number(node).map(|(old, new)| (*numbering, old, new)));
        let old = history.id(node);
        let mut id = old.clone();
        let mut name = stem(history, node);
        if let Some((numbering, old_number, new)) = number {
            if let Some(own) = Number::of(old.as_str()).filter(|own| own.value == old_number) {
                id = RevisionId::new(own.replaced(old.as_str(), new, numbering.id_width));
            }
            if let Some(own) = Number::of(&name) {
                name = own.replaced(&name, new, numbering.file_width);
            } else if id != old {
                name = with_id(&name, &old, &id);
            }
        }
        let wants_new = history.question.new_ids && self.shape.is_moved(node);
        if id == old && (wants_new || self.taken.contains(&id)) {
            id = self.derived(node, &old);
            name = with_id(&name, &old, &id);
        }
        if id != old {
            self.names.ids.insert(node, id);
        }
        let path = &history.script(node).path;
        if name != stem(history, node) {
            let extension = path.extension().map(|ext| format!(".{}", ext.to_string_lossy()));
            let name = format!("{name}{}", extension.unwrap_or_default());
            self.names.files.insert(node, path.with_file_name(name));
        }
    }

    /// The number of a revision and the new one, where it needs one.
    fn new_number(&mut self, node: Node) -> Option<(u32, u32)> {
        let history = self.history;
        let old = number(history, node)?.value;
        let folder = self.folder(node);
        let is_free = |number: u32| !self.numbers.contains_key(&(folder.clone(), number));
        let parents = self.shape.parents(history, node).iter();
        let numbers = parents.filter_map(|&parent| self.number_now(parent));
        let greatest = numbers.max().unwrap_or(0);
        if old > self.floor && is_free(old) && !self.must_change(node) {
            if self.floor > 0 {
                self.floor = old;
            }
            if old <= greatest {
                self.names.warnings.push(Warning::NumberOutOfOrder(history.id(node)));
            }
            self.numbers.insert((folder, old), 1);
            return None;
        }
        let mut new = greatest.max(self.floor).saturating_add(1);
        while !is_free(new) {
            new = new.saturating_add(1);
        }
        self.floor = new;
        self.numbers.insert((folder, new), 1);
        Some((old, new))
    }

    /// Whether a revision has a number for an id, and a new one was asked for.
    fn must_change(&self, node: Node) -> bool {
        self.history.question.new_ids && Number::of(self.history.id(node).as_str()).is_some()
    }

    /// The number of a revision as its name is by now.
    fn number_now(&self, node: Node) -> Option<u32> {
        let file = self.names.files.get(&node).and_then(|path| path.file_stem());
        let file = file.and_then(|stem| Number::of(&stem.to_string_lossy()));
        let id = self.names.ids.get(&node).and_then(|id| Number::of(id.as_str()));
        file.or(id).or_else(|| number(self.history, node)).map(|number| number.value)
    }

    /// An id that follows from the old one and the new parents.
    fn derived(&self, node: Node, old: &RevisionId) -> RevisionId {
        let parents = self.shape.parents(self.history, node).iter();
        let parents: Vec<RevisionId> =
            parents.map(|&parent| self.names.id(self.history, parent)).collect();
        derived_id(old, &parents)
    }

    fn refuse_taken_files(&self) -> Result<(), Refusal> {
        let files = &self.names.files;
        if files.is_empty() {
            return Ok(());
        }
        let stays = self.history.graph.all_nodes().filter(|node| !files.contains_key(node));
        let mut taken: BTreeSet<&Path> =
            stays.map(|node| self.history.script(node).path.as_path()).collect();
        match files.values().find(|path| !taken.insert(path)) {
            Some(path) => Err(Refusal::FileExists(path.clone())),
            None => Ok(()),
        }
    }
}

/// The name of a file with the new id where it holds the old one as a word of its own.
fn with_id(name: &str, old: &RevisionId, new: &RevisionId) -> String {
    let old = old.as_str();
    let is_part = |c: char| c.is_alphanumeric();
    let found = name.match_indices(old).find(|(at, _)| {
        !name[..*at].ends_with(is_part) && !name[at + old.len()..].starts_with(is_part)
    });
    match found {
        Some((at, _)) => format!("{}{new}{}", &name[..at], &name[at + old.len()..]),
        None => name.to_owned(),
    }
}
