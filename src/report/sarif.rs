//! SARIF 2.1.0, as code scanning of GitHub and others read it: a run for each environment, since those of one category
//! replace each other.
//!
//! More than those services take is left out with a word on it. What is known again by has no line in it.

use std::fmt::Write as _;

use serde::Serialize;

use super::item::{Item, Weight, items, position, readable};
use super::{EnvironmentReport, Position, Report, Sources};
use crate::diagnostic::Label;
use crate::rules::words::count;
use crate::rules::{Kind, Level, RULES, Rule};

/// The most runs in a file; what is more is one run.
const RUNS: usize = 20;
/// The most results in a run.
const RESULTS: usize = 25_000;
/// How many other places of a result are shown.
const PLACES: usize = 100;

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Details,
    column_kind: &'static str,
    invocations: Vec<Invocation>,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 2],
}

#[derive(Serialize)]
struct Details {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Spot; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Spot>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
}

/// What is compared with has the finding too.
#[derive(Serialize)]
struct Properties {
    old: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spot {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

/// The document.
pub fn sarif(report: &Report, sources: &Sources) -> String {
    let mut own: Vec<&EnvironmentReport> = report.environments.iter().collect();
    let others = if own.len() > RUNS { own.split_off(RUNS - 1) } else { Vec::new() };
    let name = |one: &EnvironmentReport| format!("onehead/{}/", readable(&one.facts.name));
    let mut runs: Vec<Run> = own.iter().map(|one| run(name(one), &[*one], sources)).collect();
    if !others.is_empty() {
        runs.push(run("onehead/others/".to_owned(), &others, sources));
    }
    super::json::write(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs,
    })
}

fn run(id: String, environments: &[&EnvironmentReport], sources: &Sources) -> Run {
    let mut found: Vec<Item<'_>> =
        environments.iter().flat_map(|one| items(one, sources)).collect();
    found.sort_by_key(Item::weight);
    let more = found.len().saturating_sub(RESULTS);
    found.truncate(RESULTS);
    let notification = Notification {
        level: "warning",
        message: Text { text: format!("{} more", count(more, "finding")) },
    };
    Run {
        tool: Tool {
            driver: Driver {
                name: "onehead",
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: RULES.iter().map(|rule| descriptor(rule)).collect(),
            },
        },
        automation_details: Details { id },
        column_kind: "unicodeCodePoints",
        invocations: vec![Invocation {
            execution_successful: true,
            tool_execution_notifications: (more > 0).then_some(notification).into_iter().collect(),
        }],
        results: found.iter().map(|item| result(item, sources)).collect(),
    }
}

fn descriptor(rule: &Rule) -> Descriptor {
    let level = match rule.level {
        Level::Error => "error",
        Level::Warning | Level::Off => "warning",
    };
    let kind = match rule.kind {
        Kind::Integrity => "integrity",
        Kind::Loading => "loading",
        Kind::History => "history",
        Kind::Published => "published",
        Kind::Hygiene => "hygiene",
        Kind::Meta => "meta",
    };
    Descriptor {
        id: rule.name,
        short_description: Text { text: rule.summary.to_owned() },
        full_description: Text { text: opening(rule) },
        help: Help { text: rule.page, markdown: rule.page },
        help_uri: super::rule_address(rule.name),
        default_configuration: Configuration { enabled: rule.level != Level::Off, level },
        properties: Tags { tags: ["alembic", kind] },
    }
}

/// The first paragraph of what a rule's page says that it finds, in one line.
fn opening(rule: &Rule) -> String {
    let section =
        rule.page.split_once("## What it finds\n\n").map_or(rule.summary, |(_, text)| text);
    let paragraph = section.split("\n\n").next().unwrap_or_default();
    paragraph.lines().collect::<Vec<&str>>().join(" ")
}

fn result(item: &Item<'_>, sources: &Sources) -> Finding {
    let finding = item.finding;
    let mut text = item.text(sources);
    let places = finding.related.iter().take(PLACES).enumerate();
    let places = places.map(|(at, label)| related(at + 1, label, sources)).collect();
    if let Some(more @ 1..) = finding.related.len().checked_sub(PLACES) {
        let _ = write!(text, "\n{} more", count(more, "place"));
    }
    Finding {
        rule_id: finding.rule,
        rule_index: RULES.iter().position(|rule| rule.name == finding.rule).unwrap_or_default(),
        level: match item.weight() {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Old => "note",
        },
        message: Text { text },
        locations: [location(&item.path, item.place)],
        related_locations: places,
        partial_fingerprints: Fingerprints { primary_location_line_hash: item.fingerprint.clone() },
        properties: finding.old.then_some(Properties { old: true }),
    }
}

fn related(id: usize, label: &Label, sources: &Sources) -> Spot {
    let path = sources.from_root(&label.place.path);
    let message = (!label.message.is_empty()).then(|| Text { text: readable(&label.message) });
    Spot { id: Some(id), message, ..location(&path, position(label, sources)) }
}

fn location(path: &str, place: Option<(Position, Position)>) -> Spot {
    let region = Region {
        start_line: place.map_or(1, |(start, _)| start.line),
        start_column: place.map(|(start, _)| start.column),
        end_line: place.map(|(_, end)| end.line),
        end_column: place.map(|(_, end)| end.column),
    };
    let artifact_location = Artifact { uri: uri(path) };
    let physical_location = Physical { artifact_location, region };
    Spot { id: None, physical_location, message: None }
}

/// A path as a relative reference, or as `file:` where it lies outside of the repository (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for &byte in path.as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{RESULTS, sarif, uri};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::item::readable;
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};
    use crate::rules::RULES;
    use crate::script::Span;

    fn document(findings: Vec<Diagnostic>, texts: &[(&str, &str)]) -> serde_json::Value {
        let shown = sarif(&report(vec![("a.ini", findings)]), &sources(texts));
        serde_json::from_str(&shown).unwrap()
    }

    #[test]
    fn a_result() {
        let span = Some(Span { start: 6, end: 7 });
        let one = Diagnostic::new("cycle", "`a`")
            .at("/project/a b.py", span, "x")
            .also("/project/b.py", None, "there")
            .also("/project/a b.py", span, "")
            .note("n")
            .help("do");
        let document = document(vec![one], &[("/project/a b.py", "ä\nx = 1\n")]);
        let results = &document["runs"][0]["results"];
        insta::assert_snapshot!(serde_json::to_string_pretty(results).unwrap(), @r#"
        [
          {
            "level": "error",
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "a%20b.py"
                  },
                  "region": {
                    "endColumn": 5,
                    "endLine": 2,
                    "startColumn": 4,
                    "startLine": 2
                  }
                }
              }
            ],
            "message": {
              "text": "`a`\nn\nhelp: do"
            },
            "partialFingerprints": {
              "primaryLocationLineHash": "634ff83e8a0518a6e966e44258b7e36d1b4907988050dfd3ae6fa66e4257714a"
            },
            "relatedLocations": [
              {
                "id": 1,
                "message": {
                  "text": "there"
                },
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "b.py"
                  },
                  "region": {
                    "startLine": 1
                  }
                }
              },
              {
                "id": 2,
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "a%20b.py"
                  },
                  "region": {
                    "endColumn": 5,
                    "endLine": 2,
                    "startColumn": 4,
                    "startLine": 2
                  }
                }
              }
            ],
            "ruleId": "cycle",
            "ruleIndex": 4
          }
        ]
        "#);
    }

    #[test]
    fn what_is_old_is_a_note() {
        let mut old = Diagnostic::new("cycle", "m");
        (old.severity, old.old) = (Severity::Warning, true);
        let document = document(vec![old, Diagnostic::new("cycle", "n")], &[]);
        let results = &document["runs"][0]["results"];
        assert_eq!((&results[0]["level"], &results[1]["level"]), (&"error".into(), &"note".into()));
        assert_eq!(results[1]["properties"]["old"], true);
        assert!(results[0].get("properties").is_none());
    }

    #[test]
    fn rules_are_described_by_their_pages() {
        let document = document(vec![], &[]);
        let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), RULES.len());
        for (shown, rule) in rules.iter().zip(RULES) {
            assert_eq!(shown["id"], rule.name);
            assert_eq!(shown["help"]["markdown"], rule.page);
            let opening = shown["fullDescription"]["text"].as_str().unwrap();
            assert!(!opening.contains('\n') && opening.len() > 20, "{opening}");
        }
    }

    #[test]
    fn each_environment_has_a_run_up_to_the_limit() {
        let names: Vec<String> = (0..23).map(|number| format!("{number}.ini")).collect();
        let one = || vec![Diagnostic::new("cycle", "m")];
        let report = report(names.iter().map(|name| (name.as_str(), one())).collect());
        let shown = sarif(&report, &sources(&[]));
        let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let runs = document["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 20);
        assert_eq!(runs[0]["automationDetails"]["id"], "onehead/0.ini/");
        assert_eq!(runs[19]["automationDetails"]["id"], "onehead/others/");
        assert_eq!(runs[19]["results"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn what_is_too_much_is_said() {
        let mut warning = Diagnostic::new("stale-header", "m");
        warning.severity = Severity::Warning;
        let mut findings = vec![warning; RESULTS];
        findings.push(Diagnostic::new("cycle", "m"));
        let document = document(findings, &[]);
        let run = &document["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), RESULTS);
        assert_eq!(run["results"][0]["ruleId"], "cycle");
        let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(*said, "1 finding more");
        let many = (0..103).fold(Diagnostic::new("cycle", "m"), |one, number| {
            one.also(format!("/project/{number}.py"), None, "")
        });
        let document = self::document(vec![many], &[]);
        let result = &document["runs"][0]["results"][0];
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 100);
        assert_eq!(result["message"]["text"], "m\n3 places more");
    }

    #[test]
    fn paths_are_addresses() {
        assert_eq!(uri("a/b c%:ä#?.py"), "a/b%20c%25%3A%C3%A4%23%3F.py");
        assert_eq!(uri("/else/a.py"), "file:///else/a.py");
    }

    /// What a reader of addresses makes of one.
    fn decoded(uri: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = uri.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            if first == b'%' {
                bytes.push(
                    u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(),
                );
                rest = &after[2..];
            } else {
                bytes.push(first);
                rest = after;
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn hostile_text_stays_text() {
        for hostile in HOSTILE {
            let path = hostile_path(hostile);
            let one =
                Diagnostic::new("cycle", *hostile).at(&path, None, "").also(&path, None, *hostile);
            let document = document(vec![one], &[]);
            let result = &document["runs"][0]["results"][0];
            assert_eq!(result["message"]["text"], readable(hostile));
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert_eq!(decoded(uri.as_str().unwrap()), path["/project/".len()..]);
            assert_eq!(result["relatedLocations"][0]["message"]["text"], readable(hostile));
        }
    }
}
