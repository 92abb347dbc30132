//! `onehead merge`: what it writes, what it refuses, and how it says so.

use crate::fork::{TEMPLATE, forked, forked_without_git, numbered, two_environments};
use crate::support::{Answer, Project, check};

/// The file that joins `d4f0` and `e5a7` by default.
pub const FILE: &str = "versions/7477d90ee622_merge_migration_heads.py";

/// Runs `merge` with these arguments, which must be refused and write nothing.
#[track_caller]
pub fn refused<const N: usize>(project: &Project, arguments: [&str; N]) -> Answer {
    let before = project.files();
    let answer = project.onehead_with(".", &[&["merge"], arguments.as_slice()].concat());
    assert_eq!(project.files(), before, "something was written\n{answer}");
    assert!(answer.stdout.is_empty(), "{answer}");
    answer
}

/// The file that `merge` with these arguments writes: its path, and its docstring's first line.
#[track_caller]
pub fn written<const N: usize>(project: &Project, arguments: [&str; N]) -> (String, String) {
    let all = [&["merge", "--quiet"], arguments.as_slice()].concat();
    let answer = project.onehead_with(".", &all).exits(0).talks("");
    let path = answer.stdout.trim_end().to_owned();
    let text = project.text(&path);
    std::fs::remove_file(project.path().join(&path)).expect("removed");
    (path, text)
}

