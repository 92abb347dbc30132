//! What becomes of the history once open branches have landed: each by itself, each with each other, and all in an order.
//!
//! Values in, values out. A branch is what its merge changes in the files of an environment; what two branches do together
//! is both changes on top of the baseline, file by file. What is in the files of a merge is not known here but told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::check;
use crate::diagnostic::Severity;
use crate::environment::Environment;
use crate::graph::RevisionGraph;
use crate::revision::{Revision, RevisionId};
use crate::rules::Context;
use crate::rules::surplus;
use crate::rules::words::{count, list, quoted};
use crate::script::Script;

mod pairs;
mod plan;

use pairs::Pairs;
pub use plan::{Need, Step, plan};

/// The migrations of one environment, as a tree has them.
#[derive(Clone, Debug)]
pub struct History {
    /// The environment.
    pub environment: Environment,
    /// Its scripts in load order.
    pub scripts: Vec<Script>,
}

/// What comes of merging one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There are no more heads than expected.
    Lands,
    /// There are, in each of these groups.
    Forks(Vec<Fork>),
    /// Alembic would not load the history, or what is published would be gone: why.
    Breaks(String),
    /// It cannot be told: why.
    Unknown(String),
}

impl Verdict {
    /// As machines read it, and people.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Lands => "lands",
            Self::Forks(_) => "forks",
            Self::Breaks(_) => "breaks",
            Self::Unknown(_) => "not-evaluated",
        }
    }

    /// What is the matter; `None` where nothing is.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Lands => None,
            Self::Forks(forks) => {
                let told: Vec<&str> = forks.iter().map(|fork| fork.told.as_str()).collect();
                Some(told.join("; "))
            }
            Self::Breaks(reason) | Self::Unknown(reason) => Some(reason.clone()),
        }
    }
}

/// Heads that are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// `2 heads: a and b`
    pub told: String,
    /// Those that the baseline has.
    pub onto: Vec<String>,
}

/// A revision that a branch brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its id.
    pub id: RevisionId,
    /// The first line of its message.
    pub message: String,
    /// Its file, absolute.
    pub path: PathBuf,
}

/// What merging one branch into the baseline does to one environment.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The environment after the merge.
    pub environment: Environment,
    /// The revisions that the baseline does not have.
    pub adds: Vec<Added>,
    /// The revisions that only the baseline has.
    pub removes: Vec<RevisionId>,
    /// The heads after the merge.
    pub heads: Vec<String>,
    /// What comes of it.
    pub verdict: Verdict,
    /// Each script that is not as the baseline has it; `None` for one that is gone.
    changes: BTreeMap<PathBuf, Option<Script>>,
}

impl Effect {
    /// Whether the history is another one, or cannot be told.
    pub fn matters(&self) -> bool {
        !self.adds.is_empty() || !self.removes.is_empty() || self.verdict != Verdict::Lands
    }
}

/// A branch with what it does to each environment that it changes.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// When its tip was committed, in seconds since 1970.
    pub time: i64,
    /// By environment; none for a branch that changes no migration.
    pub effects: Vec<Effect>,
}

impl Branch {
    /// Whether it can be told what comes after it: a history that cannot be read, or is broken, is mended first.
    fn can_land(&self) -> bool {
        let is_plain =
            |effect: &Effect| matches!(effect.verdict, Verdict::Lands | Verdict::Forks(_));
        !self.effects.is_empty() && self.effects.iter().all(is_plain)
    }

    /// Whether merging it forks an environment.
    pub fn forks(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect.verdict, Verdict::Forks(_)))
    }

    /// The ids that it brings, each with the name of its environment.
    fn ids(&self) -> BTreeSet<(&str, &RevisionId)> {
        self.effects
            .iter()
            .flat_map(|effect| {
                effect.adds.iter().map(|added| (effect.environment.name.as_str(), &added.id))
            })
            .collect()
    }
}

/// Why two branches cannot both land as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Together they have more heads than either alone: these.
    Fork(Vec<String>),
    /// Both define this id, and not in the same way.
    Revision(RevisionId),
    /// Both have a file of this path, and not with the same revision.
    File(PathBuf),
}

