//! The hooks under another git: the one that the system came with, where that is not the first on `PATH`.

use std::path::Path;
use std::process::Command;

use crate::repository::Repository;

/// A `PATH` that leads to the system's git; `None` where that is the one that all other tests run.
fn system_path() -> Option<String> {
    paths().into_iter().nth(1)
}

/// `PATH`s that lead to each git of this machine, the usual one first.
pub fn paths() -> Vec<String> {
    let path = std::env::var("PATH").unwrap();
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut paths = vec![path.clone()];
    if Path::new("/usr/bin/git").exists() && version("/usr/bin/git") != version("git") {
        paths.push(format!("/usr/bin:{path}"));
    }
    paths
}

fn guarded(path: &str) -> Repository {
    let repository = Repository::with(&[("PATH", path)]);
    repository.project.onehead(["hook", "install"]).exits(0);
    repository
}

#[test]
fn the_systems_git_is_stopped_at_commits_and_merges() {
    let Some(path) = system_path() else { return };
    let repository = guarded(&path);
    repository.branch("rival", "main", "d", "c");
    repository.branch("mine", "main", "e", "c");
    repository.revision("f", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository
        .git(&["commit", "-q", "-m", "fork"])
        .exits(1)
        .says("this commit would leave 2 heads");
    repository.git(&["rm", "-q", "-f", "versions/f.py"]).exits(0);
    let head = repository.at("HEAD");
    let answer = repository.git(&["merge", "-q", "--no-edit", "rival"]).exits(1);
    answer.says("onehead: this merge would leave 2 heads in alembic.ini");
    assert_eq!(repository.at("HEAD"), head);
    repository.project.onehead(["rebase"]).exits(0);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(0).talks("");
    repository.git(&["push", "-q", "origin", "mine"]).exits(0).talks("");
}

#[test]
fn the_systems_git_is_stopped_at_pushes_and_at_merges_with_the_baseline() {
    let Some(path) = system_path() else { return };
    let repository = guarded(&path);
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "rival:main"]).exits(0);
    repository.branch("mine", "main", "e", "c");
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(1);
    answer.says("onehead: merging mine with origin/main").says("would leave 2 heads");
    repository.project.onehead(["check", "--merge-with", "origin/main"]).exits(1);
    repository.revision("x", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(1);
    answer.says("onehead: this push would leave 2 heads in alembic.ini on mine");
    assert_eq!(repository.on_remote("mine"), "");
}
