//! CPython's `repr` of a string, as its exceptions show one.

use std::fmt::Write as _;

/// The text between quotes with escapes (CPython 3.11, `unicode_repr`): single quotes unless the text has one and no
/// double quote; what `str.isprintable` denies is escaped. Which characters those are follows the Unicode version of
/// this program.
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c == quote => shown.extend(['\\', c]),
            c if is_printable(c) => shown.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(shown, "\\x{code:02x}"),
                    0x100..=0xffff => write!(shown, "\\u{code:04x}"),
                    _ => write!(shown, "\\U{code:08x}"),
                };
            }
        }
    }
    shown.push(quote);
    shown
}

/// Beyond ASCII, Rust's `escape_debug` escapes the same characters, but for a combining mark without a base.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let after_a_base: String = ['x', c].into_iter().collect();
    !after_a_base.escape_debug().to_string().contains("\\u{")
}

#[cfg(test)]
mod tests {
    use super::repr;

    /// What CPython 3.11 prints.
    const CASES: [(&str, &str); 9] = [
        ("abc", "'abc'"),
        ("it's", "\"it's\""),
        ("it's \"x\"", "'it\\'s \"x\"'"),
        ("a\\b\n\r\t", "'a\\\\b\\n\\r\\t'"),
        ("\0\u{1b}\u{7f}\u{a0}\u{ad}", "'\\x00\\x1b\\x7f\\xa0\\xad'"),
        ("é漢🙂e\u{301}", "'é漢🙂e\u{301}'"),
        ("\u{200b}\u{202e}\u{2028}\u{feff}", "'\\u200b\\u202e\\u2028\\ufeff'"),
        ("\u{e000}\u{10ffff}", "'\\ue000\\U0010ffff'"),
        ("", "''"),
    ];

    #[test]
    fn strings_are_shown_as_python_shows_them() {
        for (text, shown) in CASES {
            assert_eq!(repr(text), shown);
        }
    }
}
