//! The merge that git would make: what it can be made of, what keeps it from being made, and that nothing is left of it.

use std::os::unix::fs::PermissionsExt as _;

use super::conflicts::diverged;
use super::support::check;
use super::{Room, heads, script};

/// Two branches that each add a migration after `b`.
fn fork() -> Room {
    diverged(&[("versions/c.py", &script("c", "b"))], &[("versions/d.py", &script("d", "b"))])
}

#[test]
fn a_fork_that_is_not_here_yet_is_seen() {
    let room = fork();
    room.onehead("check").exits(0);
    room.onehead("check --ref theirs").exits(0);
    let answer = room.onehead("check --merge-with theirs --format json").exits(1);
    assert_eq!(heads(&answer), "c d");
    assert_eq!(answer.json()["snapshot"], "merge:theirs");
    // The index and the working tree have no part in it.
    room.script("x", "a");
    room.git("add -A");
    let answer = room.onehead("check --merge-with theirs --format json").exits(1);
    assert_eq!(heads(&answer), "c d");
    room.onehead("check --merge-with main").exits(0).says("(alembic.ini, merge with main)");
}

#[test]
fn conflicts_elsewhere_do_not_matter() {
    let room = diverged(
        &[("README.md", "ours"), ("versions/c.py", &script("c", "b")), ("gone.txt", "x")],
        &[("README.md", "theirs"), ("versions/d.py", &script("d", "c"))],
    );
    room.onehead("check --merge-with theirs").exits(0).prints("").says("1 head, 4 revisions");
}

#[test]
fn a_merge_in_progress_is_judged_by_the_index() {
    let room = fork();
    room.git("merge -q --no-commit theirs");
    room.onehead("check --staged").exits(1).shows("multiple-heads");
    room.git("merge --abort");
    // Of three branches: what git has put together so far.
    room.git("checkout -q -b third main");
    room.script("e", "b");
    room.commit();
    room.git("merge -q --no-commit ours theirs");
    let answer = room.onehead("check --staged --format json").exits(1);
    assert_eq!(heads(&answer), "c d e");
}

