//! Texts of ini files and what Python makes of them, as written down; the real one is asked in `tests/ini`.

use super::*;

#[track_caller]
fn check(text: &str, option: &str, expected: &str) {
    let ini = Ini::parse(text).unwrap();
    assert_eq!(ini.get("alembic", option, "/here").unwrap().as_deref(), Some(expected));
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = Ini::parse(text).unwrap_err();
    assert_eq!(format!("{}: {}", error.class(), error.sentence("alembic.ini")), expected);
}

#[track_caller]
fn check_value_error(value: &str, expected: &str) {
    let ini = Ini::parse(&format!("[alembic]\na = {value}\n")).unwrap();
    let error = ini.get("alembic", "a", "/here").unwrap_err();
    assert_eq!(format!("{}: {error}", error.class()), expected);
}

#[test]
fn option_names_are_lower_cased() {
    check("[alembic]\nScript_Location = a", "script_location", "a");
}

#[test]
fn the_first_delimiter_counts() {
    check("[alembic]\na : b = c", "a", "b = c");
}

#[test]
fn there_are_no_inline_comments() {
    check("[alembic]\na = m ; c # d", "a", "m ; c # d");
}

#[test]
fn quotes_are_literal() {
    check("[alembic]\na = \"b\"", "a", "\"b\"");
}

#[test]
fn continuation_lines_keep_blank_lines_and_lose_comments() {
    check("[alembic]\na =\n  b\n\n  # c\n  d\n\n\n", "a", "\nb\n\nd");
}

#[test]
fn carriage_returns_end_lines() {
    check("[alembic]\r\na = b\r\n  c\r\n", "a", "b\nc");
}

#[test]
fn defaults_reach_every_section() {
    check("[DEFAULT]\na = 1\n[alembic]\nb = %(a)s2", "b", "12");
}

#[test]
fn here_is_built_in_and_may_be_overwritten() {
    check("[alembic]\na = %(here)s/x", "a", "/here/x");
    check("[alembic]\na = %(HERE)s/x\nhere = y", "a", "y/x");
}

#[test]
fn two_percents_are_one() {
    check("[alembic]\na = %%(rev)s", "a", "%(rev)s");
}

#[test]
fn what_follows_a_header_is_ignored() {
    check("[alembic] # x\na = 1", "a", "1");
}

#[test]
fn a_default_does_not_conjure_up_a_section() {
    let ini = Ini::parse("[DEFAULT]\na = 1\n").unwrap();
    assert!(!ini.has_option("alembic", "a"));
}

#[test]
fn a_byte_order_mark_is_text_before_the_first_section() {
    check_error(
        "\u{feff}[alembic]\na = 1",
        "MissingSectionHeaderError: File contains no section headers. file: 'alembic.ini', line: 1 \
         '\\ufeff[alembic]\\n'",
    );
}

#[test]
fn an_option_twice() {
    check_error(
        "[alembic]\na = 1\nA = 2",
        "DuplicateOptionError: While reading from 'alembic.ini' [line  3]: option 'a' in section \
         'alembic' already exists",
    );
}

#[test]
fn a_section_twice() {
    check_error(
        "[alembic]\n[alembic]",
        "DuplicateSectionError: While reading from 'alembic.ini' [line  2]: section 'alembic' \
         already exists",
    );
}

#[test]
fn a_line_without_delimiter() {
    check_error(
        "[alembic]\nfoo\n",
        "ParsingError: Source contains parsing errors: 'alembic.ini' [line  2]: 'foo\\n'",
    );
}

#[test]
fn bytes_that_are_not_utf_8() {
    let error = Ini::parse_bytes(b"[alembic]\na = \xff").unwrap_err();
    assert_eq!(error.line, 2);
    assert_eq!(error.sentence("x"), "'utf-8' codec can't decode byte 0xff in position 14");
}

#[test]
fn a_lone_percent() {
    check_value_error(
        "50% off",
        "InterpolationSyntaxError: '%' must be followed by '%' or '(', found: '% off'",
    );
}

#[test]
fn an_unfinished_reference() {
    check_value_error(
        "%(rev",
        "InterpolationSyntaxError: bad interpolation variable reference '%(rev'",
    );
}

#[test]
fn an_unknown_name() {
    check_value_error(
        "%(rev)s",
        "InterpolationMissingOptionError: Bad value substitution: option 'a' in section 'alembic' \
         contains an interpolation key 'rev' which is not a valid option name. Raw value: '%(rev)s'",
    );
}

#[test]
fn a_value_that_refers_to_itself() {
    let ini = Ini::parse("[alembic]\na = %(a)s\n").unwrap();
    let error = ini.get("alembic", "a", "/here").unwrap_err();
    assert_eq!(error.class(), "InterpolationDepthError");
}

#[test]
fn values_that_multiply_end() {
    let mut text = String::from("[alembic]\nz = 0123456789%%\n");
    for (name, next) in ["a", "b", "c", "d", "e", "f", "g", "h"]
        .iter()
        .zip(["b", "c", "d", "e", "f", "g", "h", "z"])
    {
        text.extend([name, " = ", &format!("%({next})s").repeat(1000), "\n"]);
    }
    let error = Ini::parse(&text).unwrap().get("alembic", "a", "/here").unwrap_err();
    assert_eq!(error.kind, InterpolationKind::TooLarge);
}

#[test]
fn items_have_the_defaults_first() {
    let ini = Ini::parse("[h]\nb = 1\na = 2\n[DEFAULT]\nc = 3\n").unwrap();
    let items = ini.items("h", "/here").unwrap().unwrap();
    let items: Vec<String> = items.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(items, ["c=3", "b=1", "a=2"]);
}

#[test]
fn texts_as_python_shows_them() {
    assert_eq!(repr("it's \"x\"\n\u{200b}é"), r#"'it\'s "x"\n\u200bé'"#);
    assert_eq!(repr("it's"), r#""it's""#);
}
