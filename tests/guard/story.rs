//! The whole story, as it happened to somebody: twice.

use crate::repository::Repository;

/// Two branches from one parent, both fine alone; the second is stopped before the push, mended, and pushed.
#[test]
fn the_second_branch_is_stopped_before_the_push() {
    let repository = Repository::new();
    repository.branch("carts", "main", "d", "c");
    repository.branch("labels", "main", "e", "c");
    for branch in ["carts", "labels"] {
        repository.project.onehead(["check", "--ref", branch]).exits(0);
    }
    repository.git(&["push", "-q", "origin", "carts"]).exits(0).talks("");
    // The first one lands.
    repository.git(&["push", "-q", "origin", "carts:main"]).exits(0).talks("");
    let answer = repository.git(&["push", "-q", "origin", "labels"]).exits(1);
    answer.says("would leave 2 heads in alembic.ini");
    // What the hook says to do.
    repository.git(&["merge", "-q", "--no-commit", "origin/main"]).exits(0);
    repository.project.onehead(["rebase"]).exits(0);
    repository.git(&["add", "-A", "versions"]).exits(0);
    repository.git(&["commit", "-q", "--no-edit"]).exits(0).talks("");
    repository.git(&["push", "-q", "origin", "labels"]).exits(0).talks("");
    repository.git(&["push", "-q", "origin", "labels:main"]).exits(0).talks("");
    repository.project.onehead(["heads", "--ref", "origin/main"]).exits(0).prints("e (head)\n");
}

/// Both landed, nobody looked, and continuous integration is red.
#[test]
fn both_landed_and_auto_merge_mends_it() {
    let repository = Repository::unguarded();
    repository.branch("carts", "main", "d", "c");
    repository.branch("labels", "main", "e", "c");
    repository.git(&["switch", "-q", "main"]).exits(0);
    for branch in ["carts", "labels"] {
        repository.git(&["merge", "-q", "--no-ff", "--no-edit", branch]).exits(0);
        repository.git(&["push", "-q", "origin", "main"]).exits(0);
    }
    repository.project.onehead(["check"]).exits(1).shows("the history has 2 heads: `d` and `e`");
    repository.project.onehead(["auto-merge", "--yes"]).exits(0).says("2 heads in alembic.ini");
    repository.project.onehead(["check", "--ref", "HEAD"]).exits(0);
    repository.project.onehead(["hook", "install"]).exits(0);
    repository.git(&["push", "-q", "origin", "main"]).exits(0).talks("");
    let heads = repository.project.onehead(["heads", "--ref", "origin/main"]).exits(0).stdout;
    assert_eq!(heads.lines().count(), 1, "{heads}");
}
