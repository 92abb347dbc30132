//! `onehead auto-merge` before a person, and Ctrl-C at each point where it can be met.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use super::fork::forked;
use super::part::{Player, folder, take_terminal};
use super::support::Project;

const PROMPT: &str = "Auto-merge migrations? (y/N): ";

/// The exit status of an interrupted run.
const INTERRUPTED: i32 = 130;

/// Becomes the program, in the folder of this part.
fn become_onehead(arguments: &[&str], variables: &[(&str, &str)]) {
    take_terminal();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command
        .args(arguments)
        .current_dir(folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder().join(".git"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied());
    panic!("{}", command.exec());
}

#[test]
#[ignore = "a part played by a child"]
fn asks() {
    become_onehead(&["auto-merge"], &[]);
}

#[test]
#[ignore = "a part played by a child"]
fn asks_in_ci() {
    become_onehead(&["auto-merge"], &[("CI", "1")]);
}

#[test]
#[ignore = "a part played by a child"]
fn is_told_yes() {
    become_onehead(&["auto-merge", "--yes"], &[]);
}

#[test]
#[ignore = "a part played by a child"]
fn merges() {
    become_onehead(&["merge"], &[]);
}

#[test]
#[ignore = "a part played by a child"]
fn rebases() {
    become_onehead(&["rebase"], &[]);
}

#[test]
#[ignore = "a part played by a child"]
fn fixes() {
    become_onehead(&["check", "--fix"], &[]);
}

/// Everything that a run must leave as it is when it changes nothing: files, index, commit.
fn state(project: &Project) -> (std::collections::BTreeMap<String, String>, String, String) {
    let index = project.git_says(["ls-files", "--stage"]);
    (project.files(), index, project.git_says(["rev-parse", "HEAD"]))
}

/// A forked project with something staged beside it.
fn busy() -> Project {
    let project = forked();
    project.write("staged", "staged\n");
    project.git(["add", "staged"]);
    project
}

/// The exit status after these bytes at the question, and whether the merge was committed.
#[track_caller]
fn check(typed: &[u8], status: i32, commits: bool) {
    let project = busy();
    let before = state(&project);
    let mut player = Player::on_terminal_in("auto_merge::asks", &project.path());
    player.expect(PROMPT);
    player.type_in(typed);
    let (code, shown) = player.end();
    assert_eq!(code, Some(status), "{shown}");
    assert!(shown.contains("2 heads in alembic.ini, parted at c3d9"), "{shown}");
    if commits {
        check_committed(&project);
    } else {
        assert_eq!(state(&project), before, "{shown}");
    }
}

#[track_caller]
fn check_committed(project: &Project) {
    let subject = project.git_says(["log", "-1", "--format=%s"]);
    assert_eq!(subject, "Merge Alembic migration heads d4f0, e5a7\n");
    assert_eq!(project.git_says(["status", "--short"]), "A  staged\n");
}

#[test]
fn yes() {
    check(b"y\n", 0, true);
}

#[test]
fn no() {
    check(b"n\n", 1, false);
    check(b"\n", 1, false);
}

#[test]
fn nothing_at_all() {
    check(b"\x04", 1, false);
}

#[test]
fn an_interrupt_at_the_question() {
    check(b"\x03", INTERRUPTED, false);
}

/// A run that is not asked.
#[track_caller]
fn check_unasked(part: &str) {
    let project = busy();
    let (code, shown) = Player::on_terminal_in(part, &project.path()).end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains(PROMPT), "{shown}");
    check_committed(&project);
}

#[test]
fn in_ci_nobody_is_asked() {
    check_unasked("auto_merge::asks_in_ci");
}

#[test]
fn with_yes_nobody_is_asked() {
    check_unasked("auto_merge::is_told_yes");
}

#[test]
fn without_a_terminal_what_stdin_says_does_not_count() {
    let project = busy();
    let before = state(&project);
    let (code, shown) = Player::without_terminal_in("auto_merge::asks", &project.path()).end();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("there is no terminal to ask on"), "{shown}");
    assert_eq!(state(&project), before);
}

/// Ctrl-C once the project's command, which does not end by itself, has begun.
#[track_caller]
fn check_interrupted(part: &str) {
    let project = busy();
    project.write("onehead.toml", "verify-command = \"echo has begun; sleep 60\"\n");
    let before = state(&project);
    let mut player = Player::on_terminal_in(part, &project.path());
    player.expect("has begun");
    assert_ne!(project.files(), before.0, "the files are there while the command looks at them");
    player.type_in(b"\x03");
    let (code, shown) = player.end();
    assert_eq!(code, Some(INTERRUPTED), "{shown}");
    assert_eq!(state(&project), before, "{shown}");
    let journal = std::fs::read_dir(project.path().join(".git/onehead")).unwrap();
    let left: Vec<_> = journal.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"], "no journal is left");
}

#[test]
fn an_interrupt_while_the_command_of_the_team_runs() {
    check_interrupted("auto_merge::is_told_yes");
    check_interrupted("auto_merge::merges");
    check_interrupted("auto_merge::rebases");
    check_interrupted("auto_merge::fixes");
}

#[test]
fn an_interrupt_while_a_hook_of_git_runs() {
    let project = busy();
    project.write(".git/hooks/pre-commit", "#!/bin/sh\n: > .git/begun\nsleep 60\n");
    project.shell("chmod +x .git/hooks/pre-commit");
    let before = state(&project);
    let mut player = Player::on_terminal_in("auto_merge::is_told_yes", &project.path());
    let end = Instant::now() + Duration::from_secs(20);
    while !project.path().join(".git/begun").exists() {
        assert!(Instant::now() < end, "the hook is not run");
        std::thread::sleep(Duration::from_millis(5));
    }
    player.type_in(b"\x03");
    let (code, shown) = player.end();
    assert_eq!(code, Some(INTERRUPTED), "{shown}");
    assert_eq!(state(&project), before, "{shown}");
}
