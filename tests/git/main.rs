//! What git is asked and told, with real git in temporary repositories: here what is published, in the modules the rest.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test that writes repositories and runs git")]

mod commit;
mod origin;
mod state;

use std::path::{Path, PathBuf};
use std::process::Command;

use onehead::config::Config;
use onehead::environment::{Discovery, Request, Root, Scope, find};
use onehead::error::Error;
use onehead::published::{Baseline, BaselineChoice, Published, read};
use onehead::revision::{Edges, Revision, RevisionId};
use onehead::script::Script;
use onehead::snapshot::Snapshot;

struct Repository {
    _folder: tempfile::TempDir,
    top: PathBuf,
}

impl Repository {
    /// A repository with one migration `a` on `main`.
    fn new(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = std::fs::canonicalize(folder.path()).unwrap().join("work");
        std::fs::create_dir(&top).unwrap();
        let repository = Self { _folder: folder, top };
        repository.git(&[&["init", "-q", "-b", "main"], options].concat());
        repository.write("alembic.ini", "[alembic]\nscript_location = m\n");
        repository.script("a");
        repository
    }

    fn git(&self, arguments: &[&str]) -> String {
        Repository::git_in(&self.top, arguments)
    }

    fn git_in(folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(folder)
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.org",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.top.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn script(&self, id: &str) {
        self.write(&format!("m/versions/{id}.py"), &format!("revision = {id}\n"));
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    }

    /// Makes what is committed the remote's default branch.
    fn push(&self) {
        self.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        self.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    }

    fn discovery(&self) -> Discovery {
        let root = Root::find(&self.top);
        let request = Request { directory: self.top.clone(), ..Request::default() };
        find(&Snapshot::Worktree, &request, &Config::none(&root.path), &root, Scope::Repository)
            .unwrap()
    }

    fn read(&self, choice: &BaselineChoice) -> Result<Baseline, Error> {
        let parse = |path: &Path, bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let mut script = Script::unread(path.to_path_buf());
            script.revision = text.trim().strip_prefix("revision = ").map(revision);
            script
        };
        let root = Root::find(&self.top);
        read(&Snapshot::Worktree, &root, &self.discovery().environments, choice, &parse)
    }

    fn published(&self, choice: &BaselineChoice) -> Published {
        match self.read(choice).unwrap() {
            Baseline::Read(published) => published,
            Baseline::Absent(reason) => panic!("{reason}"),
        }
    }

    /// The ids of `asked` that are published, each in the file that is called like it.
    #[track_caller]
    fn check_with(&self, choice: &BaselineChoice, asked: &str, expected: &str) {
        let published = self.published(choice);
        let is_published = |id: &&str| {
            let path = self.top.join(format!("m/versions/{id}.py"));
            published.contains(0, &path, &RevisionId::from(*id))
        };
        let ids: Vec<&str> = asked.split(' ').filter(is_published).collect();
        assert_eq!(ids.join(" "), expected);
    }

    #[track_caller]
    fn check(&self, asked: &str, expected: &str) {
        self.check_with(&BaselineChoice::Default, asked, expected);
    }
}

/// A revision of which only the id is of interest.
fn revision(id: &str) -> Revision {
    Revision {
        id: RevisionId::from(id),
        edges: Edges::default(),
        labels: Vec::new(),
        docstring: "".into(),
        parents_known: true,
    }
}

fn named(name: &str) -> BaselineChoice {
    BaselineChoice::Named { names: vec![name.into()], named_in: None }
}

#[test]
fn what_is_on_the_remotes_default_branch_is_published() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.push();
    repository.script("b");
    repository.commit();
    repository.script("c");
    repository.check("a b c", "a");
    assert_eq!(repository.published(&BaselineChoice::Default).name, "origin/main");
}

#[test]
fn what_the_baseline_has_and_we_have_not_is_published() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "feature"]);
    repository.script("b");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.script("c");
    repository.commit();
    repository.push();
    repository.git(&["checkout", "-q", "feature"]);
    repository.check("a b c", "a c");
}

#[test]
fn what_was_deleted_on_the_baseline_was_published_where_we_left_it() {
    let repository = Repository::new(&[]);
    repository.script("b");
    repository.commit();
    repository.git(&["branch", "feature"]);
    repository.git(&["rm", "-q", "m/versions/b.py"]);
    repository.commit();
    repository.push();
    repository.git(&["checkout", "-q", "feature"]);
    repository.check("a b", "a b");
}

#[test]
fn an_edited_and_a_renamed_file_keep_their_ids() {
    let repository = Repository::new(&[]);
    repository.script("b");
    repository.commit();
    repository.push();
    repository.write("m/versions/a.py", "revision = a2\n");
    repository.git(&["mv", "m/versions/b.py", "m/versions/new.py"]);
    repository.check("a b a2", "a b");
}

