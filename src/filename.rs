//! What migration files are called: `file_template`, slugs, sequence numbers.
//!
//! Pure text. Nothing here looks at folders, and the clock is not read: a moment is given.

/// A point in time as `file_template` sees it, in the zone of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// `%(year)d`
    pub year: i64,
    /// `%(month)d`
    pub month: i64,
    /// `%(day)d`
    pub day: i64,
    /// `%(hour)d`
    pub hour: i64,
    /// `%(minute)d`
    pub minute: i64,
    /// `%(second)d`
    pub second: i64,
    /// `%(epoch)d`, where it is known.
    pub epoch: Option<i64>,
}

impl Moment {
    /// The moment in a line `Create Date: 2026-11-22 14:16:15.797448`. The epoch is not known from it, since the
    /// zone is left out where the project sets none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        let mut next = || numbers.next().filter(|run| run.len() <= 4)?.parse::<i64>().ok();
        let moment = Self {
            year: next()?,
            month: next()?,
            day: next()?,
            hour: next()?,
            minute: next()?,
            second: next()?,
            epoch: None,
        };
        let valid = (1..=12).contains(&moment.month)
            && (1..=31).contains(&moment.day)
            && moment.hour < 24
            && moment.minute < 60
            && moment.second < 61;
        valid.then_some(moment)
    }
}

/// The part of a file name that comes from the message: its words, joined by `_`, in lower case, cut after `limit`
/// characters at the last `_` (1.20.1, `ScriptDirectory._rev_path`; a negative limit is a Python slice).
pub fn slug(message: &str, limit: i64) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
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

/// A `file_template`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Rev,
    Slug,
    Number { field: Field, width: usize, zeros: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Epoch,
}

impl Template {
    /// Takes apart a template of Python's `%` formatting (1.20.1, `ScriptDirectory._rev_path`); `None` where it
    /// holds what is not understood here, which Alembic mostly does not either.
    pub fn parse(template: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('%') {
            push_text(&mut pieces, text);
            rest = if let Some(after) = after.strip_prefix('%') {
                push_text(&mut pieces, "%");
                after
            } else {
                let (name, after) = after.strip_prefix('(')?.split_once(')')?;
                let end = after.find(|c: char| c.is_ascii_alphabetic())?;
                pieces.push(token(name, &after[..end], after.as_bytes()[end])?);
                &after[end + 1..]
            };
        }
        push_text(&mut pieces, rest);
        Some(Self(pieces))
    }

    /// The file name without extension; `None` where a moment is needed and not given.
    pub fn render(&self, rev: &str, slug: &str, moment: Option<&Moment>) -> Option<String> {
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Rev => name.push_str(rev),
                Piece::Slug => name.push_str(slug),
                Piece::Number { field, width, zeros } => {
                    let number = field.of(moment?)?;
                    let width = *width;
                    let digits = if *zeros {
                        format!("{number:0width$}")
                    } else {
                        format!("{number:width$}")
                    };
                    name.push_str(&digits);
                }
            }
        }
        Some(name)
    }

    /// Whether `stem`, a file name without folder and extension, can have come from this template for the id `rev`:
    /// the id must stand where the template has it, dates are digits, and the slug may be anything.
    pub fn matches(&self, stem: &str, rev: &str) -> bool {
        let text: Vec<char> = stem.chars().collect();
        let mut reached = vec![false; text.len() + 1];
        reached[0] = true;
        for piece in self.last_component() {
            reached = match piece {
                Piece::Text(words) => after_text(&text, &reached, &words),
                Piece::Rev => after_text(&text, &reached, rev),
                Piece::Slug => after_anything(&reached),
                Piece::Number { width, .. } => after_digits(&text, &reached, width),
            };
        }
        reached[text.len()]
    }

    /// The pieces after the last `/` of the template, which may name folders since 1.18.0.
    fn last_component(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) if text.contains('/') => {
                    pieces.clear();
                    push_text(&mut pieces, text.rsplit('/').next().unwrap_or_default());
                }
                piece => pieces.push(piece.clone()),
            }
        }
        pieces
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => (),
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

fn token(name: &str, format: &str, conversion: u8) -> Option<Piece> {
    let field = match name {
        "rev" | "slug" => {
            let piece = if name == "rev" { Piece::Rev } else { Piece::Slug };
            return (format.is_empty() && conversion == b's').then_some(piece);
        }
        "year" => Field::Year,
        "month" => Field::Month,
        "day" => Field::Day,
        "hour" => Field::Hour,
        "minute" => Field::Minute,
        "second" => Field::Second,
        "epoch" => Field::Epoch,
        _ => return None,
    };
    if !matches!(conversion, b'd' | b'i' | b'u' | b's') {
        return None;
    }
    // `%02d` pads with zeros and `%.2d` asks for that many digits; a plain width pads with spaces.
    let (width, zeros) = match format.split_once('.') {
        Some(("", digits)) => (number(digits)?, true),
        Some(_) => return None,
        None => (number(format)?, format.starts_with('0')),
    };
    Some(Piece::Number { field, width, zeros })
}

