//! JSON for programs: the documents of every command, described in `docs/json.md`.
//!
//! The shape is fixed here by structs of its own, apart from the types that the rest works with. Within schema 1 there
//! are only additions.

mod audit;
mod forecast;
mod graph;
pub mod hooks;
mod init;
mod lost;
mod operations;

use std::path::Path;

use serde::Serialize;

use super::{EnvironmentFacts, EnvironmentReport, Report, RevisionFacts, Sources};
use crate::diagnostic::{Diagnostic, FixKind, Label};
use crate::fix::Change;
use crate::revision::RevisionId;

pub use audit::audit;
pub use forecast::forecast;
pub use graph::graph;
pub use init::init;
pub use lost::lost;
pub use operations::operations;

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Check<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    summary: Summary,
    snapshot: &'a str,
    baseline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<FileChange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    fixed: usize,
}

#[derive(Serialize)]
struct Environments<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
}

#[derive(Serialize)]
struct Repair<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    changes: Vec<FileChange>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct FileChange {
    kind: &'static str,
    path: String,
    to: Option<String>,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    config: Option<String>,
    section: &'a str,
    script_location: String,
    version_locations: Vec<String>,
    revision_count: usize,
    heads: &'a [String],
    upgrade_heads: Option<&'a [String]>,
    bases: &'a [String],
    branch_points: &'a [String],
    merge_points: &'a [String],
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revisions: Option<Vec<Entry<'a>>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    revision: &'a str,
    down_revision: &'a [String],
    depends_on: &'a [String],
    branch_labels: &'a [String],
    path: String,
    message: &'a str,
    is_head: bool,
    is_branch_point: bool,
    is_merge_point: bool,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    revisions: Vec<&'a str>,
    related: Vec<Related<'a>>,
    notes: Vec<String>,
    help: Vec<String>,
    fix: Option<Fix>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    old: bool,
}

#[derive(Serialize)]
struct Related<'a> {
    path: String,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix {
    kind: &'static str,
}

#[derive(Serialize)]
struct Failure<'a> {
    schema: u32,
    error: FailureText<'a>,
}

#[derive(Serialize)]
struct FailureText<'a> {
    message: &'a str,
    hint: Option<&'a str>,
}

/// The document of `check`.
pub fn check(report: &Report, sources: &Sources) -> String {
    let counts = report.counts();
    let mended = report.mended.as_ref();
    write(&Check {
        schema: SCHEMA,
        environments: report
            .environments
            .iter()
            .map(|one| environment(one, None, sources))
            .collect(),
        summary: Summary {
            errors: counts.errors,
            warnings: counts.warnings,
            fixed: mended.map_or(0, |mended| mended.fixed),
        },
        snapshot: &report.snapshot,
        baseline: report.baseline.as_deref(),
        changes: mended.map(|mended| file_changes(&mended.changes, sources)),
        notes: mended.map(|mended| &mended.notes[..]),
    })
}

/// The document of `heads`, `branches` and `environments`.
pub fn environments(environments: &[EnvironmentReport], sources: &Sources) -> String {
    let shown = environments.iter().map(|one| environment(one, None, sources)).collect();
    write(&Environments { schema: SCHEMA, environments: shown })
}

/// The document of `history` and `show`: each environment with the revisions asked for.
pub fn revisions(
    environments: &[(EnvironmentReport, Vec<RevisionFacts>)],
    sources: &Sources,
) -> String {
    let shown =
        environments.iter().map(|(one, revisions)| environment(one, Some(revisions), sources));
    write(&Environments { schema: SCHEMA, environments: shown.collect() })
}

/// The document of `merge`, `rebase` and `auto-merge`: each environment as it is after the repair, and what changed.
pub fn repair(
    environments: &[EnvironmentReport],
    changes: &[Change],
    notes: &[String],
    sources: &Sources,
) -> String {
    write(&Repair {
        schema: SCHEMA,
        environments: environments.iter().map(|one| environment(one, None, sources)).collect(),
        changes: file_changes(changes, sources),
        notes,
    })
}

