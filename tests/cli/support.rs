//! A sealed room for the program: a temporary project, no environment, a home of its own, and outputs that do not
//! depend on the machine.
//!
//! Nothing here knows what the program should answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A temporary project folder, removed with this value.
pub struct Project {
    root: TempDir,
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Project {
    /// An empty folder with an `alembic.ini` whose versions lie in `versions/`.
    pub fn new() -> Self {
        let project = Self::empty();
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s\n");
        project.make("versions");
        project
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self {
            root: TempDir::new().expect("a temporary folder"),
            home: TempDir::new().expect("a temporary folder"),
            variables: Vec::new(),
        }
    }

    /// Writes one script per revision of a history such as `a <- b <- c, b <- d`, in the order in which the ids
    /// first appear, as `versions/<id>.py`. A merge is an id that follows two: `a <- b <- m, a <- c <- m`.
    pub fn history(self, history: &str) -> Self {
        for (id, parents) in parse_history(history) {
            self.write(&format!("versions/{id}.py"), &script(&id, &parents));
        }
        self
    }

    /// Sets a variable of the program's otherwise empty environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The project's folder, symbolic links resolved.
    pub fn path(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the project's folder is there")
    }

    /// Every file with its text, git's own aside, by path.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("readable") {
                let path = entry.expect("readable").path();
                let shown = path.strip_prefix(self.path()).expect("inside").to_string_lossy();
                if path.is_dir() && shown != ".git" {
                    folders.push(path);
                } else if path.is_file() {
                    let bytes = fs::read(&path).expect("readable");
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    files.insert(shown.replace('\\', "/"), text);
                }
            }
        }
        files
    }

    /// Creates a folder and its parents.
    pub fn make(&self, folder: &str) {
        fs::create_dir_all(self.root.path().join(folder)).expect("a folder can be made");
    }

    /// Writes a file and its parent folders.
    pub fn write(&self, path: &str, text: &(impl AsRef<[u8]> + ?Sized)) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Runs git in the project, and panics with its words when it fails.
    pub fn git<const N: usize>(&self, arguments: [&str; N]) {
        self.git_says(arguments);
    }

    /// The same, and what it prints.
    pub fn git_says<const N: usize>(&self, arguments: [&str; N]) -> String {
        let mut command = self.command(Path::new("git"));
        command.args([
            "-c",
            "user.name=A. Author",
            "-c",
            "user.email=author@example.org",
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ]);
        let output = command.args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs the program in the project.
    pub fn onehead<const N: usize>(&self, arguments: [&str; N]) -> Answer {
        self.onehead_in(".", arguments)
    }

    /// Runs the program in a folder of the project.
    pub fn onehead_in<const N: usize>(&self, folder: &str, arguments: [&str; N]) -> Answer {
        self.onehead_with(folder, &arguments)
    }

    /// Runs the program in a folder of the project with arguments of any number.
    pub fn onehead_with(&self, folder: &str, arguments: &[&str]) -> Answer {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
        command.current_dir(self.root.path().join(folder)).args(arguments);
        Answer::of(&command.output().expect("the program starts"), &self.path())
    }

    /// Runs the program with nobody left to read its standard output.
    pub fn onehead_unread<const N: usize>(&self, arguments: [&str; N]) -> Answer {
        let (reader, writer) = std::io::pipe().expect("there are pipes");
        drop(reader);
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
        let child = command.args(arguments).stdout(writer).stderr(Stdio::piped()).spawn();
        let output = child.expect("the program starts").wait_with_output();
        Answer::of(&output.expect("the program ends"), &self.path())
    }

    /// A program in the sealed room.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.root.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("HOME", self.home.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2026-11-19T10:00:00+00:00")
            .env("GIT_COMMITTER_DATE", "2026-11-19T10:00:00+00:00")
            .env("NO_COLOR", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        // Windows programs do not start without it; git is found by PATH everywhere.
        for needed in ["PATH", "SYSTEMROOT"] {
            let is_given = self.variables.iter().any(|(name, _)| name == needed);
            if let Some(value) = std::env::var_os(needed).filter(|_| !is_given) {
                command.env(needed, value);
            }
        }
        command
    }
}

