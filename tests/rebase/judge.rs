//! What must be true of every plan, and of every database after it.

use std::collections::BTreeMap;

use onehead::environment::ExpectedHeads;
use onehead::fix::rebase::{Outcome, Plan, Repair, Step};

use crate::history::{Arguments, Rev, Set, ask, carried_out, closures, heads};
use crate::random::Random;
use crate::shapes::{Shape, one_lineage, two_labels};

/// A history before and after a plan. Files keep their place: what is dropped has none afterwards.
pub struct Moved<'a> {
    pub before: &'a [Rev],
    pub after: Vec<Rev>,
    pub plan: &'a Plan,
    /// The place after of each before.
    place: Vec<Option<usize>>,
}

impl<'a> Moved<'a> {
    pub fn new(before: &'a [Rev], plan: &'a Plan) -> Self {
        let dropped: Set = plan.dropped.iter().copied().collect();
        let mut next = 0;
        let place = (0..before.len()).map(|at| {
            let place = (!dropped.contains(&at)).then_some(next);
            next += usize::from(place.is_some());
            place
        });
        let place = place.collect();
        Self { before, after: carried_out(before, plan), plan, place }
    }

    /// The same revisions afterwards, without those dropped.
    fn now(&self, before: &Set) -> Set {
        before.iter().filter_map(|&at| self.place[at]).collect()
    }

    fn find_after(&self, id: &str) -> Option<usize> {
        self.after.iter().position(|rev| rev.id == id)
    }
}

/// The history with the baseline's own edges of what is published.
fn restored(history: &[Rev]) -> Vec<Rev> {
    let mut history = history.to_vec();
    for rev in &mut history {
        if let Some((parents, dependencies)) = &rev.published {
            (rev.parents, rev.dependencies) = (parents.clone(), dependencies.clone());
        }
    }
    history
}

#[track_caller]
fn check_edges(shape: &Shape, moved: &Moved<'_>) {
    let history = restored(moved.before);
    let before = closures(&history, true).expect("a history that loads");
    let after = closures(&moved.after, true).expect("no circle");
    let by_parents = closures(&moved.after, false).expect("no circle");
    for (at, rev) in moved.before.iter().enumerate() {
        let Some(place) = moved.place[at] else {
            assert!(!rev.operations && rev.labels.is_empty() && !rev.is_published());
            continue;
        };
        let now = &moved.after[place];
        if let Some((parents, dependencies)) = &rev.published {
            assert_eq!((&now.parents, &now.dependencies), (parents, dependencies));
            assert_eq!((&now.id, &now.file), (&rev.id, &rev.file));
        }
        assert!(moved.now(&before[at]).is_subset(&after[place]), "{} lost an ancestor", rev.id);
        let is_rewritten =
            moved.plan.rewrites.iter().any(|one| one.script == at && one.parents.is_some());
        if is_rewritten && !rev.is_published() {
            let parents: Vec<usize> =
                now.parents.iter().map(|id| moved.find_after(id).expect("a parent")).collect();
            for parent in &parents {
                let others = parents.iter().filter(|other| *other != parent);
                assert!(
                    others.clone().count() + 1 == parents.len(),
                    "{} names a parent twice",
                    now.id
                );
                for other in others {
                    assert!(
                        !by_parents[*other].contains(parent),
                        "{} merges its own ancestor",
                        now.id
                    );
                }
            }
            let useless = rev.parents.len() > 1
                && parents.len() == 1
                && !rev.operations
                && rev.labels.is_empty()
                && rev.dependencies.is_empty();
            assert!(!useless, "{} merges nothing any more", now.id);
        }
        if now.parents.len() > 1 && history[at].dependencies == rev.dependencies {
            check_dependencies(moved, &history, at, place, &by_parents);
        }
    }
    if shape.expected == ExpectedHeads::Total(1) {
        check_on_top(moved, &by_parents, &after);
    }
}

/// A merge revision must not begin to depend on its own ancestor: Alembic crashes on that.
#[track_caller]
fn check_dependencies(
    moved: &Moved<'_>,
    history: &[Rev],
    at: usize,
    place: usize,
    by_parents: &[Set],
) {
    let before = closures(history, false).expect("a history that loads");
    for name in &moved.after[place].dependencies {
        let on = moved.find_after(name).expect("a dependency by id");
        let had = moved.now(&before[at]).contains(&on);
        assert!(had || !by_parents[place].contains(&on), "{} will crash", moved.after[place].id);
    }
}

