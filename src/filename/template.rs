//! `file_template`: Python's `%` formatting of the tokens that Alembic knows.
//!
//! From a template to a name, and from a name back to whether it can have come from the template.

use std::fmt;

use crate::datetime::DateTime;
use crate::python::repr::repr;

/// A `file_template`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Token(Token),
}

/// `%(name)0-8.2d`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    /// As it stands in the template.
    text: Box<str>,
    name: Name,
    flags: Box<str>,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Rev,
    Slug,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Epoch,
}

/// What of a `file_template` gives no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTemplateError {
    /// The token as it stands in the template.
    pub token: Box<str>,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for FileTemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in `file_template`: {}", self.token, self.reason)
    }
}

/// Wider ones are refused: no file system has names that long.
const MAX_WIDTH: usize = 255;

impl Template {
    /// Takes apart a template of Python's `%` formatting (1.20.1, `ScriptDirectory._rev_path`; CPython 3.11,
    /// `unicode_format_arg_parse`).
    ///
    /// Fails with the first token that Python would refuse or that is not understood here.
    pub fn parse(template: &str) -> Result<Self, FileTemplateError> {
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('%') {
            push_text(&mut pieces, text);
            if let Some(after) = after.strip_prefix('%') {
                push_text(&mut pieces, "%");
                rest = after;
            } else {
                let (token, after) = token(&rest[text.len()..])?;
                pieces.push(Piece::Token(token));
                rest = after;
            }
        }
        push_text(&mut pieces, rest);
        Ok(Self(pieces))
    }

    /// The file name without extension; with a `/` where the template has one (since 1.18.0 folders).
    ///
    /// Fails with the token that needs a moment which is not given, or its epoch.
    pub fn render(
        &self,
        rev: &str,
        slug: &str,
        moment: Option<&DateTime>,
    ) -> Result<String, FileTemplateError> {
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Token(token) => name.push_str(&token.render(rev, slug, moment)?),
            }
        }
        Ok(name)
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
                Piece::Token(token) => match token.name {
                    Name::Rev => after_text(&text, &reached, &token.shown(rev)),
                    Name::Slug => after_anything(&reached),
                    _ => match token.digits() {
                        Some(width) => after_digits(&text, &reached, width),
                        None => after_anything(&reached),
                    },
                },
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

/// The token that a text begins with, and what follows it.
fn token(text: &str) -> Result<(Token, &str), FileTemplateError> {
    let refuse = |length: usize, reason| {
        let token = text.chars().take(length.max(1)).collect::<String>().into();
        FileTemplateError { token, reason }
    };
    let inside = text.strip_prefix("%(").ok_or_else(|| refuse(2, "a token needs its name"))?;
    let (name, format) =
        inside.split_once(')').ok_or_else(|| refuse(text.len(), "its `)` is missing"))?;
    let name_end = name.chars().count() + 3;
    let name = named(name).ok_or_else(|| refuse(name_end, "alembic knows no such token"))?;
    let flags = leading(format, |c| "-+ #0".contains(c));
    let width = leading(&format[flags.len()..], |c| c.is_ascii_digit());
    let mut rest = &format[flags.len() + width.len()..];
    let mut precision = None;
    if let Some(after) = rest.strip_prefix('.') {
        let digits = leading(after, |c| c.is_ascii_digit());
        precision = Some(digits);
        rest = &after[digits.len()..];
    }
    // Python reads C's `h`, `l` and `L` and does nothing about them.
    rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
    let mut characters = rest.chars();
    let conversion =
        characters.next().ok_or_else(|| refuse(text.len(), "its conversion is missing"))?;
    let end = text.len() - characters.as_str().len();
    let whole = &text[..end];
    let refuse = |reason| FileTemplateError { token: whole.into(), reason };
    let number = |digits: &str| {
        let number = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
        number.filter(|&width| width <= MAX_WIDTH).ok_or_else(|| refuse("it is too wide"))
    };
    let is_text = matches!(name, Name::Rev | Name::Slug);
    let known = if is_text { "sr" } else { "diusr" };
    if !known.contains(conversion) || flags.contains('#') {
        return Err(refuse("this conversion is not understood here"));
    }
    let token = Token {
        text: whole.into(),
        name,
        flags: flags.into(),
        width: number(width)?,
        precision: precision.map(number).transpose()?,
        conversion,
    };
    Ok((token, &text[end..]))
}

fn named(name: &str) -> Option<Name> {
    Some(match name {
        "rev" => Name::Rev,
        "slug" => Name::Slug,
        "year" => Name::Year,
        "month" => Name::Month,
        "day" => Name::Day,
        "hour" => Name::Hour,
        "minute" => Name::Minute,
        "second" => Name::Second,
        "epoch" => Name::Epoch,
        _ => return None,
    })
}

fn leading(text: &str, accepts: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !accepts(c)).unwrap_or(text.len())]
}

