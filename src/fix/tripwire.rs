//! Files that name the head, kept by some teams so that git conflicts when two branches add a revision.
//!
//! A repair keeps them in step where they said the truth before, and leaves alone what it does not understand.

use std::collections::BTreeMap;

/// The names of such files, in the folders of scripts and of versions (neutron's, and those of tools that write one).
pub const NAMES: [&str; 5] = ["HEAD", "HEADS", "EXPAND_HEAD", "CONTRACT_HEAD", "head.txt"];

/// What a file that names heads is to hold after a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tripwire {
    /// It names nothing that changed.
    Untouched,
    /// Its new content.
    Rewritten(Vec<u8>),
    /// It names a revision that is no head any more, in a way that is not understood.
    Unclear,
}

/// What becomes of a file with this content.
///
/// `successors` leads from each id that was a head, or is gone, to the head that has come in its place. Each line must
/// be one id; spaces, the other lines and the ends of lines stay as they are. Lines that become the same are one.
pub fn follow(content: &[u8], successors: &BTreeMap<String, String>) -> Tripwire {
    let Ok(text) = std::str::from_utf8(content) else { return Tripwire::Untouched };
    let words = || text.split_whitespace().filter(|word| successors.contains_key(*word));
    if words().next().is_none() {
        return Tripwire::Untouched;
    }
    let mut written: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        let id = line.trim();
        let replaced = match successors.get(id) {
            Some(successor) => line.replacen(id, successor, 1),
            None if id.split_whitespace().any(|word| successors.contains_key(word)) => {
                return Tripwire::Unclear;
            }
            None => line.to_owned(),
        };
        let is_repeated = !id.is_empty() && written.iter().any(|one| one.trim() == replaced.trim());
        if !is_repeated {
            written.push(replaced);
        }
    }
    Tripwire::Rewritten(written.concat().into_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Tripwire, follow};

    #[track_caller]
    fn check(content: &str, expected: &str) {
        let successors: BTreeMap<String, String> =
            [("a", "m"), ("b", "m")].map(|(old, new)| (old.into(), new.into())).into();
        let shown = match follow(content.as_bytes(), &successors) {
            Tripwire::Untouched => "untouched".to_owned(),
            Tripwire::Unclear => "unclear".to_owned(),
            Tripwire::Rewritten(bytes) => String::from_utf8(bytes).unwrap(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_head_is_replaced_and_the_line_end_stays() {
        check("a\n", "m\n");
        check("a", "m");
        check("  a\r\n", "  m\r\n");
    }

    #[test]
    fn two_heads_that_become_one_are_named_once() {
        check("a\nb\n", "m\n");
        check("a\nz\n", "m\nz\n");
    }

    #[test]
    fn what_names_no_head_stays() {
        check("z\n", "untouched");
        check("", "untouched");
        check("the heads are ab and ba\n", "untouched");
    }

    #[test]
    fn a_sentence_is_not_rewritten() {
        check("the head is a\n", "unclear");
    }
}
