//! Alembic's words: revision, parent, dependency, branch label.
//!
//! Plain values, exactly as a script writes them. Nothing here judges them: an id with a character
//! that Alembic refuses is still an id (the rule `invalid-revision-id` says so), because refusing it
//! here would make its children look orphaned as well.

use std::fmt;

/// The characters that Alembic refuses in a revision id (1.20.1, `Revision.verify_rev_id`), sorted as
/// its message sorts them. `:` since 1.17.1, `+` since 0.9.6.
pub const RESERVED: [char; 4] = ['+', '-', ':', '@'];

/// The value of `revision = "…"`: the identity of a migration, whatever its file is called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Box<str>);

impl RevisionId {
    /// The id with this text, taken as it is.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reserved characters that occur in the id, each once, sorted as Alembic's message lists them.
    pub fn reserved_characters(&self) -> Vec<char> {
        RESERVED.into_iter().filter(|&reserved| self.0.contains(reserved)).collect()
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for RevisionId {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// One of `branch_labels`: a name that a line of history carries from its base to its head.
///
/// Labels live in the same name space as revision ids.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchLabel(Box<str>);

impl BranchLabel {
    /// The label with this text, taken as it is.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text of the label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BranchLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BranchLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The edges out of one migration. Alembic orders by both and draws only the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    /// `down_revision` in written order, repetitions kept: the history. Decides heads, bases, branch
    /// points, merge points. Empty for a base (`None`, `()`, `(None,)`).
    pub parents: Vec<RevisionId>,
    /// `depends_on` as written: revision ids or branch labels. An ordering constraint that never makes or
    /// unmakes a head in `alembic heads`. `depends_on = ""` is one empty entry, which is how Alembic takes it.
    pub dependencies: Vec<Box<str>>,
}

/// What one script says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// `revision`.
    pub id: RevisionId,
    /// `down_revision` and `depends_on`.
    pub edges: Edges,
    /// `branch_labels` in written order, repetitions kept.
    pub labels: Vec<BranchLabel>,
    /// The module's docstring as Python would have it in `__doc__`: escapes processed, newlines normalised,
    /// not stripped. Empty when there is none.
    pub docstring: Box<str>,
    /// False when `down_revision` could not be known without running the file; `parents` is then empty and the
    /// revision is no base.
    pub parents_known: bool,
}

impl Revision {
    /// Alembic's `longdoc`: the docstring without surrounding white space (1.20.1, `Script.longdoc`).
    pub fn long_message(&self) -> &str {
        self.docstring.trim_matches(is_python_space)
    }

    /// Alembic's `doc`: `longdoc` up to its first empty line; may hold newlines (1.20.1, `Script.doc`).
    pub fn message(&self) -> &str {
        let long = self.long_message();
        long.split("\n\n").next().unwrap_or(long)
    }
}

/// Whether Python's `str.strip()` removes this character (`str.isspace`, CPython 3.11).
pub fn is_python_space(c: char) -> bool {
    // Python counts the four information separators, Rust does not.
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}
