//! Commands that are run: how they end, and that nothing of them stays.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use onehead::config::UserCommand;
use onehead::environment::hooks::{HookKind, PostWriteHook};
use onehead::runner::post_write::{self, Place};
use onehead::runner::{Ending, Outcome, Ran, run};
use onehead::ui::Ui;

use super::part::{DONE, Player, begin};

const MINUTE: Duration = Duration::from_mins(1);

fn shell(text: &str) -> UserCommand {
    UserCommand::Shell(text.into())
}

fn direct(words: &[&str]) -> UserCommand {
    UserCommand::Direct(words.iter().map(ToString::to_string).collect())
}

/// Runs a command in a folder of its own; what it said must be what its tail says.
fn ran(command: &UserCommand, limit: Duration) -> (Ran, PathBuf, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = std::fs::canonicalize(folder.path()).unwrap();
    let mut said = Vec::new();
    let ran = run(command, &path, limit, &mut |chunk| said.extend_from_slice(chunk));
    assert_eq!(String::from_utf8_lossy(&said), ran.tail);
    (ran, path, folder)
}

#[track_caller]
fn check(command: &UserCommand, outcome: Outcome, tail: &str) {
    let (ran, _, _folder) = ran(command, MINUTE);
    assert_eq!(ran, Ran { outcome, tail: tail.into() });
}

#[test]
fn how_commands_end() {
    let failed = |status| Outcome::Failed(Ending::Status(status));
    check(&shell("echo out; echo err >&2"), Outcome::Succeeded, "out\nerr\n");
    check(&shell("echo no; exit 7"), failed(7), "no\n");
    check(&shell("kill -9 $$"), Outcome::Failed(Ending::Signal(9)), "");
    check(&direct(&["printf", "%s|", "a b", "$HOME"]), Outcome::Succeeded, "a b|$HOME|");
    check(&direct(&[]), Outcome::NotStarted("the command is empty".into()), "");
    let missing = Outcome::NotStarted("no such file or directory".into());
    check(&direct(&["onehead-test-no-such-program"]), missing, "");
    // Nothing is on stdin, so what reads it ends.
    check(&shell("cat; read x || echo end"), Outcome::Succeeded, "end\n");
}

#[test]
fn a_command_runs_in_its_folder() {
    let (ran, path, _folder) = ran(&shell("pwd -P"), MINUTE);
    assert_eq!(ran.tail, format!("{}\n", path.display()));
    let outcome = run(&shell("true"), Path::new("/nowhere"), MINUTE, &mut |_| {}).outcome;
    assert_eq!(outcome, Outcome::NotStarted("the folder /nowhere is not there".into()));
}

#[test]
fn output_comes_while_the_command_runs() {
    let begin = Instant::now();
    let mut first = None;
    let command = shell("echo begin; sleep 1; echo end");
    run(&command, Path::new("/"), MINUTE, &mut |_| {
        first.get_or_insert_with(|| begin.elapsed());
    });
    assert!(first.unwrap() < Duration::from_millis(900), "{first:?}");
}

