//! The file of a new revision: the name and the bytes that Alembic would give it.
//!
//! Pure. The file is read back before it is handed out, so that what it says is what was meant; where it would not be,
//! there is no file. The one difference from Alembic: a message that would break the docstring is escaped there.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::datetime::DateTime;
use crate::filename::{FileTemplateError, Template, slug};
use crate::python::decode::Codec;
use crate::revision::{BranchLabel, RevisionId};
use crate::script::{self, Depth, NoModules, Problem};
use crate::template::{self, TemplateError, Values};

/// A revision to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewRevision<'a> {
    /// `revision`
    pub id: &'a RevisionId,
    /// `down_revision`, in the order in which it is written.
    pub parents: &'a [RevisionId],
    /// `branch_labels`
    pub labels: &'a [BranchLabel],
    /// The message; Alembic writes `empty message` for none, and leaves the slug empty.
    pub message: Option<&'a str>,
    /// When it is made.
    pub date: &'a DateTime,
    /// The folder that it is put into.
    pub directory: &'a Path,
    /// The file name without `.py`, in place of the one by `file_template`.
    pub stem: Option<&'a str>,
}

/// How files are written, from Alembic's configuration.
#[derive(Clone, Copy)]
pub struct Style<'a> {
    /// The bytes of `script.py.mako`.
    pub template: &'a [u8],
    /// `file_template`
    pub file_template: &'a str,
    /// `truncate_slug_length`
    pub truncate_slug_length: i64,
    /// `output_encoding`
    pub output_encoding: &'a str,
    /// The options of the ini file: see [`Values::option`].
    pub option: &'a dyn Fn(Option<&str>, &str) -> Option<String>,
}

/// Why there is no file for a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// `script.py.mako` cannot be rendered here.
    Template(TemplateError),
    /// `file_template` cannot be rendered here.
    FileTemplate(FileTemplateError),
    /// The file name leads out of the folder.
    Outside {
        /// The name.
        name: Box<str>,
    },
    /// `output_encoding` is not known here.
    UnknownEncoding {
        /// The option.
        encoding: Box<str>,
    },
    /// `output_encoding` has no such character.
    Unencodable {
        /// The option.
        encoding: Box<str>,
        /// The first such character.
        character: char,
    },
    /// `script.py.mako` puts the message where it cannot stand.
    Message,
    /// `script.py.mako` gives a file that Python would not read.
    Invalid {
        /// What Python says, as a lower-case phrase.
        message: Box<str>,
    },
    /// `script.py.mako` gives a file that says something else than was meant.
    Lost {
        /// The name whose value is not what was meant.
        name: &'static str,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(error) => write!(f, "{error}"),
            Self::FileTemplate(error) => write!(f, "{error}"),
            Self::Outside { name } => write!(f, "the file name `{name}` leads out of its folder"),
            Self::UnknownEncoding { encoding } => {
                write!(f, "`output_encoding = {encoding}` is not known here")
            }
            Self::Unencodable { encoding, character } => {
                write!(f, "`output_encoding = {encoding}` has no `{}`", character.escape_debug())
            }
            Self::Message => write!(f, "the template puts the message where it cannot stand"),
            Self::Invalid { message } => {
                write!(f, "the template gives a file that is not valid Python: {message}")
            }
            Self::Lost { name } => {
                write!(
                    f,
                    "the template gives a file that does not set `{name}` to what was asked for"
                )
            }
        }
    }
}

/// The path and the bytes of the file that Alembic would write (1.20.1, `ScriptDirectory.generate_revision`).
///
/// A message stands as it is wherever the docstring then says just that. Else the first of these that gives such a
/// docstring: backslashes, `"""`, a `"` at its end and carriage returns escaped; the same with every quote; the same
/// with newlines. Fails where no file can be had, or none that says what was meant.
pub fn file(new: &NewRevision<'_>, style: &Style<'_>) -> Result<(PathBuf, Vec<u8>), FileError> {
    let path = path(new, style)?;
    let message = new.message.unwrap_or("empty message");
    let writer = Writer { new, style, path: &path, codec: codec(style)? };
    let is_plain = !message.contains(['\\', '"', '\'', '\n', '\r', '\0', '\u{c}']);
    if is_plain {
        let (bytes, _) = writer.written(message)?;
        return Ok((path, bytes));
    }
    // What the docstring has to be is known from one with a message that needs no care.
    let mut probes = (0_u32..).map(|number| format!("message {number}"));
    let probe = probes.find(|probe| !contains(style.template, probe)).unwrap_or_default();
    let (_, docstring) = writer.written(&probe)?;
    let wanted = docstring.replace(&probe, message);
    let mut refused = FileError::Message;
    for candidate in candidates(message) {
        match writer.written(&candidate) {
            Ok((bytes, docstring)) if *docstring == *wanted => return Ok((path, bytes)),
            Err(error @ FileError::Unencodable { .. }) => refused = error,
            _ => {}
        }
    }
    Err(refused)
}

