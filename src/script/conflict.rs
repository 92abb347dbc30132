//! Files in which git left the markers of an unfinished merge.
//!
//! Each side is read as the file it would be; what both sides agree on is known. Only complete groups count, as git
//! writes them at the start of lines: a row of `=======` under a title in a docstring is none.

use super::parse::Reader;
use super::{Name, Span, Unknown};
use crate::python::decode::{Offsets, offset};
use crate::python::{Origin, State, one_line};

/// The sides of a file with conflicts.
pub struct Conflict<'a> {
    text: &'a str,
    groups: Vec<Group>,
}

/// One conflict: the lines of its markers. The parts lie between them.
#[derive(Clone, Copy)]
struct Group {
    ours: Span,
    /// The common ancestor's part, which `merge.conflictStyle = diff3` adds.
    base: Option<Span>,
    theirs: Span,
    end: Span,
}

/// The conflicts of a text; `None` when there are none.
pub fn find(text: &str) -> Option<Conflict<'_>> {
    memchr::memmem::find(text.as_bytes(), b"<<<<<<<")?;
    let mut groups = Vec::new();
    let mut ours = None;
    let mut base = None;
    let mut theirs = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = Span { start: offset(start), end: offset(start + line.len()) };
        start += line.len();
        match marker(line) {
            Some('<') => (ours, base, theirs) = (Some(place), None, None),
            Some('|') if theirs.is_none() => base = base.or(Some(place)),
            Some('=') => theirs = theirs.or(Some(place)),
            Some('>') => {
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    groups.push(Group { ours, base, theirs, end: place });
                }
                (ours, base, theirs) = (None, None, None);
            }
            _ => {}
        }
    }
    (!groups.is_empty()).then_some(Conflict { text, groups })
}

/// The character of the marker that a line is: seven of it, then white space or nothing (git 2.47, `is_cmarker` in
/// rerere.c).
fn marker(line: &str) -> Option<char> {
    let first = line.chars().next().filter(|first| "<|=>".contains(*first))?;
    let rest = line.trim_start_matches(first);
    (line.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(char::is_whitespace)))
        .then_some(first)
}

/// Which side of a conflict.
#[derive(Clone, Copy)]
enum Side {
    Ours,
    Theirs,
}

impl Conflict<'_> {
    /// The line of the first marker, without its newline.
    pub fn marker(&self) -> Span {
        self.groups.first().map_or_else(Span::default, |group| {
            let line = self.text.get(group.ours.range()).unwrap_or("").trim_end();
            Span { start: group.ours.start, end: group.ours.start + offset(line.len()) }
        })
    }

    /// Reads both sides and keeps what they agree on; the places are those of the text with its markers.
    /// Fails where one of them is nested too deep.
    pub fn read(&self, origin: Origin<'_>) -> Result<Reader, Span> {
        let (ours, our_offsets) = self.side(Side::Ours);
        let (theirs, their_offsets) = self.side(Side::Theirs);
        let mut read = Reader::read(&ours, origin).map_err(|span| our_offsets.span(span))?;
        let mut other = Reader::read(&theirs, origin).map_err(|span| their_offsets.span(span))?;
        let our_sources = sources(&read, &ours);
        let their_sources = sources(&other, &theirs);
        let same = Name::ALL.map(|name| {
            alike(&read.reading.states[name as usize], &other.reading.states[name as usize])
        });
        read.relocate(&our_offsets);
        other.relocate(&their_offsets);
        let pairs = our_sources.into_iter().zip(their_sources).zip(same);
        for (((ours, theirs), same), (state, other)) in
            pairs.zip(read.reading.states.iter_mut().zip(&other.reading.states))
        {
            if !same {
                let span = place(state).or_else(|| place(other)).unwrap_or_else(|| self.marker());
                *state = State::Unknown(Unknown::Conflict { ours, theirs }, span);
            }
        }
        if read.reading.syntax.is_none() {
            read.reading.syntax = other.reading.syntax;
        }
        Ok(read)
    }

    /// The text of one side, with the way back.
    fn side(&self, side: Side) -> (String, Offsets) {
        let mut text = String::with_capacity(self.text.len());
        let mut offsets = Offsets::default();
        let mut add = |start: u32, end: u32| {
            let part = self.text.get(start as usize..end as usize).unwrap_or("");
            if !part.is_empty() {
                offsets.push(text.len(), start as usize, end as usize);
                text.push_str(part);
            }
        };
        let mut start = 0;
        for group in &self.groups {
            add(start, group.ours.start);
            match side {
                Side::Ours => add(group.ours.end, group.base.unwrap_or(group.theirs).start),
                Side::Theirs => add(group.theirs.end, group.end.start),
            }
            start = group.end.end;
        }
        add(start, offset(self.text.len()));
        (text, offsets)
    }
}

/// The source texts of the four values on one side.
fn sources(reader: &Reader, text: &str) -> [Option<Box<str>>; 4] {
    Name::ALL.map(|name| {
        let span = place(&reader.reading.states[name as usize])?;
        text.get(span.range()).map(|source| one_line(source).into())
    })
}

fn place(state: &State) -> Option<Span> {
    match state {
        State::Unset => None,
        State::Known(value) => Some(value.span),
        State::Unknown(_, span) => Some(*span),
    }
}

/// Whether two sides say the same, wherever they say it.
fn alike(ours: &State, theirs: &State) -> bool {
    match (ours, theirs) {
        (State::Unset, State::Unset) => true,
        (State::Known(ours), State::Known(theirs)) => {
            ours.clone().moved(Span::default()) == theirs.clone().moved(Span::default())
        }
        (State::Unknown(ours, _), State::Unknown(theirs, _)) => ours == theirs,
        _ => false,
    }
}
