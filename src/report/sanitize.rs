//! Text from a repository on its way to a terminal: control characters, escapes and direction marks are made visible.
//!
//! Names, ids, messages and lines of source are untrusted; nothing of them may move the cursor, change the colour or
//! turn the direction of what is read.

use std::fmt::Write as _;

use std::borrow::Cow;

/// Whether a terminal could take the character for more than a letter: controls, line separators, marks that change
/// the direction of writing or join invisibly.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with each unsafe character as an escape: `\n`, `\x1b`, `\u{202e}`.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unsafe(c) && u32::from(c) < 0x100 => {
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_unsafe(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// One visible character in place of an unsafe one, so that columns stay what they are.
pub fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_unsafe(c) => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{sanitize, visible};

    #[test]
    fn plain_text_is_left_alone() {
        assert_eq!(sanitize("add_größe `x` 日本"), "add_größe `x` 日本");
    }

    #[test]
    fn what_a_terminal_would_obey_is_made_visible() {
        assert_eq!(sanitize("a\nb\r\t\u{1b}[31m\u{7f}\u{9b}"), "a\\nb\\r\\t\\x1b[31m\\x7f\\x9b");
        assert_eq!(sanitize("\u{202e}x\u{2066}\u{200b}"), "\\u{202e}x\\u{2066}\\u{200b}");
    }

    #[test]
    fn a_character_stays_one_character() {
        let shown: String = "a\tb\u{1b}\u{202e}".chars().map(visible).collect();
        assert_eq!(shown, "a b␛\u{fffd}");
    }
}