/// Everything unpublished stands on every published head, or is what joins them.
#[track_caller]
fn check_on_top(moved: &Moved<'_>, by_parents: &[Set], after: &[Set]) {
    let published: Vec<Rev> =
        moved.after.iter().filter(|rev| rev.is_published()).cloned().collect();
    let tops: Vec<usize> =
        heads(&published).iter().map(|id| moved.find_after(id).expect("a head")).collect();
    let stands = |at: usize| tops.iter().all(|top| by_parents[at].contains(top));
    let joiner = (0..moved.after.len()).find(|&at| {
        let others = after[at].iter().filter(|&&below| below != at);
        tops.len() > 1 && stands(at) && others.clone().all(|&below| !stands(below))
    });
    for (at, rev) in moved.after.iter().enumerate().filter(|(_, rev)| !rev.is_published()) {
        let below_joiner = joiner.is_some_and(|joiner| after[joiner].contains(&at));
        assert!(stands(at) || below_joiner, "{} is not on top", rev.id);
    }
}

#[track_caller]
fn check_heads(shape: &Shape, moved: &Moved<'_>) {
    let heads = heads(&moved.after);
    assert_eq!(moved.plan.heads.iter().map(ToString::to_string).collect::<Vec<_>>(), heads);
    let warned =
        moved.plan.warnings.iter().any(|warning| warning.code().starts_with("still-heads"));
    match &shape.expected {
        ExpectedHeads::Total(total) => assert!(heads.len() <= *total || warned, "{heads:?}"),
        ExpectedHeads::PerLabel(labels) => {
            assert!(heads.len() <= labels.len() && !warned, "{heads:?}");
        }
    }
}

/// Databases: reached on the old history, then upgraded on the new one.
struct Databases<'a> {
    moved: &'a Moved<'a>,
    /// By the files as they were, what each revision comes after.
    old: Vec<Set>,
    new: Vec<Set>,
}

impl Databases<'_> {
    /// Where a stamp of the old history is now.
    fn located(&self, at: usize) -> Option<usize> {
        self.moved.find_after(&self.moved.before[at].id)
    }

    /// What the plan says that a database with this stamp skips.
    fn told(&self, at: usize) -> Option<(Outcome, Set, Set)> {
        let id = &self.moved.before[at].id;
        let is_mine = |stamp: &onehead::revision::RevisionId| stamp.as_str() == id;
        let group = self.moved.plan.stamps.iter().find(|group| group.stamps.iter().any(is_mine))?;
        let places = |ids: &[onehead::revision::RevisionId]| -> Set {
            ids.iter().map(|id| self.moved.find_after(id.as_str()).expect("an id")).collect()
        };
        Some((group.outcome, places(&group.skipped), places(&group.runs_again)))
    }

    /// A set of stamps that some upgrades on the old history lead to, with what was run.
    fn reached(&self, random: &mut Random) -> (Set, Set) {
        let mut ran = Set::new();
        for _ in 0..=random.below(3) {
            ran.extend(&self.old[random.below(self.old.len())]);
        }
        let is_top =
            |at: &&usize| !ran.iter().any(|other| other != *at && self.old[*other].contains(at));
        (ran.iter().filter(is_top).copied().collect(), ran)
    }

    #[track_caller]
    fn check_skipped(&self, random: &mut Random) -> bool {
        let (stamps, ran) = self.reached(random);
        let told: BTreeMap<usize, (Outcome, Set, Set)> =
            stamps.iter().filter_map(|&at| Some((at, self.told(at)?))).collect();
        let Some(located): Option<Vec<usize>> = stamps.iter().map(|&at| self.located(at)).collect()
        else {
            assert!(told.values().any(|(outcome, ..)| *outcome == Outcome::Unlocatable));
            return false;
        };
        let done: Set = located.iter().flat_map(|&at| self.new[at].clone()).collect();
        let ran = self.moved.now(&ran);
        let skipped: Set = done.difference(&ran).copied().collect();
        let gained: Set = told.values().flat_map(|(_, skipped, _)| skipped.clone()).collect();
        let expected: Set = gained.difference(&ran).copied().collect();
        assert_eq!(skipped, expected, "skipped by {stamps:?}");
        let again = ran.difference(&done).count();
        let may = told.values().any(|(_, _, again)| !again.is_empty());
        assert!(again == 0 || may, "{again} would run twice");
        !skipped.is_empty()
    }

    /// Carries out the repair on a database that was at the stamp.
    #[track_caller]
    fn check_repair(&self, repair: &Repair, at: usize) {
        let place = |id: &str| self.moved.find_after(id).expect("an id");
        let mut ran = self.moved.now(&self.old[at]);
        let mut done = Set::new();
        let upgrade = |ran: &mut Set, done: &mut Set, to: usize| {
            for &next in self.new[to].difference(&done.clone()) {
                assert!(ran.insert(next), "{} would run twice", self.moved.after[next].id);
            }
            done.extend(&self.new[to]);
        };
        for step in &repair.steps {
            match step {
                Step::Stamp(ids) => {
                    done = ids.iter().flat_map(|id| self.new[place(id.as_str())].clone()).collect();
                    assert!(done.is_subset(&ran), "a stamp for what never ran");
                }
                Step::Upgrade(id) => upgrade(&mut ran, &mut done, place(id.as_str())),
            }
        }
        if !matches!(repair.steps.last(), Some(Step::Stamp(_))) {
            let last = self.moved.place[at].expect("a stamp that stays");
            done.clone_from(&self.new[last]);
            assert!(done.is_subset(&ran), "the last stamp is for what never ran");
        }
        for head in heads(&self.moved.after) {
            upgrade(&mut ran, &mut done, place(&head));
        }
        assert_eq!(ran.len(), self.moved.after.len(), "something never ran");
    }

    #[track_caller]
    fn check_repairs(&self) {
        for repair in self.moved.plan.stamps.iter().flat_map(|group| &group.repairs) {
            for stamp in &repair.stamps {
                let at = self.moved.before.iter().position(|rev| {
                    rev.id == stamp.as_str()
                        && (!rev.is_published() || !self.moved.plan.restored.is_empty())
                });
                let at = at.expect("a stamp of the old history");
                self.check_repair(repair, at);
            }
        }
    }
}