fn is_alive(pid: &str) -> bool {
    // A process that ended and was not waited for is not alive.
    let state = std::process::Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[track_caller]
fn check_timeout(text: &str) {
    let begin = Instant::now();
    let (ran, path, _folder) = ran(&shell(text), Duration::from_secs(1));
    assert_eq!(ran.outcome, Outcome::TimedOut(1));
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let pids = std::fs::read_to_string(path.join("pids")).unwrap();
    assert!(pids.lines().count() > 1, "{pids}");
    std::thread::sleep(Duration::from_millis(100));
    for pid in pids.lines() {
        assert!(!is_alive(pid), "{pid} is alive");
    }
}

#[test]
fn time_is_up_for_grandchildren_too() {
    check_timeout("echo $$ >>pids; sh -c 'echo $$ >>pids; sleep 60; true' & echo begun; wait");
}

#[test]
fn time_is_up_for_what_does_not_listen() {
    check_timeout(
        "trap '' TERM; echo $$ >>pids; sh -c 'echo $$ >>pids; sleep 60; sleep 60'; sleep 60",
    );
}

#[test]
fn what_is_left_in_the_background_is_not_waited_for() {
    let begin = Instant::now();
    check(&shell("sleep 5 & echo done"), Outcome::Succeeded, "done\n");
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

#[test]
fn much_output_is_passed_on_and_little_of_it_kept() {
    let mut count = 0;
    let command = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    let ran = run(&command, Path::new("/"), MINUTE, &mut |chunk| count += chunk.len());
    assert_eq!(count, (0..20000).map(|i| format!("line {i}\n").len()).sum::<usize>());
    assert!(ran.tail.starts_with("line ") && ran.tail.ends_with("\nline 19999\n"));
    assert!(ran.tail.len() <= 8 * 1024);
}

#[test]
#[ignore = "a part played by a child"]
fn runs() {
    begin();
    let guard = onehead::interrupt::guard();
    let ui = Ui::plain();
    let command = shell("sleep 60 & echo pid $! end; wait");
    let ran = run(&command, Path::new("/"), MINUTE, &mut |chunk| ui.pass_on(chunk));
    ui.talk(&format!("{:?}\n", ran.outcome));
    drop(guard);
    std::process::exit(DONE);
}

#[test]
#[ignore = "a part played by a child"]
fn runs_without_a_section() {
    begin();
    let ui = Ui::plain();
    let command = shell("sleep 60 & echo pid $! end; wait");
    run(&command, Path::new("/"), MINUTE, &mut |chunk| ui.pass_on(chunk));
    std::process::exit(DONE);
}

#[test]
fn an_interrupt_ends_a_command() {
    for part in ["runner::runs", "runner::runs_without_a_section"] {
        let mut player = Player::on_terminal(part);
        player.expect(" end");
        player.type_in(b"\x03");
        let (code, shown) = player.end();
        assert_eq!(code, Some(130), "{shown}");
        assert_eq!(shown.contains("Interrupted"), part == "runner::runs", "{shown}");
        let pid = shown.split("pid ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert!(!is_alive(pid), "{pid} is alive");
    }
}

fn program(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn hook(kind: HookKind, program: &str, options: &str) -> PostWriteHook {
    let (program, options) = (program.into(), options.into());
    PostWriteHook { name: "h".into(), kind, program, options, cwd: None }
}

/// What the hook says and what is noted, where `active` is an active environment with `one`, `.venv` has `one` and
/// `two`, and `PATH` has all three.
#[track_caller]
fn check_hook(hook: PostWriteHook, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(folder.path()).unwrap();
    let active = root.join("active");
    for (place, names) in [
        ("active/bin", &["one"][..]),
        (".venv/bin", &["one", "two"]),
        ("path", &["one", "two", "three"]),
    ] {
        for name in names {
            program(&root.join(place).join(name), &format!("echo {place} {name} \"$@\""));
        }
    }
    program(&root.join(".venv/bin/python"), "echo python \"$@\"; exit 3");
    program(&root.join("run.sh"), "echo \"$(basename \"$PWD\")\" \"$@\"");
    let place = Place {
        folder: &root,
        root: &root,
        virtual_env: Some(&active),
        search_path: &[root.join("path")],
        limit: MINUTE,
    };
    let mut said = Vec::new();
    let notes = post_write::run(&[hook], Path::new("a b.py"), &place, &mut |chunk| {
        said.extend_from_slice(chunk);
    });
    assert_eq!(String::from_utf8(said).unwrap() + &notes.join("\n"), expected);
}

#[test]
fn post_write_hooks() {
    let scripts = |name| hook(HookKind::ConsoleScripts, name, "-l 79 REVISION_SCRIPT_FILENAME");
    check_hook(scripts("one"), "active/bin one -l 79 a b.py\n");
    check_hook(scripts("two"), ".venv/bin two -l 79 a b.py\n");
    check_hook(scripts("three"), "path three -l 79 a b.py\n");
    let nowhere =
        "post-write hook `h` was not run: `four` is in no virtual environment here and not on PATH";
    check_hook(scripts("four"), nowhere);
    let module = hook(HookKind::Module, "ruff", "check --fix");
    check_hook(
        module,
        "python -m ruff a b.py check --fix\npost-write hook `h` failed: exit status 3",
    );
    let mut exec = hook(HookKind::Exec, "../run.sh", "'x y'");
    exec.cwd = Some("path".into());
    check_hook(exec, "path a b.py x y\n");
    let open = "post-write hook `h` was not run: its options: No closing quotation";
    check_hook(hook(HookKind::Exec, "true", "'x"), open);
    let missing = "post-write hook `h` was not run: no such file or directory";
    check_hook(hook(HookKind::Exec, "./no-such", ""), missing);
}
