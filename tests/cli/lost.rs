//! `where`: what git remembers of a revision, in repositories in which it was lost in every way there is.

use crate::support::{Answer, Project, check, script};

/// A repository with the history `a1a1 <- b2b2 <- c3c3` on `main`, one commit each.
pub fn repository() -> Project {
    let project = Project::new();
    project.git(["init", "-q"]);
    for (id, parents) in [("a1a1", vec![]), ("b2b2", vec!["a1a1"]), ("c3c3", vec!["b2b2"])] {
        revision(&project, "versions", id, &parents);
        project.record(&format!("add {id}"));
    }
    project
}

/// Writes a revision to a file that is called after it.
pub fn revision(project: &Project, folder: &str, id: &str, parents: &[&str]) {
    let parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
    project.write(&format!("{folder}/{id}_x.py"), &script(id, &parents));
}

impl Project {
    /// Commits all there is.
    pub fn record(&self, message: &str) {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "-m", message]);
    }

    /// Takes `c3c3` away again.
    pub fn lose(&self) {
        self.git(["rm", "-q", "versions/c3c3_x.py"]);
        self.record("clean up");
    }

    /// Asks where a revision is.
    pub fn look(&self, rev: &str) -> Answer {
        self.onehead(["where", rev])
    }

    /// Brings `c3c3` back, and proves that it is what it was.
    #[track_caller]
    pub fn brings_back(&self, path: &str, text: &str) {
        self.onehead(["where", "c3c3", "--restore"]).exits(0);
        assert_eq!(self.files().get(path).map(String::as_str), Some(text));
    }
}

