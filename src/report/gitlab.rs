//! GitLab's code quality report: one array, empty when there is nothing to say, since the widget compares with that of the
//! target branch.
//!
//! An item is known again by its fingerprint alone, and a second one of the same is dropped.

use serde::Serialize;

use super::item::{Item, Weight, worst_first};
use super::{Report, Sources};

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Every finding, the worst first.
pub fn gitlab(report: &Report, sources: &Sources) -> String {
    let items = worst_first(report, sources);
    super::json::write(&items.iter().map(issue).collect::<Vec<Issue<'_>>>())
}

fn issue<'a>(item: &'a Item<'_>) -> Issue<'a> {
    let line = item.line();
    Issue {
        description: &item.message,
        check_name: item.finding.rule,
        fingerprint: &item.fingerprint,
        severity: match item.weight() {
            Weight::Error => "major",
            Weight::Warning => "minor",
            Weight::Old => "info",
        },
        location: Location {
            path: &item.path,
            lines: Lines { begin: line, end: item.place.map_or(line, |(_, end)| end.line) },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::gitlab;
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::item::readable;
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};
    use crate::script::Span;

    #[test]
    fn a_report() {
        let span = Some(Span { start: 6, end: 7 });
        let mut old = Diagnostic::new("stale-header", "old").at("/project/b.py", None, "");
        (old.severity, old.old) = (Severity::Warning, true);
        let findings = vec![old, Diagnostic::new("cycle", "`a`").at("/project/a.py", span, "x")];
        let report = report(vec![("a.ini", findings)]);
        insta::assert_snapshot!(gitlab(&report, &sources(&[("/project/a.py", "ä\nx = 1\n")])), @r#"
        [
          {
            "description": "`a`",
            "check_name": "cycle",
            "fingerprint": "50233125d675e804ae42485cec9ad176168ac807a707c33708ae0f90936bad5a",
            "severity": "major",
            "location": {
              "path": "a.py",
              "lines": {
                "begin": 2,
                "end": 2
              }
            }
          },
          {
            "description": "old",
            "check_name": "stale-header",
            "fingerprint": "2caa58f0b5f43fefd27052c4befec488eea642c20ced070612123c9398412577",
            "severity": "info",
            "location": {
              "path": "b.py",
              "lines": {
                "begin": 1,
                "end": 1
              }
            }
          }
        ]
        "#);
    }

    #[test]
    fn nothing_is_an_empty_array() {
        assert_eq!(gitlab(&report(vec![("a.ini", vec![])]), &sources(&[])), "[]\n");
    }

    #[test]
    fn hostile_text_stays_text() {
        for hostile in HOSTILE {
            let path = hostile_path(hostile);
            let one = Diagnostic::new("cycle", *hostile).at(&path, None, "");
            let shown = gitlab(&report(vec![("a.ini", vec![one])]), &sources(&[]));
            let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(document[0]["description"], readable(hostile));
            assert_eq!(document[0]["location"]["path"], path["/project/".len()..]);
        }
    }
}
