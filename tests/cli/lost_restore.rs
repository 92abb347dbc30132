//! `where --restore`: byte for byte, all or nothing, and only to a history that is then whole.

use crate::lost::{repository, revision};
use crate::support::{Project, check, script};

#[test]
fn any_name_and_any_byte_comes_back() {
    let project = repository();
    let text = script("c0ffee", &["c3c3".into()]).replace('\n', "\r\n") + "# größe\r\n\t ";
    let path = "versions/größe und 'maß'.py";
    project.git(["config", "core.autocrlf", "false"]);
    project.write(path, &text);
    project.record("größe \u{1b}[31m");
    project.git(["rm", "-q", path]);
    project.record("weg");
    check!(project.look("c0ffee"), @r#"
    exit_code: 0
    ----- stdout -----
    c0ffee  add c0ffee
      now         in no file of the working tree
      deleted     3bdf75f "weg" (A. Author, 2026-11-19)
      was in      versions/größe und 'maß'.py
      last in     e4cea68 "größe \x1b[31m" (A. Author, 2026-11-19)
      added       e4cea68 "größe \x1b[31m" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
    bring it back:   onehead where c0ffee --restore
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "c0ffee", "--restore"]), @r"
    exit_code: 0
    ----- stdout -----
    brought `c0ffee` back from e4cea68
    wrote versions/größe und 'maß'.py
    1 head: c0ffee

    Next:   git add 'versions/größe und '\''maß'\''.py' && git commit -m 'Restore migration c0ffee'
    ----- stderr -----
    ");
    assert_eq!(project.files()[path], text);
}

