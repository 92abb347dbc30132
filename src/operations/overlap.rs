//! Whether what two sides do agrees: may they run in either order, may one run after the other?
//!
//! Each order is followed from the point of the fork, of which nothing is known but what the two sides need: what the first
//! side leaves behind is what the second one finds. Never says that something is safe: only what was found, and how much
//! was looked at.

mod dialect;
mod follow;
mod quiet;
mod world;

pub use dialect::Dialect;

use std::fmt;

use super::{Action, Operation, Operations, Place, Resource};

/// One side of a fork: what its revisions do, in the order in which they run.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// One per revision.
    pub revisions: &'a [&'a Operations],
}

/// An operation of a side: which revision of it, and where in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The index of the revision in the side.
    pub revision: usize,
    /// Where the operation stands in it.
    pub place: Place,
}

/// How sure it is that two operations disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It depends on what cannot be seen: rows, or the dialect.
    Possible,
    /// One order fails, or the two orders end differently.
    Definite,
}

/// What happens in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing is known to go wrong.
    Works,
    /// It works, and undoes a part of what ran first.
    Undoes,
    /// It may fail.
    MayFail,
    /// It fails.
    Fails,
}

/// Two operations, one of each side, that disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How sure that is, for either order.
    pub certainty: Certainty,
    /// About what.
    pub resource: Resource,
    /// The operation of ours.
    pub ours: At,
    /// The operation of theirs.
    pub theirs: At,
    /// What happens when ours runs first.
    pub ours_first: Outcome,
    /// What happens when theirs runs first.
    pub theirs_first: Outcome,
    /// What is wrong, as a phrase.
    pub message: String,
    /// What to do, as a phrase.
    pub advice: String,
}

/// In how few words the answer can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At least one definite finding.
    Conflict,
    /// No definite finding, and at least one possible one.
    PossibleConflict,
    /// No finding, and nothing that was not understood; how many operations were.
    NoOverlapFound(usize),
    /// No finding, and so many parts that were not understood.
    NotAnalysable(usize),
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => out.write_str("conflict"),
            Self::PossibleConflict => out.write_str("possible conflict"),
            Self::NoOverlapFound(1) => out.write_str("no overlap found (1 operation understood)"),
            Self::NoOverlapFound(count) => {
                write!(out, "no overlap found ({count} operations understood)")
            }
            Self::NotAnalysable(count) => write!(out, "not analysable ({count} opaque)"),
        }
    }
}

/// Which order works, as far as was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Either.
    Either,
    /// Only ours first, then theirs.
    OursFirst,
    /// Only theirs first, then ours.
    TheirsFirst,
    /// Neither, as far as can be known.
    Neither,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// What was found, in the order of ours, then of theirs.
    pub findings: Vec<Finding>,
    /// May they run in either order, as after a merge?
    pub merge: Verdict,
    /// May ours run after theirs, as after a rebase?
    pub rebase: Verdict,
    /// Which order works: in which no definite finding fails, and nothing hangs on rows or on a foreign key to what is dropped.
    pub order: Order,
}

/// Compares two sides. `dialect` decides what shares a namespace, and what says a whole column again.
pub fn compare(ours: Side<'_>, theirs: Side<'_>, dialect: Dialect) -> Overlap {
    let findings = match dialect {
        Dialect::Any => on_any(ours, theirs),
        one => on_one(ours, theirs, one),
    };
    let findings = with_mentions(ours, theirs, findings);
    let is_definite = |finding: &&Finding| finding.certainty == Certainty::Definite;
    let fails = |outcome: fn(&Finding) -> Outcome| {
        findings.iter().filter(is_definite).any(|finding| outcome(finding) == Outcome::Fails)
    };
    let ours_first = fails(|finding| finding.ours_first);
    let theirs_first = fails(|finding| finding.theirs_first);
    let is_doubtful = |outcome: fn(&Finding) -> Outcome| {
        let mut open = findings.iter().filter(|finding| outcome(finding) == Outcome::MayFail);
        open.any(|finding| cannot_be_named(finding, ours, theirs))
    };
    let order = match (ours_first, theirs_first) {
        (false, false) => Order::Either,
        (false, true) if !is_doubtful(|finding| finding.ours_first) => Order::OursFirst,
        (true, false) if !is_doubtful(|finding| finding.theirs_first) => Order::TheirsFirst,
        _ => Order::Neither,
    };
    let verdict = |is_conflict: bool| {
        let opaque = ours.opaque() + theirs.opaque();
        match (is_conflict, findings.is_empty(), opaque) {
            (true, ..) => Verdict::Conflict,
            (false, false, _) => Verdict::PossibleConflict,
            (false, true, 0) => {
                Verdict::NoOverlapFound(ours.understood().count() + theirs.understood().count())
            }
            (false, true, opaque) => Verdict::NotAnalysable(opaque),
        }
    };
    let merge = verdict(findings.iter().any(|finding| is_definite(&finding)));
    let rebase = verdict(theirs_first);
    Overlap { findings, merge, rebase, order }
}

/// Whether an order in which this may fail is not one to propose: it depends on rows, or a table is dropped that the other
/// side's foreign key refers to.
fn cannot_be_named(finding: &Finding, ours: Side<'_>, theirs: Side<'_>) -> bool {
    let refers = |side: Side<'_>, at: At, dropped: &Resource| {
        let mut effects = side
            .understood()
            .filter(|(place, _)| *place == at)
            .flat_map(|(_, operation)| &operation.effects);
        effects.any(|effect| {
            matches!(effect.resource, Resource::Constraint(..))
                && matches!(effect.action, Action::Create { .. })
                && effect.resource.table() != dropped.table()
        })
    };
    match &finding.resource {
        Resource::Rows(..) => true,
        dropped @ Resource::Table(_) => {
            refers(ours, finding.ours, dropped) || refers(theirs, finding.theirs, dropped)
        }
        _ => false,
    }
}

