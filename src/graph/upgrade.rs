//! What `alembic upgrade` does to its version table, step by step.
//!
//! Only to see whether it comes to an end: Alembic 1.20.1 dies with `KeyError: '<id>'` on some histories that it loads,
//! when it takes a row out of the table that is not there (`HeadMaintainer.update_to_step`, `RevisionStep`). That
//! happens at a merge point of which one parent stands below another by a dependency only. No database is asked.

use std::collections::BTreeSet;

use super::{Node, RevisionGraph};

impl RevisionGraph<'_> {
    /// The revision at which `alembic upgrade heads` dies on a database whose version table holds `start`, empty for a
    /// new database; `None` when it comes through.
    ///
    /// Walks the history once. Where Alembic cannot put the history in order at all, the answer is `None`: other
    /// findings say so.
    pub fn upgrade_crash(&self, start: &[Node]) -> Option<Node> {
        let edges = self.order_edges();
        let targets = self.upgrade_heads().to_vec();
        let mut wanted = edges.closure(&targets);
        for (wanted, done) in wanted.iter_mut().zip(edges.closure(start)) {
            *wanted &= !done;
        }
        let order = self.history_order(&wanted, &targets).ok()?;
        let mut rows: BTreeSet<Node> = start.iter().copied().collect();
        order.into_iter().rev().find(|&node| !self.step(node, &mut rows))
    }

    /// Takes the table one step further; `false` where Alembic fails.
    fn step(&self, node: Node, rows: &mut BTreeSet<Node>) -> bool {
        let below = self.order_edges().of(node);
        let present = below.iter().filter(|parent| rows.contains(parent)).count();
        match (present, below) {
            (0, _) => rows.insert(node),
            // With several parents and one row the row is updated, with one parent that one.
            (1, _) => {
                rows.retain(|row| !below.contains(row));
                rows.insert(node)
            }
            _ => self.merge_rows(node, below, rows),
        }
    }

    /// `RevisionStep.merge_branch_idents`: every parent that no other row stands above must have a row.
    fn merge_rows(&self, node: Node, below: &[Node], rows: &mut BTreeSet<Node>) -> bool {
        if below.iter().any(|parent| !rows.contains(parent)) {
            let others: Vec<Node> =
                rows.iter().copied().filter(|row| !below.contains(row)).collect();
            let covered = self.order_edges().closure(&others);
            if below.iter().any(|parent| !covered[parent.index()] && !rows.contains(parent)) {
                return false;
            }
        }
        rows.retain(|row| !below.contains(row));
        rows.insert(node)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::scripts;
    use super::RevisionGraph;

    #[track_caller]
    fn check_crash(history: &str, start: &str, expected: Option<&str>) {
        let scripts = scripts(history);
        let graph = RevisionGraph::build(&scripts);
        let start: Vec<_> = start.split_whitespace().map(|id| graph.find(id).unwrap()).collect();
        let crash = graph.upgrade_crash(&start).map(|node| graph.id(node).as_str());
        assert_eq!(crash, expected);
    }

    #[test]
    fn forks_and_merges_come_through() {
        check_crash("a <- b <- c", "", None);
        check_crash("a <- b, a <- c, b + c <- m", "", None);
        check_crash("a <- b, a <- c, b + c <- m", "b", None);
        check_crash("a <- b, a <- c, b + c <- m", "b c", None);
    }

    #[test]
    fn a_merge_of_two_that_depend_on_each_other_comes_through() {
        check_crash("a <- b, a <- c[b], b + c <- m", "", None);
    }

    #[test]
    fn a_merge_of_three_of_which_one_depends_on_another_does_not() {
        check_crash("a <- b, a <- c[b], a <- d, b + c + d <- m", "", Some("m"));
    }

    #[test]
    fn a_merge_point_that_depends_on_its_own_ancestor_does_not() {
        check_crash("a <- u <- v, u <- w, v + w <- m[u]", "", Some("m"));
    }
}
