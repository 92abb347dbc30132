//! A commit by any name: its files and its configuration, from wherever the program is run.

use super::support::check;
use super::{Room, heads, script};

/// `a <- b`, then a fork `c` on top, tagged; the working tree has mended it.
fn forked() -> Room {
    let room = Room::of("a <- b");
    room.script("c", "a");
    room.commit();
    room.git("tag -a -m v1 v1");
    room.script("c", "b");
    room.commit();
    room
}

#[test]
fn every_name_of_a_commit_is_understood() {
    let room = forked();
    room.git("branch side/old HEAD~1");
    room.git("update-ref refs/remotes/upstream/side HEAD~1");
    let id = room.git("rev-parse v1^0");
    let id = id.trim();
    room.git("notes add -m about v1");
    for name in [
        "v1",
        "HEAD~1",
        "HEAD^",
        "main~1",
        "side/old",
        "refs/heads/side/old",
        "upstream/side",
        "v1^{}",
        "v1^{commit}",
        id,
        &id[..9],
        "main@{1}",
        "HEAD^{/work}~1",
    ] {
        let answer = room.onehead_with(".", &["check", "--format", "json", "--ref", name]).exits(1);
        assert_eq!(heads(&answer), "b c", "{name}");
        assert_eq!(answer.json()["snapshot"], name);
        assert_eq!(answer.rules(), ["multiple-heads"]);
    }
    for name in ["main", "HEAD", "@", ":/work"] {
        let answer = room.onehead_with(".", &["check", "--ref", name]).exits(0).prints("");
        answer.talks(&format!("1 head, 3 revisions, no problems (alembic.ini, {name})\n"));
    }
}

#[test]
fn a_stash_is_a_commit() {
    let room = Room::of("a <- b");
    room.script("b", "nowhere");
    room.git("stash -q");
    room.onehead("check --ref stash@{0}").exits(1).shows("missing-parent");
    room.onehead("check --ref stash@{0}^").exits(0);
    room.onehead("check --ref stash@{1}").exits(2);
}

