//! Where the hooks go: subfolders, linked worktrees, submodules, and every way to set `core.hooksPath`.

use std::fs;

use crate::room::{Room, executable, names};
use crate::support::check;

#[test]
fn from_a_subfolder() {
    let room = Room::new();
    room.project.make("a/b");
    check!(room.onehead_in("a/b", &["hook", "install", "--pre-push"]), @r"
    exit_code: 0
    ----- stdout -----
    wrote ../../.git/hooks/pre-push
    ----- stderr -----
    ");
    assert_eq!(room.hooks(), ["pre-push"]);
}

#[test]
fn from_a_linked_worktree_for_all_of_them() {
    let room = Room::with_stand_in();
    room.project.git(["worktree", "add", "-q", "linked"]);
    room.onehead_in("linked", &["hook", "install"]).exits(0);
    assert_eq!(room.hooks(), ["pre-commit", "pre-merge-commit", "pre-push"]);
    assert!(
        room.git(&["-C", "linked", "commit", "-q", "--allow-empty", "-m", "x"]).status.success()
    );
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
    room.onehead_in("linked", &["hook", "uninstall"]).exits(0);
    assert_eq!(room.hooks(), [] as [&str; 0]);
}

#[test]
fn in_a_submodule_for_itself() {
    let room = Room::with_stand_in();
    let other = room.tool("other");
    let shown = other.to_string_lossy().into_owned();
    room.project.git(["init", "-q", &shown]);
    room.project.git(["-C", &shown, "commit", "-q", "--allow-empty", "-m", "x"]);
    let always = "protocol.file.allow=always";
    room.project.git(["-c", always, "submodule", "--quiet", "add", &shown, "sub"]);
    room.onehead_in("sub", &["hook", "install", "--pre-commit"]).exits(0);
    assert_eq!(room.hooks(), [] as [&str; 0]);
    assert_eq!(names(&room.project.path().join(".git/modules/sub/hooks")), ["pre-commit"]);
    assert!(room.git(&["-C", "sub", "commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn hooks_path_of_the_repository_is_honoured() {
    for scope in ["--local", "--worktree"] {
        for exists in [true, false] {
            let room = Room::with_stand_in();
            room.project.git(["config", "extensions.worktreeConfig", "true"]);
            let path = room.tool("hooks of mine");
            if exists {
                fs::create_dir(&path).unwrap();
            }
            room.project.git(["config", scope, "core.hooksPath", &path.to_string_lossy()]);
            room.onehead(&["hook", "install"]).exits(0);
            assert_eq!(names(&path), ["pre-commit", "pre-merge-commit", "pre-push"]);
            assert_eq!(room.hooks(), [] as [&str; 0]);
            assert!(room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
            assert_eq!(room.calls(), "<hook><run><pre-commit>\n", "{scope} {exists}");
            room.onehead(&["hook", "uninstall"]).exits(0);
            assert_eq!(names(&path), [] as [&str; 0]);
        }
    }
}

#[test]
fn a_folder_of_the_working_tree_that_git_does_not_track_is_a_folder() {
    let room = Room::with_stand_in();
    room.project.git(["config", "core.hooksPath", "hooks"]);
    room.project.make("a");
    room.onehead_in("a", &["hook", "install", "--pre-commit"])
        .exits(0)
        .prints("wrote ../hooks/pre-commit\n");
    assert_eq!(names(&room.project.path().join("hooks")), ["pre-commit"]);
}

/// A room in which git finds `core.hooksPath` in the configuration of the user.
fn with_global(path: &str) -> Room {
    let configuration = tempfile::NamedTempFile::new().unwrap().into_temp_path().keep().unwrap();
    fs::write(&configuration, format!("[core]\n\thooksPath = {path}\n")).unwrap();
    let room = Room::outside(&[("GIT_CONFIG_GLOBAL", &configuration.to_string_lossy())]);
    room.project.git(["init", "-q"]);
    room
}

#[test]
fn hooks_path_of_everything_is_refused_unless_forced() {
    let hooks = tempfile::tempdir().unwrap();
    for exists in [true, false] {
        let path = hooks.path().join(if exists { "" } else { "later" });
        let room = with_global(&path.to_string_lossy());
        let answer = room.onehead(&["hook", "install"]).exits(1);
        let expected = format!(
            "error: core.hooksPath is set for more than this repository, so git passes over the hooks in it: {} (global, ",
            path.display()
        );
        assert!(answer.stderr.starts_with(&expected), "{answer}");
        let ways = "hint: one of\n  git config --global --unset-all core.hooksPath\n      ends that for every repository\n  \
                    git config --local core.hooksPath [PROJECT]/.git/hooks\n      lets this repository have hooks of its \
                    own\n  onehead hook install --force\n      installs into that folder, for every repository that uses it\n";
        assert!(answer.stderr.ends_with(ways), "{answer}");
        assert_eq!((room.hooks(), names(&path)), (Vec::new(), Vec::new()));
        room.onehead(&["hook", "install", "--pre-push", "--force"]).exits(0);
        assert_eq!((room.hooks(), names(&path)), (Vec::new(), vec!["pre-push".to_owned()]));
        room.onehead(&["hook", "uninstall"]).exits(0);
        assert_eq!(names(&path), [] as [&str; 0]);
        // The second of the three ways.
        let own = room.project.path().join(".git/hooks");
        room.project.git(["config", "--local", "core.hooksPath", &own.to_string_lossy()]);
        room.onehead(&["hook", "install", "--pre-push"]).exits(0);
        assert_eq!(room.hooks(), ["pre-push"]);
    }
}

#[test]
fn hooks_path_of_one_run_is_refused() {
    let room = Room::outside(&[
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_0", "elsewhere"),
    ]);
    room.project.git(["init", "-q"]);
    room.onehead(&["hook", "install"]).exits(1).says("elsewhere (command, command line:)");
}

#[test]
fn a_device_of_one_run_is_unset_where_it_is_set() {
    let room = Room::outside(&[
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_0", "/dev/null"),
    ]);
    room.project.git(["init", "-q"]);
    let answer = room.onehead(&["hook", "install", "--force"]).exits(1);
    answer.says("hint: unset it where it is set: -c, or GIT_CONFIG_* of the environment");
}

#[test]
fn a_device_is_no_folder() {
    let room = Room::new();
    room.project.git(["config", "core.hooksPath", "/dev/null"]);
    check!(room.onehead(&["hook", "install"]), @r"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: core.hooksPath is /dev/null, which is no folder: git runs no hooks at all
    hint: git config --local --unset-all core.hooksPath
    ");
}

#[test]
fn a_folder_that_git_tracks_is_not_written_silently() {
    let room = Room::with_stand_in();
    executable(&room.project.path().join(".githooks/pre-commit"), "#!/bin/sh\ntrue\n");
    room.project.git(["add", ".githooks"]);
    room.project.git(["config", "core.hooksPath", ".githooks"]);
    check!(room.onehead(&["hook", "install"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: git takes its hooks from .githooks, which git tracks: it is everybody's
    hint: add these lines to the hooks in .githooks, above what reads their input; a new one begins with `#!/bin/sh` and is executable
      .githooks/pre-commit        onehead hook run pre-commit "$@" || exit $?
      .githooks/pre-merge-commit  onehead hook run pre-merge-commit "$@" || exit $?
      .githooks/pre-push          onehead hook run pre-push "$@" || exit $?
    "#);
    assert_eq!(names(&room.project.path().join(".githooks")), ["pre-commit"]);
    // What was asked for is done, and is enough.
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        let text = format!(
            "#!/bin/sh\n\"$ONEHEAD_BIN\" hook run {name} \"$@\" || exit $? # onehead\ntrue\n"
        );
        executable(&room.project.path().join(".githooks").join(name), &text);
    }
    room.onehead(&["hook", "install"])
        .exits(0)
        .talks("nothing to do: the hooks in .githooks run onehead\n");
    room.onehead(&["hook", "status"]).exits(0);
    room.stand_in_ends_with(1);
    assert!(!room.git(&["commit", "-q", "--allow-empty", "-m", "x"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn a_folder_that_git_tracks_is_written_when_forced_and_names_no_path_of_this_machine() {
    let room = Room::with_stand_in();
    executable(&room.project.path().join(".githooks/post-commit"), "#!/bin/sh\ntrue\n");
    room.project.git(["add", ".githooks"]);
    room.project.git(["config", "core.hooksPath", ".githooks"]);
    room.onehead(&["hook", "install", "--pre-commit", "--force"]).exits(0).says(
        "note: git tracks .githooks: commit the hooks, with the line `.githooks/* text eol=lf` in .gitattributes",
    );
    let text = fs::read_to_string(room.project.path().join(".githooks/pre-commit")).unwrap();
    assert!(text.contains("\nrecorded=''\n"), "{text}");
    room.onehead(&["hook", "uninstall"]).exits(0);
    assert_eq!(names(&room.project.path().join(".githooks")), ["post-commit"]);
}

#[test]
fn a_link_to_a_folder_that_git_tracks_is_seen() {
    let room = Room::new();
    executable(&room.project.path().join("tools/hooks/pre-commit"), "#!/bin/sh\n");
    room.project.git(["add", "tools"]);
    let hooks = room.project.path().join(".git/hooks");
    fs::remove_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink("../tools/hooks", &hooks).unwrap();
    room.onehead(&["hook", "install"])
        .exits(1)
        .says("error: git takes its hooks from tools/hooks, which git tracks: it is everybody's\n");
    assert_eq!(names(&hooks), ["pre-commit"]);
}

#[test]
fn what_husky_fills_is_never_written() {
    let room = Room::with_stand_in();
    room.project.write(".husky/_/.gitignore", "*\n");
    executable(
        &room.project.path().join(".husky/_/pre-push"),
        "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n",
    );
    room.project.write(".husky/pre-push", "npm test\n");
    room.project.git(["add", ".husky"]);
    room.project.git(["config", "core.hooksPath", ".husky/_"]);
    let expected = r#"error: git takes its hooks from .husky/_, which husky fills
hint: add these lines to the hooks in .husky, above what reads their input; a new one begins with `#!/bin/sh` and is executable
  .husky/pre-push             onehead hook run pre-push "$@" || exit $?
"#;
    for force in [&[][..], &["--force"]] {
        let arguments = [&["hook", "install", "--pre-push"], force].concat();
        room.onehead(&arguments).exits(1).talks(expected);
    }
    room.project
        .write(".husky/pre-push", "onehead hook run pre-push \"$@\" || exit $?\nnpm test\n");
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    let status = room.onehead(&["hook", "status"]);
    assert!(
        status.stdout.contains("pre-push          configured  .husky/pre-push, through husky\n"),
        "{status}"
    );
}
