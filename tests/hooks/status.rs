//! `hook status`: what it says of each way in which a hook is there, or seems to be.

use std::fs;
use std::process::Command;

use crate::room::{Room, executable};
use crate::support::check;

#[test]
fn nothing_is_installed() {
    let room = Room::new();
    check!(room.onehead(&["hook", "status"]), @r"
    exit_code: 1
    ----- stdout -----
    pre-commit        missing
    pre-merge-commit  missing
    pre-push          missing
    post-merge        missing     (optional)
    post-rewrite      missing     (optional)
    post-checkout     missing     (optional)
    ----- stderr -----
    0 of 3 hooks that block are in place; run `onehead hook install`
    ");
}

#[test]
fn everything_is_installed() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--advice"]).exits(0);
    check!(room.onehead(&["hook", "status"]), @r"
    exit_code: 0
    ----- stdout -----
    pre-commit        runs        .git/hooks/pre-commit, [ONEHEAD] [VERSION]
    pre-merge-commit  runs        .git/hooks/pre-merge-commit, [ONEHEAD] [VERSION]
    pre-push          runs        .git/hooks/pre-push, [ONEHEAD] [VERSION]
    post-merge        runs        .git/hooks/post-merge, [ONEHEAD] [VERSION]
    post-rewrite      runs        .git/hooks/post-rewrite, [ONEHEAD] [VERSION]
    post-checkout     runs        .git/hooks/post-checkout, [ONEHEAD] [VERSION]
    ----- stderr -----
    3 of 3 hooks that block are in place
    ");
}

#[test]
fn json_for_programs() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    let document = room.onehead(&["hook", "status", "--format", "json"]).exits(1).json();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["environments"], serde_json::json!([]));
    assert_eq!(
        document["hooks"][0],
        serde_json::json!({
            "event": "pre-commit", "blocks": true, "state": "runs", "by": "file", "path": ".git/hooks/pre-commit",
            "script_version": 1, "program": "[ONEHEAD]", "program_version": "[VERSION]", "notes": []
        })
    );
    assert_eq!(
        document["hooks"][3],
        serde_json::json!({
            "event": "post-merge", "blocks": false, "state": "missing", "by": null, "path": null,
            "script_version": null, "program": null, "program_version": null, "notes": []
        })
    );
}

#[test]
fn quiet_is_one_line_for_each_that_is_wrong() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    room.onehead(&["hook", "status", "--quiet"])
        .exits(1)
        .prints("")
        .talks("pre-merge-commit missing\npre-push missing\n");
    room.onehead(&["hook", "install"]).exits(0);
    room.onehead(&["hook", "status", "--quiet"]).exits(0).prints("").talks("");
}

