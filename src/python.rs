//! Reading Python: the only user of the Python parser.
//!
//! From the text of a module to what its names hold once it has run, as far as that can be known without running
//! it: [`read`] gives the state of Alembic's four names, the docstring, the comments, what `upgrade()` holds and
//! the first syntax error. The parser recovers from errors, so one in a body does not hide the values above it.
//! Nothing here knows what Alembic accepts (see [`crate::script`]), and no file is opened but through
//! [`Modules`].

pub mod code;
pub mod repr;
pub mod decode;
pub mod word;
pub mod expression;
mod dynamic;
mod lexer;
mod limits;
mod module;
mod operations;
pub mod place;
mod statement;
pub mod steps;
mod value;

use std::path::Path;

use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseError, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use crate::script::{Body, Modules, Name, Span, Unknown};
pub use lexer::{is_word, read as read_simple};
pub use value::{Kind, Value, one_line};

/// What one name holds after the module has run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing: the module does not define it.
    #[default]
    Unset,
    /// This value.
    Known(Value),
    /// Something that is not known, with the reason and the expression or statement that decides it.
    Unknown(Unknown, Span),
}

/// The docstring of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docstring {
    /// What Python has in `__doc__`; empty for `None`.
    pub text: String,
    /// The text between the quotes of each literal that it is made of.
    pub literals: Vec<Span>,
}

/// What a module says without being run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The four names, in the order of [`Name::ALL`].
    pub states: [State; 4],
    /// The docstring.
    pub docstring: Docstring,
    /// The first syntax error.
    pub syntax: Option<(Box<str>, Span)>,
    /// The comments, each from its `#`.
    pub comments: Vec<Span>,
    /// What `upgrade()` holds.
    pub upgrade: Body,
    /// What `downgrade()` holds.
    pub downgrade: Body,
    /// What the module does when it is loaded, besides imports, the four names and these two functions.
    pub top_level: Body,
}

/// The file that is read, and what its imports may lead to.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The file; relative imports start from it.
    pub path: &'a Path,
    /// The modules of the repository.
    pub modules: &'a dyn Modules,
}

/// Reads a module.
///
/// Fails with the place where the nesting is deeper than CPython accepts.
pub fn read(text: &str, origin: Origin<'_>) -> Result<Reading, Span> {
    limits::check_before(text)?;
    let options =
        ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest_preview());
    let parsed = parse_unchecked(text, options);
    limits::check(parsed.tokens())?;
    let errors = parsed.errors();
    let first = errors.iter().min_by_key(|error| error.location.start());
    let ruff_python_ast::Mod::Module(module) = parsed.syntax() else {
        return Err(Span::default());
    };
    let run = statement::run(text, &module.body, origin);
    let mut states = run.states();
    dynamic::apply(text, parsed.tokens(), &run, &mut states);
    for state in &mut states {
        doubt_where_broken(text, errors, state);
    }
    Ok(Reading {
        states,
        docstring: run.docstring(&module.body),
        syntax: first.map(|error| (message(text, error), value::span(error.location))),
        comments: comments(parsed.tokens()),
        upgrade: run.upgrade,
        downgrade: run.downgrade,
        top_level: operations::top_level(&module.body),
    })
}

fn comments(tokens: &Tokens) -> Vec<Span> {
    tokens
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment)
        .map(|token| value::span(token.range()))
        .collect()
}

/// A value on whose lines the parser had to recover is what the parser made of it, not what was meant.
fn doubt_where_broken(text: &str, errors: &[ParseError], state: &mut State) {
    let State::Known(value) = state else { return };
    let span = value.span;
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..span.start as usize]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &bytes[span.end as usize..])
        .map_or(bytes.len(), |length| span.end as usize + length);
    let broken = errors.iter().any(|error| {
        error.location.start().to_usize() <= end && error.location.end().to_usize() >= start
    });
    if broken {
        *state = State::Unknown(Unknown::Computed, span);
    }
}

/// The parser's message as a lower-case phrase.
fn message(text: &str, error: &ParseError) -> Box<str> {
    let at = error.location.start().to_usize();
    let start =
        text.as_bytes()[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or("").trim_start();
    for statement in ["print", "exec"] {
        let rest = line.strip_prefix(statement).and_then(|rest| rest.strip_prefix(' '));
        if rest.is_some_and(|rest| !rest.trim_start().starts_with(['(', '=', '.', ','])) {
            return format!("`{statement}` without parentheses is Python 2").into();
        }
    }
    let message = error.error.to_string();
    let mut characters = message.chars();
    let lower = characters.next().map(|first| first.to_lowercase().chain(characters).collect());
    lower.unwrap_or(message).trim_end_matches('.').into()
}

/// Which of the four a name is.
fn name_of(text: &str) -> Option<Name> {
    Name::ALL.into_iter().find(|name| name.as_str() == text)
}
