//! What is around a hook: another git at work, odd names, shallow clones, continuous integration.

use std::os::unix::ffi::OsStrExt as _;

use crate::repository::Repository;
use crate::support::{check, script};

const ZEROS: &str = "0000000000000000000000000000000000000000";

fn forked() -> Repository {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository
}

#[test]
fn another_git_that_holds_the_index_is_no_hindrance() {
    let repository = forked();
    let index = repository.index();
    repository.project.write(".git/index.lock", "");
    repository.hook(&["pre-commit"], "").exits(1).says("would leave 2 heads");
    assert_eq!(repository.index(), index);
    assert!(repository.path(".git/index.lock").exists());
    repository.git(&["rm", "-q", "--cached", "versions/e.py"]).exits(128);
    std::fs::remove_file(repository.path(".git/index.lock")).unwrap();
    repository.git(&["rm", "-q", "--cached", "versions/e.py"]).exits(0);
    repository.project.write(".git/index.lock", "");
    repository.hook(&["pre-commit"], "").exits(0).talks("");
}

#[test]
fn names_of_any_bytes_are_judged() {
    let names: [&[u8]; 3] = [b"with space.py", b"\"quoted\".py", b"no-text-\xff.py"];
    let repository = Repository::new();
    let mut parent = "c".to_owned();
    for (number, name) in names.iter().enumerate() {
        let id = format!("n{number}");
        let path = repository.path("versions").join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(&path, script(&id, std::slice::from_ref(&parent))).unwrap();
        parent = id;
    }
    // Alembic loads no file whose name has a line break.
    let rival = script("r", &["c".to_owned()]);
    std::fs::write(repository.path("versions/with\nline.py"), rival).unwrap();
    repository.commit_all("odd names").exits(0).talks("");
    repository.git(&["push", "-q", "origin", "main"]).exits(0).talks("");
    // The last of them is known to be the head.
    repository.revision("x", &["n1"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "-m", "x"]).exits(1).says("  n2  add n2\n  x   add x\n");
    repository.git(&["commit", "-q", "--no-verify", "-m", "x"]).exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(1).says("  n2  add n2\n  x   add x\n");
}

#[test]
fn what_alembic_does_not_load_is_not_judged() {
    let repository = Repository::new();
    let rival = script("e", &["c".to_owned()]);
    repository.revision("d", &["c"]);
    for name in
        ["__init__.py", "e.py~", "#e.py#", ".#e.py", "e.txt", "__pycache__/e.py", "below/e.py"]
    {
        repository.project.write(&format!("versions/{name}"), &rival);
    }
    repository.commit_all("beside it").exits(0).talks("");
    repository.git(&["push", "-q", "origin", "main"]).exits(0).talks("");
}

#[test]
fn a_shallow_clone_judges_what_it_has_and_says_what_it_cannot() {
    let repository = Repository::new();
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "rival:main"]).exits(0);
    repository.branch("mine", "main", "e", "c");
    repository.git(&["push", "-q", "--no-verify", "origin", "mine"]).exits(0);
    let address = repository.git(&["remote", "get-url", "origin"]).stdout;
    let address = format!("file://{}", address.trim());
    let clone = ["clone", "-q", "--depth", "1", "--no-single-branch", &address, "shallow"];
    repository.git(&clone).exits(0);
    repository.git_in("shallow", &["switch", "-q", "mine"]).exits(0);
    let text = script("f", &["c".to_owned()]);
    repository.project.onehead_in("shallow", ["hook", "install"]).exits(0);
    repository.git_in("shallow", &["commit", "-q", "--allow-empty", "-m", "x"]).exits(0).talks("");
    let answer = repository.git_in("shallow", &["push", "-q", "origin", "mine"]).exits(0);
    answer.says("onehead: not compared with a baseline: ").says("fetch-depth: 0");
    // What needs no other commit is judged.
    repository.project.write("shallow/versions/f.py", &text);
    repository.git_in("shallow", &["add", "-A"]).exits(0);
    repository.git_in("shallow", &["commit", "-q", "-m", "x"]).exits(1).says("would leave 2 heads");
    repository.git_in("shallow", &["commit", "-q", "--no-verify", "-m", "x"]).exits(0);
    let answer = repository.git_in("shallow", &["push", "-q", "origin", "mine"]).exits(1);
    answer.says("this push would leave 2 heads");
    let answer = repository.project.onehead_in("shallow", ["check", "--new-only"]).exits(2);
    answer.says("could not compare with a baseline to tell what is new");
}

