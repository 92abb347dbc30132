//! Whether what two sides do agrees: may they run in either order, may one run after the other?
//!
//! Each order is followed from the point of the fork, of which nothing is known but what the two sides need: what the first
//! side leaves behind is what the second one finds. Never says that something is safe: only what was found, and how much
//! was looked at.

mod dialect;
mod follow;
mod rows;

pub use dialect::Dialect;

use std::fmt;

use super::{Operation, Operations, Place, Resource};

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
    /// Neither.
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
    /// Which order works: in which no definite finding fails.
    pub order: Order,
}

/// Compares two sides. `dialect` decides what shares a namespace, and what says a whole column again.
pub fn compare(ours: Side<'_>, theirs: Side<'_>, dialect: Dialect) -> Overlap {
    let _ = (ours, theirs, dialect);
    let opaque = ours.opaque() + theirs.opaque();
    let verdict = Verdict::NotAnalysable(opaque);
    Overlap { findings: Vec::new(), merge: verdict, rebase: verdict, order: Order::Either }
}

impl<'a> Side<'a> {
    fn opaque(self) -> usize {
        self.revisions.iter().map(|operations| operations.opaque.len()).sum()
    }

    fn understood(self) -> impl Iterator<Item = (At, &'a Operation)> {
        self.revisions.iter().enumerate().flat_map(|(revision, operations)| {
            operations
                .understood
                .iter()
                .map(move |operation| (At { revision, place: operation.place }, operation))
        })
    }
}
