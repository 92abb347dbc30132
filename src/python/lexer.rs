//! The strict fast tier: answers only what is provably simple, and declines the rest.
//!
//! It goes over the file as far as the last word that could matter and knows strings, comments and brackets. (A name
//! in other letters can be the same name to Python, so what holds more than ASCII it goes over to its end.) It
//! answers when every word that could matter stands in a comment or a string, or is the target of the only
//! assignment of its name: a line from column 0, `name[: annotation] = literal`. Everything else, down to an
//! escape in an id or a quote inside an f-string's hole, is left to the parser ([`super::read`]), with which it
//! must agree. Errors in bodies are not seen here.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Match};

use super::decode::offset;
use super::value::{Kind, Value};
use super::{Docstring, Reading, State, name_of};
use crate::script::{Body, Span};

/// The words that can bind one of the names, and what begins a line of a conflict. `import` for `import *`.
const WORDS: [&str; 14] = [
    "revision",
    "branch_labels",
    "depends_on",
    "__doc__",
    "__name__",
    "globals",
    "locals",
    "vars",
    "exec",
    "import",
    "<<<<<<<",
    ">>>>>>>",
    "|||||||",
    "\n=======",
];

/// Finds [`WORDS`] with vector instructions, at least five times faster than the automaton.
static PACKED: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(WORDS));

/// Finds [`WORDS`] on processors without them.
static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WORDS).ok());

/// Reads a decoded module that has no flaws; `None` when it is not simple enough.
pub fn read(text: &str) -> Option<Reading> {
    let hits = hits(text)?;
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        ascii: text.is_ascii(),
        last: hits.last().map_or(0, Hit::end),
        hits: &hits,
        open: Vec::new(),
        states: Default::default(),
    };
    let docstring = lexer.docstring()?;
    lexer.run()?;
    Some(Reading {
        states: lexer.states,
        docstring,
        syntax: None,
        comments: Vec::new(),
        upgrade: Body::Unknown,
        downgrade: Body::Unknown,
        top_level: Body::Unknown,
    })
}

/// A whole word of [`WORDS`].
#[derive(Clone, Copy)]
struct Hit {
    start: usize,
    word: usize,
    end: usize,
}

impl Hit {
    fn end(&self) -> usize {
        self.end
    }
}

/// Every whole word that could matter, in order; `None` where there is a conflict.
fn hits(text: &str) -> Option<Vec<Hit>> {
    match PACKED.as_ref() {
        Some(searcher) => collect(text, searcher.find_iter(text)),
        None => collect(text, AUTOMATON.as_ref()?.find_iter(text)),
    }
}

fn collect(text: &str, matches: impl Iterator<Item = Match>) -> Option<Vec<Hit>> {
    let mut hits = Vec::with_capacity(16);
    for found in matches {
        // A conflict counts in a string as well.
        if WORDS[found.pattern().as_usize()] == "<<<<<<<" {
            return None;
        }
        hits.extend(whole(text.as_bytes(), found));
    }
    Some(hits)
}

/// The word at a match, unless that is a part of a longer one.
fn whole(bytes: &[u8], found: Match) -> Option<Hit> {
    let (mut start, end) = (found.start(), found.end());
    let word = found.pattern().as_usize();
    if word == 0 && bytes[..start].ends_with(b"down_") {
        start -= b"down_".len();
    }
    let joins = |byte: Option<&u8>| byte.is_some_and(|&byte| is_word(byte));
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let is_marker = word >= 10;
    if !is_marker && (joins(before) || joins(bytes.get(end))) {
        return None;
    }
    Some(Hit { start, word, end })
}

