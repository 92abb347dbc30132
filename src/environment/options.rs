//! The options of one section of an `alembic.ini`, merged key by key with `[tool.alembic]` of a `pyproject.toml`.
//!
//! As Alembic 1.20.1 reads them on every command (`ScriptDirectory.from_config`): also an option that nobody here
//! needs fails here when it would fail there. Paths are texts still; [`super::locate`] finds the folders.

use std::path::{Path, PathBuf};

use super::pyproject::{AlembicTable, Value, python_type};
use crate::fs::ReadError;
use crate::ini::{Ini, InterpolationError};
use crate::python::repr::repr;
use crate::revision::is_python_space;
use crate::snapshot::Snapshot;

/// What makes every command of Alembic fail, with its own or Python's own sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError {
    /// The file to blame.
    pub path: PathBuf,
    /// The line to blame, from 1.
    pub line: Option<usize>,
    /// The sentence.
    pub sentence: String,
}

/// Why the files of a configuration could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FilesError {
    Read(ReadError),
    Option(OptionError),
}

/// An ini file with its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IniFile {
    pub(super) path: PathBuf,
    pub(super) ini: Ini,
    pub(super) here: String,
}

/// The two files that make a configuration; either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) ini: Option<IniFile>,
    pub(super) toml: Option<AlembicTable>,
}

impl Files {
    /// Reads both files, absolute paths; a file that is not there is none, as for Alembic. `shown` is the path of the
    /// ini file in Python's sentences.
    pub(super) fn read(
        snapshot: &Snapshot,
        ini: Option<&Path>,
        toml: Option<&Path>,
        shown: &str,
    ) -> Result<Self, FilesError> {
        let mut files = Self::default();
        if let Some((path, bytes)) = read_optional(snapshot, ini)? {
            let parsed = Ini::parse_bytes(&bytes).map_err(|error| {
                let (class, sentence) = (error.class(), error.sentence(shown));
                let module = if class.starts_with("Unicode") { "" } else { "configparser." };
                FilesError::Option(OptionError {
                    path: path.to_path_buf(),
                    line: Some(error.line),
                    sentence: format!("{module}{class}: {sentence}"),
                })
            })?;
            let here = path.parent().unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
            files.ini = Some(IniFile { path: path.to_path_buf(), ini: parsed, here });
        }
        if let Some((path, bytes)) = read_optional(snapshot, toml)? {
            files.toml = AlembicTable::parse(&bytes, path).map_err(FilesError::Option)?;
        }
        Ok(files)
    }

    /// The sections that make an environment: each that has its own `script_location`; each that shares the one of
    /// `DEFAULT` and has its own `version_locations`; `alembic` where it has one by way of `DEFAULT` or the toml file.
    pub(super) fn sections(&self) -> Vec<String> {
        let mut sections = Vec::new();
        if let Some(IniFile { ini, .. }) = &self.ini {
            let makes_one = |section: &&str| {
                ini.has_own_option(section, "script_location")
                    || (ini.has_option(section, "script_location")
                        && (*section == DEFAULT
                            || ini.has_own_option(section, "version_locations")))
            };
            sections.extend(ini.sections().filter(makes_one).map(str::to_string));
        }
        let by_toml = self.toml.as_ref().is_some_and(|toml| toml.has("script_location"));
        if by_toml && !sections.iter().any(|section| section == DEFAULT) {
            sections.insert(0, DEFAULT.to_string());
        }
        sections
    }

    /// The file to name for a section: the ini where it has the section or there is no other.
    pub(super) fn path_for(&self, section: &str) -> Option<&Path> {
        let ini = self.ini.as_ref();
        let toml = self.toml.as_ref().map(|toml| toml.path.as_path());
        let has = ini.is_some_and(|file| file.ini.has_section(section));
        let ini = ini.map(|file| file.path.as_path());
        if has { ini } else { toml.or(ini) }
    }
}

/// The section that Alembic uses when none is named.
pub(super) const DEFAULT: &str = "alembic";