#[test]
fn a_chain_comes_back_whole_or_not_at_all() {
    let project = repository();
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    revision(&project, "versions", "e5e5", &["d4d4"]);
    project.git(["rm", "-q", "versions/c3c3_x.py", "versions/d4d4_x.py"]);
    project.record("clean up");
    let before = project.files();
    check!(project.onehead(["where", "d4d4", "--restore"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: nothing was written: with `d4d4` alone the history would not be whole: `d4d4` needs `c3c3`, which can be brought back too
    hint: bring all of it back:   onehead where d4d4 c3c3 --restore
    ");
    assert_eq!(project.files(), before);
    check!(project.onehead(["where", "d4d4", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `d4d4` back from c6c9999
    brought `c3c3` back from 074197b
    wrote versions/c3c3_x.py
    wrote versions/d4d4_x.py
    1 head: e5e5

    Next:   git add versions/c3c3_x.py versions/d4d4_x.py && git commit -m 'Restore migrations d4d4, c3c3'
    ----- stderr -----
    ");
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_parent_that_never_was_keeps_a_file_away() {
    let project = repository();
    revision(&project, "versions", "d4d4", &["0bad"]);
    project.record("add d4d4");
    project.git(["rm", "-q", "versions/d4d4_x.py"]);
    project.record("clean up");
    check!(project.onehead(["where", "d4d4", "--restore"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: nothing was written: with `d4d4` alone the history would not be whole: `d4d4` needs `0bad`, which is nowhere
    hint: find `0bad` first: another clone may have it, or a branch that was not fetched
    ");
}

#[test]
fn a_file_in_the_way_stays() {
    let project = repository();
    project.lose();
    project.write("versions/c3c3_x.py", &script("f6f6", &["b2b2".into()]));
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: versions/c3c3_x.py is there already, and is not the file of `c3c3`
    hint: nothing was written; rename that file, or move it away, and run the command again
    ");
    assert_eq!(project.files()["versions/c3c3_x.py"], script("f6f6", &["b2b2".into()]));
}

#[test]
fn a_second_head_comes_back_with_a_note() {
    let project = repository();
    project.lose();
    revision(&project, "versions", "d4d4", &["b2b2"]);
    project.record("add d4d4");
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from 074197b
    wrote versions/c3c3_x.py
    2 heads: c3c3, d4d4

    Next:   git add versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    note: there are more heads now than expected: `onehead check`
    ");
}

#[test]
fn of_several_texts_the_published_one_counts() {
    let project = repository();
    project.git(["switch", "-q", "-c", "feature"]);
    let edited = script("c3c3", &["b2b2".into()]) + "# edited\n";
    project.write("versions/c3c3_x.py", &edited);
    project.record("edit");
    project.git(["branch", "edited"]);
    project.lose();
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     668004a "clean up" (A. Author, 2026-11-19)
      was in      versions/c3c3_x.py
      still on    edited, main
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
      other text  versions/c3c3_x.py since 6d6be90 "edit" (A. Author, 2026-11-19)
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from `main`
    wrote versions/c3c3_x.py
    1 head: c3c3

    Next:   git add versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    note: the file of `c3c3` had 2 different texts, this is that of `main`; another:   git show 6d6be90:versions/c3c3_x.py
    ");
    assert_eq!(project.files()["versions/c3c3_x.py"], script("c3c3", &["b2b2".into()]));
    // Where nothing is published, the newest counts.
    std::fs::remove_file(project.path().join("versions/c3c3_x.py")).unwrap();
    project.git(["branch", "-D", "main"]);
    project.brings_back("versions/c3c3_x.py", &edited);
}

#[test]
fn two_revisions_of_one_file_do_not_come_back_together() {
    let project = repository();
    project.write("versions/c3c3_x.py", &script("f6f6", &["b2b2".into()]));
    project.record("another id");
    project.git(["rm", "-q", "versions/c3c3_x.py"]);
    project.record("clean up");
    let before = project.files();
    check!(project.onehead(["where", "c3c3", "f6f6", "--restore"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `c3c3` and `f6f6` both were versions/c3c3_x.py
    hint: nothing was written; bring one back, rename its file, then the other
    ");
    assert_eq!(project.files(), before);
    project.onehead(["where", "f6f6", "--restore"]).exits(0);
}

#[test]
fn what_got_another_id_is_there_twice_then() {
    let project = repository();
    project.git(["mv", "versions/c3c3_x.py", "versions/f6f6_x.py"]);
    let text = script("c3c3", &["b2b2".into()]).replace("'c3c3'", "'f6f6'");
    project.write("versions/f6f6_x.py", &text);
    project.record("another id");
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from 074197b
    wrote versions/c3c3_x.py
    2 heads: c3c3, f6f6

    Next:   git add versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    note: `f6f6` is `c3c3` under another id, given in 964f678: the same migration is there twice now
    note: there are more heads now than expected: `onehead check`
    ");
}

#[test]
fn what_else_is_missing_is_noted() {
    let project = repository();
    revision(&project, "versions", "e5e5", &["gone"]);
    project.record("a broken one");
    project.lose();
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from 074197b
    wrote versions/c3c3_x.py
    2 heads: c3c3, e5e5

    Next:   git add versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    note: other revisions still follow `gone`: `onehead check`
    note: there are more heads now than expected: `onehead check`
    ");
}

#[test]
fn a_label_that_is_missing_comes_back_with_its_revision() {
    let project = repository();
    project.write(
        "versions/l1l1_x.py",
        &crate::support::script_with("l1l1", "None", "branch_labels = 'carts'"),
    );
    project.write(
        "versions/d4d4_x.py",
        &crate::support::script_with("d4d4", "'c3c3'", "depends_on = 'carts'"),
    );
    project.record("add two");
    project.git(["rm", "-q", "versions/l1l1_x.py", "versions/d4d4_x.py"]);
    project.record("clean up");
    project.look("carts").exits(0).shows("l1l1  add l1l1\n");
    check!(project.onehead(["where", "d4d4", "--restore"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: nothing was written: with `d4d4` alone the history would not be whole: `d4d4` needs `carts`, which can be brought back too
    hint: bring all of it back:   onehead where d4d4 carts --restore
    ");
    project.onehead(["where", "d4d4", "carts", "--restore"]).exits(0);
}

#[test]
fn what_does_not_load_stays_away() {
    let project = repository();
    project.write("versions/d4d4_x.py", "revision = 'd4d4'\ndown_revision = 'c3c3'\n)\n");
    project.record("broken");
    project.git(["rm", "-q", "versions/d4d4_x.py"]);
    project.record("clean up");
    let before = project.files();
    check!(project.onehead(["where", "d4d4", "--restore"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: the repair would leave something worse than it found, so nothing was changed

    versions/d4d4_x.py:1:1: unreadable-script not valid Python: expected a statement
    hint: mend that first, repair it the other way (`onehead rebase`, `onehead merge`), or leave the rule out with `ignore`
    ");
    assert_eq!(project.files(), before);
}

#[test]
fn a_folder_that_is_gone_is_made_again() {
    let project = Project::new().history("a1a1 <- b2b2");
    project.git(["init", "-q"]);
    project.record("both");
    project.git(["rm", "-q", "-r", "versions"]);
    project.record("clean up");
    project
        .onehead(["where", "b2b2", "a1a1", "--restore", "-q"])
        .exits(0)
        .prints("versions/a1a1.py\nversions/b2b2.py\n");
    project.onehead(["check"]).exits(0);
}
