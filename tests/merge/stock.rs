//! The templates of ten releases of Alembic and five of Flask-Migrate: what the pinned Alembic writes from them is
//! what we write.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use onehead::datetime::zone;
use onehead::fix::merge::file::{FileError, NewRevision, Style, file};
use onehead::revision::{BranchLabel, RevisionId};
use serde_json::json;

use crate::oracle::{DATABASES, Given, Oracle, base64, option};

/// The stock templates by their content, each with the names of those that have it.
pub fn templates() -> BTreeMap<Vec<u8>, Vec<String>> {
    let root = PathBuf::from(crate::prepared("ONEHEAD_TEST_TEMPLATES"));
    let mut found: BTreeMap<Vec<u8>, Vec<String>> = BTreeMap::new();
    let mut packages = 0;
    for package in entries(&root) {
        packages += 1;
        for folder in entries(&package).into_iter().filter(|path| path.is_dir()) {
            let content = fs::read(folder.join("script.py.mako")).unwrap();
            let name = folder.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            found.entry(content).or_default().push(name);
        }
    }
    assert!(packages >= 15 && found.len() >= 15, "{packages} releases, {} templates", found.len());
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What is merged.
struct Case {
    heads: &'static [&'static str],
    message: Option<&'static str>,
    label: Option<&'static str>,
}

const CASES: [Case; 6] = [
    Case { heads: &["b2", "a1"], message: Some("merge migration heads"), label: None },
    Case {
        heads: &["a1", "c3", "b2"],
        message: Some("Join the three, at last: one is enough for all of us"),
        label: None,
    },
    Case { heads: &["a1", "b2"], message: Some("labelled"), label: Some("joined") },
    Case { heads: &["a1", "b2"], message: Some("it's \"quoted\""), label: None },
    Case { heads: &["a1", "b2"], message: Some("Größe ½ 漢字 ⓐ İ"), label: None },
    Case { heads: &["a1", "b2"], message: None, label: None },
];

/// How the file is named, and in which zone it is dated.
struct Naming {
    file_template: Option<&'static str>,
    timezone: Option<&'static str>,
    microseconds: i64,
}

const NAMINGS: [Naming; 4] = [
    Naming { file_template: None, timezone: None, microseconds: 1_795_356_975_000_001 },
    Naming { file_template: None, timezone: Some("utc"), microseconds: 1_795_356_975_797_448 },
    Naming {
        file_template: Some(
            "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
        ),
        timezone: Some("America/New_York"),
        microseconds: 1_795_356_975_000_000,
    },
    Naming {
        file_template: Some("%(year)d/%(month)02d/%(epoch)s_%(rev).4s_%(slug).12s"),
        timezone: Some("Europe/Berlin"),
        microseconds: 1_782_000_000_000_001,
    },
];

/// A project with the heads a1, b2 and c3.
fn project(naming: &Naming, template: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let naming_options = naming.file_template.map_or_else(String::new, |file_template| {
        let escaped = file_template.replace('%', "%%");
        format!("file_template = {escaped}\nrecursive_version_locations = true\n")
    });
    let zone = naming.timezone.map_or_else(String::new, |zone| format!("timezone = {zone}\n"));
    let options = format!("script_location = %(here)s/scripts\ndatabases = {DATABASES}\n");
    let ini = format!("[alembic]\n{options}{naming_options}{zone}");
    fs::write(folder.path().join("alembic.ini"), ini).unwrap();
    let versions = folder.path().join("scripts/versions");
    fs::create_dir_all(&versions).unwrap();
    fs::write(folder.path().join("scripts/script.py.mako"), template).unwrap();
    for head in ["a1", "b2", "c3"] {
        let text = format!("revision = '{head}'\ndown_revision = None\n");
        fs::write(versions.join(format!("{head}_.py")), text).unwrap();
    }
    folder
}

/// Our file, as a path inside of the project and bytes.
fn ours(case: &Case, naming: &Naming, template: &[u8]) -> Result<(String, Vec<u8>), FileError> {
    let parents: Vec<RevisionId> = case.heads.iter().map(|&id| id.into()).collect();
    let labels: Vec<BranchLabel> =
        case.label.iter().map(|&label| BranchLabel::new(label)).collect();
    let date = zone::in_zone(naming.microseconds, naming.timezone).unwrap();
    let new = NewRevision {
        id: &RevisionId::from("m0000001"),
        parents: &parents,
        labels: &labels,
        message: case.message,
        date: &date,
        directory: Path::new("scripts/versions"),
        stem: None,
    };
    let style = Style {
        template,
        file_template: naming.file_template.unwrap_or("%(rev)s_%(slug)s"),
        truncate_slug_length: 40,
        output_encoding: "utf-8",
        option: &option,
    };
    let (path, bytes) = file(&new, &style)?;
    Ok((path.to_string_lossy().into_owned(), bytes))
}

