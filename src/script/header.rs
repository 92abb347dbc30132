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
