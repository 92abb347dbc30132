//! The same files for every command that reads, what each calls them, and who refuses them.

use super::support::check;
use super::{MAKO, Room, heads, script};

/// `a <- b <- c` is checked out and `a <- b, a <- c` staged; `old` is `a <- b`, `side` adds `d` after `b`.
fn room() -> Room {
    let room = Room::empty().history("a <- b");
    room.write("script.py.mako", MAKO);
    room.commit();
    room.git("branch old");
    room.git("checkout -q -b side");
    room.script("d", "b");
    room.commit();
    room.git("checkout -q main");
    room.script("c", "b");
    room.commit();
    room.script("c", "a");
    room.git("add -A");
    room.script("c", "b");
    room
}

#[test]
fn every_reading_command_reads_what_it_is_told_to() {
    let room = room();
    let heads = |choice: &str| room.onehead(&format!("heads {choice}")).exits(0).stdout;
    assert_eq!(heads("--staged"), "b (head)\nc (head)\n");
    assert_eq!(heads("--ref old"), "b (head)\n");
    assert_eq!(heads("--merge-with side"), "c (head)\nd (head)\n");
    room.onehead("history --ref side").exits(0).shows("b -> d (head), add d");
    room.onehead("history -r a:d --merge-with side").exits(0).shows("b -> d (head), add d");
    room.onehead("branches --staged").exits(0).shows("a (branchpoint)");
    room.onehead("branches --ref main").exits(0).prints("");
    room.onehead("branches --merge-with side").exits(0).shows("b (branchpoint)");
    room.onehead("show d --ref side").exits(0).shows("Parent: b");
    room.onehead("show d").exits(2);
    room.onehead("show c --staged").exits(0).shows("Parent: a");
    room.onehead("show c --ref HEAD --format json").exits(0).shows("\"down_revision\"");
    room.git("rm -q --cached versions/b.py");
    room.onehead("heads --staged").exits(0).prints("c (head)\n");
    room.git("rm -q --cached versions/a.py");
    room.onehead("heads --staged").exits(1).says("missing-parent");
}

#[test]
fn a_merge_is_shown_of_any_files_and_written_of_none_but_those_of_the_working_tree() {
    let room = room();
    let before = room.bytes(".");
    check!(room.onehead("merge --diff --merge-with side --rev-id m"), @r"
    exit_code: 1
    ----- stdout -----
    diff --git a/versions/m_merge_migration_heads.py b/versions/m_merge_migration_heads.py
    new file mode 100644
    --- /dev/null
    +++ b/versions/m_merge_migration_heads.py
    @@ -0,0 +1,2 @@
    +revision = 'm'
    +down_revision = ('c', 'd')
    ----- stderr -----
    ");
    room.onehead("merge --diff --staged --rev-id m").exits(1).shows("+down_revision = ('b', 'c')");
    room.onehead("merge --diff --ref side").exits(0);
    check!(room.onehead("merge --staged"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --staged reads files that cannot be written
    hint: show what would be written with `--diff`, or leave the option out to write into the working tree
    ");
    room.onehead("merge --ref side").exits(2).says("--ref reads files that cannot be written");
    room.onehead("merge --merge-with side").exits(2).says("--merge-with reads files");
    room.onehead("check --fix --staged").exits(2).says("--staged reads files");
    room.onehead("check --fix --ref side").exits(2);
    assert!(before == room.bytes("."));
}

#[test]
fn what_was_judged_is_named() {
    let room = room();
    room.onehead("check --ref old")
        .exits(0)
        .talks("1 head, 2 revisions, no problems (alembic.ini, old)\n");
    room.onehead("check --merge-with old").exits(0).says("(alembic.ini, merge with old)\n");
    room.onehead("check --staged").exits(1).says("(alembic.ini, index)\n");
    room.onehead("check").exits(0).says("(alembic.ini)\n");
    for (choice, name) in [
        ("", "worktree"),
        ("--staged", "index"),
        ("--ref old", "old"),
        ("--ref HEAD~1", "HEAD~1"),
        ("--merge-with side", "merge:side"),
    ] {
        let answer = room.onehead(format!("check --format json {choice}").trim());
        assert_eq!(answer.json()["snapshot"], name);
    }
    let answer = room.onehead("check --staged --quiet").exits(1).prints("");
    assert_eq!(answer.stderr.lines().count(), 2, "{answer}");
    room.onehead("check --ref old --quiet").exits(0).prints("").talks("");
    room.onehead("check --ref nowhere --quiet").exits(2).prints("").says("error: ");
    room.onehead("check --staged --exit-zero").exits(0);
}

#[test]
fn paths_are_those_of_the_snapshot() {
    let room = room();
    room.write("service/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    room.write("service/versions/x.py", &script("x", "nowhere"));
    room.git("add service");
    room.onehead("check --staged service").exits(1).shows("missing-parent");
    room.onehead("check --staged versions").exits(1).shows("multiple-heads");
    let answer = room.onehead_in("service", "check --staged --format json .").exits(1);
    assert_eq!(heads(&answer), "x");
    room.onehead("check --ref HEAD service").exits(2).says("service, which does not exist");
}

#[test]
fn a_name_from_the_command_line_cannot_steer_the_terminal() {
    let room = room();
    let answer = room.onehead_with(".", &["check", "--ref", "no\u{1b}[31m\u{7}thing"]).exits(2);
    assert!(!answer.stderr.contains(['\u{1b}', '\u{7}']), "{answer}");
}
