//! Circles in a history: those that Alembic notices, and those on which it goes on for ever.

use super::adjacency::Adjacency;
use super::{Node, RevisionGraph};

/// A circle in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The nodes along the circle, child before parent; the first is not repeated at the end. One for a self-loop.
    pub path: Vec<Node>,
    /// Whether `depends_on` is needed to close it.
    pub through_dependencies: bool,
    /// Whether Alembic notices it when it loads the history.
    pub seen_by_alembic: bool,
}

impl RevisionGraph<'_> {
    /// Every knot of circles once, by a shortest circle through its first node; those through `down_revision` alone
    /// first, each kind in load order.
    pub fn cycles(&self) -> Vec<Cycle> {
        let mut cycles = self.self_loops();
        let looping: Vec<Node> = cycles.iter().map(|cycle| cycle.path[0]).collect();
        let in_known = |known: &[Cycle], knot: &[Node]| {
            known.iter().any(|cycle| cycle.path.iter().any(|node| knot.contains(node)))
        };
        let by_parents = knots(&self.parents);
        let unreached = (!by_parents.is_empty()).then(|| self.unreached(false));
        for knot in by_parents {
            if knot.len() == 1 && looping.contains(&knot[0]) {
                continue;
            }
            let seen_by_alembic =
                unreached.as_ref().is_some_and(|out| knot.iter().any(|node| out[node.index()]));
            let path = shortest_circle(&self.parents, &knot);
            cycles.push(Cycle { path, through_dependencies: false, seen_by_alembic });
        }
        if self.has_dependencies() {
            let both = self.all_edges();
            let by_both = knots(&both);
            let unreached = (!by_both.is_empty()).then(|| self.unreached(true));
            for knot in by_both {
                if in_known(&cycles, &knot) {
                    continue;
                }
                let seen_by_alembic =
                    unreached.as_ref().is_some_and(|out| knot.iter().any(|node| out[node.index()]));
                let path = shortest_circle(&both, &knot);
                cycles.push(Cycle { path, through_dependencies: true, seen_by_alembic });
            }
        }
        cycles
    }

    /// Scripts that name their own id (`LoopDetected` and `DependencyLoopDetected` in `Revision.__init__`).
    fn self_loops(&self) -> Vec<Cycle> {
        let mut loops = Vec::new();
        for node in self.all_nodes() {
            let revision = self.revision(node);
            let id = revision.id.as_str();
            let by_parent = revision.edges.parents.iter().any(|parent| parent.as_str() == id);
            let by_dependency = revision.edges.dependencies.iter().any(|name| &**name == id);
            if by_parent || by_dependency {
                loops.push(Cycle {
                    path: vec![node],
                    through_dependencies: !by_parent,
                    seen_by_alembic: true,
                });
            }
        }
        loops
    }

    /// Whether any revision depends on another.
    pub(super) fn has_dependencies(&self) -> bool {
        self.all_nodes().any(|node| !self.dependencies(node).is_empty())
    }

    /// `down_revision` and `depends_on` together (`Revision._all_down_revisions`).
    pub(super) fn all_edges(&self) -> Adjacency {
        Adjacency::collect(self.all_nodes(), |node, out| {
            out.extend(self.parents(node));
            out.extend(self.dependencies(node));
        })
    }

    /// The nodes that are not both below a head and above a base, which is Alembic's test for circles
    /// (`RevisionMap._detect_cycles`); with dependencies, below an upgrade head and above a revision without parents
    /// and dependencies. All of them when there is no head or no base at all.
    pub(super) fn unreached(&self, with_dependencies: bool) -> Vec<bool> {
        let (below, above) = if with_dependencies {
            let below = self.all_edges().closure(&self.upgrade_heads);
            (below, self.dependents.closure(&self.upgrade_line_starts))
        } else {
            (self.parents.closure(&self.heads), self.children.closure(&self.line_starts))
        };
        // Alembic compares ids: what one copy of a duplicated id reaches counts for all.
        let mut reached_below = vec![false; below.len()];
        let mut reached_above = vec![false; above.len()];
        for node in self.all_nodes() {
            if let Some(winner) = self.find(self.id(node).as_str()) {
                reached_below[winner.index()] |= below[node.index()];
                reached_above[winner.index()] |= above[node.index()];
            }
        }
        let mut unreached = vec![false; below.len()];
        for node in self.nodes() {
            unreached[node.index()] = !(reached_below[node.index()] && reached_above[node.index()]);
        }
        unreached
    }

    /// Whether some revision stands above no revision without parents and dependencies, although no circle keeps it
    /// from one: the work of `depends_on = ""`.
    pub(super) fn lacks_upgrade_base(&self) -> bool {
        let unreached = self.unreached(true);
        self.nodes().any(|node| unreached[node.index()]) && knots(&self.all_edges()).is_empty()
    }
}

/// The strongly connected components that hold a circle, each sorted, in the order of their first node.
///
/// Tarjan's algorithm with a stack of its own.
fn knots(edges: &Adjacency) -> Vec<Vec<Node>> {
    const UNVISITED: u32 = u32::MAX;
    let count = edges.node_count();
    let mut visit = vec![UNVISITED; count];
    let mut low = vec![0_u32; count];
    let mut open = vec![false; count];
    let mut stack = Vec::new();
    let mut knots = Vec::new();
    let mut clock = 0;
    for root in (0_u32..).take(count).map(Node) {
        if visit[root.index()] != UNVISITED {
            continue;
        }
        let mut calls = vec![(root, 0_usize)];
        while let Some((node, next)) = calls.pop() {
            let at = node.index();
            if next == 0 {
                (visit[at], low[at], open[at]) = (clock, clock, true);
                clock += 1;
                stack.push(node);
            }
            if let Some(&target) = edges.of(node).get(next) {
                calls.push((node, next + 1));
                if visit[target.index()] == UNVISITED {
                    calls.push((target, 0));
                } else if open[target.index()] {
                    low[at] = low[at].min(visit[target.index()]);
                }
                continue;
            }
            if let Some(&(caller, _)) = calls.last() {
                low[caller.index()] = low[caller.index()].min(low[at]);
            }
            if low[at] == visit[at] {
                let start = stack.iter().rposition(|&other| other == node).unwrap_or(0);
                let mut knot = stack.split_off(start);
                for member in &knot {
                    open[member.index()] = false;
                }
                if knot.len() > 1 || edges.of(node).contains(&node) {
                    knot.sort_unstable();
                    knots.push(knot);
                }
            }
        }
    }
    knots.sort_unstable();
    knots
}

/// A shortest circle through the first node of `knot`, which is strongly connected.
fn shortest_circle(edges: &Adjacency, knot: &[Node]) -> Vec<Node> {
    let Some(&start) = knot.first() else { return Vec::new() };
    let mut came_from = vec![None; edges.node_count()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &next in edges.of(node) {
            if next == start {
                let mut path = vec![node];
                let mut at = node;
                while let Some(previous) = came_from[at.index()] {
                    path.push(previous);
                    at = previous;
                }
                path.reverse();
                return path;
            }
            if came_from[next.index()].is_none() && knot.binary_search(&next).is_ok() {
                came_from[next.index()] = Some(node);
                queue.push_back(next);
            }
        }
    }
    vec![start]
}
