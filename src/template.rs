//! `script.py.mako` rendered natively: the part of Mako and Python that real templates use, exactly.
//!
//! Pure: no file is opened, no Python runs. Whatever lies outside of that part, and whatever Mako or Python would
//! refuse, is a [`TemplateError`] with its place; nothing is guessed. Mako's behaviour is that of 1.4.3, the values are those that
//! Alembic gives a merge (1.20.1, `command.merge` and `ScriptDirectory.generate_revision`) without `env.py`.

mod encoding;
mod evaluate;
mod lexer;
mod names;
mod node;
mod print;
mod render;
mod scan;
mod split;
mod value;

use std::fmt;
use std::ops::Range;

use crate::datetime::DateTime;
use crate::python::one_line;
use crate::revision::{BranchLabel, RevisionId};

/// What a template is given. `depends_on` is always `None`, `refresh` is `True`.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// `message`; Alembic has `empty message` in place of none.
    pub message: &'a str,
    /// `up_revision`
    pub up_revision: &'a str,
    /// `down_revision`: none is `None`, one is a `str`, more are a tuple.
    pub down_revision: &'a [RevisionId],
    /// `branch_labels`: none is `None`, else they are a tuple.
    pub branch_labels: &'a [BranchLabel],
    /// `create_date`
    pub create_date: &'a DateTime,
    /// The options of the ini file, interpolated: a section, or `None` for the main one, and a name. `None` for an
    /// option that is not set.
    pub option: &'a dyn Fn(Option<&str>, &str) -> Option<String>,
}

/// Why a template cannot be rendered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The line of the construct, from 1.
    pub line: usize,
    /// The construct as it stands in the template, on one line.
    pub construct: String,
    /// What is wrong with it.
    pub reason: String,
}

impl TemplateError {
    /// The error about this range of a text.
    fn at(text: &str, place: Range<usize>, reason: impl Into<String>) -> Self {
        let line = text[..place.start].matches('\n').count() + 1;
        Self { line, construct: one_line(&text[place]), reason: reason.into() }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: `{}`: {}", self.line, self.construct, self.reason)
    }
}

/// Larger templates are refused, far above any real one, so that nothing takes long.
const MAX_BYTES: usize = 64 << 10;

/// Renders a template, given as the bytes of its file.
///
/// Fails with the first construct that is outside of what is understood, that Mako or Python would refuse, or that
/// prints a name which only `env.py` would supply.
pub fn render(source: &[u8], values: &Values<'_>) -> Result<String, TemplateError> {
    if source.len() > MAX_BYTES {
        return Err(TemplateError::at("", 0..0, format!("it has more than {MAX_BYTES} bytes")));
    }
    let (text, start) = encoding::text(source)?;
    let pieces = lexer::pieces(&text, start)?;
    let template = node::parse(&text, &pieces)?;
    render::run(&text, &template, values)
}

#[cfg(test)]
mod tests;
