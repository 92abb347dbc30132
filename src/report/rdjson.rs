//! The diagnostic format of reviewdog, which comments on pull requests.
//!
//! Its columns count bytes of UTF-8, not characters. A repair that is a change of a few lines is a suggestion, which
//! becomes a commit with a click.

use serde::Serialize;

use super::item::{Item, Weight, position, readable, worst_first};
use super::{Position, Report, Sources};
use crate::diagnostic::{Label, Suggestion};

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Source,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Change<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Change<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

/// Every finding, the worst first.
pub fn rdjson(report: &Report, sources: &Sources) -> String {
    let items = worst_first(report, sources);
    super::json::write(&DiagnosticResult {
        source: Source { name: "onehead", url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics: items.iter().map(|item| diagnostic(item, sources)).collect(),
    })
}

fn diagnostic<'a>(item: &'a Item<'_>, sources: &Sources) -> Diagnostic<'a> {
    let finding = item.finding;
    let range = finding.primary.as_ref().and_then(|primary| range(primary, sources));
    Diagnostic {
        message: item.text(sources),
        location: Location { path: item.path.clone(), range },
        severity: match item.weight() {
            Weight::Error => "ERROR",
            Weight::Warning => "WARNING",
            Weight::Old => "INFO",
        },
        code: Code { value: finding.rule, url: super::rule_address(finding.rule) },
        suggestions: finding.suggestion.iter().map(change).collect(),
        related_locations: finding.related.iter().map(|label| related(label, sources)).collect(),
    }
}

/// Whole lines, which is what a comment of a forge can change.
fn change(suggestion: &Suggestion) -> Change<'_> {
    let point = |line| Point { line, column: None };
    let range = Range { start: point(suggestion.first), end: point(suggestion.last) };
    Change { range, text: &suggestion.text }
}

fn related(label: &Label, sources: &Sources) -> Related {
    let path = sources.from_root(&label.place.path);
    Related {
        message: readable(&label.message),
        location: Location { path, range: range(label, sources) },
    }
}

fn range(label: &Label, sources: &Sources) -> Option<Range> {
    let (start, end) = position(label, sources)?;
    let text = sources.texts.get(&label.place.path)?;
    let span = label.place.span?.range();
    let point = |place: Position, offset: usize| {
        let offset = text.as_str().floor_char_boundary(offset);
        Point { line: place.line, column: Some(1 + offset - text.line_start(offset)) }
    };
    Some(Range { start: point(start, span.start), end: point(end, span.end) })
}

#[cfg(test)]
mod tests {
    use super::rdjson;
    use crate::diagnostic::{Diagnostic, Severity, Suggestion};
    use crate::report::item::readable;
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};
    use crate::script::Span;

    #[test]
    fn a_report() {
        let span = Some(Span { start: 6, end: 7 });
        let mut old = Diagnostic::new("stale-header", "old").at("/project/b.py", None, "");
        (old.severity, old.old) = (Severity::Warning, true);
        let mut one = Diagnostic::new("cycle", "`a`")
            .at("/project/a.py", span, "x")
            .also("/project/b.py", None, "there")
            .note("n")
            .help("do");
        one.suggestion = Some(Suggestion { first: 2, last: 3, text: "x\ny".into() });
        let report = report(vec![("a.ini", vec![old, one])]);
        insta::assert_snapshot!(rdjson(&report, &sources(&[("/project/a.py", "a\nä = 1\n")])), @r#"
        {
          "source": {
            "name": "onehead",
            "url": "https://github.com/onehead/onehead"
          },
          "diagnostics": [
            {
              "message": "`a`\nn\nhelp: do",
              "location": {
                "path": "a.py",
                "range": {
                  "start": {
                    "line": 2,
                    "column": 5
                  },
                  "end": {
                    "line": 2,
                    "column": 6
                  }
                }
              },
              "severity": "ERROR",
              "code": {
                "value": "cycle",
                "url": "https://github.com/onehead/onehead/blob/main/docs/rules.md#cycle"
              },
              "suggestions": [
                {
                  "range": {
                    "start": {
                      "line": 2
                    },
                    "end": {
                      "line": 3
                    }
                  },
                  "text": "x\ny"
                }
              ],
              "related_locations": [
                {
                  "message": "there",
                  "location": {
                    "path": "b.py"
                  }
                }
              ]
            },
            {
              "message": "old",
              "location": {
                "path": "b.py"
              },
              "severity": "INFO",
              "code": {
                "value": "stale-header",
                "url": "https://github.com/onehead/onehead/blob/main/docs/rules.md#stale-header"
              }
            }
          ]
        }
        "#);
    }

    #[test]
    fn hostile_text_stays_text() {
        for hostile in HOSTILE {
            let path = hostile_path(hostile);
            let mut one = Diagnostic::new("cycle", *hostile).at(&path, None, "").note(*hostile);
            one.suggestion = Some(Suggestion { first: 1, last: 1, text: (*hostile).into() });
            let shown = rdjson(&report(vec![("a.ini", vec![one])]), &sources(&[]));
            let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
            let found = &document["diagnostics"][0];
            let readable = readable(hostile);
            assert_eq!(found["message"], format!("{readable}\n{readable}"));
            assert_eq!(found["location"]["path"], path["/project/".len()..]);
            // What is to be committed is not changed by a character.
            assert_eq!(found["suggestions"][0]["text"], *hostile);
        }
    }
}