fn path(new: &NewRevision<'_>, style: &Style<'_>) -> Result<PathBuf, FileError> {
    let stem = new.stem.map_or_else(|| stem_by_template(new, style), |stem| Ok(stem.to_owned()))?;
    let name = format!("{stem}.py");
    let inside = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.ends_with("/.py") || !Path::new(&name).components().all(|part| inside(&part)) {
        return Err(FileError::Outside { name: name.into() });
    }
    let parts = Path::new(&name).components().filter(|part| *part != Component::CurDir);
    Ok(new.directory.join(parts.collect::<PathBuf>()))
}

fn stem_by_template(new: &NewRevision<'_>, style: &Style<'_>) -> Result<String, FileError> {
    let slug = slug(new.message.unwrap_or_default(), style.truncate_slug_length);
    Template::parse(style.file_template)
        .and_then(|template| template.render(new.id.as_str(), &slug, Some(new.date)))
        .map_err(FileError::FileTemplate)
}

fn codec(style: &Style<'_>) -> Result<Codec, FileError> {
    let encoding = style.output_encoding;
    Codec::named(encoding).ok_or_else(|| FileError::UnknownEncoding { encoding: encoding.into() })
}

fn contains(template: &[u8], probe: &str) -> bool {
    memchr::memmem::find(template, probe.as_bytes()).is_some()
}

/// The message as it is, and escaped more and more.
fn candidates(message: &str) -> [String; 4] {
    let escaped = message.replace('\\', "\\\\").replace('\r', "\\r").replace('\0', "\\x00");
    let mut triples = escaped.replace("\"\"\"", "\\\"\\\"\\\"");
    if triples.ends_with('"') && !triples.ends_with("\\\"") {
        triples.insert(triples.len() - 1, '\\');
    }
    let quotes = escaped.replace('"', "\\\"").replace('\'', "\\'");
    let lines = quotes.replace('\n', "\\n");
    [message.to_owned(), triples, quotes, lines]
}

struct Writer<'a> {
    new: &'a NewRevision<'a>,
    style: &'a Style<'a>,
    path: &'a Path,
    codec: Codec,
}

impl Writer<'_> {
    /// The bytes of the file with this text for its message, and the docstring that Python has then.
    fn written(&self, message: &str) -> Result<(Vec<u8>, Box<str>), FileError> {
        let values = Values {
            message,
            up_revision: self.new.id.as_str(),
            down_revision: self.new.parents,
            branch_labels: self.new.labels,
            create_date: self.new.date,
            option: self.style.option,
        };
        let text = template::render(self.style.template, &values).map_err(FileError::Template)?;
        let bytes = self.codec.encode(&text).map_err(|character| FileError::Unencodable {
            encoding: self.style.output_encoding.into(),
            character,
        })?;
        let docstring = self.read_back(&bytes)?;
        Ok((bytes, docstring))
    }

    /// The docstring of the file, once its values are seen to be what was meant.
    fn read_back(&self, bytes: &[u8]) -> Result<Box<str>, FileError> {
        let script = script::parse(self.path.to_path_buf(), bytes, Depth::Whole, &NoModules);
        if let Some(problem) = script.problems.first() {
            return Err(invalid(problem));
        }
        let lost = |name| Err(FileError::Lost { name });
        match script.revision {
            Some(revision) if revision.id != *self.new.id => lost("revision"),
            Some(revision) if revision.edges.parents != self.new.parents => lost("down_revision"),
            Some(revision) if revision.labels != self.new.labels => lost("branch_labels"),
            Some(revision) if !revision.edges.dependencies.is_empty() => lost("depends_on"),
            Some(revision) => Ok(revision.docstring),
            None => lost("revision"),
        }
    }
}