#[test]
fn a_program_that_is_gone_or_broken() {
    let room = Room::new();
    let program = room.tool("gone");
    // A program that this process has open for writing cannot be run as long as a child of another test has it as well.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_onehead")).arg(&program).status();
    assert!(copied.unwrap().success());
    let mut command = room.project.command(&program);
    assert!(command.args(["hook", "install", "--advice"]).output().unwrap().status.success());
    room.onehead(&["hook", "status"]).exits(0);
    executable(&program, "#!/bin/sh\nexit 1\n");
    room.onehead(&["hook", "status"]).exits(1);
    fs::remove_file(&program).unwrap();
    check!(room.onehead(&["hook", "status"]), @r"
    exit_code: 1
    ----- stdout -----
    pre-commit        broken      .git/hooks/pre-commit
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    pre-merge-commit  broken      .git/hooks/pre-merge-commit
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    pre-push          broken      .git/hooks/pre-push
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    post-merge        broken      .git/hooks/post-merge
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    post-rewrite      broken      .git/hooks/post-rewrite
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    post-checkout     broken      .git/hooks/post-checkout
                                  it finds no onehead that works: run `onehead hook install` with the one to use
    ----- stderr -----
    0 of 3 hooks that block are in place
    ");
}

#[test]
fn the_program_is_the_one_that_the_hook_would_find() {
    let room = Room::with_stand_in();
    room.onehead(&["hook", "install"]).exits(0);
    let status = room.onehead(&["hook", "status"]).exits(0);
    assert!(status.stdout.contains(".git/hooks/pre-push, [STAND-IN] 9.9.9\n"), "{status}");
}

#[test]
fn somebody_elses_hook() {
    let room = Room::new();
    room.foreign("pre-commit", "#!/bin/sh\nmake lint\n");
    room.foreign("pre-merge-commit", "#!/bin/sh\n");
    fs::set_permissions(
        room.hook("pre-merge-commit"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    // As git-lfs has it: nobody asked for advice.
    room.foreign("post-checkout", "#!/bin/sh\ngit lfs post-checkout \"$@\"\n");
    room.foreign("pre-push", "#!/bin/sh\nuv run onehead hook run pre-push \"$@\"\n");
    check!(room.onehead(&["hook", "status"]), @r#"
    exit_code: 1
    ----- stdout -----
    pre-commit        missing
                                  .git/hooks/pre-commit is somebody else's and does not run onehead: `onehead hook install` runs both, or add `onehead hook run pre-commit "$@" || exit $?`
    pre-merge-commit  missing
                                  .git/hooks/pre-merge-commit is somebody else's, and not executable, so git passes over it
    pre-push          configured  .git/hooks/pre-push, a hook that runs onehead
    post-merge        missing     (optional)
    post-rewrite      missing     (optional)
    post-checkout     missing     (optional)
    ----- stderr -----
    1 of 3 hooks that block are in place
    "#);
}

#[test]
fn hooks_path_that_leads_elsewhere() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    room.project.git(["config", "core.hooksPath", "elsewhere"]);
    check!(room.onehead(&["hook", "status"]), @r"
    exit_code: 1
    ----- stdout -----
    pre-commit        missing
    pre-merge-commit  missing
    pre-push          broken
                                  .git/hooks/pre-push is onehead's, and core.hooksPath makes git look in elsewhere instead
    post-merge        missing     (optional)
    post-rewrite      missing     (optional)
    post-checkout     missing     (optional)
    ----- stderr -----
    core.hooksPath is elsewhere (local, file:.git/config)
    0 of 3 hooks that block are in place; run `onehead hook install`
    ");
    // It is ours all the same, and goes.
    room.onehead(&["hook", "uninstall"]).exits(0).prints("removed .git/hooks/pre-push\n");
}

#[test]
fn put_aside_by_hook_managers() {
    let room = Room::new();
    room.onehead(&["hook", "install"]).exits(0);
    fs::rename(room.hook("pre-push"), room.hook("pre-push.old")).unwrap();
    room.foreign("pre-push", "#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n");
    fs::rename(room.hook("pre-commit"), room.hook("pre-commit.legacy")).unwrap();
    room.foreign(
        "pre-commit",
        "#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\n",
    );
    fs::rename(room.hook("pre-merge-commit"), room.hook("pre-merge-commit.legacy")).unwrap();
    check!(room.onehead(&["hook", "status"]), @r"
    exit_code: 1
    ----- stdout -----
    pre-commit        runs        .git/hooks/pre-commit.legacy, through prek, [ONEHEAD] [VERSION]
    pre-merge-commit  broken
                                  .git/hooks/pre-merge-commit.legacy is onehead's, and nobody runs it
    pre-push          broken
                                  .git/hooks/pre-push is lefthook's, which has no onehead for it: onehead hook print --for lefthook
                                  .git/hooks/pre-push.old is onehead's, put aside by lefthook and run by nobody: onehead hook print --for lefthook
    post-merge        missing     (optional)
    post-rewrite      missing     (optional)
    post-checkout     missing     (optional)
    ----- stderr -----
    1 of 3 hooks that block are in place
    ");
    room.onehead(&["hook", "uninstall"]).exits(0);
    assert_eq!(room.hooks(), ["pre-commit", "pre-push"]);
}

#[test]
fn the_hook_that_is_to_run_first_is_gone() {
    let room = Room::new();
    room.foreign("pre-push", "#!/bin/sh\n");
    room.onehead(&["hook", "install"]).exits(0);
    fs::remove_file(room.hook("pre-push.onehead-prev")).unwrap();
    room.onehead(&["hook", "status"])
        .exits(0)
        .shows("the hook that it is to run first is not there any more\n");
    room.onehead(&["hook", "install"]).exits(0).prints("updated .git/hooks/pre-push\n");
    let status = room.onehead(&["hook", "status"]).exits(0);
    assert!(!status.stdout.contains("not there any more"), "{status}");
}

#[test]
fn a_name_that_a_terminal_must_not_see() {
    let room = Room::new();
    room.project.git(["config", "core.hooksPath", "a\u{1b}[31m"]);
    let status = room.onehead(&["hook", "status"]).exits(1);
    assert!(!status.stderr.contains('\u{1b}') && status.stderr.contains("\\x1b[31m"), "{status}");
}