fn read_optional<'a>(
    snapshot: &Snapshot,
    path: Option<&'a Path>,
) -> Result<Option<(&'a Path, Vec<u8>)>, FilesError> {
    let Some(path) = path else { return Ok(None) };
    match snapshot.read(path) {
        Ok(bytes) => Ok(Some((path, bytes))),
        Err(error) if error.missing => Ok(None),
        Err(error) => Err(FilesError::Read(error)),
    }
}

/// The options that decide where the revisions are and how they are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) script_location: Option<String>,
    /// `None` for the default, `<script_location>/versions`.
    pub(super) version_locations: Option<Vec<String>>,
    pub(super) prepend_sys_path: Vec<String>,
    pub(super) recursive: bool,
    pub(super) sourceless: bool,
    pub(super) file_template: String,
    pub(super) truncate_slug_length: i64,
}

impl Options {
    /// Reads every option that Alembic reads, in its order, so that the first error is its first error.
    pub(super) fn read(files: &Files, section: &str) -> Result<Self, OptionError> {
        let reader = Reader { files, section };
        let script_location = reader.text("script_location")?;
        let truncate_slug_length = reader.truncate_slug_length()?;
        let prepend_sys_path = reader.paths("prepend_sys_path", &["path_separator"], true)?;
        let recursive = reader.boolean("recursive_version_locations")?;
        let file_template = reader.text("file_template")?;
        let sourceless = reader.boolean("sourceless")?;
        reader.text("output_encoding")?;
        let separators = ["path_separator", "version_path_separator"];
        let version_locations = reader.paths("version_locations", &separators, false)?;
        reader.text("timezone")?;
        reader.hooks()?;
        Ok(Self {
            script_location,
            version_locations: version_locations.filter(|locations| !locations.is_empty()),
            prepend_sys_path: prepend_sys_path.unwrap_or_default(),
            recursive,
            sourceless,
            file_template: file_template.unwrap_or_else(|| "%(rev)s_%(slug)s".into()),
            truncate_slug_length,
        })
    }
}

pub(super) struct Reader<'a> {
    pub(super) files: &'a Files,
    pub(super) section: &'a str,
}

