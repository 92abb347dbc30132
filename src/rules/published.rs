//! What the rules about published revisions have in common: which differences from the baseline belong together.
//!
//! One cause is one finding. A squash deletes revisions, gives others new parents and often keeps an id for other code;
//! an insertion gives a published revision another parent. What belongs to one of these is told there alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::published::{Altered, Deleted, PublishedScripts};
use crate::revision::{Revision, RevisionId};
use crate::script::{Name, Problem, Script, Span};

use super::Context;

/// What became of the published scripts, cause by cause.
pub struct Differences<'a> {
    /// The scripts that took the place of several published revisions.
    pub squashes: Vec<Squash<'a>>,
    /// What was deleted and is no part of a squash or of a renaming, by id.
    pub deleted: Vec<&'a Deleted>,
    /// Published ids that no script defines, each with the script that lies in its file and has an id of its own.
    pub renamed: Vec<(&'a Deleted, &'a Script)>,
    /// What is not the same here and is no part of a squash, with its script.
    pub altered: Vec<(&'a Altered, &'a Script)>,
}

/// Several published revisions in the place of which there is one script.
pub struct Squash<'a> {
    /// What is gone, by id.
    pub gone: Vec<&'a Deleted>,
    /// What took its place.
    pub by: &'a Script,
}

impl<'a> Differences<'a> {
    /// The differences in the history; `None` where no baseline is known.
    pub fn of(context: &Context<'a>) -> Option<Self> {
        let published = context.published?;
        let mut seen = BTreeSet::new();
        let gone = published.deleted.iter().filter(|one| seen.insert(&one.revision.id));
        let mut differences = Self {
            squashes: Vec::new(),
            deleted: Vec::new(),
            renamed: Vec::new(),
            altered: Vec::new(),
        };
        let mut missing = Vec::new();
        for deleted in gone {
            match context.scripts.iter().position(|script| script.path == deleted.path) {
                None => missing.push(deleted),
                // What cannot be read is told by another rule; its id is not known to be gone.
                Some(at) if context.scripts[at].revision.is_none() => {}
                Some(at) if published.revisions[at].is_some() => missing.push(deleted),
                Some(at) => differences.renamed.push((deleted, &context.scripts[at])),
            }
        }
        let mut covered = BTreeSet::new();
        for part in connected(&missing) {
            match squash(context, published, &part) {
                Some((by, scripts)) => {
                    covered.extend(scripts);
                    let by = &context.scripts[by];
                    differences.squashes.push(Squash { gone: part, by });
                }
                None => differences.deleted.extend(part),
            }
        }
        let altered = published.altered.iter().filter(|one| !covered.contains(&one.script));
        differences.altered =
            altered.map(|altered| (altered, &context.scripts[altered.script])).collect();
        Some(differences)
    }

    /// What was inserted below a published script. What only has another id was not.
    pub fn inserted(
        &self,
        context: &Context<'_>,
        altered: &Altered,
        script: &'a Script,
    ) -> Vec<Inserted<'a>> {
        let (Some(revision), Some(published)) = (&script.revision, context.published) else {
            return Vec::new();
        };
        let is_renamed =
            |script: &Script| self.renamed.iter().any(|(_, renamed)| renamed.path == script.path);
        let is_unpublished = |id: &str| {
            let is_it = |(other, published): (&Script, &Option<Revision>)| {
                let is_named = other.id().is_some_and(|other| other.as_str() == id);
                published.is_none() && is_named && !is_renamed(other)
            };
            context.scripts.iter().zip(&published.revisions).any(is_it)
        };
        let edges = &revision.edges;
        let parents = edges.parents.iter().map(RevisionId::as_str).zip(spans(&script.parent_spans));
        let parents = parents.map(|(id, span)| Inserted { id, span, is_parent: true });
        let needed =
            edges.dependencies.iter().map(AsRef::as_ref).zip(spans(&script.dependency_spans));
        let needed = needed.map(|(id, span)| Inserted { id, span, is_parent: false });
        let was_there = |one: &Inserted<'_>| {
            altered.versions.iter().any(|version| {
                let edges = &version.revision.edges;
                if one.is_parent {
                    !version.revision.parents_known
                        || edges.parents.iter().any(|id| id.as_str() == one.id)
                } else {
                    version.unknown.contains(&Name::DependsOn)
                        || edges.dependencies.iter().any(|name| &**name == one.id)
                }
            })
        };
        let names = parents.chain(needed);
        names.filter(|one| !was_there(one) && is_unpublished(one.id)).collect()
    }
}

