//! From the bytes of a script to its text, as Python decodes source files.
//!
//! UTF-8 unless a byte order mark or an encoding cookie (PEP 263) says otherwise; all newlines become `\n`
//! (CPython 3.11, `translate_newlines` in Parser/tokenizer.c). Decoding never fails: what Python refuses is a
//! [`Flaw`], and the text then holds U+FFFD in its place, so that the rest can still be read. Only encodings
//! that hold ASCII at its usual place are known here.

use std::borrow::Cow;

use crate::script::Span;

/// What Python would refuse while decoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Bytes that mean nothing in the encoding.
    Undecodable {
        /// The name of the encoding, as the file or Python's default has it.
        encoding: Box<str>,
        /// The first such bytes.
        span: Span,
    },
    /// A cookie that names no encoding known here.
    UnknownEncoding {
        /// The name in the cookie.
        encoding: Box<str>,
        /// The cookie's line.
        span: Span,
    },
    /// A NUL byte.
    Nul(Span),
}

/// Leads from places in a derived text back to places in what it was made from.
///
/// A list of segments in which both advance alike; empty when nothing moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    segments: Vec<Segment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    /// Where it begins in the text; it ends where the next one begins.
    text: u32,
    /// Where it begins in the original.
    start: u32,
    /// Where it ends in the original.
    end: u32,
}

impl Offsets {
    /// Says that the text from `text` on, up to the next segment, is `start..end` of the original.
    pub fn push(&mut self, text: usize, start: usize, end: usize) {
        self.segments.push(Segment { text: offset(text), start: offset(start), end: offset(end) });
    }

    /// The range in the original of a range in the text.
    pub fn span(&self, span: Span) -> Span {
        if self.segments.is_empty() {
            return span;
        }
        let start = self.origin(span.start, span.start);
        if span.end <= span.start {
            return Span { start, end: start };
        }
        // Found from the last byte inside: what follows it in the text may stand elsewhere in the original.
        Span { start, end: self.origin(span.end - 1, span.end).max(start) }
    }

    /// The place `at`, by the segment that holds `inside`.
    fn origin(&self, inside: u32, at: u32) -> u32 {
        let next = self.segments.partition_point(|segment| segment.text <= inside);
        match next.checked_sub(1).and_then(|index| self.segments.get(index)) {
            Some(segment) => (segment.start + (at - segment.text)).min(segment.end),
            None => at,
        }
    }
}

/// A length or place in a text of at most [`crate::script::MAX_BYTES`] bytes.
pub fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A decoded script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// Without byte order mark, with `\n` as the only newline.
    pub text: Cow<'a, str>,
    /// From the text back to the bytes.
    pub offsets: Offsets,
    /// What Python would refuse, in the order of the text.
    pub flaws: Vec<Flaw>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes the bytes of a script.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let (encoding, flaws) = encoding(bytes, start);
    let unknown = !flaws.is_empty();
    let mut decoded = match &encoding {
        Encoding::Utf8(name) => utf8(bytes, start, name, unknown, flaws),
        Encoding::Single { name, table } => single(bytes, name, *table),
    };
    if let Some(at) = memchr::memchr(0, bytes) {
        decoded.flaws.push(Flaw::Nul(Span { start: offset(at), end: offset(at + 1) }));
        // The parser takes NUL for the end of the file.
        decoded.text = Cow::Owned(decoded.text.replace('\0', " "));
    }
    decoded
}

/// A text as the file with these bytes would hold it; `None` where its encoding has no such character.
pub fn encode(text: &str, file: &[u8]) -> Option<Vec<u8>> {
    let start = if file.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    match encoding(file, start).0 {
        Encoding::Utf8(_) => Some(text.as_bytes().to_vec()),
        Encoding::Single { table, .. } => text.chars().map(|c| byte_of(c, table)).collect(),
    }
}

fn byte_of(character: char, table: Table) -> Option<u8> {
    if character.is_ascii() {
        return u8::try_from(character).ok();
    }
    (0x80..=0xff).find(|&byte| table(byte) == Some(character))
}

