//! Typed reading of a TOML table, with the place of everything that is wrong.
//!
//! Knows types and places; which keys there are and what they mean is [`super::Config`]'s business.

use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike, Value};

use super::{Placed, UserCommand};
use crate::environment::ExpectedHeads;
use crate::error::Error;
use crate::nearest::nearest;
use crate::rules::Level;

/// A TOML file, parsed.
pub(super) struct File {
    document: Document<String>,
    shown: String,
}

impl File {
    /// Parses the bytes of a file that is shown as `shown`.
    pub(super) fn parse(bytes: &[u8], shown: &str) -> Result<Self, Error> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|error| {
            let before = &bytes[..error.utf8_error().valid_up_to()];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
            configuration(format!("{shown}:{line}"), "these bytes are not UTF-8".into(), None)
        })?;
        let copy = text.clone();
        let document = Document::parse(text).map_err(|error| {
            let place = format!("{shown}:{}", line(&copy, error.span()));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            configuration(place, format!("invalid TOML: {message}"), None)
        })?;
        Ok(Self { document, shown: shown.to_string() })
    }

    /// The whole file as one section.
    pub(super) fn whole(&self) -> Section<'_> {
        Section {
            file: self,
            title: "the file".into(),
            table: self.document.as_table(),
            span: None,
        }
    }

    /// The table `[tool.<name>]`.
    pub(super) fn tool(&self, name: &str) -> Result<Option<Section<'_>>, Error> {
        let Some(tool) = self.document.as_table().get("tool").and_then(Item::as_table_like) else {
            return Ok(None);
        };
        let tool = Section { file: self, title: "[tool]".into(), table: tool, span: None };
        Ok(tool
            .section(name)?
            .map(|section| Section { title: format!("[tool.{name}]"), ..section }))
    }

    fn place(&self, span: Option<Range<usize>>) -> String {
        format!("{}:{}", self.shown, line(self.document.raw(), span))
    }
}

fn line(text: &str, span: Option<Range<usize>>) -> usize {
    let end = span.map_or(0, |span| span.start).min(text.len());
    1 + text.as_bytes()[..end].iter().filter(|&&byte| byte == b'\n').count()
}

fn configuration(place: String, message: String, hint: Option<String>) -> Error {
    Error::Configuration { place, message, hint }
}

/// One table of the file.
pub(super) struct Section<'a> {
    file: &'a File,
    title: String,
    table: &'a dyn TableLike,
    span: Option<Range<usize>>,
}

impl<'a> Section<'a> {
    /// File and line of the table.
    pub(super) fn place(&self) -> String {
        self.file.place(self.span.clone())
    }

    fn error(&self, item: &Item, message: String) -> Error {
        configuration(self.file.place(item.span()), message, None)
    }

    fn wrong_type(&self, key: &str, item: &Item, wanted: &str) -> Error {
        self.error(item, format!("`{key}` must be {wanted}, not {}", type_name(item)))
    }

