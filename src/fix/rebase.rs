//! Putting unpublished revisions on top of the published ones: which files change, and what databases make of it.
//!
//! [`plan`] is pure: from scripts, graph and what is published to a [`Plan`], or a [`Refusal`]. It writes nothing, knows
//! no git and reads no clock. Published revisions never move. A plan is made whole or not at all: afterwards every
//! revision comes after everything that it came after before, but for merge revisions that were dropped because nothing
//! was left for them to merge; planning its result changes nothing.

mod bits;
mod databases;
mod history;
mod names;
mod normal;
mod number;
mod order;
mod refusal;
mod shape;
mod stamp;
mod target;

use std::path::PathBuf;

pub use refusal::{Refusal, Warning};
pub use stamp::{Outcome, Repair, Stamps, Step};

use crate::environment::ExpectedHeads;
use crate::fix::Rewrite;
use crate::graph::{Node, RevisionGraph};
use crate::revision::{Revision, RevisionId};
use crate::script::Script;
use history::History;
use names::Names;
use normal::Normal;
use shape::Shape;
use target::Choice;

/// What is known of what is published, for one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedHistory {
    /// For each script, by position, the baseline's own revision of it; `None` where it is unpublished.
    pub of_script: Vec<Option<Revision>>,
    /// Revisions of the baseline's tip that no file of the snapshot defines.
    pub absent: Vec<Revision>,
    /// The ref, for messages; `None` where nothing is known as published.
    pub name: Option<String>,
}

/// What is to be moved.
pub struct Question<'a> {
    /// The scripts in load order, read whole.
    pub scripts: &'a [Script],
    /// Their graph.
    pub graph: &'a RevisionGraph<'a>,
    /// How many heads are expected.
    pub expected: &'a ExpectedHeads,
    /// What is published; of as many scripts.
    pub published: &'a PublishedHistory,
    /// The revisions named; none for all that are unpublished.
    pub revs: &'a [String],
    /// The target named.
    pub onto: Option<&'a str>,
    /// Whether everything that comes after more than before gets a new id.
    pub new_ids: bool,
}

/// A script that gets another id or file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The position of the script.
    pub script: usize,
    /// Its id before.
    pub from: RevisionId,
    /// Its id afterwards; may be the same.
    pub to: RevisionId,
    /// Its file before.
    pub file_from: PathBuf,
    /// Its file afterwards; may be the same.
    pub file_to: PathBuf,
}

/// What moved together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Onto what; `None` where nothing is published of that line, and its lines were laid onto each other.
    pub onto: Option<RevisionId>,
    /// What the lowest of them came after before, each once; none for the base.
    pub from: Vec<RevisionId>,
    /// The scripts that come after more than before, by position, in the new order.
    pub scripts: Vec<usize>,
}

/// What a rebase changes. Nothing where the history is as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What becomes of scripts, in load order.
    pub rewrites: Vec<Rewrite>,
    /// The positions of published scripts that get the baseline's edges back; each has its rewrite.
    pub restored: Vec<usize>,
    /// The positions of merge revisions to delete.
    pub dropped: Vec<usize>,
    /// What moved, by target.
    pub moves: Vec<Move>,
    /// What is called differently.
    pub renamed: Vec<Renamed>,
    /// Worth knowing.
    pub warnings: Vec<Warning>,
    /// What happens to databases, by what they are stamped with; those that fare alike in one group.
    pub stamps: Vec<Stamps>,
    /// The heads afterwards, by their new ids, in load order.
    pub heads: Vec<RevisionId>,
    /// Ids that several scripts share, wherever an unpublished script refers to them: the reference was read as meaning
    /// the unpublished one. The script that refers, and the id as written.
    pub read_as_unpublished: Vec<(usize, RevisionId)>,
}

impl Plan {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.rewrites.is_empty() && self.dropped.is_empty()
    }
}

/// Plans a rebase.
///
/// Fails where what moves or onto what is not clear, where published revisions would change, where an order would be
/// lost, or where the history cannot be loaded in the first place.
pub fn plan(question: &Question<'_>) -> Result<Plan, Refusal> {
    let normal = normal::normal(question)?;
    match &normal.scripts {
        None => plan_normal(question, question.graph, &normal),
        Some(scripts) => plan_normal(question, &RevisionGraph::build(scripts), &normal),
    }
}

