//! Whether two sides agree, as `onehead` says it and as real databases show it.
//!
//! Random pairs of migration scripts are run by the real Alembic in both orders. Needs the environment that `./test`
//! prepares; run without it these tests fail and say so.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod generate;
mod oracle;
#[allow(dead_code, reason = "the other half is for the tests of Alembic")]
#[path = "../alembic/random.rs"]
mod random;

use std::fmt;

use onehead::operations;
use onehead::operations::overlap::{Dialect, Order, Overlap, Side, Verdict, compare};
use oracle::{Answer, Oracle};
use random::Random;

const BASE: &str = include_str!("base.py");

/// The value of a variable that `./test` sets.
fn prepared(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `./test`, which prepares what this test needs")
    })
}

/// What became of many pairs.
#[derive(Debug, Default)]
struct Tally {
    /// Pairs of which one side does not work by itself.
    unfair: usize,
    /// Pairs that conflict and have nothing opaque.
    conflicts: usize,
    /// Of these, the ones that were found.
    found: usize,
    /// Pairs that do not conflict.
    peaceful: usize,
    /// Of these, the ones that were called a conflict.
    false_alarms: usize,
    /// Pairs that conflict and of which it was said that no overlap was found.
    missed: Vec<String>,
    /// Pairs of which an order was named that does not work.
    wrong_order: Vec<String>,
    /// The pairs behind the false alarms.
    alarmed: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unfair, conflicts, found, peaceful, false_alarms, missed, wrong_order, .. } =
            self;
        write!(
            out,
            "{} missed; {found} of {conflicts} conflicts found; {false_alarms} of {peaceful} others called a conflict; \
             {} orders named that fail; {unfair} pairs discarded",
            missed.len(),
            wrong_order.len()
        )
    }
}

impl Tally {
    fn add(&mut self, pair: &str, is_opaque: bool, overlap: &Overlap, answer: &Answer) {
        let named = matches!(overlap.merge, Verdict::Conflict | Verdict::PossibleConflict);
        if answer.is_conflict() {
            if !is_opaque {
                self.conflicts += 1;
                self.found += usize::from(named);
            }
            if matches!(overlap.merge, Verdict::NoOverlapFound(_)) {
                self.missed.push(format!("{pair}\n{answer:#?}"));
            }
        } else {
            self.peaceful += 1;
            if overlap.merge == Verdict::Conflict {
                self.false_alarms += 1;
                self.alarmed.push(format!("{pair}\n{:#?}", overlap.findings));
            }
        }
        let failed = match overlap.order {
            Order::OursFirst => answer.ours_first.as_ref(),
            Order::TheirsFirst => answer.theirs_first.as_ref(),
            Order::Either | Order::Neither => None,
        };
        if let (Some(failed), false) = (failed, is_opaque) {
            self.wrong_order.push(format!("{pair}\n{failed}\n{:#?}", overlap.findings));
        }
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[track_caller]
fn check_pairs(dialect: Dialect) {
    let (first, wanted) = (number("ONEHEAD_TEST_SEED", 1), number("ONEHEAD_TEST_OVERLAPS", 300));
    let mut oracle = Oracle::start(dialect);
    let mut tally = Tally::default();
    for seed in (first..).take(usize::try_from(wanted).unwrap()) {
        let mut random = Random::new(seed);
        let ours = generate::script(dialect, &mut random);
        let theirs = generate::script(dialect, &mut random);
        let answer = oracle.ask(BASE, &ours, &theirs);
        assert_eq!(answer.base, None, "the base does not work");
        if !answer.is_fair() {
            if std::env::var_os("ONEHEAD_TEST_SHOW").is_some() {
                println!("discarded: {:?} {:?}", answer.ours, answer.theirs);
            }
            tally.unfair += 1;
            continue;
        }
        let (a, b) = (operations::read(&ours), operations::read(&theirs));
        let (a, b) = (&a.upgrade, &b.upgrade);
        let is_opaque = !a.opaque.is_empty() || !b.opaque.is_empty();
        let overlap = compare(Side { revisions: &[a] }, Side { revisions: &[b] }, dialect);
        let pair = format!("== seed {seed}: {}\n{ours}\n{theirs}", overlap.merge);
        tally.add(&pair, is_opaque, &overlap, &answer);
    }
    println!("{dialect:?}: {tally}");
    if std::env::var_os("ONEHEAD_TEST_SHOW").is_some() {
        println!("{}", tally.alarmed.join("\n"));
    }
    assert!(tally.missed.is_empty(), "{tally}\n{}", tally.missed.join("\n"));
    assert!(tally.found * 100 >= tally.conflicts * 95, "{tally}");
    assert!(tally.false_alarms * 10 <= tally.peaceful, "{tally}\n{}", tally.alarmed.join("\n"));
    assert!(tally.wrong_order.is_empty(), "{tally}\n{}", tally.wrong_order.join("\n"));
    assert!(tally.conflicts > 0 && tally.peaceful > tally.unfair / 10, "{tally}");
}

#[test]
fn what_is_said_of_two_sides_holds_on_sqlite() {
    check_pairs(Dialect::Sqlite);
}

#[test]
fn what_is_said_of_two_sides_holds_on_postgresql() {
    if std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some() {
        println!("left out: it needs the package postgresql");
        return;
    }
    check_pairs(Dialect::Postgresql);
}
