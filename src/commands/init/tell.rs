//! What `init` says: what was found, what is proposed, what was written, and what comes next.

use std::fmt::Write as _;

use super::Plan;
use crate::commands::carry_out;
use crate::commands::saying;
use crate::fix::Change;
use crate::init::{Action, Proposal};
use crate::report::json;
use crate::report::sanitize::sanitize;
use crate::report::{EnvironmentReport, Sources};
use crate::rules::words::count;
use crate::shell::word;

/// How many findings are told of one environment.
const FINDINGS: usize = 3;

/// What was found and what is proposed.
pub(super) fn report(plan: &Plan) -> String {
    let mut text = String::from("found\n");
    let project = &plan.project;
    let shown = |path: &str| project.shown(&project.root.path.join(path));
    let mut lines: Vec<(String, String)> = Vec::new();
    for (report, naming) in plan.environments.iter().zip(&plan.found.naming) {
        let naming = naming.text();
        let naming = if naming.is_empty() { naming } else { format!("; {naming}") };
        lines.push((report.facts.name.clone(), format!("{}{naming}", history(report))));
    }
    lines
        .extend(plan.found.lines(&shown).into_iter().map(|(name, value)| (name.to_owned(), value)));
    table(&mut text, &lines);
    for report in &plan.environments {
        findings(&mut text, plan, report);
    }
    let is_any = plan.proposals.iter().any(|one| !matches!(one.action, Action::Nothing(_)));
    text.push_str(if is_any { "\nproposed\n" } else { "\nnothing to propose\n" });
    let lines: Vec<(String, String)> = plan.proposals.iter().map(line).collect();
    table(&mut text, &lines);
    for proposal in &plan.proposals {
        by_hand(&mut text, proposal);
    }
    text
}

/// A part with what is proposed for it; what would be written has a mark.
fn line(proposal: &Proposal) -> (String, String) {
    let mark = if proposal.writes() { "+ " } else { "  " };
    let run = proposal.afterwards.as_ref().filter(|_| !proposal.writes());
    let run = run.map(|command| format!("; to run in each clone: {command}")).unwrap_or_default();
    (format!("{mark}{}", proposal.part.title()), format!("{}{run}", proposal.sentence()))
}

/// `344 revisions, 1 head: 4f2a`
fn history(report: &EnvironmentReport) -> String {
    const SHOWN: usize = 4;
    let facts = &report.facts;
    let mut heads: Vec<&str> = facts.heads.iter().take(SHOWN).map(String::as_str).collect();
    if facts.heads.len() > SHOWN {
        heads.push("...");
    }
    let revisions = count(facts.revision_count, "revision");
    let separator = if heads.is_empty() { "" } else { ": " };
    let heads = heads.join(", ");
    format!("{revisions}, {}{separator}{heads}", count(facts.heads.len(), "head"))
}

fn table(text: &mut String, lines: &[(String, String)]) {
    let width = lines.iter().map(|(name, _)| sanitize(name).chars().count()).max().unwrap_or(0);
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<width$}  {}", sanitize(name), sanitize(value));
    }
}

/// What is wrong, and what mends it; the rest by a number.
fn findings(text: &mut String, plan: &Plan, report: &EnvironmentReport) {
    let Some(first) = report.findings.first() else { return };
    let project = &plan.project;
    let _ = writeln!(text, "\nwrong with {}", sanitize(&report.facts.name));
    let sources = Sources {
        root: project.root.path.clone(),
        directory: project.process.directory.clone(),
        ..Sources::default()
    };
    let show = |path: &std::path::Path| sources.from_directory(path);
    for finding in report.findings.iter().take(FINDINGS) {
        let place = finding.primary.as_ref().map(|label| show(&label.place.path));
        let place = place.map(|path| format!("  ({path})")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {}: {}",
            finding.rule,
            sanitize(&format!("{}{place}", finding.message))
        );
    }
    let more = report.findings.len().saturating_sub(FINDINGS);
    if more > 0 {
        let _ = writeln!(text, "  and {}", count(more, "more problem"));
    }
    if report.findings.len() > 1 || first.help.is_empty() {
        text.push_str("  onehead check says what mends each\n");
        return;
    }
    for help in &first.help {
        let _ = writeln!(text, "  {}", sanitize(&help.render(&show)));
    }
}

fn by_hand(text: &mut String, proposal: &Proposal) {
    let Action::ByHand { add, .. } = &proposal.action else { return };
    let _ = writeln!(text, "\nby hand, for {}", proposal.part.title());
    for line in add.lines() {
        let _ = writeln!(text, "{}", sanitize(&format!("    {line}")).trim_end());
    }
}

/// A diff for people: below a blank line, and with nothing in it that a terminal would obey.
pub(super) fn preview(diff: &[u8]) -> String {
    let diff = String::from_utf8_lossy(diff);
    let lines = diff.lines().flat_map(|line| [sanitize(line).into_owned(), "\n".to_owned()]);
    std::iter::once("\n".to_owned()).chain(lines).collect()
}

/// What was written, a line each; for `--quiet` the paths alone. Git's hooks have told of themselves.
pub(super) fn done(plan: &Plan, changes: &[Change]) -> String {
    let project = &plan.project;
    if project.quiet {
        return saying::written(project, changes);
    }
    let lines = carry_out::lines(project, changes);
    lines.iter().flat_map(|line| [sanitize(line).into_owned(), "\n".to_owned()]).collect()
}

/// The commands that come next.
pub(super) fn next(plan: &Plan, chosen: &[&Proposal]) -> String {
    let paths = chosen.iter().filter_map(|one| match &one.action {
        Action::Write { path, .. } => Some(word(path)),
        _ => None,
    });
    let paths: Vec<String> = paths.collect();
    let mut commands: Vec<String> = Vec::new();
    if !paths.is_empty() && plan.project.root.repository {
        let top = plan.project.shown(&plan.project.root.path);
        let place = if top == "." { String::new() } else { format!("-C {} ", word(&top)) };
        let paths = paths.join(" ");
        commands.push(format!(
            "git {place}add {paths} && git {place}commit -m 'Add onehead' -- {paths}"
        ));
    }
    let chosen = chosen.iter().filter(|one| one.writes());
    commands.extend(chosen.filter_map(|one| one.afterwards.clone()));
    if plan.environments.iter().any(|one| !one.findings.is_empty()) {
        commands.push("onehead check".to_owned());
    }
    let lines = commands.iter().enumerate().map(|(at, command)| {
        let head = if at == 0 { "\nNext:   " } else { "        " };
        format!("{head}{}\n", sanitize(command))
    });
    lines.collect()
}

/// The JSON document.
pub(super) fn document(plan: &Plan, changes: &[Change], written: bool) -> String {
    let project = &plan.project;
    let sources = Sources {
        root: project.root.path.clone(),
        directory: project.process.directory.clone(),
        ..Sources::default()
    };
    json::init(&plan.environments, &plan.found, &plan.proposals, (changes, written), &sources)
}
