//! What `upgrade()` and `downgrade()` do to a database, as far as it can be known without running them.
//!
//! [`read`] goes from the text of a revision to [`Operations`]: what was understood, in its order, each with what it does
//! to which [`Resource`], and what was not, each with its place and the reason. Whatever is not known to do nothing is
//! opaque; nothing is guessed. Whether two sides agree is [`overlap`]'s question. Nothing here does input or output.

mod columns;
mod describe;
mod kinds;
pub mod overlap;
mod resource;
mod sql;

pub use resource::{Resource, Table};

use crate::python::steps::{self, Step};
use crate::report::SourceText;
use crate::script::Span;

/// What the two functions of a revision do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Functions {
    /// What `upgrade()` does.
    pub upgrade: Operations,
    /// What `downgrade()` does.
    pub downgrade: Operations,
}

/// What one function does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// What was understood, in the order in which it runs.
    pub understood: Vec<Operation>,
    /// What was not.
    pub opaque: Vec<Opaque>,
}

/// Where something stands in the text of a revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The bytes of it.
    pub span: Span,
}

/// One operation that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name: that of Alembic's operation, such as `add_column`, or `execute`.
    pub kind: &'static str,
    /// Where it stands.
    pub place: Place,
    /// False where it stands below a condition, so that it may not run.
    pub is_certain: bool,
    /// What it does, in the order in which it does it.
    pub effects: Vec<Effect>,
    /// What it does, as a phrase for people: ``adds column `users.email` ``. Holds text of the script as it is there.
    pub summary: String,
}

/// A part of a function of which it is not known what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Where it stands.
    pub place: Place,
    /// Why it is not understood, as a phrase.
    pub why: String,
    /// The string literals in it, which may be names of what it touches.
    pub mentions: Vec<String>,
}

/// What an operation does to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What is done.
    pub action: Action,
    /// To what.
    pub resource: Resource,
}

/// What is done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It comes to be. `quiet` where it is no failure that it is there already.
    Create {
        /// `if_not_exists`, `checkfirst`.
        quiet: bool,
    },
    /// It goes, with everything below it. `quiet` where it is no failure that it is not there.
    Drop {
        /// `if_exists`, `checkfirst`.
        quiet: bool,
    },
    /// It gets another name, and keeps everything below it.
    Rename {
        /// Its new name.
        to: Resource,
    },
    /// One of its attributes gets a value.
    Modify {
        /// `type`, `nullable`, `default`, `comment`, `structure`, `values` ...
        attribute: &'static str,
        /// The value as it is written; `None` where it is not known.
        value: Option<String>,
    },
    /// On dialects that say the whole column again when a part of it changes, this attribute is said again.
    Restate {
        /// As in [`Action::Modify`].
        attribute: &'static str,
        /// As in [`Action::Modify`].
        value: Option<String>,
    },
    /// It has to be there.
    Use,
    /// What the operation does depends on the rows.
    ReadRows,
    /// Rows are written.
    WriteRows,
}

/// Reads what the two functions of a module do. Never fails: of what is no Python, everything is opaque.
pub fn read(text: &str) -> Functions {
    let source = SourceText::new(text);
    let [upgrade, downgrade] =
        steps::read(text, ["upgrade", "downgrade"]).map(|steps| understand(&steps, &source));
    Functions { upgrade, downgrade }
}

impl Functions {
    /// Those of a file that cannot be read: nothing is known of either.
    pub fn unreadable(why: &str) -> Self {
        let opaque = Opaque {
            place: Place { line: 1, column: 1, span: Span::default() },
            why: why.to_owned(),
            mentions: Vec::new(),
        };
        let operations = Operations { understood: Vec::new(), opaque: vec![opaque] };
        Self { upgrade: operations.clone(), downgrade: operations }
    }
}

impl Operations {
    /// How many statements were looked at: the understood and the opaque ones.
    pub fn count(&self) -> usize {
        self.understood.len() + self.opaque.len()
    }
}

fn understand(steps: &[Step], source: &SourceText) -> Operations {
    let place = |span: Span| {
        let position = source.position(span.start as usize);
        Place { line: position.line, column: position.column, span }
    };
    let mut operations = Operations::default();
    for step in steps {
        match step {
            Step::Opaque { span, why, mentions } => operations.opaque.push(Opaque {
                place: place(*span),
                why: why.clone(),
                mentions: mentions.clone(),
            }),
            Step::Call(call) => match kinds::understand(call) {
                Ok((kind, effects)) => operations.understood.push(Operation {
                    kind,
                    place: place(call.span),
                    is_certain: call.is_certain,
                    summary: describe::summary(kind, &effects),
                    effects,
                }),
                Err(why) => operations.opaque.push(Opaque {
                    place: place(call.span),
                    why,
                    mentions: call.mentions.clone(),
                }),
            },
        }
    }
    operations
}

#[cfg(test)]
mod tests;