#[test]
fn a_published_file_under_a_new_id_does_not_publish_that_id() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.push();
    repository.write("m/versions/a.py", "revision = x\n");
    let published = repository.published(&BaselineChoice::Default);
    let path = repository.top.join("m/versions/a.py");
    assert!(!published.contains(0, &path, &RevisionId::from("x")));
    assert!(published.contains(0, &path, &RevisionId::from("a")));
}

#[test]
fn without_a_remote_the_local_main_counts() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.script("b");
    repository.check("a b", "a");
    assert_eq!(repository.published(&BaselineChoice::Default).name, "main");
}

#[test]
fn before_the_first_commit_there_is_no_baseline() {
    let repository = Repository::new(&[]);
    let reason = "there is no remote branch, and no branch called main or master";
    assert_eq!(repository.read(&BaselineChoice::Default), Ok(Baseline::Absent(reason.into())));
}

#[test]
fn without_git_there_is_no_baseline() {
    let repository = Repository::new(&[]);
    std::fs::remove_dir_all(repository.top.join(".git")).unwrap();
    let reason = "this is no git repository";
    assert_eq!(repository.read(&BaselineChoice::Default), Ok(Baseline::Absent(reason.into())));
    assert!(repository.read(&named("main")).is_err());
}

#[test]
fn a_named_baseline() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.git(&["tag", "-a", "-m", "x", "v1"]);
    repository.script("b");
    repository.commit();
    repository.check_with(&named("v1"), "a b", "a");
    repository.check_with(&named("main"), "a b", "a b");
    repository.check_with(
        &BaselineChoice::Named { names: vec!["v1".into(), "main".into()], named_in: None },
        "a b",
        "a b",
    );
}

#[test]
fn a_named_baseline_that_cannot_be_read_is_an_error() {
    let repository = Repository::new(&[]);
    repository.commit();
    for name in ["nope", "--help", "-x", "main:m"] {
        let error = repository.read(&named(name)).unwrap_err();
        assert!(matches!(&error, Error::Baseline { name: found, .. } if found == name), "{error}");
    }
}

#[test]
fn odd_names() {
    let repository = Repository::new(&[]);
    for name in ["with space", "quote\"", "new\nline", "é", "*"] {
        repository.write(&format!("m/versions/{name}.py"), &format!("revision = id of {name}\n"));
    }
    repository.commit();
    repository.push();
    let published = repository.published(&BaselineChoice::Default);
    for name in ["with space", "quote\"", "é", "*"] {
        let path = repository.top.join(format!("m/versions/{name}.py"));
        assert!(published.contains(0, &path, &RevisionId::from("unknown")), "{name}");
    }
}

#[test]
fn a_repository_with_sha_256() {
    let repository = Repository::new(&["--object-format=sha256"]);
    repository.commit();
    repository.push();
    repository.write("m/versions/a.py", "revision = x\n");
    repository.check("a x", "a");
}

#[test]
fn a_linked_worktree() {
    let repository = Repository::new(&[]);
    repository.commit();
    let mut other = Repository::new(&[]);
    let linked = repository.top.with_file_name("linked");
    repository.git(&["worktree", "add", "-q", "-b", "feature", linked.to_str().unwrap()]);
    other.top = linked;
    other.script("b");
    other.check("a b", "a");
}

#[test]
fn a_shallow_clone_cannot_be_compared() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "feature"]);
    repository.script("b");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.script("c");
    repository.commit();
    let shallow = repository.top.with_file_name("shallow");
    let url = format!("file://{}", repository.top.display());
    let parent = repository.top.parent().unwrap();
    Repository::git_in(
        parent,
        &[
            "clone",
            "-q",
            "--depth=1",
            "--no-single-branch",
            "-b",
            "feature",
            &url,
            shallow.to_str().unwrap(),
        ],
    );
    let clone = Repository { top: shallow, ..repository };
    let Ok(Baseline::Absent(reason)) = clone.read(&BaselineChoice::Default) else { panic!("read") };
    assert!(reason.starts_with("the clone is too shallow"), "{reason}");
    assert!(clone.read(&named("origin/main")).is_err());
    // On the baseline itself nothing is unknown.
    clone.git(&["checkout", "-q", "main"]);
    clone.check("a b c", "a c");
}

#[test]
fn unrelated_histories_have_only_a_tip() {
    let repository = Repository::new(&[]);
    repository.commit();
    repository.push();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.script("b");
    repository.commit();
    repository.check("a b", "a");
}