impl Reader<'_> {
    /// The value in the ini file: the option there counts even when it is empty.
    pub(super) fn ini(&self, option: &str) -> Result<Option<String>, OptionError> {
        let Some(file) = &self.files.ini else { return Ok(None) };
        file.ini.get(self.section, option, &file.here).map_err(|error| interpolation(file, &error))
    }

    /// An error about an option of the ini file.
    pub(super) fn ini_error(&self, option: &str, sentence: String) -> OptionError {
        let file = self.files.ini.as_ref();
        OptionError {
            path: file.map(|file| file.path.clone()).unwrap_or_default(),
            line: file.and_then(|file| file.ini.option_line(self.section, option)),
            sentence,
        }
    }

    /// `Config.get_alembic_option` where Alembic goes on to use a string.
    pub(super) fn text(&self, option: &str) -> Result<Option<String>, OptionError> {
        if let Some(text) = self.ini(option)? {
            return Ok(Some(text));
        }
        let Some(toml) = &self.files.toml else { return Ok(None) };
        match toml.get(option)? {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(other) => {
                let found = python_type(&other);
                Err(toml.error(option, format!("TypeError: `{option}` must be str, not {found}")))
            }
        }
    }

    /// `Config.get_alembic_boolean_option`: in an ini file only the exact text `true` is true.
    fn boolean(&self, option: &str) -> Result<bool, OptionError> {
        if let Some(text) = self.ini(option)? {
            return Ok(text == "true");
        }
        let Some(toml) = &self.files.toml else { return Ok(false) };
        match toml.raw(option) {
            None => Ok(false),
            Some(Value::Boolean(truth)) => Ok(*truth),
            Some(_) => {
                let name = repr(option);
                let sentence = format!("boolean value expected for TOML parameter {name}");
                Err(toml.error(option, sentence))
            }
        }
    }

    /// Python's `int()` of the option; 40 where it is missing or 0.
    fn truncate_slug_length(&self) -> Result<i64, OptionError> {
        let option = "truncate_slug_length";
        let from_ini = self.ini(option)?;
        let in_ini = from_ini.is_some();
        let value = match (from_ini, &self.files.toml) {
            (Some(text), _) => Some(Value::Text(text)),
            (None, Some(toml)) => toml.get(option)?,
            (None, None) => None,
        };
        let fail = |sentence| match &self.files.toml {
            Some(toml) if !in_ini => toml.error(option, sentence),
            _ => self.ini_error(option, sentence),
        };
        let number = match value {
            None => 0,
            Some(Value::Integer(number)) => number,
            Some(Value::Boolean(truth)) => i64::from(truth),
            Some(Value::Text(text)) => python_int(&text).ok_or_else(|| {
                let text = repr(&text);
                fail(format!("ValueError: invalid literal for int() with base 10: {text}"))
            })?,
            Some(other) => {
                let found = python_type(&other);
                return Err(fail(format!(
                    "TypeError: int() argument must be a string, a bytes-like object or a real \
                     number, not '{found}'"
                )));
            }
        };
        Ok(if number == 0 { 40 } else { number })
    }

    /// `Config.get_version_locations_list` and `Config.get_prepend_sys_paths_list`: here an empty value in the ini file
    /// falls through to the toml file.
    fn paths(
        &self,
        option: &str,
        separators: &[&str],
        colons: bool,
    ) -> Result<Option<Vec<String>>, OptionError> {
        if let Some(text) = self.ini(option)?.filter(|text| !text.is_empty()) {
            let parts = match self.separator(separators)? {
                None => split_legacy(&text, colons),
                Some(separator) => text
                    .split(separator)
                    .filter(|part| !part.is_empty())
                    .map(|part| part.trim_matches(is_python_space).to_string())
                    .collect(),
            };
            return Ok(Some(parts));
        }
        let Some(toml) = &self.files.toml else { return Ok(None) };
        match toml.get(option)? {
            None => Ok(None),
            Some(Value::List(list)) => {
                let texts = list.into_iter().filter_map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                });
                Ok(Some(texts.collect()))
            }
            Some(Value::Text(_)) => Err(toml.error(
                option,
                format!(
                    "`{option}` must be a list: alembic takes each character of a string for a path"
                ),
            )),
            Some(other) => {
                let found = python_type(&other);
                Err(toml.error(option, format!("TypeError: '{found}' object is not iterable")))
            }
        }
    }

    /// `Config._get_file_separator_char`: the first of the options that is set.
    fn separator(&self, names: &[&str]) -> Result<Option<char>, OptionError> {
        for name in names {
            let Some(value) = self.ini(name)? else { continue };
            return match value.as_str() {
                "space" => Ok(Some(' ')),
                "newline" => Ok(Some('\n')),
                "os" => Ok(Some(if cfg!(windows) { ';' } else { ':' })),
                ":" => Ok(Some(':')),
                ";" => Ok(Some(';')),
                _ => Err(self.ini_error(
                    name,
                    format!(
                        "ValueError: '{value}' is not a valid value for {name}; expected 'space', \
                         'newline', 'os', ':', ';'"
                    ),
                )),
            };
        }
        Ok(None)
    }

    /// `Config.get_hooks_list`, for its errors: what the hooks are is of no interest when reading.
    fn hooks(&self) -> Result<(), OptionError> {
        let section = "post_write_hooks";
        if let Some(file) = self.files.ini.as_ref().filter(|file| file.ini.has_section(section)) {
            let items = file.ini.items(section, &file.here);
            return items.map(drop).map_err(|error| interpolation(file, &error));
        }
        let Some(toml) = &self.files.toml else { return Ok(()) };
        let Some(Value::List(hooks)) = toml.get(section)? else { return Ok(()) };
        let named = |hook: &Value| match hook {
            Value::Table(table) => table.iter().any(|(key, _)| key == "name"),
            _ => true,
        };
        if hooks.iter().all(named) {
            return Ok(());
        }
        Err(toml.error(section, "KeyError: 'name'".into()))
    }
}

pub(super) fn interpolation(file: &IniFile, error: &InterpolationError) -> OptionError {
    OptionError {
        path: file.path.clone(),
        line: Some(error.line),
        sentence: format!("configparser.{}: {error}", error.class()),
    }
}

