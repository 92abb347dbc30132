//! A repository with a remote, and the program's hooks in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{Answer, Project, script, script_with};

/// What a merge revision is written from.
const TEMPLATE: &str = "\"\"\"${message}\n\nRevision ID: ${up_revision}\nRevises: ${down_revision | comma,n}\n\"\"\"\n\
    revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n\n\
    def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n";

/// A working tree whose `origin` is a bare repository beside it, with the history `a <- c` on both.
pub struct Repository {
    pub project: Project,
    remote: TempDir,
}

impl Repository {
    /// A repository with the blocking hooks installed.
    pub fn new() -> Self {
        let repository = Self::unguarded();
        repository.project.onehead(["hook", "install"]).exits(0);
        repository
    }

    /// A repository without hooks.
    pub fn unguarded() -> Self {
        Self::with(&[])
    }

    /// A repository without hooks, in which programs are given these variables.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        let project = Project::new();
        let give = |project: Project, (name, value): &(&str, &str)| project.variable(name, value);
        let project = variables
            .iter()
            .fold(project, give)
            .variable("GIT_AUTHOR_NAME", "A. Author")
            .variable("GIT_AUTHOR_EMAIL", "author@example.org")
            .variable("GIT_COMMITTER_NAME", "A. Author")
            .variable("GIT_COMMITTER_EMAIL", "author@example.org")
            .variable("GIT_EDITOR", "true")
            .history("a <- c");
        project.write("script.py.mako", TEMPLATE);
        let remote = TempDir::new().expect("a temporary folder");
        let repository = Self { project, remote };
        let address = repository.remote.path().display().to_string();
        repository.git(&["init", "-q", "--bare", "-b", "main", &address]).exits(0);
        repository.git(&["init", "-q", "-b", "main"]).exits(0);
        repository.commit_all("base").exits(0);
        repository.git(&["remote", "add", "origin", &address]).exits(0);
        repository.git(&["push", "-q", "-u", "origin", "main"]).exits(0);
        repository.git(&["remote", "set-head", "origin", "main"]).exits(0);
        repository
    }

    /// Runs git in the top folder.
    pub fn git(&self, arguments: &[&str]) -> Answer {
        self.git_in(".", arguments)
    }

    /// Runs git in a folder.
    pub fn git_in(&self, folder: &str, arguments: &[&str]) -> Answer {
        let mut command = self.project.command(Path::new("git"));
        command.current_dir(self.project.path().join(folder)).args(arguments);
        Answer::of(&command.output().expect("git is installed"), &self.project.path())
    }

    /// Runs git with variables of its own.
    pub fn git_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Answer {
        let mut command = self.project.command(Path::new("git"));
        command.envs(variables.iter().copied()).args(arguments);
        Answer::of(&command.output().expect("git is installed"), &self.project.path())
    }

    /// Writes a revision into `versions/`.
    pub fn revision(&self, id: &str, parents: &[&str]) {
        let parents: Vec<String> = parents.iter().map(|&parent| parent.to_owned()).collect();
        self.project.write(&format!("versions/{id}.py"), &script(id, &parents));
    }

    /// Writes a file into `versions/` that is no Python.
    pub fn broken(&self, id: &str) {
        self.project.write(&format!("versions/{id}.py"), &script_with(id, "'a' 'b", ""));
    }

    /// Stages and commits everything.
    pub fn commit_all(&self, message: &str) -> Answer {
        self.git(&["add", "-A"]).exits(0);
        self.git(&["commit", "-q", "-m", message])
    }

    /// A branch from `start` with one more revision that follows `parent`.
    pub fn branch(&self, name: &str, start: &str, id: &str, parent: &str) {
        self.git(&["switch", "-q", "-c", name, start]).exits(0);
        self.revision(id, &[parent]);
        self.commit_all(&format!("add {id}")).exits(0);
    }

    /// The commit that a ref of the remote names; nothing where it has none.
    pub fn on_remote(&self, reference: &str) -> String {
        let address = self.remote.path().display().to_string();
        let answer = self.git(&["-C", &address, "rev-parse", "--verify", "--quiet", reference]);
        answer.stdout.trim().to_owned()
    }

    /// The commit that a ref names here.
    pub fn at(&self, reference: &str) -> String {
        self.git(&["rev-parse", "--verify", reference]).exits(0).stdout.trim().to_owned()
    }

    /// The bytes of the index.
    pub fn index(&self) -> Vec<u8> {
        std::fs::read(self.project.path().join(".git/index")).unwrap()
    }

    /// Runs a hook as git would, with `input` on its stdin.
    pub fn hook(&self, arguments: &[&str], input: &str) -> Answer {
        self.hook_with(&[], arguments, input)
    }

    /// The same with variables of its own.
    pub fn hook_with(&self, variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Answer {
        use std::io::Write as _;
        let mut command: Command = self.project.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
        command.args(["hook", "run"]).args(arguments).envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().expect("the program ends");
        Answer::of(&output, &self.project.path())
    }

    /// A path in the working tree.
    pub fn path(&self, path: &str) -> PathBuf {
        self.project.path().join(path)
    }
}
