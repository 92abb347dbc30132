//! Facts that several rules need: which finding accounts for which.
//!
//! One cause is one finding. A file that could not be read is why its children seem to follow nothing, and why a
//! revision that it follows seems to be a head.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Text};
use crate::graph::{Missing, Node};
use crate::revision::RevisionId;
use crate::script::{Name, Problem, Script};

use super::Context;
use super::words::{list, literal, quoted};

/// The name of the file without its folder, as far as it is text.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of the file without folder and extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a script could be a revision of which not even the id is known. A module that assigns neither `revision`
/// nor `down_revision` is none.
pub fn may_be_a_revision(script: &Script) -> bool {
    let misses = |name| script.problems.contains(&Problem::Missing(name));
    script.revision.is_none() && !(misses(Name::Revision) && misses(Name::DownRevision))
}

/// Ids that no script defines and that stand in the name of a script that could not be read, with the position of
/// that script.
pub fn defined_by_unread<'a>(context: &Context<'a>) -> BTreeMap<&'a str, usize> {
    let parents = context.graph.missing_parents().into_iter().map(|missing| missing.text);
    let dependencies = context.graph.missing_dependencies().into_iter().map(|missing| missing.text);
    let missing: BTreeSet<&str> = parents.chain(dependencies).collect();
    let mut causes = BTreeMap::new();
    if missing.is_empty() {
        return causes;
    }
    for (position, script) in context.scripts.iter().enumerate() {
        if may_be_a_revision(script) {
            for part in parts(&stem(&script.path)) {
                if let Some(&id) = missing.get(part) {
                    causes.entry(id).or_insert(position);
                }
            }
        }
    }
    causes
}

/// Every piece of a file name that begins and ends where a word does.
fn parts(stem: &str) -> Vec<&str> {
    // A name of thousands of words is nobody's migration; the bound keeps the number of pieces small.
    const WORDS: usize = 40;
    let is_word = |c: char| c.is_alphanumeric();
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    let mut inside = false;
    for (at, c) in stem.char_indices() {
        if is_word(c) != inside {
            let edges = if inside { &mut ends } else { &mut starts };
            edges.push(at);
            inside = !inside;
        }
    }
    if inside {
        ends.push(stem.len());
    }
    let mut found = Vec::new();
    for &start in starts.iter().take(WORDS) {
        found.extend(
            ends.iter().filter(|&&end| end > start).take(WORDS).map(|&end| &stem[start..end]),
        );
    }
    found
}

/// What a `down_revision` that no file defines was probably meant to be.
pub enum Meant {
    /// The beginning: `None` in quotes.
    Nothing,
    /// This revision, by a label or the start of its id.
    Revision(Node),
    /// Nothing that is here.
    Unknown,
}

/// What was probably meant by `text`, which is no revision's id.
pub fn meant(context: &Context<'_>, prefixes: &Prefixes<'_>, text: &str) -> Meant {
    if text.is_empty() || text == "None" {
        return Meant::Nothing;
    }
    let by_prefix = || match prefixes.starting_with(text)[..] {
        [id] => context.graph.find(id.as_str()),
        _ => None,
    };
    context.graph.find_label(text).or_else(by_prefix).map_or(Meant::Unknown, Meant::Revision)
}

/// The full ids that a shortened one may stand for.
pub struct Prefixes<'a> {
    sorted: Vec<&'a RevisionId>,
}

impl<'a> Prefixes<'a> {
    /// The ids of the history, ready to be asked.
    pub fn of(context: &Context<'a>) -> Self {
        let graph = context.graph;
        let mut sorted: Vec<&RevisionId> = graph.nodes().map(|node| graph.id(node)).collect();
        sorted.sort();
        Self { sorted }
    }

    /// At most four ids that begin with `prefix`, sorted; none for an empty one.
    pub fn starting_with(&self, prefix: &str) -> Vec<&'a RevisionId> {
        if prefix.is_empty() {
            return Vec::new();
        }
        let first = self.sorted.partition_point(|id| id.as_str() < prefix);
        let rest = self.sorted[first..].iter().copied();
        rest.take_while(|id| id.as_str().starts_with(prefix)).take(4).collect()
    }
}

/// What a symbol such as `head` or `label@head` means just now, without `user`, the revision that uses it; `None`
/// when the text is no symbol.
pub fn symbol(context: &Context<'_>, user: Node, text: &str) -> Option<Vec<Node>> {
    let graph = context.graph;
    let (branch, symbol) = match text.split_once('@') {
        Some((branch, symbol)) => (Some(branch), symbol),
        None => (None, text),
    };
    let mut meant = match (branch, symbol) {
        (None, "head" | "heads") => graph.distinct_heads(),
        (None, "base") => Vec::new(),
        (Some(branch), "head" | "heads") => {
            let mut heads = graph.distinct_heads();
            heads.retain(|&head| graph.labels(head).contains(&branch));
            heads
        }
        (Some(_), id) => graph.find(id).into_iter().collect(),
        (None, _) => return None,
    };
    meant.retain(|&node| node != user);
    Some(meant)
}

/// The ids in a text that is an id with white space around it, or several with commas between them, as Python's
/// literal: what was probably meant, if there are such revisions.
pub fn separated(context: &Context<'_>, text: &str) -> Option<String> {
    let ids = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|id| !id.is_empty());
    let ids: Vec<&str> = ids.collect();
    let all_there = ids.iter().all(|id| context.graph.find(id).is_some());
    match &ids[..] {
        [id] if all_there => Some(literal(id)),
        [_, _, ..] if all_there => {
            let ids: Vec<String> = ids.iter().map(|id| literal(id)).collect();
            Some(format!("({})", ids.join(", ")))
        }
        _ => None,
    }
}

/// How a name is told that it takes exact ids.
pub struct Exact {
    /// `down_revision` or `depends_on`.
    pub name: &'static str,
    /// The note where a symbol stands for an id.
    pub symbol: &'static str,
    /// The note where the start of an id stands for it.
    pub prefix: &'static str,
}

/// Adds what was probably meant by a reference that leads nowhere: a symbol, several ids in one string, the start of an
/// id. `lost` completes the finding where it is like nothing that is there.
pub fn advise_exact(
    context: &Context<'_>,
    prefixes: &Prefixes<'_>,
    missing: &Missing<'_>,
    exact: &Exact,
    finding: Diagnostic,
    lost: impl FnOnce(Diagnostic) -> Diagnostic,
) -> Diagnostic {
    let graph = context.graph;
    let text = missing.text;
    let path = &graph.script(missing.child).path;
    let write =
        |value: &str| Text::from(format!("write `{} = {value}` in ", exact.name)).path(path);
    if let Some(named) = symbol(context, missing.child, text) {
        let finding = finding.note(exact.symbol);
        return match named[..] {
            [node] => finding.help(write(&literal(graph.id(node).as_str()))),
            _ => finding.help(write("\"<the full id>\"")),
        };
    }
    if let Some(ids) = separated(context, text) {
        return finding.help(write(&ids));
    }
    match prefixes.starting_with(text)[..] {
        [] => lost(finding),
        [id] => finding.note(exact.prefix).help(write(&literal(id.as_str()))),
        ref several => finding
            .note(format!("several ids start with {}: {}", quoted(text), list(several)))
            .help(write("\"<the full id>\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn an_id_is_found_between_words() {
        assert!(parts("2024_01_02_main_0001_add_items").contains(&"main_0001"));
        assert!(!parts("0042_add").contains(&"42"));
    }
}
