//! What `where` answers, for people: one block for each revision.
//!
//! Only writes. Names, messages and paths come from a repository, so nothing of them reaches the terminal as it is.

use std::path::{Path, PathBuf};

use super::sanitize::sanitize;
use crate::rules::words;

/// How many places are named before it is said how many more there are.
const PLACES: usize = 10;

/// A commit as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The whole name.
    pub commit: String,
    /// As short as git finds unambiguous.
    pub short: String,
    /// The author's name.
    pub author: String,
    /// The author's day, `YYYY-MM-DD`.
    pub day: String,
    /// The first line of the message.
    pub subject: String,
}

impl Event {
    /// `7aa61f0 "clean up" (B. Author, 2026-11-20)`
    pub fn text(&self) -> String {
        format!("{} \"{}\" ({}, {})", self.short, self.subject, self.author, self.day)
    }
}

/// How a revision went from the branch that is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gone {
    /// From the working tree alone.
    Uncommitted,
    /// With its file.
    Deleted(Event),
    /// It got another id, in the file that is named, absolute.
    Renumbered(Event, String, PathBuf),
    /// In a merge.
    LeftOut(Event),
}

/// What still leads to a revision that no branch, tag or stash has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// A commit before the one that took it away.
    History(Event),
    /// A reflog.
    Reflog(Event),
    /// Nothing.
    Nothing(Event),
}

/// A parent or a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its id.
    pub id: String,
    /// The file of the working tree that defines it, absolute; `None` where none does.
    pub now: Option<PathBuf>,
}

/// One content that a file with the id had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The whole name of the object.
    pub object: String,
    /// Where it was, absolute.
    pub path: PathBuf,
    /// The commit that made it so.
    pub since: Event,
    /// What has it.
    pub places: Vec<String>,
}

/// What is known of one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What was asked for.
    pub asked: String,
    /// The name of the environment.
    pub environment: String,
    /// The id.
    pub id: String,
    /// The first line of the message.
    pub message: String,
    /// The files of the working tree that define it, absolute.
    pub now: Vec<PathBuf>,
    /// How it went.
    pub gone: Option<Gone>,
    /// The commit that gave its file another path, the old path and the new one, absolute.
    pub renamed: Option<(Event, PathBuf, PathBuf)>,
    /// The commit that added it.
    pub added: Option<Event>,
    /// The branches that have it, local ones first.
    pub branches: Vec<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The stashes.
    pub stashes: Vec<String>,
    /// Other refs.
    pub others: Vec<String>,
    /// What leads to it where none of these do.
    pub only: Option<Only>,
    /// What it follows.
    pub parents: Vec<Relative>,
    /// What follows it.
    pub children: Vec<Relative>,
    /// Its contents, the one that counts first.
    pub contents: Vec<Content>,
    /// Whether it was never committed.
    pub is_new: bool,
    /// The command that brings it back, as it is pasted; `None` where it is there.
    pub help: Option<String>,
}

/// The answer for people. `shown` gives paths as they are read.
pub fn text(found: &[Found], shown: &dyn Fn(&Path) -> String) -> String {
    found.iter().map(|one| block(one, shown)).collect::<Vec<_>>().join("\n")
}

