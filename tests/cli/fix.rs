//! `onehead check --fix`: what it mends by itself, what it leaves, and how it says so.

use crate::fork::{forked, forked_without_git, migration, numbered, one_line, two_environments};
use crate::support::{Project, check};

/// The file that joins `d4f0` and `e5a7` by default.
const MERGE: &str = "versions/7477d90ee622_merge_migration_heads.py";

/// The file that moves where a rebase is asked for.
const MINE: &str = "versions/e5a7_add_labels.py";

/// What `check --fix --quiet` with these arguments writes.
#[track_caller]
fn written<const N: usize>(project: &Project, arguments: [&str; N]) -> String {
    let all = [&["check", "--fix", "--quiet"], arguments.as_slice()].concat();
    project.onehead_with(".", &all).exits(0).talks("").stdout
}

#[test]
fn a_fork_is_merged() {
    let project = forked();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    "#);
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    "#);
    assert_eq!(project.status(), format!("?? {MERGE}\n"));
}

#[test]
fn the_strategy_decides() {
    assert_eq!(written(&forked(), []), format!("{MERGE}\n"));
    assert_eq!(written(&forked(), ["--strategy", "merge"]), format!("{MERGE}\n"));
    assert_eq!(written(&forked(), ["--strategy", "rebase"]), format!("{MINE}\n"));
    assert_eq!(written(&forked(), ["--strategy", "auto"]), format!("{MINE}\n"));
    let project = forked();
    project.write("onehead.toml", "strategy = \"rebase\"\n");
    assert_eq!(written(&project, []), format!("{MINE}\n"));
}

#[test]
fn what_is_published_on_both_sides_is_merged_by_auto() {
    let project = forked();
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    assert_eq!(written(&project, ["--strategy", "auto"]), format!("{MERGE}\n"));
}

