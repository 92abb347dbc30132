//! Whether two versions of a script do the same to a database.
//!
//! Compares what the code says, not how it is written, and looks at no database and at no other file.

use super::MAX_BYTES;
use crate::python::code::Code;
use crate::python::decode;

/// What became of the code of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operations {
    /// Nobody looked.
    NotCompared,
    /// It does the same.
    Same,
    /// It does something else.
    Changed {
        /// In `upgrade()`.
        upgrade: bool,
        /// In `downgrade()`.
        downgrade: bool,
    },
    /// It cannot be read as it is here.
    Unreadable,
    /// It could not be read as it was.
    WasUnreadable,
}

/// Compares the code of a script with what it was.
pub fn compare(here: &[u8], before: &[u8]) -> Operations {
    let Some(here) = code(here) else { return Operations::Unreadable };
    let Some(before) = code(before) else { return Operations::WasUnreadable };
    let is_changed = |function: &str| !here.is_alike(&before, function);
    match (is_changed("upgrade"), is_changed("downgrade")) {
        (false, false) => Operations::Same,
        (upgrade, downgrade) => Operations::Changed { upgrade, downgrade },
    }
}

fn code(bytes: &[u8]) -> Option<Code> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let decoded = decode::decode(bytes);
    if decoded.flaws.is_empty() { Code::read(&decoded.text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Operations, compare};

    #[test]
    fn newlines_and_encodings_do_not_count() {
        let text = "def upgrade():\n    run('\u{e4}')\n";
        let same = |other: &[u8]| compare(other, text.as_bytes()) == Operations::Same;
        assert!(same(text.replace('\n', "\r\n").as_bytes()));
        assert!(same(format!("\u{feff}{text}").as_bytes()));
        assert!(same(b"# coding: latin-1\ndef upgrade():\n    run('\xe4')\n"));
        assert!(!same(b"# coding: latin-1\ndef upgrade():\n    run('\xe5')\n"));
    }

    #[test]
    fn what_cannot_be_read_cannot_be_compared() {
        assert_eq!(compare(b"def f(:", b""), Operations::Unreadable);
        assert_eq!(compare(b"", b"print 'a'"), Operations::WasUnreadable);
        assert_eq!(compare(b"\xff", b""), Operations::Unreadable);
    }
}
