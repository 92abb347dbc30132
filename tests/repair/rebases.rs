//! `rebase`: databases that ran what was moved are complete after a plain upgrade, or after what is printed for them.

use std::fs;
use std::path::Path;

use crate::advice::advice;
use crate::alembic::{Alembic, Database};
use crate::history::{Form, History, Kind, migration};
use crate::project::Project;
use crate::random::Random;
use crate::{
    Outcome, Tally, check_complete, check_history, check_rows, check_settled, is_complete, run,
    seeds,
};

/// A repaired project and what was said.
struct Rebased<'a> {
    seed: u64,
    project: &'a Project,
    said: &'a str,
    new_ids: bool,
}

#[track_caller]
fn check_rebase(seed: u64, kind: Kind, new_ids: bool, alembic: &mut Alembic, tally: &mut Tally) {
    let project = Project::new(kind, seed);
    let scratch = tempfile::tempdir().unwrap();
    let before = scratch.path().join("before");
    // What people had who did not know yet what came to `main`.
    project.copy(&before, |one| one.late);
    let main = scratch.path().join("main");
    project.copy(&main, |one| !one.published);
    let published = project.published_files();
    let arguments: &[&str] = if new_ids { &["rebase", "--new-ids"] } else { &["rebase"] };
    let said = match run(seed, &project, arguments) {
        Outcome::Repaired(said) => said,
        Outcome::Idle => {
            tally.idle += 1;
            return;
        }
        Outcome::Refused(told) => {
            tally.refuse(seed, &told);
            check_hint(seed, &project, alembic, &told);
            return;
        }
    };
    tally.repaired += 1;
    check_settled(seed, &project, &published, arguments);
    let survey = alembic.survey(&project.path());
    check_history(seed, &project, &survey);
    let upgrade = project.history.upgrade();
    let fresh = alembic.run(&project.path(), &scratch.path().join("new"), &[upgrade]);
    let everything = scratch.path().join("everything");
    let all = alembic.run(&before, &everything, &["upgrade heads"]);
    if fresh.failed.is_some() && (all.failed.is_some() || is_dead(alembic, &main)) {
        tally.hopeless += 1;
        return;
    }
    check_complete(seed, &project, &fresh);
    if all.failed.is_none() && all.versions.len() > 1 {
        let now = alembic.run(&project.path(), &everything, &[upgrade]);
        check_everything(seed, &project, &all, &now);
    }
    let rebased = Rebased { seed, project: &project, said: &said, new_ids };
    for migration in project.history.migrations.iter().filter(|one| !one.late) {
        let database = scratch.path().join(&migration.name);
        let upgrade = format!("upgrade {}", migration.id);
        if alembic.run(&before, &database, &[&upgrade]).failed.is_some() {
            continue;
        }
        let now = survey.revisions.get(&migration.name).map(|one| one.id.as_str());
        check_stamped(&rebased, alembic, &database, (&migration.id, now), tally);
    }
}

/// Whether Alembic cannot make a new database of what is published: a head beside it may hide that.
fn is_dead(alembic: &mut Alembic, main: &Path) -> bool {
    let database = alembic.run(main, &main.join("new.db"), &["upgrade heads"]);
    database.failed.is_some_and(|failed| failed.starts_with("KeyError"))
}