fn plan_normal(
    question: &Question<'_>,
    graph: &RevisionGraph<'_>,
    normal: &Normal,
) -> Result<Plan, Refusal> {
    let history = History::new(question, graph, normal);
    let may_lack = may_lack(&history);
    normal::check(question, graph, normal, &may_lack)?;
    let revs = target::named(&history)?;
    let onto = target::onto(&history)?;
    let choice = match onto {
        Some(onto) => target::onto_named(&history, &revs, onto)?,
        None => target::without_onto(&history, &revs)?,
    };
    let shape = shape::shape(&history, &choice)?;
    let names = names::names(&history, &choice, &shape)?;
    let heads = shape.heads(&history);
    let mut plan = assemble(&history, &choice, &shape, &names);
    plan.heads = heads.iter().map(|&head| names.id(&history, head)).collect();
    judge_heads(&history, &choice, &shape, &heads, onto, &mut plan)?;
    plan.stamps =
        stamp::stamps(&stamp::Stamping { history: &history, shape: &shape, names: &names });
    if question.new_ids && !names.ids.is_empty() && gains_nothing(&history, &shape) {
        plan.warnings.push(Warning::NewIdsUseless);
    }
    Ok(plan)
}

/// The revisions that may have a parent that no file defines: those that are named together with a target.
fn may_lack(history: &History<'_>) -> Vec<Node> {
    if history.question.onto.is_none() {
        return Vec::new();
    }
    let revs = history.question.revs.iter();
    revs.filter_map(|rev| history.graph.get_revision(rev).ok().flatten()).collect()
}

/// Whether nothing that has come to lie below another revision does anything.
fn gains_nothing(history: &History<'_>, shape: &Shape) -> bool {
    let all: Vec<Node> = history.graph.all_nodes().collect();
    shape.moved.iter().all(|node| match (shape.before.get(node), shape.after.get(node)) {
        (Some(before), Some(after)) => {
            after.without(before).iter().all(|gained| !history.script(all[gained]).has_operations())
        }
        _ => true,
    })
}

/// Refuses a plan that leaves too many heads, or says how many are left.
fn judge_heads(
    history: &History<'_>,
    choice: &Choice,
    shape: &Shape,
    heads: &[Node],
    onto: Option<Node>,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let surplus = history.surplus(heads, |head| labels_after(history, shape, head));
    if surplus == 0 {
        return Ok(());
    }
    let is_fewer = heads.len() < history.graph.heads().len();
    match onto {
        Some(onto) if !is_fewer && !plan.is_empty() => {
            return Err(Refusal::OntoNotHead { onto: history.id(onto), heads: plan.heads.clone() });
        }
        None if !choice.may_leave_heads => {
            let published = history.published_heads();
            let surplus = history.surplus(&published, |head| history.graph.labels(head));
            return Err(match history.question.expected {
                ExpectedHeads::Total(2..) if surplus > 0 => {
                    Refusal::PublishedForked(history.ids(published))
                }
                _ => Refusal::NoPlan(plan.heads.clone()),
            });
        }
        _ => plan.warnings.push(Warning::StillHeads(heads.len())),
    }
    Ok(())
}

/// The branch labels of a head after the move: those that it or anything below it declares.
fn labels_after<'a>(history: &History<'a>, shape: &Shape, head: Node) -> Vec<&'a str> {
    let below = shape.by_parents(history, head);
    let nodes = history.graph.all_nodes().filter(|node| below[node.index()]);
    nodes
        .flat_map(|node| history.graph.revision(node).labels.iter())
        .map(crate::revision::BranchLabel::as_str)
        .collect()
}

fn assemble(history: &History<'_>, choice: &Choice, shape: &Shape, names: &Names) -> Plan {
    let script = |node: Node| history.graph.script_index(node);
    let mut warnings = shape.warnings.clone();
    let shifted: Vec<Node> = shape.parents.keys().copied().collect();
    warnings.extend(target::warnings(history, &shifted));
    warnings.extend(names.warnings.iter().cloned());
    let mut rewrites: Vec<Rewrite> = Vec::new();
    for node in history.graph.all_nodes().filter(|node| !shape.dropped.contains_key(node)) {
        let rewrite = if history.is_published(node) {
            restoration(history, script(node))
        } else {
            rewrite(history, shape, names, node)
        };
        let nothing = Rewrite { script: rewrite.script, ..Rewrite::default() };
        if rewrite != nothing {
            rewrites.push(rewrite);
        }
    }
    rewrites.sort_by_key(|rewrite| rewrite.script);
    let renamed = history
        .graph
        .all_nodes()
        .filter(|node| names.ids.contains_key(node) || names.files.contains_key(node));
    let renamed = renamed.map(|node| Renamed {
        script: script(node),
        from: history.id(node),
        to: names.id(history, node),
        file_from: history.script(node).path.clone(),
        file_to: names.files.get(&node).unwrap_or(&history.script(node).path).clone(),
    });
    Plan {
        rewrites,
        restored: history.normal.restored.clone(),
        dropped: shape.dropped.keys().map(|&node| script(node)).collect(),
        moves: moves(history, choice, shape),
        renamed: renamed.collect(),
        warnings,
        stamps: Vec::new(),
        heads: Vec::new(),
        read_as_unpublished: read_as_unpublished(history),
    }
}

