//! The real Alembic, Mako and Python as a service (`oracle.py`), and the same question asked of us.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use onehead::datetime::DateTime;
use onehead::revision::{BranchLabel, RevisionId};
use onehead::template::{self, TemplateError, Values};
use serde_json::{Value, json};

/// A running Python process.
pub struct Oracle {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the pinned interpreter.
    pub fn start() -> Self {
        let python = crate::prepared("ONEHEAD_TEST_ALEMBIC_PYTHON");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/merge/oracle.py");
        let mut process = Command::new(&python)
            .arg(script)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}"));
        let questions = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let mut oracle = Self { process, questions, answers };
        assert_eq!(oracle.read()["alembic"], "1.20.1");
        oracle
    }

    /// Asks and waits.
    pub fn ask(&mut self, question: &Value) -> Value {
        let questions = self.questions.as_mut().expect("open until dropped");
        writeln!(questions, "{question}").and_then(|()| questions.flush()).expect("it reads");
        self.read()
    }

    /// The texts that answer a question.
    pub fn texts(&mut self, question: &Value) -> Vec<Option<String>> {
        let answer = self.ask(question);
        serde_json::from_value(answer["texts"].clone()).unwrap_or_else(|_| panic!("{answer}"))
    }

    /// What Mako makes of a template, `Err` with its exception.
    pub fn render(&mut self, source: &[u8], given: &Given) -> Result<String, String> {
        let answer = self.ask(&json!({
            "ask": "render",
            "template": base64(source),
            "message": given.message,
            "up_revision": given.up_revision,
            "down_revision": given.down_revision,
            "branch_labels": given.branch_labels,
            "create_date": given.create_date,
            "options": {"databases": DATABASES},
        }));
        match answer["text"].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
        }
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the oracle answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.questions.take());
        let _ = self.process.wait();
    }
}

/// The option `databases` of every test project.
pub const DATABASES: &str = "engine1, engine2";

/// What a template is given.
#[derive(Clone, Copy)]
pub struct Given {
    pub message: &'static str,
    pub up_revision: &'static str,
    pub down_revision: &'static [&'static str],
    pub branch_labels: &'static [&'static str],
    pub create_date: &'static str,
}

impl Given {
    /// What we make of a template.
    pub fn render(&self, source: &[u8]) -> Result<String, TemplateError> {
        let parents: Vec<RevisionId> = self.down_revision.iter().map(|&id| id.into()).collect();
        let labels: Vec<BranchLabel> =
            self.branch_labels.iter().map(|&label| BranchLabel::new(label)).collect();
        let date = DateTime::parse(self.create_date).expect("a date");
        let values = Values {
            message: self.message,
            up_revision: self.up_revision,
            down_revision: &parents,
            branch_labels: &labels,
            create_date: &date,
            option: &option,
        };
        template::render(source, &values)
    }
}

/// The options of every test project.
pub fn option(section: Option<&str>, name: &str) -> Option<String> {
    (section.is_none() && name == "databases").then(|| DATABASES.to_owned())
}

/// Base 64, which JSON needs for bytes.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3)
            .fold(0_u32, |group, at| group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
