//! A run that is killed at any step is undone or finished by the next, which may be killed as well.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use onehead::apply::{Recovery, recover, write};
use onehead::settings::dies_at_step;

use crate::room::{changes, new_tree, old_tree, tree, workplace, write_tree};

/// More steps than any run has.
const MANY: u32 = 500;

#[test]
#[ignore = "the other tests run it in a process of its own"]
fn child() {
    let root = env::var_os("ONEHEAD_TEST_ROOM").expect("started by the other tests");
    let root = Path::new(&root);
    let workplace = workplace(root, dies_at_step());
    match env::var("ONEHEAD_TEST_WHAT").expect("started by the other tests").as_str() {
        "finish" => write(&workplace, &changes(root)).expect("written").finish().expect("finished"),
        "verify" => {
            let mut written = write(&workplace, &changes(root)).expect("written");
            written.verified().expect("noted");
            written.finish().expect("finished");
        }
        "refuse" => {
            let mut written = write(&workplace, &changes(root)).expect("written");
            written.verified().expect("noted");
            written.undo().expect("undone");
        }
        "undo" => {
            write(&workplace, &changes(root)).expect("written").undo().expect("undone");
        }
        _ => {
            recover(&workplace).expect("recovered");
        }
    }
}

/// Runs a child that dies at a step; true when it came to its end before.
fn run(root: &Path, what: &str, step: u32) -> bool {
    let child = Command::new(env::current_exe().expect("this binary"))
        .args(["killed::child", "--exact", "--ignored", "--nocapture"])
        .env("ONEHEAD_TEST_ROOM", root)
        .env("ONEHEAD_TEST_WHAT", what)
        .env("ONEHEAD_TEST_KILL", step.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .expect("started");
    // A panic would end the child as well, and prove nothing.
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(!said.contains("panicked"), "{what} at step {step}: {said}");
    child.status.success()
}

/// Recovers in this process and looks whether either state is whole.
#[track_caller]
fn check_whole(root: &Path, what: &str, step: u32) -> Recovery {
    let recovery = recover(&workplace(root, None)).expect("recovered");
    let found = tree(root);
    match &recovery {
        Recovery::Undone(undone) => {
            assert_eq!(undone.kept, [], "{what} at step {step}");
            assert_eq!(found, old_tree(), "{what} at step {step}");
        }
        Recovery::Finished { .. } => assert_eq!(found, new_tree(), "{what} at step {step}"),
        Recovery::Nothing => {
            assert!(found == old_tree() || found == new_tree(), "{what} at step {step}: {found:?}");
        }
    }
    let journal = std::fs::read_dir(root.join(".git/onehead")).into_iter().flatten().flatten();
    let left: Vec<_> =
        journal.map(|entry| entry.file_name()).filter(|name| name != "lock").collect();
    assert!(left.is_empty(), "{what} at step {step} leaves {left:?}");
    assert_eq!(recover(&workplace(root, None)).expect("recovered"), Recovery::Nothing);
    recovery
}

fn prepared() -> (tempfile::TempDir, std::path::PathBuf) {
    let scratch = tempfile::tempdir().expect("a folder");
    let root = scratch.path().canonicalize().expect("resolved");
    write_tree(&root, &old_tree());
    (scratch, root)
}

/// Kills a run at each of its steps; how many there are, how often it was undone, and how often finished.
fn kill_everywhere(what: &str) -> (u32, u32, u32) {
    let (mut undone, mut finished) = (0, 0);
    for step in 0..MANY {
        let (_scratch, root) = prepared();
        let ended = run(&root, what, step);
        match check_whole(&root, what, step) {
            Recovery::Undone(_) => undone += 1,
            Recovery::Finished { .. } => finished += 1,
            Recovery::Nothing => {}
        }
        if ended {
            return (step, undone, finished);
        }
    }
    panic!("{what} does not come to an end");
}

#[test]
fn a_run_killed_at_any_step_is_undone_or_finished() {
    let (steps, undone, finished) = kill_everywhere("verify");
    // One step per text, name, folder, copy and journal at least, so that none goes untested.
    assert!(steps >= 20 && undone >= 10 && finished >= 1, "{steps} {undone} {finished}");
}

#[test]
fn a_run_that_was_not_verified_is_never_finished() {
    let (steps, undone, finished) = kill_everywhere("finish");
    assert!(steps >= 18 && undone >= 10 && finished == 0, "{steps} {undone} {finished}");
}

#[test]
fn a_verified_run_that_is_taken_back_after_all_is_whole_at_any_step() {
    let (steps, undone, _) = kill_everywhere("refuse");
    assert!(steps >= 30 && undone >= 20, "{steps} {undone}");
}

#[test]
fn an_undo_killed_at_any_step_is_done_again() {
    let (steps, undone, finished) = kill_everywhere("undo");
    assert!(steps >= 30 && undone >= 20 && finished == 0, "{steps} {undone} {finished}");
}

#[test]
fn a_recovery_killed_at_any_step_is_done_again() {
    let (ended, _, _) = kill_everywhere("verify");
    // Late in the names, and in the verified state.
    for first in [ended - 12, ended - 8, ended - 6, ended - 2] {
        for step in 0..MANY {
            let (_scratch, root) = prepared();
            assert!(!run(&root, "verify", first), "killed at step {first}");
            let ended = run(&root, "recover", step);
            check_whole(&root, "recover", step);
            if ended {
                break;
            }
        }
    }
}
