//! A change of a file as a few lines that take the place of others: what a comment on a pull request can offer.

use crate::diagnostic::Suggestion;

/// How many lines a comment still shows well.
const LINES: usize = 40;

/// The lines that differ, where they are few; `None` where nothing is replaced, or too much.
pub fn suggestion(old: &str, new: &str) -> Option<Suggestion> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let before = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[before..], &new[before..]);
    let after = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - after], &new[..new.len() - after]);
    if old.is_empty() || old.len().max(new.len()) > LINES {
        return None;
    }
    let text = new.concat();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    Some(Suggestion { first: before + 1, last: before + old.len(), text })
}

/// Lines as git counts them, with their ends.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::suggestion;
    use crate::diagnostic::Suggestion;

    #[track_caller]
    fn check(old: &str, new: &str, first: usize, last: usize, text: &str) {
        let expected = Suggestion { first, last, text: text.into() };
        assert_eq!(suggestion(old, new), Some(expected), "{old:?} {new:?}");
    }

    #[test]
    fn from_the_first_line_that_differs_to_the_last() {
        check("a\nb\nc\n", "a\nx\nc\n", 2, 2, "x");
        check("a\nb\nc\nd\n", "a\nx\nc\ny\n", 2, 4, "x\nc\ny");
        check("a\r\nb\r\nc\r\n", "a\r\nx\r\nc\r\n", 2, 2, "x");
        check("a\r\nb\r\nc\r\n", "x\r\ny\r\nc\r\n", 1, 2, "x\r\ny");
        check("a", "b", 1, 1, "b");
        check("a\na\na\n", "a\na\n", 3, 3, "");
    }

    #[test]
    fn what_replaces_nothing_or_too_much_is_none() {
        assert_eq!(suggestion("a\n", "a\n"), None);
        assert_eq!(suggestion("a\n", "a\nb\n"), None);
        assert_eq!(suggestion(&"a\n".repeat(41), &"b\n".repeat(41)), None);
    }
}
