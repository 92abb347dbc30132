//! Two branches at a time, in one environment: what keeps both from landing as they are.

use std::cell::OnceCell;
use std::path::PathBuf;

use super::{
    ByPath, Clash, Collision, Effect, Group, State, by_path, clash_between, groups, grown,
};
use crate::environment::ExpectedHeads;
use crate::script::Script;

/// The branches that change one environment.
pub(super) struct Pairs<'a> {
    base: ByPath<'a>,
    scripts: &'a [Script],
    effects: &'a [(usize, &'a Effect)],
}

impl<'a> Pairs<'a> {
    pub(super) fn new(scripts: &'a [Script], effects: &'a [(usize, &'a Effect)]) -> Self {
        Self { base: by_path(scripts), scripts, effects }
    }

    pub(super) fn collisions(&self) -> Vec<Collision> {
        let alone: Vec<OnceCell<Vec<Group>>> =
            self.effects.iter().map(|_| OnceCell::new()).collect();
        let groups_of = |at: usize| {
            let (_, effect) = self.effects[at];
            alone[at].get_or_init(|| groups(&effect.environment, &self.with(effect).scripts))
        };
        let mut found = Vec::new();
        for (first, (one, effect)) in self.effects.iter().enumerate() {
            let state = OnceCell::new();
            for (second, (other, next)) in self.effects.iter().enumerate().skip(first + 1) {
                let clash = clash_between(effect, next).or_else(|| {
                    if self.is_usual(effect, next) {
                        return Self::heads_together(effect, next).map(Clash::Fork);
                    }
                    let mut together: State<'_> = state.get_or_init(|| self.with(effect)).clone();
                    together.add(&next.changes);
                    let together = groups(&next.environment, &together.scripts);
                    let new = grown(together, &[groups_of(first), groups_of(second)]);
                    new.into_iter().next().map(|group| Clash::Fork(group.heads))
                });
                found.extend(clash.map(|clash| Collision {
                    pair: [*one, *other],
                    environment: effect.environment.name.clone(),
                    clash,
                }));
            }
        }
        found
    }

    /// The baseline with what one branch changes.
    pub(super) fn with(&self, effect: &Effect) -> State<'_> {
        let mut state = State::new(&self.base, self.scripts);
        state.add(&effect.changes);
        state
    }

    /// Whether a branch only brings files that are not there yet.
    fn is_only_more(&self, effect: &Effect) -> bool {
        let is_new = |(path, change): (&PathBuf, &Option<Script>)| {
            change.is_some() && !self.base.contains_key(path.as_path())
        };
        effect.changes.iter().all(is_new)
    }

    /// Whether all heads count alike, and both branches only bring new files.
    pub(super) fn is_usual(&self, one: &Effect, other: &Effect) -> bool {
        matches!(other.environment.expected_heads, ExpectedHeads::Total(_))
            && self.is_only_more(one)
            && self.is_only_more(other)
    }

    /// The heads of both together, where those are more than expected and more than either has alone. Only for the usual
    /// case, and for histories without defects: no history is built, since what is a head on both sides stays one, and so
    /// does what only one side has.
    pub(super) fn heads_together(one: &Effect, other: &Effect) -> Option<Vec<String>> {
        let ExpectedHeads::Total(expected) = other.environment.expected_heads else { return None };
        let has =
            |effect: &Effect, id: &str| effect.adds.iter().any(|added| added.id.as_str() == id);
        let stays = |id: &str, here: &Effect, there: &Effect| {
            there.heads.iter().any(|head| head == id) || (has(here, id) && !has(there, id))
        };
        let mut heads: Vec<String> =
            one.heads.iter().filter(|id| stays(id, one, other)).cloned().collect();
        let more = other.heads.iter().filter(|id| has(other, id) && !has(one, id));
        heads.extend(more.cloned());
        let alone = one.heads.len().max(other.heads.len());
        (heads.len() > expected.max(alone)).then_some(heads)
    }
}