/// Groups of revisions that follow each other, in the order in which their first comes.
fn connected<'a>(revisions: &[&'a Deleted]) -> Vec<Vec<&'a Deleted>> {
    let at: BTreeMap<&RevisionId, usize> =
        revisions.iter().enumerate().map(|(at, one)| (&one.revision.id, at)).collect();
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); revisions.len()];
    for (child, one) in revisions.iter().enumerate() {
        for &parent in one.revision.edges.parents.iter().filter_map(|parent| at.get(parent)) {
            beside[child].push(parent);
            beside[parent].push(child);
        }
    }
    let mut groups = Vec::new();
    let mut seen = vec![false; revisions.len()];
    for start in 0..revisions.len() {
        let mut group = Vec::new();
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                group.push(at);
                waiting.extend(&beside[at]);
            }
        }
        group.sort_unstable();
        if !group.is_empty() {
            groups.push(group.into_iter().map(|at| revisions[at]).collect());
        }
    }
    groups
}

/// The script that took the place of several revisions, with the altered scripts that belong to it: itself, where it
/// keeps a published id, and what followed one of them and follows it now.
///
/// It follows what these came after, and nothing else is left without a parent. That it begins the history or is followed
/// by what is published tells it from a new revision that has nothing to do with what was deleted.
fn squash(
    context: &Context<'_>,
    published: &PublishedScripts,
    gone: &[&Deleted],
) -> Option<(usize, Vec<usize>)> {
    if gone.len() < 2 {
        return None;
    }
    let ids: BTreeSet<&RevisionId> = gone.iter().map(|one| &one.revision.id).collect();
    let edges = gone.iter().flat_map(|one| &one.revision.edges.parents);
    let below: BTreeSet<&RevisionId> = edges.filter(|id| !ids.contains(id)).collect();
    let dangling = |script: &Script| {
        follows(script).is_some_and(|parents| parents.iter().any(|id| ids.contains(id)))
    };
    if context.scripts.iter().any(dangling) {
        return None;
    }
    let came_after = |altered: &Altered| {
        let parents =
            |revision: &Revision| revision.edges.parents.iter().any(|id| ids.contains(id));
        altered.versions.iter().any(|version| parents(&version.revision))
    };
    let cut: Vec<&Altered> = published.altered.iter().filter(|one| came_after(one)).collect();
    let candidates = context.scripts.iter().enumerate().filter(|(at, script)| {
        let is_new = published.revisions[*at].is_none();
        let is_cut = || cut.iter().any(|one| one.script == *at);
        follows(script).is_some_and(|parents| parents == below) && (is_new || is_cut())
    });
    for (at, script) in candidates {
        let Some(id) = script.id() else { continue };
        let itself = cut.iter().filter(|one| one.script == at);
        let children = cut.iter().filter(|one| {
            one.script != at
                && follows(&context.scripts[one.script]).is_some_and(|parents| parents.contains(id))
        });
        let covered: Vec<usize> = itself.chain(children).map(|one| one.script).collect();
        if below.is_empty() || !covered.is_empty() {
            return Some((at, covered));
        }
    }
    None
}

/// What a script follows, where that is known.
fn follows(script: &Script) -> Option<BTreeSet<&RevisionId>> {
    let revision = script.revision.as_ref().filter(|revision| revision.parents_known)?;
    Some(revision.edges.parents.iter().collect())
}

/// An unpublished revision that a published one follows or depends on here, and on the baseline does not.
pub struct Inserted<'a> {
    /// The unpublished revision.
    pub id: &'a str,
    /// Where the published one names it.
    pub span: Option<Span>,
    /// Whether it is a parent, and not only a dependency.
    pub is_parent: bool,
}

fn spans(spans: &[Span]) -> impl Iterator<Item = Option<Span>> {
    spans.iter().copied().map(Some).chain(std::iter::repeat(None))
}

/// Whether it is known what `name` holds in the script as it is here.
pub fn is_known(script: &Script, name: Name) -> bool {
    !script.problems.iter().any(|problem| {
        matches!(problem, Problem::Unknown { name: unknown, .. }
            | Problem::WrongType { name: unknown, .. }
            | Problem::Missing(unknown) if *unknown == name)
    })
}

/// What Alembic says of a database that stands at an id that no file defines.
pub fn cannot_locate(id: &RevisionId) -> String {
    format!(
        "a database that stands at it cannot be used any more: every alembic command stops with `Can't locate revision \
         identified by '{id}'`"
    )
}
