//! From a rewrite to the new bytes of a script: only the bytes that must change.
//!
//! A value keeps its quotes, annotation, comments and layout; the header lines of the docstring follow where they
//! agreed with the code before. The result is read again as Alembic would read it: whatever does not say exactly what
//! was asked, or says anything else differently than before, is refused. Nothing is guessed, nothing is written.

mod verify;

use std::fmt;
use std::path::{Path, PathBuf};

use super::Rewrite;
use super::literal::{Splice, Style, splices};
use crate::python::decode::{decode, encode};
use crate::python::place::{Assignment, assignments};
use crate::revision::RevisionId;
use crate::script::{
    Depth, HeaderLine, Name, NoModules, Problem, Script, Span, header_names, parse,
};
use verify::verify;

/// A script that cannot be rewritten by changing a value in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// The file.
    pub path: PathBuf,
    /// The line of the place, from 1, where there is one.
    pub line: Option<usize>,
    /// What stands in the way.
    pub obstacle: Obstacle,
}

/// What keeps a value from being rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The file does not read as Python, so no place in it is certain.
    Unreadable,
    /// The name is nowhere assigned.
    NotAssigned(Name),
    /// The value is not the expression of a plain assignment: it is computed, imported or conditional.
    NotInPlace(Name),
    /// The file's encoding has no such characters.
    Encoding(Box<str>),
    /// A line of the docstring cannot hold the text.
    Header(&'static str),
}

impl Unwritable {
    /// The sentence, with the file as it is shown.
    pub fn message(&self, shown: &dyn Fn(&Path) -> String) -> String {
        let place = match self.line {
            Some(line) => format!("{}:{line}", shown(&self.path)),
            None => shown(&self.path),
        };
        format!("{place} cannot be rewritten: {}", self.obstacle)
    }

    /// What to do instead.
    pub fn hint(&self) -> &'static str {
        match self.obstacle {
            Obstacle::Unreadable => {
                "mend the file first: `onehead check` says what is wrong with it"
            }
            Obstacle::NotAssigned(_) => "assign the name in the file, then run the command again",
            Obstacle::NotInPlace(_) => {
                "write the value as a plain string, tuple or `None`, then run the command again"
            }
            Obstacle::Encoding(_) => "save the file as UTF-8, then run the command again",
            Obstacle::Header(_) => "take the line out of the docstring, then run the command again",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("it cannot be read as Python"),
            Self::NotAssigned(name) => write!(f, "it does not assign `{}`", name.as_str()),
            Self::NotInPlace(name) => {
                write!(f, "the value of `{}` is not written in place", name.as_str())
            }
            Self::Encoding(text) => write!(f, "its encoding cannot hold `{text}`"),
            Self::Header(line) => write!(f, "its docstring cannot hold the new `{line}`"),
        }
    }
}

/// The bytes of a script after a rewrite. `bytes` are those of the file of `script`.
///
/// # Errors
/// When the file is no valid Python, a value is not written in place (computed, conditional, imported), a text does not
/// fit into the encoding or the docstring, or the result would not say exactly what was asked.
pub fn rewrite(script: &Script, bytes: &[u8], rewrite: &Rewrite) -> Result<Vec<u8>, Unwritable> {
    let before = parse(script.path.clone(), bytes, Depth::Whole, &NoModules);
    let path_after = rewrite.path.clone().unwrap_or_else(|| script.path.clone());
    let mut refused = None;
    // What keeps the layout first; where that says something else after all, the whole expression.
    for layout in [Layout::Kept, Layout::Plain] {
        let mut editor = Editor::new(&before, bytes, layout)?;
        editor.values(rewrite)?;
        editor.header(rewrite);
        let changed = editor.changed;
        let after = editor.finish()?;
        let reread = parse(path_after.clone(), &after, Depth::Whole, &NoModules);
        match verify(&before, &reread, rewrite) {
            Ok(()) => return Ok(after),
            Err(obstacle) => {
                let name =
                    if let Obstacle::NotInPlace(name) = obstacle { Some(name) } else { changed };
                let span = name.and_then(|name| before.values.get(name));
                refused = Some(unwritable(&before.path, bytes, span, obstacle));
            }
        }
    }
    let unreadable = || unwritable(&before.path, bytes, None, Obstacle::Unreadable);
    Err(refused.unwrap_or_else(unreadable))
}

