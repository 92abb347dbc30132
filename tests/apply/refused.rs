//! A disk without room and folders that cannot be written: a clear error, and nothing changed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use onehead::apply::{Aftermath, Trouble, write};
use onehead::fix::{Change, ContentHash};

use crate::room::{changes, old_tree, tree, workplace, write_tree};

fn prepared() -> (tempfile::TempDir, PathBuf) {
    let scratch = tempfile::tempdir().expect("a folder");
    let root = scratch.path().canonicalize().expect("resolved");
    write_tree(&root, &old_tree());
    (scratch, root)
}

#[test]
#[ignore = "the other tests run it in a process of its own"]
fn child() {
    let root = env::var_os("ONEHEAD_TEST_ROOM").expect("started by the other tests");
    let root = Path::new(&root);
    let mut changes = changes(root);
    changes.push(Change::Create {
        path: root.join("versions/large.py"),
        content: vec![b'#'; 1 << 20],
    });
    let error = write(&workplace(root, None), &changes).expect_err("too large");
    assert!(matches!(error.trouble, Trouble::Full(_)), "{error:?}");
    println!(
        "said: {}",
        error.message(&|path| path.strip_prefix(root).unwrap_or(path).display().to_string())
    );
}

#[cfg(unix)]
#[test]
fn no_room() {
    let (_scratch, root) = prepared();
    // A file may not grow beyond 100 blocks; the signal that comes with that is ignored, so that writing fails.
    let child = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 100; exec \"$0\" refused::child --exact --ignored --nocapture",
        ])
        .arg(env::current_exe().expect("this binary"))
        .env("ONEHEAD_TEST_ROOM", &root)
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    assert!(
        said.contains(
            "said: there is no room for `versions/large.py`: file too large; nothing was changed"
        ),
        "{said}"
    );
    assert_eq!(tree(&root), old_tree());
    assert!(!root.join("versions/deep").exists());
}

/// A folder in which nobody, not even root, can make a file.
struct Closed(PathBuf);

impl Closed {
    fn new(folder: &Path) -> Self {
        let mut permissions = fs::metadata(folder).expect("there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(folder, permissions).expect("set");
        let closed = Self(folder.to_path_buf());
        if fs::write(folder.join("probe"), "").is_ok() {
            // Permissions do not bind root; this attribute does.
            fs::remove_file(folder.join("probe")).expect("removed");
            let status = Command::new("chattr").arg("+i").arg(folder).status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "root needs a file system with chattr +i"
            );
            assert!(fs::write(folder.join("probe"), "").is_err(), "the folder is still open");
        }
        closed
    }
}

impl Drop for Closed {
    #[allow(clippy::permissions_set_readonly_false, reason = "a folder of a test that is removed")]
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-i").arg(&self.0).output();
        let mut permissions = fs::metadata(&self.0).expect("there").permissions();
        permissions.set_readonly(false);
        fs::set_permissions(&self.0, permissions).expect("set");
    }
}

#[track_caller]
fn check_closed(folder: &str, changes: impl Fn(&Path) -> Vec<Change>, expected: &str) {
    let (_scratch, root) = prepared();
    let closed = Closed::new(&root.join(folder));
    let error = write(&workplace(&root, None), &changes(&root)).expect_err("closed");
    let shown = |path: &Path| path.strip_prefix(&root).unwrap_or(path).display().to_string();
    let message = error.message(&shown);
    drop(closed);
    let reasons = ["permission denied", "operation not permitted", "read-only filesystem"];
    let plain = reasons.iter().fold(message, |text, reason| text.replace(reason, "REASON"));
    assert_eq!(plain, expected);
    assert!(matches!(error.trouble, Trouble::ReadOnly(_)), "{error:?}");
    assert_eq!(error.aftermath, Aftermath::NothingChanged);
    assert_eq!(tree(&root), old_tree());
}

#[test]
fn a_folder_of_scripts_that_cannot_be_written() {
    let expected = "`versions/deep` cannot be written: REASON; nothing was changed";
    check_closed("versions", changes, expected);
    let edit = |root: &Path| vec![changes(root).remove(0)];
    let expected = "`versions/edited.py` cannot be written: REASON; nothing was changed";
    check_closed("versions", edit, expected);
}

#[test]
fn a_journal_that_cannot_be_written() {
    let changes = |root: &Path| changes(root);
    check_closed("", changes, "`.git/onehead` cannot be written: REASON; nothing was changed");
}

#[test]
fn a_failure_midway_puts_everything_back() {
    let (_scratch, root) = prepared();
    let last = root.join("z/last.py");
    write_tree(&root, &[("z/last.py".to_owned(), b"last\n".to_vec())].into());
    let before = tree(&root);
    let closed = Closed::new(&root.join("z"));
    let mut changes = changes(&root);
    // Nothing has to be made in its folder, so the folder refuses only when other files are gone already.
    changes.push(Change::Delete { path: last.clone(), seen: ContentHash::of(b"last\n") });
    let error = write(&workplace(&root, None), &changes).expect_err("closed");
    drop(closed);
    assert_eq!(error.path, last);
    assert!(
        error.message(&|path| path.display().to_string()).ends_with("; everything was put back")
    );
    assert!(
        matches!(&error.aftermath, Aftermath::PutBack(undone) if undone.files.len() == 2),
        "{error:?}"
    );
    assert_eq!(tree(&root), before);
    let left = fs::read_dir(root.join(".git/onehead")).expect("there").count();
    assert_eq!(left, 1, "the lock alone");
}
