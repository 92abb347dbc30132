//! `pre-push`: every commit that goes out, whatever is checked out, and its merge with the baseline.

use crate::repository::Repository;
use crate::support::check;

const ZEROS: &str = "0000000000000000000000000000000000000000";

/// A branch with a fork in it, committed without asking.
fn forked(repository: &Repository, branch: &str) {
    repository.git(&["switch", "-q", "-c", branch, "main"]).exits(0);
    repository.revision("x", &["c"]);
    repository.revision("y", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
}

#[test]
fn a_fork_in_what_is_pushed() {
    let repository = Repository::new();
    forked(&repository, "feature-2");
    let answer = repository.git(&["push", "-q", "origin", "feature-2"]);
    assert_eq!(repository.on_remote("feature-2"), "");
    let text = answer.to_string();
    let text = text.split("error: failed to push").next().unwrap();
    check!(text, @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    onehead: this push would leave 2 heads in alembic.ini on feature-2
      x  add x
      y  add y

      onehead auto-merge   mend it, then push again
      onehead check        the whole story
      (skip once: git push --no-verify, or ONEHEAD_SKIP=1)
    "#);
}

#[test]
fn each_branch_of_a_push_is_judged_and_not_what_is_checked_out() {
    let repository = Repository::new();
    repository.branch("good", "main", "d", "c");
    forked(&repository, "bad");
    repository.git(&["switch", "-q", "main"]).exits(0);
    repository.git(&["push", "-q", "origin", "good"]).exits(0).talks("");
    let answer = repository.git(&["push", "-q", "origin", "good:again", "bad"]).exits(1);
    answer
        .says("onehead: this push would leave 2 heads in alembic.ini on bad\n")
        .says("git switch bad")
        .says("onehead check --ref bad");
    assert_eq!(repository.on_remote("bad"), "");
}

#[test]
fn a_tag_leads_to_a_commit() {
    let repository = Repository::new();
    forked(&repository, "bad");
    repository.git(&["tag", "-a", "-m", "one", "v1"]).exits(0);
    repository.git(&["push", "-q", "origin", "v1"]).exits(1).says("in alembic.ini on v1\n");
    // From elsewhere: `git switch` goes to no tag.
    repository.git(&["switch", "-q", "main"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "v1"]).exits(1);
    let answer = answer.says("  git switch -c mend v1 ").says("  onehead check --ref v1 ");
    assert!(!answer.stderr.contains("git switch v1"), "{answer}");
    repository.git(&["switch", "-q", "-c", "mend", "v1"]).exits(0);
    let blob = repository.git(&["rev-parse", "HEAD:alembic.ini"]).stdout;
    repository.git(&["tag", "file", blob.trim()]).exits(0);
    repository.git(&["push", "-q", "origin", "file"]).exits(0).talks("");
}

#[test]
fn a_raw_expression_is_pushed_and_judged() {
    let repository = Repository::new();
    forked(&repository, "bad");
    repository.git(&["push", "-q", "origin", "HEAD:refs/heads/zz"]).exits(1).says("on HEAD\n");
    repository.git(&["push", "-q", "origin", "HEAD~1:refs/heads/zz"]).exits(0).talks("");
}

#[test]
fn deletions_and_pushes_of_nothing_pass() {
    let repository = Repository::new();
    repository.branch("mine", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "mine"]).exits(0);
    forked(&repository, "bad");
    repository.git(&["push", "-q", "origin", ":mine"]).exits(0).talks("");
    repository.git(&["push", "-q", "origin", "main"]).exits(0).talks("");
    repository.hook(&["pre-push", "origin", "url"], "").exits(0).talks("");
}

#[test]
fn a_line_that_cannot_be_read_blocks() {
    let repository = Repository::new();
    let answer = repository.hook(&["pre-push", "origin", "url"], "what is this\n");
    check!(answer, @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: git: git gave the hook a line that cannot be read: what is this

      (skip once: git push --no-verify, or ONEHEAD_SKIP=1)
    "#);
}

#[test]
fn what_the_remote_has_already_does_not_block() {
    let repository = Repository::new();
    forked(&repository, "bad");
    repository.git(&["push", "-q", "--no-verify", "origin", "bad"]).exits(0);
    repository.project.write("notes.txt", "x");
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "unrelated"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "bad"]).exits(0);
    answer.says("onehead: not new, so it does not block: versions/y.py:6:17: multiple-heads");
    // Nor does the merge that mends it.
    repository.project.onehead(["merge"]).exits(0);
    repository.commit_all("merge").exits(0);
    repository.git(&["push", "-q", "origin", "bad"]).exits(0).talks("");
}

