//! What differs from the baseline, end to end with git: revisions that were changed, deleted, squashed or put below what
//! is published, and what is none of that.

use crate::support::{Project, check};

/// A migration of items, as Alembic's template writes it.
pub const ITEMS: &str = "\
\"\"\"create items

Revision ID: b
Revises: a
Create Date: 2026-11-19 10:00:00.000000

\"\"\"
from alembic import op
import sqlalchemy as sa

revision = 'b'
down_revision = 'a'
branch_labels = None
depends_on = None

SIZE = 30


def name():
    return sa.Column('name', sa.String(SIZE))


def upgrade():
    op.create_table('items', sa.Column('id', sa.Integer()), name())


def downgrade():
    op.drop_table('items')
";

/// `a <- b <- c` on `main`, which is published, and a branch `feature` that begins there; `b` is [`ITEMS`].
pub fn feature() -> Project {
    let project = Project::new().history("a <- b <- c");
    project.write("versions/b.py", ITEMS);
    project.git(["init", "-q", "-b", "main"]);
    commit(&project);
    publish(&project);
    project.git(["checkout", "-q", "-b", "feature"]);
    project
}

pub fn commit(project: &Project) {
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "x"]);
}

/// Makes what is checked out what the remote has as its default branch.
pub fn publish(project: &Project) {
    project.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
}

/// What `check` finds, by rule.
pub fn found(project: &Project) -> String {
    project.onehead(["check", "--format", "json"]).rules().join(" ")
}

/// What is found where `b` holds this text.
fn with_items(text: &str) -> String {
    let project = feature();
    project.write("versions/b.py", text);
    found(&project)
}

