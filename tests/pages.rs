//! Every page of a rule is run: its bad example triggers the rule and nothing else, its good example nothing at all.
//!
//! An example is a project of a few files, each a fenced block with its path: ```` ```python versions/a.py ````. Files
//! below `versions/` are loaded, in the order of their names.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read its data has failed, and UPDATE_DOCS writes documents"
)]

use std::path::{Path, PathBuf};

use onehead::check::{Scope, check_scripts};
use onehead::environment::{Environment, ExpectedHeads, Launch, Origin, VersionLocation};
use onehead::explain;
use onehead::rules::settings::RuleSettings;
use onehead::rules::{Level, RULES, Rule};
use onehead::script::{Depth, NoModules, Script, parse};

/// The files of the section `heading` of a page.
fn example(page: &str, heading: &str) -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let (mut in_section, mut in_file) = (false, false);
    for line in page.lines() {
        if let Some(path) = line.strip_prefix("```python ").filter(|_| in_section && !in_file) {
            files.push((PathBuf::from(path), String::new()));
            in_file = true;
        } else if line == "```" {
            in_file = false;
        } else if in_file {
            let text = &mut files.last_mut().expect("a file was opened").1;
            text.push_str(line);
            text.push('\n');
        } else if line.starts_with("## ") {
            in_section = line == heading;
        }
    }
    files.sort();
    files
}

fn environment() -> Environment {
    Environment {
        name: "alembic.ini".into(),
        config: Some("/project/alembic.ini".into()),
        section: "alembic".into(),
        origin: Origin::Here,
        script_location: "/project".into(),

        launch: Launch::Alembic { from: None },
        version_locations: vec![VersionLocation {
            written: None,
            path: "/project/versions".into(),
            exists: true,
        }],
        recursive: false,
        sourceless: false,
        file_template: "%(rev)s_%(slug)s".into(),
        truncate_slug_length: 40,
        expected_heads: ExpectedHeads::Total(1),
        module_roots: Vec::new(),
        configuration: std::sync::Arc::default(),
        governing: std::sync::Arc::default(),
    }
}

/// The rules that find something in the example.
fn found(rule: &Rule, heading: &str) -> Vec<&'static str> {
    let files = example(rule.page, heading);
    assert!(!files.is_empty(), "the page of {} has no files under {heading:?}", rule.name);
    let loaded = files.iter().filter(|(path, _)| path.starts_with("versions"));
    let scripts: Vec<Script> = loaded
        .map(|(path, text)| {
            parse(Path::new("/project").join(path), text.as_bytes(), Depth::Whole, &NoModules)
        })
        .collect();
    let mut settings = RuleSettings::default();
    if rule.level == Level::Off {
        settings.severities.push((rule.name.to_owned(), Level::Warning));
    }
    let checked = check_scripts(&environment(), &scripts, &settings, &Scope::All);
    checked.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_bad_example_triggers_its_rule_and_only_it() {
    for rule in RULES {
        assert_eq!(found(rule, "## Bad"), [rule.name], "bad example of {}", rule.name);
    }
}

#[test]
fn every_good_example_is_fine() {
    for rule in RULES {
        assert_eq!(found(rule, "## Good"), [""; 0], "good example of {}", rule.name);
    }
}

/// Compares a generated document with the file; `UPDATE_DOCS=1` writes it instead.
#[track_caller]
fn check_document(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).expect("docs can be written");
    }
    let written = std::fs::read_to_string(&path).expect("the document is there");
    assert!(
        written == generated,
        "docs/{name} is not current: run `UPDATE_DOCS=1 cargo test --test pages`"
    );
}

#[test]
fn the_list_of_rules_is_current() {
    check_document("rules.md", &explain::rules_document());
}

#[test]
fn the_troubleshooting_document_is_current() {
    check_document("troubleshooting.md", &explain::troubleshooting());
}
