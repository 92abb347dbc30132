//! Interrupts, while something is being written and while nothing is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use onehead::git::Git;
use onehead::interrupt;
use onehead::ui::Ui;
use rustix::process::Signal;

use super::part::{DONE, Player, begin, folder};

fn wait_until(what: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !what() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
#[ignore = "a part played by a child"]
fn waits() {
    begin();
    Ui::plain().talk("ready\n");
    std::thread::sleep(Duration::from_secs(20));
    std::process::exit(DONE);
}

#[test]
#[ignore = "a part played by a child"]
fn writes() {
    begin();
    let outer = interrupt::guard();
    let inner = interrupt::guard();
    Ui::plain().talk("ready\n");
    wait_until(interrupt::requested);
    Ui::plain().talk("noted\n");
    drop(inner);
    // Long enough for a second interrupt to be heard.
    std::thread::sleep(Duration::from_millis(500));
    Ui::plain().talk("undone\n");
    drop(outer);
    std::process::exit(DONE);
}

#[test]
#[ignore = "a part played by a child"]
fn writes_undisturbed() {
    begin();
    drop(interrupt::guard());
    assert!(!interrupt::requested());
    std::process::exit(DONE);
}

#[test]
#[ignore = "a part played by a child"]
fn commits() {
    begin();
    let outer = interrupt::guard();
    let top = folder();
    let committed = Git::new(&top).commit_only(&[Path::new("ours")], "x");
    Ui::plain().talk(&format!("failed: {}\n", committed.is_err()));
    drop(outer);
    std::process::exit(DONE);
}

fn git(top: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").current_dir(top).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_commit_that_is_interrupted_is_none() {
    let temporary = tempfile::tempdir().unwrap();
    let top = std::fs::canonicalize(temporary.path()).unwrap();
    git(&top, &["init", "-q", "-b", "main"]);
    git(&top, &["config", "user.name", "A"]);
    git(&top, &["config", "user.email", "a@example.org"]);
    git(&top, &["commit", "-q", "--allow-empty", "-m", "first"]);
    std::fs::write(top.join("ours"), "1").unwrap();
    std::fs::write(top.join("staged"), "1").unwrap();
    git(&top, &["add", "staged"]);
    let hook = top.join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho in hook >/dev/tty\nsleep 20\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let state =
        || (std::fs::read(top.join(".git/index")).unwrap(), git(&top, &["rev-parse", "HEAD"]));
    let before = state();
    let mut player = Player::on_terminal_in("interrupt::commits", &top);
    player.expect("in hook");
    player.type_in(b"\x03");
    let (code, shown) = player.end();
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("failed: true"), "{shown}");
    assert!(before == state());
    assert!(!top.join(".git/index.lock").exists());
    assert_eq!(git(&top, &["status", "--short"]), "A  staged\n?? ours\n");
}

#[test]
fn at_once_while_nothing_is_written() {
    let mut player = Player::on_terminal("interrupt::waits");
    player.expect("ready");
    player.type_in(b"\x03");
    assert_eq!(player.end().0, Some(130));
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut player = Player::without_terminal("interrupt::waits");
        player.expect("ready");
        player.signal(signal);
        assert_eq!(player.end().0, Some(130), "{signal:?}");
    }
}

#[test]
fn a_section_is_finished_first() {
    let mut player = Player::on_terminal("interrupt::writes");
    player.expect("ready");
    player.type_in(b"\x03");
    player.expect("noted");
    // The second one is as patient as the first.
    player.type_in(b"\x03");
    player.signal(Signal::TERM);
    let (code, shown) = player.end();
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("undone"), "{shown}");
}

#[test]
fn a_section_without_an_interrupt_ends_nothing() {
    assert_eq!(Player::without_terminal("interrupt::writes_undisturbed").end().0, Some(DONE));
}

#[test]
fn the_program_itself_listens() {
    // No command waits for anything yet, so that it could be interrupted from outside: its text has to do.
    let main =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs")).unwrap();
    let (listen, run) = (main.find("interrupt::listen()"), main.find("commands::run("));
    assert!(listen.is_some() && listen < run);
}