fn block(found: &Found, shown: &dyn Fn(&Path) -> String) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    for path in &found.now {
        rows.push(("now", shown(path)));
    }
    if found.now.is_empty() {
        rows.push(("now", "in no file of the working tree".to_owned()));
    }
    rows.extend(gone(found, shown));
    if let Some((event, from, to)) = &found.renamed {
        rows.push(("renamed", event.text()));
        rows.push(("", format!("{} -> {}", shown(from), shown(to))));
    }
    let label = if found.gone.is_some() { "still on" } else { "on" };
    rows.extend(places(found).map(|text| (label, text)));
    match &found.only {
        Some(Only::History(event)) => rows.push(("last in", event.text())),
        Some(Only::Reflog(event)) => {
            rows.push(("only in", format!("the reflog: {}", event.text())));
        }
        Some(Only::Nothing(event)) => {
            rows.push(("only in", format!("a commit that nothing leads to: {}", event.text())));
        }
        None => {}
    }
    if found.is_new {
        rows.push(("added", "not committed yet".to_owned()));
    }
    rows.extend(found.added.iter().map(|event| ("added", event.text())));
    let relative = |one: &Relative| match &one.now {
        Some(path) => format!("{}   {}", one.id, shown(path)),
        None => format!("{}   in no file of the working tree", one.id),
    };
    rows.extend(found.parents.iter().map(|one| ("parent", relative(one))));
    rows.extend(found.children.iter().map(|one| ("child", relative(one))));
    for content in found.contents.iter().skip(1).filter(|_| found.now.is_empty()) {
        let text = format!("{} since {}", shown(&content.path), content.since.text());
        rows.push(("other text", text));
    }
    let mut text = format!("{}  {}", sanitize(&found.id), sanitize(&found.message));
    text.truncate(text.trim_end().len());
    text.push('\n');
    for (label, value) in rows {
        text.push_str(format!("  {label:<10}  {}", sanitize(&value)).trim_end());
        text.push('\n');
    }
    if let Some(help) = &found.help {
        text.extend(["bring it back:   ", &*sanitize(help), "\n"]);
    }
    text
}

fn gone(found: &Found, shown: &dyn Fn(&Path) -> String) -> Vec<(&'static str, String)> {
    let file = found.contents.first().map(|content| shown(&content.path));
    let file = file.map(|file| ("was in", file)).filter(|_| found.now.is_empty());
    let first = match &found.gone {
        None => return file.into_iter().collect(),
        Some(Gone::Uncommitted) => {
            ("deleted", "in the working tree only, `HEAD` still has it".to_owned())
        }
        Some(Gone::Deleted(event)) => ("deleted", event.text()),
        Some(Gone::LeftOut(event)) => ("left out", format!("by the merge {}", event.text())),
        Some(Gone::Renumbered(event, to, path)) => {
            let to = format!("to {to} in {}", shown(path));
            return vec![("new id", event.text()), ("", to)].into_iter().chain(file).collect();
        }
    };
    [Some(first), file].into_iter().flatten().collect()
}

/// The branches, tags, stashes and other refs in one row.
fn places(found: &Found) -> Option<String> {
    let tags = found.tags.iter().map(|tag| format!("tag {tag}"));
    let rest = found.stashes.iter().chain(&found.others).cloned();
    let names: Vec<String> = found.branches.iter().cloned().chain(tags).chain(rest).collect();
    if names.is_empty() {
        return None;
    }
    if names.len() <= PLACES {
        return Some(names.join(", "));
    }
    let more = names.len() - PLACES;
    Some(format!("{} and {more} more", names[..PLACES].join(", ")))
}

