//! Which files are loaded and in which order, beside the real Alembic.
//!
//! `ONEHEAD_TEST_ALEMBIC_PYTHON` names a Python that can import Alembic.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test that writes folders and runs Alembic")]

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use onehead::environment::{Environment, ExpectedHeads, Launch, Origin, VersionLocation};
use onehead::snapshot::{Entry, Listing, Snapshot};

/// Prints, separated by NUL: each selected path (after `+`, or `!` where loading it fails), then `?` for what is met
/// twice. Modules are not run: whether a file can be a revision is not asked here.
const PYTHON: &str = r#"
import os, sys, warnings
from alembic.script import base
from alembic.script.base import Script, ScriptDirectory
out = []
real = base.util.load_python_file
class Module:
    revision = "r"
    down_revision = None
def load(dir_, filename):
    out.append((dir_, filename))
    import pathlib
    path = pathlib.Path(dir_) / filename
    if path.suffix == ".py" and path.exists() or path.suffix in (".pyc", ".pyo"):
        return Module
    return real(dir_, filename)
base.util.load_python_file = load
base.Script = type("Script", (Script,), {"__init__": lambda self, module, revision, path: None})
def run(recursive, sourceless, locations):
    directory = ScriptDirectory(
        "/", version_locations=locations, sourceless=sourceless, recursive_version_locations=recursive)
    result = []
    seen = set()
    for location in directory._version_locations:
        if not location.exists():
            continue
        for path in Script._list_py_dir(directory, location):
            try:
                resolved = path.resolve()
            except RuntimeError:
                result.append("!" + str(path))
                continue
            if resolved in seen:
                result.append("?" + str(resolved))
                continue
            seen.add(resolved)
            out.clear()
            try:
                Script._from_path(directory, resolved)
            except (AssertionError, ImportError):
                result.append("!" + str(resolved))
            else:
                if out:
                    result.append("+" + str(resolved))
    return b"\0".join(os.fsencode(line) for line in result)
