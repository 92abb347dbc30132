//! From the bytes of a file to a [`Script`].
//!
//! What Alembic accepts for the four names stands here and nowhere else (1.20.1, `Script._from_path` and
//! `Revision.__init__`). Nothing is opened and nothing can fail: what is wrong becomes a [`Problem`].

use std::path::{Path, PathBuf};

use super::{
    Body, Depth, MAX_BYTES, Modules, Name, Problem, Script, Span, Unknown, ValueSpans, conflict,
    header, ignore,
};
use crate::python::decode::{self, Decoded, Flaw, Offsets};
use crate::python::{self, Kind, Origin, Reading, State, Value};
use crate::revision::{BranchLabel, Edges, Revision, RevisionId};

/// Reads a migration file from its bytes.
///
/// `path` names the file in the result, gives the id of a script without `revision` whose name is one, and is where
/// relative imports start; nothing is read from it.
pub fn parse(path: PathBuf, bytes: &[u8], depth: Depth, modules: &dyn Modules) -> Script {
    let mut script = Script::unread(path);
    if bytes.len() > MAX_BYTES {
        script.problems.push(Problem::TooLarge(bytes.len() as u64));
        return script;
    }
    let decoded = decode::decode(bytes);
    script.problems.extend(decoded.flaws.iter().map(flaw));
    if depth == Depth::Names
        && let Some(reader) = simple(&decoded)
    {
        reader.fill(&mut script, depth);
        return script;
    }
    let path = script.path.clone();
    let origin = Origin { path: &path, modules };
    let text = decoded.text.as_ref();
    let read = match conflict::find(text) {
        Some(conflict) => {
            script.problems.push(Problem::ConflictMarkers(decoded.offsets.span(conflict.marker())));
            conflict.read(origin)
        }
        None => Reader::read(text, origin),
    };
    match read {
        Ok(mut reader) => {
            reader.relocate(&decoded.offsets);
            reader.fill(&mut script, depth);
        }
        Err(span) => script.problems.push(Problem::TooDeep(decoded.offsets.span(span))),
    }
    script.problems.sort_by_key(position);
    script
}

/// What the strict lexer reads, where it answers.
fn simple(decoded: &Decoded<'_>) -> Option<Reader> {
    if !decoded.flaws.is_empty() {
        return None;
    }
    let mut reader = Reader::simple(decoded.text.as_ref())?;
    reader.relocate(&decoded.offsets);
    Some(reader)
}

fn flaw(flaw: &Flaw) -> Problem {
    match flaw {
        Flaw::Undecodable { encoding, span } => {
            Problem::Undecodable { encoding: encoding.clone(), span: *span }
        }
        Flaw::UnknownEncoding { encoding, span } => {
            Problem::UnknownEncoding { encoding: encoding.clone(), span: *span }
        }
        Flaw::Nul(span) => Problem::NulByte(*span),
    }
}

/// Where a problem stands; what has no place comes last.
fn position(problem: &Problem) -> u32 {
    match problem {
        Problem::TooDeep(span)
        | Problem::NulByte(span)
        | Problem::ConflictMarkers(span)
        | Problem::Undecodable { span, .. }
        | Problem::UnknownEncoding { span, .. }
        | Problem::Syntax { span, .. }
        | Problem::Unknown { span, .. }
        | Problem::WrongType { span, .. } => span.start,
        Problem::Unreadable(_)
        | Problem::BrokenLink(_)
        | Problem::OutsideLink(_)
        | Problem::NoContent
        | Problem::NotAFile
        | Problem::TooLarge(_)
        | Problem::Unmerged(_)
        | Problem::CompiledOnly => 0,
        Problem::Missing(_) => u32::MAX,
    }
}

/// What was read from a text, all of it in places of that text.
pub struct Reader {
    /// What the module says.
    pub reading: Reading,
    /// The header lines of its docstring.
    pub header: header::Header,
    /// Its ignore comments.
    pub ignores: Vec<ignore::IgnoreComment>,
}

impl Reader {
    /// Reads a text. Fails with the place where the nesting is too deep.
    pub fn read(text: &str, origin: Origin<'_>) -> Result<Self, Span> {
        let reading = python::read(text, origin)?;
        let header = header::read(text, &reading.docstring.literals);
        let ignores =
            reading.comments.iter().filter_map(|&comment| ignore::read(text, comment)).collect();
        Ok(Self { reading, header, ignores })
    }

    /// Reads a text with the strict lexer; `None` where that declines.
    pub fn simple(text: &str) -> Option<Self> {
        let reading = python::read_simple(text)?;
        let header = header::read(text, &reading.docstring.literals);
        Some(Self { reading, header, ignores: Vec::new() })
    }

    /// Moves every place to where the text came from.
    pub fn relocate(&mut self, offsets: &Offsets) {
        if *offsets == Offsets::default() {
            return;
        }
        let move_to = |span: &mut Span| *span = offsets.span(*span);
        for state in &mut self.reading.states {
            match state {
                State::Unset => {}
                State::Known(value) => value.relocate(&move_to),
                State::Unknown(_, span) => move_to(span),
            }
        }
        if let Some((_, span)) = &mut self.reading.syntax {
            move_to(span);
        }
        let reading = &mut self.reading;
        for body in [&mut reading.upgrade, &mut reading.downgrade, &mut reading.top_level] {
            if let Body::Code(span) = body {
                move_to(span);
            }
        }
        let header = &mut self.header;
        let lines = [&mut header.revision, &mut header.revises, &mut header.create_date];
        for line in lines.into_iter().flatten() {
            move_to(&mut line.span);
        }
        for ignore in &mut self.ignores {
            move_to(&mut ignore.span);
            for (_, span) in &mut ignore.rules {
                move_to(span);
            }
        }
    }

