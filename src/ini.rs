//! Python's `ConfigParser` with `BasicInterpolation`, as far as Alembic relies on it.
//!
//! Follows `configparser.py` of CPython 3.11 line by line in what it accepts, joins, strips and refuses: Alembic's
//! answer rests on it (Alembic 1.20.1, `Config.file_config`). No inline comments, quotes are literal, a byte order
//! mark is text before the first section. Interpolation happens when a value is read, so a bad value that nobody
//! reads does no harm. Nothing here knows what an option means, and nothing is ever written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::python::repr::repr;
use crate::revision::is_python_space;

mod interpolation;
pub use interpolation::{InterpolationError, InterpolationKind};

/// The section whose options every other section falls back to.
pub const DEFAULT_SECTION: &str = "DEFAULT";

/// Why a text is no ini file, with the names and sentences of Python's `configparser`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IniError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: IniErrorKind,
}

/// What is wrong with an ini file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IniErrorKind {
    /// Text before the first section; the line. A UTF-8 byte order mark counts as text.
    MissingSectionHeader(String),
    /// The same section header twice; its name.
    DuplicateSection(String),
    /// The same option twice in one section.
    DuplicateOption {
        /// The section.
        section: String,
        /// The option, in lower case.
        option: String,
    },
    /// Lines that are neither header nor option nor continuation; each with its number.
    Parsing(Vec<(usize, String)>),
    /// Bytes that are not UTF-8.
    Undecodable {
        /// The first offending byte.
        byte: u8,
        /// Its offset.
        position: usize,
    },
}

impl IniError {
    /// The name of Python's exception.
    pub fn class(&self) -> &'static str {
        match self.kind {
            IniErrorKind::MissingSectionHeader(_) => "MissingSectionHeaderError",
            IniErrorKind::DuplicateSection(_) => "DuplicateSectionError",
            IniErrorKind::DuplicateOption { .. } => "DuplicateOptionError",
            IniErrorKind::Parsing(_) => "ParsingError",
            IniErrorKind::Undecodable { .. } => "UnicodeDecodeError",
        }
    }

    /// Python's own sentence about `source`, the path as it was given (CPython 3.11), on one line.
    pub fn sentence(&self, source: &str) -> String {
        let (source, line) = (repr(source), self.line);
        match &self.kind {
            IniErrorKind::MissingSectionHeader(text) => format!(
                "File contains no section headers. file: {source}, line: {line} {}",
                repr(text)
            ),
            IniErrorKind::DuplicateSection(section) => format!(
                "While reading from {source} [line {line:2}]: section {} already exists",
                repr(section)
            ),
            IniErrorKind::DuplicateOption { section, option } => format!(
                "While reading from {source} [line {line:2}]: option {} in section {} already exists",
                repr(option),
                repr(section)
            ),
            IniErrorKind::Parsing(lines) => {
                let mut sentence = format!("Source contains parsing errors: {source}");
                // A file of another kind can have thousands of them.
                for (line, text) in lines.iter().take(3) {
                    sentence.extend([format!(" [line {line:2}]: "), repr(text)]);
                }
                sentence
            }
            IniErrorKind::Undecodable { byte, position } => {
                format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {position}")
            }
        }
    }
}

/// A value as written, before interpolation, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Raw {
    text: String,
    line: usize,
}

type Options = BTreeMap<String, Raw>;

/// An ini file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    defaults: Options,
    names: Vec<(String, usize)>,
    sections: BTreeMap<String, Options>,
}

