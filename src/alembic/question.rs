//! What `heads`, `branches`, `history` and `show` ask of a history, and the answer.
//!
//! One pure function for the commands and for the tests that compare it with the real Alembic: no environment is
//! chosen here, nothing is written, and a history on which Alembic fails still gets what can be said of it.

use super::{branches, heads, history, printable, show};
use crate::error::Error;
use crate::graph::symbol::LookupError;
use crate::graph::{Node, RevisionGraph};
use crate::script::{Problem, Script};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// `heads [-v] [--resolve-dependencies]`
    Heads {
        /// Each revision in full.
        verbose: bool,
        /// Whether `depends_on` unmakes a head as `down_revision` does.
        resolve_dependencies: bool,
    },
    /// `branches [-v]`
    Branches {
        /// Each revision in full.
        verbose: bool,
    },
    /// `history [-v] [-r LOWER:UPPER]`
    History {
        /// Each revision in full.
        verbose: bool,
        /// Both ends of `-r`.
        range: Option<(String, String)>,
    },
    /// `show REV`
    Show {
        /// The argument.
        rev: String,
    },
}

/// What one history answers.
pub struct Answer {
    /// Standard output, byte for byte Alembic's where Alembic answers.
    pub text: String,
    /// The revisions listed by `branches`, `history` and `show`, in their order.
    pub nodes: Vec<Node>,
    /// Whether Alembic loads the history and gives this answer.
    pub succeeds: bool,
    /// Alembic's refusal of a question that has no argument of the user's in it.
    pub refusal: Option<String>,
}

impl Question {
    /// `history`, with the argument of `-r` as it was given.
    ///
    /// # Errors
    /// [`Error::Range`] where Alembic refuses the form, [`Error::NeedsDatabase`] for `current`.
    pub fn history(verbose: bool, range: Option<&str>) -> Result<Self, Error> {
        Ok(Self::History { verbose, range: range.map(parse_range).transpose()? })
    }

    /// `show`, with its argument.
    ///
    /// # Errors
    /// [`Error::NeedsDatabase`] for `current`.
    pub fn show(rev: &str) -> Result<Self, Error> {
        if rev == "current" {
            return Err(Error::NeedsDatabase { command: "alembic show current".to_owned() });
        }
        Ok(Self::Show { rev: rev.to_owned() })
    }

    /// The argument that is looked up in the history, if there is one.
    pub fn argument(&self) -> Option<String> {
        match self {
            Self::Show { rev } => Some(rev.clone()),
            Self::History { range: Some((lower, upper)), .. } => Some(format!("{lower}:{upper}")),
            _ => None,
        }
    }

    /// The answer of the history that `graph` made of `scripts`.
    ///
    /// # Errors
    /// When the user's argument means nothing there; the error is Alembic's refusal.
    pub fn answer(
        &self,
        graph: &RevisionGraph<'_>,
        scripts: &[Script],
    ) -> Result<Answer, LookupError> {
        let loads = graph.load_error().is_none() && !has_unknown_parents(scripts);
        let (text, nodes, refusal) = match self {
            Self::Heads { verbose, resolve_dependencies } => {
                match heads(graph, *verbose, *resolve_dependencies) {
                    Ok(text) => (text, Vec::new(), None),
                    Err(error) => (String::new(), Vec::new(), Some(error.to_string())),
                }
            }
            Self::Branches { verbose } => {
                let (nodes, refusal) = whole_history(graph);
                (branches(graph, &nodes, *verbose), nodes, refusal)
            }
            Self::History { verbose, range: None } => {
                let (nodes, refusal) = whole_history(graph);
                (history(graph, &nodes, *verbose), nodes, refusal)
            }
            Self::History { verbose, range: Some((lower, upper)) } => {
                let nodes = graph.history_range(lower, upper)?;
                (history(graph, &nodes, *verbose), nodes, None)
            }
            Self::Show { rev } => {
                let found = graph.get_revisions(rev)?;
                (show(graph, &found)?, printable(&found)?, None)
            }
        };
        Ok(Answer { text, nodes, succeeds: loads && refusal.is_none(), refusal })
    }
}

/// Both ends of `-r`, with Alembic's words for open ends (1.20.1, `command.history`).
fn parse_range(range: &str) -> Result<(String, String), Error> {
    let mut ends = range.trim().split(':');
    let (Some(lower), Some(upper), None) = (ends.next(), ends.next(), ends.next()) else {
        return Err(Error::Range { range: range.to_owned() });
    };
    if lower == "current" || upper == "current" {
        return Err(Error::NeedsDatabase { command: format!("alembic history -r {range}") });
    }
    let or = |end: &str, open: &str| if end.is_empty() { open.to_owned() } else { end.to_owned() };
    Ok((or(lower, "base"), or(upper, "heads")))
}

/// The history as Alembic orders it. Where Alembic cannot load it, refuses or never ends, each revision once in the same
/// manner, with the refusal.
fn whole_history(graph: &RevisionGraph<'_>) -> (Vec<Node>, Option<String>) {
    if graph.load_error().is_some() {
        return (graph.every_revision_once(), None);
    }
    match graph.history() {
        Ok(order) => (order, None),
        Err(error) => (graph.every_revision_once(), Some(error.to_string())),
    }
}

/// Whether the parents of some script are not known, although Alembic may know them.
fn has_unknown_parents(scripts: &[Script]) -> bool {
    let hides_parents = |problem: &Problem| match problem {
        Problem::Unknown { name, .. } => name.is_required(),
        Problem::CompiledOnly | Problem::TooLarge(_) | Problem::NotAFile => true,
        _ => false,
    };
    scripts.iter().any(|script| script.problems.iter().any(hides_parents))
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[track_caller]
    fn check(range: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(lower, upper)| (lower.to_owned(), upper.to_owned()));
        assert_eq!(parse_range(range).ok(), expected);
    }

    #[test]
    fn open_ends_of_a_range() {
        check("a:b", Some(("a", "b")));
        check(" a: ", Some(("a", "heads")));
        check(":b", Some(("base", "b")));
        check("a", None);
        check("a:b:c", None);
        check("current:", None);
    }
}
