//! `merge`: databases of every state upgrade to everything.

use std::fs;

use crate::alembic::{Alembic, Database};
use crate::history::{Form, History, Kind, migration};
use crate::project::Project;
use crate::random::Random;
use crate::{Outcome, Tally, check_complete, check_history, check_settled, run, seeds};

/// A database of before: at one head, or new.
struct Old {
    /// Where it is.
    path: std::path::PathBuf,
    /// Whether Alembic can bring it up to date without the repair.
    is_sound: bool,
}

/// For each head a database that is there, and a new one.
fn old_databases(alembic: &mut Alembic, project: &Project, scratch: &std::path::Path) -> Vec<Old> {
    let heads: Vec<String> =
        project.history.heads().iter().map(|head| format!("upgrade {}", head.id)).collect();
    let mut databases = Vec::new();
    for (at, upgrade) in heads.iter().map(Some).chain([None]).enumerate() {
        let path = scratch.join(format!("{at}.db"));
        let commands: Vec<&str> = upgrade.iter().map(|upgrade| upgrade.as_str()).collect();
        if alembic.run(&project.path(), &path, &commands).failed.is_some() {
            continue;
        }
        let copy = scratch.join("copy.db");
        fs::copy(&path, &copy).unwrap();
        let is_sound = alembic.run(&project.path(), &copy, &["upgrade heads"]).failed.is_none();
        databases.push(Old { path, is_sound });
    }
    databases
}

#[track_caller]
fn check_merge(seed: u64, kind: Kind, alembic: &mut Alembic, tally: &mut Tally) {
    let project = Project::new(kind, seed);
    let scratch = tempfile::tempdir().unwrap();
    let databases = old_databases(alembic, &project, scratch.path());
    let published = project.published_files();
    match run(seed, &project, &["merge"]) {
        Outcome::Repaired(_) => tally.repaired += 1,
        Outcome::Idle => {
            tally.idle += 1;
            check_history(seed, &project, &alembic.survey(&project.path()));
            return;
        }
        Outcome::Refused(told) => {
            tally.refuse(seed, &told);
            check_crash(seed, &project, alembic, &databases, &told);
            return;
        }
    }
    check_settled(seed, &project, &published, &["merge"]);
    check_history(seed, &project, &alembic.survey(&project.path()));
    for old in databases {
        let upgraded = alembic.run(&project.path(), &old.path, &[project.history.upgrade()]);
        if old.is_sound {
            tally.complete += 1;
            check_complete(seed, &project, &upgraded);
        } else {
            tally.hopeless += 1;
        }
    }
}

/// A merge is refused where Alembic would crash on it, and then it does.
#[track_caller]
fn check_crash(seed: u64, project: &Project, alembic: &mut Alembic, databases: &[Old], told: &str) {
    assert!(told.contains("with `KeyError`"), "seed {seed}: {told}");
    let before = project.files();
    project.onehead(&["check", "--fix", "--strategy", "merge"]);
    assert!(project.files() == before, "seed {seed}: `check --fix` writes what `merge` refuses");
    let (named, _) = told.split_once(" would make ").expect("the sentence says so");
    let parents: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
    assert!(parents.len() > 1, "seed {seed}: {told}");
    let merge = format!("'m'\nrevision = 'm'\ndown_revision = {:?}\n", parents.join(" "));
    let merge = merge.replace(&format!("{:?}", parents.join(" ")), &format!("tuple({parents:?})"));
    let text = format!("{merge}\ndef upgrade():\n    pass\n");
    let first = &project.history.migrations[0].file;
    let folder = first.rsplit_once('/').map_or("", |(folder, _)| folder);
    project.write(&format!("{folder}/m_m.py"), text.as_bytes());
    let mut crashed = |old: &Old| {
        let database: Database =
            alembic.run(&project.path(), &old.path, &[project.history.upgrade()]);
        database.failed.is_some_and(|failed| failed.starts_with("KeyError"))
    };
    assert!(databases.iter().any(|old| old.is_sound && crashed(old)), "seed {seed}: {told}");
}

#[track_caller]
fn check_merges(kind: Kind, share: u64) {
    let mut alembic = Alembic::start();
    let mut tally = Tally::default();
    for seed in seeds(share) {
        check_merge(seed, kind, &mut alembic, &mut tally);
    }
    println!("merge, {kind:?}: {tally:?}");
    assert!(tally.repaired > tally.refused(), "{tally:?}");
    assert!(tally.complete > tally.hopeless, "{tally:?}");
}

#[test]
fn a_merge_leaves_every_database_whole() {
    check_merges(Kind::Plain, 1);
}

#[test]
fn a_merge_in_several_version_locations() {
    check_merges(Kind::Locations, 4);
}

#[test]
fn a_merge_within_each_label() {
    check_merges(Kind::Labels, 2);
}

#[test]
fn a_merge_in_numbered_projects() {
    check_merges(Kind::Numbered(Form::Whole), 6);
    check_merges(Kind::Numbered(Form::File), 6);
}

#[test]
fn a_splice_makes_the_branch_that_was_asked_for() {
    let revision = |name, parents| migration(name, "db/versions", true, parents);
    let migrations = vec![
        revision("a", vec![]),
        revision("b", vec![0]),
        revision("c", vec![0]),
        revision("d", vec![1]),
    ];
    let history = History { migrations, labels: Vec::new() };
    let project = Project::of(Kind::Plain, history, &mut Random::new(1));
    let splice = ["merge", "--rev-id", "m", "b", "c"];
    let refused = run(0, &project, &splice);
    assert!(matches!(&refused, Outcome::Refused(told) if told.contains("--splice")));
    let spliced = run(0, &project, &[&splice[..], &["--splice"]].concat());
    assert!(matches!(spliced, Outcome::Repaired(_)));
    let mut alembic = Alembic::start();
    let survey = alembic.survey(&project.path());
    assert_eq!(survey.heads, ["d", "m"]);
    let database = project.path().join("new.db");
    check_complete(0, &project, &alembic.run(&project.path(), &database, &["upgrade heads"]));
}
