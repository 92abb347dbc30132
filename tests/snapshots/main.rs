//! What is judged in place of the working tree, with real git: the index, a commit, and the merge that git would make.
//!
//! Each answer is held against what git itself makes of the same repository; hooks are run by git, not by hand.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]

mod commands;
mod conflicts;
mod git_versions;
mod histories;
mod links;
mod merges;
mod partial;
mod places;
mod random;
mod reference;
mod staged;
#[allow(dead_code, unused_imports, unused_macros, reason = "the rest is for other tests")]
#[path = "../cli/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{Answer, Project};

/// A repository in a sealed room.
struct Room {
    project: Project,
    variables: Vec<(OsString, OsString)>,
}

impl Room {
    /// A repository with `a <- b` committed on `main`.
    fn new() -> Self {
        Self::of("a <- b")
    }

    /// A repository with a history committed on `main`.
    fn of(history: &str) -> Self {
        let room = Self::empty().history(history);
        room.commit();
        room
    }

    /// A repository without a commit, whose configuration names `versions/`.
    fn empty() -> Self {
        let room = Self { project: Project::new(), variables: Vec::new() };
        room.git("init -q -b main");
        room
    }

    fn history(self, history: &str) -> Self {
        Self { project: self.project.history(history), ..self }
    }

    /// The same with a variable that both git and the program are given.
    fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().into()));
        self
    }

    fn path(&self) -> PathBuf {
        self.project.path()
    }

    fn write(&self, path: &str, text: &(impl AsRef<[u8]> + ?Sized)) {
        self.project.write(path, text);
    }

    /// Writes `versions/<id>.py`.
    fn script(&self, id: &str, parent: &str) {
        self.write(&format!("versions/{id}.py"), &script(id, parent));
    }

    fn commit(&self) {
        self.git("add -A");
        self.git("commit -q --allow-empty -m work");
    }

    fn command(&self, program: &str, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = self.project.command(Path::new(program));
        command
            .current_dir(self.path().join(folder))
            .env("GIT_AUTHOR_NAME", "A. Author")
            .env("GIT_AUTHOR_EMAIL", "author@example.org")
            .env("GIT_COMMITTER_NAME", "A. Author")
            .env("GIT_COMMITTER_EMAIL", "author@example.org")
            .env("GIT_ALLOW_PROTOCOL", "file")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .args(arguments);
        command
    }

    /// What git answers to these words, whatever it is.
    fn try_git(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> Output {
        self.command("git", folder.as_ref(), arguments).output().expect("git is installed")
    }

    /// Runs git with arguments that hold no spaces, and gives what it prints. Panics when it fails.
    #[track_caller]
    fn git(&self, arguments: &str) -> String {
        self.git_in(".", arguments)
    }

    #[track_caller]
    fn git_in(&self, folder: impl AsRef<Path>, arguments: &str) -> String {
        let output = self.try_git(folder, &arguments.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs the program with arguments that hold no spaces.
    fn onehead(&self, arguments: &str) -> Answer {
        self.onehead_in(".", arguments)
    }

    fn onehead_in(&self, folder: impl AsRef<Path>, arguments: &str) -> Answer {
        self.onehead_with(folder, &arguments.split(' ').collect::<Vec<_>>())
    }

    fn onehead_with(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> Answer {
        let output = self.command(ONEHEAD, folder.as_ref(), arguments).output();
        Answer::of(&output.expect("the program starts"), &self.path())
    }

    /// Installs a hook: a script for the shell, in which `onehead` is the program.
    fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path().join(self.git("rev-parse --git-path hooks").trim()).join(name);
        let text = format!("#!/bin/sh\nonehead() {{ {ONEHEAD} \"$@\"; }}\n{script}\n");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Every file of a folder with its bytes and the time of its last change.
    fn bytes(&self, folder: &str) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let about = std::fs::symlink_metadata(&path).unwrap();
                if about.is_dir() {
                    folders.push(path);
                } else if about.is_file() {
                    let bytes = std::fs::read(&path).unwrap();
                    files.insert(path, (bytes, about.modified().unwrap()));
                }
            }
        }
        files
    }
}

/// What `alembic init` writes, in short.
const MAKO: &str = "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n";

const ONEHEAD: &str = env!("CARGO_BIN_EXE_onehead");

/// A script that follows `parent`; the first of a history follows nothing.
fn script(id: &str, parent: &str) -> String {
    let parents: Vec<String> =
        parent.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect();
    support::script(id, &parents)
}

/// The heads in a JSON answer.
#[track_caller]
fn heads(answer: &Answer) -> String {
    let document = answer.json();
    let heads = document["environments"][0]["heads"].as_array().expect("heads is a list").iter();
    heads.map(|head| head.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}