/// The encoding of a file whose text begins at `start`, and what is wrong with its cookie.
fn encoding(bytes: &[u8], start: usize) -> (Encoding, Vec<Flaw>) {
    let bom = start > 0;
    let mut flaws = Vec::new();
    let encoding = match cookie(&bytes[start..]) {
        None => Encoding::Utf8("utf-8".into()),
        Some((name, line)) => match Encoding::named(&name) {
            Some(Encoding::Utf8(name)) => Encoding::Utf8(name),
            Some(encoding) if !bom => encoding,
            _ if bytes.is_ascii() && holds_ascii(&normalised(&name)) => Encoding::Utf8(name),
            _ => {
                let span =
                    Span { start: line.start + offset(start), end: line.end + offset(start) };
                flaws.push(Flaw::UnknownEncoding { encoding: name.clone(), span });
                Encoding::Utf8(name)
            }
        },
    };
    (encoding, flaws)
}

/// The character of a byte from 0x80 on; `None` where the encoding has none.
type Table = fn(u8) -> Option<char>;

enum Encoding {
    Utf8(Box<str>),
    Single { name: Box<str>, table: Table },
}

impl Encoding {
    /// The encoding that Python's tokenizer knows by this name (CPython 3.11, `get_normal_name` in Parser/tokenizer.c).
    fn named(name: &str) -> Option<Self> {
        let normal = normalised(name);
        let latin = ["latin-1-", "iso-8859-1-", "iso-latin-1-"];
        if normal.starts_with("utf-8-") {
            return Some(Self::Utf8(name.into()));
        }
        if latin.iter().any(|prefix| normal.starts_with(prefix)) {
            return Some(Self::Single { name: name.into(), table: latin_1 });
        }
        Some(match Codec::named(name)? {
            Codec::Utf8 | Codec::Utf8Sig => Self::Utf8(name.into()),
            Codec::Single(alphabet) => Self::Single { name: name.into(), table: alphabet.table() },
        })
    }
}

/// An encoding that whole texts are converted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark in front.
    Utf8Sig,
    /// One byte for each character.
    Single(Alphabet),
}

/// What an encoding of one byte for each character can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// ASCII.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// ISO 8859-15.
    Latin9,
    /// Windows 1252.
    Windows1252,
}

impl Codec {
    /// The encoding that Python knows by this name (CPython 3.11, Lib/encodings/aliases.py); `None` for one that is not
    /// known here.
    pub fn named(name: &str) -> Option<Self> {
        Some(match normalised(name).as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "utf8-ucs2" | "utf8-ucs4" | "cp65001" => Self::Utf8,
            "utf-8-sig" => Self::Utf8Sig,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859"
            | "cp819" | "iso8859" | "iso-latin-1" | "iso-ir-100" | "csisolatin1" => {
                Self::Single(Alphabet::Latin1)
            }
            "iso-8859-15" | "iso8859-15" | "latin9" | "latin-9" | "l9" => {
                Self::Single(Alphabet::Latin9)
            }
            "cp1252" | "windows-1252" | "1252" => Self::Single(Alphabet::Windows1252),
            "ascii" | "us-ascii" | "646" | "us" | "ansi-x3.4-1968" | "cp367" | "ibm367"
            | "iso646-us" | "iso-646.irv-1991" => Self::Single(Alphabet::Ascii),
            _ => return None,
        })
    }

    /// The text of these bytes, newlines as they are; `None` where they are no text of this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        match self {
            Self::Utf8 => utf8(bytes),
            Self::Utf8Sig => utf8(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)),
            Self::Single(alphabet) => bytes.iter().map(|&byte| alphabet.character(byte)).collect(),
        }
    }

    /// The bytes of this text.
    ///
    /// Fails with the first character that the encoding does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Utf8Sig => Ok([BYTE_ORDER_MARK, text.as_bytes()].concat()),
            Self::Single(alphabet) => text.chars().map(|c| alphabet.byte(c).ok_or(c)).collect(),
        }
    }
}