#[test]
fn every_stock_template_gives_alembic_s_bytes() {
    let mut oracle = Oracle::start();
    let (mut compared, mut refused) = (0, Vec::new());
    for (template, names) in templates() {
        for naming in &NAMINGS {
            let project = project(naming, &template);
            for case in &CASES {
                let answer = oracle.ask(&json!({
                    "ask": "merge",
                    "directory": project.path(),
                    "heads": case.heads,
                    "message": case.message,
                    "label": case.label,
                    "rev_id": "m0000001",
                    "microseconds": naming.microseconds,
                }));
                let what = format!("{} with {:?}", names.join(", "), case.message);
                match ours(case, naming, &template) {
                    Ok((path, bytes)) => {
                        assert_eq!(answer["path"], path, "{what}: {answer}");
                        let text = String::from_utf8_lossy(&bytes);
                        assert_eq!(answer["content"], base64(&bytes), "{what}:\n{text}");
                        compared += 1;
                    }
                    Err(error) => {
                        assert!(answer["error"].is_string(), "{what}: {error}, alembic writes");
                        refused.push(format!("{}: {error}", names[0]));
                    }
                }
            }
        }
    }
    refused.dedup();
    insta::assert_snapshot!(refused.join("\n"), @"
    Flask-Migrate-1.0.0/flask: the template gives a file that does not set `branch_labels` to what was asked for
    Flask-Migrate-2.0.0/flask-multidb: line 30: `from flask import current_app`: it imports `flask`, which is only there where the project's Python runs
    Flask-Migrate-3.1.0/aioflask-multidb: line 30: `from flask import current_app`: it imports `flask`, which is only there where the project's Python runs
    Flask-Migrate-2.5.3/flask-multidb: line 30: `from flask import current_app`: it imports `flask`, which is only there where the project's Python runs
    ");
    assert!(compared > 200, "{compared} files compared");
}

/// Alembic would write a file that is not valid, or that says something else.
const NASTY: [&str; 9] = [
    "\\",
    "a\\b \\x41",
    "\"\"\"",
    "x \"\"\"\nimport os\n\"\"\"",
    "'''\"",
    "a\rb",
    "two\r\nlines\n",
    "\\\"\"\"\"",
    "\0 \u{1b}",
];

#[test]
fn a_message_that_alembic_would_break_the_file_with() {
    let mut oracle = Oracle::start();
    let mut compared = 0;
    for (template, names) in templates() {
        for message in NASTY {
            let case = Case { heads: &["b2", "a1"], message: Some(message), label: None };
            let Ok((_, bytes)) = ours(&case, &NAMINGS[0], &template) else {
                assert!(names.iter().all(|name| name.contains("flask-multidb")), "{names:?}");
                continue;
            };
            let answer = oracle.ask(&json!({"ask": "module", "content": base64(&bytes)}));
            let expected = format!("{message}\n\nRevision ID: m0000001\n");
            let docstring = answer["docstring"].as_str().unwrap_or_else(|| panic!("{answer}"));
            assert!(docstring.starts_with(&expected), "{names:?} {message:?}: {docstring:?}");
            assert_eq!(answer["revision"], "m0000001");
            assert_eq!(answer["down_revision"], json!(["b2", "a1"]));
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared} files compared");
}

#[test]
fn the_templates_of_real_projects() {
    let root = PathBuf::from(crate::prepared("ONEHEAD_TEST_PACKAGES"));
    let mut found = Vec::new();
    collect(&root, &mut found);
    assert!(found.len() >= 5, "{found:?}");
    let mut oracle = Oracle::start();
    let given = Given {
        message: "merge migration heads",
        up_revision: "m0000001",
        down_revision: &["a1", "b2"],
        branch_labels: &[],
        create_date: "2026-11-22 14:16:15.797448",
    };
    for path in found {
        let source = fs::read(&path).unwrap();
        let ours = given.render(&source).map_err(|error| error.to_string());
        assert_eq!(ours, oracle.render(&source, &given), "{}", path.display());
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.ends_with("script.py.mako") {
            found.push(path);
        }
    }
}