#[test]
fn merge_joins_all_heads() {
    let project = forked();
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    "#);
    insta::assert_snapshot!(project.text(FILE), @r#"
    """merge migration heads

    Revision ID: 7477d90ee622
    Revises: d4f0, e5a7
    Create Date: 2026-11-20 10:00:00

    """
    from typing import Sequence, Union

    from alembic import op
    import sqlalchemy as sa


    # revision identifiers, used by Alembic.
    revision: str = '7477d90ee622'
    down_revision: Union[str, None] = ('d4f0', 'e5a7')
    branch_labels: Union[str, Sequence[str], None] = None
    depends_on: Union[str, Sequence[str], None] = None


    def upgrade() -> None:
        pass


    def downgrade() -> None:
        pass
    "#);
    project.onehead(["heads"]).exits(0).shows(" (head)\n");
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_second_merge_has_nothing_to_do() {
    let project = forked();
    project.onehead(["merge"]).exits(0);
    let before = project.files();
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge: 1 head (alembic.ini)
    "#);
    project.onehead(["merge", "heads"]).exits(0).prints("").says("nothing to merge: 1 head");
    assert_eq!(project.files(), before);
}

#[test]
fn two_people_write_the_same_file() {
    let (mine, theirs) = (forked(), forked());
    mine.onehead(["merge"]).exits(0);
    theirs.onehead(["merge", "heads"]).exits(0);
    assert_eq!(mine.text(FILE), theirs.text(FILE));
}

#[test]
fn a_diff_writes_nothing_and_git_applies_it() {
    let project = forked();
    let before = project.files();
    let diff = project.onehead(["merge", "--diff"]).exits(1).talks("");
    assert_eq!(project.files(), before);
    project.write(".git/patch", &diff.stdout);
    project.git(["apply", ".git/patch"]);
    let applied = project.text(FILE);
    project.git(["clean", "-q", "-f", "-d"]);
    project.onehead(["merge"]).exits(0);
    assert_eq!(project.text(FILE), applied);
    project.onehead(["merge", "--diff"]).exits(0).prints("").says("nothing to merge: 1 head");
}

#[test]
fn quiet_prints_the_written_path_alone() {
    let project = forked();
    project.onehead(["merge", "--quiet"]).exits(0).prints(&format!("{FILE}\n")).talks("");
    project.onehead(["merge", "--quiet"]).exits(0).prints("").talks("");
}

#[test]
fn options_stand_before_and_after_the_command_and_the_revisions() {
    let project = forked();
    project.onehead(["-q", "merge", "heads"]).exits(0).prints(&format!("{FILE}\n"));
    project.git(["clean", "-q", "-f", "-d"]);
    project.onehead(["merge", "d4f0", "e5a7", "-q"]).exits(0).prints(&format!("{FILE}\n"));
    project.git(["clean", "-q", "-f", "-d"]);
    let (path, text) = written(&project, ["d4f0", "-m", "join", "e5a7", "--rev-id", "abc"]);
    assert_eq!(path, "versions/abc_join.py");
    assert!(text.starts_with("\"\"\"join\n"), "{text}");
    project.onehead(["merge", "heads", "--diff"]).exits(1).shows(FILE);
}

#[test]
fn the_document_lists_the_changes() {
    let project = forked();
    let document = project.onehead(["merge", "--format", "json"]).exits(0).talks("").json();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["environments"][0]["heads"], serde_json::json!(["7477d90ee622"]));
    let change = serde_json::json!({ "kind": "create", "path": FILE, "to": null });
    assert_eq!(document["changes"], serde_json::json!([change]));
    let nothing = project.onehead(["--format", "json", "merge"]).exits(0).json();
    assert_eq!(nothing["changes"], serde_json::json!([]));
    let error = project.onehead(["merge", "--format", "json", "nosuch"]).exits(2).json();
    assert_eq!(error["error"]["message"], "Can't locate revision identified by 'nosuch'");
}

#[test]
fn revisions_are_named_as_alembic_names_them() {
    let project = forked();
    let name = |arguments: [&str; 2]| written(&project, arguments).0;
    assert_eq!(name(["d4f0", "e5a7"]), FILE);
    assert_eq!(name(["e5", "d4"]), FILE);
    assert_eq!(name(["d4f0,e5a7", "--no-hooks"]), FILE);
    assert_eq!(name(["heads", "--no-hooks"]), FILE);
    project.migration("f6b8", Some("d4f0"), "more", 21);
    refused(&project, ["d4f0", "e5a7"]).exits(2);
    let (_, text) = written(&project, ["d4f0", "e5a7", "--splice", "--rev-id", "m"]);
    assert!(text.contains("= ('d4f0', 'e5a7')"), "{text}");
}

#[test]
fn a_label_and_a_date() {
    let project = forked();
    let arguments = ["--branch-label", "shop", "--date", "2026-12-24 18:00:00"];
    let (path, text) = written(&project, arguments);
    assert!(text.contains("\nCreate Date: 2026-12-24 18:00:00\n"), "{text}");
    assert!(text.contains("= ('shop',)"), "{text}");
    assert_ne!(path, FILE, "another label gives another id");
    let (path, text) = written(&project, ["--date", "now"]);
    assert_eq!(path, FILE);
    assert!(!text.contains("Create Date: 2026-11-20"), "{text}");
}

#[test]
fn the_context_names_both_sides() {
    let project = forked();
    let (path, text) = written(&project, ["--context", "--rev-id", "m"]);
    assert_eq!(path, "versions/m_merge_migration_heads_from_main_and_feature_x.py");
    assert!(text.starts_with("\"\"\"merge migration heads from main and feature-x\n"), "{text}");
    // Without git there are no branches, and the heads stand for themselves.
    let (path, _) = written(&forked_without_git(), ["--context", "--rev-id", "m"]);
    assert_eq!(path, "versions/m_merge_migration_heads_from_d4f0_and_e5a7.py");
}

/// The docstring that `show` finds in the file of a merge with this message.
#[track_caller]
fn check_message(message: &str, name: &str) {
    let project = forked();
    let answer = project.onehead(["merge", "-q", "--rev-id", "m", "-m", message]).exits(0);
    assert_eq!(answer.stdout, format!("versions/m{name}.py\n"));
    let shown = project.onehead(["history", "--format", "json"]).exits(0).json();
    assert_eq!(shown["environments"][0]["revisions"][0]["message"], message);
}

#[test]
fn any_message_gives_a_valid_file() {
    check_message("say \"hi\"", "_say_hi");
    check_message("\"\"\"", "_");
    check_message("C:\\new\\table", "_c_new_table");
    check_message("it ends with \\", "_it_ends_with");
    check_message("two\nlines", "_two_lines");
    check_message("\u{fc}ber, \u{1f40d}", "_\u{fc}ber");
}

#[test]
fn a_revision_of_one_environment() {
    let project = two_environments();
    project.onehead(["merge", "b2", "b3", "-q"]).exits(0).shows("b/versions/");
    project.onehead_in("a", ["merge", "-q"]).exits(0).shows("versions/");
    refused(&project, ["b9"]).exits(2).says("Can't locate revision identified by 'b9'");
}

/// Two labelled lines, the first of which is forked.
fn labelled() -> Project {
    let project = Project::new();
    project.write("script.py.mako", TEMPLATE);
    for (id, label) in [("e0", "expand"), ("k0", "contract")] {
        project.write(
            &format!("versions/{id}_start.py"),
            &format!("revision = '{id}'\ndown_revision = None\nbranch_labels = '{label}'\n"),
        );
    }
    project.migration("e1", Some("e0"), "left", 19);
    project.migration("e2", Some("e0"), "right", 20);
    project
}

#[test]
fn labels_with_a_head_each_are_merged_within_their_label() {
    let project = labelled();
    project.write("onehead.toml", "expected-heads = { expand = 1, contract = 1 }\n");
    check!(project.onehead(["merge", "-m", "join"]), @r#"
    exit_code: 0
    ----- stdout -----
    a548bc46e059 joins `e1` and `e2`
    wrote versions/a548bc46e059_join.py
    2 heads: a548bc46e059, k0
    ----- stderr -----
    "#);
    project.onehead(["check"]).exits(0);
}

#[test]
fn heads_without_an_expected_label_are_left_and_told() {
    let project = labelled();
    project.write("onehead.toml", "expected-heads = { expand = 1 }\n");
    check!(project.onehead(["merge", "-m", "join"]), @r#"
    exit_code: 1
    ----- stdout -----
    a548bc46e059 joins `e1` and `e2`
    wrote versions/a548bc46e059_join.py
    2 heads: a548bc46e059, k0
    ----- stderr -----
    note: `k0` is a head without any branch label of `expected-heads`
    "#);
    project.onehead(["check"]).exits(1);
}

#[test]
fn the_heads_of_a_label() {
    let (_, text) = written(&labelled(), ["expand@heads", "--rev-id", "m"]);
    assert!(text.contains("= ('e1', 'e2')"), "{text}");
}

#[test]
fn a_numbered_project_gets_the_next_number() {
    let project = numbered("003a", "003b");
    let (path, text) = written(&project, []);
    assert_eq!(path, "versions/004_merge_migration_heads.py");
    assert!(text.contains("down_revision: Union[str, None] = ('003a', '003b')"), "{text}");
}

#[test]
fn a_name_with_spaces() {
    let project = Project::empty();
    project.write("my db/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("my db/script.py.mako", TEMPLATE);
    project.migration_at("my db/versions", "a1", None, "first", 18);
    project.migration_at("my db/versions", "a2", Some("a1"), "left", 19);
    project.migration_at("my db/versions", "a3", Some("a1"), "right", 20);
    project.repository();
    project.commit("x");
    check!(project.onehead(["merge", "-m", "it's two"]), @r#"
    exit_code: 0
    ----- stdout -----
    71bbb7b6f313 joins `a2` and `a3`
    wrote my db/versions/71bbb7b6f313_it_s_two.py
    1 head: 71bbb7b6f313

    Next:   git add 'my db/versions/71bbb7b6f313_it_s_two.py' && git commit -m 'Merge migration heads'
    ----- stderr -----
    "#);
}

#[test]
fn files_that_name_the_head_are_kept_in_step() {
    let project = forked();
    project.write("versions/HEADS", "d4f0\ne5a7\n");
    project.write("versions/EXPAND_HEAD", "e5a7\n");
    project.write("head.txt", "c3d9\n");
    project.write("HEAD", "the head is e5a7 here\n");
    let answer = project.onehead(["merge"]).exits(0);
    assert_eq!(project.text("versions/HEADS"), "7477d90ee622\n");
    assert_eq!(project.text("versions/EXPAND_HEAD"), "7477d90ee622\n");
    assert_eq!(project.text("head.txt"), "c3d9\n");
    assert_eq!(project.text("HEAD"), "the head is e5a7 here\n");
    check!(answer, @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    edited versions/EXPAND_HEAD
    edited versions/HEADS
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py versions/EXPAND_HEAD versions/HEADS && git commit -m 'Merge migration heads'
    ----- stderr -----
    note: HEAD names a head of before: change it by hand
    "#);
}

#[test]
fn without_git() {
    let project = forked_without_git();
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622
    ----- stderr -----
    "#);
    let left: Vec<String> =
        project.files().into_keys().filter(|path| path.contains(".onehead")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A forked project with this post-write hook, `touch` followed by the hook's name and the options.
fn hooked(hook: &str) -> Project {
    let project = forked();
    let ini = format!(
        "[alembic]\nscript_location = %(here)s\n\n[post_write_hooks]\nhooks = mine\n{hook}"
    );
    project.write("alembic.ini", &ini);
    project
}

/// Marks the file, so that it is seen whether the hook ran and on what.
const MARK: &str = "mine.type = exec\nmine.executable = sh\n\
                    mine.options = -c 'echo \"# marked\" >> $0' REVISION_SCRIPT_FILENAME\n";

#[track_caller]
fn check_marked(project: &Project, arguments: &[&str], expected: bool) {
    let answer = project.onehead_with(".", &[&["merge"], arguments].concat()).exits(0).talks("");
    assert_eq!(project.text(FILE).ends_with("# marked\n"), expected, "{answer}");
}

#[cfg(unix)]
#[test]
fn post_write_hooks_run_on_the_file() {
    check_marked(&hooked(MARK), &[], true);
    check_marked(&hooked(MARK), &["--no-hooks"], false);
}

#[cfg(unix)]
#[test]
fn post_write_hooks_run_under_ci_only_if_asked_for() {
    let in_ci = || hooked(MARK).variable("CI", "true");
    check_marked(&in_ci(), &[], false);
    check_marked(&in_ci(), &["--hooks"], true);
}

#[cfg(unix)]
#[test]
fn a_post_write_hook_that_fails_leaves_the_file() {
    let project = hooked("mine.type = exec\nmine.executable = false\n");
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    note: post-write hook `mine` failed: exit status 1
    "#);
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_post_write_hook_that_is_not_found_leaves_the_file() {
    let project = hooked("mine.type = console_scripts\nmine.entrypoint = no-such-formatter\n");
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    7477d90ee622 joins `d4f0` and `e5a7`
    wrote versions/7477d90ee622_merge_migration_heads.py
    1 head: 7477d90ee622

    Next:   git add versions/7477d90ee622_merge_migration_heads.py && git commit -m 'Merge migration heads'
    ----- stderr -----
    note: post-write hook `mine` was not run: `no-such-formatter` is in no virtual environment here and not on PATH
    "#);
    project.onehead(["check"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_post_write_hook_that_ruins_the_file_undoes_the_merge() {
    let ruin = "mine.type = exec\nmine.executable = sh\n\
                mine.options = -c 'echo \"def\" > $0' REVISION_SCRIPT_FILENAME\n";
    let project = hooked(ruin);
    let before = project.files();
    check!(project.onehead(["merge"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: the repair would leave something worse than it found, so nothing was changed

    versions/7477d90ee622_merge_migration_heads.py:1:1: unreadable-script not valid Python: expected an identifier
    hint: mend that first, repair it the other way (`onehead rebase`, `onehead merge`), or leave the rule out with `ignore`
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn alembics_symbol_leaves_out_heads_that_others_depend_on() {
    let project = crate::merge_refused::with_a_dependency();
    let (_, text) = written(&project, ["heads", "--rev-id", "m"]);
    assert!(text.contains("= ('b1', 'd1')"), "{text}");
}

#[test]
fn ids_by_chance_are_alembics_way() {
    let (mine, theirs) = (forked(), forked());
    mine.write("onehead.toml", "merge-ids = \"random\"\n");
    theirs.write("onehead.toml", "merge-ids = \"random\"\n");
    let (one, other) = (written(&mine, []).0, written(&theirs, []).0);
    assert_ne!(one, other);
    assert!(one.len() == FILE.len() && one != FILE, "{one}");
}
