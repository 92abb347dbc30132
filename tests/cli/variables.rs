//! Variables of git's that name another repository than the one that is worked in, or that make git talk.

use crate::published_rules::{ITEMS, commit, feature};
use crate::support::{Project, script};

/// A repository whose variables are set, as inside of one of its hooks, with nothing of its own.
fn other() -> Project {
    let project = Project::new();
    project.git(["init", "-q"]);
    project.write("versions/a.py", &script("a", &[]));
    commit(&project);
    let path = project.path();
    let shown = path.to_string_lossy();
    project.variable("GIT_DIR", &format!("{shown}/.git")).variable("GIT_WORK_TREE", &shown)
}

#[test]
fn a_repair_asks_the_repository_that_it_repairs() {
    let project = feature();
    let text = ITEMS.replace("Integer", "Float");
    project.write("versions/b.py", &text);
    let before = project.files();
    let folder = project.path();
    let answer = other().onehead_with(".", &["-C", &folder.to_string_lossy(), "check", "--fix"]);
    answer.says("holds changes that are not committed, and is left as it is");
    assert_eq!(project.files(), before);
}

#[test]
fn a_search_looks_where_it_is_told_to() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    commit(&project);
    let folder = project.path();
    let answer = other().onehead_with(".", &["-C", &folder.to_string_lossy(), "where", "c"]);
    answer.exits(0).shows("main");
}

#[test]
fn hooks_go_where_they_are_told_to() {
    let (here, project) = (other(), feature());
    let folder = project.path();
    let arguments = ["-C", &folder.to_string_lossy(), "hook", "install", "--pre-push"];
    here.onehead_with(".", &arguments).exits(0);
    assert!(folder.join(".git/hooks/pre-push").exists());
    assert!(!here.path().join(".git/hooks/pre-push").exists());
}

// Only debug builds die when they are told to.
#[cfg(debug_assertions)]
#[test]
fn a_journal_lies_in_the_repository_that_is_changed() {
    let (here, project) = (other().variable("ONEHEAD_TEST_KILL", "2"), feature());
    project.git(["worktree", "add", "-q", "linked"]);
    project.write("linked/versions/d.py", &script("d", &["b".into()]));
    let folder = project.path().join("linked");
    let answer = here.onehead_with(".", &["-C", &folder.to_string_lossy(), "rebase"]);
    assert_ne!(answer.status, 0, "{answer}");
    assert!(!here.path().join(".git/onehead").exists());
    assert!(project.path().join(".git/worktrees/linked/onehead").exists());
}

#[test]
fn what_git_traces_is_no_answer() {
    for (name, value) in [("GIT_TRACE", "1"), ("GIT_TRACE2_PERF", "2"), ("GIT_TRACE_SETUP", "1")] {
        let project = feature().variable(name, value);
        project.onehead(["hook", "status"]).exits(1).shows("pre-push          missing");
        project
            .onehead(["check", "--ref", "nosuch"])
            .exits(2)
            .says("cannot read `nosuch`: no such commit");
    }
    // What it is configured to trace.
    let project = feature();
    let folder = project.path().join("traced.config");
    std::fs::write(&folder, "[trace2]\n\tnormalTarget = 1\n").unwrap();
    let project = project.variable("GIT_CONFIG_GLOBAL", &folder.to_string_lossy());
    project
        .onehead(["check", "--ref", "nosuch"])
        .exits(2)
        .says("cannot read `nosuch`: no such commit");
}
