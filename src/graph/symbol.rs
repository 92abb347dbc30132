//! What a revision argument means: ids, prefixes, labels, `head`, `heads`, `base`, `branch@…`, negative steps.
//!
//! Follows Alembic 1.20.1 (`RevisionMap.get_revisions`, `get_revision`, `_resolve_revision_number`,
//! `_revision_for_ident`, `_resolve_branch`, `filter_for_lineage`, `_walk`) including where it is odd: any revision can
//! be used as a branch, labels are found by prefix, and `-1` counts down from every upgrade head.

use std::fmt;

use super::{Node, RevisionGraph};

/// What an argument led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A revision.
    Revision(Node),
    /// One step below a base: Alembic's string `base`, on which `alembic show` crashes.
    Base,
    /// Further below: Alembic's `None`.
    Nothing,
}

/// Why an argument means nothing, or not one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// No id or label is this text or starts with it.
    Unknown {
        /// The text looked for, without its branch.
        argument: String,
    },
    /// Several ids or labels start with this text.
    Ambiguous {
        /// The text looked for.
        argument: String,
        /// All that start with it, in map order.
        matches: Vec<String>,
    },
    /// The part before `@` is neither label nor revision.
    NoSuchBranch {
        /// That part.
        branch: String,
    },
    /// The revision exists, but on another line of history.
    NotInBranch {
        /// Its id.
        revision: String,
        /// The branch asked for.
        branch: String,
        /// The text looked for.
        argument: String,
    },
    /// One revision was asked for and several are meant.
    MultipleHeads {
        /// The argument.
        argument: String,
        /// What it could mean.
        heads: Vec<String>,
    },
    /// The lower end of a range is not below its upper end.
    NotAncestor {
        /// The lower end.
        lower: String,
        /// The upper end.
        upper: String,
    },
    /// Any other refusal of Alembic's, in its words.
    Refused(String),
    /// Alembic itself dies of this with a traceback; the class of its exception.
    Crash(&'static str),
    /// Alembic itself never returns from this.
    Endless,
}

impl fmt::Display for LookupError {
    /// The sentence that the real command line prints after `FAILED: ` (`ScriptDirectory._catch_revision_errors`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { argument }
            | Self::Ambiguous { argument, .. }
            | Self::NoSuchBranch { branch: argument }
            | Self::NotInBranch { argument, .. } => {
                write!(f, "Can't locate revision identified by '{argument}'")
            }
            Self::MultipleHeads { argument, .. } => write!(
                f,
                "Multiple head revisions are present for given argument '{argument}'; please specify a specific \
                 target revision, '<branchname>@{argument}' to narrow to a specific head, or 'heads' for all heads"
            ),
            Self::NotAncestor { lower, upper } => write!(
                f,
                "Requested range {lower}:{upper} does not refer to ancestor/descendant revisions along the same \
                 branch"
            ),
            Self::Refused(message) => f.write_str(message),
            Self::Crash(class) => write!(f, "Alembic stops here with a traceback: {class}"),
            Self::Endless => f.write_str("Alembic never returns from this"),
        }
    }
}

impl LookupError {
    /// Alembic's own words below its command line (`RevisionMap`), which say more.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Unknown { argument } if argument.chars().count() < 4 => Some(format!(
                "No such revision or branch '{argument}'; please ensure at least four characters are present for \
                 partial revision identifier matches"
            )),
            Self::Unknown { argument } => Some(format!("No such revision or branch '{argument}'")),
            Self::Ambiguous { argument, matches } => {
                let first: Vec<String> =
                    matches.iter().take(3).map(|id| format!("'{id}'")).collect();
                Some(format!("Multiple revisions start with '{argument}': {}...", first.join(", ")))
            }
            Self::NoSuchBranch { branch } => Some(format!("No such branch: '{branch}'")),
            Self::NotInBranch { revision, branch, .. } => {
                Some(format!("Revision {revision} is not a member of branch '{branch}'"))
            }
            Self::MultipleHeads { argument, heads } => Some(format!(
                "Multiple heads are present for given argument '{argument}'; {}",
                heads.join(", ")
            )),
            Self::NotAncestor { lower, upper } => {
                Some(format!("Revision {lower} is not an ancestor of revision {upper}"))
            }
            Self::Refused(_) | Self::Crash(_) | Self::Endless => None,
        }
    }
}

/// Whether `candidate` is found by the prefix `prefix`: only names longer than three characters are.
pub(super) fn is_partial_match(candidate: &str, prefix: &str) -> bool {
    candidate.starts_with(prefix) && candidate.chars().nth(3).is_some()
}

/// A split argument: the ids it stands for, and its branch.
struct Resolved<'t> {
    ids: Vec<String>,
    branch: Option<&'t str>,
}

