//! `pre-commit`: the index counts, and nothing is changed.

use crate::repository::Repository;
use crate::support::check;

#[test]
fn the_index_counts_and_not_the_working_tree() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.git(&["add", "versions/d.py"]).exits(0);
    // A second head that nobody is about to commit.
    repository.revision("e", &["c"]);
    repository.git(&["commit", "-q", "-m", "one"]).exits(0).prints("").talks("");
    // Staged badly, and mended in the working tree alone.
    repository.git(&["add", "versions/e.py"]).exits(0);
    repository.revision("e", &["d"]);
    let answer = repository.git(&["commit", "-q", "-m", "two"]);
    check!(answer, @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    onehead: this commit would leave 2 heads in alembic.ini
      d  add d
      e  add e

      onehead check --fix      mend it, `git add` what it names, then commit again
      onehead check --staged   the whole story
      (skip once: git commit --no-verify, or ONEHEAD_SKIP=1)
    "#);
}

#[test]
fn a_commit_of_everything_from_a_subdirectory() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-N", "versions/d.py", "versions/e.py"]).exits(0);
    let answer = repository.git_in("versions", &["commit", "-q", "-a", "-m", "both"]).exits(1);
    answer.says("onehead: this commit would leave 2 heads in alembic.ini");
    // What was only meant to be added is in no commit.
    repository.git(&["add", "versions/d.py"]).exits(0);
    repository.git_in("versions", &["commit", "-q", "-m", "one"]).exits(0).talks("");
}

#[test]
fn a_partial_commit_is_judged_as_it_will_be() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "-m", "both"]).exits(1);
    repository.git(&["commit", "-q", "-m", "one", "versions/d.py"]).exits(0).talks("");
    repository.git(&["commit", "-q", "-m", "two", "versions/e.py"]).exits(1);
}

#[test]
fn an_amended_commit_is_judged_too() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.commit_all("one").exits(0);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--amend", "--no-edit"]).exits(1);
}

#[test]
fn nothing_is_changed() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    let (files, index) = (repository.project.files(), repository.index());
    repository.hook(&["pre-commit"], "").exits(1).prints("");
    assert_eq!(repository.project.files(), files);
    assert_eq!(repository.index(), index);
}

