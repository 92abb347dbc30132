//! Every git that this machine has: the one on `PATH`, and the one that the system came with where that is another.

use std::path::Path;
use std::process::Command;

use super::{Room, heads};

/// `PATH`s that lead to different versions of git.
fn paths() -> Vec<String> {
    let path = std::env::var("PATH").unwrap();
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut paths = vec![path.clone()];
    if Path::new("/usr/bin/git").exists() && version("/usr/bin/git") != version("git") {
        paths.push(format!("/usr/bin:{path}"));
    }
    paths
}

#[test]
fn each_gives_the_same_answers() {
    for path in paths() {
        let room = Room::new().variable("PATH", path);
        room.hook("pre-commit", "onehead check --staged");
        room.script("c", "a");
        room.script("d", "a");
        room.git("add versions/c.py");
        room.git("add -N versions/d.py");
        let answer = room.onehead("check --staged --format json").exits(1);
        assert_eq!(heads(&answer), "b c");
        assert_eq!(
            room.try_git("versions", &["commit", "-qm", "x", "c.py"]).status.code(),
            Some(1)
        );
        room.git("rm -q --cached versions/d.py");
        room.git("commit -q --no-verify -m x");
        let answer = room.onehead("check --ref HEAD --format json").exits(1);
        assert_eq!(heads(&answer), "b c");
        room.onehead("check --ref HEAD~1").exits(0);
        room.onehead("check --ref :/work").exits(0);
        room.onehead("check --ref nowhere").exits(2);
        room.onehead("check --staged").exits(1);
        room.git("checkout -q -f -b side HEAD~1");
        room.script("e", "b");
        room.git("add versions/e.py");
        room.git("commit -q -m x");
        // git has what that needs since 2.38.
        let answer = room.onehead("check --merge-with main --format json");
        match answer.status {
            1 => assert_eq!(heads(&answer), "c e"),
            _ => drop(answer.exits(2).shows("2.38 can")),
        }
    }
}

#[test]
fn none_fetches_what_a_partial_clone_does_not_have() {
    for path in paths() {
        let room = Room::new().variable("PATH", path);
        room.script("b", "nowhere");
        room.commit();
        room.git("config uploadpack.allowFilter true");
        let url = format!("file://{}", room.path().display());
        room.git(&format!("clone -q --filter=blob:none {url} clone"));
        let before = room.bytes("clone/.git/objects").len();
        let answer = room.onehead_in("clone", "check --ref HEAD~1");
        let answer = answer.exits(1).shows("does not have the content of `b.py`");
        answer.shows("git fetch --refetch --no-filter");
        assert_eq!(room.bytes("clone/.git/objects").len(), before);
        room.onehead_in("clone", "check --ref HEAD").exits(1).shows("missing-parent");
    }
}
