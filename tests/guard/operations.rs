//! Which hooks git runs in which operation, and that what they judge is what the operation makes: a row of
//! `githooks(5)` each, seen with the installed git.

use crate::repository::Repository;

/// The repository with a rival on `main` and one revision on `mine`, checked out.
fn parted() -> Repository {
    let repository = Repository::new();
    repository.branch("mine", "main", "e", "c");
    repository.branch("rival", "main", "d", "c");
    repository.git(&["switch", "-q", "mine"]).exits(0);
    repository
}

#[test]
fn a_clean_merge_is_stopped_before_it_is_committed() {
    let repository = parted();
    let head = repository.at("HEAD");
    let answer = repository.git(&["merge", "-q", "--no-edit", "rival"]).exits(1);
    answer
        .says("onehead: this merge would leave 2 heads in alembic.ini\n  d  add d\n  e  add e\n")
        .says("git merge --abort")
        .says("(skip once: git commit --no-verify, or ONEHEAD_SKIP=1)");
    assert_eq!(repository.at("HEAD"), head);
    repository.at("MERGE_HEAD");
    // `git commit` then runs the other hook, with the merge still in progress.
    repository.git(&["commit", "-q", "--no-edit"]).exits(1).says("this commit would leave 2 heads");
    repository.project.onehead(["rebase"]).exits(0);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(0).talks("");
}

#[test]
fn an_octopus_merge_is_judged_whole() {
    let repository = Repository::new();
    repository.branch("one", "main", "d", "c");
    repository.branch("two", "main", "e", "c");
    repository.git(&["switch", "-q", "main"]).exits(0);
    let answer = repository.git(&["merge", "-q", "--no-edit", "one", "two"]);
    answer.exits(1).says("would leave 2 heads");
}

#[test]
fn a_fast_forward_has_nothing_to_judge() {
    let repository = parted();
    repository.git(&["switch", "-q", "main"]).exits(0);
    repository.git(&["merge", "-q", "rival"]).exits(0).talks("");
}

#[test]
fn a_squashed_merge_is_judged_by_the_commit_that_ends_it() {
    let repository = parted();
    repository.git(&["merge", "-q", "--squash", "rival"]).exits(0);
    repository.git(&["commit", "-q", "-m", "squashed"]).exits(1).says("would leave 2 heads");
}

/// The very case that no check of either side can see, and that a conflict elsewhere hides from `pre-merge-commit`.
#[test]
fn a_conflicted_merge_is_judged_by_the_commit_that_ends_it() {
    let repository = Repository::new();
    for (name, id) in [("mine", "e"), ("rival", "d")] {
        repository.git(&["switch", "-q", "-c", name, "main"]).exits(0);
        repository.project.write("notes.txt", id);
        repository.revision(id, &["c"]);
        repository.commit_all(id).exits(0);
    }
    repository.git(&["merge", "-q", "--no-edit", "mine"]).exits(1);
    // Before the conflict is resolved, the migrations can be judged all the same.
    repository.project.onehead(["check", "--staged"]).exits(1).shows("the history has 2 heads");
    repository.project.write("notes.txt", "both");
    repository.git(&["add", "notes.txt"]).exits(0);
    let answer = repository.git(&["commit", "-q", "--no-edit"]).exits(1);
    answer.says("onehead: this commit would leave 2 heads in alembic.ini");
}

/// git runs no `pre-commit` for a clean cherry-pick, revert or `git am`: the push is where it is seen.
#[test]
fn what_git_commits_without_asking_is_seen_at_the_push() {
    let repository = parted();
    repository.git(&["cherry-pick", "rival"]).exits(0);
    repository
        .git(&["push", "-q", "origin", "mine"])
        .exits(1)
        .says("this push would leave 2 heads");
    repository.git(&["reset", "-q", "--hard", "HEAD~1"]).exits(0);
    let patch = repository.git(&["format-patch", "--stdout", "-1", "rival"]).exits(0).stdout;
    repository.project.write("rival.patch", &patch);
    repository.git(&["am", "-q", "rival.patch"]).exits(0);
    repository
        .git(&["push", "-q", "origin", "mine"])
        .exits(1)
        .says("this push would leave 2 heads");
}

/// So does a rebase: each commit is replayed without `pre-commit`.
#[test]
fn a_rebase_is_seen_at_the_push() {
    let repository = parted();
    repository.git(&["rebase", "-q", "rival"]).exits(0);
    repository
        .git(&["push", "-q", "origin", "mine"])
        .exits(1)
        .says("this push would leave 2 heads");
    repository.project.onehead(["rebase", "--onto", "d", "e"]).exits(0);
    repository.commit_all("mended").exits(0);
    repository.git(&["push", "-q", "origin", "mine"]).exits(0);
}

#[test]
fn a_push_that_is_only_tried_is_judged_as_well() {
    let repository = Repository::new();
    repository.branch("mine", "main", "d", "c");
    repository.revision("e", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    repository.git(&["push", "-q", "--dry-run", "origin", "mine"]).exits(1);
    repository.git(&["push", "-q", "--no-verify", "origin", "mine"]).exits(0);
}

#[test]
fn an_empty_commit_is_fine() {
    let repository = Repository::new();
    repository.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]).exits(0).talks("");
}

/// While the working tree has only our side, nothing is written; once git has brought the other side, it is mended.
#[test]
fn a_merge_is_mended_where_both_sides_are() {
    let repository = parted();
    let before = repository.project.files();
    let answer = repository.project.onehead(["check", "--merge-with", "rival", "--fix"]).exits(1);
    answer
        .shows("error[fork-on-merge]")
        .says("error: nothing was written: `d` is not in the working tree\n")
        .says("git merge --no-commit rival   then:   onehead check --fix\n");
    assert_eq!(repository.project.files(), before);
    repository.git(&["merge", "-q", "--no-commit", "rival"]).exits(0);
    repository.project.onehead(["check", "--merge-with", "rival", "--fix"]).exits(0);
    repository.project.onehead(["heads"]).exits(0);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(0).talks("");
}