/// Two branches that cannot both land as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The positions of the branches, the smaller one first.
    pub pair: [usize; 2],
    /// The name of the environment.
    pub environment: String,
    /// What is wrong.
    pub clash: Clash,
}

impl Collision {
    /// The other one of the pair; `None` for a branch that has nothing to do with it.
    pub fn other(&self, branch: usize) -> Option<usize> {
        match self.pair {
            [one, other] if one == branch => Some(other),
            [one, other] if other == branch => Some(one),
            _ => None,
        }
    }
}

/// A group of heads that is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    branch: Option<String>,
    heads: Vec<String>,
    told: String,
}

fn groups(environment: &Environment, scripts: &[Script]) -> Vec<Group> {
    let graph = RevisionGraph::build(scripts);
    groups_of(environment, scripts, &graph)
}

fn groups_of(
    environment: &Environment,
    scripts: &[Script],
    graph: &RevisionGraph<'_>,
) -> Vec<Group> {
    let context =
        Context { environment, scripts, graph, in_scope: &[], published: None, merge: None };
    let group = |one: surplus::Surplus<'_>| Group {
        branch: one.branch(),
        told: one.told(graph),
        heads: one.heads.iter().map(|&head| graph.id(head).to_string()).collect(),
    };
    surplus::surpluses(&context).into_iter().map(group).collect()
}

/// Those of `after` that have more heads than each of `before`: what was too large before is no news.
fn grown(after: Vec<Group>, before: &[&[Group]]) -> Vec<Group> {
    let size = |groups: &[Group], branch: &Option<String>| {
        groups.iter().find(|one| one.branch == *branch).map_or(0, |one| one.heads.len())
    };
    let is_new =
        |one: &Group| before.iter().all(|before| size(before, &one.branch) < one.heads.len());
    after.into_iter().filter(is_new).collect()
}

/// The scripts by path.
type ByPath<'a> = BTreeMap<&'a Path, &'a Script>;

fn by_path(scripts: &[Script]) -> ByPath<'_> {
    scripts.iter().map(|script| (script.path.as_path(), script)).collect()
}

/// Whether two files say the same of themselves, be it that neither is there.
fn is_same(one: Option<&Script>, other: Option<&Script>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one.revision == other.revision && one.problems == other.problems
        }
        _ => false,
    }
}

/// What merging a branch does to one environment: `before` is the baseline, nothing for an environment that it does not
/// have, and `after` the merge. `None` where no migration differs.
pub fn judge(before: Option<&History>, after: &History, baseline: &str) -> Option<Effect> {
    let old: &[Script] = before.map_or(&[], |history| &history.scripts);
    if old == after.scripts {
        return None;
    }
    let changes = changes(old, &after.scripts);
    if changes.is_empty() {
        return None;
    }
    let environment = after.environment.clone();
    let (was, graph) = (RevisionGraph::build(old), RevisionGraph::build(&after.scripts));
    let mut seen = BTreeSet::new();
    let adds: Vec<Added> = graph
        .all_nodes()
        .map(|node| graph.script(node))
        .filter_map(|script| added(script, &was))
        .filter(|one| seen.insert(one.id.clone()))
        .collect();
    let gone = was.nodes().map(|node| was.id(node)).filter(|id| graph.find(id.as_str()).is_none());
    let removes: Vec<RevisionId> = gone.cloned().collect();
    let ids = graph.distinct_heads().into_iter().map(|head| graph.id(head).to_string());
    let heads: Vec<String> = ids.collect();
    let verdict = defect(before, after, [&was, &graph], baseline).unwrap_or_else(|| {
        if !removes.is_empty() && !environment.governing.allow_squash {
            return Verdict::Breaks(format!("deletes {}, which {baseline} has", list(&removes)));
        }
        let own = before.map_or(&environment, |history| &history.environment);
        let groups_before = groups_of(own, old, &was);
        let new = grown(groups_of(&environment, &after.scripts, &graph), &[&groups_before]);
        let fork = |group: Group| Fork {
            told: group.told,
            onto: group.heads.into_iter().filter(|id| was.find(id).is_some()).collect(),
        };
        let forks: Vec<Fork> = new.into_iter().map(fork).collect();
        if forks.is_empty() { Verdict::Lands } else { Verdict::Forks(forks) }
    });
    Some(Effect { environment, adds, removes, heads, verdict, changes })
}

