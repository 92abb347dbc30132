//! Words as Python's `shlex.split` finds them, in its POSIX mode and without comments.
//!
//! Python's rules are simpler than a shell's: no expansion of any kind, and the word is the only thing there is.
//! Source: `CPython` 3.14, `Lib/shlex.py`, `shlex.read_token` with `posix`, `whitespace_split` and no `commenters`.

/// Why a text has no words; Python's own sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitError {
    /// A quote is opened and not closed.
    NoClosingQuotation,
    /// The text ends with a backslash.
    NoEscapedCharacter,
}

impl std::fmt::Display for SplitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoClosingQuotation => "No closing quotation",
            Self::NoEscapedCharacter => "No escaped character",
        })
    }
}

/// The words of a text.
///
/// # Errors
/// Where Python raises `ValueError`.
pub fn split(text: &str) -> Result<Vec<String>, SplitError> {
    let mut words = Vec::new();
    // A word that has begun, if only by an empty pair of quotes.
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' | '"' => quoted(c, &mut characters, word.get_or_insert_default())?,
            '\\' => {
                let escaped = characters.next().ok_or(SplitError::NoEscapedCharacter)?;
                word.get_or_insert_default().push(escaped);
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// What stands up to the closing quote.
fn quoted(
    quote: char,
    characters: &mut std::str::Chars<'_>,
    word: &mut String,
) -> Result<(), SplitError> {
    loop {
        match characters.next().ok_or(SplitError::NoClosingQuotation)? {
            c if c == quote => return Ok(()),
            // Between double quotes a backslash escapes itself and the quote, and stays before anything else.
            '\\' if quote == '"' => {
                let escaped = characters.next().ok_or(SplitError::NoEscapedCharacter)?;
                if escaped != '\\' && escaped != quote {
                    word.push('\\');
                }
                word.push(escaped);
            }
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SplitError, split};

    #[test]
    fn words_stand_between_blanks() {
        check("", &[]);
        check(" \t\r\n", &[]);
        check("-l 79 x.py", &["-l", "79", "x.py"]);
        check("a\u{a0}b\u{c}c", &["a\u{a0}b\u{c}c"]);
    }

    #[test]
    fn quotes_hold_a_word_together() {
        check("'a b'c\"d e\"", &["a bcd e"]);
        check("'' a \"\"", &["", "a", ""]);
        check(
            r#"'a\b' "a\b" "a\"b" "a\\b" a\ b a\'b "#,
            &["a\\b", "a\\b", "a\"b", "a\\b", "a b", "a'b"],
        );
    }

    #[test]
    fn nothing_else_means_anything() {
        check("$HOME #x ;|&&>~ *", &["$HOME", "#x", ";|&&>~", "*"]);
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        assert_eq!(split("a 'b"), Err(SplitError::NoClosingQuotation));
        assert_eq!(split("a \"b\\"), Err(SplitError::NoEscapedCharacter));
        assert_eq!(split("a\\"), Err(SplitError::NoEscapedCharacter));
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(split(text).unwrap(), expected, "{text}");
    }
}
