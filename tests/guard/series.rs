//! In the middle of a rebase or of several picks, a fork of the commit between is a warning; everything else, and
//! everything that is the last word, blocks.

use crate::repository::Repository;

/// `mine` has two commits: the second puts what the first adds where it belongs.
fn two_steps() -> Repository {
    let repository = Repository::new();
    repository.branch("rival", "main", "d", "c");
    repository.branch("mine", "main", "e", "c");
    repository.revision("e", &["d"]);
    repository.revision("d", &["c"]);
    repository.commit_all("put e on top of d").exits(0);
    repository
}

#[test]
fn a_fork_between_two_commits_of_a_rebase_is_a_warning() {
    let repository = two_steps();
    let editor = [("GIT_SEQUENCE_EDITOR", "sed -i -e '1s/^pick/edit/'")];
    // Stops after the first commit, on top of `d`: `e` is a second head there.
    repository.git_with(&editor, &["rebase", "-q", "-i", "rival"]).exits(0);
    let answer = repository.git(&["commit", "-q", "--amend", "--no-edit"]).exits(0);
    answer
        .says("onehead: warning: versions/e.py:6:17: multiple-heads")
        .says("a rebase is in progress");
    repository.broken("x");
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--amend", "--no-edit"]).exits(1).says("would bring");
}

#[test]
fn a_single_pick_that_is_concluded_by_hand_blocks() {
    let repository = Repository::new();
    for (name, id) in [("rival", "d"), ("mine", "e")] {
        repository.git(&["switch", "-q", "-c", name, "main"]).exits(0);
        repository.project.write("notes.txt", id);
        repository.revision(id, &["c"]);
        repository.commit_all(id).exits(0);
    }
    repository.git(&["cherry-pick", "rival"]).exits(1);
    repository.project.write("notes.txt", "both");
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(1).says("this commit would leave 2 heads");
}

#[test]
fn the_first_of_several_picks_is_a_warning_and_the_last_blocks() {
    let repository = Repository::new();
    repository.git(&["switch", "-q", "-c", "rival", "main"]).exits(0);
    for id in ["d", "f"] {
        repository.project.write(&format!("{id}.txt"), id);
        repository.revision(id, &[if id == "d" { "c" } else { "d" }]);
        repository.commit_all(id).exits(0);
    }
    repository.git(&["switch", "-q", "-c", "mine", "main"]).exits(0);
    for id in ["d", "f"] {
        repository.project.write(&format!("{id}.txt"), "mine");
    }
    repository.revision("e", &["c"]);
    repository.commit_all("mine").exits(0);
    repository.git(&["cherry-pick", "rival~1", "rival"]).exits(1);
    repository.git(&["add", "-A"]).exits(0);
    let answer = repository.git(&["commit", "-q", "--no-edit"]).exits(0);
    answer.says("a cherry-pick is in progress");
    repository.git(&["cherry-pick", "--continue"]).exits(1);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(1).says("this commit would leave 2 heads");
}

#[test]
fn a_bisection_is_no_series() {
    let repository = Repository::new();
    repository.branch("mine", "main", "d", "c");
    repository.git(&["bisect", "start"]).exits(0);
    repository.revision("e", &["c"]);
    repository.commit_all("fork").exits(1).says("this commit would leave 2 heads");
}
