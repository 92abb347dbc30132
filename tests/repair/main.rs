//! Repairs proved on databases: after `merge` and after `rebase` the real Alembic runs everything, once.
//!
//! Random histories with forks, of which a part is published, written in varied syntax, in real git repositories, on
//! `SQLite` with tables that hold rows.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod advice;
mod alembic;
mod history;
mod merges;
mod project;
#[path = "../alembic/random.rs"]
mod random;
mod rebases;
#[path = "../alembic/syntax.rs"]
#[allow(dead_code, reason = "docstrings have to agree with the code here")]
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use alembic::Database;
use project::{Project, text};

/// The seeds of a test that takes one in so many of the projects of a run.
fn seeds(share: u64) -> std::ops::Range<u64> {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let first = number("ONEHEAD_TEST_SEED", 1);
    first..first + number("ONEHEAD_TEST_REPAIRS", 60).div_ceil(share)
}

/// What came of a command.
enum Outcome {
    /// It changed files, and said this.
    Repaired(String),
    /// There was nothing to do.
    Idle,
    /// It refused, and said this.
    Refused(String),
}

/// What happened, so that a test that compares nothing fails.
#[derive(Debug, Default)]
struct Tally {
    repaired: usize,
    idle: usize,
    /// How often it was refused with these words, and the first seed.
    refused: BTreeMap<String, (usize, u64)>,
    /// Databases that were complete after a plain upgrade.
    complete: usize,
    /// Databases that the printed commands mended.
    mended: usize,
    /// Databases that Alembic could not upgrade before the repair either.
    hopeless: usize,
}

impl Tally {
    /// Counts a refusal by its words without what is quoted.
    fn refuse(&mut self, seed: u64, told: &str) {
        let line = told.lines().find(|line| line.starts_with("error")).unwrap_or(told);
        let mut words = String::new();
        for (at, part) in line.split('`').enumerate() {
            words.push_str(if at % 2 == 0 { part } else { "_" });
        }
        self.refused.entry(words).or_insert((0, seed)).0 += 1;
    }

    fn refused(&self) -> usize {
        self.refused.values().map(|(count, _)| count).sum()
    }
}

/// Runs the program. What it refuses it must leave as it is.
#[track_caller]
fn run(seed: u64, project: &Project, arguments: &[&str]) -> Outcome {
    let before = project.files();
    let output = project.onehead(arguments);
    let (said, told) = (text(&output.stdout), text(&output.stderr));
    let is_changed = project.files() != before;
    match output.status.code() {
        Some(0) if is_changed => Outcome::Repaired(said),
        Some(0) => Outcome::Idle,
        Some(1 | 2) if told.contains("error") => {
            assert!(!is_changed, "seed {seed}: refused, and changed something: {told}");
            Outcome::Refused(told)
        }
        status => panic!("seed {seed}: {arguments:?} ended with {status:?}: {said}{told}"),
    }
}

/// A database with every table, each with its one row: everything ran, and nothing twice.
#[track_caller]
fn check_complete(seed: u64, project: &Project, database: &Database) {
    assert_eq!(database.failed, None, "seed {seed}: {database:?}");
    let tables: BTreeSet<String> = database.tables.keys().cloned().collect();
    assert_eq!(tables, project.history.tables(), "seed {seed}");
    check_rows(seed, database);
}

/// No row was lost, and none came twice.
#[track_caller]
fn check_rows(seed: u64, database: &Database) {
    assert!(database.tables.values().all(|&rows| rows == 1), "seed {seed}: {database:?}");
}

fn is_complete(project: &Project, database: &Database) -> bool {
    let tables: BTreeSet<String> = database.tables.keys().cloned().collect();
    database.failed.is_none() && tables == project.history.tables()
}

/// One head, or one for each label; and every revision still after those that it came after.
#[track_caller]
fn check_history(seed: u64, project: &Project, after: &Database) {
    assert_eq!(after.failed, None, "seed {seed}");
    let labels = &project.history.labels;
    assert_eq!(after.heads.len(), labels.len().max(1), "seed {seed}: {:?}", after.heads);
    let revisions = || after.revisions.values();
    for label in labels {
        let carries =
            |head: &&String| revisions().any(|one| one.id == **head && one.labels.contains(label));
        assert_eq!(after.heads.iter().filter(carries).count(), 1, "seed {seed}: {label}");
    }
    for (name, before) in project.history.order() {
        let Some(now) = after.revisions.get(&name) else { continue };
        let stays = |one: &String| after.revisions.contains_key(one);
        let before: BTreeSet<String> = before.into_iter().filter(stays).collect();
        assert!(before.is_subset(&now.after), "seed {seed}: {name} came after {before:?}: {now:?}");
    }
    let makers = project.history.tables();
    assert!(makers.iter().all(|name| after.revisions.contains_key(name)), "seed {seed}");
}

/// Published files are as they were, and the same command has nothing more to do.
#[track_caller]
fn check_settled(
    seed: u64,
    project: &Project,
    published: &BTreeMap<PathBuf, Vec<u8>>,
    arguments: &[&str],
) {
    assert_eq!(&project.published_files(), published, "seed {seed}");
    let again = run(seed, project, arguments);
    assert!(matches!(again, Outcome::Idle), "seed {seed}: a second time");
}