/// What the program answered, with the project's folder written as `[PROJECT]`.
pub struct Answer {
    /// The exit status; -1 when a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    /// The answer of a run in `project`.
    pub fn of(output: &Output, project: &Path) -> Self {
        let filtered = |bytes| filter(&text(bytes), project);
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: filtered(&output.stdout),
            stderr: filtered(&output.stderr),
        }
    }

    /// Panics with the whole answer unless the exit status is `expected`.
    #[track_caller]
    pub fn exits(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "exit status\n{self}");
        self
    }

    /// Panics unless the standard output is exactly `expected`.
    #[track_caller]
    pub fn prints(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "standard output\n{self}");
        self
    }

    /// Panics unless the standard output holds `expected`.
    #[track_caller]
    pub fn shows(self, expected: &str) -> Self {
        assert!(self.stdout.contains(expected), "{expected:?} is not on standard output\n{self}");
        self
    }

    /// Panics unless the standard error holds `expected`.
    #[track_caller]
    pub fn says(self, expected: &str) -> Self {
        assert!(self.stderr.contains(expected), "{expected:?} is not on standard error\n{self}");
        self
    }

    /// Panics unless the standard error is exactly `expected`.
    #[track_caller]
    pub fn talks(self, expected: &str) -> Self {
        assert_eq!(self.stderr, expected, "standard error\n{self}");
        self
    }

    /// The standard output as a JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// The names of the rules in a JSON answer of `check`, in its order.
    #[track_caller]
    pub fn rules(&self) -> Vec<String> {
        let document = self.json();
        let environments = document["environments"].as_array().expect("environments is a list");
        environments
            .iter()
            .flat_map(|environment| environment["findings"].as_array().expect("findings is a list"))
            .map(|finding| finding["rule"].as_str().expect("a rule has a name").to_string())
            .collect()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exit_code: {}", self.status)?;
        write!(f, "----- stdout -----\n{}----- stderr -----\n{}", self.stdout, self.stderr)
    }
}

/// A script with these parents, as Alembic's template writes it.
pub fn script(id: &str, parents: &[String]) -> String {
    let quoted: Vec<String> = parents.iter().map(|parent| format!("'{parent}'")).collect();
    let down_revision = match quoted.as_slice() {
        [] => "None".into(),
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    };
    script_with(id, &down_revision, "")
}

/// A script whose `down_revision` is this expression, followed by `more` at module level.
pub fn script_with(id: &str, down_revision: &str, more: &str) -> String {
    let mut text = format!("\"\"\"add {id}\"\"\"\n\nfrom alembic import op\n\n");
    let _ = write!(text, "revision = '{id}'\ndown_revision = {down_revision}\n{more}\n");
    text.push_str("\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n");
    text
}

fn parse_history(history: &str) -> Vec<(String, Vec<String>)> {
    let mut revisions: Vec<(String, Vec<String>)> = Vec::new();
    for line in history.split(',') {
        let mut parent: Option<String> = None;
        for id in line.split("<-").map(str::trim).filter(|id| !id.is_empty()) {
            let at = revisions.iter().position(|(known, _)| known == id).unwrap_or_else(|| {
                revisions.push((id.to_string(), Vec::new()));
                revisions.len() - 1
            });
            revisions[at].1.extend(parent.take());
            parent = Some(id.to_string());
        }
    }
    revisions
}

fn filter(text: &str, project: &Path) -> String {
    let forward = project.to_string_lossy().replace('\\', "/");
    let text = text.replace(&*project.to_string_lossy(), "[PROJECT]");
    text.replace(&forward, "[PROJECT]")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// Compares a whole answer with the snapshot beside it (`cargo insta accept` takes a new one).
macro_rules! check {
    ($answer:expr, @$expected:literal) => {
        insta::assert_snapshot!($answer.to_string(), @$expected)
    };
}
pub(crate) use check;