#[test]
fn what_cannot_be_read_blocks() {
    let repository = Repository::new();
    repository.broken("d");
    let answer = repository.commit_all("broken");
    check!(answer, @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    onehead: this commit would bring 2 problems
      versions/d.py:6:17: unreadable-script `down_revision` is computed when the file runs, so its value is not known here
      versions/d.py:6:21: unreadable-script not valid Python: missing closing quote in string literal

      onehead check --staged   the whole story
      (skip once: git commit --no-verify, or ONEHEAD_SKIP=1)
    "#);
    repository.project.write("pyproject.toml", "[tool.onehead]\nbaselin = 'x'\n");
    repository.git(&["rm", "-q", "-f", "versions/d.py"]).exits(0);
    let answer = repository.commit_all("misspelled");
    check!(answer, @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: pyproject.toml:2: unknown key `baselin` in [tool.onehead]
    hint: did you mean `baseline`?

      (skip once: git commit --no-verify, or ONEHEAD_SKIP=1)
    "#);
}

#[test]
fn every_way_to_skip_it_once() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    let skipping =
        |value: &str| repository.git_with(&[("ONEHEAD_SKIP", value)], &["commit", "-q", "-m", "x"]);
    skipping("cycle").exits(1);
    skipping("multiple-head").exits(1).says("ONEHEAD_SKIP: no rule is called `multiple-head`");
    skipping("multiple-heads").exits(0).talks("");
    repository.revision("f", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    skipping("1").exits(0).talks("");
    repository.revision("g", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "-m", "x", "--no-verify"]).exits(0);
}

#[test]
fn an_old_problem_is_shown_and_does_not_block() {
    let repository = Repository::unguarded();
    repository.revision("d", &["c"]);
    repository.revision("e", &["c"]);
    repository.commit_all("a fork").exits(0);
    repository.git(&["push", "-q"]).exits(0);
    repository.project.onehead(["hook", "install"]).exits(0);
    // Going on from one of two heads is nothing new, and neither is a commit about something else.
    repository.project.write("notes.txt", "x");
    let answer = repository.commit_all("unrelated");
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    onehead: not new, so it does not block: versions/e.py:6:17: multiple-heads the history has 2 heads: `d` and `e`
    "#);
    repository.revision("f", &["e"]);
    repository.commit_all("further").exits(0).says("not new, so it does not block");
    // A third head is new.
    repository.revision("g", &["c"]);
    repository.commit_all("a third").exits(1).says("would leave 3 heads");
    repository.git(&["rm", "-q", "-f", "--cached", "versions/g.py"]).exits(0);
    std::fs::remove_file(repository.path("versions/g.py")).unwrap();
    // And so is anything else.
    repository.broken("h");
    repository.commit_all("broken").exits(1).says("unreadable-script");
}

#[test]
fn a_repository_without_an_environment_is_left_alone() {
    let repository = Repository::new();
    repository.git(&["switch", "-q", "--orphan", "pages"]).exits(0);
    repository.project.write("a.txt", "x");
    let said = "onehead: there is no Alembic environment in the index, so nothing was checked\n";
    repository.commit_all("another history").exits(0).talks(said);
    repository.project.write("a.txt", "y");
    repository.commit_all("go on").exits(0).talks(said);
    repository.git(&["push", "-q", "origin", "pages"]).exits(0);
}

#[test]
fn the_commit_that_takes_the_environment_away_is_asked_about() {
    let repository = Repository::new();
    repository.git(&["rm", "-q", "-r", "."]).exits(0);
    repository.project.write("a.txt", "x");
    let answer = repository.commit_all("nothing left").exits(1);
    answer
        .says("error: no Alembic environment found in the index")
        .says("(skip once: git commit --no-verify, or ONEHEAD_SKIP=1)");
    repository.git(&["commit", "-q", "--no-verify", "-m", "nothing left"]).exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(1);
}

/// Heads behind a file that cannot be read may not be heads; but a new fork beside it is one.
#[test]
fn an_old_problem_hides_no_new_fork() {
    let repository = Repository::unguarded();
    let computed = crate::support::script_with("b", "'c'", "revision = compute()");
    repository.project.write("versions/b.py", &computed);
    repository.commit_all("computed").exits(0);
    repository.git(&["push", "-q"]).exits(0);
    repository.project.onehead(["hook", "install"]).exits(0);
    repository.revision("d", &["c"]);
    repository.commit_all("goes on, or forks: nobody can tell").exits(0);
    repository.revision("e", &["c"]);
    repository
        .commit_all("forks")
        .exits(1)
        .says("would leave 2 heads in alembic.ini\n  d  add d\n  e  add e");
    repository.git(&["commit", "-q", "--no-verify", "-m", "forks"]).exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(1).says("would leave 2 heads");
    let answer = repository.project.onehead(["check", "--new-only", "--baseline", "origin/main"]);
    answer.exits(1).shows(
        "error[multiple-heads]: the history has 2 heads, and `origin/main` has 1: `d` and `e`",
    );
}

#[test]
fn the_first_commit_of_all() {
    let repository = Repository::new();
    repository.git(&["switch", "-q", "--orphan", "fresh"]).exits(0);
    repository.project.write("alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    repository.revision("x", &[]);
    repository.revision("y", &[]);
    repository.commit_all("two bases").exits(1).says("would leave 2 heads");
    repository.revision("y", &["x"]);
    repository.commit_all("one base").exits(0).talks("");
}

#[test]
fn a_linked_worktree_has_an_index_of_its_own() {
    let repository = Repository::new();
    repository.git(&["worktree", "add", "-q", "beside", "-b", "beside"]).exits(0);
    repository.revision("d", &["c"]);
    repository.git(&["add", "versions/d.py"]).exits(0);
    let one = crate::support::script("e", &["c".to_owned()]);
    repository.project.write("beside/versions/e.py", &one);
    repository.git_in("beside", &["add", "-A"]).exits(0);
    repository.git_in("beside", &["commit", "-q", "-m", "e"]).exits(0).talks("");
    let other = crate::support::script("f", &["c".to_owned()]);
    repository.project.write("beside/versions/f.py", &other);
    repository.git_in("beside", &["add", "-A"]).exits(0);
    repository.git_in("beside", &["commit", "-q", "-m", "f"]).exits(1).says("would leave 2 heads");
}

/// Of what the baseline has just so, only the names are read: what is new is read whole all the same.
#[test]
fn a_flaw_in_a_function_is_seen_where_it_is_new() {
    let flawed = |id: &str, parent: &str| {
        let text = crate::support::script(id, &[parent.to_owned()]);
        text.replace("def upgrade():\n    pass", "def upgrade():\n    op.execute('x'")
    };
    let repository = Repository::new();
    repository.project.write("versions/d.py", &flawed("d", "c"));
    repository.commit_all("new").exits(1).says("versions/d.py").says("unreadable-script");
    repository.git(&["commit", "-q", "--no-verify", "-m", "new"]).exits(0);
    // It is still new to the baseline with the next commit, whatever that is about.
    repository.project.write("notes.txt", "x");
    repository.commit_all("unrelated").exits(1).says("unreadable-script");
    repository.git(&["push", "-q", "--no-verify", "origin", "main"]).exits(0);
    repository.commit_all("unrelated").exits(0).talks("");
    // A file that was fine is not known to be fine once it is another.
    repository.project.write("versions/c.py", &flawed("c", "a"));
    repository.commit_all("edited").exits(1).says("versions/c.py");
}

/// What is asked for more strictly from now on is new everywhere.
#[test]
fn another_configuration_judges_everything_anew() {
    let repository = Repository::new();
    repository.revision("d", &["c"]);
    let text = "[tool.onehead.rules]\nmultiple-heads = 'off'\n";
    repository.project.write("pyproject.toml", text);
    repository.revision("e", &["c"]);
    repository.commit_all("a fork that is not looked at").exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(0);
    repository.project.write("pyproject.toml", "[tool.onehead]\n");
    repository.commit_all("looked at").exits(1).says("would leave 2 heads");
}
