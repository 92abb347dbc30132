//! `placeholder-id`: an id that nobody generated.
//!
//! Three shapes are looked for, each so regular that a generated id of 12 hexadecimal digits has one of them once in
//! about a thousand million: runs that count (`123456789abc`), letter and digit alternate counting (`a1b2c3d4e5f6`),
//! one or two characters repeating (`abababababab`).

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Text};
use crate::filename::is_numbered;
use crate::script::Name;
use crate::shell::word;

use super::sequence_collision::location;
use super::words::quoted;
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "placeholder-id",
    summary: "an id that nobody generated, such as `a1b2c3d4e5f6`",
    level: Level::Warning,
    kind: Kind::Hygiene,
    page: include_str!("placeholder-id.md"),
    check,
};

/// Shorter ids are words or numbers that somebody chose.
const SHORTEST: usize = 8;

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut numbered = BTreeMap::new();
    for script in context.scripts_in_scope() {
        let Some(id) = script.id() else { continue };
        let Some(shape) = shape(id.as_str()) else { continue };
        let only_digits = id.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let place = location(context, script);
        if only_digits
            && *numbered.entry(place.clone()).or_insert_with(|| is_numbered_at(context, &place))
        {
            continue;
        }
        findings.push(
            Diagnostic::new(RULE.name, format!("{} looks made up: {shape}", quoted(id)))
                .at(&script.path, script.values.get(Name::Revision), "")
                .about([id])
                .note("whoever makes up the next id the same way gets the same one, and then two files define it")
                .help("take a generated one:   python3 -c \"import uuid; print(uuid.uuid4().hex[-12:])\"")
                .help(
                    Text::from("change it also in the `down_revision` of what follows:   grep -rnF -- ")
                        .words(word(id.as_str()))
                        .words(" ")
                        .argument(script.path.parent().unwrap_or(&script.path)),
                ),
        );
    }
}

/// Whether the ids at this location are sequence numbers themselves.
fn is_numbered_at(context: &Context<'_>, place: &std::path::Path) -> bool {
    let here: Vec<_> =
        context.scripts.iter().filter(|script| location(context, script) == place).collect();
    let names: Vec<String> = here.iter().map(|script| facts::file_name(&script.path)).collect();
    let digits = here.iter().filter_map(|script| script.id());
    let digits = digits.filter(|id| id.as_str().bytes().all(|byte| byte.is_ascii_digit())).count();
    is_numbered(names.iter().map(String::as_str))
        || (here.len() > 1 && digits * 5 >= here.len() * 4)
}

/// What is regular about the id.
fn shape(id: &str) -> Option<&'static str> {
    let text = id.as_bytes();
    if text.len() < SHORTEST || !text.iter().all(u8::is_ascii_alphanumeric) || is_date(id) {
        return None;
    }
    if repeats(text) {
        return Some("one or two characters repeat");
    }
    if runs(text, 1) || runs(text, -1) {
        return Some("its characters run up or down by one");
    }
    alternates(text).then_some("letter and digit alternate, each counting")
}

