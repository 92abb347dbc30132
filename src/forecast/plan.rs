//! An order in which branches can land, and what each has to do first.
//!
//! Plays it through: every branch lands on what those before it have made of the history, re-parented where it has to be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Branch, ByPath, Clash, Collision, Effect, History, State, by_path, groups, grown};
use crate::revision::RevisionId;
use crate::script::Script;

/// What a branch has to do before it lands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// `onehead rebase`, once another branch has landed (by its position), or at once.
    Rebase {
        /// The name of the environment.
        environment: String,
        /// The branch that lands before it.
        after: Option<usize>,
        /// The heads that it comes to stand on.
        onto: Vec<String>,
    },
    /// Both change the same thing: somebody has to decide.
    Resolve {
        /// The name of the environment.
        environment: String,
        /// The branch that lands before it.
        after: Option<usize>,
        /// What is the same.
        clash: Clash,
    },
}

impl Need {
    /// Whether it comes up once this branch has landed.
    pub fn is_after(&self, branch: usize) -> bool {
        let (Self::Rebase { after, .. } | Self::Resolve { after, .. }) = self;
        *after == Some(branch)
    }
}

/// One branch of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The position of the branch.
    pub branch: usize,
    /// What it has to do first, by environment.
    pub needs: Vec<Need>,
}

/// The branches that can land, in order: those without a fork first, then those with the fewest collisions, then the one
/// whose tip is the oldest; a branch that holds all revisions of another one comes after it.
pub fn plan(baseline: &[History], branches: &[Branch], collisions: &[Collision]) -> Vec<Step> {
    let names: BTreeSet<&str> = branches
        .iter()
        .flat_map(|branch| &branch.effects)
        .map(|effect| effect.environment.name.as_str())
        .collect();
    let bases: BTreeMap<&str, (ByPath<'_>, &[Script])> = names
        .into_iter()
        .map(|name| {
            let history = baseline.iter().find(|history| history.environment.name == name);
            let scripts = history.map_or(&[][..], |history| &history.scripts);
            (name, (by_path(scripts), scripts))
        })
        .collect();
    let mut landed: BTreeMap<&str, Landed<'_>> = bases
        .iter()
        .map(|(name, (base, scripts))| {
            (
                *name,
                Landed {
                    state: State::new(base, scripts),
                    brought: BTreeMap::new(),
                    order: Vec::new(),
                },
            )
        })
        .collect();
    let mut steps = Vec::new();
    for branch in order(branches, collisions) {
        let mut needs = Vec::new();
        for effect in &branches[branch].effects {
            if let Some(landed) = landed.get_mut(effect.environment.name.as_str()) {
                needs.extend(landed.land(branch, effect));
            }
        }
        steps.push(Step { branch, needs });
    }
    steps
}

fn order(branches: &[Branch], collisions: &[Collision]) -> Vec<usize> {
    let rivals = |branch: usize| {
        let others = collisions.iter().filter_map(|one| one.other(branch));
        others.collect::<BTreeSet<usize>>().len()
    };
    let ids: Vec<_> = branches.iter().map(Branch::ids).collect();
    let mut waiting: Vec<usize> =
        (0..branches.len()).filter(|&branch| branches[branch].can_land()).collect();
    waiting.sort_by_cached_key(|&branch| {
        let one = &branches[branch];
        (one.forks(), rivals(branch), one.time, one.name.clone())
    });
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let holds_more = |one: usize, other: usize| {
            ids[other].len() < ids[one].len() && ids[other].is_subset(&ids[one])
        };
        // The one with the fewest revisions holds no other one, so that there always is a next.
        let is_next = |&branch: &usize| {
            let is_free = |&other: &usize| ids[other].is_empty() || !holds_more(branch, other);
            waiting.iter().all(is_free)
        };
        let next = waiting.iter().position(is_next).unwrap_or_default();
        order.push(waiting.remove(next));
    }
    order
}

/// What has landed in one environment.
struct Landed<'a> {
    state: State<'a>,
    /// Which branch brought a revision or a file.
    brought: BTreeMap<RevisionId, usize>,
    /// The branches that have landed, in order.
    order: Vec<(usize, BTreeSet<PathBuf>)>,
}

impl Landed<'_> {
    /// Lets a branch land, and says what it has to do first.
    fn land(&mut self, branch: usize, effect: &Effect) -> Option<Need> {
        let environment = effect.environment.name.clone();
        let clash = self.state.clash(&effect.changes);
        let before = groups(&effect.environment, &self.state.scripts);
        let known: BTreeSet<RevisionId> =
            self.state.scripts.iter().filter_map(Script::id).cloned().collect();
        self.state.add(&effect.changes);
        let need = if let Some(clash) = clash {
            let after = self.culprit(&clash);
            Some(Need::Resolve { environment, after, clash })
        } else {
            let after = groups(&effect.environment, &self.state.scripts);
            let heads = grown(after, &[&before]).into_iter().flat_map(|group| group.heads);
            let onto: Vec<String> =
                heads.filter(|head| known.contains(&RevisionId::new(head.as_str()))).collect();
            (!onto.is_empty()).then(|| {
                self.rebase(effect, &known, &onto);
                Need::Rebase { environment, after: self.last_of(&onto), onto }
            })
        };
        for added in &effect.adds {
            if !known.contains(&added.id) {
                self.brought.insert(added.id.clone(), branch);
            }
        }
        self.order.push((branch, effect.changes.keys().cloned().collect()));
        need
    }

    /// The last branch that brought one of these heads.
    fn last_of(&self, heads: &[String]) -> Option<usize> {
        let ids = heads.iter().map(|head| RevisionId::new(head.as_str()));
        let brought = ids.filter_map(|id| self.brought.get(&id).copied());
        brought.max_by_key(|branch| self.order.iter().position(|(one, _)| one == branch))
    }

    /// The last branch that has something to do with a clash.
    fn culprit(&self, clash: &Clash) -> Option<usize> {
        match clash {
            Clash::Revision(id) => self.brought.get(id).copied().or_else(|| {
                let path = self.state.new.get(id)?;
                self.order.iter().rev().find(|(_, paths)| paths.contains(path)).map(|(one, _)| *one)
            }),
            Clash::File(path) => {
                self.order.iter().rev().find(|(_, paths)| paths.contains(path)).map(|(one, _)| *one)
            }
            Clash::Fork(..) => None,
        }
    }

    /// Puts what is new on these heads, as `onehead rebase` does.
    fn rebase(&mut self, effect: &Effect, known: &BTreeSet<RevisionId>, onto: &[String]) {
        let is_new = |id: &RevisionId| !known.contains(id);
        let new: BTreeSet<RevisionId> =
            effect.adds.iter().map(|added| added.id.clone()).filter(|id| is_new(id)).collect();
        for added in effect.adds.iter().filter(|added| new.contains(&added.id)) {
            let Some(original) = self.state.get(&added.path).cloned() else { continue };
            let Some(revision) = self.state.revision_mut(&added.path) else { continue };
            if !revision.edges.parents.iter().any(|parent| new.contains(parent)) {
                revision.edges.parents =
                    onto.iter().map(|id| RevisionId::new(id.as_str())).collect();
                self.state.originals.insert(added.path.clone(), original);
            }
        }
    }
}
