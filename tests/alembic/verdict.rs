//! What `check` says of a history beside whether Alembic loads it: an error for every history that it cannot load, and
//! none for one that it loads, but for what it overlooks.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ours::{Answer, onehead};
use crate::vectors::{cases, write};

/// The rules that answer for a history that Alembic cannot load.
const LOADING: [&str; 7] = [
    "missing-parent",
    "missing-dependency",
    "duplicate-revision",
    "cycle",
    "duplicate-label",
    "unreadable-script",
    "invalid-revision-id",
];

/// What is an error here although Alembic loads the history, and why.
const OVERLOOKED: &[(&str, &str)] = &[
    ("duplicate-revision", "Alembic warns, and takes the file that it reads last"),
    ("cycle", "Alembic's test for circles misses those between a head and a base"),
];

/// Recorded histories of which `check` says an error although Alembic loads them: (case, rule, reason).
const STRICTER: &[(&str, &str, &str)] = &[(
    "integer label",
    "unreadable-script",
    "Alembic loads a label that is a number, and dies where it prints it",
)];

/// Compares what `check --format json` says with what Alembic made of the same history: `heads` as it lists them,
/// nothing where it does not load it.
pub fn compare(ours: &Answer, heads: Option<&[String]>) -> Result<(), String> {
    let document: Value =
        serde_json::from_str(&ours.stdout).map_err(|error| format!("{error}: {ours:?}"))?;
    let findings = document["environments"][0]["findings"].as_array();
    let findings = findings.ok_or_else(|| format!("no findings: {ours:?}"))?;
    let errors: Vec<&Value> =
        findings.iter().filter(|finding| finding["severity"] == "error").collect();
    let status = if errors.is_empty() { Some(0) } else { Some(1) };
    if ours.status != status {
        return Err(format!("exit status {:?} with {} errors", ours.status, errors.len()));
    }
    let rules: BTreeSet<&str> = errors.iter().filter_map(|error| error["rule"].as_str()).collect();
    let Some(heads) = heads else {
        let answered = rules.iter().any(|rule| LOADING.contains(rule));
        return if answered { Ok(()) } else { Err("Alembic fails, check says nothing".into()) };
    };
    let distinct: BTreeSet<&String> = heads.iter().collect();
    for error in &errors {
        let rule = error["rule"].as_str().unwrap_or_default();
        let expected = match rule {
            "multiple-heads" => distinct.len() > 1,
            // The one that Alembic overlooks says so.
            "cycle" => error["notes"][0].as_str().is_some_and(|note| note.contains("loads")),
            _ => OVERLOOKED.iter().any(|row| row.0 == rule),
        };
        if !expected {
            return Err(format!("{rule}: Alembic loads it: {}", error["message"]));
        }
    }
    // A head that is the copy which Alembic passes over follows from the duplicate.
    let copied = rules.contains("duplicate-revision");
    if distinct.len() > 1 && !copied && !rules.contains("multiple-heads") {
        return Err(format!("nothing is said of {} heads", distinct.len()));
    }
    Ok(())
}

#[test]
fn every_recorded_history_is_judged_as_alembic_loads_it() {
    let mut failures = Vec::new();
    let mut used = 0;
    for case in cases() {
        let name = case["name"].as_str().expect("a case has a name");
        let project = tempfile::tempdir().expect("a temporary folder");
        let folder = project.path().canonicalize().expect("it is there");
        write(&case, &folder);
        let loads = case["expected"]["load"] == "ok";
        let heads: Vec<String> =
            serde_json::from_value(case["expected"]["heads"].clone()).unwrap_or_default();
        let words = ["check", "-c", "alembic.ini", "--format", "json"].map(String::from);
        let verdict = compare(&onehead(&folder, &words), loads.then_some(&heads[..]));
        match (verdict, STRICTER.iter().find(|row| row.0 == name)) {
            (Ok(()), None) => (),
            (Err(why), Some(row)) if why.starts_with(row.1) => used += 1,
            (verdict, _) => failures.push(format!("{name}: {verdict:?}")),
        }
    }
    assert!(failures.is_empty(), "{} verdicts differ\n{}", failures.len(), failures.join("\n"));
    assert_eq!(used, STRICTER.len(), "a row of STRICTER is out of date: remove it");
}