impl RevisionGraph<'_> {
    /// Everything that `argument` stands for, in Alembic's order; empty for `base`, and for `head` and `heads` of an
    /// empty history.
    ///
    /// # Errors
    /// When Alembic refuses the argument, or would crash on it.
    pub fn get_revisions(&self, argument: &str) -> Result<Vec<Found>, LookupError> {
        let resolved = self.resolve_number(argument)?;
        if let [only] = resolved.ids.as_slice()
            && let Some(steps) = python_int(only)
            && steps < 0
        {
            let mut found = Vec::new();
            for head in self.get_revisions("heads")? {
                let Found::Revision(head) = head else {
                    return Err(LookupError::Crash("AssertionError"));
                };
                if resolved.branch.is_none_or(|branch| self.labels(head).contains(&branch)) {
                    found.push(self.walk(Found::Revision(head), steps, None, true)?);
                }
            }
            return Ok(found);
        }
        let ids = resolved.ids.iter();
        ids.map(|id| self.for_ident(Some(id), resolved.branch).map(found)).collect()
    }

    /// The one revision that `argument` stands for; `None` for `base`.
    ///
    /// # Errors
    /// When Alembic refuses the argument, several revisions included.
    pub fn get_revision(&self, argument: &str) -> Result<Option<Node>, LookupError> {
        let resolved = self.resolve_number(argument)?;
        if resolved.ids.len() > 1 {
            let argument = argument.to_owned();
            return Err(LookupError::MultipleHeads { argument, heads: resolved.ids });
        }
        self.for_ident(resolved.ids.first().map(String::as_str), resolved.branch)
    }

    fn ids(&self, nodes: &[Node]) -> Vec<String> {
        nodes.iter().map(|&node| self.id(node).to_string()).collect()
    }

    fn resolve_number<'t>(&self, argument: &'t str) -> Result<Resolved<'t>, LookupError> {
        let (branch, symbol) = match argument.split_once('@') {
            Some((branch, symbol)) => (Some(branch), symbol),
            None => (None, argument),
        };
        let named_branch = branch.filter(|branch| !branch.is_empty());
        let ids = match symbol {
            "heads" => match named_branch {
                Some(branch) => self.filter_for_lineage(self.ids(self.heads()), branch)?,
                None => self.ids(self.upgrade_heads()),
            },
            "head" => self.current_head(named_branch)?.into_iter().collect(),
            "base" => Vec::new(),
            _ => vec![symbol.to_owned()],
        };
        Ok(Resolved { ids, branch })
    }

    /// `RevisionMap.get_current_head`.
    fn current_head(&self, branch: Option<&str>) -> Result<Option<String>, LookupError> {
        let mut heads = self.ids(self.heads());
        if let Some(branch) = branch {
            heads = self.filter_for_lineage(heads, branch)?;
        }
        if heads.len() > 1 {
            let argument = branch.map_or("head".to_owned(), |branch| format!("{branch}@head"));
            return Err(LookupError::MultipleHeads { argument, heads });
        }
        Ok(heads.into_iter().next())
    }

    /// `RevisionMap._revision_for_ident`. No id stands for the base, which is no revision.
    pub(super) fn for_ident(
        &self,
        id: Option<&str>,
        branch: Option<&str>,
    ) -> Result<Option<Node>, LookupError> {
        let branch = branch.filter(|branch| !branch.is_empty());
        let branch_node = branch.map(|branch| self.resolve_branch(branch)).transpose()?;
        let Some(id) = id else { return Ok(None) };
        let node = match self.find_key(id) {
            Some(node) => node,
            None => self.find_partial(id, branch)?,
        };
        if let (Some(branch), Some(branch_node)) = (branch, branch_node.flatten())
            && !self.share_lineage(node, &[branch_node])
        {
            return Err(LookupError::NotInBranch {
                revision: self.id(node).to_string(),
                branch: branch.to_owned(),
                argument: id.to_owned(),
            });
        }
        Ok(Some(node))
    }

    /// An exact key of Alembic's map: an id, else a label.
    fn find_key(&self, key: &str) -> Option<Node> {
        self.find(key).or_else(|| self.find_label(key))
    }

    fn find_partial(&self, prefix: &str, branch: Option<&str>) -> Result<Node, LookupError> {
        if prefix.is_empty() {
            return Err(LookupError::Crash("AssertionError"));
        }
        let ids = self.nodes().map(|node| self.id(node).as_str());
        let labels = (self.labelled.iter()).flat_map(|&node| {
            self.revision(node).labels.iter().map(crate::revision::BranchLabel::as_str)
        });
        let matching = ids.chain(labels).filter(|key| is_partial_match(key, prefix));
        let mut matches: Vec<String> = matching.map(str::to_owned).collect();
        if let Some(branch) = branch {
            matches = self.filter_for_lineage(matches, branch)?;
        }
        let argument = prefix.to_owned();
        match matches.as_slice() {
            [] => Err(LookupError::Unknown { argument }),
            [only] => self.find_key(only).ok_or(LookupError::Unknown { argument }),
            _ => Err(LookupError::Ambiguous { argument, matches }),
        }
    }

    fn resolve_branch(&self, branch: &str) -> Result<Option<Node>, LookupError> {
        match self.find_key(branch) {
            Some(node) => Ok(Some(node)),
            None => self.for_ident(Some(branch), None).map_err(|error| match error {
                LookupError::Unknown { .. } | LookupError::Ambiguous { .. } => {
                    LookupError::NoSuchBranch { branch: branch.to_owned() }
                }
                other => other,
            }),
        }
    }

    /// Those of `targets` that stand above or below what `against` means, by `down_revision` alone.
    pub(super) fn filter_for_lineage(
        &self,
        targets: Vec<String>,
        against: &str,
    ) -> Result<Vec<String>, LookupError> {
        let resolved = self.resolve_number(against)?;
        let branch = resolved.branch.filter(|branch| !branch.is_empty()).map(str::to_owned);
        let mut tests = Vec::new();
        for name in branch.iter().chain(&resolved.ids) {
            tests.extend(self.for_ident(Some(name), None)?);
        }
        let has_tests = branch.is_some() || !resolved.ids.is_empty();
        let mut kept = Vec::new();
        for target in targets {
            if !has_tests {
                kept.push(target);
            } else if let Some(node) = self.for_ident(Some(&target), None)?
                && self.share_lineage(node, &tests)
            {
                kept.push(target);
            }
        }
        Ok(kept)
    }

    fn share_lineage(&self, node: Node, tests: &[Node]) -> bool {
        let (above, below) = (self.descendants(&[node]), self.ancestors(&[node]));
        tests.iter().any(|test| above[test.index()] || below[test.index()])
    }

    /// `RevisionMap._walk`: up for positive `steps`, down for negative ones. Past the end of the history the answer is
    /// [`Found::Nothing`], or, unless `no_overwalk`, the last place reached.
    pub(super) fn walk(
        &self,
        start: Found,
        steps: i64,
        branch: Option<&str>,
        no_overwalk: bool,
    ) -> Result<Found, LookupError> {
        let mut at = start;
        for _ in 0..steps.unsigned_abs() {
            let next = if steps > 0 { self.step_up(at, branch)? } else { self.step_down(at)? };
            match next.as_slice() {
                [] => return Ok(if no_overwalk { Found::Nothing } else { at }),
                [only] => at = *only,
                _ => return Err(LookupError::Refused("Ambiguous walk".to_owned())),
            }
        }
        Ok(at)
    }

    fn step_up(&self, at: Found, branch: Option<&str>) -> Result<Vec<Found>, LookupError> {
        let mut ids = match at {
            Found::Revision(node) => self.ids(self.children(node)),
            Found::Nothing => self.ids(self.bases()),
            Found::Base => return Err(LookupError::Crash("AssertionError")),
        };
        if let Some(branch) = branch.filter(|branch| !branch.is_empty()) {
            ids = self.filter_for_lineage(ids, branch)?;
        }
        self.get_each(&ids)
    }

    fn step_down(&self, at: Found) -> Result<Vec<Found>, LookupError> {
        let ids = match at {
            Found::Revision(node) => {
                self.revision(node).edges.parents.iter().map(ToString::to_string).collect()
            }
            Found::Nothing => self.ids(self.heads()),
            Found::Base => return Ok(Vec::new()),
        };
        let found = self.get_each(&ids)?;
        Ok(if found.is_empty() { vec![Found::Base] } else { found })
    }

    /// `get_revisions` of each of `ids`, one after the other.
    pub fn get_each(&self, ids: &[String]) -> Result<Vec<Found>, LookupError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.get_revisions(id)?);
        }
        Ok(found)
    }
}

pub(super) fn found(node: Option<Node>) -> Found {
    node.map_or(Found::Nothing, Found::Revision)
}

/// Python's `int(text)` for what fits: white space around, a sign, single underscores between digits.
pub(super) fn python_int(text: &str) -> Option<i64> {
    let text = text.trim_matches(crate::revision::is_python_space);
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let well_formed = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    if !well_formed || digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let bare: String = digits.chars().filter(|&c| c != '_').collect();
    bare.parse::<i64>().ok().map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_pythons() {
        let cases = [("-1", Some(-1)), (" +12 ", Some(12)), ("1_000", Some(1000)), ("--1", None)];
        for (text, expected) in cases {
            assert_eq!(python_int(text), expected, "{text}");
        }
        assert_eq!(python_int("1__0"), None);
        assert_eq!(python_int(""), None);
        assert_eq!(python_int("-"), None);
    }
}