/// What a refusal says is done, and then everything is well.
#[track_caller]
fn check_hint(seed: u64, project: &Project, alembic: &mut Alembic, told: &str) {
    let mut commands: Vec<Vec<&str>> =
        told.split('`').filter_map(|part| part.strip_prefix("onehead ")).map(words).collect();
    if !project.history.labels.is_empty() {
        // A merge within a label is a target for `rebase` only once it is published.
        commands = vec![words("merge")];
    }
    assert!(!commands.is_empty(), "seed {seed}: {told}");
    for command in commands {
        let done = run(seed, project, &command);
        assert!(!matches!(done, Outcome::Refused(_)), "seed {seed}: {command:?} after {told}");
    }
    check_history(seed, project, &alembic.survey(&project.path()));
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// A database that ran everything and is at several heads: nothing is skipped without a word, and no row is lost. A
/// migration that Alembic breaks off may leave its own table without one, since `SQLite` keeps tables.
#[track_caller]
fn check_everything(seed: u64, project: &Project, before: &Database, now: &Database) {
    let kept = before.tables.keys().all(|table| now.tables.get(table) == Some(&1));
    assert!(kept, "seed {seed}: {now:?}");
    assert!(now.failed.is_some() || is_complete(project, now), "seed {seed}: {now:?}");
}

/// A database that was at the first of two ids, which is now the second: complete after a plain upgrade, or one for
/// which commands are printed, after which it is complete and has kept its rows.
#[track_caller]
fn check_stamped(
    rebased: &Rebased<'_>,
    alembic: &mut Alembic,
    database: &Path,
    (old, new): (&str, Option<&str>),
    tally: &mut Tally,
) {
    let Rebased { seed, project, said, new_ids } = *rebased;
    let copy = database.with_extension("copy");
    fs::copy(database, &copy).unwrap();
    let plain = alembic.run(&project.path(), database, &[project.history.upgrade()]);
    if is_complete(project, &plain) {
        check_rows(seed, &plain);
        tally.complete += 1;
        return;
    }
    if new_ids {
        let failed = plain.failed.as_deref().unwrap_or_default();
        assert!(
            failed.contains("Can't locate revision"),
            "seed {seed} at {old}: {plain:?}\n{said}"
        );
    }
    let advice = advice(said, old, new.unwrap_or_default());
    let advice = advice.unwrap_or_else(|| {
        panic!("seed {seed}: nothing is said of a database at {old}: {plain:?}\n{said}")
    });
    let commands: Vec<&str> = advice.iter().map(String::as_str).collect();
    let mended = alembic.run(&project.path(), &copy, &commands);
    assert!(
        is_complete(project, &mended),
        "seed {seed} at {old}: {commands:?} leave {mended:?}\n{said}"
    );
    check_complete(seed, project, &mended);
    tally.mended += 1;
}

#[track_caller]
fn check_rebases(kind: Kind, new_ids: bool, share: u64) {
    let mut alembic = Alembic::start();
    let mut tally = Tally::default();
    for seed in seeds(share) {
        check_rebase(seed, kind, new_ids, &mut alembic, &mut tally);
    }
    println!("rebase, {kind:?}, new ids {new_ids}: {tally:?}");
    assert!(
        tally.repaired > tally.refused() && tally.mended > 0 && tally.complete > 0,
        "{tally:?}"
    );
}

#[test]
fn a_rebase_leaves_every_database_whole_once_its_advice_is_followed() {
    check_rebases(Kind::Plain, false, 2);
}

#[test]
fn a_rebase_in_several_version_locations() {
    check_rebases(Kind::Locations, false, 6);
}

#[test]
fn a_rebase_within_the_lineage() {
    check_rebases(Kind::Labels, false, 3);
}

#[test]
fn a_rebase_in_numbered_projects() {
    check_rebases(Kind::Numbered(Form::Number), false, 6);
    check_rebases(Kind::Numbered(Form::Whole), false, 6);
    check_rebases(Kind::Numbered(Form::File), false, 6);
}

#[test]
fn new_ids_make_databases_fail_aloud() {
    check_rebases(Kind::Plain, true, 6);
    check_rebases(Kind::Numbered(Form::File), true, 10);
    check_rebases(Kind::Numbered(Form::Whole), true, 10);
}

#[test]
fn what_a_rebase_cannot_order_a_merge_joins() {
    let revision = |name, published, parents| migration(name, "db/versions", published, parents);
    let mut joins = revision("j", false, vec![1, 2]);
    joins.dependencies.push((3, "u".into()));
    let migrations = vec![
        revision("a", true, vec![]),
        revision("b", true, vec![0]),
        revision("c", true, vec![0]),
        revision("u", false, vec![0]),
        joins,
    ];
    let history = History { migrations, labels: Vec::new() };
    let project = Project::of(Kind::Plain, history, &mut Random::new(1));
    let Outcome::Refused(told) = run(0, &project, &["rebase"]) else { panic!("it is refused") };
    assert!(told.contains("no order of the unpublished revisions"), "{told}");
    check_hint(0, &project, &mut Alembic::start(), &told);
}
