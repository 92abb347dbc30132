//! Clones that have not everything: nothing is fetched, and what is not there is never taken for fine.

use super::support::check;
use super::{Room, script};

/// A clone without contents of a repository with a fork between `main` and `side`. The clone has what is checked out.
fn clone() -> Room {
    let room = Room::new();
    room.git("checkout -q -b side");
    room.script("d", "b");
    room.script("only", "d");
    room.commit();
    room.git("checkout -q main");
    room.script("c", "b");
    room.commit();
    room.git("config uploadpack.allowFilter true");
    room.git("config uploadpack.allowAnySHA1InWant true");
    let url = format!("file://{}", room.path().display());
    room.git(&format!("clone -q --filter=blob:none -b main {url} clone"));
    room
}

fn objects(room: &Room) -> usize {
    room.bytes("clone/.git/objects").len()
}

#[test]
fn nothing_is_fetched_and_what_is_missing_is_said() {
    let room = clone();
    let before = objects(&room);
    room.onehead_in("clone", "check --staged").exits(0).says("3 revisions");
    room.onehead_in("clone", "check --ref HEAD").exits(0).says("3 revisions");
    let answer = room.onehead_in("clone", "check --ref origin/side");
    assert_ne!(answer.status, 0, "{answer}");
    check!(answer, @r"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: this partial clone does not have the content of `d.py`
    --> versions/d.py
     = note: what it says is not known, and nothing is fetched without being asked for
     = help: bring the contents here:   git fetch --refetch --no-filter

    error[unreadable-script]: this partial clone does not have the content of `only.py`
    --> versions/only.py
     = note: what it says is not known, and nothing is fetched without being asked for
     = help: bring the contents here:   git fetch --refetch --no-filter

    ----- stderr -----
    2 errors in 2 revisions (alembic.ini, origin/side)
    ");
    room.onehead_in("clone", "heads --ref origin/side").exits(1).says("does not have the content");
    room.onehead_in("clone", "check --merge-with origin/side")
        .exits(1)
        .shows("does not have the content");
    assert_eq!(objects(&room), before);
    // What git is told to fetch is there.
    room.git_in("clone", "fetch -q --refetch --no-filter");
    room.onehead_in("clone", "check --ref origin/side").exits(0).says("4 revisions");
    room.onehead_in("clone", "check --merge-with origin/side").exits(1).shows("fork-on-merge");
}

#[test]
fn a_merge_of_contents_that_are_missing_cannot_be_computed() {
    let room = Room::new();
    room.git("checkout -q -b side");
    room.write("versions/b.py", &(script("b", "a") + "# side\n"));
    room.commit();
    room.git("checkout -q main");
    room.write("versions/b.py", &("# main\n".to_owned() + &script("b", "a")));
    room.commit();
    room.git("config uploadpack.allowFilter true");
    let url = format!("file://{}", room.path().display());
    room.git(&format!("clone -q --filter=blob:none -b main {url} clone"));
    let before = objects(&room);
    let answer = room.onehead_in("clone", "check --merge-with origin/side").exits(2);
    answer
        .says("promisor remote")
        .says("hint: bring the contents here:   git fetch --refetch --no-filter");
    assert_eq!(objects(&room), before);
    room.git_in("clone", "fetch -q --refetch --no-filter");
    room.onehead_in("clone", "check --merge-with origin/side").exits(0);
}

#[test]
fn a_configuration_that_is_missing_is_an_error() {
    let room = Room::new();
    room.write("service/alembic.ini", "[alembic]\nscript_location = %(here)s\n# first\n");
    room.write("service/versions/x.py", &script("x", ""));
    room.commit();
    room.write("service/alembic.ini", "[alembic]\nscript_location = %(here)s\n# later\n");
    room.commit();
    room.git("config uploadpack.allowFilter true");
    let url = format!("file://{}", room.path().display());
    room.git(&format!("clone -q --filter=blob:none -b main {url} clone"));
    let before = objects(&room);
    room.onehead_in("clone", "check --ref HEAD").exits(0);
    let answer = room.onehead_in("clone", "check --ref HEAD~1").exits(2);
    assert_eq!(objects(&room), before);
    let known = answer.stderr.contains("service/alembic.ini") || answer.stderr.contains("promisor");
    assert!(known, "{answer}");
}
