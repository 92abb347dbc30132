//! Words that several rules share: number words, lists, and names as Python or a shell would take them.
//!
//! Nothing here escapes for a terminal; that is the report's business.

use std::fmt::Write as _;

use crate::environment::Environment;

/// How many names a message lists before it says how many more there are.
const LISTED: usize = 10;

/// `1 head`, `2 heads`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The name in backticks.
pub fn quoted(name: impl std::fmt::Display) -> String {
    format!("`{name}`")
}

/// `a`, `b` and `c`, each in backticks; a long list is cut and says by how much.
pub fn list<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut more = 0;
    for name in names {
        if shown.len() < LISTED {
            shown.push(quoted(name));
        } else {
            more += 1;
        }
    }
    let last = if more > 0 { Some(format!("{more} more")) } else { shown.pop() };
    match last {
        None => String::new(),
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} and {last}", shown.join(", ")),
    }
}

/// The text as Python's `repr` shows a string, as it stands in the message of a `KeyError` (CPython 3.11; all
/// characters but the controls count as printable here).
pub fn python_string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c == quote => shown.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown.push(quote);
    shown
}

/// The text as a literal in the style of Alembic's users: double quotes where that needs no escapes.
pub fn literal(text: &str) -> String {
    let plain = text.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    if plain { format!("\"{text}\"") } else { python_string(text) }
}

/// The text as one word of a POSIX shell command.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_./:@%+=-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// `alembic`, with the section where it is not the usual one.
pub fn alembic(environment: &Environment) -> String {
    if environment.section == "alembic" || environment.section.is_empty() {
        "alembic".to_owned()
    } else {
        format!("alembic -n {}", shell_word(&environment.section))
    }
}

#[cfg(test)]
mod tests {
    use super::{count, list, literal, python_string, shell_word};

    #[test]
    fn numbers_agree_with_their_noun() {
        assert_eq!([count(1, "head"), count(2, "head")], ["1 head", "2 heads"]);
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn long_lists_are_cut() {
        let shown = list(0..25);
        assert!(shown.ends_with("`8`, `9` and 15 more"), "{shown}");
    }

    #[test]
    fn strings_as_python_shows_them() {
        assert_eq!(python_string("a'b"), "\"a'b\"");
        assert_eq!(python_string("a\n\u{1b}"), "'a\\n\\x1b'");
        assert_eq!(literal("c3d9"), "\"c3d9\"");
        assert_eq!(literal("a\"b"), "'a\"b'");
    }

    #[test]
    fn words_that_a_shell_takes_as_one() {
        assert_eq!(shell_word("c3d9"), "c3d9");
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        assert_eq!(shell_word("-m"), "'-m'");
    }
}
