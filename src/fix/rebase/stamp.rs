//! What a database that was stamped before the move takes as done after it.
//!
//! Alembic keeps only the stamp and takes everything below it as done (1.20.1, `RevisionMap._collect_upgrade_revisions`).
//! So a database stamped with a moved revision skips, for ever and without a word, what has come to lie below it.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::history::{History, closures, sorted};
use super::names::Names;
use super::shape::Shape;
use crate::graph::Node;
use crate::revision::RevisionId;

/// What happens to a database on the next `alembic upgrade head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It succeeds and skips what was not run.
    Skips,
    /// Alembic does not know the stamp and stops.
    Unlocatable,
    /// Alembic takes the stamp for another revision.
    ReadAsAnother,
    /// It runs revisions again.
    RunsAgain,
    /// Not known, since a missing parent was replaced.
    Unknown,
}

/// Databases that fare alike: those stamped with one of several revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    /// The stamps, as they were before the move, lower ones first.
    pub stamps: Vec<RevisionId>,
    /// What happens.
    pub outcome: Outcome,
    /// What is skipped, by the ids after the move.
    pub skipped: Vec<RevisionId>,
    /// What is run a second time, by the ids after the move.
    pub runs_again: Vec<RevisionId>,
    /// Whether nothing that is skipped does anything.
    pub harmless: bool,
    /// How such databases are mended; empty where that is not known, where it need not be since the group is harmless,
    /// and from the eleventh group on.
    pub repairs: Vec<Repair>,
}

/// The commands that mend a database and lose no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The stamps that it is for, as they were before the move.
    pub stamps: Vec<RevisionId>,
    /// What to run in turn, before the database is stamped with where it was and upgraded to the heads.
    pub steps: Vec<Step>,
    /// The last of `stamps`, by its id after the move: where such a database is stamped at the end, unless the last step
    /// does that already. The others put their own in its place.
    pub last: RevisionId,
}

/// One command of Alembic's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `stamp --purge` with these; `base` where there are none.
    Stamp(Vec<RevisionId>),
    /// `upgrade` to this.
    Upgrade(RevisionId),
}

/// For how many stamps of a group repairs are told where each needs its own.
const SINGLE_REPAIRS: usize = 8;

/// For how many groups repairs are told: more nobody reads.
const REPAIRED_GROUPS: usize = 10;

/// A history before and after the move.
pub(super) struct Stamping<'s, 'a> {
    pub(super) history: &'s History<'a>,
    pub(super) shape: &'s Shape,
    pub(super) names: &'s Names,
}

/// What happens to a database with one stamp.
struct Fate {
    outcome: Outcome,
    skipped: Bits,
    runs_again: Bits,
}

/// What happens to the databases stamped with each revision, where anything does; those that fare alike in one group.
pub(super) fn stamps(stamping: &Stamping<'_, '_>) -> Vec<Stamps> {
    let Stamping { history, shape, names } = *stamping;
    let ran = stamping.ran();
    let by_id: BTreeMap<RevisionId, Node> = if names.ids.is_empty() && shape.dropped.is_empty() {
        BTreeMap::new()
    } else {
        let stays = |node: &Node| !shape.dropped.contains_key(node);
        history
            .graph
            .all_nodes()
            .filter(stays)
            .map(|node| (names.id(history, node), node))
            .collect()
    };
    let unknown = stamping.unknown();
    let mut groups: Vec<(Fate, Vec<Node>)> = Vec::new();
    let mut index: BTreeMap<(Outcome, Bits, Bits), usize> = BTreeMap::new();
    for (node, ran) in &ran {
        let Some(fate) = stamping.fate(*node, ran, &by_id, &unknown) else { continue };
        let key = (fate.outcome, fate.skipped.clone(), fate.runs_again.clone());
        let at = *index.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, nodes)) => nodes.push(*node),
            None => groups.push((fate, vec![*node])),
        }
    }
    let ran: BTreeMap<Node, Bits> = ran.into_iter().collect();
    let mut repaired = 0;
    let groups = groups.into_iter().map(|(fate, nodes)| {
        let mut group = stamping.group(&fate, &nodes);
        if !group.harmless && fate.outcome != Outcome::Unknown && repaired < REPAIRED_GROUPS {
            group.repairs = stamping.repairs(&nodes, &ran);
            repaired += 1;
        }
        group
    });
    groups.collect()
}

impl Stamping<'_, '_> {
    /// For every revision whose databases may be concerned what was run when it is the stamp; lower ones first.
    fn ran(&self) -> Vec<(Node, Bits)> {
        let Self { history, shape, names } = self;
        let mut concerned: Vec<Node> = shape.before.keys().copied().collect();
        concerned.extend(names.ids.keys());
        let restored = self.worktree_edges();
        if !restored.is_empty() {
            let nodes: Vec<Node> = restored.keys().copied().collect();
            concerned.extend(history.after(&nodes));
        }
        concerned.sort_unstable();
        concerned.dedup();
        let before = |node: Node| -> Vec<Node> {
            restored.get(&node).cloned().unwrap_or_else(|| history.before(node).collect())
        };
        let key = |node: Node| node;
        // A history whose files close a circle was never run: there only the baseline's edges count.
        let Ok(order) = sorted(&concerned, before, key) else {
            let before = |node: Node| history.before(node);
            let order = sorted(&concerned, before, key).unwrap_or_default();
            return listed(&order, closures(history.len(), &order, before));
        };
        let closures = closures(history.len(), &order, before);
        listed(&order, closures)
    }

