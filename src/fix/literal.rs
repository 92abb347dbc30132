//! The source text of a value: what it is made of, and what it becomes.
//!
//! Works on the bytes of one expression, in any encoding that holds ASCII at its usual place. It knows strings,
//! comments, brackets and commas and nothing else of Python: whoever uses it reads the result again.

use std::fmt::Write as _;
use std::ops::Range;

/// A string literal in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The whole literal with its prefix.
    pub whole: Range<usize>,
    /// What stands between the quotes.
    pub content: Range<usize>,
}

/// How string literals are written: prefix and quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    prefix: String,
    quote: String,
}

impl Default for Style {
    /// As Python's `repr`, and so Alembic's templates, write them.
    fn default() -> Self {
        Self { prefix: String::new(), quote: "'".into() }
    }
}

impl Style {
    /// The style of the first string in an expression.
    pub fn of(source: &[u8]) -> Option<Self> {
        let quoted = tokens(source).into_iter().find_map(|token| token.quoted)?;
        Some(Self::at(source, &quoted))
    }

    fn at(source: &[u8], quoted: &Quoted) -> Self {
        let text = |range: Range<usize>| String::from_utf8_lossy(&source[range]).into_owned();
        let quote = text(quoted.content.end..quoted.whole.end);
        let prefix = text(quoted.whole.start..quoted.content.start - quote.len());
        Self { prefix, quote }
    }

    /// The literal of a text. A prefix that would change its meaning is left out.
    pub fn literal(&self, text: &str) -> String {
        let quote = self.quote.as_str();
        if is_plain(text) && !self.prefix.contains(['b', 'B', 'f', 'F', 't', 'T']) {
            return format!("{}{quote}{text}{quote}", self.prefix);
        }
        let mut escaped = String::new();
        for c in text.chars() {
            match c {
                '\\' | '\'' | '"' => escaped.extend(['\\', c]),
                '\n' => escaped.push_str("\\n"),
                '\r' => escaped.push_str("\\r"),
                '\t' => escaped.push_str("\\t"),
                c if c.is_control() => {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\x{:02x}", u32::from(c));
                }
                c => escaped.push(c),
            }
        }
        format!("{quote}{escaped}{quote}")
    }

    /// The source of a whole value: `None`, a string, or a tuple of strings.
    pub fn value(&self, texts: &[&str]) -> String {
        match texts {
            [] => "None".into(),
            [text] => self.literal(text),
            _ => {
                let literals: Vec<String> = texts.iter().map(|text| self.literal(text)).collect();
                format!("({})", literals.join(", "))
            }
        }
    }
}

/// Whether a text means itself between any quotes, in any kind of string.
fn is_plain(text: &str) -> bool {
    !text.contains(['\\', '\'', '"', '{', '}']) && !text.chars().any(char::is_control)
}

/// A replacement inside an expression.
pub type Splice = (Range<usize>, String);

/// The edits that turn the expression `source`, which stands for `old`, into one for `new`, with its layout kept.
/// `None` when its form is not understood, so that the whole has to be replaced.
pub fn splices(source: &[u8], old: &[&str], new: &[&str]) -> Option<Vec<Splice>> {
    let tokens = tokens(source);
    if let ([token], [text]) = (&tokens[..], new)
        && let Some(quoted) = &token.quoted
    {
        return Some(vec![string(source, quoted, text)]);
    }
    let sequence = Sequence::read(source, &tokens)?;
    let stays = new.len() > 1 || new.len() == 1 && sequence.entries.len() == 1;
    (stays && sequence.entries.len() == old.len() && !old.is_empty())
        .then(|| sequence.splices(old, new))
}

/// The literal `quoted` with another text.
fn string(source: &[u8], quoted: &Quoted, text: &str) -> Splice {
    let style = Style::at(source, quoted);
    if is_plain(text) && !style.prefix.contains(['b', 'B']) {
        return (quoted.content.clone(), text.into());
    }
    (quoted.whole.clone(), style.literal(text))
}

struct Token {
    range: Range<usize>,
    quoted: Option<Quoted>,
}