impl Alphabet {
    fn table(self) -> Table {
        match self {
            Self::Ascii => |_| None,
            Self::Latin1 => latin_1,
            Self::Latin9 => latin_9,
            Self::Windows1252 => windows_1252,
        }
    }

    fn character(self, byte: u8) -> Option<char> {
        if byte.is_ascii() { Some(char::from(byte)) } else { self.table()(byte) }
    }

    fn byte(self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return u8::try_from(c).ok();
        }
        (0x80..=0xff).find(|&byte| self.table()(byte) == Some(c))
    }
}

fn normalised(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', ' '], "-")
}

/// Whether Python has an encoding of this name that keeps ASCII as it is: a file of ASCII alone is then read
/// rightly without knowing more.
fn holds_ascii(name: &str) -> bool {
    const FAMILIES: [&str; 12] = [
        "iso-8859-",
        "iso8859-",
        "windows-125",
        "cp125",
        "cp437",
        "cp85",
        "cp86",
        "koi8-",
        "mac-",
        "euc-",
        "gb",
        "big5",
    ];
    const NAMES: [&str; 8] =
        ["cp932", "cp936", "cp949", "cp950", "cp866", "shift-jis", "sjis", "tis-620"];
    FAMILIES.iter().any(|family| name.starts_with(family)) || NAMES.contains(&name)
}

// Every table is asked for 0x80 and above only.
#[allow(clippy::unnecessary_wraps, reason = "every decoder has one shape")]
fn latin_1(byte: u8) -> Option<char> {
    Some(char::from(byte))
}

#[allow(clippy::unnecessary_wraps, reason = "every decoder has one shape")]
fn latin_9(byte: u8) -> Option<char> {
    Some(match byte {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        _ => char::from(byte),
    })
}

fn windows_1252(byte: u8) -> Option<char> {
    const UPPER: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0',
        '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => Some(UPPER[usize::from(byte - 0x80)]).filter(|&c| c != '\0'),
        _ => Some(char::from(byte)),
    }
}

/// The encoding cookie in the first two lines, with the line it stands on (PEP 263; CPython 3.11,
/// `tokenize.detect_encoding`).
fn cookie(bytes: &[u8]) -> Option<(Box<str>, Span)> {
    let mut start = 0;
    for _ in 0..2 {
        let rest = bytes.get(start..)?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = &rest[..length];
        let blank = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c)).count();
        match line.get(blank) {
            Some(b'#') => {
                if let Some(name) = cookie_name(&line[blank..]) {
                    return Some((
                        name,
                        Span { start: offset(start), end: offset(start + length) },
                    ));
                }
            }
            Some(_) => return None,
            None => {}
        }
        start += length + 1;
        if rest.get(length) == Some(&b'\r') && rest.get(length + 1) == Some(&b'\n') {
            start += 1;
        }
    }
    None
}

/// The name in a comment: the first `coding:` or `coding=` with a name behind it.
fn cookie_name(comment: &[u8]) -> Option<Box<str>> {
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let after = &comment[at + b"coding".len()..];
        let (b':' | b'=') = after.first()? else { return None };
        let after = &after[1..];
        let blank = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let name: String = after[blank..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .map(|&byte| char::from(byte))
            .collect();
        (!name.is_empty()).then(|| name.into())
    })
}

/// Decodes UTF-8 from `start` on.
fn utf8<'a>(
    bytes: &'a [u8],
    start: usize,
    name: &str,
    unknown: bool,
    mut flaws: Vec<Flaw>,
) -> Decoded<'a> {
    let body = &bytes[start..];
    let returns = memchr::memchr(b'\r', body).is_some();
    let mut builder = Builder::default();
    match std::str::from_utf8(body) {
        Ok(text) if !returns => {
            let mut offsets = Offsets::default();
            if start > 0 {
                offsets.push(0, start, bytes.len());
            }
            return Decoded { text: Cow::Borrowed(text), offsets, flaws };
        }
        Ok(text) => builder.lines(text, start),
        Err(_) => {
            let mut at = start;
            for chunk in body.utf8_chunks() {
                builder.lines(chunk.valid(), at);
                at += chunk.valid().len();
                let length = chunk.invalid().len();
                if length == 0 {
                    continue;
                }
                let undecodable = |flaw: &Flaw| matches!(flaw, Flaw::Undecodable { .. });
                if !unknown && !flaws.iter().any(undecodable) {
                    let span = Span { start: offset(at), end: offset(at + length) };
                    flaws.push(Flaw::Undecodable { encoding: name.into(), span });
                }
                builder.character(char::REPLACEMENT_CHARACTER, at, length);
                at += length;
            }
        }
    }
    Decoded { text: Cow::Owned(builder.text), offsets: builder.offsets, flaws }
}