#[test]
fn the_hook_of_a_merge_sees_what_is_merged() {
    let room = fork();
    room.hook("pre-merge-commit", "onehead check --staged");
    let output = room.try_git(".", &["merge", "-q", "theirs"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("multiple-heads"), "{said}");
}

#[test]
fn nothing_is_left_of_a_merge_that_was_only_computed() {
    let room = diverged(&[("versions/b.py", &script("b", "a"))], &[]);
    room.git("checkout -q theirs");
    room.write("versions/a.py", &(script("a", "") + "# theirs\n"));
    room.write("README.md", "theirs");
    room.commit();
    room.git("checkout -q ours");
    room.write("versions/a.py", &("# ours\n".to_owned() + &script("a", "")));
    room.write("README.md", "ours");
    room.commit();
    let temporary = tempfile::tempdir().unwrap();
    let room = room.variable("TMPDIR", temporary.path());
    let before = room.bytes(".");
    // Both changed `a`, in different places: its content is in no commit.
    room.onehead("check --merge-with theirs").exits(0).says("2 revisions");
    assert!(before == room.bytes("."));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
    // A folder for the moment is named relative to where the program runs.
    room.write("below/tmp/.keep", "");
    let room = room.variable("TMPDIR", "tmp");
    room.onehead_in("below", "check --merge-with theirs").exits(0).says("2 revisions");
    assert_eq!(std::fs::read_dir(room.path().join("below/tmp")).unwrap().count(), 1);
    let room = room.variable("TMPDIR", "/nowhere/at/all");
    room.onehead("check --merge-with theirs").exits(2).says("/nowhere/at/all");
}

#[test]
fn a_repository_that_cannot_be_written_is_merged() {
    let room = fork();
    let mode = |mode| {
        let objects = room.path().join(".git/objects");
        std::fs::set_permissions(objects, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o555);
    let writable = std::fs::write(room.path().join(".git/objects/probe"), "").is_ok();
    room.onehead("check --merge-with theirs").exits(1).shows("fork-on-merge");
    mode(0o755);
    if writable {
        eprintln!("not proved: this user may write everywhere");
    }
}

#[test]
fn histories_with_nothing_in_common_cannot_be_merged() {
    let room = Room::new();
    room.git("checkout -q --orphan apart");
    room.write("README.md", "apart");
    room.commit();
    check!(room.onehead("check --merge-with main"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the merge with `main`: refusing to merge unrelated histories
    ");
}

#[test]
fn before_the_first_commit_there_is_nothing_to_merge_with() {
    let room = Room::new();
    room.git("checkout -q --orphan unborn");
    room.onehead("check --ref HEAD")
        .exits(2)
        .talks("error: cannot read `HEAD`: there is no commit yet\n");
    room.onehead("check --ref main").exits(0);
    check!(room.onehead("check --merge-with main"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the merge with `main`: there is no commit yet
    ");
}

#[test]
fn a_branch_that_is_not_there_is_named() {
    check!(Room::new().onehead("check --merge-with origin/main"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the merge with `origin/main`: no such commit
    hint: run `git fetch` if it is a remote branch: `git branch --all` lists what there is
    ");
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let room = fork();
    let url = format!("file://{}", room.path().display());
    room.git(&format!("clone -q --depth 1 --no-single-branch -b ours {url} clone"));
    check!(room.onehead_in("clone", "check --merge-with origin/theirs"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the merge with `origin/theirs`: refusing to merge unrelated histories
    hint: the clone is too shallow to tell where the two parted:   git fetch --unshallow   (in CI: fetch-depth: 0)
    ");
    let answer = room.onehead_in("clone", "check --ref HEAD~1").exits(2);
    answer.says("the clone is shallow and may lack it:   git fetch --unshallow");
    room.git_in("clone", "fetch -q --unshallow");
    room.onehead_in("clone", "check --merge-with origin/theirs").exits(1).shows("fork-on-merge");
    // What needs no history works all the same.
    room.git(&format!("clone -q --depth 1 -b ours {url} again"));
    room.onehead_in("again", "check --ref HEAD").exits(0);
    room.onehead_in("again", "check --staged").exits(0);
}

#[test]
fn an_older_git_says_that_it_is_too_old() {
    let room = fork();
    let folder = tempfile::tempdir().unwrap();
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join("git"))
        .find(|path| path.is_file())
        .unwrap();
    let text = format!(
        "#!/bin/sh\nfor word; do\n  case $word in\n  version) echo git version 2.30.2; exit;;\n  \
         merge-tree) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129;;\n  \
         --end-of-options) echo \"fatal: unknown option\" >&2; exit 128;;\n  esac\ndone\nexec {} \"$@\"\n",
        real.display()
    );
    let program = folder.path().join("git");
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let room = room.variable("PATH", path);
    check!(room.onehead("check --merge-with theirs"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the merge with `theirs`: git 2.30 cannot compute a merge without a working tree (2.38 can)
    hint: merge, and judge what comes of it:   git merge --no-commit theirs && onehead check --staged
    ");
    // Everything else works with it.
    room.onehead("check --staged").exits(0);
    room.onehead("check --ref theirs").exits(0);
}

#[test]
fn an_interrupted_run_leaves_nothing_that_matters() {
    let room = fork();
    let temporary = tempfile::tempdir().unwrap();
    let room = room.variable("TMPDIR", temporary.path());
    let before = room.bytes(".");
    for wait in [0, 1, 2, 4, 8, 16, 32] {
        let mut command =
            room.command(super::ONEHEAD, ".".as_ref(), &["check", "--merge-with", "theirs"]);
        let nowhere = std::process::Stdio::null;
        let mut child = command.stdout(nowhere()).stderr(nowhere()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(before == room.bytes("."));
    room.onehead("check --merge-with theirs").exits(1);
}
