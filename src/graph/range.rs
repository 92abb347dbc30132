//! Ranges of revisions as `alembic history -r LOWER:UPPER` takes them.
//!
//! Follows Alembic 1.20.1: `ScriptDirectory.walk_revisions` over `RevisionMap.iterate_revisions` with
//! `inclusive=True`, `implicit_base=False`, `assert_relative_length=False`.

use super::adjacency::Adjacency;
use super::order::OrderError;
use super::symbol::{Found, LookupError, found, python_int};
use super::{Node, RevisionGraph};

impl RevisionGraph<'_> {
    /// The whole history, newest first, as `alembic history` lists it.
    ///
    /// # Errors
    /// What Alembic would refuse, crash on, or never return from (duplicate ids, circles it does not notice).
    pub fn history(&self) -> Result<Vec<Node>, LookupError> {
        self.history_range("base", "heads")
    }

    /// Every revision once, in the manner of `alembic history`, for a history on which Alembic itself fails. What stands
    /// in a circle that has no head comes last, in map order.
    pub fn every_revision_once(&self) -> Vec<Node> {
        let mut wanted = vec![false; self.all_nodes().len()];
        for node in self.nodes() {
            wanted[node.index()] = true;
        }
        let heads: Vec<Node> =
            self.nodes().filter(|&node| self.dependents(node).is_empty()).collect();
        let mut left = self.order_edges().closure(&heads);
        for (left, wanted) in left.iter_mut().zip(&wanted) {
            *left &= wanted;
        }
        let mut order = self.history_order(&left, &heads).unwrap_or_default();
        let mut listed = vec![false; left.len()];
        for node in &order {
            listed[node.index()] = true;
        }
        order.extend(self.nodes().filter(|node| !listed[node.index()]));
        order
    }

    /// The revisions from `lower` (itself included, `base` for the beginning) to `upper`, newest first.
    ///
    /// # Errors
    /// What Alembic would refuse, crash on, or never return from.
    pub fn history_range(&self, lower: &str, upper: &str) -> Result<Vec<Node>, LookupError> {
        let (wanted, targets) = self.collect(lower, upper).map_err(|error| match error {
            LookupError::NotAncestor { .. } => {
                LookupError::NotAncestor { lower: lower.to_owned(), upper: upper.to_owned() }
            }
            LookupError::MultipleHeads { heads, .. } => {
                LookupError::MultipleHeads { argument: upper.to_owned(), heads }
            }
            other => other,
        })?;
        let order = self.history_order(&wanted, &targets).map_err(|error| match error {
            OrderError::Assertion => LookupError::Crash("AssertionError"),
            OrderError::Endless => LookupError::Endless,
        })?;
        // Alembic looks each id up again, and finds another revision for one that is spelled like a symbol.
        order.into_iter().map(|node| self.look_up_again(node)).collect()
    }

    fn look_up_again(&self, node: Node) -> Result<Node, LookupError> {
        let id = self.id(node).as_str();
        if !id.contains('@') && !matches!(id, "head" | "heads" | "base") {
            return Ok(node);
        }
        self.get_revision(id)?.ok_or(LookupError::Crash("AssertionError"))
    }

    /// `RevisionMap._collect_upgrade_revisions`: what is wanted (a flag for each node), and from where to sort.
    fn collect(&self, lower: &str, upper: &str) -> Result<(Vec<bool>, Vec<Node>), LookupError> {
        let mut targets = revisions(self.upper_end(lower, upper)?)?;
        if let Some((branch, _)) = lower.split_once('@') {
            let label = self.label_of_branch(branch)?;
            targets.retain(|&target| self.labels(target).contains(&label.as_str()));
        }
        let edges = self.order_edges();
        let mut wanted = self.checked_closure(edges, &as_found(&targets))?;
        let mut current = self.get_revisions(lower)?;
        let is_required = |end: &Found| match end {
            Found::Revision(node) => wanted[node.index()],
            Found::Base => false,
            Found::Nothing => true,
        };
        if !current.iter().all(is_required) {
            let (lower, upper) = (lower.to_owned(), upper.to_owned());
            return Err(LookupError::NotAncestor { lower, upper });
        }
        if current.first() == Some(&Found::Nothing) {
            current = match self.lower_end(lower, upper)? {
                Found::Revision(node) => vec![Found::Revision(node)],
                Found::Base => Vec::new(),
                Found::Nothing => return Err(LookupError::Crash("AssertionError")),
            };
        }
        let done = self.checked_closure(edges, &current)?;
        let current = revisions(current)?;
        for (wanted, done) in wanted.iter_mut().zip(&done) {
            *wanted &= !done;
        }
        for node in &current {
            wanted[node.index()] = true;
        }
        if !current.is_empty() {
            let above = self.checked_closure(&self.children, &as_found(&current))?;
            for (wanted, above) in wanted.iter_mut().zip(&above) {
                *wanted &= above;
            }
        }
        Ok((wanted, targets))
    }

    /// The label that the part before `@` stands for; a revision used as a branch must carry exactly one.
    fn label_of_branch(&self, branch: &str) -> Result<String, LookupError> {
        if let Some(node) = self.get_revision(branch)?
            && self.id(node).as_str() == branch
        {
            return match self.labels(node).as_slice() {
                [only] => Ok((*only).to_owned()),
                _ => Err(LookupError::Crash("AssertionError")),
            };
        }
        Ok(branch.to_owned())
    }

    /// `RevisionMap._parse_upgrade_target`.
    fn upper_end(&self, lower: &str, upper: &str) -> Result<Vec<Found>, LookupError> {
        let Some(relative) = Relative::parse(upper) else { return self.get_revisions(upper) };
        let steps = relative.steps;
        let Some(symbol) = relative.symbol else {
            if steps <= 0 {
                return Err(relative.did_not_produce());
            }
            let start = self.start_of_relative(lower, relative.branch)?;
            return match self.walk(start, steps, relative.branch, false)? {
                Found::Nothing => Err(relative.did_not_produce()),
                end => Ok(vec![end]),
            };
        };
        let start = match relative.branch {
            Some(branch) if steps <= 0 => self.get_revision(&format!("{branch}@{symbol}"))?,
            _ => self.get_revision(symbol)?,
        };
        let branch = relative.branch.filter(|_| steps > 0);
        Ok(vec![self.walk(found(start), steps, branch, false)?])
    }

    /// Where `+2` counts from: the lower end, or the tip of `branch` below it.
    fn start_of_relative(&self, lower: &str, branch: Option<&str>) -> Result<Found, LookupError> {
        let Some(branch) = branch.filter(|branch| !branch.is_empty()) else {
            return Ok(found(self.get_revision(lower)?));
        };
        let current = self.get_revisions(lower)?;
        let nodes: Vec<Node> = current.iter().filter_map(|end| as_node(*end)).collect();
        let ids = nodes.iter().map(|&node| self.id(node).to_string()).collect();
        let mut starts = self.filter_for_lineage(ids, branch)?;
        if starts.is_empty() {
            let below = self.order_edges().closure(&nodes);
            let below = self.all_nodes().filter(|node| below[node.index()]);
            let ids = below.map(|node| self.id(node).to_string()).collect();
            let active = self.filter_for_lineage(ids, branch)?;
            let has_active_child = |id: &String| {
                let is_parent = |other: &String| {
                    let (parent, child) = (self.find(id), self.find(other));
                    child.is_some_and(|child| {
                        parent.is_some_and(|p| self.order_edges().of(child).contains(&p))
                    })
                };
                active.iter().any(is_parent)
            };
            starts = active.iter().filter(|id| !has_active_child(id)).cloned().collect();
        }
        match starts.as_slice() {
            [] => Ok(Found::Nothing),
            [only] => Ok(found(self.get_revision(only)?)),
            _ => Err(LookupError::Refused(
                "Ambiguous upgrade from multiple current revisions".to_owned(),
            )),
        }
    }

    /// `RevisionMap._parse_downgrade_target` for what `get_revisions` found nothing for: more steps down than there
    /// are revisions.
    fn lower_end(&self, lower: &str, upper: &str) -> Result<Found, LookupError> {
        let Some(relative) = Relative::parse(lower) else {
            let symbol = lower.rsplit_once('@').map_or(lower, |(_, symbol)| symbol);
            return Ok(found(self.get_revision(symbol)?));
        };
        let start = match (relative.symbol, relative.branch) {
            (None, None) => self.get_revision(&format!("{upper}@{upper}"))?,
            (None, Some(branch)) => {
                match self.filter_for_lineage(vec![upper.to_owned()], branch)?.as_slice() {
                    [only] => self.get_revision(&format!("{branch}@{only}"))?,
                    _ => return Err(LookupError::Crash("AssertionError")),
                }
            }
            (Some(symbol), None) => self.get_revision(symbol)?,
            (Some(symbol), Some(branch)) => self.get_revision(&format!("{branch}@{symbol}"))?,
        };
        self.walk(found(start), relative.steps, None, false)
    }

    /// Everything reached from `ends`, themselves included.
    ///
    /// # Errors
    /// When one of `ends` is reached from another, or is no revision, whichever shows first
    /// (`_iterate_related_revisions` with `check=True`).
    fn checked_closure(&self, edges: &Adjacency, ends: &[Found]) -> Result<Vec<bool>, LookupError> {
        let targets: Vec<Node> = ends.iter().filter_map(|&end| as_node(end)).collect();
        let mut seen = vec![false; edges.node_count()];
        for &end in ends {
            let target = as_node(end).ok_or(LookupError::Crash("AssertionError"))?;
            let mut met = Vec::new();
            let mut todo = vec![target];
            while let Some(node) = todo.pop() {
                if node != target && targets.contains(&node) && !met.contains(&node) {
                    met.push(node);
                }
                if !std::mem::replace(&mut seen[node.index()], true) {
                    todo.extend(edges.of(node));
                }
            }
            if !met.is_empty() {
                met.sort_unstable();
                let others: Vec<&str> = met.iter().map(|&node| self.id(node).as_str()).collect();
                return Err(LookupError::Refused(format!(
                    "Requested revision {} overlaps with other requested revisions {}",
                    self.id(target),
                    others.join(", ")
                )));
            }
        }
        Ok(seen)
    }
}

