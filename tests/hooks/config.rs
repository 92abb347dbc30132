//! Hooks in git's configuration. That git runs them takes 2.54, which the tests do without: here is only what is written
//! for such a git, that an older one is refused, and that it all goes away.

use std::path::Path;

use crate::room::{Room, executable};
use crate::support::{Answer, check};

/// What a later git would have: the keys that `--config` sets.
fn configured(room: &Room) {
    for (key, value) in [("command", "onehead hook run pre-push"), ("event", "pre-push")] {
        room.project.git(["config", &format!("hook.onehead-pre-push.{key}"), value]);
    }
    room.project.git(["config", "hook.linter.command", "lint"]);
}

fn is_old(room: &Room) -> bool {
    let version = room.project.git_says(["version"]);
    let mut numbers = version
        .trim_start_matches("git version ")
        .split('.')
        .map(|it| it.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) < (Some(2), Some(54))
}

#[test]
fn an_older_git_is_refused() {
    let room = Room::new();
    if !is_old(&room) {
        eprintln!("left out: this git runs hooks from its configuration");
        return;
    }
    let answer = room.onehead(&["hook", "install", "--config"]).exits(2);
    assert!(
        answer.stderr.starts_with("error: `--config` needs git 2.54: this is git 2."),
        "{answer}"
    );
    let hint = "hint: leave `--config` out to install hook files, which every git runs\n";
    assert!(answer.stderr.ends_with(hint), "{answer}");
    assert!(!room.project.git_says(["config", "--local", "--list"]).contains("onehead"));
}

#[test]
fn an_older_git_that_passes_over_them_is_told_of() {
    let room = Room::new();
    if !is_old(&room) {
        eprintln!("left out: this git runs hooks from its configuration");
        return;
    }
    configured(&room);
    let status = room.onehead(&["hook", "status"]).exits(1);
    assert!(status.stdout.contains("pre-push          broken"), "{status}");
    assert!(
        status.stdout.contains("hook.onehead-pre-push is in git's configuration, and git 2."),
        "{status}"
    );
}

#[test]
fn uninstalling_cleans_the_configuration_whatever_git_it_is() {
    let room = Room::new();
    configured(&room);
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    check!(room.onehead(&["hook", "uninstall"]), @r"
    exit_code: 0
    ----- stdout -----
    removed .git/hooks/pre-commit
    removed hook.onehead-pre-push from git's configuration
    ----- stderr -----
    ");
    let left = room.project.git_says(["config", "--local", "--list"]);
    assert!(!left.contains("onehead") && left.contains("hook.linter.command=lint"), "{left}");
}

#[test]
fn a_hook_file_takes_the_place_of_the_configuration() {
    let room = Room::new();
    configured(&room);
    room.onehead(&["hook", "install", "--pre-push"]).exits(0).prints(
        "wrote .git/hooks/pre-push\nremoved hook.onehead-pre-push from git's configuration\n",
    );
    assert!(!room.project.git_says(["config", "--local", "--list"]).contains("onehead"));
    room.onehead(&["hook", "install", "--pre-push"]).exits(0).prints("");
}

/// Runs onehead with a git that says it is a later one; everything but its version and its list of hooks is real.
fn with_later_git(room: &Room, listed: &str, arguments: &[&str]) -> Answer {
    let path = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&path)
        .map(|folder| folder.join("git"))
        .find(|git| git.is_file())
        .unwrap();
    let text = format!(
        "#!/bin/sh\nfor word; do\n  case $word in\n    version) echo 'git version 2.55.0'; exit ;;\n    \
         hook) printf '%s\\n' '{listed}'; exit ;;\n  esac\ndone\nexec '{}' \"$@\"\n",
        real.display()
    );
    executable(&room.tool("later/git"), &text);
    let folders = std::iter::once(room.tool("later")).chain(std::env::split_paths(&path));
    let mut command = room.project.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
    command.args(arguments).env("PATH", std::env::join_paths(folders).unwrap());
    Answer::of(&command.output().unwrap(), &room.project.path())
}

#[test]
fn a_later_git_is_given_one_simple_command() {
    let room = Room::new();
    room.foreign("pre-push", "#!/bin/sh\n# theirs\n");
    room.onehead(&["hook", "install"]).exits(0);
    let arguments = ["hook", "install", "--config", "--pre-push", "--pre-commit"];
    let answer = with_later_git(&room, "", &arguments).exits(0);
    let note = "note: an older git, such as editors and CI images bring along, passes over these hooks without a word\n";
    assert_eq!(answer.stderr, note);
    assert_eq!(
        answer.stdout,
        "removed .git/hooks/pre-commit\nset hook.onehead-pre-commit in git's configuration\n\
         put back the hook that was at .git/hooks/pre-push before\nset hook.onehead-pre-push in git's configuration\n"
    );
    assert_eq!(room.hooks(), ["pre-merge-commit", "pre-push"]);
    let own = Path::new(env!("CARGO_BIN_EXE_onehead")).canonicalize().unwrap();
    let value = |key: &str| room.project.git_says(["config", "--get-all", key]);
    assert_eq!(
        value("hook.onehead-pre-push.command"),
        format!("{} hook run pre-push\n", own.display())
    );
    assert_eq!(value("hook.onehead-pre-push.event"), "pre-push\n");
    with_later_git(&room, "", &arguments).exits(0).prints("").says("nothing to do");
    let status = with_later_git(&room, "onehead-pre-push", &["hook", "status"]).exits(1);
    let line = "pre-push          configured  hook.onehead-pre-push, in git's configuration\n";
    assert!(status.stdout.contains(line), "{status}");
    assert!(
        status.stdout.contains(
            "hook.onehead-pre-commit is in git's configuration, and git does not list it\n"
        )
    );
    with_later_git(&room, "", &["hook", "uninstall"]).exits(0);
    assert_eq!(room.hooks(), ["pre-push"]);
    assert!(!room.project.git_says(["config", "--local", "--list"]).contains("onehead"));
}