fn changes(old: &[Script], new: &[Script]) -> BTreeMap<PathBuf, Option<Script>> {
    let (before, after) = (by_path(old), by_path(new));
    let mut changes = BTreeMap::new();
    for (path, script) in &after {
        if !is_same(before.get(path).copied(), Some(script)) {
            changes.insert(path.to_path_buf(), Some((*script).clone()));
        }
    }
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    changes.extend(gone.map(|path| (path.to_path_buf(), None)));
    changes
}

fn added(script: &Script, was: &RevisionGraph<'_>) -> Option<Added> {
    let revision = script.revision.as_ref().filter(|one| was.find(one.id.as_str()).is_none())?;
    let message = revision.message().lines().next().unwrap_or_default().to_owned();
    Some(Added { id: revision.id.clone(), message, path: script.path.clone() })
}

/// What keeps the heads from being counted with certainty, and what keeps Alembic from loading the history.
fn defect(
    before: Option<&History>,
    after: &History,
    [was, graph]: [&RevisionGraph<'_>; 2],
    baseline: &str,
) -> Option<Verdict> {
    let errors = |history: &History, graph: &RevisionGraph<'_>| {
        let mut found = check::integrity(&history.environment, &history.scripts, graph);
        found.retain(|finding| finding.severity == Severity::Error);
        found
    };
    let found = errors(after, graph);
    if found.is_empty() {
        return None;
    }
    let known = before.map(|history| errors(history, was)).unwrap_or_default();
    let known: BTreeSet<&str> = known.iter().map(|finding| finding.message.as_str()).collect();
    let is_unread = |rule: &str| matches!(rule, "unreadable-script" | "unknown-value");
    let unread = found.iter().find(|finding| is_unread(finding.rule));
    let finding = unread.or_else(|| found.iter().find(|one| !known.contains(one.message.as_str())));
    let finding = finding.or(found.first())?;
    let file = finding.primary.as_ref().and_then(|label| label.place.path.file_name());
    let file = file.map(|name| name.to_string_lossy().into_owned());
    let told = match file.filter(|name| !finding.message.contains(name.as_str())) {
        Some(file) => format!("{file}: {}", finding.message),
        None => finding.message.clone(),
    };
    Some(if known.contains(finding.message.as_str()) {
        Verdict::Unknown(format!("{baseline} itself is broken: {told}"))
    } else if unread.is_some() {
        Verdict::Unknown(told)
    } else {
        Verdict::Breaks(told)
    })
}

/// Every pair of branches that cannot both land as they are, in the order of the branches.
pub fn collisions(baseline: &[History], branches: &[Branch]) -> Vec<Collision> {
    let mut found = Vec::new();
    let names: BTreeSet<&str> = branches
        .iter()
        .flat_map(|branch| &branch.effects)
        .map(|effect| effect.environment.name.as_str())
        .collect();
    for name in names {
        let history = baseline.iter().find(|history| history.environment.name == name);
        let base: &[Script] = history.map_or(&[], |history| &history.scripts);
        let effects: Vec<(usize, &Effect)> = branches
            .iter()
            .enumerate()
            .filter(|(_, branch)| branch.can_land())
            .flat_map(|(at, branch)| branch.effects.iter().map(move |effect| (at, effect)))
            .filter(|(_, effect)| effect.environment.name == name)
            .collect();
        found.extend(Pairs::new(base, &effects).collisions());
    }
    found.sort_by(|a, b| (a.pair, &a.environment).cmp(&(b.pair, &b.environment)));
    found
}

/// Why git, or Alembic, could not take both: a file or an id that is not the same in both.
fn clash_between(one: &Effect, other: &Effect) -> Option<Clash> {
    for (path, change) in &other.changes {
        let Some(known) = one.changes.get(path) else { continue };
        if !is_same(known.as_ref(), change.as_ref()) {
            return Some(different(path, known.as_ref(), change.as_ref()));
        }
    }
    let is_elsewhere = |added: &&Added| {
        one.adds.iter().any(|known| known.id == added.id && known.path != added.path)
    };
    other.adds.iter().find(is_elsewhere).map(|added| Clash::Revision(added.id.clone()))
}

