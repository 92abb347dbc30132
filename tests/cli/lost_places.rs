//! `where` in repositories and clones that know little, in several environments, in long histories, and as JSON.

use crate::json::check_found;
use crate::lost::{repository, revision};
use crate::support::{Project, check, script};

#[test]
fn nowhere() {
    let project = repository();
    check!(project.look("abc123"), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `abc123` is nowhere; looked through the working tree, 1 local branch, the reflogs and 0 commits that nothing leads to
    hint: `git fetch --all --tags` brings what the remotes have by now
    ");
    check!(project.onehead(["where", "a1a1", "abc123"]), @r#"
    exit_code: 1
    ----- stdout -----
    a1a1  add a1a1
      now         versions/a1a1_x.py
      on          main
      added       d118880 "add a1a1" (A. Author, 2026-11-19)
      child       b2b2   versions/b2b2_x.py
    ----- stderr -----
    error: `abc123` is nowhere; looked through the working tree, 1 local branch, the reflogs and 0 commits that nothing leads to
    hint: `git fetch --all --tags` brings what the remotes have by now
    "#);
    check!(project.onehead(["where", "abc123", "--restore", "--format", "json"]), @r#"
    exit_code: 1
    ----- stdout -----
    {
      "schema": 1,
      "error": {
        "message": "`abc123` is nowhere; looked through the working tree, 1 local branch, the reflogs and 0 commits that nothing leads to",
        "hint": "`git fetch --all --tags` brings what the remotes have by now"
      }
    }
    ----- stderr -----
    "#);
}

#[test]
fn without_git() {
    let project = Project::new().history("a1a1 <- b2b2");
    check!(project.look("b2b2"), @"
    exit_code: 0
    ----- stdout -----
    b2b2  add b2b2
      now         versions/b2b2.py
      parent      a1a1   versions/a1a1.py
    ----- stderr -----
    ");
    check!(project.look("abc123"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `abc123` is in no file of the working tree, and there is no git repository to look through
    hint: run it where the project's git repository is
    ");
}

#[test]
fn before_the_first_commit() {
    let project = Project::new().history("a1a1 <- b2b2");
    project.git(["init", "-q"]);
    check!(project.look("b2b2"), @"
    exit_code: 0
    ----- stdout -----
    b2b2  add b2b2
      now         versions/b2b2.py
      added       not committed yet
      parent      a1a1   versions/a1a1.py
    ----- stderr -----
    ");
    project.look("abc123").exits(1).says("is nowhere");
}

#[test]
fn in_a_shallow_clone() {
    let project = repository();
    project.lose();
    let clone = Project::empty();
    let from = format!("file://{}", project.path().display());
    clone.git(["clone", "-q", "--depth=1", &from, "."]);
    check!(clone.look("c3c3"), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: `c3c3` is nowhere; looked through the working tree, 1 local branch, 1 remote branch, the reflogs and 0 commits that nothing leads to
    hint: the history of this clone is cut off: `git fetch --unshallow` brings the rest
    ");
    // The commit where it is cut off seems to add everything, and did not.
    let answer = clone.onehead(["where", "head"]).exits(0).shows("  now ");
    assert!(!answer.stdout.contains("added"), "{answer}");
    project.onehead(["where", "head"]).exits(0).shows("added");
    let answer = clone.onehead(["check", "--merge-with", "origin/other"]).exits(2);
    answer.says("no such commit").says("fetch-depth: 0");
}

#[test]
fn in_a_partial_clone() {
    let project = repository();
    project.lose();
    project.git(["config", "uploadpack.allowFilter", "true"]);
    let clone = Project::empty();
    let from = format!("file://{}", project.path().display());
    clone.git(["clone", "-q", "--filter=blob:none", &from, "."]);
    check!(clone.look("c3c3"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot tell where `c3c3` is: this is a partial clone, without all files of the history
    hint: `git fetch --refetch --no-filter` brings them
    ");
    clone.git(["fetch", "-q", "--refetch", "--no-filter"]);
    clone.look("c3c3").exits(0).shows("deleted     ");
    clone.look("abc123").exits(1).says("is nowhere");
}

#[test]
fn what_cannot_be_read_may_be_committed() {
    let project = repository();
    project.git(["config", "uploadpack.allowFilter", "true"]);
    let clone = Project::new();
    let from = format!("file://{}", project.path().display());
    clone.git(["clone", "-q", "--bare", "--filter=blob:none", &from, ".git"]);
    clone.git(["config", "core.bare", "false"]);
    revision(&clone, "versions", "a1a1", &[]);
    let answer = clone.look("a1a1").exits(0).shows("now         versions/a1a1_x.py");
    assert!(!answer.stdout.contains("not committed"), "{answer}");
}

#[test]
fn on_a_remote_branch() {
    let project = repository();
    project.git(["branch", "release"]);
    project.lose();
    let clone = Project::empty();
    let from = format!("file://{}", project.path().display());
    clone.git(["clone", "-q", &from, "."]);
    clone.look("c3c3").exits(0).shows("still on    origin/release\n");
}

#[test]
fn as_json() {
    let project = repository();
    project.git(["branch", "release"]);
    revision(&project, "versions", "d4d4", &["c3c3"]);
    project.record("add d4d4");
    project.lose();
    let answer = project.onehead(["where", "c3c3", "--format", "json"]);
    let document = answer.json();
    check_found(&document);
    let both = project.onehead(["where", "a1a1", "abc123", "--format", "json"]).exits(1).json();
    check_found(&both);
    assert_eq!(both["nowhere"], serde_json::json!(["abc123"]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&document["found"]).unwrap(), @r#"
    [
      {
        "added": {
          "author": "A. Author",
          "date": "2026-11-19",
          "id": "074197b2dbbf8b766058adc6164231d99182696c",
          "short": "074197b",
          "subject": "add c3c3"
        },
        "asked": "c3c3",
        "branches": [
          "release"
        ],
        "children": [
          {
            "path": "versions/d4d4_x.py",
            "revision": "d4d4"
          }
        ],
        "contents": [
          {
            "commit": {
              "author": "A. Author",
              "date": "2026-11-19",
              "id": "074197b2dbbf8b766058adc6164231d99182696c",
              "short": "074197b",
              "subject": "add c3c3"
            },
            "object": "af48c4d64c15d89171606dd220d3e31bfde5a90e",
            "path": "versions/c3c3_x.py",
            "refs": [
              "release"
            ]
          }
        ],
        "environment": "alembic.ini",
        "gone": {
          "commit": {
            "author": "A. Author",
            "date": "2026-11-19",
            "id": "2a5f0d46dd8a0fbdd4e44b21638816061b95c639",
            "short": "2a5f0d4",
            "subject": "clean up"
          },
          "how": "deleted",
          "new_path": null,
          "new_revision": null
        },
        "message": "add c3c3",
        "only_in": null,
        "other_refs": [],
        "parents": [
          {
            "path": "versions/b2b2_x.py",
            "revision": "b2b2"
          }
        ],
        "paths": [],
        "renamed": null,
        "revision": "c3c3",
        "stashes": [],
        "tags": []
      }
    ]
    "#);
    assert_eq!(document["environments"][0]["findings"][0]["rule"], "missing-parent");
    let restored = project.onehead(["where", "c3c3", "--restore", "--format", "json"]).exits(0);
    insta::assert_snapshot!(restored.json()["changes"], @r#"[{"kind":"create","path":"versions/c3c3_x.py","to":null}]"#);
}

#[test]
fn with_two_environments() {
    let project = Project::empty();
    for name in ["one", "two"] {
        project.write(&format!("{name}/alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        revision(&project, &format!("{name}/versions"), "a1a1", &[]);
        revision(&project, &format!("{name}/versions"), &format!("{name}2"), &["a1a1"]);
    }
    project.git(["init", "-q"]);
    project.record("both");
    check!(project.look("a1a1"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `a1a1` is found in 2 environments: one/alembic.ini, two/alembic.ini
    hint: choose one, for example with `-c one/alembic.ini`
    ");
    project.git(["rm", "-q", "two/versions/two2_x.py"]);
    project.record("lose one");
    check!(project.look("two2"), @r#"
    exit_code: 0
    ----- stdout -----
    two2  add two2
      now         in no file of the working tree
      deleted     cc67ea0 "lose one" (A. Author, 2026-11-19)
      was in      two/versions/two2_x.py
      last in     bd730c7 "both" (A. Author, 2026-11-19)
      added       bd730c7 "both" (A. Author, 2026-11-19)
      parent      a1a1   two/versions/a1a1_x.py
    bring it back:   onehead where two2 --restore -c two/alembic.ini
    ----- stderr -----
    "#);
    check!(project.onehead(["where", "two2", "--restore"]), @"
    exit_code: 0
    ----- stdout -----
    brought `two2` back from bd730c7
    wrote two/versions/two2_x.py
    1 head: two2 (two/alembic.ini)

    Next:   git add two/versions/two2_x.py && git commit -m 'Restore migration two2'
    ----- stderr -----
    ");
    check!(project.look("head"), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `head` is found in 2 environments: one/alembic.ini, two/alembic.ini
    hint: choose one, for example with `-c one/alembic.ini`
    ");
}

#[test]
fn a_thousand_commits_take_less_than_a_second() {
    let project = Project::new();
    project.git(["init", "-q"]);
    project.fast_import(1000);
    let start = std::time::Instant::now();
    project.look("r0500").exits(0).shows("deleted     ");
    let debug = if cfg!(debug_assertions) { 4 } else { 1 };
    assert!(start.elapsed().as_millis() < 1000 * debug, "{:?}", start.elapsed());
}

#[test]
fn a_file_by_its_path_from_anywhere() {
    let project = repository();
    project.lose();
    project.make("app");
    let path = project.path().join("versions/c3c3_x.py");
    for (folder, path) in [
        ("", "versions/c3c3_x.py"),
        ("", "./versions/c3c3_x.py"),
        ("app", "../versions/c3c3_x.py"),
        ("versions", "c3c3_x.py"),
        ("versions", "3c3_x"),
        ("app", path.to_str().unwrap()),
    ] {
        project.onehead_in(folder, ["where", path]).exits(0).shows("c3c3  add c3c3\n");
    }
}

#[test]
fn a_folder_that_another_branch_has_moved() {
    let project = repository();
    project.git(["branch", "old"]);
    project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n");
    project.make("db");
    project.git(["mv", "versions", "db/versions"]);
    project.record("move");
    project.git(["branch", "moved"]);
    project.git(["rm", "-q", "db/versions/c3c3_x.py"]);
    project.record("clean up");
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     d63a0d5 "clean up" (A. Author, 2026-11-19)
      was in      db/versions/c3c3_x.py
      renamed     4d2f4c2 "move" (A. Author, 2026-11-19)
                  versions/c3c3_x.py -> db/versions/c3c3_x.py
      still on    moved, old
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   db/versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
    project.git(["switch", "-q", "old"]);
    project.git(["rm", "-q", "versions/c3c3_x.py"]);
    project.record("clean up the old one");
    check!(project.look("c3c3"), @r#"
    exit_code: 0
    ----- stdout -----
    c3c3  add c3c3
      now         in no file of the working tree
      deleted     4407ea4 "clean up the old one" (A. Author, 2026-11-19)
      was in      db/versions/c3c3_x.py
      renamed     4d2f4c2 "move" (A. Author, 2026-11-19)
                  versions/c3c3_x.py -> db/versions/c3c3_x.py
      still on    moved
      added       074197b "add c3c3" (A. Author, 2026-11-19)
      parent      b2b2   versions/b2b2_x.py
    bring it back:   onehead where c3c3 --restore
    ----- stderr -----
    "#);
}

#[test]
fn with_other_hashes_and_in_a_linked_worktree() {
    let project = Project::new().history("a1a1 <- b2b2");
    project.git(["init", "-q", "--object-format=sha256"]);
    project.record("both");
    project.git(["rm", "-q", "versions/b2b2.py"]);
    project.record("clean up");
    project.git(["worktree", "add", "-q", "linked"]);
    let answer = project.onehead_in("linked/versions", ["where", "b2b2"]).exits(0);
    answer.shows("was in      b2b2.py").shows("deleted     ");
    project
        .onehead_in("linked", ["where", "b2b2", "--restore"])
        .exits(0)
        .shows("wrote versions/b2b2.py");
    assert!(!project.path().join("versions/b2b2.py").exists());
}

#[test]
fn what_git_is_configured_to_show_changes_nothing() {
    let project = repository();
    project.lose();
    let plain = project.look("c3c3").exits(0).stdout;
    for (key, value) in [
        ("log.diffMerges", "combined"),
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("log.decorate", "full"),
        ("log.follow", "true"),
        ("log.abbrevCommit", "false"),
        ("diff.renames", "copies"),
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
        ("format.pretty", "oneline"),
    ] {
        project.git(["config", key, value]);
        assert_eq!(project.look("c3c3").stdout, plain, "{key}");
    }
}

#[test]
fn born_in_a_merge_in_a_folder_that_is_no_version_location() {
    let project = repository();
    project.git(["switch", "-q", "-c", "feature"]);
    project.git(["commit", "-q", "--allow-empty", "-m", "x"]);
    project.git(["switch", "-q", "main"]);
    project.git(["merge", "-q", "--no-ff", "--no-commit", "feature"]);
    revision(&project, "attic", "d4d4", &["c3c3"]);
    project.record("join");
    project.git(["branch", "-q", "-D", "feature"]);
    project.git(["reset", "-q", "--hard", "HEAD^"]);
    for (key, value) in
        [("a.b", "c"), ("log.showSignature", "true"), ("log.diffMerges", "first-parent")]
    {
        project.git(["config", key, value]);
        project.look("d4d4").exits(0).shows("attic/d4d4_x.py");
    }
}

impl Project {
    /// So many commits, each with one revision more; the last one takes the one in the middle away.
    fn fast_import(&self, commits: usize) {
        use std::io::Write as _;
        let mut stream = String::new();
        let add = |stream: &mut String, change: String| {
            let header = "commit refs/heads/main\ncommitter A. Author <a@example.org> 1700000000 +0000\ndata 1\nx\n";
            stream.push_str(header);
            stream.push_str(&change);
        };
        for at in 0..commits {
            let id = format!("r{at:04}");
            let parents: Vec<String> =
                at.checked_sub(1).map(|at| format!("r{at:04}")).into_iter().collect();
            let text = script(&id, &parents);
            add(
                &mut stream,
                format!("M 100644 inline versions/{id}.py\ndata {}\n{text}\n", text.len()),
            );
        }
        add(&mut stream, format!("D versions/r{:04}.py\n", commits / 2));
        let mut command = self.command(std::path::Path::new("git"));
        let mut child = command
            .args(["fast-import", "--quiet"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        self.git(["reset", "-q", "--hard", "main"]);
    }
}