#[test]
fn a_forced_push_over_what_is_not_here() {
    let repository = Repository::new();
    forked(&repository, "bad");
    let gone = "1234567890123456789012345678901234567890";
    let line = format!("refs/heads/bad {} refs/heads/bad {gone}\n", repository.at("bad"));
    repository.hook(&["pre-push", "origin", "url"], &line).exits(1).says("would leave 2 heads");
}

#[test]
fn the_merge_with_the_baseline_as_last_fetched() {
    let repository = Repository::new();
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "rival:main"]).exits(0);
    repository.branch("mine", "main", "e", "c");
    repository.git(&["fetch", "-q"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]);
    let text = answer.to_string();
    let text = text.split("error: failed to push").next().unwrap();
    check!(text, @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    onehead: merging mine with origin/main (as last fetched just now) would leave 2 heads in alembic.ini
      d  add d
      e  add e

      git merge --no-commit origin/main                     bring the other side here
      onehead rebase && git add -A versions && git commit   put yours on top, then push again
      onehead check --merge-with origin/main                the whole story
      (skip once: git push --no-verify, or ONEHEAD_SKIP=1)
    "#);
    assert_eq!(repository.on_remote("mine"), "");
    // By configuration it is a warning.
    let warning = "[tool.onehead.rules]\nfork-on-merge = 'warning'\n";
    repository.project.write("pyproject.toml", warning);
    repository.commit_all("configure").exits(0);
    repository.git(&["push", "-q", "origin", "mine"]).exits(0).talks("");
}

#[test]
fn one_id_on_both_sides_is_seen_before_the_merge() {
    let repository = Repository::new();
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "rival:main"]).exits(0);
    repository.git(&["switch", "-q", "-c", "mine", "main"]).exits(0);
    let copy = crate::support::script("d", &["c".to_owned()]);
    repository.project.write("versions/d_too.py", &copy);
    repository.commit_all("d once more").exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(1);
    answer.says("would bring 1 problem").says("duplicate-revision");
}

