//! The index: what is staged counts, whatever lies in the working tree, in real hooks as by hand.

use std::path::Path;

use super::support::check;
use super::{MAKO, Room, heads, script};

#[test]
fn what_is_staged_counts_and_what_lies_around_does_not() {
    let room = Room::new();
    room.script("c", "a");
    check!(room.onehead("check --staged"), @r"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    1 head, 2 revisions, no problems (alembic.ini, index)
    ");
    room.onehead("check").exits(1);
    room.git("add -A");
    room.onehead("check --staged").exits(1).shows("multiple-heads");
    // Mended only where nobody looks.
    room.script("c", "b");
    room.onehead("check").exits(0);
    room.onehead("check --staged").exits(1).shows("versions/c.py:6:17").shows("= 'a'");
}

#[test]
fn nothing_is_staged_before_the_first_file_and_after_the_last() {
    let room = Room::empty().history("a <- b");
    check!(room.onehead("check --staged"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic environment found in the index

    looked for alembic.ini and [tool.alembic] in pyproject.toml among its files
    hint: name one with `--config path/to/alembic.ini`, or describe it under [[tool.onehead.environments]]
    ");
    room.git("add -A");
    room.onehead("check --staged").exits(0).says("(alembic.ini, index)");
    room.commit();
    room.git("rm -q -r --cached .");
    room.onehead("check --staged").exits(2).says("no Alembic environment found in the index");
    room.onehead("check").exits(0);
}

#[test]
fn a_partial_commit_is_judged_by_its_own_index() {
    let room = Room::of("a <- b");
    room.hook("pre-commit", "onehead check --staged");
    room.script("c", "b");
    room.script("d", "b");
    room.git("add -A");
    // Both are staged, and each alone is fine.
    let both = room.try_git(".", &["commit", "-q", "-m", "x"]);
    assert_eq!(both.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&both.stderr).contains("multiple-heads"), "{both:?}");
    room.git("commit -q -m x versions/c.py");
    let rest = room.try_git("versions", &["commit", "-q", "-m", "x", "d.py"]);
    assert_eq!(rest.status.code(), Some(1), "{rest:?}");
}

#[test]
fn commit_all_from_a_folder_below_and_amend_are_judged() {
    let room = Room::of("a <- b <- c");
    room.hook("pre-commit", "onehead check --staged");
    room.script("c", "a");
    let all = room.try_git("versions", &["commit", "-q", "-a", "-m", "x"]);
    assert_eq!(all.status.code(), Some(1), "{all:?}");
    let said = String::from_utf8_lossy(&all.stderr);
    assert!(said.contains("versions/c.py:6:17"), "{said}");
    room.git("add -A");
    let amended = room.try_git(".", &["commit", "-q", "--amend", "--no-edit"]);
    assert_eq!(amended.status.code(), Some(1), "{amended:?}");
    room.git("checkout -q HEAD -- versions");
    room.git_in("versions", "commit -q --amend --no-edit");
}

#[test]
fn what_is_only_meant_to_be_added_is_absent_and_an_empty_file_is_there() {
    let room = Room::new();
    room.script("c", "a");
    room.git("add -N versions/c.py");
    room.onehead("check --staged").exits(0).says("2 revisions");
    room.git("add versions/c.py");
    room.onehead("check --staged").exits(1).shows("multiple-heads");
    room.git("rm -q --cached versions/c.py");
    room.git("add -N versions/c.py");
    room.onehead("check --staged").exits(0);
    room.git("rm -q --cached versions/c.py");
    room.write("versions/c.py", "");
    room.git("add versions/c.py");
    room.onehead("check --staged").exits(1).shows("unreadable-script").shows("versions/c.py");
    // Both kinds at once, beside an empty file that has nothing to do with it.
    room.script("d", "a");
    room.write("notes.txt", "");
    room.git("add notes.txt");
    room.git("add -N versions/d.py");
    let answer = room.onehead("check --staged --format json").exits(1);
    assert_eq!(answer.rules(), ["unreadable-script"]);
}

#[test]
fn more_empty_files_than_fit_on_a_command_line() {
    let room = Room::new();
    let object = room.git("hash-object -w -t blob --stdin");
    let name = "x".repeat(220);
    let line = |number: usize| format!("100644 {}\tother/{name}{number}.py", object.trim());
    let lines: Vec<String> = (0..12_000).map(line).collect();
    room.write(".git/lines", &(lines.join("\n") + "\n"));
    let input = std::fs::File::open(room.path().join(".git/lines")).unwrap();
    let update = ["update-index", "--add", "--index-info"];
    let output = room.command("git", Path::new("."), &update).stdin(input).output().unwrap();
    assert!(output.status.success());
    room.script("c", "a");
    room.git("add -N versions/c.py");
    room.onehead("check --staged").exits(0).says("2 revisions");
}

#[test]
fn the_configuration_is_staged_too() {
    let room = Room::new();
    room.git("mv versions steps");
    room.write("alembic.ini", "[alembic]\nscript_location = .\nversion_locations = steps\n");
    // The folder is moved in the index, and the configuration is not.
    let answer = room.onehead("check --staged").exits(1).shows("published-revision-deleted");
    let answer = answer.says("version location versions of alembic.ini is not in the index");
    answer.says("in 0 revisions (alembic.ini, index)");
    room.git("add -A");
    room.onehead("check --staged").exits(0).says("1 head, 2 revisions");
    room.write("steps/c.py", &script("c", "a"));
    room.git("add -A");
    room.write("pyproject.toml", "[tool.onehead]\nexpected-heads = 2\n");
    room.onehead("check --staged").exits(1);
    room.git("add pyproject.toml");
    room.onehead("check --staged").exits(0);
}

#[test]
fn neither_index_nor_working_tree_is_written_not_even_refreshed() {
    let room = Room::of("a <- b <- c");
    room.script("c", "a");
    room.write("script.py.mako", MAKO);
    room.git("add -A");
    // An entry that a refresh would touch: same bytes, another time.
    room.script("b", "a");
    let lock = room.path().join(".git/index.lock");
    for locked in [false, true] {
        if locked {
            std::fs::write(&lock, "of another").unwrap();
        }
        let before = room.bytes(".");
        room.onehead("check --staged").exits(1);
        room.onehead("heads --staged").exits(0);
        room.onehead("check --ref HEAD").exits(0);
        room.onehead("merge --diff --staged").exits(1);
        assert!(before == room.bytes("."));
    }
    assert_eq!(std::fs::read_to_string(lock).unwrap(), "of another");
}

#[test]
fn what_the_index_is_made_of_does_not_matter() {
    let room = Room::of("a <- b");
    room.script("c", "a");
    room.git("add -A");
    room.git("update-index --skip-worktree versions/a.py");
    room.git("update-index --assume-unchanged versions/b.py");
    std::fs::remove_file(room.path().join("versions/a.py")).unwrap();
    room.script("b", "nowhere");
    let fork = |room: &Room| {
        let answer = room.onehead("check --staged --format json").exits(1);
        assert_eq!(heads(&answer), "b c");
        assert_eq!(answer.rules(), ["multiple-heads"]);
    };
    fork(&room);
    room.git("update-index --split-index");
    fork(&room);
    room.git("update-index --untracked-cache");
    room.git("config core.fsmonitor true");
    fork(&room);
    assert!(!room.path().join(".git/fsmonitor--daemon.ipc").exists());
    room.git("config core.fsmonitor .git/never-run");
    room.write(".git/never-run", "#!/bin/sh\ntouch ran\n");
    fork(&room);
    assert!(!room.path().join("ran").exists());
    for version in ["4", "3", "2"] {
        room.git(&format!("update-index --index-version {version}"));
        fork(&room);
    }
}

#[test]
fn a_detached_head_has_an_index_as_well() {
    let room = Room::new();
    room.git("checkout -q --detach");
    room.script("c", "a");
    room.git("add -A");
    room.onehead("check --staged").exits(1).shows("multiple-heads");
}

#[test]
fn line_ends_in_the_working_tree_change_no_answer() {
    let room = Room::new();
    room.write(".gitattributes", "*.py text eol=crlf\n");
    room.write("versions/c.py", &script("c", "a").replace('\n', "\r\n"));
    room.git("add -A");
    room.git("commit -q -m x");
    let whole = |arguments: &str| {
        let answer = room.onehead(arguments).exits(1);
        let text = answer.stdout.replace("\"worktree\"", "\"index\"");
        (text, answer.stderr)
    };
    assert_eq!(whole("check --format json --staged"), whole("check --format json"));
    assert_eq!(whole("check --staged").0, whole("check").0);
}