/// What sets a published script back to the baseline's edges; nothing for one that has them.
fn restoration(history: &History<'_>, script: usize) -> Rewrite {
    let mut rewrite = Rewrite { script, ..Rewrite::default() };
    let question = history.question;
    if let (true, Some(here), Some(published)) = (
        history.normal.restored.contains(&script),
        &question.scripts[script].revision,
        &question.published.of_script[script],
    ) {
        let (here, there) = (&here.edges, &published.edges);
        rewrite.parents = (here.parents != there.parents).then(|| there.parents.clone());
        rewrite.dependencies =
            (here.dependencies != there.dependencies).then(|| there.dependencies.clone());
    }
    rewrite
}

/// What becomes of an unpublished script that stays.
fn rewrite(history: &History<'_>, shape: &Shape, names: &Names, node: Node) -> Rewrite {
    let graph = history.graph;
    let id_now = |node: Node| names.id(history, node);
    let mut rewrite = Rewrite {
        script: graph.script_index(node),
        id: names.ids.get(&node).cloned(),
        path: names.files.get(&node).cloned(),
        ..Rewrite::default()
    };
    let Some(written) = &history.script(node).revision else { return rewrite };
    // As the planner read it, where ids that are shared have been told apart.
    let read = &graph.revision(node).edges;
    let parents: Vec<RevisionId> = if let Some(parents) = shape.parents.get(&node) {
        parents.iter().map(|&parent| id_now(parent)).collect()
    } else {
        let now = |id: &RevisionId| graph.find(id.as_str()).map_or_else(|| id.clone(), id_now);
        read.parents.iter().map(now).collect()
    };
    let id_text = |node: Node| Box::from(id_now(node).as_str());
    let dependencies: Vec<Box<str>> = if let Some(new) = shape.dependencies.get(&node) {
        new.iter().map(|one| one.label.clone().unwrap_or_else(|| id_text(one.node))).collect()
    } else {
        let names = read.dependencies.iter();
        names.map(|name| graph.find(name).map_or_else(|| name.clone(), id_text)).collect()
    };
    rewrite.parents = (parents != written.edges.parents).then_some(parents);
    rewrite.dependencies = (dependencies != written.edges.dependencies).then_some(dependencies);
    rewrite
}

fn moves(history: &History<'_>, choice: &Choice, shape: &Shape) -> Vec<Move> {
    let groups = choice.groups.iter().filter_map(|group| {
        let in_group = |node: &&Node| group.members.binary_search(node).is_ok();
        let moved = shape.order.iter().filter(in_group).filter(|&&node| shape.is_moved(node));
        let moved: Vec<Node> = moved.copied().collect();
        let mut from: Vec<RevisionId> = Vec::new();
        for &node in moved.iter().filter(|node| shape.parents.contains_key(node)) {
            for parent in history.graph.parents(node) {
                let id = history.id(*parent);
                if group.members.binary_search(parent).is_err() && !from.contains(&id) {
                    from.push(id);
                }
            }
        }
        let onto = group.target.map(|target| history.id(target));
        let scripts: Vec<usize> = moved.iter().map(|&n| history.graph.script_index(n)).collect();
        (!scripts.is_empty()).then_some(Move { onto, from, scripts })
    });
    groups.collect()
}

fn read_as_unpublished(history: &History<'_>) -> Vec<(usize, RevisionId)> {
    let twins: Vec<&RevisionId> = history
        .normal
        .twins
        .iter()
        .filter_map(|&twin| history.question.scripts[twin].id())
        .collect();
    let mut read = Vec::new();
    for node in history.unpublished().filter(|_| !twins.is_empty()) {
        let Some(written) = &history.script(node).revision else { continue };
        let names = written.edges.parents.iter().map(RevisionId::as_str);
        let names = names.chain(written.edges.dependencies.iter().map(AsRef::as_ref));
        let shared = names.filter(|name| twins.iter().any(|twin| twin.as_str() == *name));
        read.extend(shared.map(|name| (history.graph.script_index(node), RevisionId::new(name))));
    }
    read
}