impl Ini {
    /// Reads a file's bytes as Python does where the locale's encoding is UTF-8.
    ///
    /// Fails with the first error that Python would raise.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, IniError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => {
                let position = error.valid_up_to();
                let before = &bytes[..position];
                let line = 1 + memchr::memchr_iter(b'\n', before).count();
                let byte = bytes.get(position).copied().unwrap_or_default();
                Err(IniError { line, kind: IniErrorKind::Undecodable { byte, position } })
            }
        }
    }

    /// Reads a text (CPython 3.11, `RawConfigParser._read`).
    ///
    /// Fails with the first error that Python would raise; `ParsingError`s are gathered to the end.
    pub fn parse(text: &str) -> Result<Self, IniError> {
        let mut reader = Reader::default();
        for (index, line) in lines(text).enumerate() {
            reader.line(index + 1, line)?;
        }
        reader.finish()
    }

    /// The names of the sections in the order of the file, `DEFAULT` left out.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a section of this name is there (`ConfigParser.has_section`: never for `DEFAULT`).
    pub fn has_section(&self, section: &str) -> bool {
        self.sections.contains_key(section)
    }

    /// The line of a section's first header.
    pub fn section_line(&self, section: &str) -> Option<usize> {
        self.names.iter().find(|(name, _)| name == section).map(|&(_, line)| line)
    }

    /// Whether the section itself, without `DEFAULT`, has an option.
    pub fn has_own_option(&self, section: &str, option: &str) -> bool {
        self.sections.get(section).is_some_and(|options| options.contains_key(option))
    }

    /// Whether an option can be read in a section (`ConfigParser.has_option`): there or in `DEFAULT`. The options
    /// of `DEFAULT` do not conjure up a section that is not there.
    pub fn has_option(&self, section: &str, option: &str) -> bool {
        self.raw(section, option).is_some()
    }

    /// The names of the options that can be read in a section, sorted, those of `DEFAULT` among them.
    pub fn option_names(&self, section: &str) -> Vec<&str> {
        let own = self.sections.get(section).into_iter().flat_map(Options::keys);
        let all: BTreeSet<&String> = own.chain(self.defaults.keys()).collect();
        all.into_iter().map(String::as_str).collect()
    }

    /// The line on which an option's value begins.
    pub fn option_line(&self, section: &str, option: &str) -> Option<usize> {
        self.raw(section, option).map(|raw| raw.line)
    }

    /// The value of an option, interpolated (`ConfigParser.get` with `fallback=None`). `here` is what Alembic adds to
    /// the defaults: the absolute folder of the file. `option` is taken in lower case.
    ///
    /// Fails where Python's `BasicInterpolation` does.
    pub fn get(
        &self,
        section: &str,
        option: &str,
        here: &str,
    ) -> Result<Option<String>, InterpolationError> {
        match self.raw(section, option) {
            None => Ok(None),
            Some(raw) => interpolation::interpolate(self, section, &raw.text, here)
                .map(Some)
                .map_err(|kind| InterpolationError {
                    section: section.to_string(),
                    option: option.to_string(),
                    line: raw.line,
                    raw: raw.text.clone(),
                    kind,
                }),
        }
    }

    /// Every option of a section with `DEFAULT`'s, in the order in which Python's `items()` gives them, but for
    /// `here`. `None` where the section is not there.
    ///
    /// Fails with the first value that cannot be interpolated.
    pub fn items(
        &self,
        section: &str,
        here: &str,
    ) -> Result<Option<Vec<(String, String)>>, InterpolationError> {
        let Some(own) = self.sections.get(section) else { return Ok(None) };
        let mut names: Vec<(bool, usize, &String)> = Vec::new();
        names.extend(self.defaults.iter().map(|(name, raw)| (false, raw.line, name)));
        let added = own.iter().filter(|(name, _)| !self.defaults.contains_key(*name));
        names.extend(added.map(|(name, raw)| (true, raw.line, name)));
        names.sort_unstable();
        let mut items = Vec::with_capacity(names.len());
        for (_, _, name) in names {
            if let Some(value) = self.get(section, name, here)? {
                items.push((name.clone(), value));
            }
        }
        Ok(Some(items))
    }

    fn raw(&self, section: &str, option: &str) -> Option<&Raw> {
        if section == DEFAULT_SECTION {
            return self.defaults.get(option);
        }
        self.sections.get(section)?.get(option).or_else(|| self.defaults.get(option))
    }
}

/// The lines of a text with universal newlines, each with `\n` where it ended in any of the three.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']);
        let line = Line { text: &rest[..end.unwrap_or(rest.len())], ended: end.is_some() };
        rest = match end {
            None => "",
            Some(end) if rest[end..].starts_with("\r\n") => &rest[end + 2..],
            Some(end) => &rest[end + 1..],
        };
        Some(line)
    })
}

#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    ended: bool,
}

impl Line<'_> {
    fn whole(self) -> String {
        format!("{}{}", self.text, if self.ended { "\n" } else { "" })
    }
}

struct Pending {
    lines: Vec<String>,
    line: usize,
}

