//! `onehead init` before a person: one question a part, and nothing is written before the last answer.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::part::{Player, folder, take_terminal};
use super::support::Project;

/// The exit status of an interrupted run.
const INTERRUPTED: i32 = 130;

const FIRST: &str = "Add this to pyproject.toml? (y/N): ";
const SECOND: &str = "Install the git hooks? (y/N): ";
const THIRD: &str = "Write .github/workflows/onehead.yml? (y/N): ";

#[test]
#[ignore = "a part played by a child"]
fn asks() {
    take_terminal();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command
        .arg("init")
        .current_dir(folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder().join(".git"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("NO_COLOR", "1");
    panic!("{}", command.exec());
}

fn project() -> Project {
    let project = Project::new().history("a1 <- b2");
    project.write("pyproject.toml", "[project]  # \u{202e}\n");
    project.git(["init", "-q"]);
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "first"]);
    project.git(["remote", "add", "origin", "git@github.com:somebody/project"]);
    project.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project
}

/// The exit status after these answers, and what was written: of the configuration, the hooks and the workflow.
#[track_caller]
fn check(answers: [&[u8]; 3], status: i32, written: [bool; 3]) {
    let project = project();
    let mut player = Player::on_terminal_in("init::asks", &project.path());
    for (question, answer) in [FIRST, SECOND, THIRD].iter().zip(answers) {
        if answer.is_empty() {
            break;
        }
        player.expect(question);
        assert!(!project.files()["pyproject.toml"].contains("onehead"), "before the last answer");
        player.type_in(answer);
    }
    let (code, shown) = player.end();
    assert_eq!(code, Some(status), "{shown}");
    let path = project.path();
    let found = [
        project.files()["pyproject.toml"].contains("[tool.onehead]"),
        path.join(".git/hooks/pre-push").exists(),
        path.join(".github/workflows/onehead.yml").exists(),
    ];
    assert_eq!(found, written, "{shown}");
    assert!(
        shown.contains("+[tool.onehead]") && shown.contains("\n [project]  # \\u{202e}"),
        "{shown}"
    );
}

#[test]
fn yes_to_everything() {
    check([b"y\n", b"y\n", b"yes\n"], 0, [true, true, true]);
}

#[test]
fn each_part_by_itself() {
    check([b"y\n", b"n\n", b"\n"], 0, [true, false, false]);
    check([b"n\n", b"y\n", b"n\n"], 0, [false, true, false]);
    check([b"n\n", b"n\n", b"y\n"], 0, [false, false, true]);
}

#[test]
fn no_to_everything() {
    check([b"n\n", b"\n", b"n\n"], 1, [false, false, false]);
}

#[test]
fn an_interrupt_at_any_question_writes_nothing() {
    check([b"\x03", b"", b""], INTERRUPTED, [false, false, false]);
    check([b"y\n", b"\x03", b""], INTERRUPTED, [false, false, false]);
    check([b"y\n", b"y\n", b"\x03"], INTERRUPTED, [false, false, false]);
}

#[test]
fn without_a_terminal_what_stdin_says_does_not_count() {
    let project = project();
    let (code, shown) = Player::without_terminal_in("init::asks", &project.path()).end();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("there is no terminal to ask on"), "{shown}");
    assert_eq!(project.files()["pyproject.toml"], "[project]  # \u{202e}\n");
}
