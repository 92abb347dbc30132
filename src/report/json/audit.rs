//! The document of `audit`.

use serde::Serialize;

use super::{Environment, SCHEMA, Sources, environment, write};
use crate::audit::{Change, Incident, Kind, Moment};
use crate::report::audit::{self, Audit};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    baseline: Baseline<'a>,
    first: Option<Commit<'a>>,
    notes: Vec<String>,
    histories: Vec<History<'a>>,
}

#[derive(Serialize)]
struct Baseline<'a> {
    name: &'a str,
    commit: &'a str,
}

#[derive(Serialize)]
struct Commit<'a> {
    id: &'a str,
    time: i64,
    date: &'a str,
    author: &'a str,
    subject: &'a str,
}

#[derive(Serialize)]
struct History<'a> {
    environment: &'a str,
    commits: usize,
    incidents: Vec<Told<'a>>,
    changes: Vec<Changed<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    rule: &'a str,
    heads: &'a [String],
    message: Option<&'a str>,
    begin: Commit<'a>,
    may_be_older: bool,
    seconds: i64,
    end: Option<Commit<'a>>,
    repair: Option<&'static str>,
}

#[derive(Serialize)]
struct Changed<'a> {
    revision: &'a str,
    path: &'a str,
    change: &'static str,
    from: &'a [String],
    to: Vec<&'a str>,
    commit: Commit<'a>,
}

fn commit(moment: &Moment) -> Commit<'_> {
    let Moment { commit, time, day, author, subject } = moment;
    Commit { id: commit, time: *time, date: day, author, subject }
}

fn told(incident: &Incident, now: i64) -> Told<'_> {
    Told {
        rule: incident.trouble.rule(),
        heads: &incident.heads,
        message: incident.message.as_deref(),
        begin: commit(&incident.begin),
        may_be_older: incident.may_be_older,
        seconds: incident.seconds(now),
        end: incident.end.as_ref().map(|(moment, _)| commit(moment)),
        repair: incident.end.as_ref().map(|(_, repair)| repair.as_str()),
    }
}

fn changed((moment, change): &(Moment, Change)) -> Changed<'_> {
    let (from, to): (&[String], Vec<&str>) = match &change.kind {
        Kind::Reparented { from, to } => (from, to.iter().map(String::as_str).collect()),
        Kind::Renumbered { to } => (&[], vec![to.as_str()]),
        Kind::Deleted | Kind::Relabelled | Kind::Rewritten => (&[], Vec::new()),
    };
    let Change { kind, revision, path } = change;
    Changed { revision, path, change: kind.as_str(), from, to, commit: commit(moment) }
}

/// The document.
pub fn audit(audit: &Audit, sources: &Sources) -> String {
    let histories = audit.trails.iter().map(|trail| History {
        environment: &trail.name,
        commits: trail.commits,
        incidents: trail.incidents.iter().map(|one| told(one, audit.now)).collect(),
        changes: trail.changes.iter().map(changed).collect(),
    });
    write(&Document {
        schema: SCHEMA,
        environments: audit
            .environments
            .iter()
            .map(|one| environment(one, None, sources))
            .collect(),
        baseline: Baseline { name: &audit.baseline, commit: &audit.commit },
        first: audit.first.as_ref().map(commit),
        notes: audit::notes(audit),
        histories: histories.collect(),
    })
}
