//! The options that only matter when a revision is written: `timezone`, `output_encoding`, hooks, and whatever a
//! template asks the configuration for.
//!
//! The files were read when the environment was found; nothing is opened here.

use super::hooks::PostWriteHook;
use super::options::{Files, OptionError, Reader, interpolation};
use super::pyproject::Value;
use crate::revision::is_python_space;

/// The configuration of one section, kept for what the commands that write need of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    files: Files,
    section: String,
}

impl Configuration {
    pub(super) fn new(files: &Files, section: &str) -> Self {
        Self { files: files.clone(), section: section.to_owned() }
    }

    fn text(&self, option: &str) -> Option<String> {
        // Every option read here was read without an error when the environment was found.
        self.reader().text(option).ok().flatten()
    }

    fn reader(&self) -> Reader<'_> {
        Reader { files: &self.files, section: &self.section }
    }

    /// `timezone`; `None` for the system's, without an offset in the text.
    pub fn timezone(&self) -> Option<String> {
        self.text("timezone")
    }

    /// `output_encoding`, `utf-8` by default.
    pub fn output_encoding(&self) -> String {
        self.text("output_encoding").unwrap_or_else(|| "utf-8".to_owned())
    }

    /// The option `name` of an ini section, as `Config.get_main_option` (`section` is `None`) and
    /// `Config.get_section_option` give it to a template (1.20.1; the toml file is not asked).
    pub fn option(&self, section: Option<&str>, name: &str) -> Option<String> {
        let file = self.files.ini.as_ref()?;
        let section = section.unwrap_or(&self.section);
        file.ini.get(section, name, &file.here).ok().flatten()
    }

    /// The post-write hooks in their order, each as far as Alembic could run it: one without a `type` is the sentence
    /// with which Alembic stops.
    ///
    /// Fails where the section cannot be read, which every command of Alembic does.
    pub fn hooks(&self) -> Result<Vec<Result<PostWriteHook, String>>, OptionError> {
        let section = "post_write_hooks";
        if let Some(file) = self.files.ini.as_ref().filter(|file| file.ini.has_section(section)) {
            let items = file.ini.items(section, &file.here);
            let items = items.map_err(|error| interpolation(file, &error))?.unwrap_or_default();
            return Ok(from_ini(&items));
        }
        let Some(toml) = &self.files.toml else { return Ok(Vec::new()) };
        let Some(Value::List(hooks)) = toml.get(section)? else { return Ok(Vec::new()) };
        Ok(hooks.into_iter().filter_map(from_toml).collect())
    }
}

/// `hooks = a, b c` with `a.type`, `a.options` and so on beside it.
fn from_ini(items: &[(String, String)]) -> Vec<Result<PostWriteHook, String>> {
    let list = items.iter().find(|(key, _)| key == "hooks").map_or("", |(_, value)| value.as_str());
    let names = list.split([',', ' ']).filter(|name| !name.is_empty());
    let hook = |name: &str| {
        let own = items.iter().filter_map(|(key, value)| {
            let option = key.strip_prefix(name)?.strip_prefix('.')?;
            Some((option.to_owned(), value.clone()))
        });
        PostWriteHook::read(name, &own.collect::<Vec<_>>())
    };
    names.map(hook).collect()
}

fn from_toml(hook: Value) -> Option<Result<PostWriteHook, String>> {
    let Value::Table(table) = hook else { return None };
    let texts = table.into_iter().filter_map(|(key, value)| match value {
        Value::Text(text) => Some((key, text)),
        _ => None,
    });
    let options: Vec<(String, String)> = texts.collect();
    let name = options.iter().find(|(key, _)| key == "name").map(|(_, name)| name.clone())?;
    Some(PostWriteHook::read(name.trim_matches(is_python_space), &options))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::hooks::{HookKind, PostWriteHook};
    use super::super::options::IniFile;
    use super::super::pyproject::AlembicTable;
    use super::{Configuration, Files};
    use crate::ini::Ini;

    fn configuration(ini: &str, toml: &str) -> Configuration {
        let ini = (!ini.is_empty()).then(|| IniFile {
            path: "/p/alembic.ini".into(),
            ini: Ini::parse(ini).unwrap(),
            here: "/p".into(),
        });
        let toml = AlembicTable::parse(toml.as_bytes(), Path::new("/p/pyproject.toml")).unwrap();
        Configuration::new(&Files { ini, toml }, "alembic")
    }

    fn black(options: &str) -> PostWriteHook {
        PostWriteHook {
            name: "black".into(),
            kind: HookKind::ConsoleScripts,
            program: "black".into(),
            options: options.into(),
            cwd: None,
        }
    }

    #[test]
    fn hooks_of_an_ini_file_in_their_order() {
        let ini = "[alembic]\n[post_write_hooks]\nhooks = black, x y\nblack.type = console_scripts\n\
                   black.entrypoint = black\nblack.options = -l 79 REVISION_SCRIPT_FILENAME\n\
                   x.type = zz\n";
        let hooks = configuration(ini, "").hooks().unwrap();
        let missing = "Key 'y.type' (or 'type' in toml) is required for post write hook 'y'";
        assert_eq!(
            hooks,
            [
                Ok(black("-l 79 REVISION_SCRIPT_FILENAME")),
                Err("No formatter with name 'zz' registered".to_owned()),
                Err(missing.to_owned()),
            ]
        );
    }

    #[test]
    fn hooks_of_a_toml_file() {
        let toml = "[[tool.alembic.post_write_hooks]]\nname = 'black'\ntype = 'console_scripts'\n\
                    entrypoint = 'black'\noptions = '-q'\n";
        assert_eq!(configuration("", toml).hooks(), Ok(vec![Ok(black("-q"))]));
        // A section in the ini file, however empty, hides those of the toml file.
        assert_eq!(configuration("[post_write_hooks]\n", toml).hooks(), Ok(Vec::new()));
    }

    #[test]
    fn what_a_template_asks_for() {
        let ini = "[alembic]\ndatabases = a, b\n[other]\nx = %(here)s/y\n";
        let configuration = configuration(ini, "");
        assert_eq!(configuration.option(None, "databases").as_deref(), Some("a, b"));
        assert_eq!(configuration.option(Some("other"), "x").as_deref(), Some("/p/y"));
        assert_eq!(configuration.option(None, "x"), None);
        assert_eq!(configuration.output_encoding(), "utf-8");
    }
}
