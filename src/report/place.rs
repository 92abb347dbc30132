//! Where a byte of a text lies, as people and editors count.
//!
//! A text is gone over once, so that thousands of findings in one file, or on one endless line of it, cost no more than
//! their number. Knows nothing of files.

/// A place in a text as people and editors count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// How many bytes lie between two counts of characters.
const STEP: usize = 256;

/// A text and where its lines begin.
#[derive(Clone, Debug)]
pub struct SourceText {
    text: Box<str>,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    /// How many characters begin before each [`STEP`]th byte.
    counts: Vec<usize>,
}

impl SourceText {
    /// Goes over `text`. Lines end as Python's do: with a line feed, a carriage return, or both.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let ends_line = |&(at, &byte): &(usize, &u8)| {
            byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
        };
        let ends = bytes.iter().enumerate().filter(ends_line);
        let line_starts = ends.map(|(at, _)| at + 1).collect();
        let mut counts = vec![0];
        let mut count = 0;
        for step in bytes.chunks_exact(STEP) {
            count += characters(step);
            counts.push(count);
        }
        Self { text, line_starts, counts }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The position of a byte. An offset beyond the end, or inside a character, counts as the nearest one before it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let start = self.line_start(offset);
        let column = 1 + self.characters_before(offset) - self.characters_before(start);
        Position { line: 1 + self.lines_before(offset), column }
    }

    /// Where the line begins that `offset` lies in.
    pub fn line_start(&self, offset: usize) -> usize {
        let before = self.lines_before(offset);
        if before == 0 { 0 } else { self.line_starts[before - 1] }
    }

    /// How many lines end before `offset`.
    fn lines_before(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let step = offset / STEP;
        self.counts[step] + characters(&self.text.as_bytes()[step * STEP..offset])
    }
}

impl From<&str> for SourceText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for SourceText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// How many characters begin in `bytes`, which are UTF-8: all bytes but those that go on with one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::{Position, SourceText};

    #[track_caller]
    fn check_position(text: &str, offset: usize, line: usize, column: usize) {
        assert_eq!(SourceText::new(text).position(offset), Position { line, column });
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        check_position("ab\ncd", 0, 1, 1);
        check_position("ab\ncd", 4, 2, 2);
        check_position("", 0, 1, 1);
    }

    #[test]
    fn columns_are_characters() {
        check_position("ä = 1", 3, 1, 3);
    }

    #[test]
    fn every_line_end_of_python_counts() {
        check_position("a\r\nb\rc", 5, 3, 1);
        check_position("a\r\nb", 1, 1, 2);
    }

    #[test]
    fn offsets_beyond_the_text_are_its_end() {
        check_position("ab\n", 99, 2, 1);
        check_position("ä", 1, 1, 1);
    }

    /// Counting from the beginning, character by character.
    fn naive(text: &str, offset: usize) -> Position {
        let mut position = Position { line: 1, column: 1 };
        let mut characters = text.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let end = characters.peek().map_or(text.len(), |&(next, _)| next);
            if end > offset {
                break;
            }
            let ends_line = c == '\n' || c == '\r' && !text[at + 1..].starts_with('\n');
            if ends_line {
                position = Position { line: position.line + 1, column: 1 };
            } else {
                position.column += 1;
            }
        }
        position
    }

    #[test]
    fn positions_are_those_of_counting_from_the_beginning() {
        let pieces = ["a", "ä", "€", "🦀", "\n", "\r", "\r\n", "xyz"];
        let mut state = 3_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        for round in 0..60 {
            // Every other text has hardly any line ends, so that columns go far.
            let kinds: Vec<&str> = if round % 2 == 0 { pieces.into() } else { pieces[..4].into() };
            let text: String = (0..random(700)).map(|_| kinds[random(kinds.len())]).collect();
            let source = SourceText::new(text.as_str());
            for offset in 0..text.len() + 3 {
                assert_eq!(source.position(offset), naive(&text, offset), "{offset} in {text:?}");
            }
        }
    }
}
