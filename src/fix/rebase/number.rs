//! Numbers at the start of file names and ids, and whether a project numbers its revisions.
//!
//! Reads names only; which number a revision gets is decided in [`super::names`].

use super::history::History;
use crate::graph::Node;

/// A number at the start of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: u32,
    /// How many digits it is written with.
    pub(super) width: usize,
}

impl Number {
    /// The number of a file name without extension, or of an id: one to six digits before `_`, `.` or the end, unless
    /// they begin a date.
    pub(super) fn of(name: &str) -> Option<Self> {
        let width = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let after = &name[width..];
        if !(1..=6).contains(&width) || !(after.is_empty() || after.starts_with(['_', '.'])) {
            return None;
        }
        let value = name[..width].parse().ok()?;
        (!is_date(&name[..width], after)).then_some(Self { value, width })
    }

    /// The name with another number, at least as wide as before and as `width`.
    pub(super) fn replaced(self, name: &str, value: u32, width: usize) -> String {
        let width = width.max(self.width);
        format!("{value:0width$}{}", &name[self.width..])
    }
}

/// `2026_01…` or `202601`.
fn is_date(digits: &str, after: &str) -> bool {
    let is_month = |text: &str| {
        text.get(..2)
            .and_then(|text| text.parse::<u32>().ok())
            .is_some_and(|m| (1..=12).contains(&m))
    };
    let is_year = digits.len() >= 4 && (digits.starts_with("19") || digits.starts_with("20"));
    is_year
        && match digits.len() {
            4 => after.get(1..).is_some_and(is_month),
            6 => is_month(&digits[4..]),
            _ => false,
        }
}

/// That the revisions below a target are numbered, and how wide its own number is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbering {
    pub(super) file_width: usize,
    pub(super) id_width: usize,
}

/// How many steps below the target are looked at.
const STEPS: usize = 10;

impl Numbering {
    /// How revisions are numbered at a target: its file or its id has a number, and over the last ten revisions below
    /// it at least half of the steps go up by one to nine; one that has none below it is numbered `0`, `1` or with
    /// zeros before it.
    pub(super) fn at(history: &History<'_>, target: Node) -> Option<Self> {
        let file = Number::of(&stem(history, target));
        let id = Number::of(history.id(target).as_str());
        let own = file.or(id)?;
        let mut line = vec![Some(own.value)];
        let mut at = target;
        while let Some(&parent) = history.graph.parents(at).first()
            && line.len() <= STEPS
        {
            line.push(number(history, parent).map(|number| number.value));
            at = parent;
        }
        let steps = line.windows(2);
        let ascending = steps.filter(|step| match step {
            &[Some(upper), Some(lower)] => upper > lower && upper - lower <= 9,
            _ => false,
        });
        let is_numbered = match line.len() - 1 {
            0 => own.value <= 1 || own.value.to_string().len() < own.width,
            steps => ascending.count() * 2 >= steps,
        };
        let width = |number: Option<Number>| number.map_or(0, |number| number.width);
        is_numbered.then(|| Self { file_width: width(file), id_width: width(id) })
    }
}

/// The number of a revision: that of its file name, else of its id.
pub(super) fn number(history: &History<'_>, node: Node) -> Option<Number> {
    Number::of(&stem(history, node)).or_else(|| Number::of(history.id(node).as_str()))
}

/// The name of a revision's file without extension.
pub(super) fn stem(history: &History<'_>, node: Node) -> String {
    let path = &history.script(node).path;
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[track_caller]
    fn check_number(name: &str, expected: Option<(u32, usize)>) {
        assert_eq!(Number::of(name).map(|found| (found.value, found.width)), expected, "{name}");
    }

    #[test]
    fn numbers() {
        check_number("0042_add", Some((42, 4)));
        check_number("7", Some((7, 1)));
        check_number("2024_add", Some((2024, 4)));
        check_number("3.fix", Some((3, 1)));
    }

    #[test]
    fn no_numbers() {
        check_number("2024_01_02_x", None);
        check_number("202401_x", None);
        check_number("1975ea83b712_x", None);
        check_number("1234567_x", None);
        check_number("add_0042", None);
        check_number("", None);
    }

    #[test]
    fn a_number_grows_when_it_must() {
        let number = |name| Number::of(name).unwrap();
        assert_eq!(number("0099_x").replaced("0099_x", 100, 4), "0100_x");
        assert_eq!(number("99_x").replaced("99_x", 100, 2), "100_x");
        assert_eq!(number("9_x").replaced("9_x", 10, 4), "0010_x");
    }
}
