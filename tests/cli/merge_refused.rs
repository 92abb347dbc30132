//! What `onehead merge` refuses, and how it says so: nothing is written then.

use crate::fork::{TEMPLATE, forked, migration, two_environments};
use crate::merge::{FILE, refused, written};
use crate::support::{Project, check};

#[test]
fn concise_is_for_check() {
    check!(refused(&forked(), ["--format", "concise"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format concise` is for `onehead check`
    hint: leave it out, or use `--format json`
    "#);
}

#[test]
fn head_for_heads() {
    check!(refused(&forked(), ["head"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Multiple head revisions are present for given argument 'head'; please specify a specific target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads
    hint: did you mean `heads`? `head` is one of d4f0, e5a7
    "#);
}

#[test]
fn an_unknown_revision() {
    check!(refused(&forked(), ["d4f0", "nosuch"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'nosuch'
    hint: run `onehead history` to list the revisions
    "#);
}

#[test]
fn the_same_revision_twice() {
    check!(refused(&forked(), ["d4f0", "d4"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Duplicate head revisions specified
    hint: name `d4f0` once
    "#);
}

#[test]
fn a_revision_that_is_no_head() {
    check!(refused(&forked(), ["c3d9", "d4f0"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Revision c3d9 is not a head revision; please specify --splice to create a new branch from this revision
    hint: run `onehead heads` to list the heads
    "#);
}

#[test]
fn one_revision_is_nothing_to_merge() {
    check!(refused(&forked(), ["d4f0"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge, since a merge joins at least two revisions: 2 heads (alembic.ini)
    "#);
}

#[test]
fn a_file_that_is_there() {
    let project = forked();
    project.migration("d4f1", Some("d4f0"), "more", 21);
    project.onehead(["merge", "--rev-id", "abc", "-m", "more"]).exits(0);
    std::fs::remove_file(project.path().join("versions/abc_more.py")).expect("removed");
    project
        .write("alembic.ini", "[alembic]\nscript_location = %(here)s\nfile_template = %%(slug)s\n");
    project.write("versions/more.py", "revision = 'f00'\ndown_revision = 'd4f1'\n");
    check!(refused(&project, ["-m", "more"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: versions/more.py is there already
    hint: nothing was written; move it away, or choose another `--rev-id` or message
    "#);
}

#[test]
fn an_id_that_is_taken() {
    check!(refused(&forked(), ["--rev-id", "c3d9"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is a revision `c3d9` already
    hint: choose another with `--rev-id ID`
    "#);
}

#[test]
fn an_id_that_alembic_refuses() {
    check!(refused(&forked(), ["--rev-id", "a-b"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Character(s) '-' not allowed in revision identifier 'a-b'
    hint: use letters, digits and `_`
    "#);
}

#[test]
fn a_label_that_is_taken() {
    let project = forked();
    project.onehead(["merge", "--rev-id", "m", "--branch-label", "shop"]).exits(0);
    project.migration("f1", Some("m"), "left", 22);
    project.migration("f2", Some("m"), "right", 22);
    check!(refused(&project, ["--branch-label", "shop"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Branch name 'shop' is already used by revision m
    hint: choose another with `--branch-label LABEL`
    "#);
}

#[test]
fn a_date_that_is_none() {
    check!(refused(&forked(), ["--date", "yesterday"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --date `yesterday` is no date
    hint: give `now`, or a date such as "2026-11-22 10:00:00"
    "#);
}

#[test]
fn several_forked_environments() {
    let project = two_environments();
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: 2 environments are meant: a/alembic.ini, b/alembic.ini
    hint: choose one, for example with `-c a/alembic.ini`, or mend all of them with `onehead check --fix`
    "#);
    check!(refused(&project, ["heads"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `heads` is found in 2 environments: a/alembic.ini, b/alembic.ini
    hint: choose one, for example with `-c a/alembic.ini`
    "#);
    project.onehead(["merge", "-c", "a/alembic.ini", "-q"]).exits(0).shows("a/versions/");
    // The other one is the only one with a fork now.
    project.onehead(["merge", "-q"]).exits(0).shows("b/versions/");
    check!(project.onehead(["merge"]), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge: 1 head (a/alembic.ini)
    nothing to merge: 1 head (b/alembic.ini)
    "#);
}

#[test]
fn heads_without_an_expected_label_are_told() {
    let project = forked();
    project.write("onehead.toml", "expected-heads = { expand = 1, contract = 1 }\n");
    check!(refused(&project, []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: 2 heads are without any branch label of `expected-heads`: `d4f0` and `e5a7`
    hint: give the first revision of that line a label in `branch_labels`, or list its label in `expected-heads`; or name the revisions to join: `onehead merge REV REV`
    "#);
    project.onehead(["merge", "d4f0", "e5a7", "-q"]).exits(0).prints(&format!("{FILE}\n"));
}

#[test]
fn as_many_heads_as_expected() {
    let project = forked();
    project.write("onehead.toml", "expected-heads = 2\n");
    check!(refused(&project, []), @r#"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to merge: 2 heads (alembic.ini)
    "#);
}

#[test]
fn a_history_that_alembic_cannot_load_comes_first() {
    let project = forked();
    project.migration("f6", Some("gone"), "lost", 21);
    let before = project.files();
    check!(project.onehead(["merge"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[missing-parent]: `f6` follows `gone`, which no file defines
      --> versions/f6_lost.py:12:17
       |
    12 | down_revision = 'gone'
       |                 ^^^^^^
       |
       = note: every alembic command stops with `KeyError: 'gone'`
       = help: bring it back:   onehead where gone --restore

    ----- stderr -----
    nothing was changed: this comes first, since the heads rest on it
    "#);
    assert_eq!(project.files(), before);
}

#[test]
fn a_template_outside_of_what_is_understood() {
    let project = forked();
    project.write("script.py.mako", "## a comment\n<%inherit file=\"base.mako\"/>\n");
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: script.py.mako:2: `<%inherit file="base.mako"/>`: a tag of mako that is not understood here
    hint: let Alembic write it, which runs the template:   alembic merge -m 'merge migration heads' d4f0 e5a7
    "#);
    check!(refused(&two_with_a_template_of_its_own(), ["-c", "a/alembic.ini"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: a/script.py.mako:1: `${repr(up_revision) | h,strange}`: the filter `strange` is not understood here
    hint: let Alembic write it, which runs the template:   alembic -c a/alembic.ini merge -m 'merge migration heads' a2 a3
    "#);
}

fn two_with_a_template_of_its_own() -> Project {
    let project = two_environments();
    project.write("a/script.py.mako", "revision = ${repr(up_revision) | h,strange}\n");
    project
}

#[test]
fn a_name_that_only_env_py_supplies() {
    let project = forked();
    let ini = "[alembic]\nscript_location = %(here)s\nrevision_environment = true\n";
    project.write("alembic.ini", ini);
    project.write("env.py", "raise SystemExit('env.py was run')\n");
    // The template has no such name, so nothing is missing.
    let (path, _) = written(&project, []);
    assert_eq!(path, FILE);
    project.write("script.py.mako", &format!("{TEMPLATE}# ${{owner}}\n"));
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: script.py.mako:27: `${owner}`: `owner` is not defined when a merge is written; only `env.py` could supply it
    hint: let Alembic write it, which runs the template:   alembic merge -m 'merge migration heads' d4f0 e5a7
    "#);
}

#[test]
fn a_template_that_is_not_there() {
    let project = forked();
    std::fs::remove_file(project.path().join("script.py.mako")).expect("removed");
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read script.py.mako: no such file or directory
    hint: see whether it is a file that you may read:   ls -l script.py.mako
    "#);
}

#[test]
fn a_folder_with_the_name_of_the_file() {
    let project = forked();
    project.make(FILE);
    refused(&project, []).exits(2).says("is there already");
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let project = forked();
    let folder = project.path().join("versions");
    let mut permissions = std::fs::metadata(&folder).expect("there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&folder, permissions.clone()).expect("mine");
    // Who may write everywhere, as `root` does, is not kept from it.
    let may_write = std::fs::write(folder.join("probe"), "").is_ok();
    let answer = project.onehead(["merge"]);
    #[allow(clippy::permissions_set_readonly_false, reason = "so that the folder can be removed")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&folder, permissions).expect("mine");
    if may_write {
        answer.exits(0);
    } else {
        answer.exits(2).prints("").says("versions").says("nothing was changed");
        assert_eq!(project.status(), "");
    }
}

/// Three heads after `a1`, of which `d1` depends on `c1`.
pub fn with_a_dependency() -> Project {
    let project = Project::new();
    project.write("script.py.mako", TEMPLATE);
    project.migration("a1", None, "first", 11);
    project.migration("b1", Some("a1"), "left", 12);
    project.migration("c1", Some("a1"), "middle", 13);
    let text = migration("d1", Some("a1"), "right", 14);
    let text = text.replace("depends_on = None", "depends_on = 'c1'");
    project.write("versions/d1_right.py", &text);
    project
}

#[test]
fn a_merge_on_which_alembic_would_crash() {
    check!(refused(&with_a_dependency(), []), @r#"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    error: a merge of `b1`, `c1` and `d1` would make `alembic upgrade` stop at `92725a5d85cd` with `KeyError`: one of them depends on another
    hint: put yours on top of the published head:   onehead rebase
    "#);
}

#[test]
fn parents_of_which_one_comes_before_the_other() {
    check!(refused(&with_a_dependency(), ["a1", "c1", "--splice"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `a1` comes before `c1` already: a merge of them would join nothing
    hint: `alembic upgrade c1` runs both; nothing has to be merged
    "#);
}

#[test]
fn a_file_template_that_leads_out_of_the_folder() {
    let project = forked();
    let ini = "[alembic]\nscript_location = %(here)s\nfile_template = ../%%(rev)s\n";
    project.write("alembic.ini", ini);
    check!(refused(&project, []), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: alembic.ini: the file name `../7477d90ee622.py` leads out of its folder
    hint: give another `--rev-id`, or mend `file_template` there
    "#);
}

#[test]
fn a_revision_of_either_environment() {
    check!(refused(&two_environments(), ["a2", "b2"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no environment has all of `a2` and `b2`
    hint: a merge joins revisions of one environment: `onehead heads` lists them by environment
    "#);
}
