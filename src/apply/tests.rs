//! What is refused, what is written, and what becomes of a file that somebody changed meanwhile.

#![allow(clippy::disallowed_methods, reason = "tests prepare files themselves")]

use std::fs;
use std::path::{Path, PathBuf};

use super::{Kept, Recovery, Trouble, Undone, Workplace, Written, recover, write};
use crate::fix::{Change, ContentHash};

struct Room {
    _scratch: tempfile::TempDir,
    root: PathBuf,
}

impl Room {
    fn new(files: &[(&str, &str)]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap().join("repository");
        fs::create_dir_all(root.join("versions")).unwrap();
        for (name, text) in files {
            fs::write(root.join("versions").join(name), text).unwrap();
        }
        Self { _scratch: scratch, root }
    }

    fn workplace(&self) -> Workplace {
        Workplace::new(self.root.clone(), self.root.join(".git/onehead"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join("versions").join(name)
    }

    fn edit(&self, name: &str, seen: &str, text: &str) -> Change {
        let seen = ContentHash::of(seen.as_bytes());
        Change::Edit { path: self.path(name), seen, content: text.into() }
    }

    fn create(&self, name: &str, text: &str) -> Change {
        Change::Create { path: self.path(name), content: text.into() }
    }

    fn rename(&self, from: &str, to: &str, seen: &str, text: &str) -> Change {
        let seen = ContentHash::of(seen.as_bytes());
        Change::Rename { from: self.path(from), to: self.path(to), seen, content: text.into() }
    }

    fn delete(&self, name: &str, seen: &str) -> Change {
        Change::Delete { path: self.path(name), seen: ContentHash::of(seen.as_bytes()) }
    }

    /// The files of `versions`, as `name=text`.
    fn files(&self) -> String {
        let mut files: Vec<String> = walk(&self.root.join("versions"))
            .into_iter()
            .map(|path| {
                let name = path.strip_prefix(self.root.join("versions")).unwrap();
                format!("{}={}", name.display(), fs::read_to_string(&path).unwrap())
            })
            .collect();
        files.sort();
        files.join(" ")
    }

    fn journal(&self) -> Vec<PathBuf> {
        walk(&self.root.join(".git"))
    }

    fn written(&self, changes: &[Change]) -> Written {
        write(&self.workplace(), changes).unwrap()
    }

    #[track_caller]
    fn check_refused(&self, changes: &[Change], expected: &str) {
        let before = self.files();
        let error = write(&self.workplace(), changes).unwrap_err();
        let shown =
            |path: &Path| path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        assert_eq!(error.message(&shown), expected);
        assert_eq!(self.files(), before);
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn all_kinds_of_changes() {
    let room = Room::new(&[("a.py", "a"), ("b.py", "b"), ("c.py", "c")]);
    let changes = [
        room.edit("a.py", "a", "A"),
        room.create("new/folder/n.py", "n"),
        room.rename("b.py", "b2.py", "b", "B"),
        room.delete("c.py", "c"),
    ];
    let written = room.written(&changes);
    assert_eq!(room.files(), "a.py=A b2.py=B new/folder/n.py=n");
    written.finish().unwrap();
    assert_eq!(room.journal(), [room.root.join(".git/onehead/lock")]);
    assert_eq!(recover(&room.workplace()).unwrap(), Recovery::Nothing);
}

#[test]
fn what_is_undone_is_as_before() {
    let room = Room::new(&[("a.py", "a"), ("b.py", "b"), ("c.py", "c")]);
    let changes = [
        room.edit("a.py", "a", "A"),
        room.create("new/folder/n.py", "n"),
        room.rename("b.py", "b2.py", "b", "B"),
        room.delete("c.py", "c"),
    ];
    let undone = room.written(&changes).undo().unwrap();
    assert_eq!(undone.kept, []);
    assert_eq!(undone.files.len(), 5);
    assert_eq!(room.files(), "a.py=a b.py=b c.py=c");
    assert!(!room.path("new").exists());
    assert_eq!(room.journal(), [room.root.join(".git/onehead/lock")]);
}

#[test]
fn names_move_along_a_chain_and_round() {
    let room = Room::new(&[("1.py", "one"), ("2.py", "two"), ("x.py", "x"), ("y.py", "y")]);
    let changes = [
        room.rename("1.py", "2.py", "one", "ONE"),
        room.rename("2.py", "3.py", "two", "TWO"),
        room.rename("x.py", "y.py", "x", "X"),
        room.rename("y.py", "x.py", "y", "Y"),
    ];
    let written = room.written(&changes);
    assert_eq!(room.files(), "2.py=ONE 3.py=TWO x.py=Y y.py=X");
    written.undo().unwrap();
    assert_eq!(room.files(), "1.py=one 2.py=two x.py=x y.py=y");
}

#[test]
fn a_dropped_run_is_undone_or_finished_by_the_next() {
    let room = Room::new(&[("a.py", "a")]);
    drop(room.written(&[room.edit("a.py", "a", "A")]));
    let error = write(&room.workplace(), &[room.create("b.py", "b")]).unwrap_err();
    assert_eq!(error.trouble, Trouble::Unfinished);
    let undone = Undone { files: vec![room.path("a.py")], kept: vec![] };
    assert_eq!(recover(&room.workplace()).unwrap(), Recovery::Undone(undone));
    assert_eq!(room.files(), "a.py=a");

    let mut written = room.written(&[room.edit("a.py", "a", "A")]);
    written.verified().unwrap();
    drop(written);
    let finished = Recovery::Finished { files: vec![room.path("a.py")] };
    assert_eq!(recover(&room.workplace()).unwrap(), finished);
    assert_eq!(room.files(), "a.py=A");
}

#[test]
fn what_somebody_changed_meanwhile_is_left_alone() {
    let room = Room::new(&[("a.py", "a"), ("b.py", "b")]);
    let changes =
        [room.edit("a.py", "a", "A"), room.create("n.py", "n"), room.edit("b.py", "b", "B")];
    let written = room.written(&changes);
    fs::write(room.path("a.py"), "mine").unwrap();
    fs::write(room.path("n.py"), "mine too").unwrap();
    fs::remove_file(room.path("b.py")).unwrap();
    let undone = written.undo().unwrap();
    let kept = [
        Kept { path: room.path("n.py"), old: None },
        Kept { path: room.path("a.py"), old: Some(room.path("a.py.before-onehead")) },
    ];
    assert_eq!(undone.kept, kept);
    assert_eq!(room.files(), "a.py.before-onehead=a a.py=mine b.py=b n.py=mine too");
}

#[test]
fn refusals() {
    let room = Room::new(&[("a.py", "a"), ("b.py", "b")]);
    let stale =
        "`versions/a.py` is not what it was when the repair was computed; nothing was changed";
    room.check_refused(&[room.create("n.py", "n"), room.edit("a.py", "old", "A")], stale);
    room.check_refused(&[room.delete("a.py", "old")], stale);
    let gone =
        "`versions/z.py` is not what it was when the repair was computed; nothing was changed";
    room.check_refused(&[room.edit("z.py", "z", "Z")], gone);
    let taken = "`versions/b.py` is there already; nothing was changed";
    room.check_refused(&[room.create("b.py", "n")], taken);
    room.check_refused(&[room.rename("a.py", "b.py", "a", "A")], taken);
    let twice = "two changes of one repair meet in `versions/a.py`; nothing was changed";
    room.check_refused(&[room.edit("a.py", "a", "A"), room.delete("a.py", "a")], twice);
    room.check_refused(
        &[room.rename("b.py", "a.py", "b", "B"), room.edit("a.py", "a", "A")],
        twice,
    );
    let twice = "two changes of one repair meet in `versions/n.py`; nothing was changed";
    room.check_refused(&[room.create("N.py", ""), room.create("n.py", "")], twice);
    fs::create_dir(room.path("d.py")).unwrap();
    let folder = "`versions/d.py` is no regular file; nothing was changed";
    room.check_refused(&[room.edit("d.py", "", "")], folder);
    let below = "`versions/a.py` is no regular file; nothing was changed";
    room.check_refused(&[room.create("a.py/n.py", "")], below);
    let dots = "`versions/../../n.py` leads out of the repository; nothing was changed";
    room.check_refused(&[room.create("../../n.py", "")], dots);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_repository() {
    let room = Room::new(&[]);
    let outside = room.root.parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("o.py"), "o").unwrap();
    std::os::unix::fs::symlink(&outside, room.path("sub")).unwrap();
    std::os::unix::fs::symlink(outside.join("o.py"), room.path("l.py")).unwrap();
    let error = write(&room.workplace(), &[room.edit("sub/o.py", "o", "O")]).unwrap_err();
    assert_eq!(error.trouble, Trouble::LeadsOut);
    let error = write(&room.workplace(), &[room.create("sub/n.py", "n")]).unwrap_err();
    assert_eq!(error.trouble, Trouble::LeadsOut);
    let error = write(&room.workplace(), &[room.edit("l.py", "o", "O")]).unwrap_err();
    assert_eq!(error.trouble, Trouble::NotAFile);
    assert_eq!(fs::read_to_string(outside.join("o.py")).unwrap(), "o");
    assert!(!outside.join("n.py").exists());
    let workplace = Workplace { outside: true, ..room.workplace() };
    write(&workplace, &[room.edit("sub/o.py", "o", "O")]).unwrap().finish().unwrap();
    assert_eq!(fs::read_to_string(outside.join("o.py")).unwrap(), "O");
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new(&[("a.py", "a"), ("b.py", "b"), ("r.py", "r")]);
    let mode = |name: &str| fs::metadata(room.path(name)).unwrap().permissions().mode() & 0o7777;
    for (name, mode) in [("a.py", 0o755), ("b.py", 0o600), ("r.py", 0o444)] {
        fs::set_permissions(room.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let changes = [room.edit("a.py", "a", "A"), room.rename("b.py", "c.py", "b", "B")];
    let written = room.written(&changes);
    assert_eq!((mode("a.py"), mode("c.py")), (0o755, 0o600));
    written.undo().unwrap();
    assert_eq!((mode("a.py"), mode("b.py")), (0o755, 0o600));
    let read_only = "`versions/r.py` cannot be written: nobody may write it; nothing was changed";
    room.check_refused(&[room.edit("r.py", "r", "R")], read_only);
}

#[test]
fn a_second_run_is_kept_out() {
    let room = Room::new(&[("a.py", "a")]);
    let written = room.written(&[room.edit("a.py", "a", "A")]);
    room.check_refused(
        &[room.create("n.py", "n")],
        "another run is writing: `.git/onehead/lock` is locked; nothing was changed",
    );
    assert_eq!(recover(&room.workplace()).unwrap_err().trouble, Trouble::Locked);
    written.finish().unwrap();
}

#[test]
fn a_journal_that_cannot_be_read_is_not_ignored() {
    let room = Room::new(&[("a.py", "a")]);
    drop(room.written(&[room.edit("a.py", "a", "A")]));
    fs::write(room.root.join(".git/onehead/journal.json"), "{").unwrap();
    assert!(matches!(recover(&room.workplace()).unwrap_err().trouble, Trouble::Journal(_)));
    assert_eq!(room.files(), "a.py=A");
}
