//! How deep Python may be nested.
//!
//! CPython refuses more than 200 open brackets and more than 99 indents (3.11, `MAXLEVEL` and `MAXINDENT` in
//! Parser/tokenizer.c), and expressions of some 3,000 operators in a chain (its recursion limit while compiling).
//! What lies beyond is refused here before the parser sees it: one million parentheses would cost it seconds and
//! more than a gigabyte.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;
use ruff_text_size::Ranged;

use super::decode::offset;
use super::value;
use crate::script::Span;

const MAX_BRACKETS: usize = 200;
const MAX_INDENTS: usize = 99;
const MAX_CHAIN: usize = 3000;

/// Below both, no nesting can hurt the parser; [`check`] then finds what CPython refuses.
const SMALL_FILE: usize = 16 << 10;
const FEW_OPERATORS: usize = 1500;

/// One for each byte with which an operator or a bracket begins.
const OPERATORS: [u8; 256] = {
    let mut table = [0; 256];
    let operators = b"([{.+-*/%@&|^~:";
    let mut at = 0;
    while at < operators.len() {
        table[operators[at] as usize] = 1;
        at += 1;
    }
    table
};

/// Refuses what would cost the parser too much. Fails with the place.
pub fn check_before(text: &str) -> Result<(), Span> {
    let operators = || text.bytes().map(|byte| usize::from(OPERATORS[usize::from(byte)])).sum();
    if text.len() <= SMALL_FILE && FEW_OPERATORS >= operators() {
        return Ok(());
    }
    let mut lexer = lex(text, Mode::Module);
    let mut nesting = Nesting::default();
    loop {
        let kind = lexer.next_token();
        if nesting.exceeded_by(kind) {
            return Err(first_deep_line(text));
        }
        if kind == TokenKind::EndOfFile {
            return Ok(());
        }
    }
}

/// Refuses what CPython refuses. Fails with the place.
pub fn check(tokens: &Tokens) -> Result<(), Span> {
    let mut nesting = Nesting::default();
    match tokens.iter().find(|token| nesting.exceeded_by(token.kind())) {
        Some(token) => Err(value::span(token.range())),
        None => Ok(()),
    }
}

/// About where the nesting is too deep: the lexer does not tell its place, so this counts without regard to
/// strings and comments.
fn first_deep_line(text: &str) -> Span {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Span { start: offset(at), end: offset(at + 1) };
        }
    }
    let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    Span { start: 0, end: offset(end) }
}

/// What is open at some place in a stream of tokens.
#[derive(Default)]
struct Nesting {
    /// For each open bracket, the length of the operator chain around it.
    around: Vec<usize>,
    chain: usize,
    indents: usize,
}

impl Nesting {
    /// Takes one token; true when a limit is exceeded.
    fn exceeded_by(&mut self, kind: TokenKind) -> bool {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                self.around.push(self.chain);
                self.chain = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                // A call or subscript is one more link.
                self.chain = self.around.pop().unwrap_or(0) + 1;
            }
            TokenKind::Comma | TokenKind::Semi => self.chain = 0,
            TokenKind::Newline => {
                self.around.clear();
                self.chain = 0;
            }
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            // Its parameters and their defaults make it the costliest node of the tree.
            TokenKind::Lambda => self.chain += 10,
            kind if links(kind) => self.chain += 1,
            _ => {}
        }
        self.around.len() > MAX_BRACKETS || self.indents > MAX_INDENTS || self.chain > MAX_CHAIN
    }
}

/// Whether a token makes an expression one level deeper without opening a bracket.
fn links(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Dot
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::DoubleStar
            | TokenKind::Percent
            | TokenKind::At
            | TokenKind::Amper
            | TokenKind::Vbar
            | TokenKind::CircumFlex
            | TokenKind::Tilde
            | TokenKind::LeftShift
            | TokenKind::RightShift
            | TokenKind::Not
            | TokenKind::Else
            | TokenKind::Await
            | TokenKind::Yield
            | TokenKind::Async
            | TokenKind::Case
            | TokenKind::Colon
    )
}
