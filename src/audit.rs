//! What became of a history, commit by commit: when it had too many heads or could not be loaded, for how long, how that
//! ended, and what was done to revisions that were published already.
//!
//! Values in, values out: a [`Trail`] is told what the migrations are after each commit, and what that commit did to
//! them. Which commits there are, and what is in them, is found out elsewhere.

mod delta;

use std::collections::BTreeMap;

pub use delta::{Change, Delta, Kind, Known};

use crate::check;
use crate::diagnostic::Severity;
use crate::environment::Environment;
use crate::graph::RevisionGraph;
use crate::rules::{Context, surplus};
use crate::script::Script;

/// A commit, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its id.
    pub commit: String,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The day of that, `YYYY-MM-DD`.
    pub day: String,
    /// The author's name.
    pub author: String,
    /// The first paragraph of the message, on one line.
    pub subject: String,
}

/// What an environment is after a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The heads, in load order, where there are more than expected.
    pub heads: Vec<String>,
    /// What else is wrong, by rule: the message of the first finding. Only errors: what Alembic cannot load.
    pub defects: BTreeMap<&'static str, String>,
}

impl View {
    /// Looks at the scripts of an environment. `graph` is made of them.
    pub fn of(environment: &Environment, scripts: &[Script], graph: &RevisionGraph<'_>) -> Self {
        let mut view = Self::default();
        for finding in check::integrity(environment, scripts, graph) {
            if finding.severity == Severity::Error {
                view.defects.entry(finding.rule).or_insert(finding.message.clone());
            }
        }
        let context =
            Context { environment, scripts, graph, in_scope: &[], published: None, merge: None };
        let surpluses = surplus::surpluses(&context);
        let heads = surpluses.iter().flat_map(|one| &one.heads);
        view.heads = heads.map(|&head| graph.id(head).to_string()).collect();
        view
    }

    fn is_fine(&self) -> bool {
        self.heads.is_empty() && self.defects.is_empty()
    }
}

/// What was wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// More heads than expected.
    Heads,
    /// What this rule finds.
    Defect(&'static str),
}

impl Trouble {
    /// The name of the rule.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Heads => "multiple-heads",
            Self::Defect(rule) => rule,
        }
    }
}

/// How a trouble ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// A merge revision joined the heads.
    Merge,
    /// A revision got another parent.
    Reparent,
    /// A revision got another id, and what followed it with it.
    Renumber,
    /// A revision was removed.
    Removed,
    /// A revision that was missing came back, or came at last.
    Restored,
    /// What is expected, or where migrations are, was configured otherwise.
    Configured,
    /// Otherwise.
    Other,
}

impl Repair {
    /// As machines read it, and people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Reparent => "re-parent",
            Self::Renumber => "renumber",
            Self::Removed => "removed",
            Self::Restored => "restored",
            Self::Configured => "configured",
            Self::Other => "other",
        }
    }
}

/// A time in which something was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What.
    pub trouble: Trouble,
    /// The commit with which it began.
    pub begin: Moment,
    /// Whether what is known of the history begins with it, so that it may be older.
    pub may_be_older: bool,
    /// The heads at their worst; none for a defect.
    pub heads: Vec<String>,
    /// The message of the finding at the beginning; none for heads.
    pub message: Option<String>,
    /// The commit that ended it, and how; `None` while it goes on.
    pub end: Option<(Moment, Repair)>,
}

impl Incident {
    /// How long it lasted, in seconds, up to `now` where it goes on. Clocks of authors differ: never less than nothing.
    pub fn seconds(&self, now: i64) -> i64 {
        let end = self.end.as_ref().map_or(now, |(moment, _)| moment.time);
        (end - self.begin.time).max(0)
    }
}

/// What happened to one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// Its name, the last one that it had.
    pub name: String,
    /// How many commits touched its migrations.
    pub commits: usize,
    /// In the order of their beginning.
    pub incidents: Vec<Incident>,
    /// What was done to revisions that were there already, in the order of the commits.
    pub changes: Vec<(Moment, Change)>,
    /// The incidents that go on, by index.
    open: BTreeMap<Trouble, usize>,
    /// Whether it was looked at before.
    is_known: bool,
}

