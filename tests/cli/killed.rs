//! Runs that are killed at each of their steps: the same command again ends where an undisturbed run ends, and says
//! what it found.
//!
//! Only debug builds die when they are told to.
#![cfg(debug_assertions)]

use std::collections::BTreeMap;

use crate::fork::{forked, migration, numbered};
use crate::support::Project;

/// More steps than any of these runs has.
const MANY: u32 = 200;

/// What the recovery of a run may say; one of them where there was something to recover.
const SAID: [&str; 3] = [
    "an earlier run was stopped before it changed anything\n",
    "an earlier run was stopped midway; put back as before: ",
    "an earlier run was stopped after it had written and verified: ",
];

/// Kills `arguments` at each step, and runs it again; how often it said what it had found.
#[track_caller]
fn check(prepare: fn() -> Project, arguments: &[&str]) -> [u32; 3] {
    let undisturbed = prepare();
    let old = undisturbed.files();
    undisturbed.onehead_with(".", arguments).exits(0);
    let new = undisturbed.files();
    assert_ne!(old, new);
    let mut said = [0; 3];
    for step in 0..MANY {
        let project = prepare();
        let killed = project.dies_at(step, arguments);
        if killed.status == 0 {
            assert_eq!(project.files(), new);
            return said;
        }
        assert!(!killed.stderr.contains("panicked"), "step {step}\n{killed}");
        let again = project.onehead_with(".", arguments);
        assert_eq!(again.status, 0, "step {step}\n{again}");
        assert_eq!(project.files(), new, "step {step}\n{again}");
        let found = SAID.iter().position(|text| again.stderr.contains(text));
        if let Some(found) = found {
            said[found] += 1;
        }
        check_nothing_left(&project, step);
    }
    panic!("{arguments:?} does not come to an end");
}

/// A third run has nothing to recover, and the journal is gone.
#[track_caller]
fn check_nothing_left(project: &Project, step: u32) {
    let journal = project.path().join(".git/onehead");
    let left: Vec<String> = std::fs::read_dir(journal)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "lock")
        .collect();
    assert!(left.is_empty(), "step {step} leaves {left:?}");
}

/// Both ways to recover were gone, so that none of this is empty. A repair that verified is finished in one step, so
/// that none is found finished.
#[track_caller]
fn check_each_was_said(said: [u32; 3]) {
    assert!(said[0] > 0 && said[1] > 0 && said[2] == 0, "{said:?}");
}

#[test]
fn a_merge() {
    fn with_tripwires() -> Project {
        let project = forked();
        project.write("versions/HEAD", "e5a7\n");
        project
    }
    check_each_was_said(check(with_tripwires, &["merge"]));
}

#[test]
fn a_rebase_that_renames_and_drops() {
    fn renamed_and_dropped() -> Project {
        let project = numbered("003", "003");
        let text = migration("m", None, "merge heads", 21)
            .replace("down_revision = None", "down_revision = ('002', '003')")
            .replace("op.create_table('tm', sa.Column('id'))", "pass")
            .replace("op.drop_table('tm')", "pass");
        project.write("versions/004_merge.py", &text);
        project
    }
    let project = renamed_and_dropped();
    project.onehead(["rebase"]).exits(0).shows("renamed").shows("removed");
    check_each_was_said(check(renamed_and_dropped, &["rebase"]));
}

#[test]
fn a_fix() {
    fn collision() -> Project {
        numbered("003", "003")
    }
    check_each_was_said(check(collision, &["check", "--fix"]));
}

#[test]
fn what_was_put_back_is_named() {
    let mut named = BTreeMap::new();
    for step in 0..MANY {
        let project = forked();
        if project.dies_at(step, &["rebase"]).status == 0 {
            break;
        }
        let said = project.onehead(["rebase", "-q"]).exits(0).stderr;
        assert_eq!(said, "", "step {step}: under --quiet nothing is said");
        let project = forked();
        project.dies_at(step, &["rebase"]);
        let said = project.onehead(["rebase"]).exits(0).stderr;
        *named.entry(said).or_insert(0) += 1;
    }
    let lines: Vec<&str> = named.keys().map(String::as_str).collect();
    insta::assert_snapshot!(lines.join("--\n"), @r#"
    --
    an earlier run was stopped before it changed anything
    --
    an earlier run was stopped midway; put back as before: versions/e5a7_add_labels.py
    --
    nothing to rebase: 1 head (alembic.ini)
    "#);
}
