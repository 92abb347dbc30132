//! What an expression stands for, as far as it can be known: literals, and calls and names by their full paths.
//!
//! Nothing is computed that Python would have to run for.

use std::fmt;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// A string.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// A list, a tuple or a set.
    List(Vec<Term>),
    /// A dictionary.
    Dict(Vec<(Term, Term)>),
    /// A call.
    Call(Box<Invocation>),
    /// Something imported, by its full path: `sqlalchemy.Integer`.
    Name(String),
    /// An attribute of something.
    Attribute(Box<Term>, String),
    /// Not known.
    Unknown,
}

/// A call, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// What is called.
    pub callee: Term,
    /// What it is given by place.
    pub arguments: Vec<Term>,
    /// What it is given by name.
    pub keywords: Vec<(String, Term)>,
    /// Whether these are all: no `*` or `**` of something unknown.
    pub is_whole: bool,
}

impl Term {
    /// The string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The call.
    pub fn call(&self) -> Option<&Invocation> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The last part of the path of what is named or called: `Integer` of `sqlalchemy.Integer()`.
    pub fn last_name(&self) -> Option<&str> {
        match self {
            Self::Name(path) => path.rsplit('.').next(),
            Self::Call(call) => call.callee.last_name(),
            Self::Attribute(_, name) => Some(name),
            _ => None,
        }
    }

    /// The full path of what is named.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Name(path) => Some(path),
            _ => None,
        }
    }

    /// Whether every part of it is known.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(terms) => terms.iter().all(Self::is_known),
            Self::Dict(pairs) => {
                pairs.iter().all(|(key, value)| key.is_known() && value.is_known())
            }
            Self::Call(call) => {
                call.is_whole
                    && call.callee.is_known()
                    && call.arguments.iter().all(Self::is_known)
                    && call.keywords.iter().all(|(_, value)| value.is_known())
            }
            Self::Attribute(of, _) => of.is_known(),
            _ => true,
        }
    }

    /// It and every part of it, each before its parts.
    pub fn parts(&self) -> Vec<&Self> {
        let mut parts = Vec::new();
        let mut waiting = vec![self];
        while let Some(term) = waiting.pop() {
            parts.push(term);
            match term {
                Self::List(terms) => waiting.extend(terms.iter().rev()),
                Self::Dict(pairs) => {
                    waiting.extend(pairs.iter().rev().flat_map(|(key, value)| [value, key]));
                }
                Self::Call(call) => {
                    waiting.extend(call.keywords.iter().rev().map(|(_, value)| value));
                    waiting.extend(call.arguments.iter().rev());
                    waiting.push(&call.callee);
                }
                Self::Attribute(of, _) => waiting.push(of),
                _ => {}
            }
        }
        parts
    }
}

impl Invocation {
    /// An argument by its name, or by its place.
    pub fn get(&self, name: &str, place: Option<usize>) -> Option<&Term> {
        let named =
            self.keywords.iter().find(|(keyword, _)| keyword == name).map(|(_, value)| value);
        named.or_else(|| place.and_then(|place| self.arguments.get(place)))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |out: &mut fmt::Formatter<'_>, terms: &[Self]| {
            for (index, term) in terms.iter().enumerate() {
                write!(out, "{}{term}", if index == 0 { "" } else { ", " })?;
            }
            Ok(())
        };
        match self {
            Self::None => out.write_str("None"),
            Self::Bool(true) => out.write_str("True"),
            Self::Bool(false) => out.write_str("False"),
            Self::Text(text) => write!(out, "'{text}'"),
            Self::Number(number) => out.write_str(number),
            Self::List(terms) => {
                out.write_str("[")?;
                list(out, terms)?;
                out.write_str("]")
            }
            Self::Dict(pairs) => {
                out.write_str("{")?;
                for (key, value) in pairs {
                    write!(out, "{key}: {value}, ")?;
                }
                out.write_str("}")
            }
            Self::Name(path) => out.write_str(path.rsplit('.').next().unwrap_or(path)),
            Self::Attribute(of, name) => write!(out, "{of}.{name}"),
            Self::Call(call) if call.arguments.is_empty() && call.keywords.is_empty() => {
                write!(out, "{}", call.callee)
            }
            Self::Call(call) => {
                write!(out, "{}(", call.callee)?;
                list(out, &call.arguments)?;
                for (index, (name, value)) in call.keywords.iter().enumerate() {
                    let comma = index > 0 || !call.arguments.is_empty();
                    // `String(length=50)` is `String(50)`.
                    let is_length = name == "length" && !comma;
                    out.write_str(if comma { ", " } else { "" })?;
                    if !is_length {
                        write!(out, "{name}=")?;
                    }
                    write!(out, "{value}")?;
                }
                out.write_str(")")
            }
            Self::Unknown => out.write_str("?"),
        }
    }
}
