//! The filters of `${… | filters}` (Mako 1.4.3, `mako.filters` and `create_filter_callable`).

use super::evaluate::comma;
use super::value::Value;
use crate::revision::is_python_space;

/// A filter that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// `n`: without the `str` that otherwise comes first.
    Bare,
    /// `comma`, which Alembic supplies.
    Comma,
    /// `str` or `unicode`
    Str,
    /// `trim`
    Trim,
    /// `h`: HTML escaping.
    Html,
    /// `x`: XML escaping.
    Xml,
    /// `u`: as in the query of a URL.
    Url,
}

/// Reads the text behind `|`; `Err` with the reason.
pub(super) fn filters(text: &str) -> Result<Vec<Filter>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut filters = Vec::new();
    for name in text.split(',') {
        filters.push(match name.trim_matches([' ', '\t']) {
            "n" => Filter::Bare,
            "comma" => Filter::Comma,
            "str" | "unicode" => Filter::Str,
            "trim" => Filter::Trim,
            "h" => Filter::Html,
            "x" => Filter::Xml,
            "u" => Filter::Url,
            other => return Err(format!("the filter `{other}` is not understood here")),
        });
    }
    // What `h` gives knows that it was escaped, and behaves in its own way from there on.
    let escapes = filters.iter().filter(|&&filter| filter != Filter::Bare).rev().skip(1);
    if escapes.into_iter().any(|&filter| filter == Filter::Html) {
        return Err("a filter after `h` is not understood here".into());
    }
    Ok(filters)
}

/// The text that a value prints; `Err` with the reason where Mako or Python would fail.
pub(super) fn print(value: Value, filters: &[Filter]) -> Result<String, String> {
    let mut value = value;
    if !filters.contains(&Filter::Bare) {
        value = Value::Str(value.str()?);
    }
    for filter in filters {
        value = match filter {
            Filter::Bare => value,
            Filter::Comma => Value::Str(comma(&value)?),
            Filter::Str => Value::Str(value.str()?),
            Filter::Html => Value::Str(escaped(&value.str()?)),
            Filter::Xml => Value::Str(escaped(text(&value)?)),
            Filter::Trim => Value::Str(text(&value)?.trim_matches(is_python_space).to_owned()),
            Filter::Url => Value::Str(url(text(&value)?)),
        };
    }
    text(&value).map(str::to_owned)
}

fn text(value: &Value) -> Result<&str, String> {
    match value {
        Value::Str(text) => Ok(text),
        Value::Undefined(name) => Err(super::value::undefined(name)),
        other => Err(format!("{} is no text", other.describe())),
    }
}

/// `markupsafe.escape`, and `mako.filters.xml_escape`, which does the same to a text.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("&#39;"),
            '"' => escaped.push_str("&#34;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// `urllib.parse.quote_plus`
fn url(text: &str) -> String {
    let quoted = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        b'_' | b'.' | b'-' | b'~' => char::from(byte).into(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).into(),
        _ => format!("%{byte:02X}"),
    });
    quoted.collect()
}