impl Token {
    fn render(
        &self,
        rev: &str,
        slug: &str,
        moment: Option<&DateTime>,
    ) -> Result<String, FileTemplateError> {
        let number = match self.name {
            Name::Rev => return Ok(self.shown(rev)),
            Name::Slug => return Ok(self.shown(slug)),
            Name::Year => moment.map(|moment| moment.year),
            Name::Month => moment.map(|moment| moment.month),
            Name::Day => moment.map(|moment| moment.day),
            Name::Hour => moment.map(|moment| moment.hour),
            Name::Minute => moment.map(|moment| moment.minute),
            Name::Second => moment.map(|moment| moment.second),
            Name::Epoch => moment.and_then(|moment| moment.epoch),
        };
        let number = number.ok_or_else(|| FileTemplateError {
            token: self.text.clone(),
            reason: "the date that it needs is not known",
        })?;
        Ok(if matches!(self.conversion, 's' | 'r') {
            self.padded(&self.cut(&number.to_string()), false)
        } else {
            self.number(number)
        })
    }

    /// A `str` by `%s` or `%r`: the precision cuts, and it is never padded with zeros.
    fn shown(&self, text: &str) -> String {
        let text = if self.conversion == 'r' { repr(text) } else { text.to_owned() };
        self.padded(&self.cut(&text), false)
    }

    fn cut(&self, text: &str) -> String {
        text.chars().take(self.precision.unwrap_or(usize::MAX)).collect()
    }

    /// An `int` by `%d`: the precision is the least number of digits.
    fn number(&self, number: i64) -> String {
        let precision = self.precision.unwrap_or(0);
        let digits = format!("{:0precision$}", number.unsigned_abs());
        let sign = match number {
            ..0 => "-",
            _ if self.flags.contains('+') => "+",
            _ if self.flags.contains(' ') => " ",
            _ => "",
        };
        let text = format!("{sign}{digits}");
        self.padded(&text, self.flags.contains('0'))
    }

    fn padded(&self, text: &str, zeros: bool) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let sign = leading(text, |c| "+- ".contains(c));
        if self.flags.contains('-') {
            format!("{text}{}", " ".repeat(missing))
        } else if zeros {
            format!("{sign}{}{}", "0".repeat(missing), &text[sign.len()..])
        } else {
            format!("{}{text}", " ".repeat(missing))
        }
    }

    /// The least number of digits, where it gives nothing but digits.
    fn digits(&self) -> Option<usize> {
        let plain = self.flags.chars().all(|flag| flag == '0');
        let is_number = matches!(self.conversion, 'd' | 'i' | 'u');
        let zeros = !self.flags.is_empty();
        match (plain, self.width, self.precision) {
            (true, 0, None) => Some(0),
            (true, 0, Some(precision)) if is_number => Some(precision),
            (true, width, precision) if is_number && zeros => {
                Some(width.max(precision.unwrap_or(0)))
            }
            _ => None,
        }
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

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::datetime::DateTime;

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

    #[track_caller]
    fn check_refusal(template: &str, expected: &str) {
        assert_eq!(Template::parse(template).unwrap_err().to_string(), expected);
    }

    #[test]
    fn templates_that_are_not_understood() {
        check_refusal("x_%(what)s", "`%(what)` in `file_template`: alembic knows no such token");
        check_refusal("%d", "`%d` in `file_template`: a token needs its name");
        check_refusal("100%", "`%` in `file_template`: a token needs its name");
        check_refusal("%(rev", "`%(rev` in `file_template`: its `)` is missing");
        check_refusal("%(rev).2", "`%(rev).2` in `file_template`: its conversion is missing");
        check_refusal(
            "%(rev)dx",
            "`%(rev)d` in `file_template`: this conversion is not understood here",
        );
        check_refusal(
            "%(year)x",
            "`%(year)x` in `file_template`: this conversion is not understood here",
        );
        check_refusal("%(day)999d", "`%(day)999d` in `file_template`: it is too wide");
    }

    #[track_caller]
    fn check_name(template: &str, expected: &str) {
        let mut moment = DateTime::parse("2024-01-02 03:04:05.678901").unwrap();
        moment.epoch = Some(1_704_164_645);
        let name = Template::parse(template).unwrap().render("c3d9", "add_items", Some(&moment));
        assert_eq!(name.unwrap(), expected, "{template}");
    }

    #[test]
    fn a_template_gives_the_name_that_alembic_gives() {
        check_name("%(rev)s_%(slug)s", "c3d9_add_items");
        check_name("%(year)d%(month).2d%(day)02d_%%%(hour)3d", "20240102_%  3");
        check_name("%(epoch)s/%(rev).2s-%(slug)10.3s", "1704164645/c3-       add");
        check_name("%(month)02s%(month)-3d|%(day)+d|%(day)+05.2d", " 11  |+2|+0002");
    }

    #[test]
    fn a_date_that_is_not_known() {
        let refusal = |moment: Option<&DateTime>| {
            Template::parse("%(rev)s_%(epoch)d").unwrap().render("a", "b", moment).unwrap_err()
        };
        let naive = DateTime::parse("2024-01-02 03:04:05").unwrap();
        assert_eq!(&*refusal(None).token, "%(epoch)d");
        assert_eq!(&*refusal(Some(&naive)).token, "%(epoch)d");
    }
}
