//! `onehead rebase`: what it moves, what it refuses, and how it says so.

use crate::fork::{forked, forked_without_git, migration, numbered, one_line, two_environments};
use crate::support::{Answer, Project, check};

/// The file that moves in [`forked`].
const FILE: &str = "versions/e5a7_add_labels.py";

/// Runs `rebase` with these arguments, which must write nothing.
#[track_caller]
fn refused<const N: usize>(project: &Project, arguments: [&str; N]) -> Answer {
    let before = project.files();
    let answer = project.onehead_with(".", &[&["rebase"], arguments.as_slice()].concat());
    assert_eq!(project.files(), before, "something was written\n{answer}");
    assert!(answer.stdout.is_empty(), "{answer}");
    answer
}

#[test]
fn rebase_puts_what_is_unpublished_on_top() {
    let project = forked();
    check!(project.onehead(["rebase"]), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from c3d9 onto d4f0 (head of main):
      e5a7  add labels   follows d4f0
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head

    Next:   git add versions/e5a7_add_labels.py && git commit -m 'Rebase migrations onto d4f0'
    ----- stderr -----
    "#);
    assert_eq!(project.text(FILE), migration("e5a7", Some("d4f0"), "add labels", 20));
    assert_eq!(project.status(), format!(" M {FILE}\n"));
    project.onehead(["check"]).exits(0);
    check!(refused(&project, []), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to rebase: 1 head (alembic.ini)
    "#);
}

#[test]
fn the_proposed_commit_can_be_made() {
    let project = forked();
    let said = project.onehead(["rebase"]).exits(0).stdout;
    let next = said.lines().find_map(|line| line.strip_prefix("Next:   ")).expect(&said);
    project.shell(next);
    assert_eq!(project.status(), "");
    assert_eq!(project.git_says(["log", "-1", "--format=%s"]), "Rebase migrations onto d4f0\n");
}

#[test]
fn a_diff_writes_nothing_and_git_applies_it() {
    let project = forked();
    let before = project.files();
    let diff = project.onehead(["rebase", "--diff"]).exits(1);
    insta::assert_snapshot!(diff.stderr.trim_start(), @r#"
    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head
    "#);
    assert_eq!(project.files(), before);
    project.write(".git/patch", &diff.stdout);
    project.git(["apply", "--index", ".git/patch"]);
    assert_eq!(project.text(FILE), migration("e5a7", Some("d4f0"), "add labels", 20));
}

#[test]
fn a_diff_with_a_renamed_file_or_a_dropped_merge() {
    check_patch(&numbered("003", "003"));
    let project = forked();
    project.onehead(["merge", "--rev-id", "m"]).exits(0);
    project.commit("merged");
    check_patch(&project);
}

/// What `--diff` prints is what is done.
#[track_caller]
fn check_patch(project: &Project) {
    let before = project.files();
    let patch = project.onehead(["rebase", "--diff"]).exits(1).stdout;
    project.write(".git/patch", &patch);
    project.onehead(["rebase"]).exits(0);
    let wanted = project.files();
    project.git(["stash", "-q", "-u"]);
    assert_eq!(project.files(), before);
    project.git(["apply", "--index", ".git/patch"]);
    assert_eq!(project.files(), wanted);
}

#[test]
fn quiet_prints_the_written_paths_alone() {
    forked().onehead(["rebase", "-q"]).exits(0).prints(&format!("{FILE}\n")).talks("");
    let project = numbered("003", "003");
    project.onehead(["-q", "rebase"]).exits(0).prints("versions/004_labels.py\n").talks("");
    project.onehead(["-q", "rebase"]).exits(0).prints("").talks("");
}

#[test]
fn the_document_lists_the_changes_and_what_databases_need() {
    let project = numbered("003", "003");
    let document = project.onehead(["rebase", "--format", "json"]).exits(0).talks("").json();
    let change = serde_json::json!({
        "kind": "rename", "path": "versions/003_labels.py", "to": "versions/004_labels.py"
    });
    assert_eq!(document["changes"], serde_json::json!([change]));
    let notes = document["notes"].to_string();
    assert!(notes.contains("alembic stamp --purge 002"), "{notes}");
}

#[test]
fn a_number_that_both_sides_took() {
    let project = numbered("003", "003");
    check!(project.onehead(["rebase"]), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from 002 onto 003 (head of main):
      003  003_labels   is 004 now, follows 003
    renamed versions/003_labels.py to versions/004_labels.py
    1 head: 004

    THE STAMP 003 NOW MEANS ANOTHER REVISION: databases that ran the old one would never run 003 and would run 004 again.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge 002 && alembic upgrade 003 && alembic stamp --purge 004 && alembic upgrade head

    Next:   git add versions/003_labels.py versions/004_labels.py && git commit -m 'Rebase migrations onto 003'
    ----- stderr -----
    "#);
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_file_that_git_does_not_know_yet_can_be_added_after_a_renaming() {
    let project = numbered("003", "003");
    project.git(["rm", "-q", "--cached", "versions/003_labels.py"]);
    project.git(["commit", "-q", "-m", "not yet"]);
    let said = project.onehead(["rebase"]).exits(0).stdout;
    let next = said.lines().find_map(|line| line.strip_prefix("Next:   ")).expect(&said);
    assert!(next.starts_with("git add versions/004_labels.py &&"), "{said}");
    project.shell(next);
    assert_eq!(project.status(), "");
}

#[test]
fn a_merge_that_is_of_no_use_any_more_is_dropped() {
    let project = forked();
    project.onehead(["merge", "--rev-id", "m"]).exits(0);
    project.migration("f6b8", Some("m"), "fill labels", 21);
    check!(project.onehead(["rebase"]), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from c3d9 onto d4f0 (head of main):
      e5a7  add labels   follows d4f0
    gone, since nothing was left for it to merge: m
    edited versions/e5a7_add_labels.py
    edited versions/f6b8_fill_labels.py
    removed versions/m_merge_migration_heads.py
    1 head: f6b8

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head

    Databases stamped with m stop with `Can't locate revision identified by ...`.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge e5a7 && alembic upgrade head

    Next:   git add versions/e5a7_add_labels.py versions/f6b8_fill_labels.py && git commit -m 'Rebase migrations onto d4f0'
    ----- stderr -----
    "#);
    project.onehead(["check"]).exits(0);
}

#[test]
fn the_target_can_be_named() {
    let project = forked_without_git();
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    not compared with a baseline: this is no git repository
    error: nothing is known as published, so it is not known which of `d4f0` and `e5a7` stays
    hint: say what moves and onto what: `onehead rebase e5a7 --onto d4f0`
    "#);
    check!(project.onehead(["rebase", "e5a7", "--onto", "d4"]), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from c3d9 onto d4f0:
      e5a7  add labels   follows d4f0
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head
    ----- stderr -----
    not compared with a baseline: this is no git repository
    "#);
    assert_eq!(project.text(FILE), migration("e5a7", Some("d4f0"), "add labels", 20));
}

#[test]
fn published_revisions_never_move() {
    check!(refused(&forked(), ["d4f0", "--onto", "e5a7"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `d4f0` is published on `main`, and published revisions never move
    hint: join the heads instead: `onehead merge`
    "#);
    let project = forked();
    project.git(["checkout", "-q", "main"]);
    project.git(["merge", "-q", "feature-x"]);
    check!(refused(&project, []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: all revisions are published, and published revisions never move: `d4f0` and `e5a7`
    hint: join the heads instead: `onehead merge`
    "#);
}

#[test]
fn unknown_revisions() {
    check!(refused(&forked(), ["nosuch"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `nosuch` is no revision of this history
    hint: `onehead heads` lists the heads
    "#);
    check!(refused(&forked(), ["e5a7", "--onto", "nosuch"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `nosuch` is no revision of this history
    hint: `onehead heads` lists the heads
    "#);
    check!(refused(&forked(), ["--baseline", "nosuch"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the baseline `nosuch`: no such commit
    hint: run `git fetch` if it is a remote branch, or name another with `--baseline REF`: `git branch --all` lists them
    "#);
}

#[test]
fn a_baseline_that_has_more() {
    let project = one_line();
    project.git(["checkout", "-q", "-b", "feature-x"]);
    project.migration("e5a7", Some("c3d9"), "add labels", 20);
    project.commit("add labels");
    project.git(["checkout", "-q", "main"]);
    project.migration("d4f0", Some("c3d9"), "add carts", 19);
    project.commit("add carts");
    project.git(["checkout", "-q", "feature-x"]);
    check!(refused(&project, []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `main` has revisions that are not here: `d4f0`
    hint: bring them here first: `git merge main` or `git rebase main`, then `onehead rebase`
    "#);
}

#[test]
fn a_published_revision_that_was_taken_away() {
    let project = forked();
    std::fs::remove_file(project.path().join("versions/d4f0_add_carts.py")).expect("removed");
    check!(refused(&project, []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: the published revision `d4f0` is not what it is on `main`: it was changed or taken away
    hint: restore its file: `git restore --source main -- ':/*d4f0*'`, then `onehead rebase`
    "#);
    project.shell("git restore --source main -- ':/*d4f0*'");
    project.onehead(["rebase"]).exits(0);
}

#[test]
fn a_parent_that_is_not_there() {
    let project = forked();
    project.migration("f6b8", Some("gone"), "lost", 21);
    check!(refused(&project, []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `f6b8` follows `gone`, which no file defines
    hint: bring it back:   onehead where gone --restore
    "#);
}

#[test]
fn several_environments() {
    let project = two_environments();
    project.git(["checkout", "-q", "-b", "feature-x"]);
    project.onehead(["check", "--fix", "-q"]).exits(0);
    project.commit("merged");
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    project.migration_at("a/versions", "a9", Some("a1"), "mine", 22);
    project.migration_at("b/versions", "b9", Some("b1"), "mine", 22);
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: 2 environments are meant: a/alembic.ini, b/alembic.ini
    hint: choose one, for example with `-c a/alembic.ini`, or mend all of them with `onehead check --fix`
    "#);
    project.onehead(["rebase", "b9", "-q"]).exits(0).prints("b/versions/b9_mine.py\n");
    project.onehead_in("a", ["rebase", "-q"]).exits(0).prints("versions/a9_mine.py\n");
    check!(refused(&project, []), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to rebase: 1 head (a/alembic.ini)
    nothing to rebase: 1 head (b/alembic.ini)
    "#);
}

#[test]
fn hints_choose_the_environment() {
    let project = two_environments();
    check!(refused(&project, ["-c", "a/alembic.ini"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: all revisions are published, and published revisions never move: `a2` and `a3`
    hint: join the heads instead: `onehead merge -c a/alembic.ini`
    "#);
}

#[test]
fn new_ids() {
    let project = forked();
    let said = project.onehead(["rebase", "--new-ids", "-q"]).exits(0).stdout;
    let id = said.strip_prefix("versions/").and_then(|path| path.split('_').next()).expect(&said);
    assert!(id.len() == 12 && id.chars().all(|c| c.is_ascii_hexdigit()), "{said}");
    project.onehead(["heads"]).exits(0).prints(&format!("{id} (head)\n"));
}

#[test]
fn other_branches_that_have_what_moves_are_named() {
    let project = forked();
    project.git(["branch", "review"]);
    let answer = project.onehead(["rebase", "--diff"]).exits(1);
    answer.says("note: what was moved is on other branches too, which have it as it was: review\n");
    check!(refused(&project, ["--new-ids"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: what would get new ids is on other branches too: review; both copies would exist after a merge
    hint: leave out `--new-ids`
    "#);
}

#[test]
fn a_dirty_file_is_edited_in_place() {
    let project = forked();
    let dirty = project.text(FILE).replace('\n', "\r\n") + "# mine, not committed\t\r\n";
    project.write(FILE, &dirty);
    project.onehead(["rebase", "-q"]).exits(0);
    let expected = dirty
        .replace("Revises: c3d9\r\n", "Revises: d4f0\r\n")
        .replace("down_revision = 'c3d9'\r\n", "down_revision = 'd4f0'\r\n");
    assert_eq!(project.text(FILE), expected);
}

#[test]
fn an_unmerged_file() {
    let project = forked();
    project.git(["checkout", "-q", "-b", "other", "HEAD~1"]);
    let text = project.text(FILE);
    project.write(FILE, &format!("{text}# theirs\n"));
    project.commit("theirs");
    project.git(["checkout", "-q", "feature-x"]);
    project.write(FILE, &format!("{text}# mine\n"));
    project.commit("mine");
    project.fails_in_git(&["merge", "-q", "other"]);
    project.write(FILE, &format!("{text}# both\n"));
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: versions/e5a7_add_labels.py is in the middle of a merge conflict
    hint: nothing was written; resolve the conflict, `git add` the file, and run the command again
    "#);
}

#[test]
fn files_that_name_the_head_are_kept_in_step() {
    let project = forked();
    project.write("versions/HEAD", "d4f0");
    project.write("versions/HEADS", "e5a7\r\nd4f0\r\n");
    project.onehead(["rebase", "-q"]).exits(0);
    assert_eq!(project.text("versions/HEAD"), "e5a7");
    assert_eq!(project.text("versions/HEADS"), "e5a7\r\n");
}

#[test]
fn the_commands_for_databases_run_where_alembic_runs() {
    check_commands(
        "db/alembic.ini",
        "[alembic]\nscript_location = .\n",
        "  (cd db && alembic stamp --purge c3d9) && (cd db && alembic upgrade d4f0) && \
         (cd db && alembic stamp --purge e5a7) && (cd db && alembic upgrade head)\n",
    );
    check_commands(
        "db/alembic.ini",
        "[alembic]\nscript_location = %(here)s\n",
        "  alembic -c db/alembic.ini stamp --purge c3d9 && alembic -c db/alembic.ini upgrade d4f0 && \
         alembic -c db/alembic.ini stamp --purge e5a7 && alembic -c db/alembic.ini upgrade head\n",
    );
    check_commands(
        "web/migrations/alembic.ini",
        "[alembic]\n",
        "  (cd web && flask db stamp --purge c3d9) && (cd web && flask db upgrade d4f0) && \
         (cd web && flask db stamp --purge e5a7) && (cd web && flask db upgrade head)\n",
    );
}

/// The line of commands in a project whose configuration is this file.
#[track_caller]
fn check_commands(path: &str, ini: &str, expected: &str) {
    let project = Project::empty();
    project.write(path, ini);
    let folder = path.strip_suffix("/alembic.ini").expect("the folder of the configuration");
    project.write(&format!("{folder}/env.py"), "");
    let versions = format!("{folder}/versions");
    project.migration_at(&versions, "c3d9", None, "add items", 18);
    project.migration_at(&versions, "d4f0", Some("c3d9"), "add carts", 19);
    project.migration_at(&versions, "e5a7", Some("c3d9"), "add labels", 20);
    project.onehead(["rebase", "e5a7", "--onto", "d4f0"]).exits(0).shows(expected);
}
