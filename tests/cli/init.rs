//! `onehead init`: what it says, and what it writes.

use std::collections::BTreeMap;

use crate::support::{Answer, Project, check};

/// A project in a clone of somebody's repository on GitHub.
fn cloned() -> Project {
    let project = Project::new().history("a1 <- b2");
    project.git(["init", "-q"]);
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "first"]);
    project.git(["remote", "add", "origin", "https://github.com/somebody/project"]);
    project.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    project
}

/// The same with a `pyproject.toml`, a Makefile, and hooks and workflows of others.
fn established() -> Project {
    let project = cloned();
    project
        .write("pyproject.toml", "[project]\nname = 'p'  # ours\n\n[tool.black]\nline-length = 99");
    project.write("uv.lock", "");
    project.write("Makefile", "migrate: ; uv run alembic upgrade head\n");
    project.write(
        ".pre-commit-config.yaml",
        "# ours\nrepos:\n- repo: https://example.org/black\n  rev: '1'\n  hooks:\n  - id: black  # why\n\nci: {}\n",
    );
    project.write(".github/workflows/test.yml", "on: push\n");
    project
}

/// The answer without the workflow, which `docs/ci` has.
fn without_workflow(answer: Answer) -> Answer {
    let text = include_str!("../../docs/ci/pull-request.yml");
    let added: String = text.lines().map(|line| format!("+{line}\n")).collect();
    Answer { stdout: answer.stdout.replace(&added, "+[WORKFLOW]\n"), ..answer }
}

/// Files as they are, after a second run that has nothing to do.
#[track_caller]
fn settled(project: &Project) -> BTreeMap<String, String> {
    let before = project.files();
    for arguments in
        [&["init"][..], &["init", "--yes"], &["init", "--dry-run"], &["init", "--format", "json"]]
    {
        project.onehead_with(".", arguments).exits(0);
    }
    assert_eq!(project.files(), before);
    before
}

