//! The recorded cases: what Alembic 1.20.1 printed for 217 small histories, in five processes with different hash seeds.
//!
//! The library's own tests take heads, order, labels, look-ups and ranges from the same file; here it is the text of
//! the commands.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::compare;
use crate::oracle::{Oracle, Reply, Request};
use crate::ours::onehead;

/// A recorded answer that we do not give, and why. COMPATIBILITY.md has the same rows.
struct Deviation {
    /// The name of the case.
    case: &'static str,
    /// The command, or `*` for all.
    command: &'static str,
    /// Why.
    #[allow(dead_code, reason = "for the reader")]
    reason: &'static str,
}

const DEVIATIONS: &[Deviation] = &[
    // "branches" prints nothing of it; every other command dies in Alembic too.
    Deviation {
        case: "integer label",
        command: "branches",
        reason: "Alembic loads a label that is a number, and dies where it prints it; for us it is not readable",
    },
];

pub fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/graph-vectors.json");
    let text = fs::read_to_string(path).expect("the vectors are there");
    let mut document: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let Value::Array(cases) = document["cases"].take() else { panic!("a list of cases") };
    assert_eq!(cases.len(), 217);
    cases
}

/// The folders of these tests, given to the Alembic that the vectors come from, lead to the recorded answers.
#[test]
fn vectors_are_written_as_they_were_recorded() {
    let mut oracle = Oracle::start("ONEHEAD_TEST_ALEMBIC_PYTHON");
    for case in cases() {
        let project = tempfile::tempdir().expect("a temporary folder");
        let folder = project.path().canonicalize().expect("it is there");
        write(&case, &folder);
        let recorded = case["expected"]["cli"].as_object().expect("every case has texts");
        let commands = recorded.keys().map(|line| words(line)).collect();
        oracle.ask(&Request::new(&folder, commands));
        let answer = oracle.answer();
        for (nth, (line, expected)) in recorded.iter().enumerate() {
            let texts = texts(expected, &folder);
            let same = match answer.reply(nth) {
                Reply::Printed { stdout } => is_one_of(&texts, &words(line), stdout),
                Reply::Failed { .. } => texts.is_empty(),
                Reply::Hung { .. } => expected.get("hang").is_some(),
            };
            assert!(same, "{}: {line}: {:?}", case["name"], answer.reply(nth));
        }
    }
}

#[test]
fn command_text_of_every_vector() {
    let mut failures = Vec::new();
    let mut used = BTreeSet::new();
    for case in &cases() {
        let name = case["name"].as_str().expect("a case has a name");
        let project = tempfile::tempdir().expect("a temporary folder");
        let folder = project.path().canonicalize().expect("it is there");
        write(case, &folder);
        let commands = case["expected"]["cli"].as_object().expect("every case has texts");
        for (command, expected) in commands {
            let Err(why) = judge(command, expected, &folder) else { continue };
            let known = DEVIATIONS.iter().position(|known| {
                known.case == name && (known.command == command || known.command == "*")
            });
            match known {
                Some(row) => drop(used.insert(row)),
                None => failures.push(format!("{name}: {command}\n{why}")),
            }
        }
    }
    assert!(failures.is_empty(), "{} texts differ\n\n{}", failures.len(), failures.join("\n"));
    assert_eq!(used.len(), DEVIATIONS.len(), "a row of DEVIATIONS is out of date: remove it");
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(String::from).collect()
}

/// The texts that Alembic was seen to print; none where it fails or never returns.
fn texts(expected: &Value, folder: &Path) -> Vec<String> {
    let several = match expected {
        Value::String(_) => vec![expected],
        Value::Object(object) => {
            object.get("unstable").and_then(Value::as_array).into_iter().flatten().collect()
        }
        other => panic!("neither a text nor an outcome: {other}"),
    };
    let folder = folder.to_string_lossy();
    several
        .into_iter()
        .filter_map(Value::as_str)
        .map(|text| text.replace("<DIR>", &folder))
        .collect()
}

/// Whether `printed` is one of the recorded texts. They were recorded through a stream that could only take ASCII: every
/// other character is a question mark in them.
fn is_one_of(texts: &[String], command: &[String], printed: &str) -> bool {
    let ascii: String = printed.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    let unstable = texts.len() > 1;
    texts.iter().any(|text| compare::text(command, text, &ascii, unstable).is_ok())
}

fn judge(line: &str, expected: &Value, folder: &Path) -> Result<(), String> {
    let command = words(line);
    let ours = onehead(folder, &command);
    let texts = texts(expected, folder);
    if texts.is_empty() {
        return compare::fails(&ours, &expected.to_string());
    }
    if ours.status != Some(0) {
        return Err(format!("exit status {:?}, expected 0: {}", ours.status, ours.stderr));
    }
    if is_one_of(&texts, &command, &ours.stdout) {
        return Ok(());
    }
    Err(format!("--- Alembic\n{}+++ onehead\n{}", texts[0], ours.stdout))
}

/// Writes the project of a case: file order is list order.
pub fn write(case: &Value, folder: &Path) {
    let versions = folder.join("m/versions");
    fs::create_dir_all(&versions).expect("writable");
    fs::write(folder.join("alembic.ini"), "[alembic]\nscript_location = m\n").expect("writable");
    for (number, revision) in case["revisions"].as_array().expect("a list").iter().enumerate() {
        let mut text = format!("\"\"\"doc {number}\"\"\"\n");
        for name in ["revision", "down_revision", "branch_labels", "depends_on"] {
            if let Some(value) = revision.get(name) {
                let _ = writeln!(text, "{name} = {}", python(value));
            }
        }
        text.push_str("\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n");
        let file =
            revision["file"].as_str().map_or_else(|| format!("{number:03}_r.py"), String::from);
        fs::write(versions.join(file), text).expect("writable");
    }
}

/// A value of the vectors as Python writes it: a list stands for a tuple, `{"list": …}` and `{"set": …}` for these.
fn python(value: &Value) -> String {
    let items = |values: &Value| {
        let items: Vec<String> = values.as_array().expect("a list").iter().map(python).collect();
        items.join(", ")
    };
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        // Python reads every escape that JSON writes.
        Value::String(text) => serde_json::to_string(text).expect("a string is JSON"),
        Value::Array(several) if several.len() == 1 => format!("({},)", items(value)),
        Value::Array(_) => format!("({})", items(value)),
        Value::Object(object) => match (object.get("list"), object.get("set")) {
            (Some(list), _) => format!("[{}]", items(list)),
            (_, Some(set)) => format!("{{{}}}", items(set)),
            _ => panic!("no value of Python: {value}"),
        },
    }
}

#[test]
fn vectors_are_written_as_python() {
    let written = |text: &str| python(&serde_json::from_str(text).expect("JSON"));
    assert_eq!(written("null"), "None");
    assert_eq!(written(r#"["a"]"#), r#"("a",)"#);
    assert_eq!(written(r#"["a", null]"#), r#"("a", None)"#);
    assert_eq!(written(r#"{"list": ["a", "b"]}"#), r#"["a", "b"]"#);
    assert_eq!(written(r#"{"set": ["a"]}"#), r#"{"a"}"#);
}
