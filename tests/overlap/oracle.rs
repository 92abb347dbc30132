//! The real Alembic on real databases, asked in JSON (`oracle.py`).

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use onehead::operations::overlap::Dialect;
use serde::{Deserialize, Serialize};

use crate::prepared;

#[derive(Serialize)]
struct Request<'a> {
    base: &'a str,
    ours: &'a str,
    theirs: &'a str,
}

/// What became of two sides.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// Why the base failed.
    pub base: Option<String>,
    /// Why ours failed alone.
    pub ours: Option<String>,
    /// Why theirs failed alone.
    pub theirs: Option<String>,
    /// Why theirs failed after ours.
    pub ours_first: Option<String>,
    /// Why ours failed after theirs.
    pub theirs_first: Option<String>,
    /// What is not the same after the two orders.
    pub differs: Vec<String>,
}

impl Answer {
    /// Whether each side works by itself; a pair of which one does not says nothing.
    pub fn is_fair(&self) -> bool {
        self.ours.is_none() && self.theirs.is_none()
    }

    /// Whether it matters which side runs first.
    pub fn is_conflict(&self) -> bool {
        self.ours_first.is_some() || self.theirs_first.is_some() || !self.differs.is_empty()
    }
}

/// A running Python process with a database.
pub struct Oracle {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the interpreter that `./test` prepares, with a database of this kind.
    pub fn start(dialect: Dialect) -> Self {
        let python = prepared("ONEHEAD_TEST_OVERLAP_PYTHON");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/overlap/oracle.py");
        let mut command = Command::new(&python);
        command.arg(script);
        if dialect == Dialect::Postgresql {
            command.arg("postgresql").arg(prepared("ONEHEAD_TEST_POSTGRESQL"));
        } else {
            command.arg("sqlite");
        }
        let mut process = command
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}"));
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, requests, answers }
    }

    /// What becomes of the two sides in both orders.
    pub fn ask(&mut self, base: &str, ours: &str, theirs: &str) -> Answer {
        let line = serde_json::to_string(&Request { base, ours, theirs }).expect("it is JSON");
        let requests = self.requests.as_mut().expect("open until dropped");
        writeln!(requests, "{line}").and_then(|()| requests.flush()).expect("the oracle reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the oracle answers");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}
