//! Symbolic links and names that few people give: followed and read inside of the tree, as the working tree has them.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::support::check;
use super::{Room, heads, script};

#[test]
fn links_inside_of_the_tree_are_followed() {
    let room = Room::empty();
    room.write("common/a.py", &script("a", ""));
    room.write("common/more/b.py", &script("b", "a"));
    room.write("real/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    let link = |target: &str, path: &str| symlink(target, room.path().join(path)).unwrap();
    std::fs::remove_dir_all(room.path().join("versions")).unwrap();
    std::fs::remove_file(room.path().join("alembic.ini")).unwrap();
    link("real/alembic.ini", "alembic.ini");
    link("folders/two", "versions");
    room.write("folders/.keep", "");
    link("../common/more/../../common", "folders/two");
    link("more/b.py", "common/b.py");
    room.commit();
    let document = |arguments: &str| {
        let mut document = room.onehead(arguments).exits(0).json();
        document.as_object_mut().unwrap().remove("snapshot");
        document
    };
    let expected = document("check -c alembic.ini --format json");
    assert_eq!(expected["environments"][0]["heads"][0], "b");
    for choice in ["--staged", "--ref HEAD", "--merge-with main"] {
        assert_eq!(document(&format!("check -c alembic.ini --format json {choice}")), expected);
    }
}

#[test]
fn a_link_that_leaves_the_repository_leads_nowhere() {
    let room = Room::new();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("c.py");
    std::fs::write(&target, script("c", "b")).unwrap();
    symlink(&target, room.path().join("versions/c.py")).unwrap();
    symlink("../../../d.py", room.path().join("versions/d.py")).unwrap();
    symlink("e.py", room.path().join("versions/e.py")).unwrap();
    room.git("add -A");
    let answer = room.onehead("check --staged --format json").exits(1);
    assert_eq!(answer.rules(), ["unreadable-script"; 3]);
    std::fs::remove_file(room.path().join("versions/d.py")).unwrap();
    std::fs::remove_file(room.path().join("versions/e.py")).unwrap();
    room.git("add -A");
    room.onehead("check").exits(0).says("3 revisions");
    let said = room.onehead("check --staged").exits(1).stdout;
    let said = said.replace(target.to_str().unwrap(), "[OUTSIDE]/c.py");
    assert!(
        said.contains(
            "is a symbolic link to `[OUTSIDE]/c.py`, which lies outside of the repository"
        ),
        "{said}"
    );
}

#[test]
fn folders_outside_of_the_repository_are_no_part_of_a_snapshot() {
    let room = Room::new();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("x.py"), script("x", "b")).unwrap();
    let path = outside.path().canonicalize().unwrap();
    let path = path.display();
    let ini = format!(
        "[alembic]\nscript_location = %(here)s\npath_separator = newline\nversion_locations =\n  %(here)s/versions\n  {path}\n"
    );
    room.write("alembic.ini", &ini);
    room.commit();
    room.onehead("check").exits(0).says("3 revisions");
    let said =
        room.onehead("check --staged").exits(0).stderr.replace(&path.to_string(), "[OUTSIDE]");
    insta::assert_snapshot!(said, @r"
    warning: version location [OUTSIDE] of alembic.ini lies outside of the repository: nothing of it is in the index, and what is in it was not judged
    1 head, 2 revisions, no problems (alembic.ini, index)
    ");
    room.onehead("check --staged --strict").exits(1);
    // Behind a link it is the same.
    room.write("alembic.ini", "[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/versions %(here)s/link\n");
    symlink(outside.path(), room.path().join("link")).unwrap();
    room.commit();
    room.onehead("check").exits(0).says("3 revisions");
    let answer = room.onehead("check --ref HEAD").exits(0);
    answer.says("version location link of alembic.ini").says("outside of the repository");
}

#[test]
fn names_of_any_bytes_are_read() {
    let room = Room::new();
    let names: [&[u8]; 6] = [
        b"with space.py",
        b"quo\"te.py",
        b"new\nline.d/x.py",
        b"\xff\xfe.py",
        "ä…😀.py".as_bytes(),
        b"tab\t\\.py",
    ];
    let mut parent = "b".to_owned();
    for (number, name) in names.iter().enumerate() {
        let path = room.path().join("versions").join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let id = format!("n{number}");
        std::fs::write(path, script(&id, &parent)).unwrap();
        parent = id;
    }
    room.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s\nrecursive_version_locations = true\n",
    );
    room.commit();
    let document = |arguments: &str| {
        let mut document = room.onehead(arguments).exits(0).json();
        document.as_object_mut().unwrap().remove("snapshot");
        document
    };
    let expected = document("check --format json");
    assert_eq!(expected["environments"][0]["heads"][0], "n5");
    for choice in ["--staged", "--ref HEAD", "--merge-with main"] {
        assert_eq!(document(&format!("check --format json {choice}")), expected);
    }
}

#[test]
fn a_repository_of_any_name_is_merged() {
    let folder = tempfile::tempdir().unwrap();
    let odd: [&[u8]; 4] = [b"a:b", b"quo\"te;", b"new\nline", b"\xff:\\\xfe"];
    for name in odd {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        let room = super::conflicts::diverged(
            &[("alembic.ini", "[alembic]\nscript_location = .\n")],
            &[("versions/c.py", &script("c", "a"))],
        );
        let copied = room.command("cp", ".".as_ref(), &["-r", "."]).arg(&path).status().unwrap();
        assert!(copied.success());
        let answer =
            room.onehead_with(&path, &["check", "--format", "json", "--merge-with", "theirs"]);
        assert_eq!(heads(&answer.exits(1)), "b c");
    }
}

#[test]
fn what_git_ignores_and_has_all_the_same_is_read() {
    let room = Room::new();
    room.write(".gitignore", "versions/\n");
    room.script("c", "a");
    room.git("add -A");
    room.onehead("check --staged").exits(0).says("2 revisions");
    room.git("add -f versions/c.py");
    check!(room.onehead("heads --staged"), @r"
    exit_code: 0
    ----- stdout -----
    b (head)
    c (head)
    ----- stderr -----
    ");
}