modes = [(False, False), (True, False), (True, True), (False, True)]
sys.stdout.buffer.write(b"\0\0".join(run(*mode, sys.argv[1:]) for mode in modes))
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(entries: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path("v")).unwrap();
        for entry in entries {
            folder.add(entry);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        std::fs::canonicalize(self.0.path()).unwrap().join(name)
    }

    /// `a/b` is a file, `a/` a folder, `a -> b` a link.
    fn add(&self, entry: &str) {
        let (name, target) = match entry.split_once(" -> ") {
            Some((name, target)) => (name, Some(target)),
            None => (entry, None),
        };
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match target {
            Some(target) => symlink(target, path).unwrap(),
            None if name.ends_with('/') => std::fs::create_dir_all(path).unwrap(),
            None => std::fs::write(path, "").unwrap(),
        }
    }

    fn environment(&self, locations: &[&str], recursive: bool, sourceless: bool) -> Environment {
        let location = |name: &&str| {
            let path = self.path(name);
            VersionLocation { written: None, exists: path.exists(), path }
        };
        Environment {
            name: "alembic.ini".into(),
            config: None,
            section: "alembic".into(),
            origin: Origin::Search,
            script_location: self.path("v"),

            launch: Launch::Alembic { from: None },
            version_locations: locations.iter().map(location).collect(),
            recursive,
            sourceless,
            file_template: String::new(),
            truncate_slug_length: 40,
            expected_heads: ExpectedHeads::Total(1),
            module_roots: Vec::new(),
            configuration: std::sync::Arc::default(),
            governing: std::sync::Arc::default(),
        }
    }

    /// In all four modes; gives the number of files selected in the plainest.
    #[track_caller]
    fn check_modes(&self, locations: &[&str]) -> usize {
        let theirs = alembic(&locations.iter().map(|name| self.path(name)).collect::<Vec<_>>());
        let modes = [(false, false), (true, false), (true, true), (false, true)];
        assert_eq!(theirs.len(), modes.len());
        let mut plainest = None;
        for ((recursive, sourceless), theirs) in modes.into_iter().zip(theirs) {
            let listing =
                Snapshot::Worktree.listing(&self.environment(locations, recursive, sourceless));
            let ours = lines(&listing);
            let (repeated, selected): (Vec<_>, Vec<_>) =
                theirs.into_iter().partition(|line| line.starts_with(b"?"));
            assert_eq!(show(&ours), show(&selected), "{recursive} {sourceless}");
            let again = |path: &PathBuf| [b"?".to_vec(), bytes(path)].concat();
            let ours_repeated: Vec<Vec<u8>> = listing.repeated.iter().map(again).collect();
            assert_eq!(show(&ours_repeated), show(&repeated), "{recursive} {sourceless}");
            plainest.get_or_insert(ours.len());
        }
        plainest.unwrap()
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

fn show(lines: &[Vec<u8>]) -> Vec<String> {
    lines.iter().map(|line| line.escape_ascii().to_string()).collect()
}

fn lines(listing: &Listing) -> Vec<Vec<u8>> {
    let line = |entry: &Entry| match entry {
        Entry::File(path) | Entry::Compiled(path) => [b"+".to_vec(), bytes(path)].concat(),
        // Alembic blames the end of a broken link, we the link.
        Entry::Broken(path, onehead::script::Problem::BrokenLink(_)) => {
            let mut end = path.clone();
            for _ in 0..9 {
                let Ok(target) = std::fs::read_link(&end) else { break };
                end = end.parent().unwrap().join(target);
            }
            let end = if std::fs::read_link(&end).is_ok() { path.clone() } else { end };
            [b"!".to_vec(), bytes(&end)].concat()
        }
        Entry::Broken(path, _) => [b"!".to_vec(), bytes(path)].concat(),
    };
    listing.entries.iter().map(line).collect()
}

/// Alembic's answer in each of the four modes.
fn alembic(locations: &[PathBuf]) -> Vec<Vec<Vec<u8>>> {
    let python = std::env::var_os("ONEHEAD_TEST_ALEMBIC_PYTHON")
        .expect("ONEHEAD_TEST_ALEMBIC_PYTHON names a Python with Alembic: ./test sets it");
    let output = Command::new(python)
        .args(["-c", PYTHON])
        .args(locations)
        .env("PYTHONUTF8", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut runs = vec![Vec::new()];
    for line in output.stdout.split(|&byte| byte == 0) {
        match (line, runs.last_mut()) {
            ([], _) => runs.push(Vec::new()),
            (line, Some(run)) => run.push(line.to_vec()),
            (_, None) => {}
        }
    }
    runs
}

#[test]
fn names() {
    let folder = Folder::new(&[
        "v/b.py",
        "v/a.py",
        "v/B.py",
        "v/é.py",
        "v/ﬀ.py",
        "v/𐍈.py",
        "v/.hidden.py",
        "v/#x.py",
        "v/with space.py",
        "v/a.b.py",
        "v/x.py.py",
        "v/.#a.py",
        "v/#a.py#",
        "v/a.py~",
        "v/a.py.swp",
        "v/a.PY",
        "v/__init__.py",
        "v/__init__x.py",
        "v/x.py.orig",
        "v/README",
        "v/.py",
        "v/..py",
        "v/base.sql",
        "v/new\nline.py",
        "v/end.py\n",
        "v/:colon.py",
        "v/quote\".py",
    ]);
    assert_eq!(folder.check_modes(&["v"]), 16);
}

#[test]
fn names_that_are_not_utf_8() {
    let folder = Folder::new(&["v/é.py", "v/\u{e000}.py", "v/\u{d7ff}.py", "v/𐍈.py"]);
    for name in [&b"\xff.py"[..], b"\x80.py", b"\xc3.py", b"a\xe9.py", b"a\xe9b.py"] {
        let path = folder.path("v").join(std::ffi::OsString::from_vec(name.to_vec()));
        std::fs::write(path, "").unwrap();
    }
    assert_eq!(folder.check_modes(&["v"]), 9);
}

#[test]
fn subfolders() {
    let folder = Folder::new(&[
        "v/b.py",
        "v/z/a.py",
        "v/a/z.py",
        "v/a/b/c.py",
        "v/a.d/x.py",
        "v/x.py/",
        "v/x.py/y.py",
        "v/.git/h.py",
        "v/__pycache__/p.py",
        "v/my__pycache__/q.py",
        "v/my__pycache__/deep/r.py",
    ]);
    assert_eq!(folder.check_modes(&["v"]), 1);
}

#[test]
fn a_location_called_pycache() {
    let folder = Folder::new(&["__pycache__/a.py", "__pycache__/b/c.py"]);
    assert_eq!(folder.check_modes(&["__pycache__"]), 1);
}

#[test]
fn links() {
    let folder = Folder::new(&[
        "v/u.py",
        "other/t.txt",
        "other/w.py",
        "v/l.py -> ../other/t.txt",
        "v/m.txt -> u.py",
        "v/n.py -> ../other/w.py",
        "v/a.py -> u.py",
        "v/broken.py -> nowhere.py",
        "v/fine.py -> nowhere.txt",
        "v/bad.txt -> gone.py",
        "v/self.txt -> self.txt",
        "v/chain.py -> chain2",
        "v/chain2 -> missing.py",
        "v/folder.py -> ../other",
        "v/folder -> ../other",
    ]);
    folder.check_modes(&["v"]);
}

#[test]
fn the_same_folder_twice() {
    let folder = Folder::new(&["v/a.py", "v/w/b.py", "link -> v"]);
    assert_eq!(folder.check_modes(&["v", "v"]), 1);
    assert_eq!(folder.check_modes(&["v", "link"]), 1);
    assert_eq!(folder.check_modes(&["v/w", "v"]), 2);
    assert_eq!(folder.check_modes(&["missing", "v"]), 1);
}

#[test]
fn compiled_files() {
    let folder = Folder::new(&[
        "v/a.py",
        "v/a.pyc",
        "v/b.pyc",
        "v/c.pyo",
        "v/c.pyc",
        "v/d.pyo",
        "v/e.txt",
        "v/__init__.pyc",
        "v/__pycache__/a.cpython-311.pyc",
        "v/__pycache__/f.cpython-311.pyc",
        "v/__pycache__/e.cpython-311.pyc",
        "v/__pycache__/__init__.cpython-311.pyc",
        "v/w/__pycache__/g.cpython-311.pyc",
    ]);
    folder.check_modes(&["v"]);
}

/// Alembic takes them in whatever order the file system gives.
#[test]
fn what_lies_in_pycache_comes_in_the_order_of_the_names() {
    let names = ["b", "a", "d", "c"].map(|name| format!("v/__pycache__/{name}.cpython-311.pyc"));
    let folder = Folder::new(&names.each_ref().map(String::as_str));
    let listing = Snapshot::Worktree.listing(&folder.environment(&["v"], false, true));
    let mut sorted = names.clone();
    sorted.sort();
    let expected = sorted.map(|name| Entry::Compiled(folder.path(&name)));
    assert_eq!(listing.entries, expected);
}

#[test]
fn a_pipe_is_no_script() {
    let folder = Folder::new(&["v/a.py"]);
    let made = Command::new("mkfifo").arg(folder.path("v/pipe.py")).status().unwrap();
    assert!(made.success());
    let listing = Snapshot::Worktree.listing(&folder.environment(&["v"], false, false));
    let pipe = Entry::Broken(folder.path("v/pipe.py"), onehead::script::Problem::NotAFile);
    assert_eq!(listing.entries, [Entry::File(folder.path("v/a.py")), pipe]);
}