fn unwritable(path: &Path, bytes: &[u8], span: Option<Span>, obstacle: Obstacle) -> Unwritable {
    let line = span.and_then(|span| Some(decode(bytes.get(..span.start as usize)?)));
    let line = line.map(|before| before.text.matches('\n').count() + 1);
    Unwritable { path: path.to_path_buf(), line, obstacle }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Strings and entries are exchanged one by one.
    Kept,
    /// Whole expressions are exchanged.
    Plain,
}

/// Collects the edits of one file.
struct Editor<'a> {
    script: &'a Script,
    bytes: &'a [u8],
    layout: Layout,
    /// The plain assignments, in places of the bytes.
    assignments: Vec<Assignment>,
    splices: Vec<Splice>,
    /// The last name that was edited.
    changed: Option<Name>,
}

impl<'a> Editor<'a> {
    fn new(script: &'a Script, bytes: &'a [u8], layout: Layout) -> Result<Self, Unwritable> {
        let is_about_value = |problem: &Problem| {
            matches!(
                problem,
                Problem::Unknown { .. } | Problem::WrongType { .. } | Problem::Missing(_)
            )
        };
        if !script.problems.iter().all(is_about_value) {
            return Err(unwritable(&script.path, bytes, None, Obstacle::Unreadable));
        }
        let decoded = decode(bytes);
        let moved = |assignment: Assignment| Assignment {
            target: decoded.offsets.span(assignment.target),
            value: decoded.offsets.span(assignment.value),
            statement: decoded.offsets.span(assignment.statement),
        };
        let assignments = assignments(&decoded.text).into_iter().map(moved).collect();
        Ok(Self { script, bytes, layout, assignments, splices: Vec::new(), changed: None })
    }

    fn values(&mut self, rewrite: &Rewrite) -> Result<(), Unwritable> {
        let revision = self.script.revision.as_ref();
        if let Some(id) = &rewrite.id {
            let old: Vec<&str> = revision.iter().map(|revision| revision.id.as_str()).collect();
            let is_in_name =
                self.script.values.get(Name::Revision).is_none() && rewrite.path.is_some();
            if !is_in_name {
                self.value(Name::Revision, &old, &[id.as_str()])?;
            }
        }
        if let Some(parents) = &rewrite.parents {
            let old = revision.map_or(&[][..], |revision| &revision.edges.parents);
            let texts = |ids: &'a [RevisionId]| ids.iter().map(RevisionId::as_str).collect();
            let new: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
            let old: Vec<&str> = texts(old);
            self.value(Name::DownRevision, &old, &new)?;
        }
        if let Some(dependencies) = &rewrite.dependencies {
            let old = revision.map_or(&[][..], |revision| &revision.edges.dependencies);
            let old: Vec<&str> = old.iter().map(AsRef::as_ref).collect();
            let new: Vec<&str> = dependencies.iter().map(AsRef::as_ref).collect();
            self.value(Name::DependsOn, &old, &new)?;
        }
        Ok(())
    }