#[test]
fn a_deleted_file() {
    let project = repository();
    project.git(["branch", "release/1.4"]);
    project.git(["tag", "v1.4"]);
    project.git(["tag", "-a", "-m", "signed off", "v1.4-annotated"]);
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    project.lose();
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     2a5f0d4 "clean up" (A. Author, 2026-11-19)
      was in      versions/c3c3_x.py
      still on    release/1.4, tag v1.4, tag v1.4-annotated
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
      child       d4d4   versions/d4d4_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from `release/1.4`
    wrote versions/c3c3_x.py
    1 head: d4d4

    Next:   git add versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    ");
    assert_eq!(project.files()["versions/c3c3_x.py"], script("c3c3", &["b2b2".into()]));
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_file_that_is_there() {
    let project = repository();
    check!(project.look("b2b2"), @r#"
    exit_code: 0
    ----- stdout -----
    b2b2  add b2b2
      now         versions/b2b2_x.py
      on          main
      added       4846993 "add b2b2" (A. Author, 2026-11-19)
      parent      a1a1   versions/a1a1_x.py
      child       c3c3   versions/c3c3_x.py
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "b2b2", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    `b2b2` is there already: versions/b2b2_x.py
    ");
    revision(&project, "versions", "d4d4", &["c3c3"]);
    check!(project.look("d4d4"), @"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         versions/d4d4_x.py
      added       not committed yet
      parent      c3c3   versions/c3c3_x.py
    ----- stderr -----
    ");
}

#[test]
fn symbols_explain_the_heads() {
    let project = repository();
    project.git(["branch", "other"]);
    check!(project.look("head"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         versions/c3c3_x.py
      on          main, other
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
    ----- stderr -----
    "#);
    revision(&project, "versions", "d4d4", &["b2b2"]);
    let both = project.look("head").exits(0).shows("c3c3  add c3c3\n").shows("d4d4  add d4d4\n");
    project.look("heads").exits(0).prints(&both.stdout);
    project.look("-1").exits(0).shows("b2b2  add b2b2\n");
    project.look("d4d4@head").exits(0).shows("d4d4  add d4d4\n");
    check!(project.look("base"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `base` stands for no revision
    hint: run `onehead history` to list the revisions
    ");
    check!(project.look("gone@head"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'gone'
    hint: run `onehead history` to list the revisions
    ");
}

#[test]
fn a_file_deleted_in_the_working_tree_alone() {
    let project = repository();
    std::fs::remove_file(project.path().join("versions/c3c3_x.py")).unwrap();
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     in the working tree only, `HEAD` still has it
      was in      versions/c3c3_x.py
      still on    main
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
    project.brings_back("versions/c3c3_x.py", &script("c3c3", &["b2b2".into()]));
}

#[test]
fn a_renamed_file() {
    let project = repository();
    project.git(["mv", "versions/b2b2_x.py", "versions/2026_items.py"]);
    project.record("dates in names");
    check!(project.look("b2b2"), @r#"
    exit_code: 0
    ----- stdout -----
    b2b2  add b2b2
      now         versions/2026_items.py
      renamed     47b57c3 "dates in names" (A. Author, 2026-11-19)
                  versions/b2b2_x.py -> versions/2026_items.py
      on          main
      added       4846993 "add b2b2" (A. Author, 2026-11-19)
      parent      a1a1   versions/a1a1_x.py
      child       c3c3   versions/c3c3_x.py
    ----- stderr -----
    "#);
    project.look("b2b2_x.py").exits(0).shows("b2b2  add b2b2\n");
    project.look("versions/2026").exits(0).shows("b2b2  add b2b2\n");
}

#[test]
fn a_file_called_anything() {
    let project = repository();
    project.write("versions/items.py", &script("c0ffee", &["c3c3".into()]).replace('\'', "\""));
    project.record("add items");
    project.git(["rm", "-q", "versions/items.py"]);
    project.record("no items");
    // What only speaks of the id is not it.
    project.write(
        "versions/notes.py",
        "\"\"\"c0ffee\"\"\"\nrevision = 'e5e5'\ndown_revision = 'c3c3'\n",
    );
    project.record("notes");
    check!(project.look("c0ffee"), @r#"
    exit_code: 0
    ----- stdout -----
    c0ffee  add c0ffee
      now         in no file of the working tree
      deleted     a4ed577 "no items" (A. Author, 2026-11-19)
      was in      versions/items.py
      last in     2de1418 "add items" (A. Author, 2026-11-19)
      added       2de1418 "add items" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
    bring it back:   onehead where c0ffee --restore
    ----- stderr -----
    "#);
    project.look("items.py").exits(0).shows("c0ffee  add c0ffee\n");
}

#[test]
fn a_renamed_folder() {
    let project = repository();
    project.lose();
    project.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/db/versions\n",
    );
    project.make("db");
    project.git(["mv", "versions", "db/versions"]);
    project.record("move");
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     76bf403 "clean up" (A. Author, 2026-11-19)
      was in      versions/c3c3_x.py
      last in     074197b "add c3c3" (A. Author, 2026-11-19)
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   db/versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
    project.look("b2b2").exits(0).shows("now         db/versions/b2b2_x.py");
    check!(project.onehead(["where", "c3c3", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `c3c3` back from 074197b
    wrote db/versions/c3c3_x.py
    1 head: c3c3

    Next:   git add db/versions/c3c3_x.py && git commit -m 'Restore migration c3c3'
    ----- stderr -----
    ");
    assert_eq!(project.files()["db/versions/c3c3_x.py"], script("c3c3", &["b2b2".into()]));
}

#[test]
fn an_id_that_was_changed() {
    let project = repository();
    project.write("versions/c3c3_x.py", &script("f6f6", &["b2b2".into()]));
    project.record("another id");
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      new id      3b00031 "another id" (A. Author, 2026-11-19)
                  to f6f6 in versions/c3c3_x.py
      was in      versions/c3c3_x.py
      last in     074197b "add c3c3" (A. Author, 2026-11-19)
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);

    let project = repository();
    project.git(["mv", "versions/c3c3_x.py", "versions/f6f6_x.py"]);
    project
        .write("versions/f6f6_x.py", &script("c3c3", &["b2b2".into()]).replace("'c3c3'", "'f6f6'"));
    project.record("another id and name");
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      new id      18ec8e2 "another id and name" (A. Author, 2026-11-19)
                  to f6f6 in versions/f6f6_x.py
      was in      versions/c3c3_x.py
      last in     074197b "add c3c3" (A. Author, 2026-11-19)
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
}

#[test]
fn only_on_another_branch() {
    let project = repository();
    project.git(["switch", "-q", "-c", "feature"]);
    revision(&project, "versions", "d4d4", &["c3c3"]);
    revision(&project, "versions", "e5e5", &["d4d4"]);
    project.record("add two");
    project.git(["switch", "-q", "main"]);
    check!(project.look("d4d4"), @r#"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         in no file of the working tree
      was in      versions/d4d4_x.py
      on          feature
      added       a87e5f1 "add two" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
      child       e5e5   in no file of the working tree
    bring it back:   onehead where d4d4 --restore
    ----- stderr -----
    "#);
}

#[test]
fn left_out_by_a_merge() {
    let project = repository();
    project.git(["switch", "-q", "-c", "feature"]);
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    project.git(["switch", "-q", "main"]);
    project.git(["merge", "-q", "--no-ff", "-s", "ours", "-m", "join", "feature"]);
    project.git(["branch", "-D", "feature"]);
    check!(project.look("d4d4"), @r#"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         in no file of the working tree
      left out    by the merge 8ca0270 "join" (A. Author, 2026-11-19)
      was in      versions/d4d4_x.py
      last in     c6c9999 "add d4d4" (A. Author, 2026-11-19)
      added       c6c9999 "add d4d4" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
    bring it back:   onehead where d4d4 --restore
    ----- stderr -----
    "#);
    project.onehead(["where", "d4d4", "--restore"]).exits(0);
}

#[test]
fn only_in_a_stash() {
    let project = repository();
    project.git(["switch", "-q", "--detach", "HEAD~1"]);
    revision(&project, "versions", "d4d4", &["b2b2"]);
    project.git(["add", "-A"]);
    project.git(["stash", "-q"]);
    revision(&project, "versions", "e5e5", &["b2b2"]);
    project.git(["stash", "-q", "--include-untracked"]);
    check!(project.look("d4d4"), @"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         in no file of the working tree
      was in      versions/d4d4_x.py
      on          stash@{1}
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where d4d4 --restore
    ----- stderr -----
    ");
    check!(project.look("e5e5"), @"
    exit_code: 0
    ----- stdout -----
    e5e5  add e5e5
      now         in no file of the working tree
      was in      versions/e5e5_x.py
      on          stash@{0}^3
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where e5e5 --restore
    ----- stderr -----
    ");
    project.onehead(["where", "e5e5", "--restore"]).exits(0);
    assert_eq!(project.files()["versions/e5e5_x.py"], script("e5e5", &["b2b2".into()]));
    project.git(["clean", "-q", "-f"]);
    project.git(["reflog", "expire", "--expire=now", "--all"]);
    project.look("e5e5").exits(0).shows("on          refs/stash^3\n");
}

#[test]
fn only_in_the_reflog() {
    let project = repository();
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    revision(&project, "versions", "e5e5", &["d4d4"]);
    project.record("add e5e5");
    project.git(["reset", "-q", "--hard", "HEAD~2"]);
    check!(project.look("d4d4"), @r#"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         in no file of the working tree
      was in      versions/d4d4_x.py
      only in     the reflog: b81f27e "add e5e5" (A. Author, 2026-11-19)
      added       c6c9999 "add d4d4" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
      child       e5e5   in no file of the working tree
    bring it back:   onehead where d4d4 --restore
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "d4d4", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `d4d4` back from c6c9999
    wrote versions/d4d4_x.py
    1 head: d4d4

    Next:   git add versions/d4d4_x.py && git commit -m 'Restore migration d4d4'
    ----- stderr -----
    ");
}

#[test]
fn only_in_a_commit_that_nothing_leads_to() {
    let project = repository();
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    project.git(["reset", "-q", "--hard", "HEAD~1"]);
    project.git(["reflog", "expire", "--expire=now", "--all"]);
    check!(project.look("d4d4"), @r#"
    exit_code: 0
    ----- stdout -----
    d4d4  add d4d4
      now         in no file of the working tree
      was in      versions/d4d4_x.py
      only in     a commit that nothing leads to: c6c9999 "add d4d4" (A. Author, 2026-11-19)
      added       c6c9999 "add d4d4" (A. Author, 2026-11-19)
      parent      c3c3   versions/c3c3_x.py
    bring it back:   onehead where d4d4 --restore
    ----- stderr -----
    "#);
    project.onehead(["where", "d4d4", "--restore"]).exits(0);
    project.onehead(["check"]).exits(0);
}

#[test]
fn an_ambiguous_prefix() {
    let project = repository();
    for id in ["d4d4aa", "d4d4bb"] {
        revision(&project, "versions", id, &["c3c3"]);
    }
    project.record("add two");
    project.git(["rm", "-q", "versions/d4d4bb_x.py"]);
    project.record("drop one");
    check!(project.look("d4d4"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'd4d4'
    hint: it could be d4d4aa, d4d4bb
    ");
    project.look("d4d4b").exits(0).shows("d4d4bb  add d4d4bb\n");
    check!(project.look("versions"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'versions'
    hint: it could be a1a1, b2b2, c3c3, d4d4aa, d4d4bb
    ");
}

#[test]
fn a_file_that_kept_the_name_of_a_lost_id() {
    let project = repository();
    project.git(["switch", "-q", "-c", "gone"]);
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    project.git(["switch", "-q", "main"]);
    project.git(["branch", "-q", "-D", "gone"]);
    project.git(["reflog", "expire", "--expire=now", "--all"]);
    project.write("versions/after_d4d4.py", &script("e5e5", &["c3c3".into()]));
    // The name alone is no answer while there is a revision of this id somewhere.
    project.look("d4d4").exits(0).shows("d4d4  add d4d4\n").shows("only in     a commit");
    project.look("after").exits(0).shows("e5e5  add e5e5\n");
}