fn file_changes(changes: &[Change], sources: &Sources) -> Vec<FileChange> {
    let change = |change: &Change| FileChange {
        kind: match change {
            Change::Create { .. } => "create",
            Change::Edit { .. } => "edit",
            Change::Rename { .. } => "rename",
            Change::Delete { .. } => "delete",
        },
        path: sources.from_root(change.path()),
        to: match change {
            Change::Rename { to, .. } => Some(sources.from_root(to)),
            _ => None,
        },
    };
    changes.iter().map(change).collect()
}

/// The document of a run that could not work.
pub fn error(message: &str, hint: Option<&str>) -> String {
    write(&Failure { schema: SCHEMA, error: FailureText { message, hint } })
}

/// Strings, numbers and lists of them cannot fail to be written.
pub(super) fn write<T: Serialize + ?Sized>(document: &T) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

fn environment<'a>(
    report: &'a EnvironmentReport,
    revisions: Option<&'a Vec<RevisionFacts>>,
    sources: &Sources,
) -> Environment<'a> {
    let EnvironmentFacts {
        name,
        config,
        section,
        script_location,
        version_locations,
        revision_count,
        heads,
        upgrade_heads,
        bases,
        branch_points,
        merge_points,
    } = &report.facts;
    Environment {
        name,
        config: config.as_ref().map(|path| sources.from_root(path)),
        section,
        script_location: sources.from_root(script_location),
        version_locations: version_locations.iter().map(|path| sources.from_root(path)).collect(),
        revision_count: *revision_count,
        heads,
        upgrade_heads: upgrade_heads.as_deref(),
        bases,
        branch_points,
        merge_points,
        findings: report.findings.iter().map(|one| finding(one, sources)).collect(),
        revisions: revisions.map(|list| list.iter().map(|one| revision(one, sources)).collect()),
    }
}

fn revision<'a>(facts: &'a RevisionFacts, sources: &Sources) -> Entry<'a> {
    Entry {
        revision: &facts.revision,
        down_revision: &facts.down_revision,
        depends_on: &facts.depends_on,
        branch_labels: &facts.branch_labels,
        path: sources.from_root(&facts.path),
        message: &facts.message,
        is_head: facts.is_head,
        is_branch_point: facts.is_branch_point,
        is_merge_point: facts.is_merge_point,
    }
}

fn finding<'a>(finding: &'a Diagnostic, sources: &Sources) -> Finding<'a> {
    let place = finding.primary.as_ref().map(|label| &label.place);
    let positions =
        place.and_then(|place| place.span.and_then(|span| sources.positions(&place.path, span)));
    let show = |path: &Path| sources.from_root(path);
    Finding {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        message: &finding.message,
        path: place.map(|place| sources.from_root(&place.path)),
        line: positions.map(|(start, _)| start.line),
        column: positions.map(|(start, _)| start.column),
        end_line: positions.map(|(_, end)| end.line),
        end_column: positions.map(|(_, end)| end.column),
        revisions: finding.revisions.iter().map(RevisionId::as_str).collect(),
        related: finding.related.iter().map(|label| related(label, sources)).collect(),
        notes: finding.notes.iter().map(|note| note.render(&show)).collect(),
        help: finding.help.iter().map(|help| help.render(&show)).collect(),
        fix: finding.fix.map(|kind| Fix { kind: fix_kind(kind) }),
        old: finding.old,
    }
}

fn related<'a>(label: &'a Label, sources: &Sources) -> Related<'a> {
    let place = &label.place;
    let start = place.span.and_then(|span| sources.positions(&place.path, span));
    Related {
        path: sources.from_root(&place.path),
        line: start.map(|(start, _)| start.line),
        column: start.map(|(start, _)| start.column),
        message: &label.message,
    }
}

fn fix_kind(kind: FixKind) -> &'static str {
    match kind {
        FixKind::Merge => "merge",
        FixKind::Rebase => "rebase",
        FixKind::Restore => "restore",
        FixKind::Edit => "edit",
        FixKind::Rename => "rename",
    }
}

