//! One migration file: what Alembic would take from it, or what prevents that.
//!
//! Reading never fails: whatever is wrong with a file is a [`Problem`] in its [`Script`], for the rules to put
//! into words. The text itself is not kept; places are byte ranges, which a report turns into lines and columns
//! by reading the few files it shows.

mod compare;
mod conflict;
mod header;
mod ignore;
mod modules;
mod parse;

use std::ops::Range;
use std::path::PathBuf;

pub use compare::{Operations, compare};
pub use header::names as header_names;
pub use modules::{FolderModules, Modules, NoModules};
pub use parse::parse;

use crate::revision::{BranchLabel, Revision, RevisionId};

/// A range of bytes in the text of a script. Files larger than [`MAX_BYTES`] are not read, so four bytes suffice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Larger files are a finding, not a migration: the largest seen in real projects has 281 KB.
pub const MAX_BYTES: usize = 8 << 20;

/// The four names that Alembic reads from a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// `revision`
    Revision,
    /// `down_revision`
    DownRevision,
    /// `branch_labels`
    BranchLabels,
    /// `depends_on`
    DependsOn,
}

impl Name {
    /// All four, in the order in which templates write them.
    pub const ALL: [Self; 4] =
        [Self::Revision, Self::DownRevision, Self::BranchLabels, Self::DependsOn];

    /// Whether a script that does not have it is no revision to Alembic.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Revision | Self::DownRevision)
    }

    /// The name as it stands in the script.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revision => "revision",
            Self::DownRevision => "down_revision",
            Self::BranchLabels => "branch_labels",
            Self::DependsOn => "depends_on",
        }
    }
}

/// Where the value that counts for one of the four names stands: the expression after the last `=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueSpans {
    spans: [Option<Span>; 4],
}

impl ValueSpans {
    /// The place of the value of `name`; `None` when the script does not assign it.
    pub fn get(&self, name: Name) -> Option<Span> {
        self.spans[name as usize]
    }

    /// Records the place of the value of `name`.
    pub fn set(&mut self, name: Name, span: Span) {
        self.spans[name as usize] = Some(span);
    }
}

/// A line of the docstring that repeats a value: `Revision ID: …`, `Revises: …` or `Create Date: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLine {
    /// The text after the colon, without surrounding white space.
    pub text: Box<str>,
    /// Where that text stands in the file (empty, after the colon, when there is none).
    pub span: Span,
}

/// The header lines of the docstring, the first of each kind, as Alembic's templates write them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `Revision ID:`
    pub revision: Option<HeaderLine>,
    /// `Revises:`
    pub revises: Option<HeaderLine>,
    /// `Create Date:`
    pub create_date: Option<HeaderLine>,
}

/// A comment `# onehead: ignore[rule, rule]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreComment {
    /// The rules named, each with its place; may name no rule that exists.
    pub rules: Vec<(Box<str>, Span)>,
    /// The whole comment, from `#`.
    pub span: Span,
}

/// Why a value is not known without running the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Assigned below `if`, `try`, `for`, `while`, `with` or `match`: the keyword of that statement.
    Conditional(&'static str),
    /// A call; the text of what is called, such as `get_down_revision`.
    Call(Box<str>),
    /// Any other expression that has to be computed: an f-string with holes, a name not bound to a literal, `x + y`.
    Computed,
    /// A conflict of git inside or around the value; the value of each side as far as it can be read.
    Conflict {
        /// Our side's source text of the value, one line.
        ours: Option<Box<str>>,
        /// Their side's source text of the value, one line.
        theirs: Option<Box<str>>,
    },
    /// `from x import *`, `globals()`, `exec`, `del` or an augmented assignment may have changed it.
    Rebound,
}