    fn value(&mut self, name: Name, old: &[&str], new: &[&str]) -> Result<(), Unwritable> {
        let is_about = |problem: &Problem| matches!(problem, Problem::Unknown { name: of, .. } | Problem::WrongType { name: of, .. } if *of == name);
        let is_known = !self.script.problems.iter().any(is_about);
        let Some(span) = self.script.values.get(name) else {
            return match (name, is_known) {
                (Name::DependsOn, true) if new.is_empty() => Ok(()),
                (Name::DependsOn, true) => self.add(name, new),
                (_, true) => Err(self.refuse(None, Obstacle::NotAssigned(name))),
                _ => Err(self.refuse(None, Obstacle::NotInPlace(name))),
            };
        };
        if is_known && old == new && (name != Name::Revision || !old.is_empty()) {
            return Ok(());
        }
        self.changed = Some(name);
        let span = self.assignment(name, span).map_or(span, |assignment| assignment.value);
        let source = &self.bytes[span.range()];
        let kept = is_known && self.layout == Layout::Kept;
        let edits = kept.then(|| splices(source, old, new)).flatten();
        let whole = || vec![(0..source.len(), self.style(source).value(new))];
        let edits = edits.unwrap_or_else(whole);
        let start = span.start as usize;
        for (range, text) in edits {
            self.splices.push((start + range.start..start + range.end, text));
        }
        Ok(())
    }

    /// The plain assignment to a name whose expression holds a place.
    fn assignment(&self, name: Name, place: Span) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| {
            let (target, value) = (assignment.target.range(), assignment.value);
            &self.bytes[target] == name.as_str().as_bytes()
                && value.start <= place.start
                && place.end <= value.end
        })
    }

    /// How strings are written in an expression, else in the value of `revision`.
    fn style(&self, source: &[u8]) -> Style {
        let revision = || Style::of(&self.bytes[self.script.values.get(Name::Revision)?.range()]);
        Style::of(source).or_else(revision).unwrap_or_default()
    }

    /// Adds an assignment in a line below that of `down_revision`, written like it.
    fn add(&mut self, name: Name, new: &[&str]) -> Result<(), Unwritable> {
        let place = self.script.values.get(Name::DownRevision);
        let model = place.and_then(|place| self.assignment(Name::DownRevision, place));
        let Some(model) = model else {
            return Err(self.refuse(place, Obstacle::NotInPlace(Name::DownRevision)));
        };
        let between = &self.bytes[model.target.end as usize..model.value.start as usize];
        let between = String::from_utf8_lossy(between);
        let between = between.find('=').map_or(" = ", |at| {
            let is_plain = between[at + 1..].chars().all(|c| c == ' ')
                && !between.contains(['\\', '\n', '\r']);
            if is_plain { &*between } else { " = " }
        });
        let value = self.style(&self.bytes[model.value.range()]).value(new);
        let end = model.statement.end as usize;
        let newline = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let line_end = self.bytes[end..].iter().position(newline);
        let at = line_end.map_or(self.bytes.len(), |length| end + length);
        let ending = line_ending(&self.bytes[at..]).or_else(|| {
            let first = self.bytes.iter().position(newline)?;
            line_ending(&self.bytes[first..])
        });
        let line = format!("{}{}{between}{value}", ending.unwrap_or("\n"), name.as_str());
        self.splices.push((at..at, line));
        self.changed = Some(name);
        Ok(())
    }

    fn header(&mut self, rewrite: &Rewrite) {
        let Some(revision) = &self.script.revision else { return };
        let id = revision.id.as_str();
        if let Some(line) = &self.script.header.revision
            && !line.text.is_empty()
            && (rewrite.align_header || line.agrees_with_id(id))
        {
            let new = rewrite.id.as_ref().unwrap_or(&revision.id).as_str();
            self.line(line, &[id], &[new]);
        }
        let old: Vec<&str> = revision.edges.parents.iter().map(RevisionId::as_str).collect();
        let asked = rewrite.parents.as_ref();
        let is_known = revision.parents_known || asked.is_some();
        let agreed = revision.parents_known
            && self
                .script
                .header
                .revises
                .as_ref()
                .is_some_and(|line| line.agrees_with_parents(&old));
        if let Some(line) = &self.script.header.revises
            && is_known
            && (rewrite.align_header || agreed)
        {
            let new = asked.unwrap_or(&revision.edges.parents);
            let new: Vec<&str> = new.iter().map(RevisionId::as_str).collect();
            self.line(line, &old, &new);
        }
    }

    /// Makes a header line say `new`, where it does not say so already.
    fn line(&mut self, line: &HeaderLine, old: &[&str], new: &[&str]) {
        let says = header_names(&line.text, new);
        if says == new
            || says.is_empty() && new.is_empty()
            || line.agrees_with_parents(new) && old == new
        {
            return;
        }
        let start = line.span.start as usize;
        let named = header_names(&line.text, old);
        // A remark behind an id stays, so an id is exchanged alone where that is enough.
        if named.len() == new.len() {
            for (name, text) in named.iter().zip(new) {
                // `name` is a part of the line's text, which has one byte per byte of the file only in UTF-8.
                let at = encode(
                    &line.text[..name.as_ptr().addr() - line.text.as_ptr().addr()],
                    self.bytes,
                );
                let length = encode(name, self.bytes).map_or(0, |bytes| bytes.len());
                let at = start + at.map_or(0, |bytes| bytes.len());
                self.splices.push((at..at + length, (*text).to_owned()));
            }
            return;
        }
        let text = listed(&line.text, new);
        let end = line.span.end as usize;
        if line.text.is_empty() {
            let has_blank = self.bytes.get(end) == Some(&b' ');
            let at = end + usize::from(has_blank);
            let text = if has_blank { text } else { format!(" {text}") };
            self.splices.push((at..at, text));
        } else {
            self.splices.push((start..end, text));
        }
    }

    fn refuse(&self, span: Option<Span>, obstacle: Obstacle) -> Unwritable {
        unwritable(&self.script.path, self.bytes, span, obstacle)
    }

    /// The new bytes.
    fn finish(mut self) -> Result<Vec<u8>, Unwritable> {
        // Stable: what is put in one place stands in the order in which it was said.
        self.splices.sort_by_key(|(range, _)| range.start);
        let mut after = Vec::with_capacity(self.bytes.len() + 64);
        let mut at = 0;
        for (range, text) in &self.splices {
            let Some(text) = encode(text, self.bytes) else {
                let obstacle = Obstacle::Encoding(text.as_str().into());
                let span = Span { start: crate::python::decode::offset(range.start), end: 0 };
                return Err(self.refuse(Some(span), obstacle));
            };
            after.extend_from_slice(self.bytes.get(at..range.start).unwrap_or_default());
            after.extend_from_slice(&text);
            at = range.end.max(at);
        }
        after.extend_from_slice(&self.bytes[at..]);
        Ok(after)
    }
}