#[cfg(test)]
mod tests {
    use super::{check, environments, error, revisions};
    use crate::diagnostic::{Diagnostic, FixKind, Text};
    use crate::report::RevisionFacts;
    use crate::report::testing::{report, sources};
    use crate::revision::RevisionId;
    use crate::script::Span;

    #[test]
    fn a_document_of_check() {
        let span = Some(Span { start: 6, end: 7 });
        let mut one = Diagnostic::new("missing-parent", "a \"message\"")
            .at("/project/a.py", span, "here")
            .also("/project/b.py", None, "there")
            .about([&RevisionId::from("a1")])
            .note(Text::from("see ").path("/project/b.py"))
            .help("do");
        one.fix = Some(FixKind::Restore);
        let shown = check(
            &report(vec![("alembic.ini", vec![one, Diagnostic::new("cycle", "m")])]),
            &sources(&[("/project/a.py", "ä\nx = 1\n")]),
        );
        insta::assert_snapshot!(shown, @r#"
        {
          "schema": 1,
          "environments": [
            {
              "name": "alembic.ini",
              "config": "alembic.ini",
              "section": "alembic",
              "script_location": "migrations",
              "version_locations": [
                "migrations/versions"
              ],
              "revision_count": 344,
              "heads": [
                "c3"
              ],
              "upgrade_heads": [
                "c3"
              ],
              "bases": [
                "a1"
              ],
              "branch_points": [],
              "merge_points": [],
              "findings": [
                {
                  "rule": "missing-parent",
                  "severity": "error",
                  "message": "a \"message\"",
                  "path": "a.py",
                  "line": 2,
                  "column": 4,
                  "end_line": 2,
                  "end_column": 5,
                  "revisions": [
                    "a1"
                  ],
                  "related": [
                    {
                      "path": "b.py",
                      "line": null,
                      "column": null,
                      "message": "there"
                    }
                  ],
                  "notes": [
                    "see b.py"
                  ],
                  "help": [
                    "do"
                  ],
                  "fix": {
                    "kind": "restore"
                  }
                },
                {
                  "rule": "cycle",
                  "severity": "error",
                  "message": "m",
                  "path": null,
                  "line": null,
                  "column": null,
                  "end_line": null,
                  "end_column": null,
                  "revisions": [],
                  "related": [],
                  "notes": [],
                  "help": [],
                  "fix": null
                }
              ]
            }
          ],
          "summary": {
            "errors": 2,
            "warnings": 0,
            "fixed": 0
          },
          "snapshot": "worktree",
          "baseline": null
        }
        "#);
    }

    #[test]
    fn a_document_without_revisions_has_no_such_key() {
        let report = report(vec![("alembic.ini", vec![])]);
        let shown = environments(&report.environments, &sources(&[]));
        let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["environments", "schema"]);
        assert!(document["environments"][0].get("revisions").is_none());
    }

    #[test]
    fn a_document_of_history() {
        let mut report = report(vec![("alembic.ini", vec![])]);
        let facts = RevisionFacts {
            revision: "c3".into(),
            down_revision: vec!["a1".into()],
            depends_on: vec![],
            branch_labels: vec!["gxy".into()],
            path: "/project/versions/c3.py".into(),
            message: "add\titems".into(),
            is_head: true,
            is_branch_point: false,
            is_merge_point: false,
        };
        let shown = revisions(&[(report.environments.remove(0), vec![facts])], &sources(&[]));
        let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
        insta::assert_snapshot!(
            serde_json::to_string(&document["environments"][0]["revisions"]).unwrap(), @r#"[{"branch_labels":["gxy"],"depends_on":[],"down_revision":["a1"],"is_branch_point":false,"is_head":true,"is_merge_point":false,"message":"add\titems","path":"versions/c3.py","revision":"c3"}]"#);
    }

    #[test]
    fn a_document_of_an_error() {
        assert_eq!(
            error("no Alembic environment found", None),
            "{\n  \"schema\": 1,\n  \"error\": {\n    \"message\": \"no Alembic environment found\",\n    \"hint\": null\n  }\n}\n"
        );
    }
}
