//! From the text of a template to its pieces, split where Mako splits it (1.4.3, `Lexer`).
//!
//! Nothing of Python is understood here beyond where a string or a comment ends. What Mako would refuse, and what is
//! rare enough not to be worth being sure of, is refused with its place.

use std::ops::Range;

use super::TemplateError;
use super::scan::{End, until};
use crate::revision::is_python_space;

/// A piece of a template. Comments leave no piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it stands in the text.
    pub(super) place: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text that is copied.
    Text(String),
    /// `${expression | filters}`
    Expression { code: String, filters: String },
    /// `% if …:` and the like: the line without its `%`.
    Control(String),
    /// `<% … %>`
    Block,
    /// `<%! … %>`
    ModuleBlock,
}

/// Splits a text into its pieces, from the line on that starts at `start`.
///
/// Fails on the first construct that is not understood.
pub(super) fn pieces(text: &str, start: usize) -> Result<Vec<Piece>, TemplateError> {
    let mut lexer = Lexer { text, at: start, pieces: Vec::new() };
    // A carriage return alone ends a line for some of Mako's patterns and not for others.
    if let Some((at, _)) = text.match_indices('\r').find(|&(at, _)| !text[at..].starts_with("\r\n"))
    {
        return Err(lexer.error(at..at + 1, "a carriage return without a line feed"));
    }
    while lexer.at < text.len() {
        lexer.step()?;
    }
    Ok(lexer.pieces)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, place: Range<usize>, reason: &str) -> TemplateError {
        TemplateError::at(self.text, place, reason)
    }

    fn push(&mut self, kind: Kind, end: usize) {
        self.pieces.push(Piece { kind, place: self.at..end });
        self.at = end;
    }

    /// Takes the next piece, in the order in which Mako tries them.
    fn step(&mut self) -> Result<(), TemplateError> {
        let rest = self.rest();
        if rest.starts_with("${") {
            return self.expression();
        }
        if self.starts_line() {
            let line = rest.trim_start_matches([' ', '\t']);
            if line.starts_with("##") || (line.starts_with('%') && !line.starts_with("%%")) {
                return self.control_line(rest.len() - line.len());
            }
        }
        if rest.starts_with("<%") {
            return self.tag();
        }
        if self.starts_line() && self.percent() {
            return Ok(());
        }
        if rest.starts_with("</%") {
            return Err(
                self.error(self.at..self.line_end(self.at), "it closes a tag that was not opened")
            );
        }
        self.words();
        Ok(())
    }

    fn starts_line(&self) -> bool {
        self.at == 0 || self.text.as_bytes()[self.at - 1] == b'\n'
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find(['\r', '\n']).map_or(self.text.len(), |length| at + length)
    }

    fn expression(&mut self) -> Result<(), TemplateError> {
        let start = self.at + 2;
        let unfinished = |lexer: &Self| {
            lexer.error(lexer.at..lexer.line_end(lexer.at), "the `}` of the expression is missing")
        };
        let (end, found) =
            until(self.text, start, &[End::Bar, End::Brace]).ok_or_else(|| unfinished(self))?;
        let code = &self.text[start..end];
        let (filters, after) = match found {
            End::Bar => {
                let (close, _) =
                    until(self.text, end + 1, &[End::Brace]).ok_or_else(|| unfinished(self))?;
                (&self.text[end + 1..close], close + 1)
            }
            _ => ("", end + 1),
        };
        let kind = Kind::Expression {
            code: code.replace("\r\n", "\n"),
            filters: filters.trim_matches(is_python_space).to_owned(),
        };
        self.push(kind, after);
        Ok(())
    }

    /// A line that begins with `%` or `##`, `blank` bytes after the place.
    fn control_line(&mut self, blank: usize) -> Result<(), TemplateError> {
        let mark = self.at + blank;
        let comment = self.text[mark..].starts_with("##");
        let mut end = self.line_end(mark);
        // A backslash at its end takes the next line in.
        while comment && self.text[..end].ends_with('\\') && end < self.text.len() {
            end = self.line_end(self.after_newline(end));
        }
        let line = &self.text[mark..end];
        if !comment && line.ends_with('\\') {
            return Err(self.error(mark..end, "a control line that goes on in the next line"));
        }
        let after = self.after_newline(end);
        if comment {
            self.at = after;
        } else {
            let code = line[1..].trim_start_matches([' ', '\t']).to_owned();
            self.pieces.push(Piece { kind: Kind::Control(code), place: mark..end });
            self.at = after;
        }
        Ok(())
    }

    /// The place after the newline at `end`, if there is one.
    fn after_newline(&self, end: usize) -> usize {
        let rest = &self.text[end..];
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        end + length
    }

    /// `<%doc>`, `<% %>` or `<%! %>`; every other tag is refused.
    fn tag(&mut self) -> Result<(), TemplateError> {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("<%doc>")
            && let Some(length) = inside.find("</%doc>")
        {
            self.at += "<%doc>".len() + length + "</%doc>".len();
            return Ok(());
        }
        let line = self.at..self.line_end(self.at);
        let after = &rest[2..];
        if after.starts_with(|c: char| c == '.' || c == ':' || crate::python::word::is_word(c)) {
            return Err(self.error(line, "a tag of mako that is not understood here"));
        }
        let module = after.starts_with('!');
        let start = self.at + 2 + usize::from(module);
        let Some((end, _)) = until(self.text, start, &[End::Block]) else {
            return Err(self.error(line, "the `%>` of the block is missing"));
        };
        let kind = if module { Kind::ModuleBlock } else { Kind::Block };
        self.push(kind, end + 2);
        Ok(())
    }

    /// `%%` at the start of a line, behind any white space: one `%` is left out.
    fn percent(&mut self) -> bool {
        let rest = self.rest();
        let line = rest.trim_start_matches(is_python_space);
        if !line.starts_with("%%") {
            return false;
        }
        let blank = rest.len() - line.len();
        let percents = line.len() - line.trim_start_matches('%').len();
        let text = format!("{}{}", &rest[..blank], &line[1..percents]);
        self.push(Kind::Text(text), self.at + blank + percents);
        true
    }

    /// Text up to what may be something else; a backslash before the end of a line takes both away.
    fn words(&mut self) {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        let mut after = None;
        while end < bytes.len() {
            let rest = &self.text[end..];
            let special = match bytes[end] {
                b'$' => rest.starts_with("${"),
                b'<' => rest.starts_with("<%") || rest.starts_with("</%"),
                b'\\' => {
                    after = ["\\\n", "\\\r\n"].iter().find(|it| rest.starts_with(**it));
                    after.is_some()
                }
                b' ' | b'\t' | b'%' | b'#' if end > 0 && bytes[end - 1] == b'\n' => {
                    let line = rest.trim_start_matches([' ', '\t']);
                    // What stands at the very place was tried before.
                    end > self.at && (line.starts_with('%') || line.starts_with("##"))
                }
                _ => false,
            };
            if special {
                break;
            }
            end += rest.chars().next().map_or(1, char::len_utf8);
        }
        if end > self.at {
            let text = self.text[self.at..end].to_owned();
            self.push(Kind::Text(text), end);
        }
        self.at = end + after.map_or(0, |newline| newline.len());
    }
}