impl Trail {
    /// Of an environment that nothing is known of yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            commits: 0,
            incidents: Vec::new(),
            changes: Vec::new(),
            open: BTreeMap::new(),
            is_known: false,
        }
    }

    /// Takes in what a commit made of the environment. `is_oldest` is for the first commit that is known, where older
    /// ones may be missing.
    pub fn step(&mut self, moment: &Moment, view: &View, delta: &Delta, is_oldest: bool) {
        self.commits += 1;
        let changes = if self.is_known { delta.changes() } else { Vec::new() };
        self.is_known = true;
        self.close(moment, view, delta, &changes);
        self.begin(moment, view, is_oldest);
        self.changes.extend(changes.into_iter().map(|change| (moment.clone(), change)));
    }

    /// Leaves out what was over before this time, in seconds since 1970.
    pub fn only_since(&mut self, time: i64) {
        let goes_on = |incident: &Incident| {
            incident.end.as_ref().is_none_or(|(moment, _)| moment.time >= time)
        };
        self.incidents.retain(goes_on);
        self.changes.retain(|(moment, _)| moment.time >= time);
    }

    fn close(&mut self, moment: &Moment, view: &View, delta: &Delta, changes: &[Change]) {
        let is_over = |trouble: &Trouble| match trouble {
            Trouble::Heads => view.heads.is_empty(),
            Trouble::Defect(rule) => !view.defects.contains_key(rule),
        };
        let over: Vec<Trouble> = self.open.keys().filter(|one| is_over(one)).cloned().collect();
        for trouble in over {
            if let Some(incident) = self.open.remove(&trouble).map(|at| &mut self.incidents[at]) {
                let repair = repair(&trouble, &incident.heads, delta, changes);
                incident.end = Some((moment.clone(), repair));
            }
        }
    }

    fn begin(&mut self, moment: &Moment, view: &View, may_be_older: bool) {
        let mut found: Vec<(Trouble, Vec<String>, Option<String>)> = Vec::new();
        if !view.heads.is_empty() {
            found.push((Trouble::Heads, view.heads.clone(), None));
        }
        let defects = view.defects.iter();
        found.extend(
            defects
                .map(|(rule, message)| (Trouble::Defect(rule), Vec::new(), Some(message.clone()))),
        );
        for (trouble, heads, message) in found {
            if let Some(&at) = self.open.get(&trouble) {
                let known = &mut self.incidents[at].heads;
                if heads.len() > known.len() {
                    *known = heads;
                }
                continue;
            }
            self.open.insert(trouble.clone(), self.incidents.len());
            let begin = moment.clone();
            self.incidents.push(Incident {
                trouble,
                begin,
                may_be_older,
                heads,
                message,
                end: None,
            });
        }
    }
}

/// How a trouble ended that is over with this commit.
fn repair(trouble: &Trouble, heads: &[String], delta: &Delta, changes: &[Change]) -> Repair {
    if delta.is_configured && changes.is_empty() && delta.came.is_empty() {
        return Repair::Configured;
    }
    let joins = |parents: &[String]| parents.iter().filter(|parent| heads.contains(parent)).count();
    if *trouble == Trouble::Heads && delta.added().any(|came| joins(&came.parents) > 1) {
        return Repair::Merge;
    }
    let has = |wanted: fn(&Kind) -> bool| changes.iter().any(|change| wanted(&change.kind));
    if has(|kind| matches!(kind, Kind::Renumbered { .. })) {
        Repair::Renumber
    } else if has(|kind| matches!(kind, Kind::Reparented { .. })) {
        Repair::Reparent
    } else if has(|kind| *kind == Kind::Deleted) {
        Repair::Removed
    } else if matches!(trouble, Trouble::Defect(_)) && delta.added().next().is_some() {
        Repair::Restored
    } else if delta.is_configured {
        Repair::Configured
    } else {
        Repair::Other
    }
}

/// Whether a commit that only adds scripts can be told about without looking at all of them.
///
/// Keeps what [`View::of`] would find for the usual commit: new revisions on top of what is there, in a history in which
/// nothing is wrong.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many children each id has; `None` where the history is not that simple.
    children: Option<BTreeMap<String, usize>>,
    heads: usize,
}

impl Tally {
    /// Counts a history in which nothing is wrong.
    pub fn of(scripts: &[Script], view: &View) -> Self {
        let mut children: BTreeMap<String, usize> = BTreeMap::new();
        let mut is_simple = view.is_fine();
        for script in scripts {
            let Some(revision) = &script.revision else {
                is_simple &= script.problems.is_empty();
                continue;
            };
            is_simple &= script.problems.is_empty();
            children.entry(revision.id.to_string()).or_default();
            for parent in &revision.edges.parents {
                *children.entry(parent.to_string()).or_default() += 1;
            }
        }
        let heads = children.values().filter(|&&count| count == 0).count();
        Self { children: is_simple.then_some(children), heads }
    }

    /// Takes new scripts in, where they leave nothing to ask; the number of heads then. `None` where everything has to be
    /// looked at.
    pub fn add(&mut self, came: &[&Script]) -> Option<usize> {
        let children = self.children.as_mut()?;
        for script in came {
            let is_plain = script.problems.is_empty();
            let revision = script.revision.as_ref().filter(|_| is_plain);
            let revision = revision.filter(|one| {
                one.labels.is_empty()
                    && one.edges.dependencies.is_empty()
                    && one.parents_known
                    && one.edges.parents.len() == 1
                    && one.id.reserved_characters().is_empty()
                    && !children.contains_key(one.id.as_str())
            });
            let parent = revision.and_then(|one| children.get_mut(one.edges.parents[0].as_str()));
            let (Some(revision), Some(count)) = (revision, parent) else {
                self.children = None;
                return None;
            };
            if *count == 0 {
                self.heads -= 1;
            }
            *count += 1;
            children.insert(revision.id.to_string(), 0);
            self.heads += 1;
        }
        Some(self.heads)
    }
}