/// What keeps Alembic, or us, from taking a file as a revision, or from knowing one of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file could not be opened or read; the operating system's reason.
    Unreadable(Box<str>),
    /// A symbolic link that leads nowhere; its target.
    BrokenLink(Box<str>),
    /// A symbolic link in a tree of git's that leads out of the repository; its target.
    OutsideLink(Box<str>),
    /// A file of git's whose content this clone does not have.
    NoContent,
    /// A directory or another thing that is no file, but is named like a script.
    NotAFile,
    /// More than [`MAX_BYTES`]; the size in bytes.
    TooLarge(u64),
    /// More nested brackets or indents (200 and 99) or longer chains of operators (about 3,000) than CPython
    /// accepts; where.
    TooDeep(Span),
    /// Bytes that are not valid in the file's encoding, which is named.
    Undecodable {
        /// The encoding by which the file is read, as the file or Python's default names it.
        encoding: Box<str>,
        /// The first invalid bytes.
        span: Span,
    },
    /// An encoding cookie that names no encoding we can read.
    UnknownEncoding {
        /// The name in the cookie.
        encoding: Box<str>,
        /// The cookie's line.
        span: Span,
    },
    /// A NUL byte, which Python refuses.
    NulByte(Span),
    /// Not valid Python 3; the parser's message in lower case, and where.
    Syntax {
        /// What is wrong.
        message: Box<str>,
        /// Where.
        span: Span,
    },
    /// Markers of an unfinished merge (`<<<<<<<`, `=======`, `>>>>>>>`); the first marker's line.
    ConflictMarkers(Span),
    /// A merge conflict about the file that is not resolved in the index, or that git cannot resolve by itself.
    Unmerged(Sides),
    /// A compiled file without its source under `sourceless`: the values cannot be read.
    CompiledOnly,
    /// The script never assigns this name (`revision` and `down_revision` must be there).
    Missing(Name),
    /// The value of this name would only be known by running the file.
    Unknown {
        /// Which name.
        name: Name,
        /// The expression or statement that decides it.
        span: Span,
        /// Why it is not known.
        why: Unknown,
    },
    /// The value of this name is known and is of a type that Alembic does not accept, such as a number.
    WrongType {
        /// Which name.
        name: Name,
        /// The offending value.
        span: Span,
        /// Its Python type, such as `int`.
        python_type: &'static str,
    },
}

/// Which side of a merge has a file that is in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// Both have it, and it differs.
    Both,
    /// Only ours: they deleted or moved it.
    Ours,
    /// Only theirs: we deleted or moved it.
    Theirs,
}

/// What `upgrade()`, `downgrade()` or the module around them holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The function is not defined at module level, or bodies were not read ([`Depth::Names`]).
    Unknown,
    /// Nothing but `pass`, `...`, a docstring, a bare `return` or `return None`.
    Empty,
    /// Code; the first statement that does something.
    Code(Span),
}

/// How much of a script is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Only the four names and the docstring. Syntax errors in bodies may go unnoticed.
    Names,
    /// Everything, with the full parser: syntax errors anywhere are found.
    Whole,
}

/// One migration file, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Where the file is: absolute, symbolic links resolved, as Alembic's `Path:` shows it.
    pub path: PathBuf,
    /// What the file says of itself. `None` when not even its id is known; the problems say why.
    pub revision: Option<Revision>,
    /// What is wrong, in the order of the text. Empty for a healthy script.
    pub problems: Vec<Problem>,
    /// Where the four values stand.
    pub values: ValueSpans,
    /// Where each single parent id stands inside the value of `down_revision`, in written order.
    pub parent_spans: Vec<Span>,
    /// Where each entry of `depends_on` stands, in written order.
    pub dependency_spans: Vec<Span>,
    /// Where each branch label stands, in written order.
    pub label_spans: Vec<Span>,
    /// The header lines of the docstring.
    pub header: Header,
    /// The ignore comments. Read at [`Depth::Whole`] only.
    pub ignores: Vec<IgnoreComment>,
    /// What `upgrade()` holds. Read at [`Depth::Whole`] only.
    pub upgrade: Body,
    /// What `downgrade()` holds. Read at [`Depth::Whole`] only.
    pub downgrade: Body,
    /// What the module does when Alembic loads it, besides imports, giving the four names their values and defining
    /// `upgrade()` and `downgrade()`. Read at [`Depth::Whole`] only.
    pub top_level: Body,
}

impl Script {
    /// A script of which nothing is known yet.
    pub fn unread(path: PathBuf) -> Self {
        Self {
            path,
            revision: None,
            problems: Vec::new(),
            values: ValueSpans::default(),
            parent_spans: Vec::new(),
            dependency_spans: Vec::new(),
            label_spans: Vec::new(),
            header: Header::default(),
            ignores: Vec::new(),
            upgrade: Body::Unknown,
            downgrade: Body::Unknown,
            top_level: Body::Unknown,
        }
    }

    /// The revision's id, when it is known.
    pub fn id(&self) -> Option<&RevisionId> {
        self.revision.as_ref().map(|revision| &revision.id)
    }

    /// Whether the script does anything of its own: false only where it is known that neither function and nothing
    /// around them does, as in a merge revision.
    pub fn has_operations(&self) -> bool {
        [self.upgrade, self.downgrade, self.top_level].iter().any(|body| *body != Body::Empty)
    }

    /// The labels that the script itself declares.
    pub fn labels(&self) -> &[BranchLabel] {
        self.revision.as_ref().map_or(&[], |revision| &revision.labels)
    }
}

#[cfg(test)]
mod tests;
