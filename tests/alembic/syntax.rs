//! The many ways in which Python can write one value, all of them readable without running anything.

use crate::random::Random;

/// One value of `down_revision`, `branch_labels` or `depends_on`.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`
    None,
    /// A string.
    One(String),
    /// Several strings.
    Several(Vec<String>),
}

/// A string literal with this text. Ids and labels of these tests hold neither quotes nor backslashes.
pub fn literal(text: &str, random: &mut Random) -> String {
    let quote = *random.choice(&["'", "'", "'", "\"", "\"", "'''", "\"\"\""]);
    let prefix = *random.choice(&["", "", "", "", "", "u", "r", "U", "R"]);
    let plain = format!("{prefix}{quote}{text}{quote}");
    match random.below(20) {
        0 if text.is_ascii() && text.len() > 1 => {
            let (left, right) = text.split_at(1 + random.below(text.len() - 1));
            let glue = *random.choice(&[" ", " + ", "", " \\\n    "]);
            format!("{quote}{left}{quote}{glue}{quote}{right}{quote}")
        }
        1 => format!("({plain})"),
        2 => format!("(\n    {plain}\n)"),
        3 if text.is_ascii() && !text.is_empty() => {
            let (first, rest) = text.split_at(1);
            format!("'\\x{:02x}{rest}'", first.as_bytes()[0])
        }
        _ => plain,
    }
}

fn sequence(items: &[String], random: &mut Random) -> String {
    let items: Vec<String> = items.iter().map(|item| literal(item, random)).collect();
    let separator = *random.choice(&[", ", ",", ",\n    ", ", # why\n    "]);
    let mut inside = items.join(separator);
    if items.len() == 1 || random.percent(20) {
        inside.push(',');
    }
    match random.below(4) {
        0 => format!("[{inside}]"),
        1 => format!("(  # parents\n    {inside}\n)"),
        // The order of a set is not determined, so only one of one element can be compared.
        2 if items.len() == 1 => format!("{{{inside}}}"),
        _ => format!("({inside})"),
    }
}

/// An expression with this value.
pub fn expression(value: &Value, random: &mut Random) -> String {
    match value {
        Value::None if random.percent(5) => (*random.choice(&["()", "[]", "(None)"])).to_string(),
        Value::None => "None".into(),
        Value::One(text) if random.percent(12) => sequence(std::slice::from_ref(text), random),
        Value::One(text) => literal(text, random),
        Value::Several(items) if items.is_empty() => "()".into(),
        Value::Several(items) => sequence(items, random),
    }
}

/// Assigns `expression` to `name` at module level.
pub fn assignment(name: &str, expression: &str, random: &mut Random) -> String {
    match random.below(24) {
        0..=4 => format!("{name}: str | None = {expression}"),
        5 => format!("{name}: \"str | None\" = {expression}"),
        6 => format!("{name} = previous = {expression}"),
        // A list or a set may be filled through its other name, so that its value is not known from the assignment.
        7 if !expression.starts_with(['[', '{']) => {
            format!("VALUE = {expression}\n{name} = VALUE")
        }
        8 => format!("{name} = 'overwritten'\n{name} = {expression}"),
        9 => format!("{name}, unused = {expression}, None"),
        10 => format!("{name} \\\n    = {expression}"),
        11 => format!("{name} = {expression}; other = 1"),
        12 => format!("{name} = {expression}  # {name} = 'comment'"),
        13 => format!("\"\"\"\n{name} = 'text'\n\"\"\"\n{name} = {expression}"),
        14 => format!("{name}={expression}"),
        15 => format!(
            "def helper():\n    {name} = 'local'\n    return {name}\n\n\n{name} = {expression}"
        ),
        _ => format!("{name} = {expression}"),
    }
}

/// A docstring statement, or nothing.
pub fn docstring(message: &str, revision: &str, random: &mut Random) -> String {
    match random.below(12) {
        0 => String::new(),
        1 => format!("'{message}'\n"),
        2 => format!("r\"\"\"  {message}  \"\"\"\n"),
        3 => format!(
            "# a comment first\n\n\"\"\"{message}\nsecond line\n\nRevises: nothing\n\"\"\"\n"
        ),
        4 => format!(
            "\"\"\"\\\n{message} caf\\u00e9 caf\u{e9}\n   \nstill the same paragraph\n\nmore\n\n  indented\n\"\"\"\n"
        ),
        5 => format!("'{message} ' 'in two'\n"),
        6 => format!("f'{message}'\n"),
        7 => format!("import os\n\"\"\"{message}: too late to be a docstring\"\"\"\n"),
        _ => format!(
            "\"\"\"{message}\n\nRevision ID: {revision}\nRevises: \nCreate Date: 2026-11-23 10:00:00.000000\n\n\"\"\"\n"
        ),
    }
}

/// The bytes of a file with this text, in one of the encodings and line endings that Python accepts.
pub fn bytes(text: &str, random: &mut Random) -> Vec<u8> {
    match random.below(25) {
        0 => text.replace('\n', "\r\n").into_bytes(),
        1 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        2 if text.chars().all(|c| u32::from(c) < 256) => {
            let text = format!("# -*- coding: latin-1 -*-\n{text}");
            text.chars().map(|c| u8::try_from(u32::from(c)).expect("below 256")).collect()
        }
        3 => text.trim_end().as_bytes().to_vec(),
        4 => format!("# -*- coding: utf-8 -*-\n{text}").into_bytes(),
        _ => text.as_bytes().to_vec(),
    }
}
