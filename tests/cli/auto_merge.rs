//! `onehead auto-merge` where nobody is asked: what it commits, what it leaves, and how it says so.
//!
//! The question itself needs a terminal: `tests/terminal`.

use crate::fork::{TEMPLATE, forked, forked_without_git, one_line, two_environments};
use crate::support::{Project, check};

/// The file that joins `d4f0` and `e5a7` by default.
const MERGE: &str = "versions/7477d90ee622_merge_migration_heads.py";

/// The file that moves where a rebase is asked for.
const MINE: &str = "versions/e5a7_add_labels.py";

/// The files of the last commit with what became of them.
fn committed(project: &Project) -> String {
    project.git_says(["show", "--format=", "--name-status", "--no-renames", "HEAD"])
}

/// The last commit.
fn tip(project: &Project) -> String {
    project.git_says(["rev-parse", "HEAD"])
}

/// The index, whole.
fn index(project: &Project) -> String {
    project.git_says(["ls-files", "--stage"])
}

/// A line of the output with the names of commits taken out of it.
fn without_commits(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let is_commit =
            word.len() >= 7 && word.len() < 12 && word.chars().all(|c| c.is_ascii_hexdigit());
        if is_commit { "<commit>" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn yes_merges_and_commits_that_file_alone() {
    let project = forked();
    let answer = project.onehead(["auto-merge", "--yes"]);
    insta::assert_snapshot!(without_commits(&answer.to_string()), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622
    committed <commit> "Merge Alembic migration heads d4f0, e5a7" (only that file)
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py
    "#);
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
    assert_eq!(project.status(), "");
    let message = project.git_says(["log", "-1", "--format=%B"]);
    insta::assert_snapshot!(without_commits(&message), @r#"
    Merge Alembic migration heads d4f0, e5a7

    d4f0 came with <commit> Merge branch 'main' into feature-x
    e5a7 came with <commit> add labels
    "#);
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge: 1 head (alembic.ini)
    "#);
}

#[test]
fn ci_is_not_asked() {
    let project = forked().variable("CI", "1");
    project.onehead(["auto-merge"]).exits(0).shows("committed ");
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
    let project = forked().variable("CI", "false");
    project.onehead(["auto-merge"]).exits(1).prints("");
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_done() {
    let project = forked();
    let before = (project.files(), tip(&project));
    check!(project.onehead(["auto-merge"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    error: there is no terminal to ask on, so nothing was changed
    hint: run `onehead auto-merge --yes`, or set CI=1, to mend it without a question
    "#);
    assert_eq!((project.files(), tip(&project)), before);
}

#[test]
fn no_fork_is_said() {
    check!(one_line().onehead(["auto-merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge: 1 head (alembic.ini)
    "#);
    let document = one_line().onehead(["auto-merge", "--format", "json"]).exits(0).json();
    assert_eq!(document["changes"], serde_json::json!([]));
}

#[test]
fn quiet_prints_the_written_path_alone() {
    let project = forked();
    project.onehead(["auto-merge", "-y", "-q"]).exits(0).prints(&format!("{MERGE}\n")).talks("");
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
}

#[test]
fn no_commit_leaves_the_commit_to_the_user() {
    let project = forked();
    check!(project.onehead(["auto-merge", "--yes", "--no-commit"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py
    "#);
    assert_eq!(project.status(), format!("?? {MERGE}\n"));
}

#[test]
fn what_else_is_staged_or_changed_stays_as_it_is() {
    let project = forked();
    project.write("staged", "staged\n");
    project.write("both", "1\n");
    project.git(["add", "staged", "both"]);
    project.write("both", "of another length\n");
    project.write("untracked", "3\n");
    let files = project.files();
    let entries = index(&project);
    project.onehead(["auto-merge", "--yes"]).exits(0);
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
    assert_eq!(project.status(), "AM both\nA  staged\n?? untracked\n");
    let mut left = project.files();
    left.remove(MERGE).expect("the merge");
    assert_eq!(left, files);
    let kept: Vec<String> =
        index(&project).lines().filter(|line| !line.contains(MERGE)).map(str::to_owned).collect();
    assert_eq!(kept, entries.lines().collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn a_hook_of_git_that_fails_undoes_all() {
    let project = forked();
    project.write("staged", "staged\n");
    project.git(["add", "staged"]);
    let before = (project.files(), index(&project), tip(&project));
    project.shell("printf '#!/bin/sh\\necho no such commits here\\nexit 1\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit");
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    error: the repair was undone: git did not make the commit

    no such commits here
    hint: mend what the hook says, or leave the commit to you with `--no-commit`
    "#);
    assert_eq!((project.files(), index(&project), tip(&project)), before);
}

#[test]
fn a_file_with_changes_of_the_user_is_not_committed() {
    let project = forked();
    project.write("versions/HEADS", "d4f0\ne5a7\n");
    project.commit("heads");
    project.write("versions/HEADS", "d4f0\ne5a7\n\n");
    let answer = project.onehead(["auto-merge", "--yes"]).exits(0);
    insta::assert_snapshot!(answer.stderr, @r#"
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    note: written but not committed, since you had changes there: versions/HEADS
    "#);
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
    assert_eq!(project.status(), " M versions/HEADS\n");
}

#[test]
fn heads_that_are_not_committed_yet() {
    let project = forked();
    project.migration("f6b8", Some("d4f0"), "not yet", 21);
    let before = tip(&project);
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 0
    ----- stdout -----
    59355ebf5348 joins `e5a7` and `f6b8`
    wrote versions/59355ebf5348_merge_migration_heads.py
    1 head: 59355ebf5348

    Next:   git add versions/59355ebf5348_merge_migration_heads.py versions/f6b8_not_yet.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py
      f6b8   not yet      feature-x   not committed yet       versions/f6b8_not_yet.py

    note: nothing was committed: versions/f6b8_not_yet.py is not committed as it is, and what joins it would stand without it
    "#);
    assert_eq!(tip(&project), before);
    // What is proposed is whole, also where only `merge` was asked for.
    project.git(["clean", "-q", "-f", "versions/59355ebf5348_merge_migration_heads.py"]);
    let said = project.onehead(["merge"]).exits(0).stdout;
    project.shell(said.lines().find_map(|line| line.strip_prefix("Next:   ")).expect(&said));
    assert_eq!(project.status(), "");
}

#[test]
fn a_rebase_is_committed() {
    let project = forked();
    let answer = project.onehead(["auto-merge", "--yes", "--strategy", "rebase"]).exits(0);
    insta::assert_snapshot!(without_commits(&answer.stdout), @r#"
    moved 1 revision from c3d9 onto d4f0 (head of main):
      e5a7  add labels   follows d4f0
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head
    committed <commit> "Rebase migrations onto d4f0" (only that file)
    "#);
    assert_eq!(committed(&project), format!("M\t{MINE}\n"));
}

#[test]
fn auto_rebases_what_is_unpublished_and_merges_the_rest() {
    let project = forked();
    project.onehead(["auto-merge", "--yes", "--strategy", "auto"]).exits(0);
    assert_eq!(committed(&project), format!("M\t{MINE}\n"));
    let project = forked();
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    project.onehead(["auto-merge", "--yes", "--strategy", "auto"]).exits(0);
    assert_eq!(committed(&project), format!("A\t{MERGE}\n"));
}

#[test]
fn nothing_to_move() {
    let project = forked();
    project.git(["update-ref", "refs/heads/main", "HEAD"]);
    check!(project.onehead(["auto-merge", "--yes", "--strategy", "rebase"]), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main   A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   main   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    error: nothing was moved: all revisions are published, and published revisions never move: `d4f0` and `e5a7`; join the heads instead: `onehead merge`
    "#);
    assert_eq!(project.status(), "");
}

#[test]
fn several_environments_at_once() {
    let project = two_environments();
    let answer = project.onehead(["auto-merge", "--yes"]).exits(0);
    insta::assert_snapshot!(without_commits(&answer.stdout), @r#"
    8bc42c0dfd38 joins `a2` and `a3`
    193af446c763 joins `b2` and `b3`
    wrote a/versions/8bc42c0dfd38_merge_migration_heads.py
    wrote b/versions/193af446c763_merge_migration_heads.py
    1 head: 8bc42c0dfd38 (a/alembic.ini)
    1 head: 193af446c763 (b/alembic.ini)
    committed <commit> "Merge Alembic migration heads a2, a3, b2, b3" (only these 2 files)
    "#);
    let files = committed(&project);
    assert_eq!(files.lines().count(), 2, "{files}");
    assert_eq!(project.status(), "");
}

#[test]
fn without_git_it_writes() {
    let project = forked_without_git();
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622
    ----- stderr -----
    not compared with a baseline: this is no git repository
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    versions/d4f0_add_carts.py
      e5a7   add labels   versions/e5a7_add_labels.py
    "#);
    assert!(!project.path().join(".onehead").exists());
    project.onehead(["heads"]).exits(0).prints("7477d90ee622 (head)\n");
}

/// A repository in which `begin` has stopped at a conflict in `notes`, with the fork there already.
fn in_the_middle_of(begin: &[&str]) -> Project {
    let project = one_line();
    project.migration("d4f0", Some("c3d9"), "add carts", 19);
    project.commit("add carts");
    project.write("notes", "theirs\n");
    project.migration("e5a7", Some("c3d9"), "add labels", 20);
    project.commit("theirs");
    project.git(["branch", "theirs"]);
    project.git(["reset", "-q", "--hard", "HEAD~1"]);
    project.git(["checkout", "-q", "-b", "mine"]);
    project.write("notes", "mine\n");
    project.commit("mine");
    project.fails_in_git(begin);
    project.write("notes", "both\n");
    project.git(["add", "notes"]);
    project
}

#[test]
fn during_a_merge_it_stages_and_does_not_commit() {
    let project = in_the_middle_of(&["merge", "-q", "theirs"]);
    let before = tip(&project);
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main     A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   theirs   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    note: a merge is in progress, so the files are staged and not committed; go on with:   git merge --continue
    "#);
    assert_eq!(tip(&project), before);
    assert_eq!(project.status(), format!("M  notes\nA  {MERGE}\nA  {MINE}\n"));
    project.git(["-c", "core.editor=true", "merge", "--continue"]);
    project.onehead(["check", "--ignore", "stale-header"]).exits(0);
}

#[test]
fn an_index_that_is_locked_undoes_all() {
    for project in [forked(), in_the_middle_of(&["merge", "-q", "theirs"])] {
        project.write(".git/index.lock", "");
        let before = (project.files(), index(&project), tip(&project));
        project.onehead(["auto-merge", "--yes"]).exits(2).says("index.lock");
        assert_eq!((project.files(), index(&project), tip(&project)), before);
        std::fs::remove_file(project.path().join(".git/index.lock")).expect("removed");
        project.onehead(["auto-merge", "--yes"]).exits(0);
    }
}

#[test]
fn during_a_cherry_pick_it_stages_and_does_not_commit() {
    let project = in_the_middle_of(&["cherry-pick", "theirs"]);
    project
        .onehead(["auto-merge", "--yes"])
        .exits(0)
        .says("go on with:   git cherry-pick --continue\n");
    assert_eq!(project.status(), format!("M  notes\nA  {MERGE}\nA  {MINE}\n"));
    project.git(["-c", "core.editor=true", "cherry-pick", "--continue"]);
}

#[test]
fn during_a_rebase_it_moves_and_stages() {
    let project = in_the_middle_of(&["rebase", "-q", "theirs"]);
    let answer = project.onehead(["auto-merge", "--yes"]);
    insta::assert_snapshot!(answer.to_string(), @r#"
    exit_code: 0
    ----- stdout -----
    moved 1 revision from c3d9 onto d4f0 (head of main):
      e5a7  add labels   follows d4f0
    edited versions/e5a7_add_labels.py
    1 head: e5a7

    Databases that have already run e5a7 take d4f0 as done and would never run it.
    Bring each such database up to date (no data is dropped):
      alembic stamp --purge c3d9 && alembic upgrade d4f0 && alembic stamp --purge e5a7 && alembic upgrade head
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main     A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   theirs   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    note: a git rebase is in progress, so revisions are put on top of each other instead of merged; `--strategy merge` merges them
    note: what was moved is on other branches too, which have it as it was: theirs
    note: a rebase is in progress, so the files are staged and not committed; go on with:   git rebase --continue
    "#);
}

#[cfg(unix)]
#[test]
fn the_command_of_the_team_runs_before_the_commit() {
    let project = forked();
    project.write("onehead.toml", "verify-command = \"echo no; exit 1\"\n");
    project.commit("configured");
    let before = (project.files(), index(&project), tip(&project));
    check!(project.onehead(["auto-merge", "--yes"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    2 heads in alembic.ini, parted at c3d9

      d4f0   add carts    main        A. Author, 2026-11-19   versions/d4f0_add_carts.py
      e5a7   add labels   feature-x   A. Author, 2026-11-19   versions/e5a7_add_labels.py

    no
    error: `echo no; exit 1` failed with exit status 1, so the repair was undone
    hint: it is `verify-command` of onehead's configuration: run it by hand to see more
    "#);
    assert_eq!((project.files(), index(&project), tip(&project)), before);
}

#[test]
fn a_history_that_alembic_cannot_load_comes_first() {
    let project = forked();
    project.migration("f6b8", Some("gone"), "lost", 21);
    let before = project.files();
    project.onehead(["auto-merge", "--yes"]).exits(1).shows("error[missing-parent]");
    assert_eq!(project.files(), before);
}

#[test]
fn heads_without_an_expected_label_are_told() {
    let project = forked();
    project.write("onehead.toml", "expected-heads = { expand = 1 }\n");
    project.onehead(["auto-merge", "--yes"]).exits(1).says("2 heads are without any branch label");
}

#[test]
fn the_template_of_alembic_is_asked_for() {
    let project = forked();
    project.write("script.py.mako", &format!("<%def name=\"x()\"/>{TEMPLATE}"));
    let before = tip(&project);
    project.onehead(["auto-merge", "--yes"]).exits(2).says("let Alembic write it");
    assert_eq!(tip(&project), before);
}
