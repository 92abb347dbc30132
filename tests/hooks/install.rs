//! Installing and taking away where nothing stands in the way, and what the user is told.

use std::fs;

use crate::room::{Room, mode};
use crate::support::check;

const BLOCKING: [&str; 3] = ["pre-commit", "pre-merge-commit", "pre-push"];

#[test]
fn the_hooks_that_block_are_the_default() {
    let room = Room::new();
    check!(room.onehead(&["hook", "install"]), @r"
    exit_code: 0
    ----- stdout -----
    wrote .git/hooks/pre-commit
    wrote .git/hooks/pre-merge-commit
    wrote .git/hooks/pre-push
    ----- stderr -----
    ");
    assert_eq!(room.hooks(), BLOCKING);
    for name in BLOCKING {
        assert_eq!(mode(&room.hook(name)), 0o755);
        assert!(!fs::read(room.hook(name)).unwrap().contains(&b'\r'));
    }
}

#[test]
fn twice_is_nothing_to_do() {
    let room = Room::new();
    room.onehead(&["hook", "install"]).exits(0);
    let before = fs::read(room.hook("pre-push")).unwrap();
    check!(room.onehead(&["hook", "install"]), @r"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to do: `pre-commit`, `pre-merge-commit` and `pre-push` are installed (.git/hooks)
    ");
    assert_eq!(fs::read(room.hook("pre-push")).unwrap(), before);
    assert_eq!(room.hooks(), BLOCKING);
}

#[test]
fn only_what_is_named_and_advice_when_asked() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-push"]).exits(0);
    assert_eq!(room.hooks(), ["pre-push"]);
    room.onehead(&["hook", "install", "--pre-commit", "--advice"]).exits(0);
    assert_eq!(
        room.hooks(),
        ["post-checkout", "post-merge", "post-rewrite", "pre-commit", "pre-push"]
    );
}

#[test]
fn uninstalling_leaves_nothing() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--advice"]).exits(0);
    check!(room.onehead(&["hook", "uninstall"]), @r"
    exit_code: 0
    ----- stdout -----
    removed .git/hooks/pre-commit
    removed .git/hooks/pre-merge-commit
    removed .git/hooks/pre-push
    removed .git/hooks/post-merge
    removed .git/hooks/post-rewrite
    removed .git/hooks/post-checkout
    ----- stderr -----
    ");
    assert_eq!(room.hooks(), [] as [&str; 0]);
    check!(room.onehead(&["hook", "uninstall"]), @r"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to do: no hook of onehead is installed
    ");
}

#[test]
fn quiet_is_the_paths() {
    let room = Room::new();
    room.onehead(&["hook", "install", "--pre-push", "--quiet"])
        .exits(0)
        .prints(".git/hooks/pre-push\n")
        .talks("");
    room.onehead(&["hook", "install", "--pre-push", "--quiet"]).exits(0).prints("").talks("");
    room.onehead(&["hook", "uninstall", "-q"]).exits(0).prints(".git/hooks/pre-push\n").talks("");
}

#[test]
fn json_says_what_was_done() {
    let room = Room::new();
    check!(room.onehead(&["hook", "install", "--pre-push", "--format", "json"]), @r#"
    exit_code: 0
    ----- stdout -----
    {
      "schema": 1,
      "environments": [],
      "hooks": [
        {
          "event": "pre-push",
          "action": "wrote",
          "path": ".git/hooks/pre-push"
        }
      ]
    }
    ----- stderr -----
    "#);
    let again = room.onehead(&["hook", "install", "--pre-push", "--format", "json"]);
    assert_eq!(again.json()["hooks"], serde_json::json!([]));
    room.onehead(&["hook", "install", "--format", "concise"]).exits(2);
}

#[test]
fn nothing_without_a_working_tree() {
    let room = Room::outside(&[]);
    check!(room.onehead(&["hook", "install"]), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: [PROJECT] lies in no git repository
    hint: run it in one, or name one with `-C DIR`
    ");
    for command in ["uninstall", "status"] {
        room.onehead(&["hook", command]).exits(2).says("lies in no git repository");
    }
    room.project.git(["init", "-q", "--bare", "server.git"]);
    check!(room.onehead(&["-C", "server.git", "hook", "install"]), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: [PROJECT]/server.git is a bare repository, in which nobody commits: git runs none of these hooks there
    hint: guard a server in continuous integration, with `onehead check`
    ");
    room.project.git(["init", "-q"]);
    room.onehead_in(".git", &["hook", "install"]).exits(2).says("outside of the working tree");
}

#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let room = Room::new();
    fs::remove_dir_all(room.project.path().join(".git/hooks")).unwrap();
    fs::write(room.project.path().join(".git/hooks"), "a file").unwrap();
    let answer = room.onehead(&["hook", "install"]).exits(2);
    assert!(answer.stderr.starts_with("error: cannot write .git/hooks: "), "{answer}");
    assert_eq!(fs::read(room.project.path().join(".git/hooks")).unwrap(), b"a file");
}

#[test]
fn the_folder_is_made_where_it_is_not_there() {
    let room = Room::new();
    fs::remove_dir_all(room.project.path().join(".git/hooks")).unwrap();
    room.onehead(&["hook", "install"]).exits(0);
    assert_eq!(room.hooks(), BLOCKING);
}

#[test]
fn the_global_option_and_the_own_one_do_not_meet() {
    let room = Room::new();
    room.onehead(&["-c", "alembic.ini", "hook", "install", "--pre-push"]).exits(0);
    assert_eq!(room.hooks(), ["pre-push"]);
}