fn line_ending(rest: &[u8]) -> Option<&'static str> {
    match rest {
        [b'\r', b'\n', ..] => Some("\r\n"),
        [b'\n', ..] => Some("\n"),
        [b'\r', ..] => Some("\r"),
        _ => None,
    }
}

/// Ids in the form of an old header line: Python's, where it had that, else joined by commas.
fn listed(old: &str, ids: &[&str]) -> String {
    let bracket = old.chars().next().filter(|c| matches!(c, '(' | '['));
    let quote = old.chars().find(|c| matches!(c, '\'' | '"'));
    let is_python = bracket.is_some() || quote.is_some() || old == "None";
    match ids {
        [] if is_python => "None".into(),
        [] if old.starts_with("<base>") => "<base>".into(),
        [id] => match quote.filter(|_| bracket.is_none()) {
            Some(quote) => format!("{quote}{id}{quote}"),
            None => (*id).to_owned(),
        },
        _ => match (bracket, quote) {
            (Some('['), Some(quote)) => format!("[{}]", quoted(ids, quote)),
            (Some(_), Some(quote)) => format!("({})", quoted(ids, quote)),
            _ => ids.join(", "),
        },
    }
}

fn quoted(ids: &[&str], quote: char) -> String {
    ids.iter().map(|id| format!("{quote}{id}{quote}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