/// Both orders, on one dialect.
fn on_one(ours: Side<'_>, theirs: Side<'_>, dialect: Dialect) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for is_ours_first in [true, false] {
        let (first, second) = if is_ours_first { (ours, theirs) } else { (theirs, ours) };
        for clash in follow::follow(first, second, dialect) {
            let (ours, theirs) = if is_ours_first {
                (clash.first, clash.second)
            } else {
                (clash.second, clash.first)
            };
            let known = findings.iter_mut().find(|finding| {
                (finding.ours, finding.theirs) == (ours, theirs)
                    && (finding.resource == clash.resource || finding.message == clash.message)
            });
            let finding = if let Some(finding) = known {
                finding
            } else {
                findings.push(Finding {
                    certainty: clash.certainty,
                    resource: clash.resource,
                    ours,
                    theirs,
                    ours_first: Outcome::Works,
                    theirs_first: Outcome::Works,
                    message: clash.message.to_owned(),
                    advice: String::new(),
                });
                let last = findings.len() - 1;
                &mut findings[last]
            };
            let outcome =
                if is_ours_first { &mut finding.ours_first } else { &mut finding.theirs_first };
            *outcome = clash.outcome.max(*outcome);
            finding.certainty = clash.certainty.max(finding.certainty);
        }
    }
    findings.sort_by_key(|finding| (finding.ours, finding.theirs));
    for finding in &mut findings {
        finding.advice = advice(finding).to_owned();
    }
    findings
}

/// What holds on every dialect is certain; what holds on some is possible.
fn on_any(ours: Side<'_>, theirs: Side<'_>) -> Vec<Finding> {
    let each = Dialect::ALL.map(|dialect| on_one(ours, theirs, dialect));
    let mut findings: Vec<Finding> = Vec::new();
    let is_like = |one: &Finding, other: &Finding| {
        (one.ours, one.theirs, &one.resource) == (other.ours, other.theirs, &other.resource)
    };
    for finding in each.iter().flatten() {
        if findings.iter().any(|known| is_like(known, finding)) {
            continue;
        }
        let alike = |of: &Vec<Finding>| {
            of.iter().any(|other| is_like(other, finding) && other.certainty == Certainty::Definite)
        };
        let mut finding = finding.clone();
        if !each.iter().all(alike) {
            finding.certainty = Certainty::Possible;
            finding.ours_first = finding.ours_first.min(Outcome::MayFail);
            finding.theirs_first = finding.theirs_first.min(Outcome::MayFail);
        }
        findings.push(finding);
    }
    findings.sort_by_key(|finding| (finding.ours, finding.theirs));
    findings
}

/// What is not understood may touch what the other side drops or renames, where it has its name in it.
fn with_mentions(ours: Side<'_>, theirs: Side<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    for is_ours_opaque in [true, false] {
        let (opaque, other) = if is_ours_opaque { (ours, theirs) } else { (theirs, ours) };
        for (at, operation) in other.understood() {
            for effect in &operation.effects {
                if !matches!(effect.action, Action::Drop { .. } | Action::Rename { .. }) {
                    continue;
                }
                let name = effect.resource.name();
                let word = name.rsplit('.').next().unwrap_or(&name);
                let Some(place) = opaque.mention_of(word) else { continue };
                let (ours, theirs) = if is_ours_opaque { (place, at) } else { (at, place) };
                findings.push(Finding {
                    certainty: Certainty::Possible,
                    resource: effect.resource.clone(),
                    ours,
                    theirs,
                    ours_first: Outcome::MayFail,
                    theirs_first: Outcome::MayFail,
                    message:
                        "code that is not understood names what the other side drops or renames"
                            .to_owned(),
                    advice: "look at both before either order is taken".to_owned(),
                });
            }
        }
    }
    findings
}

fn advice(finding: &Finding) -> &'static str {
    let works = |outcome: Outcome| outcome != Outcome::Fails;
    match (finding.certainty, works(finding.ours_first), works(finding.theirs_first)) {
        (Certainty::Possible, ..) => "look at both before either order is taken",
        (_, true, true) => "decide which of the two is meant, and take the other one out",
        (_, true, false) => "put theirs after ours, or rewrite theirs for what ours leaves",
        (_, false, true) => "put ours after theirs, or rewrite ours for what theirs leaves",
        (_, false, false) => "take one of the two out, or rename what it makes",
    }
}

impl<'a> Side<'a> {
    fn opaque(self) -> usize {
        self.revisions.iter().map(|operations| operations.opaque.len()).sum()
    }

    fn understood(self) -> impl Iterator<Item = (At, &'a Operation)> {
        self.revisions.iter().enumerate().flat_map(|(revision, operations)| {
            let operations = operations.understood.iter();
            operations.map(move |operation| (At { revision, place: operation.place }, operation))
        })
    }

    /// The first opaque part with this word in one of its strings.
    fn mention_of(self, word: &str) -> Option<At> {
        let has = |text: &String| {
            let is_part = |character: char| !(character.is_alphanumeric() || character == '_');
            text.split(is_part).any(|part| part.eq_ignore_ascii_case(word))
        };
        self.revisions.iter().enumerate().find_map(|(revision, operations)| {
            let opaque = operations.opaque.iter().find(|opaque| opaque.mentions.iter().any(has))?;
            Some(At { revision, place: opaque.place })
        })
    }
}

#[cfg(test)]
mod tests;