    /// What restored revisions came after by the files as they were.
    fn worktree_edges(&self) -> BTreeMap<Node, Vec<Node>> {
        let history = self.history;
        let restored =
            |node: &Node| history.normal.restored.contains(&history.graph.script_index(*node));
        let nodes = history.graph.all_nodes().filter(|_| !history.normal.restored.is_empty());
        let edges = nodes.filter(restored).map(|node| {
            let written = history.script(node).revision.iter().flat_map(|revision| {
                let parents = revision.edges.parents.iter().map(RevisionId::as_str);
                parents.chain(revision.edges.dependencies.iter().map(AsRef::as_ref))
            });
            let find =
                |name: &str| history.graph.find(name).or_else(|| history.graph.find_label(name));
            (node, written.filter_map(find).collect())
        });
        edges.collect()
    }

    /// Those of which it is not known what ran before them: a parent was missing.
    fn unknown(&self) -> Vec<Node> {
        let history = self.history;
        history.graph.missing_parents().into_iter().map(|missing| missing.child).collect()
    }

    fn fate(
        &self,
        node: Node,
        ran: &Bits,
        by_id: &BTreeMap<RevisionId, Node>,
        unknown: &[Node],
    ) -> Option<Fate> {
        let Self { history, shape, names } = self;
        let empty = || Bits::new(history.len());
        let fate = |outcome| Some(Fate { outcome, skipped: empty(), runs_again: empty() });
        if unknown.iter().any(|unknown| ran.contains(unknown.index())) {
            return fate(Outcome::Unknown);
        }
        let is_here = !shape.dropped.contains_key(&node) && !names.ids.contains_key(&node);
        let now = if is_here { Some(node) } else { by_id.get(&history.id(node)).copied() };
        let Some(now) = now else { return fate(Outcome::Unlocatable) };
        let done = shape.closure(history, now);
        let skipped = done.without(ran);
        let mut runs_again = ran.without(&done);
        for dropped in shape.dropped.keys() {
            runs_again.remove(dropped.index());
        }
        let outcome = match (is_here, skipped.is_empty(), runs_again.is_empty()) {
            (false, ..) => Outcome::ReadAsAnother,
            (true, false, _) => Outcome::Skips,
            (true, true, false) => Outcome::RunsAgain,
            (true, true, true) => return None,
        };
        Some(Fate { outcome, skipped, runs_again })
    }

    fn group(&self, fate: &Fate, nodes: &[Node]) -> Stamps {
        let history = self.history;
        let all: Vec<Node> = history.graph.all_nodes().collect();
        let ids = |bits: &Bits| {
            bits.iter().map(|index| self.names.id(history, all[index])).collect::<Vec<_>>()
        };
        let idle = |index: usize| !history.script(all[index]).has_operations();
        Stamps {
            stamps: history.ids(nodes.iter().copied()),
            outcome: fate.outcome,
            skipped: ids(&fate.skipped),
            runs_again: ids(&fate.runs_again),
            harmless: fate.outcome == Outcome::Skips && fate.skipped.iter().all(idle),
            repairs: Vec::new(),
        }
    }

    /// The repairs of a group.
    ///
    /// What is right for a stamp is right for every one above it that misses the same, but for the last command: nothing
    /// of what only the higher one ran lies below what is missing. Not so where published revisions were restored: there
    /// each stamp has a repair of its own, told for the highest ones.
    fn repairs(&self, nodes: &[Node], ran: &BTreeMap<Node, Bits>) -> Vec<Repair> {
        let history = self.history;
        let all: Vec<Node> = history.graph.all_nodes().collect();
        let as_published = history.normal.restored.is_empty();
        let unlike = if as_published { 0 } else { nodes.len().saturating_sub(SINGLE_REPAIRS) };
        let mut repairs: Vec<(Vec<(&Bits, Bits)>, Repair)> = Vec::new();
        for &node in &nodes[unlike..] {
            let Some(ran) = ran.get(&node) else { continue };
            let id = history.id(node);
            let stays = !self.shape.dropped.contains_key(&node);
            let lacks = self.shape.closure(history, node).without(ran);
            let may_share = stays && as_published;
            let is_like = |known: &(&Bits, Bits)| known.0.is_within(ran) && known.1 == lacks;
            let like = repairs.iter_mut().find(|(known, _)| may_share && known.iter().any(is_like));
            if let Some((_, repair)) = like {
                repair.stamps.push(id);
                repair.last = self.names.id(history, node);
                continue;
            }
            let steps = self.steps(node, ran, &all);
            let known = repairs.iter().position(|(_, repair)| repair.steps == steps);
            let at = known.unwrap_or(repairs.len());
            if known.is_none() {
                repairs.push((Vec::new(), Repair { stamps: Vec::new(), steps, last: id.clone() }));
            }
            let (alike, repair) = &mut repairs[at];
            alike.extend(may_share.then_some((ran, lacks)));
            repair.stamps.push(id);
            repair.last = self.names.id(history, node);
        }
        repairs.into_iter().map(|(_, repair)| repair).collect()
    }

