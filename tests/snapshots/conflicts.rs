//! Conflicts that are not resolved, in an index and in a merge that is not made yet, in every form that git knows.

use std::fmt::Write as _;

use super::Room;
use super::support::{Answer, check};

/// Puts stages of a path into the index: each letter of `stages` is a stage with a content of its own.
fn stage(room: &Room, path: &str, stages: &[(u8, &str)]) {
    let mut lines = format!("0 {} 0\t{path}\n", "0".repeat(40));
    for (stage, text) in stages {
        room.write("scratch", *text);
        let object = room.git("hash-object -w scratch");
        let _ = writeln!(lines, "100644 {} {stage}\t{path}", object.trim());
    }
    std::fs::remove_file(room.path().join("scratch")).unwrap();
    let mut command = room.command("git", ".".as_ref(), &["update-index", "--index-info"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

fn c(parent: &str) -> String {
    super::script("c", parent)
}

#[track_caller]
fn found(answer: Answer, expected: &[&str]) {
    let rules = answer.rules();
    assert_eq!(rules, expected, "{answer}");
    answer.exits(i32::from(!expected.is_empty()));
}

#[test]
fn a_migration_in_a_conflict_is_a_finding_in_every_form() {
    let room = Room::of("a <- b");
    let (base, ours, theirs) = (c("a"), c("b"), c("b") + "# theirs\n");
    // Both changed it; both added it; one deleted it; one renamed it to this name.
    let forms: [&[(u8, &str)]; 6] = [
        &[(1, &base), (2, &ours), (3, &theirs)],
        &[(2, &ours), (3, &theirs)],
        &[(1, &base), (2, &ours)],
        &[(1, &base), (3, &theirs)],
        &[(2, &ours)],
        &[(3, &theirs)],
    ];
    for form in forms {
        stage(&room, "versions/c.py", form);
        found(room.onehead("check --staged --format json"), &["unreadable-script"]);
        room.onehead("heads --staged").exits(1).says("conflict");
    }
    // Deleted on both sides: there is nothing to judge.
    stage(&room, "versions/c.py", &[(1, &base)]);
    found(room.onehead("check --staged --format json"), &[]);
    stage(&room, "versions/c.py", forms[2]);
    check!(room.onehead("check --staged"), @r"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `c.py` is in a merge conflict that is not resolved: this side changed it, the other deleted or moved it
    --> versions/c.py
     = note: what becomes of it is up to whoever resolves the conflict
     = help: resolve it in the working tree, then:   git add versions/c.py

    ----- stderr -----
    1 error in 3 revisions (alembic.ini, index)
    ");
}

#[test]
fn a_revision_of_which_both_sides_say_the_same_is_known_during_a_conflict() {
    let room = Room::of("a <- b");
    stage(&room, "versions/c.py", &[(2, &c("b")), (3, &(c("b") + "# theirs\n"))]);
    room.script("d", "c");
    room.git("add versions/d.py");
    // No missing parent: only what the sides disagree about is unknown.
    found(room.onehead("check --staged --format json"), &["unreadable-script"]);
    stage(&room, "versions/c.py", &[(2, &c("b")), (3, &c("a"))]);
    let answer = room.onehead("check --staged --format json");
    assert!(answer.rules().contains(&"unreadable-script".to_owned()), "{answer}");
    answer.exits(1);
}

#[test]
fn a_configuration_in_a_conflict_can_tell_nothing() {
    let room = Room::of("a <- b");
    let ini = |text: &str| format!("[alembic]\nscript_location = {text}\n");
    for form in [
        &[(1, ini("a")), (2, ini("b")), (3, ini("c"))][..],
        &[(2, ini("b")), (3, ini("c"))],
        &[(1, ini("a")), (2, ini("."))],
        &[(1, ini("a")), (3, ini("."))],
    ] {
        let form: Vec<(u8, &str)> =
            form.iter().map(|(stage, text)| (*stage, text.as_str())).collect();
        stage(&room, "alembic.ini", &form);
        room.onehead("check --staged").exits(2).says("alembic.ini").says("conflict");
        room.onehead("heads --staged").exits(2).says("alembic.ini").says("conflict");
        room.onehead("check --staged -c alembic.ini").exits(2).says("conflict");
    }
    check!(room.onehead("check --staged"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read alembic.ini: it is in a merge conflict that is not resolved
    hint: resolve it in the working tree, then:   git add alembic.ini
    ");
}

#[test]
fn a_configuration_of_onehead_in_a_conflict_can_tell_nothing() {
    let room = Room::of("a <- b");
    let text = |heads: usize| format!("[tool.onehead]\nexpected-heads = {heads}\n");
    for path in ["pyproject.toml", "onehead.toml"] {
        stage(&room, path, &[(2, &text(1)), (3, &text(2))]);
        let answer = room.onehead("check --staged").exits(2).prints("");
        answer.talks(&format!(
            "error: cannot read {path}: it is in a merge conflict that is not resolved\n\
             hint: resolve it in the working tree, then:   git add {path}\n"
        ));
        room.git(&format!("update-index --force-remove {path}"));
    }
}

#[test]
fn a_configuration_elsewhere_in_a_conflict_is_not_passed_over() {
    let room = Room::of("a <- b");
    let ini = "[alembic]\nscript_location = %(here)s\n";
    room.write("service/alembic.ini", ini);
    room.write("service/versions/x.py", &super::script("x", ""));
    room.commit();
    room.onehead("check --staged").exits(0);
    stage(&room, "service/alembic.ini", &[(2, ini), (3, &format!("{ini}# theirs\n"))]);
    room.onehead("check --staged").exits(2).says("service/alembic.ini").says("conflict");
    stage(&room, "service/alembic.ini", &[(2, ini)]);
    room.onehead("check --staged").exits(2).says("service/alembic.ini").says("conflict");
    // What is excluded is not looked at.
    room.write("onehead.toml", "exclude = [\"service\"]\n");
    room.git("add onehead.toml");
    room.onehead("check --staged").exits(0);
}

#[test]
fn conflicts_elsewhere_do_not_matter() {
    let room = Room::of("a <- b");
    stage(&room, "README.md", &[(2, "ours"), (3, "theirs")]);
    stage(&room, "app/models.py", &[(1, "base"), (2, "ours"), (3, "theirs")]);
    stage(&room, "versions/__init__.py", &[(2, "ours"), (3, "theirs")]);
    found(room.onehead("check --staged --format json"), &[]);
}

/// `ours` has changed these files, and `theirs` those, since `main`; `ours` is checked out.
pub(super) fn diverged(ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> Room {
    let room = Room::of("a <- b");
    for (branch, files) in [("theirs", theirs), ("ours", ours)] {
        room.git(&format!("checkout -q -b {branch} main"));
        for (path, text) in files {
            room.write(path, *text);
        }
        room.commit();
    }
    room
}

#[test]
fn a_conflict_inside_of_a_migration_is_a_finding_before_the_merge() {
    let room = diverged(
        &[("versions/c.py", &c("b"))],
        &[("versions/c.py", &c("a")), ("versions/d.py", &super::script("d", "b"))],
    );
    check!(room.onehead("check --merge-with theirs"), @r"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `c.py` holds the markers of an unfinished merge of git
     --> versions/c.py:6:1
      |
    6 | <<<<<<< 9c6e5e09e06df55091ae5f33b215382871d93b44
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: `down_revision` is `'b'` on our side and `'a'` on theirs
      = note: every alembic command stops with a `SyntaxError` at this file
      = help: begin the merge:   git merge --no-commit theirs
      = help: keep one side, then:   git add versions/c.py

    ----- stderr -----
    1 error in 4 revisions (alembic.ini, merge with theirs)
    ");
}

#[test]
fn a_conflict_of_configurations_can_tell_nothing_before_the_merge() {
    let ini = |text: &str| format!("[alembic]\nscript_location = %(here)s\n# {text}\n");
    let room = diverged(&[("alembic.ini", &ini("ours"))], &[("alembic.ini", &ini("theirs"))]);
    check!(room.onehead("check --merge-with theirs"), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read alembic.ini: a merge with `theirs` has a conflict in it
    hint: merge, and resolve it there:   git merge --no-commit theirs
    ");
}

#[test]
fn a_folder_behind_a_link_in_a_conflict_is_not_passed_over() {
    let room = Room::of("a <- b");
    room.git("mv versions first");
    room.write("second/x.py", &super::script("x", ""));
    let link = |target: &str| {
        let _ = std::fs::remove_file(room.path().join("versions"));
        std::os::unix::fs::symlink(target, room.path().join("versions")).unwrap();
    };
    link("first");
    room.commit();
    room.onehead("check --staged").exits(0).says("2 revisions");
    room.git("checkout -q -b theirs");
    link("second");
    room.commit();
    room.git("checkout -q main");
    link("./first");
    room.commit();
    let answer = room.onehead("check --merge-with theirs").exits(1);
    answer.shows("`versions` cannot be read: a merge with `theirs` has a conflict in it");
    room.try_git(".", &["merge", "-q", "theirs"]);
    room.onehead("check --staged").exits(1).shows("merge conflict");
}
