//! `%(name)s` in the values of an ini file (CPython 3.11, `BasicInterpolation`).
//!
//! Total where Python is not: a value that grows without bound through references is refused instead of filling the
//! memory.

use super::{DEFAULT_SECTION, Ini};
use crate::python::repr::repr;

/// `MAX_INTERPOLATION_DEPTH`.
const MAX_DEPTH: usize = 10;

/// What one value may take: no real one comes near, and ten levels of references can multiply without end.
const MAX_STEPS: usize = 100_000;
const MAX_BYTES: usize = 1 << 20;

/// Why a value cannot be read, with the names and sentences of Python's `configparser`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterpolationError {
    /// The section in which the option was read.
    pub section: String,
    /// The option.
    pub option: String,
    /// The line on which its value begins.
    pub line: usize,
    /// The value as written.
    pub raw: String,
    /// What is wrong.
    pub kind: InterpolationKind,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InterpolationKind {
    /// A `%` that is neither `%%` nor `%(name)s`; the text from it on.
    Percent(String),
    /// `%(` without `)s`; the text from it on.
    Reference(String),
    /// A name that is defined nowhere.
    Missing(String),
    /// More than ten levels of references.
    Depth,
    /// References that multiply until no memory would suffice.
    TooLarge,
}

impl InterpolationError {
    /// The name of Python's exception.
    pub fn class(&self) -> &'static str {
        match self.kind {
            InterpolationKind::Percent(_) | InterpolationKind::Reference(_) => {
                "InterpolationSyntaxError"
            }
            InterpolationKind::Missing(_) => "InterpolationMissingOptionError",
            InterpolationKind::Depth => "InterpolationDepthError",
            InterpolationKind::TooLarge => "MemoryError",
        }
    }

    /// Python's own sentence (CPython 3.11).
    pub fn sentence(&self) -> String {
        let (option, section) = (repr(&self.option), repr(&self.section));
        let raw = repr(&self.raw);
        match &self.kind {
            InterpolationKind::Percent(rest) => {
                format!("'%' must be followed by '%' or '(', found: {}", repr(rest))
            }
            InterpolationKind::Reference(rest) => {
                format!("bad interpolation variable reference {}", repr(rest))
            }
            InterpolationKind::Missing(name) => format!(
                "Bad value substitution: option {option} in section {section} contains an \
                 interpolation key {} which is not a valid option name. Raw value: {raw}",
                repr(name)
            ),
            InterpolationKind::Depth => format!(
                "Recursion limit exceeded in value substitution: option {option} in section \
                 {section} contains an interpolation key which cannot be substituted in \
                 {MAX_DEPTH} steps. Raw value: {raw}"
            ),
            InterpolationKind::TooLarge => {
                format!("option {option} in section {section} grows without bound: {raw}")
            }
        }
    }
}

/// The value of an option with its references filled in.
pub(super) fn interpolate(
    ini: &Ini,
    section: &str,
    text: &str,
    here: &str,
) -> Result<String, InterpolationKind> {
    let mut run = Run { ini, section, here, result: String::new(), steps: 0 };
    run.some(text, 1)?;
    Ok(run.result)
}

struct Run<'a> {
    ini: &'a Ini,
    section: &'a str,
    here: &'a str,
    result: String,
    steps: usize,
}

impl<'a> Run<'a> {
    /// `BasicInterpolation._interpolate_some`; recursion ends at [`MAX_DEPTH`].
    fn some(&mut self, mut rest: &'a str, depth: usize) -> Result<(), InterpolationKind> {
        if depth > MAX_DEPTH {
            return Err(InterpolationKind::Depth);
        }
        while let Some(at) = rest.find('%') {
            self.push(&rest[..at])?;
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("%%") {
                self.push("%")?;
                rest = after;
            } else if rest.starts_with("%(") {
                let (name, after) = reference(rest)?;
                let name = name.to_lowercase();
                let Some(value) = self.look_up(&name) else {
                    return Err(InterpolationKind::Missing(name));
                };
                if value.contains('%') {
                    self.some(value, depth + 1)?;
                } else {
                    self.push(value)?;
                }
                rest = after;
            } else {
                return Err(InterpolationKind::Percent(rest.to_string()));
            }
        }
        self.push(rest)
    }

    fn push(&mut self, text: &str) -> Result<(), InterpolationKind> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.result.len() + text.len() > MAX_BYTES {
            return Err(InterpolationKind::TooLarge);
        }
        self.result.push_str(text);
        Ok(())
    }

    /// The section, then `DEFAULT`, then `here`, which Alembic passes as a default that the file may overwrite.
    fn look_up(&self, name: &str) -> Option<&'a str> {
        let (ini, here) = (self.ini, self.here);
        debug_assert!(self.section == DEFAULT_SECTION || ini.has_section(self.section));
        match ini.raw(self.section, name) {
            Some(raw) => Some(&raw.text),
            None => (name == "here").then_some(here),
        }
    }
}

/// `%\(([^)]+)\)s` at the start of `rest`: the name and what follows.
fn reference(rest: &str) -> Result<(&str, &str), InterpolationKind> {
    let bad = || InterpolationKind::Reference(rest.to_string());
    let inside = rest.get(2..).unwrap_or_default();
    let end = inside.find(')').filter(|&end| end > 0).ok_or_else(bad)?;
    let after = inside[end + 1..].strip_prefix('s').ok_or_else(bad)?;
    Ok((&inside[..end], after))
}