fn invalid(problem: &Problem) -> FileError {
    let message = match problem {
        Problem::Syntax { message, .. } => message.clone(),
        Problem::Missing(name)
        | Problem::Unknown { name, .. }
        | Problem::WrongType { name, .. } => {
            return FileError::Lost { name: name.as_str() };
        }
        Problem::Undecodable { encoding, .. } => format!("it would be read as {encoding}").into(),
        Problem::UnknownEncoding { encoding, .. } => {
            format!("it names the encoding {encoding}").into()
        }
        Problem::NulByte(_) => "it holds a NUL byte".into(),
        Problem::ConflictMarkers(_) => "it holds the markers of a conflict".into(),
        _ => "it is too large or too deeply nested".into(),
    };
    FileError::Invalid { message }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FileError, NewRevision, Style, file};
    use crate::datetime::DateTime;
    use crate::revision::RevisionId;

    const TEMPLATE: &str = "\"\"\"${message}\n\nRevises: ${down_revision | comma,n}\n\"\"\"\n\
        revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n";

    fn written(
        message: Option<&str>,
        change: impl Fn(&mut Style<'_>),
    ) -> Result<(String, String), String> {
        let date = DateTime::parse("2026-11-22 14:16:15.797448").unwrap();
        let parents = [RevisionId::from("b2"), RevisionId::from("a1")];
        let new = NewRevision {
            id: &RevisionId::from("m0"),
            parents: &parents,
            labels: &[],
            message,
            date: &date,
            directory: Path::new("/p/versions"),
            stem: None,
        };
        let mut style = Style {
            template: TEMPLATE.as_bytes(),
            file_template: "%(rev)s_%(slug)s",
            truncate_slug_length: 40,
            output_encoding: "utf-8",
            option: &|_, _| None,
        };
        change(&mut style);
        file(&new, &style)
            .map(|(path, bytes)| {
                (path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned())
            })
            .map_err(|error: FileError| error.to_string())
    }

    #[test]
    fn a_merge_revision() {
        let (path, text) = written(Some("Merge it"), |_| {}).unwrap();
        assert_eq!(path, "/p/versions/m0_merge_it.py");
        insta::assert_snapshot!(text, @r#"
        """Merge it

        Revises: b2, a1
        """
        revision = 'm0'
        down_revision = ('b2', 'a1')
        "#);
        assert_eq!(written(None, |_| {}).unwrap().0, "/p/versions/m0_.py");
    }

    /// What stands for the message.
    #[track_caller]
    fn check_message(message: &str, expected: &str) {
        let (_, text) = written(Some(message), |_| {}).unwrap();
        let shown = text.strip_prefix("\"\"\"").unwrap();
        assert_eq!(&shown[..expected.len() + 2], format!("{expected}\n\n"), "{text}");
    }

    #[test]
    fn a_message_that_would_break_the_docstring_is_escaped() {
        for message in ["it's \"quoted\"", "\"at once", "C:\\dir", "two\nlines", "a\u{c}b", ""] {
            check_message(message, message);
        }
        check_message("a\\b", "a\\\\b");
        check_message("x \"\"\" y", "x \\\"\\\"\\\" y");
        check_message("\"\"\"", "\\\"\\\"\\\"");
        check_message("\\", "\\\\");
        check_message("a\rb\0", "a\\rb\\x00");
    }

    #[test]
    fn a_quote_at_the_end_of_a_docstring_of_one_line() {
        let template = TEMPLATE.replace("\n\nRevises: ${down_revision | comma,n}\n", "");
        let first = |message: &str, template: &str| {
            let style = |style: &mut Style<'_>| style.template = leak(template);
            written(Some(message), style).map(|(_, text)| text.lines().next().unwrap().to_owned())
        };
        assert_eq!(first("say \"hi\"", &template).unwrap(), "\"\"\"say \"hi\\\"\"\"\"");
        let single = template.replace("\"\"\"", "'");
        assert_eq!(first("it's\nit", &single).unwrap(), "'it\\'s\\nit'");
        let raw = template.replacen("\"\"\"", "r\"\"\"", 1);
        assert_eq!(
            first("\"\"\"", &raw).unwrap_err(),
            "the template puts the message where it cannot stand"
        );
    }

    fn leak(text: &str) -> &'static [u8] {
        Box::leak(text.as_bytes().to_vec().into_boxed_slice())
    }

    #[track_caller]
    fn check_error(message: &str, change: impl Fn(&mut Style<'_>), expected: &str) {
        assert_eq!(written(Some(message), change).unwrap_err(), expected);
    }

    #[test]
    fn why_there_is_no_file() {
        check_error(
            "x",
            |style| style.template = b"${op}",
            "line 1: `${op}`: `op` is not defined when a merge is written; only `env.py` could supply it",
        );
        check_error(
            "x",
            |style| style.file_template = "%(x)s",
            "`%(x)` in `file_template`: alembic knows no such token",
        );
        check_error(
            "x",
            |style| style.file_template = "../%(rev)s",
            "the file name `../m0.py` leads out of its folder",
        );
        check_error(
            "x",
            |style| style.output_encoding = "klingon",
            "`output_encoding = klingon` is not known here",
        );
        check_error(
            "é",
            |style| style.output_encoding = "ascii",
            "`output_encoding = ascii` has no `é`",
        );
        check_error(
            "é",
            |style| style.output_encoding = "latin-1",
            "the template gives a file that is not valid Python: it would be read as utf-8",
        );
        check_error(
            "x",
            |style| style.template = b"",
            "the template gives a file that does not set `revision` to what was asked for",
        );
        check_error(
            "x",
            |style| style.template = b"revision = 'm0'\ndown_revision = None",
            "the template gives a file that does not set `down_revision` to what was asked for",
        );
        check_error(
            "x",
            |style| style.template = b"def f(:",
            "the template gives a file that is not valid Python: expected a parameter or the end of the parameter list",
        );
    }
}