    /// Refuses every key but these.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), Error> {
        for (key, item) in self.table.iter() {
            if !keys.contains(&key) {
                let span =
                    self.table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
                let hint = match nearest(key, keys.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("the keys are {}", backticks(keys)),
                };
                let message = format!("unknown key `{key}` in {}", self.title);
                return Err(configuration(self.file.place(span), message, Some(hint)));
            }
        }
        Ok(())
    }

    /// The string of this key.
    pub(super) fn string(&self, key: &str) -> Result<Option<Placed<String>>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let Some(text) = item.as_str() else {
            return Err(self.wrong_type(key, item, "a string"));
        };
        Ok(Some(Placed { value: text.to_string(), place: self.file.place(item.span()) }))
    }

    /// The strings of this key: a list, or one string for a list of one.
    pub(super) fn strings(&self, key: &str) -> Result<Vec<Placed<String>>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(Vec::new()) };
        if let Some(text) = self.string(key).ok().flatten() {
            return Ok(vec![text]);
        }
        let wanted = "a string or a list of strings";
        let Some(list) = item.as_array() else { return Err(self.wrong_type(key, item, wanted)) };
        list.iter()
            .map(|value| {
                let place = self.file.place(value.span());
                match value.as_str() {
                    Some(text) => Ok(Placed { value: text.to_string(), place }),
                    None => {
                        let found = value_type(value);
                        let message =
                            format!("`{key}` must be a list of strings, but holds {found}");
                        Err(configuration(place, message, None))
                    }
                }
            })
            .collect()
    }

    /// The truth value of this key.
    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        item.as_bool().map(Some).ok_or_else(|| self.wrong_type(key, item, "`true` or `false`"))
    }

    /// The number of this key, `least` or more.
    pub(super) fn integer(&self, key: &str, least: u64) -> Result<Option<u64>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let Some(number) = item.as_integer() else {
            return Err(self.wrong_type(key, item, "an integer"));
        };
        let number = u64::try_from(number).ok().filter(|&number| number >= least);
        number.map(Some).ok_or_else(|| self.error(item, format!("`{key}` must be {least} or more")))
    }

    /// The one of `choices` that this key names.
    pub(super) fn choice<T: Copy>(
        &self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.string(key)? else { return Ok(None) };
        let names: Vec<&str> = choices.iter().map(|&(name, _)| name).collect();
        match choices.iter().find(|&&(name, _)| name == text.value) {
            Some(&(_, choice)) => Ok(Some(choice)),
            None => Err(unknown_value(key, &text, &names)),
        }
    }

    /// The command of this key: a string for the shell, or a list of program and arguments.
    pub(super) fn command(&self, key: &str) -> Result<Option<UserCommand>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        if let Some(text) = item.as_str() {
            return Ok(Some(UserCommand::Shell(text.to_string())));
        }
        let words: Vec<String> = self.strings(key)?.into_iter().map(|word| word.value).collect();
        if words.is_empty() {
            return Err(self.error(item, format!("`{key}` names no program")));
        }
        Ok(Some(UserCommand::Direct(words)))
    }

    /// `expected-heads`: a number, or a table of numbers per branch label.
    pub(super) fn expected_heads(&self, key: &str) -> Result<Option<ExpectedHeads>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        if item.is_integer() {
            let total = self.integer(key, 1)?.and_then(|number| usize::try_from(number).ok());
            return Ok(total.map(ExpectedHeads::Total));
        }
        let wanted = "a number, or a table such as `{ expand = 1, contract = 1 }`";
        let Some(table) = item.as_table_like() else {
            return Err(self.wrong_type(key, item, wanted));
        };
        let labels = Section { file: self.file, title: key.into(), table, span: item.span() };
        let mut heads = Vec::new();
        for (label, _) in table.iter() {
            let number = labels.integer(label, 0)?.and_then(|number| usize::try_from(number).ok());
            heads.push((label.to_string(), number.unwrap_or_default()));
        }
        Ok(Some(ExpectedHeads::PerLabel(heads)))
    }

    /// Every key as the name of a rule, with its severity.
    pub(super) fn severities(&self) -> Result<Vec<(Placed<String>, Level)>, Error> {
        let levels = [("error", Level::Error), ("warning", Level::Warning), ("off", Level::Off)];
        let mut rules = Vec::new();
        for (name, item) in self.table.iter() {
            let span = self.table.key(name).and_then(toml_edit::Key::span).or_else(|| item.span());
            let place = self.file.place(span);
            if let Some(level) = self.choice(name, &levels)? {
                rules.push((Placed { value: name.to_string(), place }, level));
            }
        }
        Ok(rules)
    }

    /// The table of this key.
    pub(super) fn section(&self, key: &str) -> Result<Option<Section<'a>>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let Some(table) = item.as_table_like() else {
            return Err(self.wrong_type(key, item, "a table"));
        };
        Ok(Some(Section { file: self.file, title: self.inner(key), table, span: item.span() }))
    }

    /// The tables of this key: `[[key]]`, or a list of inline tables.
    pub(super) fn sections(&self, key: &str) -> Result<Vec<Section<'a>>, Error> {
        let Some(item) = self.table.get(key) else { return Ok(Vec::new()) };
        let section = |table: &'a dyn TableLike, span| Section {
            file: self.file,
            title: self.inner(key),
            table,
            span,
        };
        if let Some(tables) = item.as_array_of_tables() {
            return Ok(tables.iter().map(|table: &Table| section(table, table.span())).collect());
        }
        let wrong = || self.wrong_type(key, item, "a list of tables");
        let list = item.as_array().ok_or_else(wrong)?;
        list.iter()
            .map(|value| match value.as_inline_table() {
                Some(table) => Ok(section(table, value.span())),
                None => Err(wrong()),
            })
            .collect()
    }

    fn inner(&self, key: &str) -> String {
        match self.title.strip_suffix(']') {
            Some(outer) => format!("{outer}.{key}]"),
            None => format!("[{key}]"),
        }
    }
}

fn unknown_value(key: &str, text: &Placed<String>, names: &[&str]) -> Error {
    let message = format!("`{key}` must be one of {}, not `{}`", backticks(names), text.value);
    let hint = nearest(&text.value, names.iter().copied());
    let hint = hint.map(|nearest| format!("did you mean `{nearest}`?"));
    configuration(text.place.clone(), message, hint)
}

fn backticks(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn type_name(item: &Item) -> &'static str {
    match item {
        Item::None => "nothing",
        Item::Value(value) => value_type(value),
        Item::Table(_) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
    }
}

fn value_type(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Boolean(_) => "a truth value",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::InlineTable(_) => "a table",
    }
}
