//! `onehead init` in projects of every kind: broken, without git, in several folders, with the hook managers and services
//! of others.

use crate::init::{cloned, settled};
use crate::support::{Project, check};

#[test]
fn a_fork_is_said_with_what_mends_it_and_stops_nothing() {
    let project = Project::new().history("a1 <- b2, a1 <- c3");
    project.git(["init", "-q"]);
    check!(project.onehead(["init", "--yes"]), @"
    exit_code: 0
    ----- stdout -----
    wrote .git/hooks/pre-commit
    wrote .git/hooks/pre-merge-commit
    wrote .git/hooks/pre-push
    ----- stderr -----
    found
      alembic.ini  3 revisions, 2 heads: b2, c3; named by ids
      baseline     none: there is no remote branch, and no branch called main or master

    wrong with alembic.ini
      multiple-heads: the history has 2 heads: `b2` and `c3`  (versions/c3.py)
      put what is unpublished on top of what is published:   onehead rebase
      or join them with a merge:   onehead merge

    proposed
        configuration  not needed: the defaults fit
      + git hooks      before a commit, a merge and a push, in this clone (onehead hook install)
        CI             none was found; `onehead check` is all that it has to run

    Next:   onehead check
    ");
    settled(&project);
}

#[test]
fn a_broken_history_stops_nothing() {
    let project = Project::new().history("a1 <- b2, gone <- c3, d4 <- e5 <- d4");
    project.write("versions/gone.py", "<<<<<<< HEAD\n");
    check!(project.onehead(["init"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    found
      alembic.ini  5 revisions, 2 heads: b2, c3; named by ids
      baseline     none: this is no git repository

    wrong with alembic.ini
      missing-parent: `c3` follows `gone`, which no file defines  (versions/c3.py)
      cycle: revisions follow each other in a circle: `d4` -> `e5` -> `d4`  (versions/d4.py)
      unreadable-script: not valid Python: expected a statement  (versions/gone.py)
      onehead check says what mends each

    nothing to propose
        configuration  not needed: the defaults fit
        git hooks      not here: this is no git repository
        CI             not here: this is no git repository
    nothing to do
    ");
}

#[test]
fn lines_of_history_that_stand_apart_on_purpose_are_written_down() {
    let project = Project::new();
    for (id, parent, label) in
        [("a1", "None", "None"), ("x2", "'a1'", "'expand'"), ("c2", "'a1'", "'Größe 1'")]
    {
        let more = format!("branch_labels = {label}\n");
        project
            .write(&format!("versions/{id}.py"), &crate::support::script_with(id, parent, &more));
    }
    project.onehead(["check"]).exits(1);
    project.onehead(["init", "--yes", "--quiet"]).exits(0).prints("onehead.toml\n");
    insta::assert_snapshot!(project.files()["onehead.toml"], @r#"
    expected-heads = { "Größe 1" = 1, expand = 1 }
    "#);
    project.onehead(["check"]).exits(0);
    settled(&project);
}

#[test]
fn of_several_environments_those_with_several_lines_are_described() {
    let project = Project::new().history("a1 <- b2");
    project.write(
        "with blank/alembic.ini",
        "[alembic]\nscript_location = %(here)s/m\n[other]\nscript_location = %(here)s/o\n",
    );
    project.write("with blank/m/versions/m1.py", &crate::support::script("m1", &[]));
    for (id, label) in [("x2", "x"), ("y2", "y")] {
        let more = format!("branch_labels = ('{label}',)\n");
        project.write(
            &format!("with blank/o/versions/{id}.py"),
            &crate::support::script_with(id, "None", &more),
        );
    }
    project.onehead(["init", "--yes", "--quiet"]).exits(0);
    insta::assert_snapshot!(project.files()["onehead.toml"], @r#"
    [[environments]]
    config = "with blank/alembic.ini"
    section = "other"
    expected-heads = { x = 1, y = 1 }
    "#);
    project.onehead(["check"]).exits(0);
    settled(&project);
}

#[test]
fn a_fork_without_labels_is_no_plan() {
    let project = Project::new().history("a1, b2");
    project.onehead(["init", "--yes"]).exits(0).says("multiple-heads");
    assert!(!project.files().contains_key("onehead.toml"));
}

#[test]
fn script_locations_that_nothing_names_are_described() {
    let project = Project::empty();
    project.git(["init", "-q"]);
    project.write("app/db/env.py", "");
    project.write("app/db/versions/a1.py", &crate::support::script("a1", &[]));
    project.write("sub/keep", "");
    project.onehead(["check"]).exits(2);
    check!(project.onehead_in("sub", ["init", "--yes"]), @"
    exit_code: 0
    ----- stdout -----
    wrote ../.git/hooks/pre-commit
    wrote ../.git/hooks/pre-merge-commit
    wrote ../.git/hooks/pre-push
    wrote ../onehead.toml
    ----- stderr -----
    found
      app/db    1 revision, 1 head: a1; named by ids
      baseline  none: there is no remote branch, and no branch called main or master

    proposed
      + configuration  onehead.toml: environments
      + git hooks      before a commit, a merge and a push, in this clone (onehead hook install)
        CI             none was found; `onehead check` is all that it has to run

    Next:   git -C .. add onehead.toml && git -C .. commit -m 'Add onehead' -- onehead.toml
    ");
    insta::assert_snapshot!(project.files()["onehead.toml"], @r#"
    [[environments]]
    script-location = "app/db"
    "#);
    project.onehead(["check"]).exits(0);
    settled(&project);
}

#[test]
fn without_an_environment_it_says_what_was_tried() {
    let project = Project::empty();
    project.write("a/alembic.ini", "[alembic]\nscript_location = nowhere\n");
    check!(project.onehead(["init", "--yes"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic environment found

    looked for alembic.ini and [tool.alembic] in pyproject.toml in and below [PROJECT] (no git repository: the folders above were not looked at)
    a/alembic.ini: Path doesn't exist: nowhere.  Please use the 'init' command to create a new scripts folder. (looked for a/nowhere, nowhere)
    hint: name one with `--config path/to/alembic.ini`, or describe it under [[tool.onehead.environments]]
    ");
    assert_eq!(project.files().len(), 1);
}

#[test]
fn in_a_folder_below_the_top_is_where_hooks_and_workflows_belong() {
    let project = Project::empty();
    project.git(["init", "-q"]);
    project.write("services/api/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("services/api/versions/a1.py", &crate::support::script("a1", &[]));
    project.write("services/api/pyproject.toml", "[tool.poetry]\nname = 'p'\n");
    project.write(".pre-commit-config.yaml", "repos: []\n");
    project.write(".github/workflows/x.yml", "");
    let answer = project.onehead_in("services/api", ["init", "--yes"]).exits(0);
    let answer = answer.says("poetry (pyproject.toml)");
    answer.says("git -C ../.. add .pre-commit-config.yaml .github/workflows/onehead.yml").prints(
        "edited ../../.pre-commit-config.yaml\nwrote ../../.github/workflows/onehead.yml\n",
    );
    settled(&project);
}

#[test]
fn managers_that_are_not_written_to() {
    for (file, text, name) in [
        ("lefthook.yml", "pre-commit: {}\n", "lefthook"),
        ("prek.toml", "", "prek"),
        (".husky/pre-commit", "true\n", "husky"),
    ] {
        let project = cloned();
        project.write(file, text);
        let answer = project.onehead(["init", "--yes"]).exits(0);
        answer.says(&format!("\n    onehead hook print --for {name}\n"));
        assert!(!project.path().join(".git/hooks/pre-push").exists(), "{name}");
    }
    let project = cloned();
    project.git(["config", "core.hooksPath", ".githooks"]);
    project.write(".githooks/pre-commit", "#!/bin/sh\n");
    project.git(["add", ".githooks"]);
    let answer = project.onehead(["init", "--yes"]).exits(0);
    answer.says(
        "git takes its hooks from .githooks, which is everybody's; this says what can be done",
    );
}

#[test]
fn other_services_are_told_what_to_run() {
    for (file, expected) in [
        (".gitlab-ci.yml", "a job for .gitlab-ci.yml"),
        ("azure-pipelines.yml", "a step for Azure Pipelines"),
        ("Jenkinsfile", "a step for Jenkins"),
        (".circleci/config.yml", "a step for CircleCI"),
        ("bitbucket-pipelines.yml", "a step for Bitbucket Pipelines"),
    ] {
        let project = cloned();
        project.write(file, "x: y\n");
        project.onehead(["init", "--yes"]).exits(0).says(expected).says("onehead check");
        project.write(file, "- onehead check\n");
        project.onehead(["init", "--yes"]).exits(0).says(&format!("{file} runs onehead"));
    }
}

#[test]
fn outside_of_git_only_a_configuration_can_be_written() {
    let project = Project::new().history("a1");
    check!(project.onehead(["init", "--yes"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    found
      alembic.ini  1 revision, 1 head: a1; named by ids
      baseline     none: this is no git repository

    nothing to propose
        configuration  not needed: the defaults fit
        git hooks      not here: this is no git repository
        CI             not here: this is no git repository
    nothing to do
    ");
}

#[test]
fn a_hook_of_somebody_else_is_said_and_runs_first() {
    let project = cloned();
    project.write(".git/hooks/pre-push", "#!/bin/sh\necho theirs\n");
    let answer = project.onehead(["init", "--yes"]).exits(0);
    let _ = answer.says("\n  git hooks    others in pre-push\n");
    let kept = std::fs::read_to_string(project.path().join(".git/hooks/pre-push.onehead-prev"));
    assert_eq!(kept.unwrap(), "#!/bin/sh\necho theirs\n");
    let again = project.onehead(["init"]).exits(0);
    let _ = again.says("onehead in pre-commit, pre-merge-commit, pre-push");
}