#[test]
fn nothing_changed_is_no_finding() {
    let project = feature();
    project.write("versions/d.py", &crate::support::script("d", &["c".into()]));
    check!(project.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    ");
}

#[test]
fn another_look_is_no_other_migration() {
    for text in [
        ITEMS.replace('\'', "\""),
        ITEMS.replace('\n', "\r\n"),
        ITEMS.replace(
            "op.drop_table('items')",
            "# gone\n    op.drop_table(\n        'items',\n    )",
        ),
        ITEMS.replace("def upgrade():\n", "def upgrade() -> None:\n    \"\"\"Makes items.\"\"\"\n"),
        ITEMS.replace("create items", "create the table of items"),
        ITEMS.replace("revision = 'b'", "revision: str = 'b'  # noqa"),
        ITEMS.replace("branch_labels = None\n", "").replace("'a'\ndep", "('a',)\ndep"),
        ITEMS.replace("SIZE = 30", "SIZE = 30\nOTHER = 40"),
    ] {
        assert_ne!(text, ITEMS);
        assert_eq!(with_items(&text), "", "{text}");
    }
}

#[test]
fn another_type_of_a_column_is_a_warning() {
    let project = feature();
    project.write("versions/b.py", &ITEMS.replace("sa.Integer()", "sa.BigInteger()"));
    check!(project.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    warning[published-operations-changed]: upgrade() of the published `b` is not what it is on `origin/main`
      --> versions/b.py:24:5
       |
    24 |     op.create_table('items', sa.Column('id', sa.BigInteger()), name())
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = note: databases that have run it do not run it again: they and new ones will not be alike
       = help: set the file back to what is published:   onehead check --fix
       = help: what is to change goes into a new revision

    ----- stderr -----
    1 warning in 3 revisions (alembic.ini)
    ");
    project.onehead(["check", "--strict"]).exits(1);
    commit(&project);
    assert_eq!(found(&project), "published-operations-changed");
}

#[test]
fn what_a_function_uses_counts() {
    let changed = "published-operations-changed";
    assert_eq!(with_items(&ITEMS.replace("sa.String(SIZE)", "sa.Text()")), changed);
    assert_eq!(with_items(&ITEMS.replace("SIZE = 30", "SIZE = 31")), changed);
    assert_eq!(with_items(&ITEMS.replace("import sqlalchemy as sa", "import sa")), changed);
    assert_eq!(with_items(&ITEMS.replace("op.drop_table('items')", "pass")), changed);
}

#[test]
fn a_file_that_is_broken_here_is_one_finding() {
    assert_eq!(with_items(&ITEMS.replace("sa.Integer()", "sa.Integer(")), "unreadable-script");
}

#[test]
fn a_file_that_is_broken_there_cannot_be_compared() {
    let project = feature();
    project.git(["checkout", "-q", "main"]);
    project.write("versions/b.py", &ITEMS.replace("op.drop_table('items')", "print 'gone'"));
    commit(&project);
    publish(&project);
    project.git(["checkout", "-q", "-B", "feature"]);
    project.write("versions/b.py", ITEMS);
    project.onehead(["check", "--format", "concise"]).exits(0).shows(
        "it cannot be told whether the published `b` still does what it does on `origin/main`",
    );
}

#[test]
fn what_was_edited_on_main_is_no_change_of_ours() {
    let project = feature();
    project.git(["checkout", "-q", "main"]);
    let there = ITEMS
        .replace("sa.Integer()", "sa.BigInteger()")
        .replace("labels = None", "labels = ('l',)");
    project.write("versions/b.py", &there);
    commit(&project);
    publish(&project);
    project.git(["checkout", "-q", "feature"]);
    // As it was when the branch left, as it is there, and as neither has it.
    assert_eq!(found(&project), "");
    project.write("versions/b.py", &there);
    assert_eq!(found(&project), "");
    project.write("versions/b.py", &ITEMS.replace("sa.Integer()", "sa.SmallInteger()"));
    assert_eq!(found(&project), "published-operations-changed");
}

#[test]
fn a_label_from_another_module_is_known_on_both_sides() {
    let project = Project::new();
    project.write("alembic.ini", "[alembic]\nscript_location = .\nprepend_sys_path = .\n");
    project.write("lines.py", "EXPAND = 'expand'\nCONTRACT = 'contract'\n");
    let with = |label: &str, more: &str| {
        let more = format!("from lines import {label}\nbranch_labels = ({label},)\n{more}");
        crate::support::script_with("a", "None", &more)
    };
    project.write("versions/a.py", &with("EXPAND", ""));
    project.git(["init", "-q", "-b", "main"]);
    commit(&project);
    project.git(["checkout", "-q", "-b", "feature"]);
    project.write("versions/a.py", &with("EXPAND", "# a comment"));
    assert_eq!(found(&project), "");
    project.write("versions/a.py", &with("CONTRACT", ""));
    assert_eq!(found(&project), "published-revision-changed");
}

#[test]
fn of_several_baselines_each_counts() {
    let project = feature();
    project.git(["checkout", "-q", "-b", "release", "main"]);
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
    commit(&project);
    project.git(["checkout", "-q", "feature"]);
    project.write("onehead.toml", "baseline = ['main', 'release']\n");
    assert_eq!(found(&project), "");
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
    assert_eq!(found(&project), "");
    project.write("versions/b.py", &ITEMS.replace("Integer", "String"));
    assert_eq!(found(&project), "published-operations-changed");
}

#[test]
fn a_published_parent_that_was_changed() {
    let project = feature();
    project.write("versions/c.py", &crate::support::script("c", &["a".into()]));
    check!(project.onehead(["check", "--select", "published-revision-changed"]), @"
    exit_code: 1
    ----- stdout -----
    error[published-revision-changed]: the published `c` has another `down_revision` here
     --> versions/c.py:6:17
      |
    6 | down_revision = 'a'
      |                 ^^^ on `origin/main`: `b`
      |
      = note: databases that have run it came there by another way, and may lack what it follows now
      = help: set the file back to what is published:   onehead check --fix
      = help: what is to change goes into a new revision

    ----- stderr -----
    1 error in 3 revisions (alembic.ini)
    ");
}

#[test]
fn a_published_id_that_was_changed() {
    let project = feature();
    project.write("versions/c.py", &crate::support::script("z", &["b".into()]));
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
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
    1 error in 3 revisions (alembic.ini)
    ");
}

#[test]
fn a_published_revision_that_was_deleted() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[published-revision-deleted]: the published `c` was deleted: no file defines it
    --> versions/c.py
     = note: it is on `origin/main`, and was here when this branch left it
     = note: a database that stands at it cannot be used any more: every alembic command stops with `Can't locate revision identified by 'c'`
     = help: bring it back:   onehead check --fix

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    commit(&project);
    assert_eq!(found(&project), "published-revision-deleted");
}

#[test]
fn a_file_that_was_renamed_or_moved_still_defines_its_revision() {
    let project = feature();
    project.git(["mv", "versions/c.py", "versions/c_add_carts.py"]);
    assert_eq!(found(&project), "");
    project.make("migrations");
    project.git(["mv", "versions", "migrations/versions"]);
    project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\n");
    assert_eq!(found(&project), "");
    project.write("migrations/versions/b.py", &ITEMS.replace("sa.Integer()", "sa.Float()"));
    assert_eq!(found(&project), "published-operations-changed");
}

#[test]
fn a_squash_is_explained_and_can_be_allowed() {
    let project = feature();
    project.git(["rm", "-q", "versions/a.py", "versions/b.py"]);
    project.write("versions/s.py", &crate::support::script("s", &[]));
    project.write("versions/c.py", &crate::support::script("c", &["s".into()]));
    commit(&project);
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[published-revision-deleted]: 2 published revisions gave way to `s`: `a` and `b`
     --> versions/s.py:6:17
      |
    6 | down_revision = None
      |                 ^^^^ the history was squashed here
      |
      = note: a database that stands at one of them cannot be used any more: every alembic command stops with `Can't locate revision identified by '...'`
      = note: branches that add revisions after one of them will follow nothing
      = help: if every database is past them, in `[tool.onehead]` of pyproject.toml:   allow-squash = true
      = help: for this once:   onehead check --ignore published-revision-deleted

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    project.onehead(["check", "--ignore", "published-revision-deleted"]).exits(0);
    // Nothing is brought back beside what replaces it.
    let before = project.files();
    project.onehead(["check", "--fix"]).exits(1);
    assert_eq!(project.files(), before);
    let comment = "# onehead: ignore[published-revision-deleted]";
    project.write("versions/s.py", &crate::support::script_with("s", "None", comment));
    assert_eq!(found(&project), "");
    project.git(["checkout", "-q", "versions/s.py"]);
    project.write("onehead.toml", "allow-squash = true\n");
    assert_eq!(found(&project), "");
}

#[test]
fn a_squash_that_keeps_the_id_of_the_head() {
    let project = feature();
    project.git(["rm", "-q", "versions/a.py", "versions/b.py"]);
    project.write("versions/c.py", &ITEMS.replace("'b'", "'c'").replace("'a'", "None"));
    let answer = project.onehead(["check", "--format", "concise"]).exits(1);
    answer.shows("2 published revisions gave way to `c`: `a` and `b`");
    project.write("onehead.toml", "allow-squash = true\n");
    project
        .onehead(["check", "--ignore", "stale-header"])
        .exits(0)
        .talks("1 head, 1 revision, no problems (alembic.ini)\n");
}

#[test]
fn an_unpublished_revision_below_a_published_one() {
    let project = feature();
    project.write("versions/x.py", &crate::support::script("x", &["b".into()]));
    project.write("versions/c.py", &crate::support::script("c", &["x".into()]));
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[inserted-below-published]: the published `c` follows `x`, which is not published
     --> versions/c.py:6:17
      |
    6 | down_revision = 'x'
      |                 ^^^ on `origin/main` it follows `b`
      |
      = note: databases that have run `c` will never run `x`
      = help: put it on top of what is published:   onehead rebase

    ----- stderr -----
    1 error in 4 revisions (alembic.ini)
    ");
}

#[test]
fn what_was_cherry_picked_from_main_is_published() {
    let project = feature();
    project.git(["checkout", "-q", "main"]);
    project.write("versions/d.py", &crate::support::script("d", &["c".into()]));
    commit(&project);
    publish(&project);
    project.git(["checkout", "-q", "feature"]);
    project.git(["commit", "-q", "--allow-empty", "-m", "mine"]);
    // What came to main afterwards is not deleted.
    assert_eq!(found(&project), "");
    project.git(["cherry-pick", "main"]);
    assert_eq!(found(&project), "");
    project.write("versions/d.py", &crate::support::script("d", &["b".into()]));
    assert_eq!(found(&project), "multiple-heads published-revision-changed");
}

#[test]
fn a_number_that_was_taken_twice_makes_two_revisions_and_not_one_that_was_changed() {
    let project = feature();
    project.git(["checkout", "-q", "main"]);
    let theirs = ITEMS.replace(" b\n", " 4\n").replace(" a\n", " c\n");
    let theirs = theirs.replace("'b'", "'4'").replace("'a'", "'c'");
    project.write("versions/4_theirs.py", &theirs);
    commit(&project);
    publish(&project);
    project.git(["checkout", "-q", "feature"]);
    let mine = theirs.replace("items", "carts");
    project.write("versions/4_mine.py", &mine);
    commit(&project);
    assert_eq!(found(&project), "");
    project.onehead(["check", "--fix"]).exits(0);
    assert_eq!(project.files()["versions/4_mine.py"], mine);
    project.onehead(["check", "--merge-with", "main"]).exits(1).shows("2 files define `4`");
    // In the same file it is what git could not merge either.
    project.git(["mv", "versions/4_mine.py", "versions/4_theirs.py"]);
    assert_eq!(found(&project), "published-operations-changed");
}

#[test]
fn a_detached_head_is_compared_as_well() {
    let project = feature();
    project.git(["checkout", "-q", "--detach"]);
    project.git(["rm", "-q", "versions/c.py"]);
    assert_eq!(found(&project), "published-revision-deleted");
}

#[test]
fn before_the_first_commit_nothing_can_have_been_changed() {
    let project = feature();
    project.git(["checkout", "-q", "--orphan", "fresh"]);
    project.git(["rm", "-q", "-f", "versions/c.py"]);
    assert_eq!(found(&project), "");
    let empty = Project::new().history("a");
    empty.git(["init", "-q", "-b", "trunk"]);
    check!(empty.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    not compared with a baseline: there is no remote branch, and no branch called main or master
    1 head, 1 revision, no problems (alembic.ini)
    ");
    empty.onehead(["check", "--quiet"]).exits(0).talks("");
    // Where no rule compares, there is nothing to be said.
    empty
        .onehead(["check", "--select", "multiple-heads"])
        .exits(0)
        .talks("1 head, 1 revision, no problems (alembic.ini)\n");
}

#[test]
fn without_git_nothing_is_said() {
    let project = Project::new().history("a <- b");
    project.onehead(["check"]).talks("1 head, 2 revisions, no problems (alembic.ini)\n").exits(0);
    let document = project.onehead(["check", "--format", "json"]).exits(0).json();
    assert!(document["baseline"].is_null());
    project.onehead(["check", "--baseline", "main"]).exits(2);
}

#[test]
fn a_clone_that_is_too_shallow_is_not_compared() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    commit(&project);
    let source = format!("file://{}", project.path().display());
    project.git(["clone", "-q", "--depth", "1", "--no-single-branch", &source, "clone"]);
    let answer = project.onehead_in("clone", ["check", "--baseline", "origin/main"]).exits(2);
    answer.says("cannot read the baseline `origin/main`").says("fetch-depth: 0");
    project.git(["-C", "clone", "remote", "set-head", "origin", "main"]);
    let answer = project.onehead_in("clone", ["check"]).exits(0);
    answer.says("not compared with a baseline: the clone is too shallow");
}

#[test]
fn a_comment_silences_what_is_meant_and_is_no_nuisance_afterwards() {
    let project = feature();
    let comment = "# onehead: ignore[published-operations-changed]\n";
    project.write("versions/b.py", &(ITEMS.replace("Integer", "Float") + comment));
    assert_eq!(found(&project), "");
    commit(&project);
    publish(&project);
    assert_eq!(found(&project), "");
}

#[test]
fn a_document_says_what_is_known() {
    let project = feature();
    project.git(["rm", "-q", "versions/c.py"]);
    project.write("versions/b.py", &ITEMS.replace("Integer", "Float"));
    let document = project.onehead(["check", "--format", "json"]).exits(1).json();
    assert_eq!(document["baseline"], "origin/main");
    let findings = document["environments"][0]["findings"].as_array().unwrap();
    let told = |at: usize| {
        let finding = &findings[at];
        ["rule", "path", "line", "revisions", "fix"].map(|key| finding[key].to_string()).join(" ")
    };
    assert_eq!(
        told(0),
        r#""published-revision-deleted" "versions/c.py" null ["c"] {"kind":"restore"}"#
    );
    assert_eq!(
        told(1),
        r#""published-operations-changed" "versions/b.py" 24 ["b"] {"kind":"restore"}"#
    );
}