#[test]
fn what_names_no_commit_is_an_error() {
    let room = forked();
    check!(room.onehead("check --ref nowhere"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read `nowhere`: no such commit
    hint: run `git fetch` if it is a remote branch: `git branch --all` lists what there is
    ");
    for name in [
        "HEAD^{tree}",
        "HEAD:alembic.ini",
        "HEAD:versions",
        ":alembic.ini",
        "-x",
        "--all",
        "--exec=x",
        "HEAD..v1",
        "^HEAD",
        "HEAD...v1",
        ":/no such text",
        "",
        "HEAD\nHEAD",
        "HEAD^{blob}",
        "HEAD~99",
        "0000000000000000000000000000000000000000",
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    ] {
        let argument = format!("--ref={name}");
        let answer = room.onehead_with(".", &["check", &argument]).exits(2).prints("");
        assert!(answer.stderr.starts_with("error: cannot read `"), "{answer}");
        let argument = format!("--merge-with={name}");
        room.onehead_with(".", &["check", &argument]).exits(2).says("error: cannot read the merge");
    }
    let tree = room.git("rev-parse HEAD^{tree}");
    room.onehead(&format!("check --ref {}", tree.trim())).exits(2);
    let answer = room.onehead("check --format json --ref nowhere").exits(2);
    assert_eq!(answer.json()["error"]["message"], "cannot read `nowhere`: no such commit");
}

#[test]
fn the_configuration_is_that_of_the_commit() {
    let room = Room::of("a <- b");
    room.script("c", "a");
    room.write("onehead.toml", "expected-heads = 2\n");
    room.commit();
    room.git("mv versions db");
    room.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/db\n",
    );
    room.git("rm -q onehead.toml");
    room.write("db/c.py", &script("c", "b"));
    room.commit();
    room.onehead("check --ref HEAD").exits(0).says("1 head, 3 revisions");
    let answer = room.onehead("check --format json --ref HEAD~1").exits(0);
    assert_eq!(heads(&answer), "b c");
    assert_eq!(answer.json()["environments"][0]["version_locations"][0], "versions");
    room.onehead("check --ref HEAD~2").exits(0).says("1 head, 2 revisions");
}

#[test]
fn an_environment_that_is_not_in_the_commit_is_an_error_that_says_where_it_was_looked_for() {
    let room = Room::empty();
    room.write("README.md", "nothing yet");
    room.git("add README.md");
    room.git("commit -q -m x");
    let room = room.history("a <- b");
    room.commit();
    check!(room.onehead("check --ref HEAD~1"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic environment found in `HEAD~1`

    looked for alembic.ini and [tool.alembic] in pyproject.toml among its files
    hint: name one with `--config path/to/alembic.ini`, or describe it under [[tool.onehead.environments]]
    ");
    room.onehead("check --ref HEAD~1 -c alembic.ini").exits(2).says("it is not in `HEAD~1`");
    room.onehead("heads --ref HEAD~1").exits(2).says("found in `HEAD~1`");
    room.onehead("check --ref HEAD~1 versions").exits(2);
    room.onehead("check --ref HEAD -c alembic.ini").exits(0);
}

#[test]
fn it_may_be_run_from_a_folder_that_the_commit_does_not_have() {
    let room = forked();
    room.write("new/deep/file", "");
    room.onehead_in("new/deep", "check --ref v1").exits(1).shows("../../versions/c.py:6:17");
    room.onehead_in("new/deep", "check --ref v1 -c ../../alembic.ini").exits(1);
    room.onehead_in("new/deep", "heads --ref v1").exits(0).prints("b (head)\nc (head)\n");
    let absolute = room.path().join("alembic.ini");
    let arguments = ["heads", "--ref", "v1", "-c", absolute.to_str().unwrap()];
    room.onehead_with("new", &arguments).exits(0).prints("b (head)\nc (head)\n");
    // The same file by a way that leads through a link outside of the repository.
    let outside = tempfile::tempdir().unwrap();
    let link = outside.path().join("link");
    std::os::unix::fs::symlink(room.path(), &link).unwrap();
    let through = link.join("alembic.ini");
    let arguments = ["heads", "--ref", "v1", "-c", through.to_str().unwrap()];
    room.onehead_with("new", &arguments).exits(0).prints("b (head)\nc (head)\n");
    // Nothing of what is written now counts.
    std::fs::remove_dir_all(room.path().join("versions")).unwrap();
    room.write("alembic.ini", "not an ini");
    room.onehead("check --ref v1").exits(1).shows("multiple-heads");
}

#[test]
fn only_paths_of_the_commit_can_be_asked_about() {
    let room = forked();
    room.onehead("check --ref v1 versions").exits(1);
    room.onehead("check --ref v1 versions/c.py").exits(1);
    std::fs::remove_dir_all(room.path().join("versions")).unwrap();
    room.onehead("check --ref v1 versions/c.py").exits(1);
    room.write("later/file", "");
    room.onehead("check --ref v1 later").exits(2).says("does not exist");
}

#[test]
fn a_bare_repository_has_commits_and_nothing_else() {
    let room = forked();
    room.git("clone -q --bare . bare.git");
    for folder in ["bare.git", "bare.git/refs"] {
        room.onehead_in(folder, "check --ref main").exits(0).says("3 revisions");
        let answer = room.onehead_in(folder, "check --format json --ref v1").exits(1);
        assert_eq!(heads(&answer), "b c");
        assert_eq!(answer.json()["environments"][0]["config"], "alembic.ini");
    }
    room.onehead_in("bare.git", "check --merge-with v1").exits(0);
    check!(room.onehead_in("bare.git", "check"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the working tree: this repository has no working tree
    hint: name what to judge:   onehead check --ref main
    ");
    room.onehead_in("bare.git", "check --staged").exits(2).says("no working tree");
    room.onehead("-C bare.git check --ref v1").exits(1);
}

#[test]
fn without_a_repository_there_is_nothing_but_files() {
    let room = Room { project: super::Project::new().history("a <- b"), variables: Vec::new() };
    for choice in ["--staged", "--ref HEAD", "--merge-with main"] {
        let answer = room.onehead(&format!("check {choice}")).exits(2);
        answer.says("this is no git repository").says("hint: only files of the working tree");
    }
    let room = Room::of("a <- b").variable("PATH", "/nowhere");
    check!(room.onehead("check --staged"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read the index: the git program cannot be run: no such file or directory
    ");
    room.onehead("check").exits(0);
}

#[test]
fn two_choices_at_once_are_refused() {
    let room = forked();
    for pair in ["--staged --ref v1", "--ref v1 --merge-with v1", "--staged --merge-with v1"] {
        room.onehead(&format!("check {pair}")).exits(2).says("cannot be used with");
    }
}
