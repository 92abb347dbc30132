//! The real Alembic on `SQLite`, asked in JSON (`oracle.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Request<'a> {
    directory: &'a Path,
    database: Option<&'a Path>,
    commands: Vec<Vec<String>>,
}

/// A database after some commands.
#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    /// Why the last command failed.
    pub failed: Option<String>,
    /// The heads of the scripts.
    pub heads: Vec<String>,
    /// What the version table holds.
    pub versions: Vec<String>,
    /// Every other table with its number of rows.
    pub tables: BTreeMap<String, u64>,
    /// The revisions by message, where no database was asked about.
    pub revisions: BTreeMap<String, Revision>,
}

/// A revision as Alembic sees it.
#[derive(Clone, Debug, Deserialize)]
pub struct Revision {
    /// Its id.
    pub id: String,
    /// The labels that it carries.
    pub labels: Vec<String>,
    /// The messages of everything that it comes after.
    pub after: BTreeSet<String>,
}

/// A running Python process.
pub struct Alembic {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Alembic {
    /// Starts the interpreter that `./test` prepares.
    pub fn start() -> Self {
        let variable = "ONEHEAD_TEST_ALEMBIC_PYTHON";
        let python = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run `./test`, which prepares what this test needs")
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repair/oracle.py");
        let mut process = Command::new(&python)
            .arg(script)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}"));
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, requests, answers }
    }

    /// Runs commands such as `upgrade head` on a database; the first that fails ends it.
    pub fn run(&mut self, directory: &Path, database: &Path, commands: &[&str]) -> Database {
        self.ask(directory, Some(database), commands)
    }

    /// What the revisions of a project are.
    pub fn survey(&mut self, directory: &Path) -> Database {
        self.ask(directory, None, &[])
    }

    fn ask(&mut self, directory: &Path, database: Option<&Path>, commands: &[&str]) -> Database {
        let commands = commands.iter();
        let words = |command: &&str| command.split(' ').map(str::to_owned).collect();
        let request = Request { directory, database, commands: commands.map(words).collect() };
        let line = serde_json::to_string(&request).expect("a request is JSON");
        let requests = self.requests.as_mut().expect("open until dropped");
        writeln!(requests, "{line}").and_then(|()| requests.flush()).expect("the oracle reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the oracle answers");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }
}

impl Drop for Alembic {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}