    /// Puts what was read into a script, judged as Alembic would.
    fn fill(self, script: &mut Script, depth: Depth) {
        let Self { reading, header, ignores } = self;
        script.header = header;
        if depth == Depth::Whole {
            script.ignores = ignores;
            script.upgrade = reading.upgrade;
            script.downgrade = reading.downgrade;
            script.top_level = reading.top_level;
        }
        // A NUL was replaced to go on reading; what the parser makes of that is of no interest.
        let nul = script.problems.iter().any(|problem| matches!(problem, Problem::NulByte(_)));
        if let Some((message, span)) = reading.syntax.filter(|_| !nul) {
            script.problems.push(Problem::Syntax { message, span });
        }
        let mut judge = Judge { problems: &mut script.problems, values: &mut script.values };
        let [revision, down_revision, labels, dependencies] = &reading.states;
        let id = judge.id(revision, &script.path);
        let parents = judge.parents(down_revision);
        let labels = judge.texts(Name::BranchLabels, labels);
        let dependencies = judge.texts(Name::DependsOn, dependencies);
        script.label_spans = labels.iter().map(|(_, span)| *span).collect();
        script.dependency_spans = dependencies.iter().map(|(_, span)| *span).collect();
        script.parent_spans = parents.iter().flatten().map(|(_, span)| *span).collect();
        script.revision = id.map(|id| Revision {
            id: RevisionId::new(id),
            parents_known: parents.is_some(),
            edges: Edges {
                parents: parents.into_iter().flatten().map(|(id, _)| RevisionId::new(id)).collect(),
                dependencies: dependencies.into_iter().map(|(text, _)| text.into()).collect(),
            },
            labels: labels.into_iter().map(|(label, _)| BranchLabel::new(label)).collect(),
            docstring: reading.docstring.text.into(),
        });
    }
}

/// A text with the place where it stands.
type Placed = (String, Span);

/// Decides what Alembic makes of the values, and notes what it refuses.
struct Judge<'a> {
    problems: &'a mut Vec<Problem>,
    values: &'a mut ValueSpans,
}

impl Judge<'_> {
    /// The value of a name if it is known; notes its place, and why it is not.
    fn known<'v>(&mut self, name: Name, state: &'v State) -> Option<&'v Value> {
        match state {
            State::Unset => None,
            State::Known(value) => {
                self.values.set(name, value.span);
                Some(value)
            }
            State::Unknown(why, span) => {
                // What rebinds a name is no value that could be edited.
                if !matches!(why, Unknown::Rebound) {
                    self.values.set(name, *span);
                }
                self.problems.push(Problem::Unknown { name, span: *span, why: why.clone() });
                None
            }
        }
    }

    fn wrong_type(&mut self, name: Name, value: &Value) {
        let python_type = value.python_type();
        self.problems.push(Problem::WrongType { name, span: value.span, python_type });
    }

    /// `revision`: a string, or by the name of a file that does not have it (`_legacy_rev`).
    fn id(&mut self, state: &State, path: &Path) -> Option<String> {
        if *state == State::Unset {
            let id = legacy_id(path);
            if id.is_none() {
                self.problems.push(Problem::Missing(Name::Revision));
            }
            return id;
        }
        let value = self.known(Name::Revision, state)?;
        if let Kind::Str(id) = &value.kind {
            return Some(id.clone());
        }
        self.wrong_type(Name::Revision, value);
        None
    }

    /// `down_revision`, which must be there.
    fn parents(&mut self, state: &State) -> Option<Vec<Placed>> {
        if *state == State::Unset {
            self.problems.push(Problem::Missing(Name::DownRevision));
            return None;
        }
        let value = self.known(Name::DownRevision, state)?;
        match entries(value) {
            Ok(parents) => Some(parents),
            Err(offender) => {
                self.wrong_type(Name::DownRevision, offender);
                None
            }
        }
    }

    /// `branch_labels` or `depends_on`, which need not be there.
    fn texts(&mut self, name: Name, state: &State) -> Vec<Placed> {
        let Some(value) = self.known(name, state) else { return Vec::new() };
        // A label `None` stays in the set of labels, and every command that lists it fails on it.
        let result = match &value.kind {
            Kind::Sequence(_, elements) if name == Name::BranchLabels => texts(elements),
            _ => entries(value),
        };
        result.unwrap_or_else(|offender| {
            self.wrong_type(name, offender);
            Vec::new()
        })
    }
}

/// The id that a file's name is: `[a-f0-9]+\.py` from its start (1.20.1, `_legacy_rev`).
fn legacy_id(path: &Path) -> Option<String> {
    let id = path.file_name()?.to_str()?.strip_suffix(".py")?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (!id.is_empty() && id.bytes().all(hex)).then(|| id.to_owned())
}

/// The strings that a value stands for (1.20.1, `util.to_tuple` and `tuple_rev_as_scalar`). Fails with the part
/// that is no string.
fn entries(value: &Value) -> Result<Vec<Placed>, &Value> {
    match &value.kind {
        Kind::None | Kind::EmptyBytes => Ok(Vec::new()),
        Kind::Str(text) => Ok(vec![(text.clone(), value.span)]),
        // One element is taken out of its tuple, and `None` is then what a base has.
        Kind::Sequence(_, elements)
            if matches!(&elements[..], [Value { kind: Kind::None, .. }]) =>
        {
            Ok(Vec::new())
        }
        Kind::Sequence(_, elements) => texts(elements),
        Kind::Other(_) => Err(value),
    }
}

fn texts(elements: &[Value]) -> Result<Vec<Placed>, &Value> {
    let text = |element| match element {
        &Value { kind: Kind::Str(ref text), span } => Ok((text.clone(), span)),
        _ => Err(element),
    };
    elements.iter().map(text).collect()
}
