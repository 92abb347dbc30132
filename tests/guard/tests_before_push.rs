//! `test-command`: the team's own tests, when nothing was found.

use crate::repository::Repository;

fn with_command(command: &str) -> Repository {
    let repository = Repository::new();
    let text = format!("[tool.onehead.pre-push]\ntest-command = {command}\n");
    repository.project.write("pyproject.toml", &text);
    repository.commit_all("configure").exits(0);
    repository
}

#[test]
fn its_output_is_passed_through_and_its_failure_blocks() {
    let repository = with_command("'echo testing; exit 3'");
    let answer = repository.git(&["push", "-q", "origin", "main"]).exits(1);
    answer
        .says("testing\n")
        .says("onehead: the test command failed (exit status 3), so nothing is pushed:   echo testing; exit 3\n")
        .says("(skip once: git push --no-verify, or ONEHEAD_SKIP=1)");
    assert_ne!(repository.on_remote("main"), repository.at("main"));
    let repository = with_command("['sh', '-c', 'echo fine']");
    repository.git(&["push", "-q", "origin", "main"]).exits(0).says("fine\n");
}

#[test]
fn it_runs_only_when_nothing_was_found() {
    let repository = with_command("'echo testing'");
    repository.revision("x", &["c"]);
    repository.revision("y", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "main"]).exits(1);
    assert!(!answer.stderr.contains("testing"), "{answer}");
    // Nor when there is nothing to push.
    repository.hook(&["pre-push", "origin", "url"], "").exits(0).talks("");
}

/// A test suite that makes repositories would otherwise write into this one: git tells its hooks which repository is meant.
#[test]
fn it_is_told_nothing_of_this_repository() {
    let repository =
        with_command("'echo dir=${GIT_DIR-none}; cat; pwd; git -C \"$HOME\" rev-parse --git-dir'");
    repository.git(&["worktree", "add", "-q", "-b", "beside", "beside"]).exits(0);
    let text = crate::support::script("d", &["c".to_owned()]);
    repository.project.write("beside/versions/d.py", &text);
    repository.git_in("beside", &["add", "-A"]).exits(0);
    repository.git_in("beside", &["commit", "-q", "-m", "d"]).exits(0);
    let answer = repository.git_in("beside", &["push", "-q", "origin", "beside"]).exits(1);
    answer.says("dir=none\n[PROJECT]/beside\n").says("not a git repository");
}

#[test]
fn it_says_when_the_tests_see_something_else() {
    let repository = with_command("'true'");
    repository.branch("mine", "main", "d", "c");
    repository.git(&["switch", "-q", "main"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(0);
    answer.talks(
        "onehead: the test command sees the working tree, and what is pushed is not checked out\n",
    );
    repository.project.write("versions/c.py", &crate::support::script("c", &["a".to_owned()]));
    repository.project.write("alembic.ini", "# a comment\n[alembic]\nscript_location = %(here)s\n");
    let answer = repository.git(&["push", "-q", "origin", "main"]).exits(0);
    answer.talks(
        "onehead: the test command sees the working tree, and there are changes that are not committed\n",
    );
}

#[test]
fn a_command_that_cannot_be_started_blocks() {
    let repository = with_command("['no-such-program-here']");
    let answer = repository.git(&["push", "-q", "origin", "main"]).exits(1);
    answer.says("onehead: the test command could not be started: ");
}

#[test]
fn a_configuration_that_cannot_be_read_blocks() {
    let repository = with_command("'false'");
    repository.git(&["push", "-q", "origin", "main"]).exits(1);
    repository.project.write("pyproject.toml", "[tool.onehead.pre-push\n");
    let answer = repository.git(&["push", "-q", "origin", "main"]).exits(1);
    answer.says("error: pyproject.toml").says("(skip once: git push --no-verify");
}