/// The state of `RawConfigParser._read` between two lines.
#[derive(Default)]
struct Reader {
    defaults: BTreeMap<String, Pending>,
    names: Vec<(String, usize)>,
    sections: BTreeMap<String, BTreeMap<String, Pending>>,
    /// `elements_added` for options: a header that comes back (`DEFAULT`) does not forget them.
    seen: BTreeSet<(String, String)>,
    section: Option<String>,
    option: Option<String>,
    indent: usize,
    bogus: Vec<(usize, String)>,
}

impl Reader {
    fn options(&mut self) -> Option<&mut BTreeMap<String, Pending>> {
        match self.section.as_deref() {
            None => None,
            Some(DEFAULT_SECTION) => Some(&mut self.defaults),
            Some(name) => self.sections.get_mut(name),
        }
    }

    /// The option that a continuation line would belong to. An option without a name takes none.
    fn continued(&mut self) -> Option<&mut Pending> {
        let option = self.option.clone().filter(|name| !name.is_empty())?;
        self.options()?.get_mut(&option)
    }

    fn line(&mut self, number: usize, line: Line<'_>) -> Result<(), IniError> {
        let value = line.text.trim_matches(is_python_space);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            if let Some(pending) = self.continued() {
                pending.lines.push(String::new());
            }
            return Ok(());
        }
        let indent = line.text.chars().take_while(|&c| is_python_space(c)).count();
        if indent > self.indent
            && let Some(pending) = self.continued()
        {
            pending.lines.push(value.to_string());
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(value) {
            return self.begin(number, name);
        }
        if self.section.is_none() {
            let kind = IniErrorKind::MissingSectionHeader(line.whole());
            return Err(IniError { line: number, kind });
        }
        match value.find(['=', ':']) {
            None => {
                self.bogus.push((number, line.whole()));
                Ok(())
            }
            Some(at) => {
                if value[..at].trim_end_matches(is_python_space).is_empty() {
                    self.bogus.push((number, line.whole()));
                }
                self.set(number, &value[..at], &value[at + 1..])
            }
        }
    }

    fn begin(&mut self, line: usize, name: &str) -> Result<(), IniError> {
        if self.sections.contains_key(name) {
            return Err(IniError { line, kind: IniErrorKind::DuplicateSection(name.to_string()) });
        }
        if name != DEFAULT_SECTION {
            self.sections.insert(name.to_string(), BTreeMap::new());
            self.names.push((name.to_string(), line));
        }
        self.section = Some(name.to_string());
        self.option = None;
        Ok(())
    }

    fn set(&mut self, line: usize, name: &str, value: &str) -> Result<(), IniError> {
        let option = name.trim_end_matches(is_python_space).to_lowercase();
        let section = self.section.clone().unwrap_or_default();
        if !self.seen.insert((section.clone(), option.clone())) {
            return Err(IniError { line, kind: IniErrorKind::DuplicateOption { section, option } });
        }
        let value = value.trim_matches(is_python_space).to_string();
        if let Some(options) = self.options() {
            options.insert(option.clone(), Pending { lines: vec![value], line });
        }
        self.option = Some(option);
        Ok(())
    }

    fn finish(self) -> Result<Ini, IniError> {
        if let Some(&(line, _)) = self.bogus.first() {
            return Err(IniError { line, kind: IniErrorKind::Parsing(self.bogus) });
        }
        Ok(Ini {
            defaults: join(self.defaults),
            names: self.names,
            sections: self.sections.into_iter().map(|(name, all)| (name, join(all))).collect(),
        })
    }
}

fn join(options: BTreeMap<String, Pending>) -> Options {
    let join_one = |pending: Pending| Raw {
        text: pending.lines.join("\n").trim_end_matches(is_python_space).to_string(),
        line: pending.line,
    };
    options.into_iter().map(|(name, pending)| (name, join_one(pending))).collect()
}

/// The name in a section header, up to the last `]`; what follows it is ignored (`RawConfigParser.SECTCRE`).
fn header(value: &str) -> Option<&str> {
    let inside = &value.strip_prefix('[')?;
    let name = &inside[..inside.rfind(']')?];
    (!name.is_empty()).then_some(name)
}

impl fmt::Display for InterpolationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

#[cfg(test)]
mod tests;
