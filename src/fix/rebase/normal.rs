//! The history as a rebase takes it: published revisions with the baseline's own edges, and every id once.
//!
//! Plans nothing. Whatever keeps the history from being loaded, or from being trusted, is a [`Refusal`].

use std::collections::BTreeSet;

use super::{PublishedHistory, Question, Refusal};
use crate::graph::{Node, RevisionGraph};
use crate::revision::{Edges, Revision, RevisionId};
use crate::script::Script;

/// What had to be changed before planning. Scripts are meant by their position.
pub(super) struct Normal {
    /// The scripts with these changes; `None` where there are none.
    pub(super) scripts: Option<Vec<Script>>,
    /// Published scripts whose edges are those of the baseline again.
    pub(super) restored: Vec<usize>,
    /// Unpublished scripts whose id is a published one's too; here they have an id of their own.
    pub(super) twins: Vec<usize>,
}

/// Reads the question, and refuses what cannot be trusted.
pub(super) fn normal(question: &Question<'_>) -> Result<Normal, Refusal> {
    if let Some(script) = question.scripts.iter().find(|script| !script.problems.is_empty()) {
        return Err(Refusal::Unreadable(script.path.clone()));
    }
    let twins = twins(question)?;
    let restored = restored(question)?;
    if twins.is_empty() && restored.is_empty() {
        return Ok(Normal { scripts: None, restored, twins });
    }
    let mut scripts = question.scripts.to_vec();
    let taken: BTreeSet<RevisionId> =
        twins.iter().filter_map(|&twin| question.scripts[twin].id().cloned()).collect();
    for (position, script) in scripts.iter_mut().enumerate() {
        let Some(revision) = &mut script.revision else { continue };
        match &question.published.of_script[position] {
            Some(published) => revision.edges = published.edges.clone(),
            None => rename(revision, &taken),
        }
    }
    Ok(Normal { scripts: Some(scripts), restored, twins })
}

/// An id that no file can have been given for another revision: Python strings hold NUL, file names and databases do
/// not.
fn own(id: &str) -> String {
    format!("{id}\0mine")
}

/// Gives an unpublished revision an id of its own where a published one has it too, and reads its references to such
/// an id as meaning the unpublished one.
fn rename(revision: &mut Revision, taken: &BTreeSet<RevisionId>) {
    for id in revision.edges.parents.iter_mut().chain([&mut revision.id]) {
        if taken.contains(id) {
            *id = RevisionId::new(own(id.as_str()));
        }
    }
    for name in &mut revision.edges.dependencies {
        if taken.contains(&RevisionId::new(name.clone())) {
            *name = own(name).into();
        }
    }
}

fn twins(question: &Question<'_>) -> Result<Vec<usize>, Refusal> {
    let graph = question.graph;
    let mut twins = Vec::new();
    for nodes in graph.duplicates() {
        let scripts: Vec<usize> = nodes.iter().map(|&node| graph.script_index(node)).collect();
        let is_published = |script: &usize| question.published.of_script[*script].is_some();
        match scripts.as_slice() {
            [one, other] if is_published(one) && !is_published(other) => twins.push(*other),
            [one, other] if is_published(other) && !is_published(one) => twins.push(*one),
            _ => return Err(duplicate(question, &scripts)),
        }
    }
    Ok(twins)
}

fn duplicate(question: &Question<'_>, scripts: &[usize]) -> Refusal {
    let mut ids = scripts.iter().filter_map(|&script| question.scripts[script].id());
    Refusal::DuplicateRevision {
        id: ids.next_back().cloned().unwrap_or_else(|| RevisionId::new("")),
        files: scripts.iter().map(|&script| question.scripts[script].path.clone()).collect(),
    }
}