    /// How a database that ran exactly `ran` comes to have run everything below that: by turns it is told what it ran,
    /// as far as nothing is missing below, and runs what is missing next. The last turn is left out where it tells of
    /// `node` alone, which was the stamp.
    fn steps(&self, node: Node, ran: &Bits, all: &[Node]) -> Vec<Step> {
        let Self { history, shape, names } = self;
        let mut done = ran.clone();
        for dropped in shape.dropped.keys() {
            done.remove(dropped.index());
        }
        let phases = self.phases(node, &done, all);
        // The first phase at which something comes after each.
        let mut covered = vec![usize::MAX; history.len()];
        for &(above, phase) in &phases {
            for before in shape.before(history, above) {
                let covered = &mut covered[before.index()];
                *covered = phase.min(*covered);
            }
        }
        let last = phases.iter().map(|&(_, phase)| phase).max().unwrap_or(0);
        let mut steps = Vec::new();
        for at in 0..=last {
            let heads =
                phases.iter().filter(|&&(node, phase)| phase <= at && covered[node.index()] > at);
            let mut heads: Vec<(Node, usize)> = heads.copied().collect();
            heads.sort_unstable();
            if at % 2 == 1 {
                let new = heads.into_iter().filter(|&(_, phase)| phase == at);
                steps.extend(new.map(|(node, _)| Step::Upgrade(names.id(history, node))));
                continue;
            }
            let heads = self.highest(heads.into_iter().map(|(node, _)| node).collect());
            if at < last || heads != [node] {
                let ids = heads.into_iter().map(|node| names.id(history, node));
                steps.push(Step::Stamp(ids.collect()));
            }
        }
        steps
    }

    /// Those that lie below no other of them.
    fn highest(&self, nodes: Vec<Node>) -> Vec<Node> {
        if nodes.len() < 2 {
            return nodes;
        }
        let below: Vec<(Node, Bits)> =
            nodes.iter().map(|&node| (node, self.shape.closure(self.history, node))).collect();
        let is_below = |node: &Node| {
            below.iter().any(|(other, below)| other != node && below.contains(node.index()))
        };
        nodes.into_iter().filter(|node| !is_below(node)).collect()
    }

    /// For everything below what a database stamped with `stamp` ran the turn at which it is told or run: even for what
    /// is done, odd for what is missing, never before anything that it comes after. What lies below a published revision
    /// that is done is left out, unless published revisions were restored: then what was run may be anywhere now.
    fn phases(&self, stamp: Node, done: &Bits, all: &[Node]) -> Vec<(Node, usize)> {
        let Self { history, shape, .. } = self;
        let as_published = history.normal.restored.is_empty();
        let mut phases = Vec::new();
        let mut known: Vec<Option<usize>> = vec![None; history.len()];
        let mut todo: Vec<(Node, bool)> = if as_published {
            self.heirs(stamp).into_iter().map(|node| (node, false)).collect()
        } else {
            done.iter().map(|index| (all[index], false)).collect()
        };
        while let Some((node, is_ready)) = todo.pop() {
            if known[node.index()].is_some() {
                continue;
            }
            let is_done = done.contains(node.index());
            let is_lowest = as_published && is_done && history.is_published(node);
            if !is_ready && !is_lowest {
                todo.push((node, true));
                todo.extend(shape.before(history, node).map(|before| (before, false)));
                continue;
            }
            let below = shape.before(history, node).filter_map(|before| known[before.index()]);
            let below = if is_lowest { 0 } else { below.max().unwrap_or(0) };
            let phase = below + (below + usize::from(!is_done)) % 2;
            known[node.index()] = Some(phase);
            phases.push((node, phase));
        }
        phases
    }
}

impl Stamping<'_, '_> {
    /// The stamp itself, or where it was dropped what it came after, as far as that stays.
    fn heirs(&self, stamp: Node) -> Vec<Node> {
        let mut heirs = Vec::new();
        let mut todo = vec![stamp];
        while let Some(node) = todo.pop() {
            if self.shape.dropped.contains_key(&node) {
                todo.extend(self.history.before(node));
            } else {
                heirs.push(node);
            }
        }
        heirs
    }
}

fn listed(order: &[Node], mut closures: BTreeMap<Node, Bits>) -> Vec<(Node, Bits)> {
    order.iter().filter_map(|&node| Some((node, closures.remove(&node)?))).collect()
}