#[test]
fn in_continuous_integration_judging_writes_nothing() {
    let repository = forked();
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    let (files, index, head) =
        (repository.project.files(), repository.index(), repository.at("HEAD"));
    let ci = [("CI", "1"), ("GITHUB_ACTIONS", "true")];
    let line = format!("refs/heads/main {head} refs/heads/main {ZEROS}\n");
    repository.hook_with(&ci, &["pre-commit"], "").exits(1);
    repository.hook_with(&ci, &["pre-push", "--offer", "origin", "url"], &line).exits(1);
    repository.hook_with(&ci, &["post-merge", "0"], "").exits(0);
    let mut command = repository.project.command(env!("CARGO_BIN_EXE_onehead").as_ref());
    assert_eq!(command.arg("check").envs(ci).output().unwrap().status.code(), Some(1));
    assert_eq!(repository.project.files(), files);
    assert_eq!(repository.index(), index);
    assert_eq!(repository.at("HEAD"), head);
}

/// The way of the hooks, for continuous integration.
#[test]
fn only_new_problems_count_where_that_is_asked_for() {
    let repository = Repository::unguarded();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.commit_all("a fork").exits(0);
    repository.git(&["push", "-q"]).exits(0);
    repository.git(&["switch", "-q", "-c", "mine"]).exits(0);
    repository.revision("f", &["e"]);
    repository.commit_all("further").exits(0);
    repository.project.onehead(["check"]).exits(1);
    repository.project.onehead(["check", "--new-only"]).exits(0);
    repository.revision("g", &["c"]);
    repository.commit_all("a third").exits(0);
    repository.project.onehead(["check", "--new-only"]).exits(1).shows("3 heads");
}

/// `GIT_DIR` is set in the hooks of a linked worktree and of a submodule, and means neither of the others.
#[test]
fn a_hook_of_a_linked_worktree_may_ask_about_a_submodule() {
    let inner = Repository::unguarded();
    inner.revision("d", &["c"]);
    inner.commit_all("d").exits(0);
    let repository = Repository::unguarded();
    let address = inner.project.path().display().to_string();
    let allow = "protocol.file.allow=always";
    repository.git(&["-c", allow, "submodule", "add", "-q", &address, "sub"]).exits(0);
    repository.commit_all("a submodule").exits(0);
    repository.git(&["worktree", "add", "-q", "beside", "-b", "beside"]).exits(0);
    let update = ["-c", allow, "submodule", "update", "-q", "--init"];
    repository.git_in("beside", &update).exits(0);
    let onehead = env!("CARGO_BIN_EXE_onehead");
    let hook = format!(
        "#!/bin/sh\ntest -n \"$GIT_DIR\" || exit 9\n\
         '{onehead}' heads --staged >&2\n'{onehead}' -C sub heads --staged >&2\n"
    );
    repository.project.write(".git/hooks/pre-commit", &hook);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(repository.path(".git/hooks/pre-commit"), mode).unwrap();
    repository.project.write("beside/versions/x.py", &script("x", &["c".to_owned()]));
    repository.git_in("beside", &["add", "-A"]).exits(0);
    let answer = repository.git_in("beside", &["commit", "-q", "-m", "x"]);
    check!(answer, @r"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    x (head)
    d (head)
    ");
}
