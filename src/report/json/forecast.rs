//! The document of `forecast`.
//!
//! Paths are relative to the root, as in every document.

use serde::Serialize;

use super::{Environment, SCHEMA, Sources, environment, write};
use crate::forecast::{Clash, Collision, Effect, Need};
use crate::report::forecast::Outlook;
use crate::revision::RevisionId;

#[derive(Serialize)]
struct Forecast<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    baseline: Baseline<'a>,
    summary: Summary,
    branches: Vec<Branch<'a>>,
    collisions: Vec<Pair<'a>>,
    plan: Vec<Planned<'a>>,
}

#[derive(Serialize)]
struct Baseline<'a> {
    name: &'a str,
    commit: &'a str,
}

#[derive(Default, Serialize)]
struct Summary {
    open: usize,
    none: usize,
    lands: usize,
    forks: usize,
    breaks: usize,
    not_evaluated: usize,
}

#[derive(Serialize)]
struct Branch<'a> {
    name: &'a str,
    names: &'a [String],
    refs: &'a [String],
    commit: &'a str,
    time: i64,
    state: &'static str,
    description: String,
    reason: Option<String>,
    effects: Vec<Changed<'a>>,
}

#[derive(Serialize)]
struct Changed<'a> {
    environment: &'a str,
    state: &'static str,
    reason: Option<String>,
    heads: &'a [String],
    adds: Vec<Added<'a>>,
    removes: Vec<&'a str>,
}

#[derive(Serialize)]
struct Added<'a> {
    revision: &'a str,
    message: &'a str,
    path: String,
}

#[derive(Serialize)]
struct Pair<'a> {
    branches: [&'a str; 2],
    environment: &'a str,
    kind: &'static str,
    heads: &'a [String],
    revision: Option<&'a str>,
    path: Option<String>,
}

#[derive(Serialize)]
struct Planned<'a> {
    branch: &'a str,
    needs: Vec<Needed<'a>>,
}

#[derive(Serialize)]
struct Needed<'a> {
    environment: &'a str,
    kind: &'static str,
    after: Option<&'a str>,
    onto: &'a [String],
    description: String,
}

/// The document of `forecast`.
pub fn forecast(outlook: &Outlook, sources: &Sources) -> String {
    let states = (0..outlook.rows.len()).map(|at| state(outlook, at));
    let listed = (0..outlook.rows.len()).filter(|&at| outlook.all || state(outlook, at) != "none");
    let environments = outlook.environments.iter();
    write(&Forecast {
        schema: SCHEMA,
        environments: environments.map(|one| environment(one, None, sources)).collect(),
        baseline: Baseline { name: &outlook.baseline, commit: &outlook.commit },
        summary: summary(states),
        branches: listed.map(|at| branch(outlook, at, sources)).collect(),
        collisions: outlook.collisions.iter().map(|one| pair(outlook, one, sources)).collect(),
        plan: plan(outlook),
    })
}

fn state(outlook: &Outlook, branch: usize) -> &'static str {
    outlook.verdict(branch).map_or("none", |verdict| verdict.as_str())
}

fn summary(states: impl Iterator<Item = &'static str>) -> Summary {
    let mut summary = Summary::default();
    for state in states {
        summary.open += 1;
        let number = match state {
            "lands" => &mut summary.lands,
            "forks" => &mut summary.forks,
            "breaks" => &mut summary.breaks,
            "not-evaluated" => &mut summary.not_evaluated,
            _ => &mut summary.none,
        };
        *number += 1;
    }
    summary
}

fn branch<'a>(outlook: &'a Outlook, at: usize, sources: &Sources) -> Branch<'a> {
    let (row, branch) = (&outlook.rows[at], &outlook.branches[at]);
    Branch {
        name: &branch.name,
        names: &row.names,
        refs: &row.refs,
        commit: &row.commit,
        time: branch.time,
        state: state(outlook, at),
        description: outlook.description(at),
        reason: outlook.verdict(at).and_then(|verdict| verdict.reason()),
        effects: branch.effects.iter().map(|one| changed(one, sources)).collect(),
    }
}

fn changed<'a>(effect: &'a Effect, sources: &Sources) -> Changed<'a> {
    let added = effect.adds.iter().map(|one| Added {
        revision: one.id.as_str(),
        message: &one.message,
        path: sources.from_root(&one.path),
    });
    Changed {
        environment: &effect.environment.name,
        state: effect.verdict.as_str(),
        reason: effect.verdict.reason(),
        heads: &effect.heads,
        adds: added.collect(),
        removes: effect.removes.iter().map(RevisionId::as_str).collect(),
    }
}

fn pair<'a>(outlook: &'a Outlook, collision: &'a Collision, sources: &Sources) -> Pair<'a> {
    let (kind, heads, revision, path): (_, &[String], _, _) = match &collision.clash {
        Clash::Fork(heads) => ("fork", heads, None, None),
        Clash::Revision(id) => ("same-revision", &[], Some(id.as_str()), None),
        Clash::File(path) => ("same-file", &[], None, Some(sources.from_root(path))),
    };
    Pair {
        branches: collision.pair.map(|at| outlook.branches[at].name.as_str()),
        environment: &collision.environment,
        kind,
        heads,
        revision,
        path,
    }
}

fn plan(outlook: &Outlook) -> Vec<Planned<'_>> {
    let steps = outlook.plan.iter().map(|step| Planned {
        branch: &outlook.branches[step.branch].name,
        needs: step.needs.iter().map(|need| needed(outlook, need)).collect(),
    });
    steps.collect()
}

fn needed<'a>(outlook: &'a Outlook, need: &'a Need) -> Needed<'a> {
    let description = outlook.need(need);
    let (environment, kind, after, onto): (_, _, _, &[String]) = match need {
        Need::Rebase { environment, after, onto } => (environment, "rebase", after, onto),
        Need::Resolve { environment, after, .. } => (environment, "by-hand", after, &[]),
    };
    let after = after.map(|at| outlook.branches[at].name.as_str());
    Needed { environment, kind, after, onto, description }
}
