//! Where the Python inside a template ends, as Mako finds it (1.4.3, `Lexer.parse_until_text`): strings and comments
//! are passed over, brackets are counted, nothing is understood.

/// What may end a piece of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `|`, outside of brackets.
    Bar,
    /// `}`, outside of brackets.
    Brace,
    /// `%>`, anywhere.
    Block,
}

impl End {
    fn text(self) -> &'static str {
        match self {
            Self::Bar => "|",
            Self::Brace => "}",
            Self::Block => "%>",
        }
    }
}

/// The first of `ends` from `start` on, and where it stands; `None` where there is none.
pub(super) fn until(text: &str, start: usize, ends: &[End]) -> Option<(usize, End)> {
    let counts_brackets = !ends.contains(&End::Block);
    // Braces, parentheses, square brackets; one closed too often counts below zero, as it does there.
    let mut open = [0_i64; 3];
    let mut at = start;
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with('#')
            && let Some(length) = rest.find('\n')
        {
            at += length + 1;
            continue;
        }
        if let Some(length) = string(rest) {
            at += length;
            continue;
        }
        if let Some(end) = ends.iter().find(|end| rest.starts_with(end.text())) {
            if !counts_brackets || open.iter().all(|&depth| depth <= 0) {
                return Some((at, *end));
            }
            count(end.text(), &mut open);
            at += end.text().len();
            continue;
        }
        let stops = |from: &str| {
            from.starts_with(['"', '\'', '#'])
                || ends.iter().any(|end| from.starts_with(end.text()))
        };
        let length = rest.char_indices().map(|(at, _)| at).find(|&at| stops(&rest[at..]))?;
        count(&rest[..length], &mut open);
        // A quote that opens nothing is passed over.
        at += length.max(1);
    }
}

fn count(text: &str, open: &mut [i64; 3]) {
    for byte in text.bytes() {
        match byte {
            b'{' => open[0] += 1,
            b'}' => open[0] -= 1,
            b'(' => open[1] += 1,
            b')' => open[1] -= 1,
            b'[' => open[2] += 1,
            b']' => open[2] -= 1,
            _ => {}
        }
    }
}

/// The length of the string that `text` begins with, over as many lines as it takes.
fn string(text: &str) -> Option<usize> {
    ["\"\"\"", "'''", "\"", "'"].into_iter().filter(|quote| text.starts_with(quote)).find_map(
        |quote| {
            let mut at = quote.len();
            loop {
                let rest = &text[at..];
                if rest.starts_with(quote) {
                    return Some(at + quote.len());
                }
                let mut characters = rest.chars();
                let c = characters.next()?;
                at += c.len_utf8();
                if c == '\\' {
                    at += characters.next()?.len_utf8();
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{End, until};

    #[track_caller]
    fn check_code(text: &str, expected: Option<&str>) {
        let found = until(text, 0, &[End::Bar, End::Brace]);
        assert_eq!(found.map(|(at, _)| &text[..at]), expected, "{text}");
    }

    #[test]
    fn strings_comments_and_brackets_hide_the_end() {
        check_code("a}b", Some("a"));
        check_code("a|b}", Some("a"));
        check_code("'}' + \"|\"}", Some("'}' + \"|\""));
        check_code("f({1: 2}, a | b)}", Some("f({1: 2}, a | b)"));
        check_code("a # }\n}", Some("a # }\n"));
        check_code("'''it's } '''}", Some("'''it's } '''"));
        check_code("'\\'}'}", Some("'\\'}'"));
        check_code("it's}", Some("it's"));
        check_code("''}", Some("''"));
        check_code(")]}", Some(")]"));
        check_code("(}", None);
        check_code("", None);
    }
}
