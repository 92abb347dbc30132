//! What onehead has to say about the user's migrations: one type for all rules and all formats.
//!
//! A diagnostic is finished facts in words. It knows no colour, no width and no format, and it does not know the
//! texts of the files either: places are byte spans, which the report resolves.

use std::path::PathBuf;

use crate::revision::RevisionId;
use crate::script::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Fails the check.
    Error,
    /// Is shown, and fails the check only under `--strict`.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, absolute.
    pub path: PathBuf,
    /// Where in it; `None` for the file as a whole.
    pub span: Option<Span>,
}

/// A place with what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// A short lower-case phrase, may be empty.
    pub message: String,
}

/// What kind of repair exists for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixKind {
    /// A merge migration.
    Merge,
    /// Re-parenting what is unpublished.
    Rebase,
    /// Bringing back what was there.
    Restore,
    /// Editing bytes of a file.
    Edit,
    /// Renaming a file.
    Rename,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name.
    pub rule: &'static str,
    /// Its weight after configuration.
    pub severity: Severity,
    /// A lower-case phrase without a period, names in backticks.
    pub message: String,
    /// The primary place with what is to be seen there; `None` when the finding has no file.
    pub primary: Option<Label>,
    /// The revisions concerned, sorted as the message names them.
    pub revisions: Vec<RevisionId>,
    /// Other places.
    pub related: Vec<Label>,
    /// Facts that explain, one line each.
    pub notes: Vec<String>,
    /// What to do, each with a command that can be pasted.
    pub help: Vec<String>,
    /// Which repair exists, if any.
    pub fix: Option<FixKind>,
}

impl Diagnostic {
    /// A finding of `rule` with `message`, to be completed; its severity is set from the rule table afterwards.
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            revisions: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// Sets the primary place.
    #[must_use]
    pub fn at(
        mut self,
        path: impl Into<PathBuf>,
        span: Option<Span>,
        message: impl Into<String>,
    ) -> Self {
        self.primary =
            Some(Label { place: Place { path: path.into(), span }, message: message.into() });
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn also(
        mut self,
        path: impl Into<PathBuf>,
        span: Option<Span>,
        message: impl Into<String>,
    ) -> Self {
        self.related
            .push(Label { place: Place { path: path.into(), span }, message: message.into() });
        self
    }

    /// Adds the revisions concerned.
    #[must_use]
    pub fn about<'a>(mut self, ids: impl IntoIterator<Item = &'a RevisionId>) -> Self {
        self.revisions.extend(ids.into_iter().cloned());
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }
}