#[test]
fn what_was_found_and_what_would_be_written() {
    let project = established();
    let before = project.files();
    check!(without_workflow(project.onehead(["init", "--dry-run"])), @r#"
    exit_code: 1
    ----- stdout -----
    diff --git a/pyproject.toml b/pyproject.toml
    --- a/pyproject.toml
    +++ b/pyproject.toml
    @@ -2,4 +2,9 @@
     name = 'p'  # ours
     
     [tool.black]
    -line-length = 99
    \ No newline at end of file
    +line-length = 99
    +
    +[tool.onehead]
    +baseline = "origin/main"  # what is on it counts as published
    +# Runs after a repair, and undoes it if it fails; needs no database:
    +# verify-command = ["uv", "run", "alembic", "upgrade", "heads", "--sql"]
    diff --git a/.pre-commit-config.yaml b/.pre-commit-config.yaml
    --- a/.pre-commit-config.yaml
    +++ b/.pre-commit-config.yaml
    @@ -4,5 +4,10 @@
       rev: '1'
       hooks:
       - id: black  # why
    +- repo: https://github.com/onehead/onehead
    +  rev: v0.1.0
    +  hooks:
    +  - id: alembic-heads
    +  - id: alembic-heads-push
     
     ci: {}
    diff --git a/.github/workflows/onehead.yml b/.github/workflows/onehead.yml
    new file mode 100644
    --- /dev/null
    +++ b/.github/workflows/onehead.yml
    @@ -0,0 +1,18 @@
    +[WORKFLOW]
    ----- stderr -----
    found
      alembic.ini   2 revisions, 1 head: b2; named by ids
      baseline      origin/main (the default branch of the remote)
      packages      uv (uv.lock)
      alembic       uv run alembic upgrade head (Makefile:1)
      hook manager  pre-commit (.pre-commit-config.yaml)
      CI            GitHub Actions (.github/workflows)

    proposed
      + configuration  [tool.onehead] in pyproject.toml: baseline
      + git hooks      alembic-heads and alembic-heads-push in .pre-commit-config.yaml
      + CI             .github/workflows/onehead.yml, for pull requests
    "#);
    assert_eq!(project.files(), before);
    project.onehead(["init", "--diff", "--quiet"]).exits(1).prints("").talks("");
}

#[test]
fn the_diff_is_one_that_git_applies() {
    let project = established();
    let diff = project.onehead(["init", "--dry-run"]).exits(1).stdout;
    let other = established();
    other.write(".git/diff", &diff);
    other.git(["apply", ".git/diff"]);
    project.onehead(["init", "--yes"]).exits(0);
    assert_eq!(project.files(), other.files());
}

#[test]
fn files_are_added_to_and_keep_every_other_byte() {
    let project = established();
    let before = project.files();
    check!(project.onehead(["init", "--yes"]), @"
    exit_code: 0
    ----- stdout -----
    edited pyproject.toml
    edited .pre-commit-config.yaml
    wrote .github/workflows/onehead.yml
    ----- stderr -----
    found
      alembic.ini   2 revisions, 1 head: b2; named by ids
      baseline      origin/main (the default branch of the remote)
      packages      uv (uv.lock)
      alembic       uv run alembic upgrade head (Makefile:1)
      hook manager  pre-commit (.pre-commit-config.yaml)
      CI            GitHub Actions (.github/workflows)

    proposed
      + configuration  [tool.onehead] in pyproject.toml: baseline
      + git hooks      alembic-heads and alembic-heads-push in .pre-commit-config.yaml
      + CI             .github/workflows/onehead.yml, for pull requests

    Next:   git add pyproject.toml .pre-commit-config.yaml .github/workflows/onehead.yml && git commit -m 'Add onehead' -- pyproject.toml .pre-commit-config.yaml .github/workflows/onehead.yml
            pre-commit install --hook-type pre-commit --hook-type pre-merge-commit --hook-type pre-push
    ");
    let after = settled(&project);
    let added = |name: &str| after[name].strip_prefix(&before[name]).map(str::to_owned);
    insta::assert_snapshot!(added("pyproject.toml").unwrap(), @r#"


    [tool.onehead]
    baseline = "origin/main"  # what is on it counts as published
    # Runs after a repair, and undoes it if it fails; needs no database:
    # verify-command = ["uv", "run", "alembic", "upgrade", "heads", "--sql"]
    "#);
    insta::assert_snapshot!(after[".pre-commit-config.yaml"], @"
    # ours
    repos:
    - repo: https://example.org/black
      rev: '1'
      hooks:
      - id: black  # why
    - repo: https://github.com/onehead/onehead
      rev: v0.1.0
      hooks:
      - id: alembic-heads
      - id: alembic-heads-push

    ci: {}
    ");
    assert_eq!(
        after[".github/workflows/onehead.yml"],
        include_str!("../../docs/ci/pull-request.yml")
    );
    let changed = after.iter().filter(|(name, text)| before.get(*name) != Some(text)).count();
    assert_eq!(changed, 3);
    project.onehead(["check"]).exits(0);
}

#[test]
fn the_second_time_there_is_nothing_to_do() {
    let project = established();
    project
        .onehead(["init", "--yes", "--quiet"])
        .exits(0)
        .prints("pyproject.toml\n.pre-commit-config.yaml\n.github/workflows/onehead.yml\n");
    check!(project.onehead(["init"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    found
      alembic.ini    2 revisions, 1 head: b2; named by ids
      baseline       origin/main (configured)
      configured in  pyproject.toml
      packages       uv (uv.lock)
      alembic        uv run alembic upgrade head (Makefile:1)
      hook manager   pre-commit (.pre-commit-config.yaml)
      CI             GitHub Actions (.github/workflows)

    nothing to propose
        configuration  pyproject.toml has it, and is left as it is
        git hooks      .pre-commit-config.yaml has them, and is left as it is; to run in each clone: pre-commit install --hook-type pre-commit --hook-type pre-merge-commit --hook-type pre-push
        CI             .github/workflows/onehead.yml runs onehead
    nothing to do
    ");
}

#[test]
fn without_a_manager_the_hooks_are_gits_own() {
    let project = cloned();
    project.git(["remote", "set-url", "origin", "/srv/project.git"]);
    check!(project.onehead(["init", "--yes"]), @"
    exit_code: 0
    ----- stdout -----
    wrote .git/hooks/pre-commit
    wrote .git/hooks/pre-merge-commit
    wrote .git/hooks/pre-push
    wrote onehead.toml
    ----- stderr -----
    found
      alembic.ini  2 revisions, 1 head: b2; named by ids
      baseline     origin/main (the default branch of the remote)

    proposed
      + configuration  onehead.toml: baseline
      + git hooks      before a commit, a merge and a push, in this clone (onehead hook install)
        CI             none was found; `onehead check` is all that it has to run

    Next:   git add onehead.toml && git commit -m 'Add onehead' -- onehead.toml
    ");
    settled(&project);
    project.onehead(["hook", "status"]).exits(0);
}

#[test]
fn without_a_terminal_nothing_is_written() {
    let project = established();
    let before = project.files();
    let answer = project.onehead(["init"]).exits(1).prints("");
    answer.says("error: there is no terminal to ask on, so nothing was written\nhint: run `onehead init --yes`");
    let in_ci = established().variable("CI", "1");
    in_ci.onehead(["init"]).exits(1).says("there is no terminal to ask on");
    assert_eq!(project.files(), before);
}

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
fn a_configuration_that_is_there_is_kept() {
    let project = established();
    project.write("onehead.toml", "strategy = 'rebase'\n");
    project.onehead(["init", "--yes"]).exits(0).says("onehead.toml has it, and is left as it is");
    assert_eq!(project.files()["onehead.toml"], "strategy = 'rebase'\n");
    assert!(!project.files()["pyproject.toml"].contains("onehead"));
    let wrong = established();
    wrong.write("onehead.toml", "stratgy = 'rebase'\n");
    wrong.onehead(["init", "--yes"]).exits(2).says("did you mean `strategy`?");
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
fn what_is_not_understood_is_left_alone_and_said() {
    let project = established();
    project.write("pyproject.toml", "tool = { black = {} }\n");
    project.write(".pre-commit-config.yaml", "repos: [{repo: local, hooks: []}]\n");
    project.write(".github/workflows/onehead.yml", "# onehead check\n");
    let before = project.files();
    check!(project.onehead(["init", "--yes"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    found
      alembic.ini   2 revisions, 1 head: b2; named by ids
      baseline      origin/main (the default branch of the remote)
      packages      uv (uv.lock)
      alembic       uv run alembic upgrade head (Makefile:1)
      hook manager  pre-commit (.pre-commit-config.yaml)
      CI            GitHub Actions (.github/workflows)

    proposed
        configuration  pyproject.toml is left alone: pyproject.toml:3: invalid TOML: cannot extend value of type inline table with a dotted key
        git hooks      .pre-commit-config.yaml is left alone: its `repos` are not a list with a dash for each entry; to run in each clone: pre-commit install --hook-type pre-commit --hook-type pre-merge-commit --hook-type pre-push
        CI             .github/workflows/onehead.yml is there already, and does not run onehead

    by hand, for configuration
        [tool.onehead]
        baseline = "origin/main"  # what is on it counts as published
        # Runs after a repair, and undoes it if it fails; needs no database:
        # verify-command = ["uv", "run", "alembic", "upgrade", "heads", "--sql"]

    by hand, for git hooks
        repos:
          - repo: https://github.com/onehead/onehead
            rev: v0.1.0
            hooks:
              - id: alembic-heads
              - id: alembic-heads-push

    by hand, for CI
        # Stops a pull request that would give an Alembic history several heads or break it. Nothing of the project is run.
        name: onehead
        on:
          pull_request:
          merge_group:
        permissions:
          contents: read
        jobs:
          onehead:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  fetch-depth: 0
                  persist-credentials: false
              # Until a release is published, it is built from the repository, which takes about two minutes.
              - run: pip install git+https://github.com/onehead/onehead
              - run: onehead check
    nothing to write: what is left is by hand
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn half_of_the_hooks_is_said() {
    let project = established();
    project
        .write(".pre-commit-config.yaml", "repos:\n- repo: x\n  hooks:\n  - id: alembic-heads\n");
    let answer = project.onehead(["init", "--dry-run"]).exits(1);
    answer.says("has alembic-heads and not alembic-heads-push; add it beside that");
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
fn for_programs_it_writes_only_when_told() {
    let project = established();
    let before = project.files();
    let shown = project.onehead(["init", "--format", "json"]).exits(1).talks("").json();
    assert_eq!(project.files(), before);
    assert_eq!(shown["written"], false);
    let parts: Vec<_> = shown["proposed"].as_array().unwrap().iter().collect();
    let of = |key: &str| parts.iter().map(|part| part[key].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("part"), ["configuration", "hooks", "ci"]);
    assert_eq!(of("action"), ["write", "write", "write"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown["found"]).unwrap(), @r#"
    {
      "alembic_calls": [
        {
          "command": "uv run alembic upgrade head",
          "line": 1,
          "path": "Makefile"
        }
      ],
      "baseline": "origin/main",
      "baseline_reason": "the default branch of the remote",
      "ci": [
        {
          "name": "GitHub Actions",
          "path": ".github/workflows"
        }
      ],
      "configuration": null,
      "hook_managers": [
        {
          "name": "pre-commit",
          "path": ".pre-commit-config.yaml"
        }
      ],
      "hooks": [],
      "naming": [
        {
          "environment": "alembic.ini",
          "file_template": null,
          "kind": "ids",
          "next": null
        }
      ],
      "package_manager": "uv"
    }
    "#);
    let done = project.onehead(["init", "--format", "json", "--yes"]).exits(0).json();
    assert_eq!(done["written"], true);
    assert_eq!(done["changes"], shown["changes"]);
    for part in parts {
        let path = part["path"].as_str().unwrap();
        assert_eq!(project.files()[path], part["text"].as_str().unwrap());
    }
}

#[test]
fn git_hooks_are_told_of_in_the_one_document() {
    let project = cloned();
    let done = project.onehead(["init", "--format", "json", "--yes"]).exits(0).json();
    assert_eq!(done["proposed"][1]["action"], "install");
    assert!(project.path().join(".git/hooks/pre-push").exists());
}

#[test]
fn hooks_that_cannot_be_installed_take_everything_back() {
    let project = cloned();
    project.make(".git/hooks/pre-push");
    project.write(".git/hooks/pre-push/x", "");
    let before = project.files();
    project.onehead(["init", "--yes"]).exits(1).says("pre-push");
    assert_eq!(project.files(), before);
}

#[test]
fn a_run_that_was_killed_is_undone_by_the_next() {
    let done = established();
    done.onehead(["init", "--yes"]).exits(0);
    let mut step = 0;
    loop {
        let project = established();
        let before = project.files();
        let number = step.to_string();
        let mut command = project.command(std::path::Path::new(env!("CARGO_BIN_EXE_onehead")));
        let output =
            command.args(["init", "--yes"]).env("ONEHEAD_TEST_KILL", number).output().unwrap();
        if output.status.success() {
            break;
        }
        project.onehead(["check", "--fix"]).exits(0);
        let after = project.files();
        assert!(after == before || after == done.files(), "killed before step {step}");
        step += 1;
    }
    assert!(step > 5, "{step} steps");
}

#[test]
fn text_of_the_repository_cannot_move_the_cursor() {
    let project = cloned();
    project.write("Makefile", "x:\n\tuv run alembic upgrade \u{1b}[31mheads \u{202e}\n");
    let answer = project.onehead(["init", "--dry-run"]).exits(1);
    assert!(!answer.stderr.contains(['\u{1b}', '\u{202e}']), "{answer}");
    let _ = answer.says("alembic upgrade \\x1b[31mheads");
}
