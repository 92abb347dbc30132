//! In which lane each row stands and each edge runs. Knows nothing of revisions.

use std::collections::{BTreeMap, BTreeSet};

use super::Edge;
use super::order::Shape;

/// The lanes, by row.
#[derive(Default)]
pub(super) struct Laid {
    pub(super) lanes: Vec<usize>,
    pub(super) arriving: Vec<Vec<usize>>,
    pub(super) passing: Vec<Vec<usize>>,
    pub(super) leaving: Vec<Vec<usize>>,
    pub(super) edges: Vec<Edge>,
    pub(super) width: usize,
}

/// Where lines run at one height, going down.
#[derive(Default)]
struct Lanes {
    /// The row to which each lane in use leads.
    to: BTreeMap<usize, usize>,
    free: BTreeSet<usize>,
    /// How many there are, in use or free.
    width: usize,
}

/// Finds the lanes.
///
/// Each line of history keeps its lane. An edge to a row that has a lane already joins it at once, so that lanes are
/// free again early and a hundred heads of one parent need two of them.
pub(super) fn lay(shape: &Shape<'_>) -> Laid {
    let count = shape.order.len();
    let mut laid = Laid::default();
    let mut lanes = Lanes::default();
    // The lanes that lead to each row, and the one of them by which the row's line comes straight down.
    let mut to: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut straight: Vec<Option<usize>> = vec![None; count];
    for (row, &vertex) in shape.order.iter().enumerate() {
        let mut arriving = std::mem::take(&mut to[row]);
        arriving.sort_unstable();
        let own = straight[row].or(arriving.first().copied()).unwrap_or_else(|| lanes.take(0));
        for lane in arriving.iter().filter(|&&lane| lane != own) {
            lanes.release(*lane);
        }
        lanes.to.remove(&own);
        laid.passing.push(lanes.to.keys().copied().collect());
        let mut leaving = Vec::new();
        let mut is_own_free = true;
        for &parent in &shape.parents[vertex] {
            let target = shape.row_of[parent];
            let goes_on = shape.children[parent].first() == Some(&vertex);
            let lane = match to[target].iter().min() {
                Some(&lane) if !(is_own_free && goes_on) => lane,
                _ if is_own_free => {
                    is_own_free = false;
                    own
                }
                _ => lanes.take(own + 1),
            };
            if !to[target].contains(&lane) {
                to[target].push(lane);
                lanes.to.insert(lane, target);
            }
            if goes_on {
                straight[target] = Some(lane);
            }
            leaving.push(lane);
            laid.edges.push(Edge { from: row, to: target, lane });
        }
        if is_own_free {
            lanes.release(own);
        }
        leaving.sort_unstable();
        leaving.dedup();
        laid.lanes.push(own);
        laid.arriving.push(arriving);
        laid.leaving.push(leaving);
    }
    laid.width = lanes.width;
    laid
}

impl Lanes {
    /// The leftmost free lane from `first` on.
    fn take(&mut self, first: usize) -> usize {
        let found = self.free.range(first..).next().copied();
        let lane = found.unwrap_or_else(|| {
            // Never more than one beyond those there are: `first` is the neighbour of one of them at most.
            self.width += 1;
            self.width - 1
        });
        self.free.remove(&lane);
        lane
    }

    fn release(&mut self, lane: usize) {
        self.to.remove(&lane);
        self.free.insert(lane);
    }
}

#[cfg(test)]
mod tests;
