//! The document of `where`.
//!
//! Paths are relative to the root, as in every document.

use serde::Serialize;

use super::{Environment, EnvironmentReport, SCHEMA, Sources, environment, write};
use crate::report::lost::{self, Found, Gone, Only};

#[derive(Serialize)]
struct Where<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    found: Vec<Revision<'a>>,
    nowhere: &'a [String],
}

#[allow(clippy::struct_field_names, reason = "the keys of the document")]
#[derive(Serialize)]
struct Revision<'a> {
    asked: &'a str,
    environment: &'a str,
    revision: &'a str,
    message: &'a str,
    paths: Vec<String>,
    gone: Option<Going<'a>>,
    renamed: Option<Renamed<'a>>,
    added: Option<Commit<'a>>,
    branches: &'a [String],
    tags: &'a [String],
    stashes: &'a [String],
    other_refs: &'a [String],
    only_in: Option<&'static str>,
    parents: Vec<Relative<'a>>,
    children: Vec<Relative<'a>>,
    contents: Vec<Content<'a>>,
}

#[derive(Serialize)]
struct Commit<'a> {
    id: &'a str,
    short: &'a str,
    author: &'a str,
    date: &'a str,
    subject: &'a str,
}

#[derive(Serialize)]
struct Going<'a> {
    how: &'static str,
    commit: Option<Commit<'a>>,
    new_revision: Option<&'a str>,
    new_path: Option<String>,
}

#[derive(Serialize)]
struct Renamed<'a> {
    commit: Commit<'a>,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Relative<'a> {
    revision: &'a str,
    path: Option<String>,
}

#[derive(Serialize)]
struct Content<'a> {
    object: &'a str,
    path: String,
    commit: Commit<'a>,
    refs: &'a [String],
}

/// The document of `where`: what was found, and which of what was asked for is nowhere.
pub fn lost(
    environments: &[EnvironmentReport],
    found: &[Found],
    nowhere: &[String],
    sources: &Sources,
) -> String {
    write(&Where {
        schema: SCHEMA,
        environments: environments.iter().map(|one| environment(one, None, sources)).collect(),
        found: found.iter().map(|one| revision(one, sources)).collect(),
        nowhere,
    })
}

fn revision<'a>(found: &'a Found, sources: &Sources) -> Revision<'a> {
    Revision {
        asked: &found.asked,
        environment: &found.environment,
        revision: &found.id,
        message: &found.message,
        paths: found.now.iter().map(|path| sources.from_root(path)).collect(),
        gone: found.gone.as_ref().map(|gone| going(gone, sources)),
        renamed: found.renamed.as_ref().map(|(event, from, to)| Renamed {
            commit: commit(event),
            from: sources.from_root(from),
            to: sources.from_root(to),
        }),
        added: found.added.as_ref().map(commit),
        branches: &found.branches,
        tags: &found.tags,
        stashes: &found.stashes,
        other_refs: &found.others,
        only_in: found.only.as_ref().map(|only| match only {
            Only::History(_) => "history",
            Only::Reflog(_) => "reflog",
            Only::Nothing(_) => "unreachable",
        }),
        parents: relatives(&found.parents, sources),
        children: relatives(&found.children, sources),
        contents: found.contents.iter().map(|one| content(one, sources)).collect(),
    }
}

fn commit(event: &lost::Event) -> Commit<'_> {
    Commit {
        id: &event.commit,
        short: &event.short,
        author: &event.author,
        date: &event.day,
        subject: &event.subject,
    }
}

fn going<'a>(gone: &'a Gone, sources: &Sources) -> Going<'a> {
    let plain = |how, event| Going {
        how,
        commit: Option::map(event, commit),
        new_revision: None,
        new_path: None,
    };
    match gone {
        Gone::Uncommitted => plain("uncommitted", None),
        Gone::Deleted(event) => plain("deleted", Some(event)),
        Gone::LeftOut(event) => plain("left-out", Some(event)),
        Gone::Renumbered(event, to, path) => Going {
            how: "new-id",
            commit: Some(commit(event)),
            new_revision: Some(to),
            new_path: Some(sources.from_root(path)),
        },
    }
}

fn relatives<'a>(relatives: &'a [lost::Relative], sources: &Sources) -> Vec<Relative<'a>> {
    let relative = |one: &'a lost::Relative| Relative {
        revision: &one.id,
        path: one.now.as_ref().map(|path| sources.from_root(path)),
    };
    relatives.iter().map(relative).collect()
}

fn content<'a>(content: &'a lost::Content, sources: &Sources) -> Content<'a> {
    Content {
        object: &content.object,
        path: sources.from_root(&content.path),
        commit: commit(&content.since),
        refs: &content.places,
    }
}
