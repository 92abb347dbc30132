//! `onehead init`: what it says, and what it writes.

use std::collections::BTreeMap;

use crate::support::{Answer, Project, check};

/// A project in a clone of somebody's repository on GitHub.
pub fn cloned() -> Project {
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
pub fn established() -> Project {
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
    let added: String = text.lines().flat_map(|line| ["+", line, "\n"]).collect();
    let hunk = format!("@@ -0,0 +1,{} @@\n{added}", text.lines().count());
    Answer { stdout: answer.stdout.replace(&hunk, "+[WORKFLOW]\n"), ..answer }
}

/// Files as they are, after a second run that has nothing to do.
#[track_caller]
pub fn settled(project: &Project) -> BTreeMap<String, String> {
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
        # No filter by path: a required check that does not run blocks the pull request for ever.
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
              - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
                with:
                  fetch-depth: 0
                  persist-credentials: false
              # Until a release is published, it is built from the repository, which takes about two minutes.
              - run: pip install git+https://github.com/onehead/onehead
              # With the target as it is now; in the merge queue what is checked out is the merge already.
              - run: onehead check ${GITHUB_BASE_REF:+--merge-with "origin/$GITHUB_BASE_REF"}
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
      "hooks_path": null,
      "naming": [
        {
          "environment": "alembic.ini",
          "file_template": null,
          "kind": "ids",
          "next": null
        }
      ],
      "other_hooks": [],
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
        let number = step.to_string();
        let mut command = project.command(std::path::Path::new(env!("CARGO_BIN_EXE_onehead")));
        let output =
            command.args(["init", "--yes"]).env("ONEHEAD_TEST_KILL", number).output().unwrap();
        if output.status.success() {
            break;
        }
        project.onehead(["init", "--dry-run", "--quiet"]);
        project.onehead(["init", "--yes"]).exits(0);
        assert_eq!(project.files(), done.files(), "killed before step {step}");
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

#[test]
#[cfg(unix)]
fn a_link_is_left_alone() {
    for name in ["pyproject.toml", ".pre-commit-config.yaml"] {
        let project = established();
        let (path, shared) = (project.path().join(name), format!("shared{name}"));
        std::fs::rename(&path, project.path().join(&shared)).unwrap();
        std::os::unix::fs::symlink(&shared, &path).unwrap();
        let before = project.files()[&shared].clone();
        let answer = project.onehead(["init", "--yes"]).exits(0);
        let answer = answer.says(&format!("{name} is a link, and is left alone"));
        let first = if name == "pyproject.toml" { "[tool.onehead]" } else { "- repo: https://" };
        let _ = answer.says(&format!("\n    {first}"));
        assert_eq!(project.files()[&shared], before);
    }
}

#[test]
fn the_repository_is_the_one_that_it_is_run_in() {
    let (here, there) = (established(), established());
    let folder = there.path();
    let config = folder.join("alembic.ini");
    let (folder, config) = (folder.to_str().unwrap(), config.to_str().unwrap());
    here.onehead(["init", "--yes", "-c", config]).exits(2).says("name another one with `-C DIR`");
    here.onehead(["init", "--yes", "-C", folder]).exits(0);
    assert!(there.files()["pyproject.toml"].contains("[tool.onehead]"));
    assert_eq!(here.files(), established().files());
    let bare = Project::empty();
    bare.git(["clone", "-q", "--bare", folder, "."]);
    bare.onehead(["init", "--yes"]).exits(2).says("this repository has no working tree");
}
