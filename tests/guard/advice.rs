//! `post-merge`, `post-rewrite` and `post-checkout`: a few words where something changed, and never in the way.

use crate::repository::Repository;
use crate::support::check;

fn advised() -> Repository {
    let repository = Repository::unguarded();
    repository.project.onehead(["hook", "install", "--advice"]).exits(0);
    repository
}

/// Puts `d` onto the remote's main, from elsewhere.
fn rival_lands(repository: &Repository) {
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "--no-verify", "origin", "rival:main"]).exits(0);
    repository.git(&["switch", "-q", "main"]).exits(0);
}

#[test]
fn a_pull_that_brings_a_rival_head() {
    let repository = advised();
    rival_lands(&repository);
    // Not committed yet: git pulls past it.
    repository.revision("e", &["c"]);
    let answer = repository.git(&["pull", "-q"]).exits(0);
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    onehead: 2 heads in alembic.ini now: d, e
      onehead auto-merge   mends it; onehead check has the whole story
    "#);
}

#[test]
fn a_pull_that_brings_a_revision() {
    let repository = advised();
    rival_lands(&repository);
    let answer = repository.git(&["pull", "-q"]).exits(0);
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    onehead: 1 revision came: d
      alembic upgrade head   brings your database up to them
    "#);
}

#[test]
fn a_pull_that_brings_anything_else_is_silent() {
    let repository = advised();
    repository.git(&["switch", "-q", "-c", "other"]).exits(0);
    repository.project.write("notes.txt", "x");
    repository.commit_all("notes").exits(0);
    repository.git(&["push", "-q", "origin", "other:main"]).exits(0);
    repository.git(&["switch", "-q", "main"]).exits(0);
    repository.git(&["pull", "-q"]).exits(0).talks("");
}

#[test]
fn one_notice_for_a_whole_rebase() {
    let repository = advised();
    rival_lands(&repository);
    repository.git(&["pull", "-q"]).exits(0);
    repository.git(&["switch", "-q", "-c", "mine", "HEAD~1"]).exits(0);
    for (id, parent) in [("e", "c"), ("f", "e"), ("g", "f")] {
        repository.revision(id, &[parent]);
        repository.commit_all(id).exits(0);
    }
    let answer = repository.git(&["rebase", "-q", "main"]).exits(0);
    assert_eq!(answer.stderr.matches("2 heads").count(), 1, "{answer}");
}

#[test]
fn another_branch_without_a_revision() {
    let repository = advised();
    repository.branch("mine", "main", "d", "c");
    let answer = repository.git(&["switch", "-q", "main"]).exits(0);
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    onehead: 1 revision is not here any more: d
      a database that ran one stops with `Can't locate revision`:   onehead where d
    "#);
}

#[test]
fn a_checkout_of_files_a_new_worktree_and_a_clone_are_silent() {
    let repository = advised();
    repository.branch("mine", "main", "d", "c");
    repository.git(&["checkout", "-q", "main", "--", "versions/a.py"]).exits(0).talks("");
    repository.git(&["worktree", "add", "-q", "beside", "main"]).exits(0).talks("");
    repository.git(&["commit", "-q", "--amend", "--no-edit"]).exits(0).talks("");
}

#[test]
fn at_most_six_lines_and_never_a_failure() {
    let repository = advised();
    repository.git(&["switch", "-q", "-c", "many"]).exits(0);
    for number in 0..30 {
        repository.revision(&format!("r{number}"), &["c"]);
    }
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "many"]).exits(0);
    repository.git(&["switch", "-q", "main"]).exits(0);
    let answer = repository.git(&["merge", "-q", "many"]).exits(0);
    assert!((1..=6).contains(&answer.stderr.lines().count()), "{answer}");
    // A configuration that cannot be read is for `check` to say.
    repository.project.write("pyproject.toml", "[tool.onehead]\nnonsense = 1\n");
    repository.hook(&["post-merge", "0"], "").exits(0).talks("");
    repository.hook(&["post-checkout"], "").exits(0).talks("");
    repository.hook(&["post-rewrite", "rebase"], "nonsense\n").exits(0).talks("");
}

#[test]
fn the_framework_checks_files_out_for_itself() {
    let repository = advised();
    repository.branch("mine", "main", "d", "c");
    let (before, after) = (repository.at("main"), repository.at("mine"));
    let run = |variables: &[(&str, &str)]| {
        repository.hook_with(variables, &["post-checkout", &before, &after, "1"], "").exits(0)
    };
    run(&[]).says("1 revision came: d");
    run(&[("_PRE_COMMIT_SKIP_POST_CHECKOUT", "1")]).talks("");
    // It has one entry for all, and tells in variables what git told it.
    let told = [
        ("PRE_COMMIT_FROM_REF", before.as_str()),
        ("PRE_COMMIT_TO_REF", after.as_str()),
        ("PRE_COMMIT_CHECKOUT_TYPE", "1"),
    ];
    repository.hook_with(&told, &["post-merge"], "").exits(0).says("1 revision came: d");
}
