//! Hooks in git's configuration. That git runs them takes 2.54, which the tests do without: here is only that an older one
//! is refused, that what a later one has left is seen, and that it goes away.

use crate::room::Room;
use crate::support::check;

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
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    assert!(!room.project.git_says(["config", "--local", "--list"]).contains("onehead"));
    room.onehead(&["hook", "install", "--pre-push"]).exits(0).prints("");
}