/// What became of a lost revision, in a sentence for a finding about it. `judged` are the files that do not have it, as part
/// of a sentence, where those are not the working tree.
pub fn note(id: &str, found: &Found, judged: Option<&str>) -> String {
    let file = found.contents.first().and_then(|content| content.path.file_name());
    let file = file.unwrap_or_default().to_string_lossy().into_owned();
    let went = match &found.gone {
        None => None,
        Some(Gone::Uncommitted) => {
            return match judged {
                None => format!("{file} is gone from the working tree only; `HEAD` still has it"),
                Some(judged) => format!("{file} is not in {judged}; `HEAD` still has it"),
            };
        }
        Some(Gone::Deleted(event)) => Some(format!("was deleted in {}", event.text())),
        Some(Gone::LeftOut(event)) => Some(format!("was left out by the merge {}", event.text())),
        Some(Gone::Renumbered(event, to, _)) => {
            return format!("{} gave `{id}` the id `{to}`", event.text());
        }
    };
    let branches = found.branches.iter().chain(&found.tags).chain(&found.stashes);
    let places: Vec<&String> = branches.chain(&found.others).collect();
    let (is, kept) = match &found.only {
        None => (format!("exists on {}", words::list(places)), None),
        Some(Only::History(event)) => (format!("was last in {}", event.text()), None),
        Some(Only::Reflog(event) | Only::Nothing(event)) => {
            let kept = format!("git still keeps it in {}", event.short);
            ("is on no branch".to_owned(), Some(kept))
        }
    };
    match (went, kept) {
        (Some(went), Some(kept)) => format!("{file} {went}; {kept}"),
        (Some(went), None) if found.only.is_none() => format!("{file} {went}; it still {is}"),
        (Some(went), None) => format!("{file} {went}"),
        (None, Some(kept)) => format!("{file} {is}; {kept}"),
        (None, None) => format!("{file} {is}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Event, Found, Gone, Only, note};

    fn event(short: &str, subject: &str) -> Event {
        Event {
            commit: short.repeat(5),
            short: short.into(),
            author: "B. Author".into(),
            day: "2026-11-20".into(),
            subject: subject.into(),
        }
    }

    #[track_caller]
    fn check_note(change: impl FnOnce(&mut Found), expected: &str) {
        let mut found = Found::default();
        let since = event("074197b", "add items");
        let path = "/project/versions/c3d9_add_items.py".into();
        found.contents.push(Content { object: String::new(), path, since, places: Vec::new() });
        change(&mut found);
        assert_eq!(note("c3d9", &found, None), expected);
    }

    fn deleted() -> Gone {
        Gone::Deleted(event("7aa61f0", "clean up"))
    }

    #[test]
    fn a_deleted_file_in_a_sentence() {
        let branches = |found: &mut Found| {
            found.gone = Some(deleted());
            found.branches = vec!["release/1.4".into()];
        };
        check_note(
            branches,
            "c3d9_add_items.py was deleted in 7aa61f0 \"clean up\" (B. Author, 2026-11-20); \
             it still exists on `release/1.4`",
        );
        let history = |found: &mut Found| {
            found.gone = Some(deleted());
            found.only = Some(Only::History(event("074197b", "add items")));
        };
        check_note(
            history,
            "c3d9_add_items.py was deleted in 7aa61f0 \"clean up\" (B. Author, 2026-11-20)",
        );
        let reflog = |found: &mut Found| {
            found.gone = Some(deleted());
            found.only = Some(Only::Reflog(event("074197b", "add items")));
        };
        check_note(
            reflog,
            "c3d9_add_items.py was deleted in 7aa61f0 \"clean up\" (B. Author, 2026-11-20); \
             git still keeps it in 074197b",
        );
    }

    #[test]
    fn what_never_was_here_in_a_sentence() {
        let branches = |found: &mut Found| {
            found.branches = vec!["feature".into()];
            found.stashes = vec!["stash@{0}".into()];
        };
        check_note(branches, "c3d9_add_items.py exists on `feature` and `stash@{0}`");
        let reflog =
            |found: &mut Found| found.only = Some(Only::Nothing(event("074197b", "add items")));
        check_note(reflog, "c3d9_add_items.py is on no branch; git still keeps it in 074197b");
    }

    #[test]
    fn other_ways_to_go_in_a_sentence() {
        let uncommitted = |found: &mut Found| found.gone = Some(Gone::Uncommitted);
        check_note(
            uncommitted,
            "c3d9_add_items.py is gone from the working tree only; `HEAD` still has it",
        );
        let renumbered = |found: &mut Found| {
            let path = "/project/versions/d4_add_items.py".into();
            found.gone = Some(Gone::Renumbered(event("7aa61f0", "ids"), "d4".into(), path));
        };
        check_note(renumbered, "7aa61f0 \"ids\" (B. Author, 2026-11-20) gave `c3d9` the id `d4`");
        let merge = |found: &mut Found| {
            found.gone = Some(Gone::LeftOut(event("7aa61f0", "join")));
            found.only = Some(Only::History(event("074197b", "add items")));
        };
        check_note(
            merge,
            "c3d9_add_items.py was left out by the merge 7aa61f0 \"join\" (B. Author, 2026-11-20)",
        );
    }
}