/// Whether a byte may belong to an identifier.
pub fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Where the first of three bytes stands. Most strings of a migration end after a few, when a search by vector
/// instructions has hardly begun.
fn find3([a, b, c]: [u8; 3], bytes: &[u8]) -> Option<usize> {
    let near = bytes.len().min(16);
    let found = bytes[..near].iter().position(|&byte| byte == a || byte == b || byte == c);
    found.or_else(|| Some(near + memchr::memchr3(a, b, c, &bytes[near..])?))
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    ascii: bool,
    /// The end of the last hit: brackets matter no further.
    last: usize,
    /// Those not yet passed.
    hits: &'a [Hit],
    /// The open brackets.
    open: Vec<u8>,
    states: [State; 4],
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The docstring, when the first statement is a plain string or plainly something else.
    fn docstring(&mut self) -> Option<Docstring> {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\n' => self.at += 1,
                b'#' => self.at = self.line_end(self.at),
                b'"' | b'\'' => return self.docstring_at(self.at, self.at),
                b'r' if matches!(self.byte(self.at + 1), Some(b'"' | b'\'')) => {
                    return self.docstring_at(self.at, self.at + 1);
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'@' => {
                    let word = self.bytes[self.at..].iter().take_while(|byte| is_word(**byte));
                    let quoted = self.byte(self.at + word.count());
                    let prefix = matches!(quoted, Some(b'"' | b'\''));
                    return (!prefix).then(Docstring::default);
                }
                _ => return None,
            }
        }
        Some(Docstring::default())
    }

    /// The string that starts at `start`, with its quote at `quote`, if nothing follows it on its line.
    fn docstring_at(&mut self, start: usize, quote: usize) -> Option<Docstring> {
        let (content, end) = self.string(quote)?;
        let text = self.text.get(content.range())?;
        if start == quote && text.contains('\\') {
            return None;
        }
        self.at = end;
        self.pass(end);
        let after = self.skip_blank(end);
        match self.byte(after) {
            None | Some(b'\n' | b'#') => {}
            Some(_) => return None,
        }
        Some(Docstring { text: text.to_owned(), literals: vec![content] })
    }

    /// Goes over the file as far as anything in it can matter.
    fn run(&mut self) -> Option<()> {
        while !(self.hits.is_empty() && self.ascii) {
            let rest = &self.bytes[self.at..];
            let length = find3([b'"', b'\'', b'#'], rest).unwrap_or(rest.len());
            let end = self.at + length;
            let assigned = self.code(end)?;
            if assigned {
                continue;
            }
            self.at = end;
            match self.byte(end) {
                None => break,
                Some(b'#') => {
                    self.at = self.line_end(end);
                    self.pass(self.at);
                }
                Some(_) => self.skip_string(end)?,
            }
        }
        Some(())
    }

    /// Takes the code up to `end`. True when it came to an assignment, which may have led beyond `end`.
    fn code(&mut self, end: usize) -> Option<bool> {
        if !self.ascii && !self.bytes[self.at..end].is_ascii() {
            return None;
        }
        while let Some(&hit) = self.hits.first().filter(|hit| hit.start < end) {
            self.brackets(hit.start)?;
            self.hits = &self.hits[1..];
            match WORDS[hit.word] {
                "revision" | "branch_labels" | "depends_on" => {
                    self.assignment(hit)?;
                    return Some(true);
                }
                "import" => {
                    let next = self.skip_blank(hit.end);
                    if matches!(self.byte(next), Some(b'*' | b'\\' | 0x0c)) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        if self.at < self.last {
            self.brackets(end)?;
        }
        Some(false)
    }

    /// Counts the brackets of code up to `end`.
    fn brackets(&mut self, end: usize) -> Option<()> {
        for &byte in self.bytes.get(self.at..end)? {
            match byte {
                b'(' => self.open.push(b')'),
                b'[' => self.open.push(b']'),
                b'{' => self.open.push(b'}'),
                b')' | b']' | b'}' if self.open.pop() != Some(byte) => return None,
                _ => {}
            }
        }
        self.at = end;
        Some(())
    }

    /// `name[: annotation] = literal` from column 0 to the end of its line.
    fn assignment(&mut self, hit: Hit) -> Option<()> {
        let name = name_of(self.text.get(hit.start..hit.end)?)?;
        let fresh = self.states[name as usize] == State::Unset;
        if !fresh || !self.open.is_empty() || !self.starts_statement(hit.start) {
            return None;
        }
        let mut at = self.skip_blank(hit.end);
        if self.byte(at) == Some(b':') {
            at = self.annotation(at + 1)?;
        }
        if self.byte(at) != Some(b'=') || self.hits.first().is_some_and(|hit| hit.start < at) {
            return None;
        }
        let (value, end) = self.literal(self.skip_blank(at + 1))?;
        let end = self.skip_blank(end);
        let end = match self.byte(end) {
            None | Some(b'\n') => end,
            Some(b'#') => self.line_end(end),
            Some(_) => return None,
        };
        self.states[name as usize] = State::Known(value);
        self.at = end;
        self.pass(end);
        Some(())
    }

    /// Whether a statement starts here: at the start of a line that does not continue another.
    fn starts_statement(&self, at: usize) -> bool {
        match self.bytes[..at] {
            [] | [b'\n'] => true,
            [.., before, b'\n'] => before != b'\\',
            _ => false,
        }
    }

    /// The `=` after an annotation of names, brackets, `|` and commas.
    fn annotation(&self, start: usize) -> Option<usize> {
        let mut open = 0_usize;
        for at in start..self.bytes.len() {
            match self.bytes[at] {
                b'=' if open == 0 => {
                    return (self.text.get(start..at)?.trim() != "").then_some(at);
                }
                b'[' => open += 1,
                b']' => open = open.checked_sub(1)?,
                b',' if open == 0 => return None,
                b' ' | b'\t' | b',' | b'.' | b'|' | b'_' => {}
                byte if byte.is_ascii_alphanumeric() => {}
                _ => return None,
            }
        }
        None
    }

    /// `None`, a plain string, or a tuple or list of plain strings; and where it ends.
    fn literal(&self, start: usize) -> Option<(Value, usize)> {
        let (kind, end) = match self.byte(start)? {
            b'N' if self.bytes[start..].starts_with(b"None") => (Kind::None, start + 4),
            b'(' => return self.sequence(start, b')', "tuple"),
            b'[' => return self.sequence(start, b']', "list"),
            _ => return self.plain_string(start),
        };
        let span = Span { start: offset(start), end: offset(end) };
        Some((Value { kind, span }, end))
    }

    /// A string of one line without escapes, with no prefix but `u`.
    fn plain_string(&self, start: usize) -> Option<(Value, usize)> {
        let prefixed = matches!(self.byte(start), Some(b'u' | b'U'));
        let quote_at = start + usize::from(prefixed);
        let quote = self.byte(quote_at).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let content = quote_at + 1;
        let length = find3([quote, b'\\', b'\n'], self.bytes.get(content..)?)?;
        let end = content + length;
        let closed = self.byte(end) == Some(quote);
        let triple = length == 0 && self.byte(end + 1) == Some(quote);
        if !closed || triple {
            return None;
        }
        let text = self.text.get(content..end)?.to_owned();
        let span = Span { start: offset(start), end: offset(end + 1) };
        Some((Value { kind: Kind::Str(text), span }, end + 1))
    }

    /// Plain strings between brackets, over several lines and with comments.
    fn sequence(&self, start: usize, close: u8, kind: &'static str) -> Option<(Value, usize)> {
        let mut elements = Vec::new();
        let mut commas = 0;
        let mut at = self.skip_lines(start + 1);
        while self.byte(at)? != close {
            if elements.len() > commas {
                return None;
            }
            let (element, end) = self.plain_string(at)?;
            elements.push(element);
            at = self.skip_lines(end);
            if self.byte(at)? == b',' {
                commas += 1;
                at = self.skip_lines(at + 1);
            }
        }
        let end = at + 1;
        let span = Span { start: offset(start), end: offset(end) };
        if close == b')' && commas == 0 && !elements.is_empty() {
            // Parentheses alone make no tuple.
            return elements.pop().map(|element| (element, end));
        }
        Some((Value { kind: Kind::Sequence(kind, elements), span }, end))
    }

    fn skip_blank(&self, at: usize) -> usize {
        let blank = self.bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        at + blank.count()
    }

    /// Skips blanks, newlines and comments, as inside brackets.
    fn skip_lines(&self, mut at: usize) -> usize {
        loop {
            at = self.skip_blank(at);
            match self.byte(at) {
                Some(b'\n') => at += 1,
                Some(b'#') => at = self.line_end(at),
                _ => return at,
            }
        }
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    /// Leaves out the hits before `end`; says whether there were any.
    fn pass(&mut self, end: usize) -> bool {
        let before = self.hits.len();
        while let Some((_, rest)) = self.hits.split_first().filter(|(hit, _)| hit.start < end) {
            self.hits = rest;
        }
        self.hits.len() < before
    }

    /// Skips the string whose quote is at `quote`.
    fn skip_string(&mut self, quote: usize) -> Option<()> {
        let (content, end) = self.string(quote)?;
        let prefix = self.bytes[..quote].iter().rev().take(3).take_while(|byte| is_word(**byte));
        let interpolated = prefix.into_iter().any(|byte| b"fFtT".contains(byte));
        let holes = interpolated && !self.holes_are_plain(content)?;
        let passed = self.pass(end);
        self.at = end;
        (!(holes && passed)).then_some(())
    }

    /// Whether the content of an f-string has no holes at all; declines those in which the string could go on
    /// beyond the quote that seemed to close it.
    fn holes_are_plain(&self, content: Span) -> Option<bool> {
        let mut bytes = self.bytes[content.range()].iter().copied().peekable();
        let mut inside = false;
        let mut none = true;
        while let Some(byte) = bytes.next() {
            match byte {
                b'{' | b'}' if !inside && bytes.peek() == Some(&byte) => {
                    bytes.next();
                }
                b'{' | b'"' | b'\'' | b'\\' | b'#' if inside => return None,
                b'{' => (inside, none) = (true, false),
                b'}' => inside = false,
                _ => {}
            }
        }
        (!inside).then_some(none)
    }

    /// The content of the string whose quote is at `quote`, and where the string ends.
    fn string(&self, quote: usize) -> Option<(Span, usize)> {
        let mark = self.byte(quote)?;
        let triple = self.bytes[quote..].starts_with(&[mark; 3]);
        let start = quote + if triple { 3 } else { 1 };
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..)?;
            // A newline ends what has no triple quotes; there it stands in for a byte that cannot matter.
            let newline = if triple { mark } else { b'\n' };
            let found = at + find3([mark, b'\\', newline], rest)?;
            match self.bytes[found] {
                b'\\' => at = found + 2,
                byte if byte != mark => return None,
                _ if triple && !self.bytes[found..].starts_with(&[mark; 3]) => at = found + 1,
                _ => {
                    let content = Span { start: offset(start), end: offset(found) };
                    return Some((content, found + if triple { 3 } else { 1 }));
                }
            }
        }
    }
}
