//! The real Alembic as a service: one Python process per version, asked in JSON (`oracle.py`).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

/// What the oracle is asked.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// The working directory of the commands.
    pub directory: String,
    /// An ini file, relative to the directory.
    pub config: Option<String>,
    /// The section of that file.
    pub section: String,
    /// Main options to set or override.
    pub options: BTreeMap<String, String>,
    /// Whether what scripts import is replaced by stand-ins.
    pub stub: bool,
    /// The commands.
    pub commands: Vec<Vec<String>>,
}

impl Request {
    /// `commands` in the project at `directory`, configured by its `alembic.ini`.
    pub fn new(directory: &Path, commands: Vec<Vec<String>>) -> Self {
        Self {
            directory: directory.to_string_lossy().into_owned(),
            config: Some("alembic.ini".into()),
            section: "alembic".into(),
            options: BTreeMap::new(),
            stub: false,
            commands,
        }
    }
}

/// What the oracle answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// What kept Alembic from loading the history, if anything.
    pub load: Option<Reply>,
    /// What the revision map says, when it loads.
    pub facts: Option<Facts>,
    /// One per command; empty when the history does not load.
    pub commands: Vec<Reply>,
}

impl Answer {
    /// Whether Alembic itself may list the history in several orders, because it iterates over a set.
    pub fn order_varies(&self) -> bool {
        let nodes = self.facts.iter().flat_map(|facts| facts.nodes.values());
        nodes.into_iter().any(|node| node.normalized_dependencies > 1)
    }

    /// The outcome of the command at this position: a history that does not load fails every one.
    pub fn reply(&self, position: usize) -> &Reply {
        self.load.as_ref().unwrap_or_else(|| &self.commands[position])
    }
}

/// The outcome of one step.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Reply {
    /// It succeeded and printed this.
    Printed {
        /// Standard output.
        stdout: String,
    },
    /// It failed.
    Failed {
        /// The exception's class.
        class: String,
        /// Its message.
        message: String,
        /// Whether Alembic reports it in a sentence; otherwise the user sees a traceback.
        command_error: bool,
    },
    /// It would never return.
    Hung {
        /// Always true.
        #[allow(dead_code, reason = "its presence is what tells the variant")]
        hang: bool,
    },
}

/// What the revision map says.
#[derive(Clone, Debug, Deserialize)]
pub struct Facts {
    /// In map order, like all of these.
    pub heads: Vec<String>,
    /// `_real_heads`.
    pub upgrade_heads: Vec<String>,
    /// Without parents.
    pub bases: Vec<String>,
    /// At least two children.
    pub branch_points: Vec<String>,
    /// At least two parents.
    pub merge_points: Vec<String>,
    /// Each revision.
    pub nodes: BTreeMap<String, NodeFacts>,
}

/// What the revision map says of one revision.
#[derive(Clone, Debug, Deserialize)]
pub struct NodeFacts {
    /// How many dependencies are left after normalisation; from two on their order is not determined.
    pub normalized_dependencies: usize,
}

/// A running Python process with one version of Alembic.
pub struct Oracle {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Alembic's version.
    pub version: String,
}

#[derive(Deserialize)]
struct Greeting {
    alembic: String,
}

impl Oracle {
    /// Starts the interpreter that the environment variable names.
    pub fn start(variable: &str) -> Self {
        let python = crate::prepared(variable);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic/oracle.py");
        let mut process = Command::new(&python)
            .arg(script)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}"));
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let mut oracle = Self { process, requests, answers, version: String::new() };
        oracle.version = oracle.read::<Greeting>().alembic;
        oracle
    }

    /// Asks; the answer is waited for by [`Oracle::answer`], so that others may work meanwhile. One question at a
    /// time: neither side reads while it writes.
    pub fn ask(&mut self, request: &Request) {
        let requests = self.requests.as_mut().expect("open until dropped");
        let line = serde_json::to_string(request).expect("a request is JSON");
        writeln!(requests, "{line}").and_then(|()| requests.flush()).expect("the oracle reads");
    }

    /// The answer to the question asked last.
    pub fn answer(&mut self) -> Answer {
        self.read()
    }

    fn read<T: for<'a> Deserialize<'a>>(&mut self) -> T {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the oracle answers");
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("Alembic {}: {error}: {line:?}", self.version))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}
