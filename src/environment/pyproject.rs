//! `[tool.alembic]` of a `pyproject.toml`, as Alembic reads it (1.20.1, `Config.toml_alembic_config` and
//! `Config._get_toml_config_value`).
//!
//! Types and `%` formatting only; which key falls back to what is decided in [`super::options`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Value as TomlValue};

use super::options::OptionError;
use crate::python::repr::repr;

/// A value with the types that Alembic tells apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A truth value, which Python takes for an integer as well.
    Boolean(bool),
    /// A list.
    List(Vec<Value>),
    /// A table.
    Table(Vec<(String, Value)>),
    /// A float or a date.
    Other,
}

/// The table, with the lines of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AlembicTable {
    pub(super) path: PathBuf,
    here: String,
    values: BTreeMap<String, (Value, usize)>,
}

impl AlembicTable {
    /// Reads the bytes of a `pyproject.toml`; `None` when it has no `[tool.alembic]`. `path` is absolute.
    ///
    /// Fails where the file is no TOML or `tool.alembic` no table: then every command of Alembic fails.
    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Option<Self>, OptionError> {
        // Most files of this name say nothing about Alembic, and need not be parsed to know it.
        if memchr::memmem::find(bytes, b"alembic").is_none() {
            return Ok(None);
        }
        let fail =
            |line, sentence: String| OptionError { path: path.to_path_buf(), line, sentence };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(fail(None, "UnicodeDecodeError: the file is not UTF-8".into()));
        };
        if text.starts_with('\u{feff}') {
            let sentence = "tomllib.TOMLDecodeError: Invalid statement (at line 1, column 1): the file \
                            begins with a byte order mark";
            return Err(fail(Some(1), sentence.into()));
        }
        let document = Document::parse(text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let line = Some(line_of(text, error.span()));
            fail(line, format!("tomllib.TOMLDecodeError: {message}"))
        })?;
        let tool = document.as_table().get("tool").and_then(Item::as_table_like);
        let Some(item) = tool.and_then(|tool| tool.get("alembic")) else { return Ok(None) };
        let Some(table) = item.as_table_like() else {
            let line = Some(line_of(text, item.span()));
            return Err(fail(line, "Incorrect TOML format".into()));
        };
        let values = table.iter().map(|(key, item)| {
            let span = table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            (key.to_string(), (from_item(item), line_of(text, span)))
        });
        let here = path.parent().unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
        Ok(Some(Self { path: path.to_path_buf(), here, values: values.collect() }))
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// An error about a key.
    pub(super) fn error(&self, key: &str, sentence: String) -> OptionError {
        let line = self.values.get(key).map(|&(_, line)| line);
        OptionError { path: self.path.clone(), line, sentence }
    }

    /// The value of a key as it stands.
    pub(super) fn raw(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|(value, _)| value)
    }

    /// The value of a key after `%` formatting.
    ///
    /// Fails where Python's formatting does, and on types that Alembic refuses.
    pub(super) fn get(&self, key: &str) -> Result<Option<Value>, OptionError> {
        let fail = |sentence| self.error(key, sentence);
        let Some(value) = self.raw(key) else { return Ok(None) };
        let formatted = match value {
            Value::Text(text) => Value::Text(format_percent(text, &self.here).map_err(fail)?),
            Value::List(list) => {
                let tables = matches!(list.first(), Some(Value::Table(_)));
                let each = list.iter().map(|value| match value {
                    Value::Table(table) if tables => self.format_table(table),
                    value => self.format_element(value),
                });
                Value::List(each.collect::<Result<_, _>>().map_err(fail)?)
            }
            Value::Table(table) => self.format_table(table).map_err(fail)?,
            Value::Integer(_) | Value::Boolean(_) => value.clone(),
            Value::Other => {
                let key = repr(key);
                return Err(fail(format!("unsupported TOML value type for key: {key}")));
            }
        };
        Ok(Some(formatted))
    }

    fn format_table(&self, table: &[(String, Value)]) -> Result<Value, String> {
        let each = table
            .iter()
            .map(|(name, value)| Ok::<_, String>((name.clone(), self.format_element(value)?)));
        Ok(Value::Table(each.collect::<Result<_, _>>()?))
    }

    /// What stands inside a list or a table must be a string: Python's `%` knows nothing else here.
    fn format_element(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::Text(text) => Ok(Value::Text(format_percent(text, &self.here)?)),
            other => Err(format!(
                "TypeError: unsupported operand type(s) for %: '{}' and 'dict'",
                python_type(other)
            )),
        }
    }
}

/// The name of a value's type in Python.
pub(super) fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "str",
        Value::Integer(_) => "int",
        Value::Boolean(_) => "bool",
        Value::List(_) => "list",
        Value::Table(_) => "dict",
        Value::Other => "float",
    }
}

fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let end = span.map_or(0, |span| span.start).min(text.len());
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count()
}

fn from_item(item: &Item) -> Value {
    match item {
        Item::Value(value) => from_value(value),
        Item::Table(table) => {
            Value::Table(table.iter().map(|(key, item)| (key.into(), from_item(item))).collect())
        }
        Item::ArrayOfTables(tables) => Value::List(
            tables
                .iter()
                .map(|table| {
                    let each = table.iter().map(|(key, item)| (key.into(), from_item(item)));
                    Value::Table(each.collect())
                })
                .collect(),
        ),
        Item::None => Value::Other,
    }
}

fn from_value(value: &TomlValue) -> Value {
    match value {
        TomlValue::String(text) => Value::Text(text.value().clone()),
        TomlValue::Integer(number) => Value::Integer(*number.value()),
        TomlValue::Boolean(truth) => Value::Boolean(*truth.value()),
        TomlValue::Array(list) => Value::List(list.iter().map(from_value).collect()),
        TomlValue::InlineTable(table) => {
            Value::Table(table.iter().map(|(key, value)| (key.into(), from_value(value))).collect())
        }
        TomlValue::Float(_) | TomlValue::Datetime(_) => Value::Other,
    }
}

/// `text % {"here": here}`, as far as it has a sensible meaning: `%(here)s` and `%%`.
///
/// Fails with Python's sentence; also for what Python would format by printing the dictionary or its parts.
fn format_percent(text: &str, here: &str) -> Result<String, String> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        result.push_str(&rest[..at]);
        let directive = &rest[at + 1..];
        if let Some(after) = directive.strip_prefix('%') {
            result.push('%');
            rest = after;
            continue;
        }
        let Some(inside) = directive.strip_prefix('(') else {
            return Err(match directive.chars().next() {
                None => "ValueError: incomplete format".into(),
                Some(c) => {
                    let index = text.len() - directive.len();
                    let code = u32::from(c);
                    format!(
                        "ValueError: unsupported format character '{c}' (0x{code:x}) at index {index}"
                    )
                }
            });
        };
        let Some(end) = inside.find(')') else {
            return Err("ValueError: incomplete format key".into());
        };
        let (name, after) = (&inside[..end], &inside[end + 1..]);
        if name != "here" {
            return Err(format!("KeyError: {}", repr(name)));
        }
        let Some(after) = after.strip_prefix('s') else {
            return Err("ValueError: unsupported format after `%(here)`".into());
        };
        result.push_str(here);
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> AlembicTable {
        let text = format!("[tool.alembic]\n{text}");
        AlembicTable::parse(text.as_bytes(), Path::new("/p/pyproject.toml")).unwrap().unwrap()
    }

    #[track_caller]
    fn check_text(text: &str, expected: &str) {
        let value = table(&format!("a = '{text}'")).get("a").unwrap();
        assert_eq!(value, Some(Value::Text(expected.into())));
    }

    #[track_caller]
    fn check_error(value: &str, expected: &str) {
        let error = table(&format!("a = {value}")).get("a").unwrap_err();
        assert_eq!((error.line, error.sentence.as_str()), (Some(2), expected));
    }

    #[test]
    fn here_is_the_folder_of_the_file() {
        check_text("%(here)s/migrations", "/p/migrations");
    }

    #[test]
    fn two_percents_are_one() {
        check_text("%%(rev)s_%%(slug)s", "%(rev)s_%(slug)s");
    }

    #[test]
    fn another_name_is_a_key_error() {
        check_error("'%(rev)s'", "KeyError: 'rev'");
    }

    #[test]
    fn a_lone_percent() {
        check_error("'5%'", "ValueError: incomplete format");
        check_error("'%z'", "ValueError: unsupported format character 'z' (0x7a) at index 1");
        check_error("'%(here'", "ValueError: incomplete format key");
    }

    #[test]
    fn a_float_is_refused() {
        check_error("1.5", "unsupported TOML value type for key: 'a'");
    }

    #[test]
    fn a_number_in_a_list_is_refused() {
        check_error("[1]", "TypeError: unsupported operand type(s) for %: 'int' and 'dict'");
    }

    #[test]
    fn tool_alembic_must_be_a_table() {
        let error = AlembicTable::parse(b"[tool]\nalembic = 1", Path::new("/p/x")).unwrap_err();
        assert_eq!((error.line, error.sentence.as_str()), (Some(2), "Incorrect TOML format"));
    }

    #[test]
    fn invalid_toml_is_an_error_only_where_alembic_is_named() {
        assert!(AlembicTable::parse(b"[tool.alembic]\na = [", Path::new("/p/x")).is_err());
        assert_eq!(AlembicTable::parse(b"a = [", Path::new("/p/x")), Ok(None));
    }
}
