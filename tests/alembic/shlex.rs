//! Words of hook options, as the real `shlex.split` finds them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use onehead::shell::split::split;

use crate::prepared;

/// Every text of a few of these characters is tried; each has a meaning of its own, or none.
const ALPHABET: &[char] = &[' ', '\n', '\'', '"', '\\', '#', 'a', '\u{a0}'];

const LENGTH: usize = 5;

fn texts() -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut begin = 0;
    for _ in 0..LENGTH {
        let end = texts.len();
        for at in begin..end {
            for c in ALPHABET {
                texts.push(format!("{}{c}", texts[at]));
            }
        }
        begin = end;
    }
    texts
}

const PROGRAM: &str = "
import json, shlex, sys
def words(text):
    try:
        return shlex.split(text)
    except ValueError as error:
        return str(error)
sys.stdout.reconfigure(encoding='utf-8')
json.dump([words(text) for text in json.loads(sys.stdin.buffer.read())], sys.stdout)
";

#[test]
fn hook_options_are_split_as_python_splits_them() {
    let texts = texts();
    let mut python = Command::new(prepared("ONEHEAD_TEST_ALEMBIC_PYTHON"))
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let request = serde_json::to_vec(&texts).expect("texts are JSON");
    python.stdin.take().expect("a pipe").write_all(&request).expect("Python reads all of it first");
    let output = python.wait_with_output().expect("Python ends");
    let answers: Vec<serde_json::Value> =
        serde_json::from_slice(&output.stdout).expect("Python answers JSON");
    assert_eq!(answers.len(), texts.len());
    for (text, expected) in texts.iter().zip(answers) {
        let ours = match split(text) {
            Ok(words) => serde_json::json!(words),
            Err(error) => serde_json::json!(error.to_string()),
        };
        assert_eq!(ours, expected, "{text:?}");
    }
}
