//! `onehead forecast` where something is not known, or means no good.

use crate::forecast::{branch, forecast, project, push, several, states};
use crate::fork::migration;
use crate::support::{Project, check};

#[test]
fn a_clone_that_is_too_shallow() {
    let project = several();
    let clone = Project::empty();
    let address = format!("file://{}", project.path().join(".git/remote").display());
    clone.git(["clone", "-q", "--depth", "1", "--no-single-branch", &address, "clone"]);
    let answer = clone.onehead_in("clone", ["forecast", "--format", "json"]).exits(2);
    assert!(states(&answer).iter().all(|(_, state)| state == "not-evaluated"), "{answer}");
    answer.shows("the clone is too shallow to tell where it left origin/main");
}

#[test]
fn histories_that_have_nothing_in_common() {
    let project = project();
    project.git(["checkout", "-q", "--orphan", "other"]);
    project.commit("other");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 0 of 1 open branch add migrations

      other   ?   not evaluated   it has no commit in common with origin/main
    ----- stderr -----
    1 was not evaluated (origin/main)
    ");
}

#[test]
fn without_a_baseline_nothing_can_be_said() {
    let project = Project::new();
    forecast(&project, &[])
        .exits(2)
        .says("nothing tells into what the branches would be merged: this is no git repository");
    project.repository();
    project.git(["checkout", "-q", "-b", "work"]);
    project.commit("start");
    forecast(&project, &[])
        .exits(2)
        .says("there is no remote branch, and no branch called main or master");
    forecast(&project, &["--baseline", "nowhere"])
        .exits(2)
        .says("cannot read the baseline `nowhere`");
    forecast(&project, &["--markdown", "--format", "json"]).exits(2);
}

#[test]
fn a_bare_repository() {
    let project = several();
    project.git(["-C", ".git/remote", "update-ref", "refs/heads/main", "refs/heads/main"]);
    let answer = project.onehead_in(".git/remote", ["forecast"]).exits(1);
    answer.shows("against main (head h), 3 of 4 open branches add migrations");
}

#[test]
fn names_do_not_reach_the_terminal_or_markdown_as_they_are() {
    let project = project();
    branch(&project, "a|<b>`\u{202e}x", "main", &["b", "x"]);
    branch(&project, "two", "main", &["b", "y"]);
    push(&project);
    let answer = forecast(&project, &[]);
    assert!(!answer.stdout.contains('\u{202e}'), "{answer}");
    forecast(&project, &["--markdown"]).shows("| a\\|&lt;b&gt;\\`\\\\u{202e}x | +1 |");
}

#[test]
fn a_conflict_inside_a_migration_is_not_judged() {
    let project = project();
    project.git(["checkout", "-q", "-b", "feature"]);
    project.write("versions/b_second.py", &migration("b", None, "theirs", 2));
    project.migration("x", Some("b"), "more", 3);
    project.commit("feature");
    project.git(["checkout", "-q", "main"]);
    project.write("versions/b_second.py", &migration("b", Some("c"), "ours", 2));
    project.migration("c", Some("a"), "between", 2);
    project.commit("main");
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 1 of 1 open branch adds migrations

      feature   +1   not evaluated   `b_second.py` holds the markers of an unfinished merge of git
    ----- stderr -----
    1 was not evaluated (origin/main)
    ");
}

#[test]
fn a_migration_that_cannot_be_read_is_not_judged() {
    let project = project();
    project.git(["checkout", "-q", "-b", "feature"]);
    project.write("versions/x.py", "revision = 'x'\ndown_revision = f()\n");
    project.commit("feature");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 1 of 1 open branch adds migrations

      feature   +1   not evaluated   x.py: `down_revision` is computed when the file runs, so its value is not known here
    ----- stderr -----
    1 was not evaluated (origin/main)
    ");
}

#[test]
fn a_configuration_that_a_branch_breaks() {
    let project = project();
    branch(&project, "lands", "main", &["b", "y"]);
    project.git(["checkout", "-q", "-b", "broken", "main"]);
    project.write("onehead.toml", "expected-heads = \n");
    project.migration("x", Some("b"), "more", 3);
    project.commit("broken");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    check!(forecast(&project, &[]), @"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 1 of 2 open branches adds migrations

      broken   ?    not evaluated   onehead.toml:1: invalid TOML: string values must be quoted, expected literal string
      lands    +1   lands
    ----- stderr -----
    1 was not evaluated, 1 lands (origin/main)
    ");
}

#[cfg(unix)]
#[test]
fn a_git_that_cannot_compute_merges() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    branch(&project, "feature", "main", &["b", "x"]);
    project.git(["checkout", "-q", "-b", "docs"]);
    project.write("README", "words");
    project.commit("docs");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    let folder = tempfile::tempdir().expect("a folder");
    let path = std::env::var_os("PATH").expect("a PATH");
    let mut real = std::env::split_paths(&path).map(|folder| folder.join("git"));
    let real = real.find(|path| path.is_file()).expect("git");
    let script = format!(
        "#!/bin/sh\nfor word; do\n  case $word in\n  version) echo git version 2.37.1; exit;;\n  \
         --write-tree) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129;;\n  \
         esac\ndone\nexec '{}' \"$@\"\n",
        real.display()
    );
    let program = folder.path().join("git");
    std::fs::write(&program, script).expect("a script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    let folders = [folder.path().to_owned()].into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("a PATH");
    let project = project.variable("PATH", path.to_str().expect("a text"));
    check!(forecast(&project, &["--all"]), @"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 0 of 2 open branches add migrations

      docs      +0   no migrations
      feature   ?    not evaluated   git 2.37 cannot compute a merge without a working tree (2.38 can)
    ----- stderr -----
    1 was not evaluated, 1 adds no migrations (origin/main)
    ");
}

#[test]
fn a_clone_without_contents() {
    let project = project();
    branch(&project, "feature", "main", &["b", "x"]);
    push(&project);
    for key in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        project.git(["-C", ".git/remote", "config", key, "true"]);
    }
    let url = format!("file://{}", project.path().join(".git/remote").display());
    project.git(["clone", "-q", "--filter=blob:none", "-b", "main", &url, ".git/clone"]);
    let answer = project.onehead_in(".git/clone", ["forecast"]);
    check!(answer, @"
    exit_code: 2
    ----- stdout -----
    against origin/main (head b), 1 of 1 open branch adds migrations

      feature   +0   not evaluated   this partial clone does not have the content of `x_more.py`
    ----- stderr -----
    1 was not evaluated (origin/main)
    ");
    project.git(["-C", ".git/clone", "fetch", "-q", "--refetch", "--no-filter"]);
    project.onehead_in(".git/clone", ["forecast"]).exits(0);
}
