//! The lines of a docstring that repeat a value: `Revision ID:`, `Revises:`, `Create Date:`.
//!
//! Alembic writes them and never reads them. Only the module's docstring is looked at, as it stands in the file.

use super::Span;
pub use super::{Header, HeaderLine};
use crate::python::decode::offset;

/// The first line of each kind in the literals of a docstring.
pub fn read(text: &str, literals: &[Span]) -> Header {
    let mut header = Header::default();
    for literal in literals {
        let mut start = literal.start as usize;
        let Some(content) = text.get(literal.range()) else { continue };
        for line in content.split_inclusive('\n') {
            let rest = line.trim_start();
            if !rest.starts_with(['R', 'C']) {
                start += line.len();
                continue;
            }
            let kinds = [
                ("Revision ID:", &mut header.revision),
                ("Revises:", &mut header.revises),
                ("Create Date:", &mut header.create_date),
            ];
            for (name, found) in kinds {
                if found.is_none()
                    && let Some(after) = rest.strip_prefix(name)
                {
                    let after_at = start + line.len() - after.len();
                    *found = Some(header_line(after, after_at));
                }
            }
            start += line.len();
        }
    }
    header
}

/// The text after the colon, which stands at `at`.
fn header_line(after: &str, at: usize) -> HeaderLine {
    let text = after.trim();
    let start = if text.is_empty() { at } else { at + after.len() - after.trim_start().len() };
    let span = Span { start: offset(start), end: offset(start + text.len()) };
    HeaderLine { text: text.into(), span }
}

impl HeaderLine {
    /// Whether the line, a `Revision ID:`, says this id. One without text says nothing, and so nothing else.
    pub fn agrees_with_id(&self, id: &str) -> bool {
        self.text.is_empty() || &*self.text == id || names(&self.text, &[id]) == [id]
    }

    /// Whether the line, a `Revises:`, names these parents, in whatever order and form.
    pub fn agrees_with_parents(&self, parents: &[&str]) -> bool {
        [&*self.text] == *parents || same_set(names(&self.text, parents), parents.to_vec())
    }
}

/// The ids in a header line. Some templates print Python's form of the value: `('a', 'b')`, `None`. What follows an
/// id after white space is a remark, unless the id of the code, one of `known`, holds white space itself.
pub fn names<'a>(text: &'a str, known: &[&str]) -> Vec<&'a str> {
    let inner = text.trim_matches(|c| matches!(c, '(' | ')' | '[' | ']'));
    let ids = inner.split(',').filter_map(|piece| match piece.trim() {
        whole if known.contains(&whole) => Some(whole),
        whole => whole.split_whitespace().next(),
    });
    ids.map(|id| id.trim_matches(|c| matches!(c, '\'' | '"' | '`')))
        .filter(|id| !matches!(*id, "" | "None" | "<base>"))
        .collect()
}

fn same_set<'a>(mut a: Vec<&'a str>, mut b: Vec<&'a str>) -> bool {
    for list in [&mut a, &mut b] {
        list.sort_unstable();
        list.dedup();
    }
    a == b
}