/// `re.split(r", *|(?: +)")`, for `prepend_sys_path` with `|\:`. Empty pieces stay, and nothing is stripped.
fn split_legacy(text: &str, colons: bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if c == ',' || c == ' ' {
            while characters.next_if_eq(&' ').is_some() {}
            parts.push(String::new());
        } else if c == ':' && colons {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// Python's `int(text)` for decimal ASCII digits: white space around, a sign, single underscores between digits.
fn python_int(text: &str) -> Option<i64> {
    let text = text.trim_matches(is_python_space);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let valid = digits
        .split('_')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !valid {
        return None;
    }
    let number = digits.replace('_', "").parse().unwrap_or(i64::MAX);
    Some(if text.starts_with('-') { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(ini: &str, toml: &str) -> Files {
        Files {
            ini: Some(IniFile {
                path: "/p/alembic.ini".into(),
                ini: Ini::parse(ini).unwrap(),
                here: "/p".into(),
            }),
            toml: AlembicTable::parse(toml.as_bytes(), Path::new("/p/pyproject.toml")).unwrap(),
        }
    }

    fn read(ini: &str, toml: &str) -> Options {
        Options::read(&files(ini, toml), "alembic").unwrap()
    }

    #[track_caller]
    fn check_locations(options: &str, expected: &[&str]) {
        let read = read(&format!("[alembic]\n{options}"), "");
        assert_eq!(read.version_locations.unwrap_or_default(), expected);
    }

    #[track_caller]
    fn check_error(ini: &str, toml: &str, line: usize, expected: &str) {
        let error = Options::read(&files(ini, toml), "alembic").unwrap_err();
        assert_eq!((error.line, error.sentence.as_str()), (Some(line), expected));
    }

    #[track_caller]
    fn check_sections(ini: &str, toml: &str, expected: &[&str]) {
        assert_eq!(files(ini, toml).sections(), expected);
    }

    #[test]
    fn legacy_splitting_keeps_empty_pieces() {
        check_locations("version_locations = v1 , v2", &["v1", "", "v2"]);
        check_locations("version_locations = v1, v2  v3", &["v1", "v2", "v3"]);
    }

    #[test]
    fn legacy_splitting_does_not_know_newlines() {
        check_locations("version_locations = v1\n  v2", &["v1\nv2"]);
    }

    #[test]
    fn each_separator() {
        check_locations("version_locations = a b,c\npath_separator = space", &["a", "b,c"]);
        check_locations("version_locations = a;;b ;\npath_separator = ;", &["a", "b"]);
        check_locations("version_locations =\n  a\n  b\npath_separator = newline", &["a", "b"]);
        check_locations("version_locations = a : b\npath_separator = :", &["a", "b"]);
    }

    #[test]
    fn a_blank_piece_is_the_current_directory() {
        check_locations("version_locations = a; ;b\npath_separator = ;", &["a", "", "b"]);
    }

    #[test]
    fn the_old_name_of_the_separator() {
        check_locations("version_locations = a;b\nversion_path_separator = ;", &["a", "b"]);
        check_locations(
            "version_locations = a;b c\nversion_path_separator = ;\npath_separator = space",
            &["a;b", "c"],
        );
    }

    #[test]
    fn an_inline_comment_in_the_separator_hurts_only_where_it_is_used() {
        let comment = "version_path_separator = os  # Use os.pathsep.";
        check_locations(comment, &[]);
        check_error(
            &format!("[alembic]\n{comment}\nversion_locations = a"),
            "",
            2,
            "ValueError: 'os  # Use os.pathsep.' is not a valid value for version_path_separator; \
             expected 'space', 'newline', 'os', ':', ';'",
        );
    }

    #[test]
    fn sys_path_splits_on_colons_too() {
        let options = read("[alembic]\nprepend_sys_path = .:src lib", "");
        assert_eq!(options.prepend_sys_path, [".", "src", "lib"]);
    }

    #[test]
    fn only_the_text_true_is_true() {
        assert!(read("[alembic]\nsourceless = true", "").sourceless);
        assert!(!read("[alembic]\nsourceless = True", "").sourceless);
        assert!(!read("[alembic]\nsourceless = yes", "").sourceless);
    }

    #[test]
    fn slug_lengths() {
        assert_eq!(read("[alembic]\ntruncate_slug_length = 1_0 ", "").truncate_slug_length, 10);
        assert_eq!(read("[alembic]\ntruncate_slug_length = -3", "").truncate_slug_length, -3);
        assert_eq!(read("[alembic]\ntruncate_slug_length = 0", "").truncate_slug_length, 40);
        assert_eq!(read("[alembic]\n", "").truncate_slug_length, 40);
        check_error(
            "[alembic]\ntruncate_slug_length = x",
            "",
            2,
            "ValueError: invalid literal for int() with base 10: 'x'",
        );
    }

    #[test]
    fn a_single_percent_in_the_template() {
        check_error(
            "[alembic]\nfile_template = %(rev)s",
            "",
            2,
            "configparser.InterpolationMissingOptionError: Bad value substitution: option \
             'file_template' in section 'alembic' contains an interpolation key 'rev' which is not a \
             valid option name. Raw value: '%(rev)s'",
        );
    }

    #[test]
    fn what_is_not_read_does_not_hurt() {
        read("[alembic]\nsqlalchemy.url = postgres://a:b%c@d", "");
    }

    #[test]
    fn hooks_are_read_whole() {
        let error = "configparser.InterpolationSyntaxError: '%' must be followed by '%' or '(', \
                     found: '%'";
        check_error("[alembic]\n[post_write_hooks]\nx = %", "", 3, error);
        check_error(
            "[alembic]",
            "[[tool.alembic.post_write_hooks]]\na = 'b'",
            1,
            "KeyError: 'name'",
        );
    }

    #[test]
    fn the_ini_counts_first_key_by_key() {
        let toml = "[tool.alembic]\nscript_location = 't'\nfile_template = '%%(rev)s'\n";
        let options = read("[alembic]\nscript_location = i", toml);
        assert_eq!(options.script_location.as_deref(), Some("i"));
        assert_eq!(options.file_template, "%(rev)s");
    }

    #[test]
    fn an_empty_value_of_the_ini_counts_but_for_paths() {
        let toml = "[tool.alembic]\nscript_location = 't'\nversion_locations = ['v']\n";
        let options = read("[alembic]\nscript_location =\nversion_locations =", toml);
        assert_eq!(options.script_location.as_deref(), Some(""));
        assert_eq!(options.version_locations, Some(vec!["v".to_string()]));
    }

    #[test]
    fn toml_types() {
        let ini = "[alembic]";
        check_error(
            ini,
            "[tool.alembic]\nsourceless = 'true'",
            2,
            "boolean value expected for TOML parameter 'sourceless'",
        );
        check_error(
            ini,
            "[tool.alembic]\nversion_locations = 'v'",
            2,
            "`version_locations` must be a list: alembic takes each character of a string for a path",
        );
        check_error(
            ini,
            "[tool.alembic]\ntimezone = 1.5",
            2,
            "unsupported TOML value type for key: 'timezone'",
        );
        let toml = "[tool.alembic]\ntruncate_slug_length = 12\nsourceless = true";
        assert_eq!(read(ini, toml).truncate_slug_length, 12);
        assert!(read(ini, toml).sourceless);
    }

    #[test]
    fn the_sections_that_make_an_environment() {
        check_sections("[alembic]\nscript_location = a\n[loggers]\nkeys = b", "", &["alembic"]);
        check_sections(
            "[core]\nscript_location = a\n[tenant]\nscript_location = b",
            "",
            &["core", "tenant"],
        );
        check_sections("[alembic]\nx = 1", "", &[]);
    }

    #[test]
    fn a_shared_script_location() {
        let ini =
            "[DEFAULT]\nscript_location = a\n[main]\nversion_locations = b\n[loggers]\nkeys = c";
        check_sections(ini, "", &["main"]);
        check_sections("[DEFAULT]\nscript_location = a\n[alembic]\n[loggers]", "", &["alembic"]);
        check_sections("[DEFAULT]\nscript_location = a\n[loggers]", "", &[]);
    }

    #[test]
    fn toml_makes_the_default_section() {
        let toml = "[tool.alembic]\nscript_location = 'a'";
        check_sections("[loggers]", toml, &["alembic"]);
        check_sections("[core]\nscript_location = a", toml, &["alembic", "core"]);
    }
}