#[test]
fn what_cannot_be_moved_is_left_by_rebase() {
    let project = forked();
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    let before = project.files();
    check!(project.onehead(["check", "--fix", "--strategy", "rebase"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[multiple-heads]: the history has 2 heads: `d4f0` and `e5a7`
      --> versions/e5a7_add_labels.py:12:17
       |
    12 | down_revision = 'c3d9'
       |                 ^^^^^^ `d4f0` follows `c3d9` too: here the history parts
       |
       = note: `d4f0` add carts    versions/d4f0_add_carts.py
       = note: `e5a7` add labels   versions/e5a7_add_labels.py
       = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
       = help: join them with a merge:   onehead merge

    ----- stderr -----
    note: nothing was moved: all revisions are published, and published revisions never move: `d4f0` and `e5a7`; join the heads instead: `onehead merge`
    1 error in 3 revisions (alembic.ini)
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn a_diff_writes_nothing() {
    let project = forked();
    let before = project.files();
    let diff = project.onehead(["check", "--fix", "--diff"]).exits(1);
    assert_eq!(project.files(), before);
    // `--diff` alone means the same.
    project.onehead(["check", "--diff"]).exits(1).prints(&diff.stdout);
    project.write(".git/patch", &diff.stdout);
    project.git(["apply", ".git/patch"]);
    assert_eq!(project.status(), format!("?? {MERGE}\n"));
    project.onehead(["check", "--diff"]).exits(0).prints("");
}

#[test]
fn the_document_counts_what_was_mended() {
    let document = forked().onehead(["check", "--fix", "--format", "json"]).exits(0).json();
    let summary = serde_json::json!({ "errors": 0, "warnings": 0, "fixed": 1 });
    assert_eq!(document["summary"], summary);
    assert_eq!(document["environments"][0]["heads"], serde_json::json!(["7477d90ee622"]));
}

#[test]
fn every_environment_is_mended() {
    let project = two_environments();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    8bc42c0dfd38 joins `a2` and `a3`
    193af446c763 joins `b2` and `b3`
    wrote a/versions/8bc42c0dfd38_merge_migration_heads.py
    wrote b/versions/193af446c763_merge_migration_heads.py
    1 head: 8bc42c0dfd38 (a/alembic.ini)
    1 head: 193af446c763 (b/alembic.ini)

    Next:   git add a/versions/8bc42c0dfd38_merge_migration_heads.py b/versions/193af446c763_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    1 head, 4 revisions, no problems (a/alembic.ini)
    1 head, 4 revisions, no problems (b/alembic.ini)
    "#);
    project.onehead(["check"]).exits(0);
}

/// A feature branch with `mine`, whose text this is, on a published `c3d9`.
fn with_mine(name: &str, text: &str) -> Project {
    let project = one_line();
    project.git(["checkout", "-q", "-b", "feature-x"]);
    project.write(&format!("versions/{name}.py"), text);
    project
}

#[test]
fn a_stale_header_is_corrected() {
    let right = migration("e5a7", Some("c3d9"), "add labels", 20);
    let stale = right.replace("Revises: c3d9", "Revises: b2c8");
    let project = with_mine("e5a7_add_labels", &stale);
    project.onehead(["check"]).exits(0).shows("help: or have it done:   onehead check --fix\n");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    the header of e5a7 says what its code says
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Next:   git add versions/e5a7_add_labels.py && git commit -m 'Mend migrations'
    ----- stderr -----
    1 head, 2 revisions, no problems (alembic.ini)
    "#);
    assert_eq!(project.text(MINE), right);
}

#[test]
fn a_published_header_is_left_alone() {
    let stale = migration("e5a7", Some("c3d9"), "x", 20).replace("Revises: c3d9", "Revises: b2c8");
    let project = with_mine("e5a7_add_labels", &stale);
    project.commit("published");
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    assert_eq!(written(&project, ["--all"]), "");
    assert_eq!(project.status(), "");
}

#[test]
fn a_merge_that_joins_nothing_is_dropped() {
    let project = with_mine("e5a7_add_labels", &migration("e5a7", Some("c3d9"), "add labels", 20));
    let merge = migration("m", None, "merge heads", 21)
        .replace("down_revision = None", "down_revision = ('c3d9', 'e5a7')")
        .replace("op.create_table('tm', sa.Column('id'))", "pass")
        .replace("op.drop_table('tm')", "pass");
    project.write("versions/m_merge_heads.py", &merge);
    project.migration("f6b8", Some("m"), "fill labels", 22);
    project.write("versions/HEAD", "m\n");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    m joined nothing and is gone: e5a7 is in its place
    edited versions/HEAD
    edited versions/f6b8_fill_labels.py
    removed versions/m_merge_heads.py
    1 head: f6b8

    Next:   git add versions/HEAD versions/f6b8_fill_labels.py && git commit -m 'Mend migrations'
    ----- stderr -----
    1 head, 3 revisions, no problems (alembic.ini)
    "#);
    project.onehead(["history", "-r", "e5a7:heads"]).exits(0).shows("e5a7 -> f6b8 (head)");
}

#[test]
fn an_id_that_two_files_have() {
    let text = migration("c3d9", Some("b1"), "other", 20);
    let project = one_line();
    project.migration("d4f0", Some("c3d9"), "published", 19);
    project.commit("published");
    project.git(["checkout", "-q", "-b", "feature-x"]);
    project.write("versions/c3d9_other.py", &text.replace("'b1'", "None").replace("b1", ""));
    let said = project.onehead(["check"]).exits(1).stdout;
    let help = "or have it done, where one of them is unpublished:   onehead check --fix\n";
    assert!(said.contains(help), "{said}");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    the unpublished c3d9 is 0976c4288947 now
    f89663880a32 joins `0976c4288947` and `d4f0`
    renamed versions/c3d9_other.py to versions/0976c4288947_other.py
    wrote versions/f89663880a32_merge_migration_heads.py
    1 head: f89663880a32

    THE STAMP c3d9 NOW MEANS ANOTHER REVISION: databases that ran the old one would never run c3d9 and would run 0976c4288947 again.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge base && alembic upgrade c3d9 && alembic stamp 0976c4288947 && alembic upgrade heads

    Next:   git add versions/0976c4288947_other.py versions/f89663880a32_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    "#);
    project.onehead(["check"]).exits(0);
}

#[test]
fn an_id_that_two_unpublished_files_have_is_left() {
    let project = with_mine("e5a7_a", &migration("e5a7", Some("c3d9"), "a", 20));
    project.write("versions/e5a7_b.py", &migration("e5a7", Some("c3d9"), "b", 20));
    let before = project.files();
    project.onehead(["check", "--fix"]).exits(1).shows("error[duplicate-revision]");
    assert_eq!(project.files(), before);
}

#[test]
fn a_number_that_is_the_id_of_both_sides() {
    let project = numbered("003", "003");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    the unpublished 003 is 004 now
    005 joins `003` and `004`
    renamed versions/003_labels.py to versions/004_labels.py
    wrote versions/005_merge_migration_heads.py
    1 head: 005

    THE STAMP 003 NOW MEANS ANOTHER REVISION: databases that ran the old one would never run 003 and would run 004 again.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge 002 && alembic upgrade 003 && alembic stamp 004 && alembic upgrade heads

    Next:   git add versions/003_labels.py versions/004_labels.py versions/005_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    1 head, 5 revisions, no problems (alembic.ini)
    "#);
    project.onehead(["check"]).exits(0);
    let project = numbered("003", "003");
    // The planner of the move tells what databases have to do, under the ids that they know.
    let said = project.onehead(["check", "--fix", "--strategy", "auto"]).exits(0).stdout;
    assert!(said.contains("THE STAMP 003 NOW MEANS ANOTHER REVISION"), "{said}");
    assert!(!said.contains("already run 004"), "{said}");
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_number_that_both_sides_took() {
    let project = numbered("003a", "003b");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    003_labels.py is 004_labels.py now
    6638c03e2ea6 joins `003a` and `003b`
    renamed versions/003_labels.py to versions/004_labels.py
    wrote versions/005_merge_migration_heads.py
    1 head: 6638c03e2ea6

    Next:   git add versions/003_labels.py versions/004_labels.py versions/005_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    1 head, 5 revisions, no problems (alembic.ini)
    "#);
    project.onehead(["check"]).exits(0);
    let project = numbered("003a", "003b");
    assert_eq!(written(&project, ["--strategy", "rebase"]), "versions/004_labels.py\n");
}

#[test]
fn a_number_that_is_the_name_of_the_revision() {
    let project = numbered("003_carts", "003_labels");
    let said = project.onehead(["check", "--fix"]).exits(0).stdout;
    let expected = "Databases stamped with 003_labels stop with `Can't locate revision identified by '003_labels'`.\n\
                    Tell each such database the new id (no data is dropped):\n  \
                    alembic stamp --purge 004_labels && alembic upgrade heads\n";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn the_proposed_commit_has_a_subject() {
    let stale = migration("e5a7", Some("c3d9"), "x", 20).replace("Revises: c3d9", "Revises: b2c8");
    let project = with_mine("e5a7_add_labels", &stale);
    let said = project.onehead(["check", "--fix"]).exits(0).stdout;
    project.shell(said.lines().find_map(|line| line.strip_prefix("Next:   ")).expect(&said));
    assert_eq!(project.git_says(["log", "-1", "--format=%s"]), "Mend migrations\n");
}

#[test]
fn what_has_no_fix_is_left_and_said() {
    let project = forked();
    project.migration("f6b8", Some("gone"), "lost", 21);
    let before = project.files();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[multiple-heads]: the history has 3 heads: `d4f0`, `e5a7` and `f6b8`
      --> versions/f6b8_lost.py:12:17
       |
    12 | down_revision = 'gone'
       |                 ^^^^^^ these heads have no ancestor in common
       |
       = note: `d4f0` add carts    versions/d4f0_add_carts.py
       = note: `e5a7` add labels   versions/e5a7_add_labels.py
       = note: `f6b8` lost         versions/f6b8_lost.py
       = help: put what is unpublished on top of what is published:   onehead rebase
       = help: or join them with a merge:   onehead merge

    error[missing-parent]: `f6b8` follows `gone`, which no file defines
      --> versions/f6b8_lost.py:12:17
       |
    12 | down_revision = 'gone'
       |                 ^^^^^^
       |
       = note: every alembic command stops with `KeyError: 'gone'`
       = help: bring it back:   onehead where gone --restore

    ----- stderr -----
    note: the heads are left alone as long as alembic cannot load the history
    2 errors in 4 revisions (alembic.ini)
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn lines_with_labels_of_their_own_are_not_joined() {
    let project = Project::new();
    for label in ["gxy", "tsi"] {
        let text =
            format!("revision = '{label}1'\ndown_revision = None\nbranch_labels = '{label}'\n");
        project.write(&format!("versions/{label}1.py"), &text);
    }
    let before = project.files();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[multiple-heads]: the history has 2 heads: `gxy1` and `tsi1`
     --> versions/tsi1.py:2:17
      |
    2 | down_revision = None
      |                 ^^^^ these heads have no ancestor in common
      |
      = note: `gxy1` versions/gxy1.py
      = note: `tsi1` versions/tsi1.py
      = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
      = help: if each is meant to stay a head, in `[tool.onehead]` of pyproject.toml:   expected-heads = { gxy = 1, tsi = 1 }
      = help: or join them with a merge:   onehead merge

    ----- stderr -----
    not compared with a baseline: this is no git repository
    note: the heads have labels of their own and no ancestor in common: if they are meant to stay, say so with `expected-heads`; else `onehead merge` joins them
    1 error in 2 revisions (alembic.ini)
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn during_a_git_rebase_revisions_are_moved() {
    let project = forked();
    project.git(["reset", "-q", "--hard", "HEAD~1"]);
    project.write("notes", "mine");
    project.commit("notes of mine");
    project.git(["checkout", "-q", "main"]);
    project.write("notes", "theirs");
    project.commit("notes of theirs");
    project.git(["checkout", "-q", "feature-x"]);
    project.fails_in_git(&["rebase", "-q", "main"]);
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from c3d9 onto d4f0 (head of main):
      e5a7  add labels   follows d4f0
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head

    Next:   git add versions/e5a7_add_labels.py && git rebase --continue
    ----- stderr -----
    note: a git rebase is in progress, so revisions are put on top of each other instead of merged; `--strategy merge` merges them
    1 head, 3 revisions, no problems (alembic.ini)
    "#);
    project.git(["checkout", "-q", MINE]);
    assert_eq!(written(&project, ["--strategy", "merge"]), format!("{MERGE}\n"));
}

#[test]
fn without_git_only_the_heads_are_mended() {
    let project = forked_without_git();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622
    ----- stderr -----
    not compared with a baseline: this is no git repository
    1 head, 4 revisions, no problems (alembic.ini)
    "#);
}

#[test]
fn a_template_that_is_not_understood_stops_all() {
    let project = forked();
    project.write("script.py.mako", "<%inherit file=\"base.mako\"/>\n");
    let before = project.files();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: script.py.mako:1: `<%inherit file="base.mako"/>`: a tag of mako that is not understood here
    hint: let Alembic write it, which runs the template:   alembic merge -m 'merge migration heads' d4f0 e5a7
    "#);
    assert_eq!(project.files(), before);
}

/// A forked project in which this has the last word.
fn verified_by(command: &str, more: &str) -> Project {
    let project = forked();
    project.write("onehead.toml", &format!("verify-command = \"{command}\"\n{more}"));
    project
}

#[cfg(unix)]
#[test]
fn the_command_of_the_team_agrees() {
    // It sees what was written.
    let project = verified_by(&format!("test -f {MERGE}"), "");
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    verified: test -f versions/7477d90ee622_merge_migration_heads.py
    1 head, 4 revisions, no problems (alembic.ini)
    "#);
}

#[cfg(unix)]
#[test]
fn the_command_of_the_team_does_not_agree() {
    let project = verified_by("echo not so; exit 3", "");
    let before = project.files();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    not so
    error: `echo not so; exit 3` failed with exit status 3, so the repair was undone
    hint: it is `verify-command` of onehead's configuration: run it by hand to see more
    "#);
    assert_eq!(project.files(), before);
    project.onehead(["merge", "-q"]).exits(2).prints("").says("not so\n");
    project.onehead(["rebase"]).exits(2).says("so the repair was undone");
    assert_eq!(project.files(), before);
    assert_eq!(project.status(), "?? onehead.toml\n");
}

#[cfg(unix)]
#[test]
fn the_command_of_the_team_takes_too_long() {
    let project = verified_by("sleep 60", "verify-timeout = 1\n");
    let before = project.files();
    check!(project.onehead(["check", "--fix"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `sleep 60` took longer than a second and was ended, so the repair was undone
    hint: it is `verify-command` of onehead's configuration: run it by hand to see more
    "#);
    assert_eq!(project.files(), before);
}
