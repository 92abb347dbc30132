//! What `audit` answers: a summary and two tables for people, the same in Markdown.
//!
//! Only writes. Authors, subjects, ids and paths come from a repository, so nothing of them reaches a terminal as it is.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::EnvironmentReport;
use super::sanitize::sanitize;
use crate::audit::{Change, Incident, Kind, Moment, Trail, Trouble};
use crate::rules::words::count;

/// How many heads a row names.
const LISTED: usize = 3;

/// How wide a subject is shown at most.
const SUBJECT: usize = 60;

/// What was found out.
#[derive(Clone, Debug)]
pub struct Audit {
    /// What the baseline is called.
    pub baseline: String,
    /// Its commit.
    pub commit: String,
    /// Each environment of the baseline.
    pub environments: Vec<EnvironmentReport>,
    /// The first commit that was looked at; `None` where none ever touched a migration.
    pub first: Option<Moment>,
    /// Whether older commits are missing.
    pub is_shallow: bool,
    /// The time at which this is told, in seconds since 1970.
    pub now: i64,
    /// What happened to each environment, in the order in which they came.
    pub trails: Vec<Trail>,
    /// What could not be read.
    pub notes: Vec<String>,
}

/// What limits the answer, a sentence each.
pub fn notes(audit: &Audit) -> Vec<String> {
    let mut notes = audit.notes.clone();
    if let Some(first) = audit.first.as_ref().filter(|_| audit.is_shallow) {
        notes.push(format!(
            "the clone is shallow: nothing is known of what was before {} (git fetch --unshallow, in CI fetch-depth: 0)",
            first.day
        ));
    }
    notes
}

/// So many seconds, as people say it: `3 days 4 hours`.
fn duration(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let mut parts = Vec::new();
    let mut rest = seconds;
    for (length, name) in units {
        let number = usize::try_from(rest / length).unwrap_or(0);
        if number > 0 && parts.len() < 2 {
            parts.push(count(number, name));
        } else if !parts.is_empty() {
            break;
        }
        rest %= length;
    }
    if parts.is_empty() { "less than a minute".to_owned() } else { parts.join(" ") }
}

/// The trails in which something happened; all of them where nothing did.
fn told(audit: &Audit) -> Vec<&Trail> {
    audit.trails.iter().filter(|trail| trail.commits > 0).collect()
}

/// How often, for how long in all, and how it ended: a line for each kind of trouble.
fn summary(audit: &Audit, trail: &Trail) -> Vec<String> {
    let of = |is_heads: bool| -> Vec<&Incident> {
        let is_it = |one: &&Incident| (one.trouble == Trouble::Heads) == is_heads;
        trail.incidents.iter().filter(is_it).collect()
    };
    let mut lines = Vec::new();
    for (incidents, what) in
        [(of(true), "more heads than expected"), (of(false), "a history that alembic cannot load")]
    {
        if incidents.is_empty() {
            lines.push(format!("{what}: never"));
            continue;
        }
        let mut lasted: Vec<i64> = incidents.iter().map(|one| one.seconds(audit.now)).collect();
        lasted.sort_unstable();
        let total = duration(lasted.iter().sum());
        let longest = duration(lasted.last().copied().unwrap_or_default());
        let median = duration(lasted[lasted.len() / 2]);
        let open = incidents.iter().filter(|one| one.end.is_none()).count();
        let often = count(incidents.len(), "time");
        let long = match incidents.len() {
            1 => format!("for {total}"),
            2 => format!("{total} in all, longest {longest}"),
            _ => format!("{total} in all, median {median}, longest {longest}"),
        };
        let open = match open {
            0 => String::new(),
            1 if incidents.len() == 1 => "; it goes on".to_owned(),
            1 => "; one goes on".to_owned(),
            many => format!("; {many} go on"),
        };
        lines.push(format!("{what}: {often}, {long}{open}"));
    }
    let mut repairs: Vec<(&str, usize)> = Vec::new();
    for (_, repair) in trail.incidents.iter().filter_map(|one| one.end.as_ref()) {
        match repairs.iter_mut().find(|(name, _)| *name == repair.as_str()) {
            Some((_, number)) => *number += 1,
            None => repairs.push((repair.as_str(), 1)),
        }
    }
    repairs.sort_by_key(|(name, number)| (std::cmp::Reverse(*number), *name));
    if !repairs.is_empty() {
        let repairs = repairs.iter().map(|(name, number)| format!("{name} {number}"));
        lines.push(format!("ended by: {}", repairs.collect::<Vec<_>>().join(", ")));
    }
    lines.push(match trail.changes.len() {
        0 => "no published revision was changed or deleted".to_owned(),
        1 => "1 change to a published revision".to_owned(),
        many => format!("{many} changes to published revisions"),
    });
    lines
}

/// `1a2b3c4d Merge pull request 12 (A. Author)`
fn commit(moment: &Moment) -> String {
    let subject = cut(&moment.subject, SUBJECT);
    format!("{} {subject} ({})", short(moment), moment.author)
}

fn short(moment: &Moment) -> &str {
    moment.commit.get(..8).unwrap_or(&moment.commit)
}

fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let kept: String = text.chars().take_while(fits).collect();
    kept + "…"
}

fn what(incident: &Incident) -> String {
    if let Some(message) = &incident.message {
        return format!("{}: {message}", incident.trouble.rule());
    }
    let more = incident.heads.len().saturating_sub(LISTED);
    let names = incident.heads[..incident.heads.len().min(LISTED)].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}: {names}{more}", count(incident.heads.len(), "head"))
}

fn change(change: &Change) -> String {
    match &change.kind {
        Kind::Renumbered { to } => format!("renumbered: {to} now"),
        Kind::Reparented { from, to } => {
            let names = |ids: &[String]| {
                if ids.is_empty() { "nothing".to_owned() } else { ids.join(", ") }
            };
            format!("re-parented: {} -> {}", names(from), names(to))
        }
        Kind::Deleted => "deleted".to_owned(),
        Kind::Relabelled => "other labels or dependencies".to_owned(),
        Kind::Rewritten => "other operations".to_owned(),
    }
}

const INCIDENTS: [&str; 5] = ["since", "for", "what", "through", "ended by"];

fn incident_rows(audit: &Audit, trail: &Trail) -> Vec<Vec<String>> {
    let row = |incident: &Incident| {
        let older = if incident.may_be_older { " or before" } else { "" };
        let end = incident.end.as_ref().map_or_else(
            || "goes on".to_owned(),
            |(moment, repair)| format!("{} in {}", repair.as_str(), commit(moment)),
        );
        vec![
            format!("{}{older}", incident.begin.day),
            duration(incident.seconds(audit.now)),
            what(incident),
            commit(&incident.begin),
            end,
        ]
    };
    trail.incidents.iter().map(row).collect()
}

const CHANGES: [&str; 4] = ["on", "revision", "what", "through"];

fn change_rows(trail: &Trail) -> Vec<Vec<String>> {
    let row = |(moment, one): &(Moment, Change)| {
        vec![moment.day.clone(), one.revision.clone(), change(one), commit(moment)]
    };
    trail.changes.iter().map(row).collect()
}

fn table(heading: &[&str], rows: &[Vec<String>], out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = std::iter::once(heading.iter().map(ToString::to_string).collect())
        .chain(rows.iter().cloned())
        .map(|row: Vec<String>| row.iter().map(|cell| sanitize(cell).into_owned()).collect())
        .collect();
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    out.push('\n');
    for row in &rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        out.push_str("  ");
        out.push_str(cells.collect::<Vec<_>>().join("   ").trim_end());
        out.push('\n');
    }
}

/// `origin/main since 2024-03-02: 1,204 commits touched migrations`
fn title(audit: &Audit) -> String {
    let commits: usize = audit.trails.iter().map(|trail| trail.commits).sum();
    let noun = if commits == 1 { "commit" } else { "commits" };
    let since = audit.first.as_ref().map(|first| format!(" since {}", first.day));
    format!("{}{}: {commits} {noun} touched migrations", audit.baseline, since.unwrap_or_default())
}

/// The answer for people.
pub fn text(audit: &Audit) -> String {
    let mut out = format!("{}\n", sanitize(&title(audit)));
    let trails = told(audit);
    for trail in &trails {
        out.push('\n');
        if trails.len() > 1 {
            let _ = writeln!(out, "# {}", sanitize(&trail.name));
        }
        for line in summary(audit, trail) {
            out.push_str(&sanitize(&line));
            out.push('\n');
        }
        table(&INCIDENTS, &incident_rows(audit, trail), &mut out);
        table(&CHANGES, &change_rows(trail), &mut out);
    }
    out
}

fn markdown_table(heading: &[&str], rows: &[Vec<String>], out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "\n| {} |\n|{}\n", heading.join(" | "), "---|".repeat(heading.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| super::markdown::escaped(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// The answer as Markdown.
pub fn markdown(audit: &Audit) -> String {
    let mut out = format!("{}\n", super::markdown::escaped(&title(audit)));
    let trails = told(audit);
    for trail in &trails {
        if trails.len() > 1 {
            let _ = write!(out, "\n## {}\n", super::markdown::escaped(&trail.name));
        }
        out.push('\n');
        for line in summary(audit, trail) {
            let _ = writeln!(out, "- {}", super::markdown::escaped(&line));
        }
        markdown_table(&INCIDENTS, &incident_rows(audit, trail), &mut out);
        markdown_table(&CHANGES, &change_rows(trail), &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cut, duration};

    #[test]
    fn times_as_people_say_them() {
        let cases = [
            (0, "less than a minute"),
            (59, "less than a minute"),
            (60, "1 minute"),
            (3_600, "1 hour"),
            (3_660, "1 hour 1 minute"),
            (86_400, "1 day"),
            (86_460, "1 day"),
            (2 * 86_400 + 3 * 3_600 + 59, "2 days 3 hours"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn a_subject_that_is_long_is_cut() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("a longer one", 6), "a lon…");
        assert_eq!(cut("日本語日本語", 6), "日本…");
    }
}
