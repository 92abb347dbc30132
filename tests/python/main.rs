//! Scripts in every syntax, read by us and loaded by the real Alembic.
//!
//! Needs a Python with Alembic in `ONEHEAD_TEST_ALEMBIC_PYTHON`.

mod forms;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use onehead::script::{Depth, NoModules, Problem, Script, parse};
use serde_json::Value;

use forms::Case;

#[test]
fn every_form_is_read_as_alembic_loads_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cases = forms::cases();
    for case in &cases {
        std::fs::write(folder.path().join(&case.file), &case.bytes).expect("a file");
    }
    let loaded = alembic(folder.path());
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| [Depth::Whole, Depth::Names].map(|depth| (case, depth)))
        .filter_map(|(case, depth)| {
            let script = parse(folder.path().join(&case.file), &case.bytes, depth, &NoModules);
            let complaint = compare(case, &script, &loaded[&case.file])?;
            let text = String::from_utf8_lossy(&case.bytes);
            Some(format!("{} ({depth:?}): {complaint}\n{text}\n", case.file))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
}

/// What differs, if anything.
fn compare(case: &Case, script: &Script, loaded: &Value) -> Option<String> {
    if let Some(refused) = loaded.get("refused") {
        return script.problems.is_empty().then(|| format!("Alembic refuses it: {refused}"));
    }
    if !script.problems.is_empty() {
        let unknown = |problem: &Problem| matches!(problem, Problem::Unknown { .. });
        let fine = case.wrong || !case.known && script.problems.iter().all(unknown);
        return (!fine).then(|| format!("Alembic takes it: {:?}", script.problems));
    }
    let Some(revision) = &script.revision else { return Some("neither read nor refused".into()) };
    let labels: Vec<&str> = revision.labels.iter().map(|label| label.as_str()).collect();
    let parents: Vec<&str> = revision.edges.parents.iter().map(|id| id.as_str()).collect();
    let dependencies: Vec<&str> = revision.edges.dependencies.iter().map(|text| &**text).collect();
    let text = |name: &str| loaded[name].as_str().unwrap_or("?").to_owned();
    if revision.id.as_str() != text("revision") {
        return Some(format!("revision {:?}, Alembic {:?}", revision.id, text("revision")));
    }
    if revision.long_message() != text("longdoc") {
        return Some(format!("doc {:?}, Alembic {:?}", revision.long_message(), text("longdoc")));
    }
    let lists = [
        ("down_revision", "parents", parents),
        ("branch_labels", "labels", labels),
        ("depends_on", "dependencies", dependencies),
    ];
    for (name, key, ours) in lists {
        let mut ours: Vec<String> = ours.into_iter().map(str::to_owned).collect();
        let mut theirs: Vec<String> = loaded[key]
            .as_array()
            .map(|list| list.iter().map(|item| item.as_str().unwrap_or("?").to_owned()).collect())
            .unwrap_or_default();
        if loaded["unordered"].as_array().is_some_and(|names| names.contains(&name.into())) {
            ours.sort();
            theirs.sort();
        }
        if ours != theirs {
            return Some(format!("{name} {ours:?}, Alembic {theirs:?}"));
        }
    }
    None
}

/// What the real Alembic makes of each file in a folder.
fn alembic(folder: &Path) -> BTreeMap<String, Value> {
    let python = std::env::var("ONEHEAD_TEST_ALEMBIC_PYTHON")
        .expect("ONEHEAD_TEST_ALEMBIC_PYTHON names no Python with Alembic installed");
    let output = Command::new(python)
        .args(["-c", include_str!("load.py")])
        .arg(folder)
        .output()
        .expect("the Python of ONEHEAD_TEST_ALEMBIC_PYTHON runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .expect("JSON is UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}
