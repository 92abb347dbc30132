//! `check --fix` on what differs from the baseline, end to end with git: set back to the byte, moved, or left as it is.

use crate::published_rules::{ITEMS, commit, feature, found};
use crate::support::{Answer, Project, check, script};

#[track_caller]
fn read(project: &Project, file: &str) -> String {
    project.files().remove(file).unwrap_or_else(|| panic!("{file} is not there"))
}

/// What `check --fix` answers, after which the files are those of `main` and nothing is found.
#[track_caller]
fn fixed(project: &Project) -> Answer {
    let before = project.files();
    let answer = project.onehead(["check", "--diff"]).exits(1);
    assert!(answer.stdout.contains("+++ "), "{answer}");
    assert_eq!(project.files(), before);
    let answer = project.onehead(["check", "--fix"]).exits(0);
    project.git(["add", "-A"]);
    assert_eq!(project.git_says(["diff", "--cached", "main", "--stat"]), "");
    assert_eq!(found(project), "");
    answer
}

#[test]
fn a_deleted_revision_is_brought_back() {
    let project = feature();
    project.git(["rm", "-q", "versions/b.py"]);
    project.git(["rm", "-q", "versions/c.py"]);
    commit(&project);
    check!(fixed(&project), @"
    exit_code: 0
    ----- stdout -----
    brought back: versions/b.py
    brought back: versions/c.py
    wrote versions/b.py
    wrote versions/c.py
    1 head: c

    Next:   git add versions/b.py versions/c.py && git commit -m 'Restore published migrations'
    ----- stderr -----
    1 head, 3 revisions, no problems (alembic.ini)
    ");
    assert_eq!(read(&project, "versions/b.py"), ITEMS);
}

#[test]
fn what_followed_a_deleted_revision_has_its_parent_again() {
    let project = feature();
    project.git(["rm", "-q", "versions/b.py"]);
    commit(&project);
    assert_eq!(found(&project), "missing-parent published-revision-deleted");
    fixed(&project);
}

#[test]
fn what_lies_in_the_place_of_a_deleted_file_stays() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    commit(&project);
    project.write("versions/c.py/notes.txt", "mine");
    let before = project.files();
    let answer = project.onehead(["check", "--fix"]).exits(1);
    answer.says("versions/c.py is not brought back: something else lies there");
    assert_eq!(project.files(), before);
}

