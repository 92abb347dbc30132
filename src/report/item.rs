//! A finding as the formats of other programs want it: always a file, a level that knows what is old, and a fingerprint.
//!
//! Pure, and the same for all of them; how a text is escaped is each writer's own business. What people read in those
//! programs passes through [`sanitize`], and what is too long is cut with a word on how much is missing.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Label, Severity, Text};
use crate::fix::ContentHash;
use crate::report::{EnvironmentReport, Position, Report, Sources};
use crate::revision::RevisionId;
use crate::rules::words::count;

use super::sanitize::sanitize;

/// How many characters of one sentence are kept. The least that one of the programs takes is 64 KiB for everything.
const LONGEST: usize = 4000;

/// How many lines of notes and help are kept.
const LINES: usize = 50;

/// How much a finding weighs where something old is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Fails the check.
    Error,
    /// Fails it under `--strict`.
    Warning,
    /// What is compared with has it too, so it fails nothing.
    Old,
}

/// A finding with what every format asks for.
pub struct Item<'a> {
    /// The finding.
    pub finding: &'a Diagnostic,
    /// The file from the repository root, with `/`: the configuration where the finding has none.
    pub path: String,
    /// The first place and the one after the last, where there is one.
    pub place: Option<(Position, Position)>,
    /// The message, harmless and of bounded length.
    pub message: String,
    /// What it is known by again: the rule, the environment and the revisions, no line.
    pub fingerprint: String,
}

impl Item<'_> {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self.finding.severity {
            _ if self.finding.old => Weight::Old,
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        }
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.place.map_or(1, |(start, _)| start.line)
    }

    /// Notes and help, a line each, the latter with `help: ` before them.
    pub fn details(&self, sources: &Sources) -> Vec<String> {
        let show = |path: &Path| sources.from_root(path);
        let line = |word: &str, text: &Text| format!("{word}{}", readable(&text.render(&show)));
        let notes = self.finding.notes.iter().map(|note| line("", note));
        let mut lines: Vec<String> = notes.collect();
        lines.extend(self.finding.help.iter().map(|help| line("help: ", help)));
        if lines.len() > LINES {
            let more = lines.split_off(LINES).len();
            lines.push(format!("... ({} more)", count(more, "line")));
        }
        lines
    }

    /// The message, then [`Item::details`], in lines.
    pub fn text(&self, sources: &Sources) -> String {
        let mut text = self.message.clone();
        for line in self.details(sources) {
            text.push('\n');
            text.push_str(&line);
        }
        text
    }
}

/// The findings of one environment, in their order.
pub fn items<'a>(report: &'a EnvironmentReport, sources: &Sources) -> Vec<Item<'a>> {
    let facts = &report.facts;
    let home = facts.config.as_deref().unwrap_or(&facts.script_location);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let item = |finding: &'a Diagnostic| {
        let primary = finding.primary.as_ref();
        let path = sources.from_root(primary.map_or(home, |label| &label.place.path));
        let key = key(finding, &facts.name, &path);
        let nth = seen.entry(key.clone()).or_default();
        *nth += 1;
        let fingerprint = ContentHash::of(format!("{key}\0{nth}").as_bytes()).hex();
        Item {
            finding,
            path,
            place: primary.and_then(|label| position(label, sources)),
            message: readable(&finding.message),
            fingerprint,
        }
    };
    report.findings.iter().map(item).collect()
}

/// The findings of every environment, the worst first.
pub fn worst_first<'a>(report: &'a Report, sources: &Sources) -> Vec<Item<'a>> {
    let each = report.environments.iter().flat_map(|one| items(one, sources));
    let mut all: Vec<Item<'a>> = each.collect();
    all.sort_by_key(Item::weight);
    all
}

/// The first place of a label and the one after the last.
pub fn position(label: &Label, sources: &Sources) -> Option<(Position, Position)> {
    label.place.span.and_then(|span| sources.positions(&label.place.path, span))
}

/// What a finding is known by: a file only where it is about no revision, since files are renamed.
fn key(finding: &Diagnostic, environment: &str, path: &str) -> String {
    let mut ids: Vec<&str> = finding.revisions.iter().map(RevisionId::as_str).collect();
    ids.sort_unstable();
    if ids.is_empty() {
        ids.push(path);
    }
    let branch = finding.branch.as_deref().unwrap_or_default();
    format!("{}\0{environment}\0{branch}\0{}", finding.rule, ids.join("\0"))
}

/// A text of a repository for people: harmless, and not longer than a page.
pub fn readable(text: &str) -> String {
    cut(&sanitize(text), LONGEST)
}

/// The first `longest` characters, and how many are missing.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            format!("{} ... ({} more)", &text[..end], count(more, "character"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Weight, cut, items, worst_first};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::testing::{report, sources};
    use crate::revision::RevisionId;

    fn about(ids: &[&str]) -> Diagnostic {
        let ids: Vec<RevisionId> = ids.iter().map(|id| RevisionId::new(*id)).collect();
        Diagnostic::new("cycle", "m").about(&ids)
    }

    fn fingerprints(findings: Vec<Diagnostic>) -> Vec<String> {
        let report = report(vec![("a.ini", findings)]);
        items(&report.environments[0], &sources(&[])).into_iter().map(|it| it.fingerprint).collect()
    }

    #[test]
    fn a_fingerprint_knows_the_revisions_and_no_place() {
        let here = about(&["a", "b"]).at("/project/a.py", None, "");
        let there = about(&["b", "a"]).at("/project/b.py", None, "");
        assert_eq!(fingerprints(vec![here]), fingerprints(vec![there]));
        assert_ne!(fingerprints(vec![about(&["a"])]), fingerprints(vec![about(&["b"])]));
        assert_ne!(
            fingerprints(vec![about(&["ab", "c"])]),
            fingerprints(vec![about(&["a", "bc"])])
        );
    }

    #[test]
    fn no_two_fingerprints_of_a_report_are_one() {
        let found = fingerprints(vec![about(&["a"]), about(&["a"]), about(&[]), about(&[])]);
        let distinct: std::collections::BTreeSet<&String> = found.iter().collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn the_worst_comes_first_and_a_finding_without_a_file_is_the_configurations() {
        let mut warning = about(&["a"]);
        warning.severity = Severity::Warning;
        let mut old = warning.clone();
        old.old = true;
        let report = report(vec![("a.ini", vec![old, warning]), ("b.ini", vec![about(&["b"])])]);
        let found = worst_first(&report, &sources(&[]));
        let shown: Vec<(Weight, &str, usize)> =
            found.iter().map(|item| (item.weight(), &*item.path, item.line())).collect();
        assert_eq!(
            shown,
            [(Weight::Error, "b.ini", 1), (Weight::Warning, "a.ini", 1), (Weight::Old, "a.ini", 1)]
        );
    }

    #[test]
    fn what_is_cut_is_said() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äbcd", 3), "äbc ... (1 character more)");
        assert_eq!(cut("äbcde", 3), "äbc ... (2 characters more)");
    }
}
