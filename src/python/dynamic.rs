//! What changes module-level names without being an assignment statement.
//!
//! `globals()[…] = …`, `exec(…)`, `global` in a function, a walrus deep in an expression, a list that is changed
//! after it was assigned. These are found in the tokens rather than in the tree, so that no expression is too
//! deep; what looks like one of them makes the names it may change unknown.

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

use super::module::is_constant;
use super::statement::Run;
use super::value::{self, Value};
use super::{State, name_of};
use crate::script::{Name, Unknown};

/// Makes the states unknown that something dynamic may have changed.
pub fn apply(text: &str, tokens: &Tokens, run: &Run<'_>, states: &mut [State; 4]) {
    if !is_suspicious(text) && !states.iter().any(is_mutable) {
        return;
    }
    let significant: Vec<&Token> = tokens
        .iter()
        .filter(|token| !matches!(token.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline))
        .collect();
    let mut bodies = Bodies { ranges: &run.bodies, next: 0 };
    for at in 0..significant.len() {
        let window = Window { text, tokens: &significant[at..] };
        let inside = bodies.hold(significant[at]);
        let Some((names, why)) = window.event(inside, states) else { continue };
        let span = value::span(significant[at].range());
        for name in names {
            let state = &mut states[name as usize];
            if inside || position(state) <= span.start {
                *state = State::Unknown(why.clone(), span);
            }
        }
    }
}

fn is_suspicious(text: &str) -> bool {
    let holds = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    [":=", "global", "exec", "locals", "vars", "__name__"].into_iter().any(holds)
}

fn is_mutable(state: &State) -> bool {
    matches!(state, State::Known(Value { kind, .. }) if !is_constant(kind))
}

fn position(state: &State) -> u32 {
    match state {
        State::Unset => 0,
        State::Known(value) => value.span.start,
        State::Unknown(_, span) => span.start,
    }
}

/// The bodies of functions and classes, in the order of the text.
struct Bodies<'a> {
    ranges: &'a [TextRange],
    next: usize,
}

impl Bodies<'_> {
    /// Whether a token stands in one; tokens are asked for in their order.
    fn hold(&mut self, token: &Token) -> bool {
        while self.ranges.get(self.next).is_some_and(|range| range.end() <= token.start()) {
            self.next += 1;
        }
        self.ranges.get(self.next).is_some_and(|range| range.start() <= token.start())
    }
}

/// The tokens from one on.
struct Window<'a> {
    text: &'a str,
    tokens: &'a [&'a Token],
}

impl Window<'_> {
    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind())
    }

    fn word(&self, at: usize) -> &str {
        let range = self.tokens.get(at).map(|token| value::span(token.range()));
        range.and_then(|span| self.text.get(span.range())).unwrap_or("")
    }

    /// The names that what stands here may change.
    fn event(&self, inside: bool, states: &[State; 4]) -> Option<(Vec<Name>, Unknown)> {
        match self.kind(0)? {
            TokenKind::Global => Some((self.declared(), Unknown::Rebound)),
            _ if inside => None,
            TokenKind::Name => {
                let word = self.word(0);
                if let Some(name) = name_of(word) {
                    return self.use_of(name, &states[name as usize]);
                }
                let rebound = |names: Vec<Name>| Some((names, Unknown::Rebound));
                match word {
                    "exec" if self.kind(1) == Some(TokenKind::Lpar) => rebound(Name::ALL.into()),
                    "globals" | "locals" | "vars" => rebound(self.changed_by_mapping()?),
                    _ => None,
                }
            }
            TokenKind::Lsqb if self.word(1) == "__name__" => {
                Some((Name::ALL.into(), Unknown::Rebound))
            }
            _ => None,
        }
    }

    /// A use of one of the four names outside an assignment to it.
    fn use_of(&self, name: Name, state: &State) -> Option<(Vec<Name>, Unknown)> {
        match self.kind(1)? {
            TokenKind::ColonEqual => Some((vec![name], Unknown::Computed)),
            // The target of an assignment, or a mere annotation.
            TokenKind::Equal | TokenKind::Colon => None,
            _ if is_mutable(state) => Some((vec![name], Unknown::Rebound)),
            _ => None,
        }
    }

    /// The names after `global`.
    fn declared(&self) -> Vec<Name> {
        (1..)
            .take_while(|&at| matches!(self.kind(at), Some(TokenKind::Name | TokenKind::Comma)))
            .filter_map(|at| name_of(self.word(at)))
            .collect()
    }

    /// What `globals()` and the like may be used to change here.
    fn changed_by_mapping(&self) -> Option<Vec<Name>> {
        if self.kind(1) != Some(TokenKind::Lpar) {
            return None;
        }
        if self.kind(2) != Some(TokenKind::Rpar) {
            // `vars(thing)` is about something else, unless that is the module.
            return None;
        }
        match (self.kind(3), self.kind(4), self.kind(5)) {
            (Some(TokenKind::Lsqb), Some(TokenKind::String), Some(TokenKind::Rsqb)) => {
                let key = self.word(4).trim_matches(['"', '\'']);
                let plain = !key.contains(['\\', '"', '\'']);
                match self.kind(6) {
                    Some(TokenKind::Equal) if plain => Some(name_of(key).into_iter().collect()),
                    Some(TokenKind::Equal) => Some(Name::ALL.into()),
                    Some(TokenKind::PlusEqual | TokenKind::PercentEqual | TokenKind::StarEqual) => {
                        Some(Name::ALL.into())
                    }
                    _ => None,
                }
            }
            (Some(TokenKind::Dot), Some(TokenKind::Name), _) => {
                let reads = ["get", "items", "keys", "values", "copy"].contains(&self.word(4));
                (!reads).then(|| Name::ALL.into())
            }
            _ => Some(Name::ALL.into()),
        }
    }
}