/// All ends as revisions; anything else is an `AssertionError` in Alembic (`is_revision`).
fn revisions(ends: Vec<Found>) -> Result<Vec<Node>, LookupError> {
    ends.into_iter().map(|end| as_node(end).ok_or(LookupError::Crash("AssertionError"))).collect()
}

fn as_found(nodes: &[Node]) -> Vec<Found> {
    nodes.iter().copied().map(Found::Revision).collect()
}

fn as_node(end: Found) -> Option<Node> {
    match end {
        Found::Revision(node) => Some(node),
        Found::Base | Found::Nothing => None,
    }
}

/// A relative end: `+2`, `sym-1`, `branch@sym+1`.
struct Relative<'t> {
    branch: Option<&'t str>,
    symbol: Option<&'t str>,
    /// As written, with its sign.
    text: &'t str,
    steps: i64,
}

impl<'t> Relative<'t> {
    /// Python's `re.match` of `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)`: at the start, whatever follows.
    fn parse(text: &'t str) -> Option<Self> {
        let ats = text.match_indices('@').map(|(at, _)| at).filter(|&at| at > 0);
        let with_branch = ats
            .take_while(|&at| !text[..at].contains('\n'))
            .find_map(|at| Self::parse_tail(&text[at + 1..], Some(&text[..at])));
        with_branch.or_else(|| Self::parse_tail(text, None))
    }

    fn parse_tail(tail: &'t str, branch: Option<&'t str>) -> Option<Self> {
        let symbol_end =
            tail.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(tail.len());
        let rest = &tail[symbol_end..];
        if !rest.starts_with(['+', '-']) {
            return None;
        }
        let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
        let text = &rest[..=digits];
        let steps = python_int(text)?;
        Some(Self {
            branch,
            symbol: Some(&tail[..symbol_end]).filter(|s| !s.is_empty()),
            text,
            steps,
        })
    }

    fn did_not_produce(&self) -> LookupError {
        let steps = self.steps.unsigned_abs();
        LookupError::Refused(format!(
            "Relative revision {} didn't produce {steps} migrations",
            self.text
        ))
    }
}
