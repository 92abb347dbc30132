//! Repairs proved on databases: after `merge` and after `rebase` the real Alembic runs everything, once.
//!
//! Random histories with forks, of which a part is published, written in varied syntax, in real git repositories, on
//! SQLite with tables that hold rows.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod alembic;
mod project;
#[path = "../alembic/random.rs"]
mod random;
#[path = "../alembic/syntax.rs"]
mod syntax;

use std::path::Path;

use alembic::{Alembic, Database};
use project::{Project, text};

/// How many projects each test takes, and from which seed on.
fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let first = number("ONEHEAD_TEST_SEED", 1);
    first..first + number("ONEHEAD_TEST_REPAIRS", 60)
}

/// What happened, so that a test that compares nothing fails.
#[derive(Debug, Default)]
struct Tally {
    repaired: usize,
    idle: usize,
    refused: usize,
    unwritable: usize,
}

/// A new database with every table, each with its one row, and nothing run twice.
#[track_caller]
fn check_complete(seed: u64, project: &Project, database: &Database) {
    assert_eq!(database.failed, None, "seed {seed}: {database:?}");
    let tables: Vec<&String> = database.tables.keys().collect();
    let expected = project.tables();
    assert_eq!(tables, expected.iter().collect::<Vec<_>>(), "seed {seed}");
    assert!(database.tables.values().all(|&rows| rows == 1), "seed {seed}: {database:?}");
}

/// Runs the program; `None` where it refuses, counted, and then nothing may have changed.
fn repaired(seed: u64, project: &Project, arguments: &[&str], tally: &mut Tally) -> Option<String> {
    let output = project.onehead(arguments);
    let (said, told) = (text(&output.stdout), text(&output.stderr));
    let status = output.status.code();
    let changed = !project.git(&["status", "--porcelain"]).is_empty();
    match status {
        Some(0) if changed => {
            tally.repaired += 1;
            Some(said)
        }
        Some(0) => {
            tally.idle += 1;
            None
        }
        Some(1) => {
            assert!(!changed, "seed {seed}: refused, and changed something: {told}");
            tally.refused += 1;
            None
        }
        Some(2) if told.contains("cannot be changed") => {
            assert!(!changed, "seed {seed}: {told}");
            tally.unwritable += 1;
            None
        }
        Some(2) if told.contains("heads: `onehead merge`") => {
            assert!(!changed, "seed {seed}: {told}");
            tally.refused += 1;
            None
        }
        _ => panic!("seed {seed}: {arguments:?} ended with {status:?}: {said}{told}"),
    }
}

/// Published files are as they were, and the same command does nothing more.
fn check_settled(
    seed: u64,
    project: &Project,
    published: &[(std::path::PathBuf, Vec<u8>)],
    arguments: &[&str],
) {
    for (path, before) in published {
        assert_eq!(&std::fs::read(path).unwrap(), before, "seed {seed}: {}", path.display());
    }
    let before = project.git(&["status", "--porcelain"]);
    let status = project.onehead(arguments).status.code();
    assert_eq!(status, Some(0), "seed {seed}: a second time");
    assert_eq!(project.git(&["status", "--porcelain"]), before, "seed {seed}: a second time");
}

#[test]
fn a_merge_leaves_every_database_whole() {
    let mut alembic = Alembic::start();
    let mut tally = Tally::default();
    for seed in seeds() {
        let project = Project::new(seed);
        let scratch = tempfile::tempdir().unwrap();
        let database = |name: &str| scratch.path().join(name);
        let old = project.heads();
        for head in &old {
            let upgrade = format!("upgrade {head}");
            alembic.run(&project.path(), &database(head), &[&upgrade]);
        }
        let published = project.published_files();
        if repaired(seed, &project, &["merge"], &mut tally).is_none() {
            continue;
        }
        check_settled(seed, &project, &published, &["merge"]);
        let fresh = alembic.run(&project.path(), &database("new"), &["upgrade head"]);
        assert_eq!(fresh.heads.len(), 1, "seed {seed}: {fresh:?}");
        check_complete(seed, &project, &fresh);
        for head in &old {
            let upgraded = alembic.run(&project.path(), &database(head), &["upgrade head"]);
            check_complete(seed, &project, &upgraded);
        }
    }
    println!("merge: {tally:?}");
    assert!(tally.repaired * 3 > tally.refused + tally.unwritable, "{tally:?}");
}

#[test]
fn a_rebase_leaves_every_database_whole_once_its_advice_is_followed() {
    let mut alembic = Alembic::start();
    let mut tally = Tally::default();
    for seed in seeds() {
        let project = Project::new(seed);
        let scratch = tempfile::tempdir().unwrap();
        let before = scratch.path().join("before");
        project.copy(&before);
        let published = project.published_files();
        let Some(said) = repaired(seed, &project, &["rebase"], &mut tally) else { continue };
        check_settled(seed, &project, &published, &["rebase"]);
        let fresh = alembic.run(&project.path(), &scratch.path().join("new"), &["upgrade head"]);
        assert_eq!(fresh.heads.len(), 1, "seed {seed}: {fresh:?}\n{said}");
        check_complete(seed, &project, &fresh);
        for migration in &project.migrations {
            let database = scratch.path().join(&migration.id);
            let upgrade = format!("upgrade {}", migration.id);
            if alembic.run(&before, &database, &[&upgrade]).failed.is_some() {
                continue;
            }
            check_stamped(seed, &project, &mut alembic, &database, &migration.id, &said);
        }
    }
    println!("rebase: {tally:?}");
    assert!(tally.repaired > tally.unwritable, "{tally:?}");
}

/// A database at `id` of before: complete after a plain upgrade, or one for which the printed commands are meant, after
/// which it is complete and has kept its rows.
fn check_stamped(
    seed: u64,
    project: &Project,
    alembic: &mut Alembic,
    database: &Path,
    id: &str,
    said: &str,
) {
    let copy = database.with_extension("copy");
    std::fs::copy(database, &copy).unwrap();
    let plain = alembic.run(&project.path(), database, &["upgrade head"]);
    let tables: Vec<String> = plain.tables.keys().cloned().collect();
    let is_complete =
        plain.failed.is_none() && tables == project.tables().into_iter().collect::<Vec<_>>();
    if is_complete {
        return;
    }
    let advice = advice_for(said, id);
    let advice = advice
        .unwrap_or_else(|| panic!("seed {seed}: nothing is said of a database at {id}:\n{said}"));
    let commands: Vec<&str> =
        advice.split(" && ").map(|one| one.trim_start_matches("alembic ")).collect();
    let mended = alembic.run(&project.path(), &copy, &commands);
    check_complete(seed, project, &mended);
}

/// The commands that are printed for a database at `id`.
fn advice_for(said: &str, id: &str) -> Option<String> {
    let mut named = false;
    for line in said.lines() {
        let line = line.trim();
        if line.starts_with("alembic stamp --purge") {
            if named {
                return Some(line.to_owned());
            }
        } else if line.contains(id) {
            named = true;
        } else if line.is_empty() {
            named = false;
        }
    }
    None
}