/// What an expression is made of, white space, comments and line joints aside.
fn tokens(source: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = source.get(at) {
        let start = at;
        let mut quoted = None;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'\\' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = comment_end(source, at);
                continue;
            }
            _ if is_word(byte) || matches!(byte, b'\'' | b'"') => {
                at += source[at..].iter().take_while(|&&byte| is_word(byte)).count();
                quoted = quoted_at(source, start, at);
                at = quoted.as_ref().map_or(at, |quoted| quoted.whole.end);
            }
            _ => at += 1,
        }
        tokens.push(Token { range: start..at, quoted });
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    crate::python::is_word(byte)
}

fn comment_end(source: &[u8], at: usize) -> usize {
    source[at..]
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(source.len(), |n| at + n)
}

/// The string literal from `start` whose quotes begin at `open`.
fn quoted_at(source: &[u8], start: usize, open: usize) -> Option<Quoted> {
    let quote = *source.get(open).filter(|byte| matches!(byte, b'\'' | b'"'))?;
    let width = if source[open..].starts_with(&[quote; 3]) { 3 } else { 1 };
    let closing = [quote; 3];
    let mut at = open + width;
    while !source.get(at..)?.starts_with(&closing[..width]) {
        at += if *source.get(at)? == b'\\' { 2 } else { 1 };
    }
    Some(Quoted { whole: start..at + width, content: open + width..at })
}

/// One entry of a sequence.
struct Entry {
    core: Range<usize>,
    quoted: Option<Quoted>,
    /// Where the comma behind it is.
    comma: Option<usize>,
}

/// A tuple, list or set as it is written.
struct Sequence<'a> {
    source: &'a [u8],
    entries: Vec<Entry>,
    /// Whether a line may end anywhere between the entries.
    bracketed: bool,
}

impl<'a> Sequence<'a> {
    fn read(source: &'a [u8], tokens: &[Token]) -> Option<Self> {
        let byte = |token: &Token| source[token.range.start];
        let bracketed = encloses(source, tokens);
        let inner = if bracketed { tokens.get(1..tokens.len() - 1)? } else { tokens };
        let (mut entries, mut entry, mut open): (Vec<Entry>, Option<Entry>, usize) =
            (Vec::new(), None, 0);
        for token in inner {
            match byte(token) {
                b',' if open == 0 => {
                    let mut done = entry.take()?;
                    done.comma = Some(token.range.start);
                    entries.push(done);
                    continue;
                }
                b':' | b'*' if open == 0 => return None,
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' => open = open.checked_sub(1)?,
                _ => {}
            }
            if let Some(entry) = &mut entry {
                entry.core.end = token.range.end;
                entry.quoted = None;
            } else {
                let (core, quoted) = (token.range.clone(), token.quoted.clone());
                entry = Some(Entry { core, quoted, comma: None });
            }
        }
        entries.extend(entry);
        let has_comma = entries.iter().any(|entry| entry.comma.is_some());
        (bracketed || has_comma).then_some(Self { source, entries, bracketed })
    }

    fn splices(&self, old: &[&str], new: &[&str]) -> Vec<Splice> {
        let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
        let head = old.iter().zip(new).take_while(same).count();
        let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
        let (from, until) = (head, old.len() - tail);
        let fresh = &new[head..new.len() - tail];
        let replaced = fresh.len().min(until - from);
        let mut splices: Vec<Splice> = self.entries[from..]
            .iter()
            .zip(&fresh[..replaced])
            .map(|(entry, text)| self.replaced(entry, text))
            .collect();
        if from + replaced < until {
            self.remove(from + replaced..until, &mut splices);
        } else {
            self.insert(until, &fresh[replaced..], &mut splices);
        }
        splices
    }

    fn replaced(&self, entry: &Entry, text: &str) -> Splice {
        match &entry.quoted {
            Some(quoted) => string(self.source, quoted, text),
            None => (entry.core.clone(), self.style().literal(text)),
        }
    }

    fn style(&self) -> Style {
        Style::of(self.source).unwrap_or_default()
    }

    /// What stands before an entry on a line of its own, else a blank.
    fn gap(&self) -> String {
        let Some(last) = self.entries.last() else { return " ".into() };
        let start = self.entries.len().checked_sub(2).and_then(|at| self.entries.get(at));
        let start = start.map_or(0, |before| before.core.end);
        let between = &self.source[start..last.core.start];
        let newline = between.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
        match newline.filter(|_| self.bracketed) {
            Some(at) => {
                let crlf = between[at] == b'\n' && at > 0 && between[at - 1] == b'\r';
                String::from_utf8_lossy(&between[at - usize::from(crlf)..]).into_owned()
            }
            None => " ".into(),
        }
    }