#[test]
fn a_conflict_that_git_will_stop_at_is_left_to_git() {
    let repository = Repository::new();
    for (name, text) in [("rival", "theirs"), ("mine", "ours")] {
        repository.git(&["switch", "-q", "-c", name, "main"]).exits(0);
        repository.project.write("versions/c.py", &crate::support::script_with("c", "'a'", text));
        repository.commit_all(name).exits(0);
    }
    repository.git(&["push", "-q", "--no-verify", "origin", "rival:main"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(0);
    answer.talks("onehead: the merge with origin/main will stop at a conflict in versions/c.py; judge what comes of it\n");
}

/// git merges both sides without a word, and what comes of it is no Python.
#[test]
fn what_a_clean_merge_breaks_is_seen_before_it() {
    let repository = Repository::new();
    let text = |first: &str, middle: &str, last: &str| {
        let gap = "# one\n# two\n# three\n# four\n";
        let more = format!("{first}\n{gap}{middle}{gap}{last}\n");
        crate::support::script_with("c", "'a'", &more)
    };
    let write = |name: &str, text: &str| {
        repository.project.write("versions/c.py", text);
        repository.commit_all(name).exits(0);
    };
    write("room", &text("x = (3", "", ")"));
    repository.git(&["push", "-q", "origin", "main"]).exits(0);
    repository.git(&["switch", "-q", "-c", "rival", "main"]).exits(0);
    write("rival", &text("x = 3", "", "y = 1"));
    repository.git(&["switch", "-q", "-c", "mine", "main"]).exits(0);
    write("mine", &text("x = (3", ".real\n", ")"));
    repository.git(&["push", "-q", "--no-verify", "origin", "rival:main"]).exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(1);
    answer
        .says("would bring 1 problem\n  versions/c.py:")
        .says("unreadable-script not valid Python");
}

#[test]
fn a_conflict_in_what_does_not_matter_here() {
    let repository = Repository::new();
    let text = |version: u32| {
        format!(
            "[project]\nname = 'x'\nversion = '{version}'\n\n[tool.onehead]\nallow-squash = false\n"
        )
    };
    repository.project.write("pyproject.toml", &text(1));
    repository.commit_all("project").exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(0);
    for (name, version, id) in [("rival", 2, "d"), ("mine", 3, "e")] {
        repository.git(&["switch", "-q", "-c", name, "main"]).exits(0);
        repository.project.write("pyproject.toml", &text(version));
        repository.revision(id, &["c"]);
        repository.commit_all(name).exits(0);
    }
    repository.git(&["push", "-q", "--no-verify", "origin", "rival:main"]).exits(0);
    repository.git(&["push", "-q", "origin", "mine"]).exits(1).says("would leave 2 heads");
    repository.project.onehead(["check", "--merge-with", "rival"]).exits(1).shows("fork-on-merge");
    // A conflict in what decides how it is judged is for git to stop at.
    let other = text(3).replace("false", "true");
    repository.project.write("pyproject.toml", &other);
    repository.commit_all("other").exits(0);
    let answer = repository.git(&["push", "-q", "origin", "mine"]).exits(0);
    answer.talks(
        "onehead: not judged as merged with origin/main: there is a conflict in pyproject.toml\n",
    );
    repository.project.onehead(["check", "--merge-with", "rival"]).exits(2);
}

#[test]
fn what_git_cannot_tell_blocks() {
    let repository = Repository::new();
    let line = format!("refs/heads/x {} refs/heads/x {ZEROS}\n", "1".repeat(40));
    let answer = repository.hook(&["pre-push", "origin", "url"], &line).exits(2);
    answer.says("error: git: git does not have 1111").says("(skip once: git push --no-verify");
    let told = [("PRE_COMMIT", "1"), ("PRE_COMMIT_TO_REF", "deadbeef")];
    repository.hook_with(&told, &["pre-push"], "").exits(2);
}

#[test]
fn a_published_problem_that_the_remote_has_is_old() {
    let repository = Repository::new();
    repository.git(&["switch", "-q", "-c", "mine"]).exits(0);
    repository.revision("a", &["nowhere"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "changed"]).exits(0);
    repository.git(&["push", "-q", "origin", "mine"]).exits(1).says("published-revision-changed");
    repository.git(&["push", "-q", "--no-verify", "origin", "mine"]).exits(0);
    repository.project.write("notes.txt", "x");
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "unrelated"]).exits(0);
    repository.git(&["push", "-q", "origin", "mine"]).exits(0).says("not new");
}

#[test]
fn a_branch_that_is_gone_on_the_remote_excuses_nothing() {
    let repository = Repository::new();
    forked(&repository, "bad");
    repository.git(&["push", "-q", "--no-verify", "origin", "bad"]).exits(0);
    let line = format!("refs/heads/bad {} refs/heads/bad {ZEROS}\n", repository.at("bad"));
    repository.hook(&["pre-push", "origin", "url"], &line).exits(1).says("would leave 2 heads");
}