/// `20240131`, `202401311530`, `20240131153000`.
fn is_date(id: &str) -> bool {
    let all_digits = id.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize, to: usize| id.get(from..to).and_then(|part| part.parse::<u32>().ok());
    all_digits
        && matches!(id.len(), 8 | 12 | 14)
        && part(0, 4).is_some_and(|year| (1990..2100).contains(&year))
        && part(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && part(6, 8).is_some_and(|day| (1..=31).contains(&day))
}

/// The same one or two characters over and over, or one stretch of a character after one of another.
fn repeats(text: &[u8]) -> bool {
    if text.iter().zip(&text[2..]).all(|(a, b)| a == b) {
        return true;
    }
    let first = text.iter().take_while(|&&byte| byte == text[0]).count();
    let rest = &text[first..];
    first >= 4 && rest.len() >= 4 && rest.iter().all(|&byte| byte == rest[0])
}

/// Whether `b` comes `step` after `a` among the digits or among the letters; `9` and `0`, `f` and `a`, `z` and `a`
/// are neighbours too.
fn counts(a: u8, b: u8, step: i8) -> bool {
    let (a, b) = if step > 0 { (a, b) } else { (b, a) };
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    match (a, b) {
        (b'9', b'0') | (b'f' | b'z', b'a') => true,
        _ => a.is_ascii_digit() == b.is_ascii_digit() && a + 1 == b,
    }
}

/// The whole id is stretches of at least three characters that count in the direction of `step`.
fn runs(text: &[u8], step: i8) -> bool {
    let mut length = 1;
    for pair in text.windows(2) {
        let (low, high) = if step > 0 { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
        let hexadecimal = matches!((low, high), (b'9' | b'0', b'a'));
        if counts(pair[0], pair[1], step) || hexadecimal {
            length += 1;
        } else if length < 3 {
            return false;
        } else {
            length = 1;
        }
    }
    length >= 3
}

/// Letter and digit in turn, the letters counting by one and the digits too.
fn alternates(text: &[u8]) -> bool {
    let every_other =
        |start: usize| text.iter().copied().skip(start).step_by(2).collect::<Vec<u8>>();
    let (first, second) = (every_other(0), every_other(1));
    let all =
        |part: &[u8], letters: bool| part.iter().all(|byte| byte.is_ascii_alphabetic() == letters);
    let in_turn =
        (all(&first, true) && all(&second, false)) || (all(&first, false) && all(&second, true));
    let counting = |part: &[u8]| {
        [1, -1].iter().any(|&step| part.windows(2).all(|pair| counts(pair[0], pair[1], step)))
    };
    in_turn && counting(&first) && counting(&second)
}

#[cfg(test)]
mod tests {
    use super::{RULE, shape};
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn made_up_ids() {
        for id in [
            "a1b2c3d4e5f6",
            "b2c3d4e5f6a7",
            "1a2b3c4d5e6f",
            "f6e5d4c3b2a1",
            "a9b8c7d6e5f4",
            "g7h8i9j0k1l2",
            "123456789abc",
            "1234567890ab",
            "abcdef123456",
            "123456abcdef",
            "abc123def456",
            "cba987654321",
            "987654321098",
            "12345678",
            "aaaaaaaaaaaa",
            "abababababab",
            "000000000000",
            "aaaaaabbbbbb",
        ] {
            assert!(shape(id).is_some(), "{id}");
        }
    }

    #[test]
    fn ids_that_somebody_or_something_chose() {
        for id in [
            "4f2ac91b0d7e",
            "1975ea83b712",
            "d4f0c2a1b9e8",
            "c3d9e8f7a6b5",
            "20240131",
            "202401311530",
            "20111111",
            "20121212",
            "1754318294",
            "000000000001",
            "00000011",
            "ocata_expand01",
            "0057rc1",
            "a1b2c3",
            "123456",
            "main_0001",
            "abcdefgh_1",
        ] {
            assert_eq!(shape(id), None, "{id}");
        }
    }

    #[test]
    fn generated_ids_practically_never_qualify() {
        // A fixed sequence of 100,000 well mixed numbers (splitmix64).
        let mut state = 7_u64;
        for _ in 0..100_000 {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let id = format!("{:012x}", (mixed ^ (mixed >> 31)) >> 16);
            assert_eq!(shape(&id), None, "{id}");
        }
    }

    #[test]
    fn numbers_of_a_numbered_project_are_no_finding() {
        check_rule(&RULE, "12345677 <- 12345678 <- 12345679", "");
    }

    #[test]
    fn a_made_up_id_as_it_is_shown() {
        insta::assert_snapshot!(Project::new("4f2ac91b0d7e <- a1b2c3d4e5f6").text(&RULE), @r#"
        warning[placeholder-id]: `a1b2c3d4e5f6` looks made up: letter and digit alternate, each counting
         --> versions/a1b2c3d4e5f6_x.py:4:12
          |
        4 | revision = "a1b2c3d4e5f6"
          |            ^^^^^^^^^^^^^^
          |
          = note: whoever makes up the next id the same way gets the same one, and then two files define it
          = help: take a generated one:   python3 -c "import uuid; print(uuid.uuid4().hex[-12:])"
          = help: change it also in the `down_revision` of what follows:   grep -rnF -- a1b2c3d4e5f6 versions
        "#);
    }
}