/// Decodes an encoding of one byte per character.
fn single<'a>(bytes: &'a [u8], name: &str, table: Table) -> Decoded<'a> {
    let mut flaws = Vec::new();
    let mut builder = Builder::default();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        builder.lines(&String::from_utf8_lossy(&rest[..plain]), at);
        at += plain;
        let Some(&byte) = bytes.get(at) else { break };
        let character = table(byte).unwrap_or_else(|| {
            if flaws.is_empty() {
                let span = Span { start: offset(at), end: offset(at + 1) };
                flaws.push(Flaw::Undecodable { encoding: name.into(), span });
            }
            char::REPLACEMENT_CHARACTER
        });
        builder.character(character, at, 1);
        at += 1;
    }
    Decoded { text: Cow::Owned(builder.text), offsets: builder.offsets, flaws }
}

/// A text under construction, with the way back.
#[derive(Default)]
struct Builder {
    text: String,
    offsets: Offsets,
}

impl Builder {
    /// Adds text that stands at `at` in the original, its newlines made `\n`.
    fn lines(&mut self, text: &str, mut at: usize) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\r', rest.as_bytes()).unwrap_or(rest.len());
            let newline = match rest.as_bytes().get(end..) {
                Some([b'\r', b'\n', ..]) => 2,
                Some([b'\r', ..]) => 1,
                _ => 0,
            };
            self.offsets.push(self.text.len(), at, at + end + newline);
            self.text.push_str(&rest[..end]);
            if newline > 0 {
                self.text.push('\n');
            }
            rest = &rest[end + newline..];
            at += end + newline;
        }
    }

    /// Adds a character that takes `length` bytes at `at` in the original.
    fn character(&mut self, character: char, at: usize, length: usize) {
        self.offsets.push(self.text.len(), at, at + length);
        self.text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::Codec;

    /// What Python's `bytes.decode` and `str.encode` give.
    #[track_caller]
    fn check_codec(name: &str, bytes: &[u8], text: &str) {
        let codec = Codec::named(name).unwrap();
        assert_eq!(codec.decode(bytes).as_deref(), Some(text), "{name}");
        assert_eq!(codec.encode(text).as_deref(), Ok(bytes), "{name}");
    }

    #[test]
    fn texts_and_bytes() {
        check_codec("UTF_8", "a€\r\n".as_bytes(), "a€\r\n");
        check_codec("utf-8-sig", b"\xef\xbb\xbfa", "a");
        check_codec("Latin 1", b"a\x80\xe9", "a\u{80}é");
        check_codec("iso8859_15", b"\xa4\xa9", "€©");
        check_codec("cp1252", b"\x80\x9f\xff", "€Ÿÿ");
    }

    #[test]
    fn what_an_encoding_does_not_have() {
        let encode = |name: &str, text: &str| Codec::named(name).unwrap().encode(text);
        assert_eq!(encode("ascii", "aé€"), Err('é'));
        assert_eq!(encode("latin-1", "é€"), Err('€'));
        assert_eq!(encode("cp1252", "€\u{81}"), Err('\u{81}'));
        assert_eq!(encode("iso-8859-15", "€¤"), Err('¤'));
        assert_eq!(Codec::Utf8.decode(b"\xff"), None);
        for name in ["klingon", "utf-16", "latin-1-unix", ""] {
            assert_eq!(Codec::named(name), None);
        }
    }
}