/// What two contents of a path have in common.
fn different(path: &Path, one: Option<&Script>, other: Option<&Script>) -> Clash {
    let id = |script: Option<&Script>| script.and_then(Script::id).cloned();
    match (id(one), id(other)) {
        (Some(one), Some(other)) if one == other => Clash::Revision(one),
        _ => Clash::File(path.to_path_buf()),
    }
}

/// A history that grows: the baseline, and what has landed on it.
#[derive(Clone)]
struct State<'a> {
    base: &'a ByPath<'a>,
    scripts: Vec<Script>,
    /// The position of each path.
    at: BTreeMap<PathBuf, usize>,
    /// The ids that the baseline does not have, each with its script.
    new: BTreeMap<RevisionId, PathBuf>,
    /// What landed otherwise than it was on its branch, as it was there: git merges it with that as with itself.
    originals: BTreeMap<PathBuf, Script>,
}

impl<'a> State<'a> {
    fn new(base: &'a ByPath<'a>, scripts: &[Script]) -> Self {
        let at = scripts.iter().enumerate().map(|(at, one)| (one.path.clone(), at)).collect();
        let (new, originals) = (BTreeMap::new(), BTreeMap::new());
        Self { base, scripts: scripts.to_vec(), at, new, originals }
    }

    fn get(&self, path: &Path) -> Option<&Script> {
        self.at.get(path).map(|&at| &self.scripts[at])
    }

    /// Whether a change is there already.
    fn has(&self, path: &Path, change: Option<&Script>) -> bool {
        is_same(self.get(path), change)
            || change.is_some_and(|one| is_same(self.originals.get(path), Some(one)))
    }

    /// What keeps a branch with these changes from being merged into this.
    fn clash(&self, changes: &BTreeMap<PathBuf, Option<Script>>) -> Option<Clash> {
        for (path, change) in changes {
            if self.has(path, change.as_ref()) {
                continue;
            }
            let here = self.get(path);
            if !is_same(here, self.base.get(path.as_path()).copied()) {
                return Some(different(path, here, change.as_ref()));
            }
            let id_here = change.as_ref().and_then(Script::id).cloned();
            if let Some(id) =
                id_here.filter(|id| self.new.get(id).is_some_and(|known| known != path))
            {
                return Some(Clash::Revision(id));
            }
        }
        None
    }

    /// Takes in what a branch changes; where somebody else did so before, that stays.
    fn add(&mut self, changes: &BTreeMap<PathBuf, Option<Script>>) {
        let mut gone = BTreeSet::new();
        for (path, change) in changes {
            let is_free = is_same(self.get(path), self.base.get(path.as_path()).copied());
            if !is_free || self.has(path, change.as_ref()) {
                continue;
            }
            match (self.at.get(path), change) {
                (Some(&at), Some(script)) => self.scripts[at] = script.clone(),
                (Some(&at), None) => _ = gone.insert(at),
                (None, Some(script)) => {
                    self.at.insert(path.clone(), self.scripts.len());
                    self.scripts.push(script.clone());
                }
                (None, None) => {}
            }
            let id = change.as_ref().and_then(Script::id);
            self.new.extend(id.map(|id| (id.clone(), path.clone())));
        }
        if !gone.is_empty() {
            let mut position = 0..;
            self.scripts.retain(|_| position.next().is_none_or(|at| !gone.contains(&at)));
            let paths = self.scripts.iter().enumerate();
            self.at = paths.map(|(at, one)| (one.path.clone(), at)).collect();
        }
    }

    fn revision_mut(&mut self, path: &Path) -> Option<&mut Revision> {
        self.at.get(path).and_then(|&at| self.scripts[at].revision.as_mut())
    }
}

impl std::fmt::Display for Clash {
    /// As the end of a sentence about both.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fork(heads) => {
                write!(f, "together {}: {}", count(heads.len(), "head"), list(heads))
            }
            Self::Revision(id) => write!(f, "both define {}", quoted(id)),
            Self::File(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                write!(f, "both change {name}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