/// The published scripts whose edges name an unpublished revision; any other difference from the baseline is refused.
fn restored(question: &Question<'_>) -> Result<Vec<usize>, Refusal> {
    let PublishedHistory { of_script, absent, name } = question.published;
    let name = name.clone().unwrap_or_default();
    let changed =
        |id: &RevisionId| Refusal::PublishedChanged { id: id.clone(), name: name.clone() };
    let absent_ids: BTreeSet<&str> = absent.iter().map(|one| one.id.as_str()).collect();
    let mut restored = Vec::new();
    for (position, (script, published)) in question.scripts.iter().zip(of_script).enumerate() {
        let (Some(revision), Some(published)) = (&script.revision, published) else { continue };
        if let Some(gone) = names(&published.edges).find(|name| absent_ids.contains(name)) {
            return Err(changed(&RevisionId::new(gone)));
        }
        if !published.parents_known || published.id != revision.id {
            return Err(changed(&revision.id));
        }
        if !is_alike(&revision.edges, &published.edges) {
            restored.push(position);
        }
    }
    if !restored.is_empty() {
        let unpublished = names_of_unpublished(question);
        for &position in &restored {
            let Some(revision) = &question.scripts[position].revision else { continue };
            if !names(&revision.edges).any(|name| unpublished.contains(name)) {
                return Err(changed(&revision.id));
            }
        }
    }
    if !absent.is_empty() {
        let below: BTreeSet<&str> = absent.iter().flat_map(|one| names(&one.edges)).collect();
        let heads = absent.iter().filter(|one| !below.contains(one.id.as_str()));
        return Err(Refusal::BaselineAhead {
            heads: heads.map(|one| one.id.clone()).collect(),
            name,
        });
    }
    Ok(restored)
}

/// The ids and labels that unpublished scripts alone define.
fn names_of_unpublished<'a>(question: &Question<'a>) -> BTreeSet<&'a str> {
    let defined = |wanted: bool| {
        let pairs = question.scripts.iter().zip(&question.published.of_script);
        pairs.filter(move |(_, published)| published.is_some() == wanted).flat_map(|(script, _)| {
            let labels = script.labels().iter().map(crate::revision::BranchLabel::as_str);
            labels.chain(script.id().map(RevisionId::as_str))
        })
    };
    let mut names: BTreeSet<&str> = defined(false).collect();
    for name in defined(true) {
        names.remove(name);
    }
    names
}

/// Whether two say the same, in whatever order.
fn is_alike(here: &Edges, there: &Edges) -> bool {
    let parents = |edges: &Edges| edges.parents.iter().cloned().collect::<BTreeSet<_>>();
    let dependencies = |edges: &Edges| edges.dependencies.iter().cloned().collect::<BTreeSet<_>>();
    here == there || parents(here) == parents(there) && dependencies(here) == dependencies(there)
}

fn names(edges: &Edges) -> impl Iterator<Item = &str> {
    let dependencies = edges.dependencies.iter().map(AsRef::as_ref);
    edges.parents.iter().map(RevisionId::as_str).chain(dependencies)
}

/// Refuses a history that cannot be loaded. `may_lack` may have a parent that no file defines.
pub(super) fn check(
    question: &Question<'_>,
    graph: &RevisionGraph<'_>,
    normal: &Normal,
    may_lack: &[Node],
) -> Result<(), Refusal> {
    // As written in the files: the id that stands in for a duplicated one is nobody's business.
    let written = |node: Node| {
        let script = &question.scripts[graph.script_index(node)];
        script.id().cloned().unwrap_or_else(|| graph.id(node).clone())
    };
    let missing = graph.missing_parents();
    if let Some(missing) = missing.iter().find(|missing| !may_lack.contains(&missing.child)) {
        let child = written(missing.child);
        return Err(Refusal::MissingParent { missing: RevisionId::new(missing.text), child });
    }
    if let Some(missing) = graph.missing_dependencies().first() {
        let child = written(missing.child);
        return Err(Refusal::MissingDependency { missing: missing.text.into(), child });
    }
    if let Some(label) = graph.duplicate_labels().first() {
        let revisions = vec![written(label.first), written(label.node)];
        return Err(Refusal::DuplicateLabel { label: label.label.into(), revisions });
    }
    let Some(cycle) = graph.cycles().into_iter().next() else { return Ok(()) };
    let mut along = cycle.path.iter().map(|&node| graph.script_index(node));
    Err(match along.find(|script| normal.twins.contains(script)) {
        Some(twin) => {
            let id = question.scripts[twin].id();
            let alike = (0..question.scripts.len()).filter(|&at| question.scripts[at].id() == id);
            duplicate(question, &alike.collect::<Vec<_>>())
        }
        None => Refusal::Cycle(cycle.path.into_iter().map(written).collect()),
    })
}
