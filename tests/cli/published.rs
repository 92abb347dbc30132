//! What is published and what is not, end to end with git: the hygiene rules look at the unpublished only.

use crate::support::{Project, check};

/// A migration whose docstring disagrees with its code.
fn stale(id: &str, parent: &str) -> String {
    format!(
        "\"\"\"add {id}\n\nRevision ID: {id}\nRevises: stale\n\"\"\"\nrevision = '{id}'\ndown_revision = '{parent}'\n"
    )
}

/// A published `main` with a stale header in `b`, and a feature branch with another in `c` and in `d`, its tip.
fn feature_branch() -> Project {
    let project = Project::new().history("a");
    project.write("versions/b.py", &stale("b", "a"));
    project.git(["init", "-q", "-b", "main"]);
    commit(&project);
    project.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    project.git(["checkout", "-q", "-b", "feature"]);
    project.write("versions/c.py", &stale("c", "b"));
    commit(&project);
    project.write("versions/d.py", &stale("d", "c"));
    project
}

fn commit(project: &Project) {
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "x"]);
}

/// The files of the findings, with the baseline that the document names.
#[track_caller]
fn found<const N: usize>(project: &Project, arguments: [&str; N]) -> (String, Option<String>) {
    let mut all = vec!["check", "--format", "json"];
    all.extend(arguments);
    let answer = project.onehead_with(".", &all).exits(0);
    assert!(answer.rules().iter().all(|rule| rule == "stale-header"), "{answer}");
    let document = answer.json();
    let findings = document["environments"][0]["findings"].as_array().expect("a list");
    let paths: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding["path"].as_str()?.strip_prefix("versions/"))
        .collect();
    (paths.join(" "), document["baseline"].as_str().map(str::to_owned))
}

#[track_caller]
fn check_found<const N: usize>(
    project: &Project,
    arguments: [&str; N],
    paths: &str,
    baseline: Option<&str>,
) {
    let expected = (paths.to_owned(), baseline.map(str::to_owned));
    assert_eq!(found(project, arguments), expected);
}

#[test]
fn a_published_file_is_left_alone_and_an_unpublished_one_is_not() {
    check_found(&feature_branch(), [], "c.py d.py", Some("origin/main"));
}

#[test]
fn all_looks_at_everything() {
    check_found(&feature_branch(), ["--all"], "b.py c.py d.py", Some("origin/main"));
}

#[test]
fn a_named_baseline_decides() {
    let project = feature_branch();
    check_found(&project, ["--baseline", "feature"], "d.py", Some("feature"));
    project.git(["tag", "v1"]);
    project.write("onehead.toml", "baseline = 'v1'\n");
    check_found(&project, [], "d.py", Some("v1"));
    check_found(&project, ["--baseline", "origin/main"], "c.py d.py", Some("origin/main"));
}

#[test]
fn a_named_baseline_that_cannot_be_read_is_exit_2() {
    let project = feature_branch();
    check!(project.onehead(["check", "--baseline", "orgin/main"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the baseline `orgin/main`: no such commit
    hint: run `git fetch` if it is a remote branch, or name another with `--baseline REF`: `git branch --all` lists them
    ");
    project.onehead(["check", "--baseline", "nope", "--quiet"]).exits(2).prints("");
    project.onehead(["check", "--baseline", "nope", "--all"]).exits(2).prints("");
    project.write("onehead.toml", "baseline = 'nope'\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the baseline `nope` (`baseline` in onehead.toml): no such commit
    hint: run `git fetch` if it is a remote branch, or correct it there: `git branch --all` lists them
    ");
}

#[test]
fn without_git_only_the_tips_are_looked_at_and_that_is_said() {
    let project = Project::new().history("a");
    for (id, parent) in [("b", "a"), ("c", "b"), ("d", "c")] {
        project.write(&format!("versions/{id}.py"), &stale(id, parent));
    }
    // The head, and what nothing but the head follows.
    check_found(&project, [], "c.py d.py", None);
    check_found(&project, ["--all"], "b.py c.py d.py", None);
    check!(project.onehead(["check", "--format", "concise"]), @"
    exit_code: 0
    ----- stdout -----
    versions/c.py:4:10: warning[stale-header] the docstring of `c` disagrees with its code
    versions/d.py:4:10: warning[stale-header] the docstring of `d` disagrees with its code
    ----- stderr -----
    not compared with a baseline: this is no git repository
    2 warnings in 4 revisions (alembic.ini)
    ");
    // Where it decides nothing it is not said.
    check!(project.onehead(["check", "--all", "--format", "concise"]), @"
    exit_code: 0
    ----- stdout -----
    versions/b.py:4:10: warning[stale-header] the docstring of `b` disagrees with its code
    versions/c.py:4:10: warning[stale-header] the docstring of `c` disagrees with its code
    versions/d.py:4:10: warning[stale-header] the docstring of `d` disagrees with its code
    ----- stderr -----
    3 warnings in 4 revisions (alembic.ini)
    ");
    project.onehead(["check", "--baseline", "main"]).exits(2).prints("").says("main");
}

#[test]
fn before_the_first_commit_only_the_tips_are_looked_at() {
    let project = Project::new().history("a");
    project.git(["init", "-q", "-b", "main"]);
    for (id, parent) in [("b", "a"), ("c", "b"), ("d", "c")] {
        project.write(&format!("versions/{id}.py"), &stale(id, parent));
    }
    check_found(&project, [], "c.py d.py", None);
    project.onehead(["check"]).says("not compared with a baseline: ");
}
