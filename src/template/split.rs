//! `re.split` with the simple patterns that take a list of names apart.
//!
//! A pattern is a sequence of characters, `\s` and sets of both, each with `*`, `+`, `?` or nothing behind it.
//! Everything else is refused, and so is a pattern that can match nothing at all.

use crate::revision::is_python_space;

/// A pattern that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Atom>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Atom {
    characters: Vec<char>,
    /// White space as well.
    space: bool,
    least: usize,
    most: usize,
}

impl Pattern {
    /// Reads a pattern of Python's `re`; `None` where it is not understood.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let mut atoms = Vec::new();
        let mut characters = pattern.chars().peekable();
        while let Some(c) = characters.next() {
            let mut atom = Atom { characters: Vec::new(), space: false, least: 1, most: 1 };
            match c {
                '[' => loop {
                    match characters.next()? {
                        ']' if atom.characters.is_empty() && !atom.space => return None,
                        ']' => break,
                        '\\' => atom.escape(characters.next()?)?,
                        '^' | '-' | '[' | '&' | '~' | '|' => return None,
                        c => atom.characters.push(c),
                    }
                },
                '\\' => atom.escape(characters.next()?)?,
                '.' | '^' | '$' | '*' | '+' | '?' | '{' | '}' | ']' | '|' | '(' | ')' => {
                    return None;
                }
                c => atom.characters.push(c),
            }
            (atom.least, atom.most) = match characters.peek() {
                Some('*') => (0, usize::MAX),
                Some('+') => (1, usize::MAX),
                Some('?') => (0, 1),
                _ => (1, 1),
            };
            if characters.next_if(|c| "*+?".contains(*c)).is_some()
                && characters.peek().is_some_and(|c| "*+?{".contains(*c))
            {
                return None;
            }
            atoms.push(atom);
        }
        atoms.iter().any(|atom| atom.least > 0).then_some(Self(atoms))
    }

    /// The parts of a text between the matches.
    pub(super) fn split(&self, text: &str) -> Vec<String> {
        let mut parts = Vec::new();
        let (mut part, mut at) = (0, 0);
        while at < text.len() {
            match matched(&self.0, &text[at..]) {
                Some(length) => {
                    parts.push(text[part..at].to_owned());
                    at += length;
                    part = at;
                }
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        parts.push(text[part..].to_owned());
        parts
    }
}

impl Atom {
    /// What follows a backslash.
    fn escape(&mut self, c: char) -> Option<()> {
        match c {
            's' => self.space = true,
            'n' => self.characters.push('\n'),
            't' => self.characters.push('\t'),
            c if c.is_ascii_punctuation() => self.characters.push(c),
            _ => return None,
        }
        Some(())
    }

    fn accepts(&self, c: char) -> bool {
        self.characters.contains(&c) || (self.space && is_python_space(c))
    }
}

/// How far the atoms reach from the start of a text, each as far as it can.
fn matched(atoms: &[Atom], text: &str) -> Option<usize> {
    let Some((atom, rest)) = atoms.split_first() else { return Some(0) };
    let mut ends = vec![0];
    let mut end = 0;
    for c in text.chars().take_while(|&c| atom.accepts(c)).take(atom.most) {
        end += c.len_utf8();
        ends.push(end);
    }
    let enough = ends.iter().enumerate().rev().take_while(|&(count, _)| count >= atom.least);
    enough.into_iter().find_map(|(_, &end)| Some(end + matched(rest, &text[end..])?))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[track_caller]
    fn check_split(pattern: &str, text: &str, expected: &[&str]) {
        assert_eq!(Pattern::parse(pattern).unwrap().split(text), expected);
    }

    #[test]
    fn texts_are_split_as_python_splits_them() {
        check_split(r",\s*", "a, b,c,\n  d", &["a", "b", "c", "d"]);
        check_split(",", "", &[""]);
        check_split(r"\s*[,;]+\s*", "a ;, b", &["a", "b"]);
        check_split(r" +", "a  b ", &["a", "b", ""]);
        check_split(r"é?\.", "aé.b.c", &["a", "b", "c"]);
        check_split(r"\s*\s,", "a  ,b", &["a", "b"]);
    }

    #[test]
    fn patterns_that_are_not_understood() {
        for pattern in
            ["", r"\s*", "(,)", "a|b", "[^a]", "[a-z]", r"\d", "a{2}", "a*?", ".", "[]", "["]
        {
            assert_eq!(Pattern::parse(pattern), None, "{pattern}");
        }
    }
}