    /// Puts `texts` before the entry `at`, or at the end.
    fn insert(&self, at: usize, texts: &[&str], splices: &mut Vec<Splice>) {
        if texts.is_empty() {
            return;
        }
        let (style, gap) = (self.style(), self.gap());
        let literals = texts.iter().map(|text| style.literal(text));
        let Some(before) = at.checked_sub(1).and_then(|at| self.entries.get(at)) else {
            if let Some(first) = self.entries.first() {
                let text: Vec<String> =
                    literals.map(|literal| format!("{literal},{gap}")).collect();
                splices.push((first.core.start..first.core.start, text.concat()));
            }
            return;
        };
        let behind = before.comma.map_or(before.core.end, |comma| comma + 1);
        // A comment on the line of an entry is about that entry.
        let place =
            if gap.trim_matches([' ', '\t']).is_empty() { behind } else { self.line_end(behind) };
        if before.comma.is_some() {
            let text: Vec<String> = literals.map(|literal| format!("{gap}{literal},")).collect();
            splices.push((place..place, text.concat()));
        } else {
            splices.push((behind..behind, ",".into()));
            let listed: Vec<String> = literals.map(|literal| format!("{gap}{literal}")).collect();
            splices.push((place..place, listed.join(",")));
        }
    }

    /// The end of the comment that follows on the same line, else `at`.
    fn line_end(&self, at: usize) -> usize {
        let blank = self.blank_from(at);
        if self.source.get(blank) == Some(&b'#') { comment_end(self.source, blank) } else { at }
    }

    fn blank_from(&self, at: usize) -> usize {
        let blank = self.source[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        at + blank.count()
    }

    fn blank_before(&self, at: usize) -> usize {
        let blank = self.source[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t'));
        at - blank.count()
    }

    /// Takes entries away, with their commas, and with the lines that would be empty then.
    fn remove(&self, gone: Range<usize>, splices: &mut Vec<Splice>) {
        let at_end = gone.end == self.entries.len();
        let trailing = self.entries.last().is_some_and(|last| last.comma.is_some());
        let before = gone.start.checked_sub(1).and_then(|at| self.entries.get(at));
        if let Some(comma) = before.and_then(|before| before.comma).filter(|_| at_end && !trailing)
        {
            splices.push((comma..comma + 1, String::new()));
        }
        for entry in &self.entries[gone] {
            let end = match entry.comma {
                Some(comma) if self.blank_from(entry.core.end) == comma => comma + 1,
                Some(comma) => {
                    splices.push((comma..comma + 1, String::new()));
                    entry.core.end
                }
                None => entry.core.end,
            };
            splices.push((self.widened(entry.core.start..end, at_end), String::new()));
        }
    }

    /// What goes with an entry: its line if nothing else is on it, else the blanks on one side.
    fn widened(&self, range: Range<usize>, at_end: bool) -> Range<usize> {
        let (start, end) = (self.blank_before(range.start), self.blank_from(range.end));
        let is_newline = |byte: &&u8| matches!(byte, b'\n' | b'\r');
        let opens_line = start.checked_sub(1).and_then(|at| self.source.get(at)).filter(is_newline);
        let newline = match self.source.get(end..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\n' | b'\r', ..]) => 1,
            _ => 0,
        };
        match (opens_line.is_some(), newline) {
            (true, 1..) => start..end + newline,
            (false, _) if at_end => start..range.end,
            _ => range.start..end,
        }
    }
}

/// Whether the first bracket of an expression is closed by its last token.
fn encloses(source: &[u8], tokens: &[Token]) -> bool {
    let byte = |token: &Token| source[token.range.start];
    if !tokens.first().is_some_and(|first| matches!(byte(first), b'(' | b'[' | b'{')) {
        return false;
    }
    let mut open = 0_usize;
    for token in tokens {
        match byte(token) {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return Some(token.range.end) == tokens.last().map(|last| last.range.end);
        }
    }
    false
}
