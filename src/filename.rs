//! What migration files are called: `file_template`, slugs, sequence numbers.
//!
//! Pure text. Nothing here looks at folders, and the clock is not read: a moment is given.

mod template;

pub use template::{FileTemplateError, Template};

use crate::python::word::is_word;

/// The part of a file name that comes from the message: its words, joined by `_`, in lower case, cut after `limit`
/// characters at the last `_` (1.20.1, `ScriptDirectory._rev_path`; a negative limit is a Python slice). Python's
/// `str.lower` and Rust's `to_lowercase` are the same function of Unicode.
pub fn slug(message: &str, limit: i64) -> String {
    let words: Vec<&str> = message.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let slug = words.join("_").to_lowercase();
    let length = slug.chars().count();
    let fits = usize::try_from(limit).is_ok_and(|limit| length <= limit);
    if fits {
        return slug;
    }
    let kept = usize::try_from(limit).unwrap_or_else(|_| {
        let dropped = usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX);
        length.saturating_sub(dropped)
    });
    let cut: String = slug.chars().take(kept).collect();
    let whole = cut.rsplit_once('_').map_or(cut.as_str(), |(before, _)| before);
    format!("{whole}_")
}

/// The sequence number at the start of a file name, such as the 42 of `0042_add_items` or `main_0042-x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence<'a> {
    /// Lower-case letters with their `_` before the number, may be empty.
    pub prefix: &'a str,
    /// The number.
    pub number: u32,
    /// How many digits it is written with.
    pub width: usize,
}

impl<'a> Sequence<'a> {
    /// The sequence number of a file name; `None` when it has none or begins with a date.
    pub fn of(name: &'a str) -> Option<Self> {
        let letters = name.len() - name.trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let start = if letters > 0 && name[letters..].starts_with('_') { letters + 1 } else { 0 };
        let rest = &name[start..];
        let width = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let after = &rest[width..];
        if !(1..=5).contains(&width) || !after.starts_with(['_', '-']) {
            return None;
        }
        let month = &after.as_bytes()[1..];
        let is_date = width == 4 && month.len() >= 2 && month[..2].iter().all(u8::is_ascii_digit);
        let number = rest[..width].parse().ok()?;
        (!is_date).then_some(Self { prefix: &name[..start], number, width })
    }

    /// Where the number ends in the name.
    pub fn end(&self) -> usize {
        self.prefix.len() + self.width
    }

    /// The prefix and another number, at least as wide as this one.
    pub fn with(&self, number: u32) -> String {
        format!("{}{number:0width$}", self.prefix, width = self.width)
    }
}

/// Whether the files of a version location are numbered: at least four in five begin with a sequence number.
pub fn is_numbered<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    let (mut all, mut numbered) = (0_usize, 0_usize);
    for name in names {
        all += 1;
        numbered += usize::from(Sequence::of(name).is_some());
    }
    all > 0 && numbered * 5 >= all * 4
}

#[cfg(test)]
mod tests {
    use super::{Sequence, is_numbered, slug};

    #[track_caller]
    fn check_slug(message: &str, limit: i64, expected: &str) {
        assert_eq!(slug(message, limit), expected);
    }

    #[test]
    fn a_slug_is_the_words_in_lower_case() {
        check_slug("Add Items, again!", 40, "add_items_again");
        check_slug("", 40, "");
        check_slug("Größe_x", 40, "größe_x");
        check_slug("½ x² Ⅷ ⓐ कि İ ΟΔΟΣ", 40, "½_x²_ⅷ_क_i\u{307}_οδος");
    }

    #[test]
    fn a_long_slug_is_cut_at_a_word() {
        check_slug("one two three", 8, "one_two_");
        check_slug("abcdefgh", 4, "abcd_");
        check_slug("exactly", 7, "exactly");
        check_slug("one two three", -3, "one_two_");
    }

    #[track_caller]
    fn check_sequence(name: &str, expected: Option<(&str, u32, usize)>) {
        let found = Sequence::of(name).map(|found| (found.prefix, found.number, found.width));
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn sequence_numbers() {
        check_sequence("0042_add_items.py", Some(("", 42, 4)));
        check_sequence("main_0001-x.py", Some(("main_", 1, 4)));
        check_sequence("2024_1_contract01.py", Some(("", 2024, 4)));
    }

    #[test]
    fn names_without_a_sequence_number() {
        check_sequence("2024_01_02_x.py", None);
        check_sequence("2024-01-02-x.py", None);
        check_sequence("20240102_x.py", None);
        check_sequence("1975ea83b712_x.py", None);
        check_sequence("1234.py", None);
        check_sequence("", None);
        check_sequence("é_1_x.py", None);
    }

    #[test]
    fn four_in_five_make_a_numbered_project() {
        assert!(is_numbered(["1_a", "2_b", "3_c", "4_d", "e"]));
        assert!(!is_numbered(["1_a", "2_b", "3_c", "d"]));
        assert!(!is_numbered([]));
    }
}
