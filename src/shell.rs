//! Words as a POSIX shell takes them, for the commands that messages offer.
//!
//! Only writes; nothing here runs a command, and words are read by [`split`] alone.

pub mod split;

use std::fmt::Write as _;

use crate::report::sanitize::is_unsafe;

/// The text as one word of a shell command. A character that a terminal must not see is written as an escape in `$'…'`,
/// which bash and zsh read, so that the word survives being shown and pasted.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_./:@%+=-".contains(c);
    if text.contains(is_unsafe) {
        return escaped(text);
    }
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn escaped(text: &str) -> String {
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => word.push_str("\\n"),
            '\t' => word.push_str("\\t"),
            '\\' | '\'' => word.extend(['\\', c]),
            c if c.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(word, "\\x{:02x}", u32::from(c));
            }
            c if is_unsafe(c) => {
                let _ = write!(word, "\\U{:08x}", u32::from(c));
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn plain_words_stay_as_they_are() {
        assert_eq!(word("a/b_c-1.py"), "a/b_c-1.py");
        assert_eq!(word("größe"), "größe");
    }

    #[test]
    fn what_a_shell_would_take_for_more_is_quoted() {
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("it's $(x)"), "'it'\\''s $(x)'");
        assert_eq!(word("-x"), "'-x'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn what_a_terminal_must_not_see_is_an_escape() {
        assert_eq!(word("a\nb'\u{1b}\u{202e}\\"), "$'a\\nb\\'\\x1b\\U0000202e\\\\'");
    }
}
