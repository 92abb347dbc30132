//! A hook of somebody else: kept, run first with what git gives it, and put back byte for byte.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::room::{Room, executable, mode};
use crate::support::check;

const NOTES: &str = "#!/bin/sh\n{ printf '(%s)' \"$@\"; echo; cat; } >>\"${0%/*}/../theirs\"\n";

fn theirs(room: &Room) -> String {
    let path = room.project.path().join(".git/theirs");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let _ = fs::remove_file(path);
    text
}

#[test]
fn both_are_given_the_arguments_and_the_input() {
    let room = Room::with_stand_in().with_remote();
    room.foreign("pre-push", NOTES);
    check!(room.onehead(&["hook", "install", "--pre-push"]), @r"
    exit_code: 0
    ----- stdout -----
    wrote .git/hooks/pre-push; the hook that was there runs first (now .git/hooks/pre-push.onehead-prev)
    ----- stderr -----
    ");
    room.project.git(["push", "-q", "origin", "HEAD:a", "HEAD:b"]);
    let remote = room.tool("remote.git");
    let head = room.project.git_says(["rev-parse", "HEAD"]);
    let (head, none) = (head.trim(), "0".repeat(40));
    let input = format!("HEAD {head} refs/heads/a {none}\nHEAD {head} refs/heads/b {none}\n");
    assert_eq!(theirs(&room), format!("(origin)({})\n{input}", remote.display()));
    assert_eq!(
        room.calls(),
        format!("<hook><run><pre-push><origin><{}>\n{input}", remote.display())
    );
}

#[test]
fn either_can_stop_it_and_both_are_asked() {
    let room = Room::with_stand_in();
    for (theirs_ends, ours_ends, expected) in
        [(0, 0, true), (1, 0, false), (0, 1, false), (3, 1, false)]
    {
        room.foreign("pre-commit", &format!("{NOTES}exit {theirs_ends}\n"));
        room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
        room.stand_in_ends_with(ours_ends);
        let output = room.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        assert_eq!(output.status.success(), expected, "{theirs_ends} {ours_ends}");
        assert_eq!(
            (theirs(&room), room.calls()),
            ("()\n".into(), "<hook><run><pre-commit>\n".into())
        );
        room.onehead(&["hook", "uninstall"]).exits(0);
    }
}

/// Installs over the hook that is there and takes it away again: bytes, permissions and kind are as before.
#[track_caller]
fn comes_back(room: &Room, name: &str) {
    let path = room.hook(name);
    let state = || (fs::read(&path).ok(), fs::read_link(&path).ok(), mode(&path));
    let before = state();
    let hooks = room.hooks();
    room.onehead(&["hook", "install", "--advice"]).exits(0);
    assert_eq!(fs::read(&path).unwrap().get(..10), Some(&b"#!/bin/sh\n"[..]));
    assert_eq!(mode(&path), 0o755);
    // What is there after an upgrade of ours is kept as well.
    room.onehead(&["hook", "install", "--advice"]).exits(0).prints("");
    room.onehead(&["hook", "uninstall"])
        .exits(0)
        .shows(&format!("put back the hook that was at .git/hooks/{name} before\n"));
    assert_eq!((state(), room.hooks()), (before, hooks));
}

#[test]
fn a_link_comes_back_and_is_run() {
    let room = Room::with_stand_in();
    executable(&room.project.path().join("scripts/check"), "#!/bin/sh\nexit 7\n");
    fs::create_dir_all(room.project.path().join(".git/hooks")).unwrap();
    symlink("../../scripts/check", room.hook("pre-commit")).unwrap();
    comes_back(&room, "pre-commit");
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    assert!(!room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn a_link_that_leads_nowhere_comes_back_and_is_passed_over() {
    let room = Room::with_stand_in();
    fs::create_dir_all(room.project.path().join(".git/hooks")).unwrap();
    symlink("nowhere", room.hook("pre-commit")).unwrap();
    comes_back(&room, "pre-commit");
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
}

#[test]
fn one_that_is_not_executable_comes_back_and_is_passed_over() {
    let room = Room::with_stand_in();
    room.foreign("pre-commit", "#!/bin/sh\nexit 1\n");
    fs::set_permissions(room.hook("pre-commit"), fs::Permissions::from_mode(0o640)).unwrap();
    comes_back(&room, "pre-commit");
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0).talks(
        "note: the pre-commit hook that was there is not executable, so git passed over it, and so does onehead\n",
    );
    assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn a_program_comes_back_and_is_run() {
    let room = Room::with_stand_in();
    room.foreign("pre-push", "");
    fs::copy("/bin/cat", room.hook("pre-push")).unwrap();
    fs::set_permissions(room.hook("pre-push"), fs::Permissions::from_mode(0o700)).unwrap();
    comes_back(&room, "pre-push");
}

#[test]
fn an_empty_one_comes_back_and_stops_nothing() {
    let room = Room::with_stand_in();
    room.foreign("pre-commit", "");
    comes_back(&room, "pre-commit");
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn bytes_of_any_kind_come_back() {
    let room = Room::with_stand_in();
    room.foreign("pre-push", "");
    fs::write(room.hook("pre-push"), b"#!/bin/sh\r\n\xff\0 no end").unwrap();
    comes_back(&room, "pre-push");
}

#[test]
fn one_that_reads_nothing_of_a_long_list_is_no_harm() {
    let room = Room::with_stand_in().with_remote();
    room.foreign("pre-push", "#!/bin/sh\nexit 0\n");
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    // More than a pipe holds.
    let refs: Vec<String> =
        (0..2000).map(|number| format!("create refs/heads/b{number} HEAD\n")).collect();
    let mut command = room.project.command(std::path::Path::new("git"));
    command.args(["update-ref", "--stdin"]).stdin(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), refs.concat().as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let output = room.git(&["push", "-q", "origin", "refs/heads/b*"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(room.calls().lines().count(), 2001);
}

#[test]
fn skipping_ours_does_not_skip_theirs() {
    let room = Room::with_stand_in();
    room.foreign("pre-commit", "#!/bin/sh\nexit 1\n");
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    let mut command = room.project.command(std::path::Path::new("sh"));
    let output = command.arg(".git/hooks/pre-commit").env("ONEHEAD_SKIP", "1").output().unwrap();
    assert_eq!((output.status.code(), room.calls()), (Some(1), String::new()));
}

#[test]
fn advice_lets_theirs_fail_and_never_fails_itself() {
    let room = Room::with_stand_in();
    room.stand_in_ends_with(1);
    for (text, expected) in
        [(None, true), (Some("#!/bin/sh\nexit 0\n"), true), (Some("#!/bin/sh\nexit 1\n"), false)]
    {
        if let Some(text) = text {
            room.foreign("post-checkout", text);
        }
        room.onehead(&["hook", "install", "--pre-push", "--advice"]).exits(0);
        room.calls();
        assert_eq!(room.git(&["checkout", "-q", "-b", "x"]).status.success(), expected, "{text:?}");
        assert!(room.calls().starts_with("<hook><run><post-checkout>"));
        room.git(&["checkout", "-q", "-"]);
        room.git(&["branch", "-q", "-D", "x"]);
        room.onehead(&["hook", "uninstall"]).exits(0);
    }
}

#[test]
fn a_second_one_is_not_moved_over_the_first() {
    let room = Room::new();
    room.foreign("pre-push", "#!/bin/sh\n# first\n");
    room.onehead(&["hook", "install"]).exits(0);
    room.onehead(&["hook", "uninstall"]).exits(0);
    room.foreign("pre-push.onehead-prev", "#!/bin/sh\n# second\n");
    check!(room.onehead(&["hook", "install"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: .git/hooks/pre-push is a hook of somebody else, and so is .git/hooks/pre-push.onehead-prev
    hint: nothing was written; make one of the two, or add the line `onehead hook run pre-push "$@" || exit $?` to the first
    "#);
    assert_eq!(room.hooks(), ["pre-push", "pre-push.onehead-prev"]);
    assert_eq!(fs::read_to_string(room.hook("pre-push")).unwrap(), "#!/bin/sh\n# first\n");
}

#[test]
fn an_installation_that_was_cut_short_is_finished_or_taken_back() {
    for finish in [true, false] {
        let room = Room::with_stand_in();
        room.foreign("pre-commit", NOTES);
        fs::rename(room.hook("pre-commit"), room.hook("pre-commit.onehead-prev")).unwrap();
        room.foreign("pre-commit.onehead-new", "half");
        if finish {
            room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
            assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
            assert_eq!(
                (theirs(&room), room.calls()),
                ("()\n".into(), "<hook><run><pre-commit>\n".into())
            );
            assert_eq!(room.hooks(), ["pre-commit", "pre-commit.onehead-prev"]);
        }
        room.onehead(&["hook", "uninstall"]).exits(0);
        assert_eq!(fs::read_to_string(room.hook("pre-commit")).unwrap(), NOTES);
        assert_eq!(room.hooks().contains(&"pre-commit.onehead-new".to_owned()), !finish);
    }
}

#[test]
fn a_hook_that_runs_onehead_is_left_as_it_is() {
    let room = Room::new();
    room.foreign("pre-push", "#!/bin/sh\nonehead hook run pre-push \"$@\"\n");
    room.onehead(&["hook", "install", "--pre-push"])
        .exits(0)
        .talks("nothing to do: `pre-push` is installed (.git/hooks)\n");
    assert_eq!(room.hooks(), ["pre-push"]);
}

#[test]
fn a_folder_in_the_place_of_a_hook_is_named() {
    let room = Room::new();
    fs::create_dir_all(room.hook("pre-push")).unwrap();
    room.onehead(&["hook", "install"]).exits(1).says("error: .git/hooks/pre-push is no file\n");
    assert_eq!(room.hooks(), ["pre-push"]);
}