#[test]
fn a_git_that_cannot_merge_without_a_working_tree_says_so() {
    let repository = Repository::new();
    repository.branch("rival", "main", "d", "c");
    repository.git(&["push", "-q", "origin", "rival:main"]).exits(0);
    repository.branch("mine", "main", "e", "c");
    let stand_in = "#!/bin/sh\nfor word; do case $word in\n  merge-tree) echo 'usage: git merge-tree' >&2; exit 129 ;;\n  \
                    version) echo 'git version 2.30.2'; exit ;;\nesac; done\nexec \"$REAL_GIT\" \"$@\"\n";
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("git");
    std::fs::write(&program, stand_in).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let path = std::env::var("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|folder| folder.join("git"));
    let real = real.into_iter().find(|git| git.is_file()).unwrap();
    let path = format!("{}:{path}", folder.path().display());
    let line = format!("refs/heads/mine {} refs/heads/mine {ZEROS}\n", repository.at("mine"));
    let variables = [("PATH", path.as_str()), ("REAL_GIT", real.to_str().unwrap())];
    let answer = repository.hook_with(&variables, &["pre-push", "origin", "url"], &line);
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    onehead: not judged as merged with origin/main: git 2.30 cannot compute a merge without a working tree (2.38 can)
    "#);
}

#[test]
fn the_framework_tells_of_one_ref_in_its_variables() {
    let repository = Repository::new();
    forked(&repository, "bad");
    let (old, new) = (repository.at("main"), repository.at("bad"));
    let framework = [("PRE_COMMIT", "1"), ("PRE_COMMIT_REMOTE_NAME", "origin")];
    let run = |more: &[(&str, &str)]| {
        let variables: Vec<_> = framework.iter().chain(more).copied().collect();
        repository.hook_with(&variables, &["pre-push"], "")
    };
    run(&[("PRE_COMMIT_FROM_REF", &old), ("PRE_COMMIT_TO_REF", &new)]).exits(1);
    // On the first push of a whole tree there is no more than this.
    run(&[("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/bad")]).exits(1).says("on bad\n");
    run(&[("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")]).exits(0).talks("");
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let repository = Repository::new();
    repository.project.write("pyproject.toml", "[tool.onehead.pre-push]\noffer = true\n");
    repository.commit_all("configure").exits(0);
    forked(&repository, "bad");
    let head = repository.at("HEAD");
    let answer = repository.git(&["push", "-q", "origin", "bad"]).exits(1);
    assert!(!answer.stderr.contains("(y/N)"), "{answer}");
    assert_eq!(repository.at("HEAD"), head);
}

#[test]
fn a_repository_of_long_names() {
    let repository = Repository::unguarded();
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().display().to_string();
    repository.git(&["init", "-q", "--object-format=sha256", "-b", "main", "long"]).exits(0);
    repository.git(&["init", "-q", "--bare", "--object-format=sha256", "-b", "main", &address]);
    for (path, text) in repository.project.files() {
        if path == "alembic.ini" || path.starts_with("versions/") {
            repository.project.write(&format!("long/{path}"), &text);
        }
    }
    let git = |arguments: &[&str]| repository.git_in("long", arguments);
    git(&["add", "-A"]).exits(0);
    git(&["commit", "-q", "-m", "base"]).exits(0);
    repository.project.onehead_in("long", ["hook", "install"]).exits(0);
    git(&["remote", "add", "origin", &address]).exits(0);
    git(&["push", "-q", "-u", "origin", "main"]).exits(0).talks("");
    for id in ["x", "y"] {
        let text = crate::support::script(id, &["c".to_owned()]);
        repository.project.write(&format!("long/versions/{id}.py"), &text);
    }
    git(&["add", "-A"]).exits(0);
    git(&["commit", "-q", "-m", "fork"]).exits(1).says("would leave 2 heads");
    git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    git(&["push", "-q", "origin", "main"]).exits(1).says("would leave 2 heads");
}