/// What became of some histories.
#[derive(Debug, Default)]
pub struct Tally {
    pub changed: usize,
    pub unchanged: usize,
    pub refused: BTreeMap<&'static str, usize>,
    pub skipping: usize,
}

/// Plans a history and checks everything about the plan.
#[track_caller]
pub fn check(shape: &Shape, random: &mut Random, tally: &mut Tally) {
    let none = Arguments::default();
    let plan = match ask(&shape.history, &shape.expected, &none) {
        Ok(plan) => plan,
        Err(refusal) => {
            *tally.refused.entry(refusal.code()).or_default() += 1;
            return;
        }
    };
    assert_eq!(ask(&shape.history, &shape.expected, &none).as_ref(), Ok(&plan));
    let moved = Moved::new(&shape.history, &plan);
    check_edges(shape, &moved);
    check_heads(shape, &moved);
    let again = ask(&moved.after, &shape.expected, &none).expect("a plan");
    assert!(again.is_empty(), "a second run changes {again:?}");
    *(if plan.is_empty() { &mut tally.unchanged } else { &mut tally.changed }) += 1;
    // What closes a circle as it stands was never run.
    if let Some(old) = closures(&shape.history, true) {
        let new = closures(&moved.after, true).expect("no circle");
        let databases = Databases { moved: &moved, old, new };
        // A stamp that means two revisions is told about as the unpublished one's.
        let ids: std::collections::BTreeSet<&str> =
            shape.history.iter().map(|rev| rev.id.as_str()).collect();
        let is_clear = ids.len() == shape.history.len();
        for _ in (0..4).filter(|_| is_clear) {
            tally.skipping += usize::from(databases.check_skipped(random));
        }
        databases.check_repairs();
    }
}

/// Checks so many histories from seeds; a failure names the seed.
pub fn check_all(rounds: usize, make: fn(&mut Random) -> Shape) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..rounds as u64 {
        let mut random = Random::new(seed);
        let shape = make(&mut random);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check(&shape, &mut random, &mut tally);
        }));
        if let Err(panic) = result {
            eprintln!(
                "seed {seed}: {:#?}",
                ask(&shape.history, &shape.expected, &Arguments::default())
            );
            for rev in &shape.history {
                let mine = if rev.is_published() { "" } else { "*" };
                eprintln!(
                    "{mine}{} {:?} depends {:?} labels {:?} operations {} {:?} published {:?}",
                    rev.id,
                    rev.parents,
                    rev.dependencies,
                    rev.labels,
                    rev.operations,
                    rev.date,
                    rev.published
                );
            }
            std::panic::resume_unwind(panic);
        }
    }
    tally
}

#[test]
fn random_histories() {
    let rounds = crate::rounds(5000);
    let tally = check_all(rounds, one_lineage);
    eprintln!("{tally:?}");
    let known = [
        "published-forked",
        "no-plan",
        "crosswise-dependencies",
        "order-lost",
        "new-labelled-base",
        "cycle",
    ];
    assert!(tally.refused.keys().all(|code| known.contains(code)), "{tally:?}");
    assert!(tally.changed * 2 > rounds && tally.skipping > rounds / 10, "{tally:?}");
}

#[test]
fn random_histories_with_two_labels() {
    let rounds = crate::rounds(2000);
    let tally = check_all(rounds, two_labels);
    eprintln!("{tally:?}");
    assert!(tally.refused.keys().all(|code| *code == "crosswise-dependencies"), "{tally:?}");
    assert!(tally.changed * 3 > rounds && tally.skipping > rounds / 20, "{tally:?}");
}