#[test]
fn what_was_committed_over_a_published_file_is_set_back() {
    let project = feature();
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float").replace('\n', "\r\n"));
    commit(&project);
    check!(fixed(&project), @"
    exit_code: 0
    ----- stdout -----
    set back to what is published: versions/b.py
    edited versions/b.py
    1 head: c

    Next:   git add versions/b.py && git commit -m 'Restore published migrations'
    ----- stderr -----
    1 head, 3 revisions, no problems (alembic.ini)
    ");
    assert_eq!(read(&project, "versions/b.py"), ITEMS);
}

#[test]
fn another_parent_and_another_id_are_set_back() {
    let project = feature();
    project.write("versions/b.py", &ITEMS.replace("'b'", "'z'"));
    project.write("versions/c.py", &script("c", &["z".into()]));
    commit(&project);
    fixed(&project);
}

#[test]
fn what_would_leave_an_orphan_is_left_and_the_rest_is_not() {
    let project = feature();
    project.write("versions/c.py", &script("z", &["b".into()]));
    project.write("versions/x.py", &script("x", &["z".into()]));
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
    commit(&project);
    check!(project.onehead(["check", "--fix"]), @"
    exit_code: 1
    ----- stdout -----
    set back to what is published: versions/b.py
    edited versions/b.py
    1 head: x

    Next:   git add versions/b.py && git commit -m 'Restore published migrations'
    error[published-revision-changed]: the published `c` is called `z` here
     --> versions/c.py:5:12
      |
    5 | revision = 'z'
      |            ^^^ on `origin/main`: `c`
      |
      = note: a database that stands at it cannot be used any more: every alembic command stops with `Can't locate revision identified by 'c'`
      = help: set the file back to what is published:   onehead check --fix
      = help: what is to change goes into a new revision

    ----- stderr -----
    note: versions/c.py is left as it is: set back to what is published, it would break the history
    1 error in 4 revisions (alembic.ini)
    ");
    assert_eq!(read(&project, "versions/b.py"), ITEMS);
}

#[test]
fn what_was_put_below_is_moved_on_top() {
    let project = feature();
    project.write("versions/x.py", &script("x", &["b".into()]));
    project.write("versions/c.py", &script("c", &["x".into()]));
    commit(&project);
    check!(project.onehead(["check", "--fix"]), @"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from b onto c (head of origin/main):
      x  add x   follows c
    set back to what is published: versions/c.py
    edited versions/c.py
    edited versions/x.py
    1 head: x

    Databases that have already run c as they were on this branch would run x again.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge x && alembic upgrade head

    Next:   git add versions/c.py versions/x.py && git commit -m 'Rebase migrations onto c'
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    ");
    assert_eq!(project.git_says(["diff", "main", "--stat", "--", "versions/c.py"]), "");
    assert_eq!(found(&project), "");
}

#[test]
fn what_is_not_committed_is_not_thrown_away() {
    let project = feature();
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
    let before = project.files();
    check!(project.onehead(["check", "--fix", "--strict"]), @"
    exit_code: 1
    ----- stdout -----
    warning[published-operations-changed]: upgrade() of the published `b` is not what it is on `origin/main`
      --> versions/b.py:24:5
       |
    24 |     op.create_table('items', sa.Column('id', sa.Float()), name())
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = note: databases that have run it do not run it again: they and new ones will not be alike
       = help: set the file back to what is published:   onehead check --fix
       = help: what is to change goes into a new revision

    ----- stderr -----
    note: versions/b.py holds changes that are not committed, and is left as it is: commit them first, or give them up with `git restore --source origin/main -- versions/b.py`
    1 warning in 3 revisions (alembic.ini)
    ");
    assert_eq!(project.files(), before);
    project.git(["add", "-A"]);
    project.onehead(["check", "--fix"]);
    assert_eq!(project.files(), before);
}

#[test]
fn a_new_revision_beside_what_is_brought_back_is_joined_with_it() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    project.write("versions/d.py", &script("d", &["b".into()]));
    commit(&project);
    let answer = project.onehead(["check", "--fix", "--strategy", "rebase"]).exits(0);
    answer.shows("brought back: versions/c.py").shows("moved 1 revision from b onto c");
    assert!(read(&project, "versions/d.py").contains("down_revision = 'c'"));
}

#[test]
fn what_git_was_told_not_to_look_at_is_not_thrown_away() {
    for mark in ["--assume-unchanged", "--skip-worktree"] {
        let project = feature();
        project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
        commit(&project);
        project.git(["update-index", mark, "versions/b.py"]);
        project.write("versions/b.py", &ITEMS.replace("Integer", "Text"));
        assert_eq!(project.git_says(["status", "--porcelain"]), "");
        let before = project.files();
        let answer = project.onehead(["check", "--fix"]);
        answer
            .says("note: versions/b.py holds changes that are not committed, and is left as it is");
        assert_eq!(project.files(), before, "{mark}");
        project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
        project.onehead(["check", "--fix"]).exits(0);
        assert_eq!(read(&project, "versions/b.py"), ITEMS, "{mark}");
    }
}

#[test]
fn what_git_stores_with_other_line_endings_is_committed_all_the_same() {
    let project = feature();
    project.git(["config", "core.autocrlf", "true"]);
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float").replace('\n', "\r\n"));
    commit(&project);
    project.onehead(["check", "--fix"]).exits(0).shows("set back to what is published");
}
