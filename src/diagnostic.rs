//! What onehead has to say about the user's migrations: one type for all rules and all formats.
//!
//! A diagnostic is finished facts in words. It knows no colour, no width and no format, and it does not know the
//! texts of the files either: places are byte spans, which the report resolves.

use std::path::{Path, PathBuf};

use crate::revision::RevisionId;
use crate::script::Span;
use crate::shell::word;

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

/// A sentence that may name files: how a path is shown is for the format to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Path(PathBuf),
    /// A path as one word of a shell command.
    Argument(PathBuf),
    /// `-c` with a configuration, for a command that is run in a folder or, where there is none, where the user is.
    Config(PathBuf, Option<PathBuf>),
    /// The beginning of a command that has to be run in this folder.
    Enter(PathBuf),
    /// Its end.
    Leave(PathBuf),
}

impl Text {
    /// Goes on with the path of a file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.push(Piece::Path(path.into()));
        self
    }

    /// Goes on with the path of a file as one word of a shell command.
    #[must_use]
    pub fn argument(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.push(Piece::Argument(path.into()));
        self
    }

    /// Goes on with `program`, to be run in `folder` up to [`Text::outside`]; anywhere where there is none.
    #[must_use]
    pub fn within(mut self, folder: Option<&Path>, program: &str) -> Self {
        self.0.extend(folder.map(|folder| Piece::Enter(folder.to_owned())));
        self.words(program)
    }

    /// Ends what [`Text::within`] began.
    #[must_use]
    pub fn outside(mut self) -> Self {
        let entered = self.0.iter().rev().find_map(|piece| match piece {
            Piece::Enter(folder) => Some(folder.clone()),
            _ => None,
        });
        self.0.extend(entered.map(Piece::Leave));
        self
    }

    /// Goes on with `-c` and the configuration, unless Alembic takes it by itself in `folder`, or, where there is
    /// none, where the user is.
    #[must_use]
    pub fn configured(mut self, config: Option<&Path>, folder: Option<&Path>) -> Self {
        let folder = folder.map(Path::to_owned);
        self.0.extend(config.map(|config| Piece::Config(config.to_owned(), folder)));
        self
    }

    /// Goes on with words.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// The sentence with each path as `show` gives it.
    pub fn render(&self, show: &dyn Fn(&Path) -> String) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Path(path) => show(path),
            Piece::Argument(path) => argument(&show(path)),
            Piece::Config(config, folder) => {
                let shown = match folder.as_ref().map(|folder| config.strip_prefix(folder)) {
                    None => show(config),
                    Some(Ok(inside)) => inside.to_string_lossy().replace('\\', "/"),
                    Some(Err(_)) => config.to_string_lossy().into_owned(),
                };
                // The two that Alembic looks for by itself.
                let found = matches!(&*shown, "alembic.ini" | "pyproject.toml");
                if found { String::new() } else { format!(" -c {}", argument(&shown)) }
            }
            Piece::Enter(folder) => match &*show(folder) {
                "" | "." => String::new(),
                folder => format!("(cd {} && ", argument(folder)),
            },
            Piece::Leave(folder) => match &*show(folder) {
                "" | "." => String::new(),
                _ => ")".to_owned(),
            },
        });
        pieces.collect()
    }
}

/// A path as one word of a shell command, which no command takes for an option.
fn argument(path: &str) -> String {
    if path.starts_with('-') { word(&format!("./{path}")) } else { word(path) }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self(vec![Piece::Words(words)])
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::from(words.to_owned())
    }
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

/// Lines of the file of a finding that would mend it in place of those that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The first line that changes, from 1.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// What stands there instead, without the last line's end.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name.
    pub rule: &'static str,
    /// Its weight after configuration.
    pub severity: Severity,
    /// A weight that the rule gives this finding in place of the rule's own; configuration still wins over it.
    pub own_severity: Option<Severity>,
    /// A lower-case phrase without a period, names in backticks.
    pub message: String,
    /// The primary place with what is to be seen there; `None` when the finding has no file.
    pub primary: Option<Label>,
    /// The revisions concerned, sorted as the message names them.
    pub revisions: Vec<RevisionId>,
    /// Other places.
    pub related: Vec<Label>,
    /// Facts that explain, one line each.
    pub notes: Vec<Text>,
    /// What to do, each with a command that can be pasted.
    pub help: Vec<Text>,
    /// Which repair exists, if any.
    pub fix: Option<FixKind>,
    /// The repair as a change of a few lines, where it is one and was asked for.
    pub suggestion: Option<Suggestion>,
    /// The branch label that it is about, where heads are counted by label; empty for heads without a listed one.
    pub branch: Option<String>,
    /// Whether what is compared with has the same problem, so that this one is not counted.
    pub old: bool,
}

impl Diagnostic {
    /// A finding of `rule` with `message`, to be completed; its severity is set from the rule table afterwards.
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            own_severity: None,
            message: message.into(),
            primary: None,
            revisions: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
            suggestion: None,
            branch: None,
            old: false,
        }
    }

    /// Gives this finding a weight of its own.
    #[must_use]
    pub fn weighs(mut self, severity: Severity) -> Self {
        self.own_severity = Some(severity);
        self
    }

    /// Says which repair exists.
    #[must_use]
    pub fn fixed_by(mut self, kind: FixKind) -> Self {
        self.fix = Some(kind);
        self
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
    pub fn note(mut self, text: impl Into<Text>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<Text>) -> Self {
        self.help.push(text.into());
        self
    }
}
