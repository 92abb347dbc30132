//! The offer of the pre-push hook, in a real `git push` on a terminal: a repair is made or not, and what is being pushed,
//! which does not have it, is not pushed.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::part::{Player, folder, take_terminal};
use super::repository::Repository;

const PROMPT: &str = "Auto-merge migrations? (y/N): ";

/// Becomes `git push`, in the folder of this part.
fn become_push(variables: &[(&str, &str)]) {
    take_terminal();
    let mut command = Command::new("git");
    command
        .args(["push", "origin", "mine"])
        .current_dir(folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder().join(".git"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A. Author")
        .env("GIT_AUTHOR_EMAIL", "author@example.org")
        .env("GIT_COMMITTER_NAME", "A. Author")
        .env("GIT_COMMITTER_EMAIL", "author@example.org")
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied());
    panic!("{}", command.exec());
}

#[test]
#[ignore = "a part played by a child"]
fn pushes() {
    become_push(&[]);
}

#[test]
#[ignore = "a part played by a child"]
fn pushes_in_ci() {
    become_push(&[("CI", "1")]);
}

/// Whether a repair may be offered, and who says so.
#[derive(Clone, Copy)]
enum Offer {
    /// The hook, as it is installed at a terminal.
    ByHook,
    /// The configuration.
    ByConfiguration,
    /// The configuration says no, whatever the hook says.
    Refused,
}

/// A repository on `mine`, where a fork was committed without asking.
fn forked(offer: Offer) -> Repository {
    let repository = Repository::new();
    if !matches!(offer, Offer::ByConfiguration) {
        let onehead = env!("CARGO_BIN_EXE_onehead");
        let hook = format!("#!/bin/sh\nexec '{onehead}' hook run pre-push --offer \"$@\"\n");
        repository.project.write(".git/hooks/pre-push", &hook);
    }
    if !matches!(offer, Offer::ByHook) {
        let wanted = matches!(offer, Offer::ByConfiguration);
        let text = format!("[tool.onehead.pre-push]\noffer = {wanted}\n");
        repository.project.write("pyproject.toml", &text);
        repository.commit_all("configure").exits(0);
        repository.git(&["push", "-q", "origin", "main"]).exits(0);
    }
    repository.git(&["switch", "-q", "-c", "mine"]).exits(0);
    repository.revision("x", &["c"]);
    repository.revision("y", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    repository.project.write("staged", "staged\n");
    repository.git(&["add", "staged"]).exits(0);
    repository
}

/// Everything that must stay as it is where nothing is changed.
fn state(repository: &Repository) -> (std::collections::BTreeMap<String, String>, String, String) {
    let staged = repository.git(&["ls-files", "--stage"]).stdout;
    (repository.project.files(), staged, repository.at("HEAD"))
}

/// The push is stopped, and nothing is changed here and there.
#[track_caller]
fn check_unchanged(repository: &Repository, player: Player, typed: &[u8]) -> String {
    let before = state(repository);
    let mut player = player;
    if !typed.is_empty() {
        player.expect(PROMPT);
        player.type_in(typed);
    }
    let (code, shown) = player.end();
    assert_ne!(code, Some(0), "{shown}");
    assert!(shown.contains("this push would leave 2 heads in alembic.ini on mine"), "{shown}");
    assert_eq!(state(repository), before, "{shown}");
    assert_eq!(repository.on_remote("mine"), "", "{shown}");
    shown
}

fn push(repository: &Repository) -> Player {
    Player::on_terminal_in("push::pushes", &repository.project.path())
}

#[test]
fn yes_mends_and_the_next_push_passes() {
    for offer in [Offer::ByHook, Offer::ByConfiguration] {
        let repository = forked(offer);
        let head = repository.at("HEAD");
        let mut player = push(&repository);
        player.expect(PROMPT);
        player.type_in(b"y\n");
        let (code, shown) = player.end();
        assert_eq!(code, Some(1), "{shown}");
        let said = "onehead: mended; what was being pushed does not have it, so now push again";
        assert!(shown.contains(said), "{shown}");
        assert_eq!(repository.on_remote("mine"), "", "{shown}");
        assert_eq!(repository.at("HEAD~1"), head, "one commit is added");
        assert_eq!(repository.git(&["status", "--short"]).stdout, "A  staged\n");
        let (code, shown) = push(&repository).end();
        assert_eq!(code, Some(0), "{shown}");
        assert!(!shown.contains(PROMPT), "{shown}");
        assert_eq!(repository.on_remote("mine"), repository.at("HEAD"));
    }
}

#[test]
fn no_changes_nothing() {
    for typed in [&b"n\n"[..], b"\n", b"\x04"] {
        let repository = forked(Offer::ByHook);
        let shown = check_unchanged(&repository, push(&repository), typed);
        assert!(!shown.contains("now push again"), "{shown}");
    }
}

#[test]
fn an_interrupt_changes_nothing() {
    let repository = forked(Offer::ByHook);
    check_unchanged(&repository, push(&repository), b"\x03");
}

#[test]
fn nobody_is_asked_where_it_is_refused_and_in_ci() {
    let repository = forked(Offer::Refused);
    let shown = check_unchanged(&repository, push(&repository), b"");
    assert!(!shown.contains(PROMPT), "{shown}");
    let repository = forked(Offer::ByHook);
    let player = Player::on_terminal_in("push::pushes_in_ci", &repository.project.path());
    let shown = check_unchanged(&repository, player, b"");
    assert!(!shown.contains(PROMPT), "{shown}");
}

#[test]
fn nobody_is_asked_without_a_terminal_whatever_stdin_says() {
    let repository = forked(Offer::ByHook);
    let player = Player::without_terminal_in("push::pushes", &repository.project.path());
    let shown = check_unchanged(&repository, player, b"");
    assert!(!shown.contains(PROMPT), "{shown}");
}

/// A repair of what is checked out would not mend what is pushed.
#[test]
fn nobody_is_asked_about_what_is_not_checked_out() {
    let repository = forked(Offer::ByHook);
    repository.git(&["switch", "-q", "main"]).exits(0);
    let shown = check_unchanged(&repository, push(&repository), b"");
    assert!(!shown.contains(PROMPT), "{shown}");
    assert!(shown.contains("git switch mine"), "{shown}");
}