fn number(digits: &str) -> Option<usize> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok().filter(|&width| width <= 64) }
}

impl Field {
    fn of(self, moment: &Moment) -> Option<i64> {
        Some(match self {
            Self::Year => moment.year,
            Self::Month => moment.month,
            Self::Day => moment.day,
            Self::Hour => moment.hour,
            Self::Minute => moment.minute,
            Self::Second => moment.second,
            Self::Epoch => return moment.epoch,
        })
    }
}

fn after_text(text: &[char], reached: &[bool], words: &str) -> Vec<bool> {
    let words: Vec<char> = words.chars().collect();
    let mut next = vec![false; reached.len()];
    for (at, _) in reached.iter().enumerate().filter(|&(_, &reached)| reached) {
        if text[at..].starts_with(&words) {
            next[at + words.len()] = true;
        }
    }
    next
}

fn after_anything(reached: &[bool]) -> Vec<bool> {
    let first = reached.iter().position(|&reached| reached).unwrap_or(reached.len());
    (0..reached.len()).map(|at| at >= first).collect()
}

fn after_digits(text: &[char], reached: &[bool], width: usize) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    for (start, _) in reached.iter().enumerate().filter(|&(_, &reached)| reached) {
        let digits = text[start..].iter().take_while(|c| c.is_ascii_digit()).take(20).count();
        for length in width.max(1)..=digits {
            next[start + length] = true;
        }
    }
    next
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
    use super::{Moment, Sequence, Template, is_numbered, slug};

    #[track_caller]
    fn check_slug(message: &str, limit: i64, expected: &str) {
        assert_eq!(slug(message, limit), expected);
    }

    #[test]
    fn a_slug_is_the_words_in_lower_case() {
        check_slug("Add Items, again!", 40, "add_items_again");
        check_slug("", 40, "");
        check_slug("Größe_x", 40, "größe_x");
    }

    #[test]
    fn a_long_slug_is_cut_at_a_word() {
        check_slug("one two three", 8, "one_two_");
        check_slug("abcdefgh", 4, "abcd_");
        check_slug("exactly", 7, "exactly");
        check_slug("one two three", -3, "one_two_");
    }

    #[track_caller]
    fn check_match(template: &str, stem: &str, rev: &str, expected: bool) {
        assert_eq!(Template::parse(template).unwrap().matches(stem, rev), expected, "{stem}");
    }

    #[test]
    fn the_id_must_stand_where_the_template_has_it() {
        check_match("%(rev)s_%(slug)s", "c3d9_add_items", "c3d9", true);
        check_match("%(rev)s_%(slug)s", "c3d9_", "c3d9", true);
        check_match("%(rev)s_%(slug)s", "add_items", "c3d9", false);
        check_match("%(rev)s_%(slug)s", "add_c3d9_items", "c3d9", false);
        check_match("%(slug)s", "whatever", "c3d9", true);
    }

    #[test]
    fn dates_are_digits() {
        let template = "%(year)d_%(month).2d_%(day)02d-%(rev)s_%(slug)s";
        check_match(template, "2024_01_02-c3d9_x", "c3d9", true);
        check_match(template, "2024_1_02-c3d9_x", "c3d9", false);
        check_match("%(year)d%(month).2d%(rev)s", "202401c3", "c3", true);
    }

    #[test]
    fn only_the_last_component_is_the_file_name() {
        check_match("%(year)d/%(month).2d/%(rev)s_%(slug)s", "c3d9_x", "c3d9", true);
    }

    #[test]
    fn templates_that_are_not_understood() {
        for template in ["%(what)s", "%d", "%(rev", "100%", "%(rev)d", "%(year)x"] {
            assert_eq!(Template::parse(template), None, "{template}");
        }
    }

    #[test]
    fn a_template_gives_the_name_that_alembic_gives() {
        let moment = Moment::parse("2024-01-02 03:04:05.678901+01:00").unwrap();
        let render = |template: &str| {
            Template::parse(template).unwrap().render("c3d9", "add_items", Some(&moment))
        };
        assert_eq!(render("%(rev)s_%(slug)s").unwrap(), "c3d9_add_items");
        assert_eq!(render("%(year)d%(month).2d%(day)02d_%%%(hour)3d").unwrap(), "20240102_%  3");
        assert_eq!(render("%(epoch)s"), None);
    }

    #[test]
    fn text_that_is_no_date() {
        for text in ["", "yesterday", "2024-13-01 00:00:00", "2024-01-01"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
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
