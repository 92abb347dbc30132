//! What the user wrote: `[tool.onehead]` in `pyproject.toml`, or `onehead.toml`, which wins over it.
//!
//! Every key is read and checked, also those for commands that were not called: a typo is an error with its file and
//! line and the nearest right word, never silently a default. Which of the values count is decided elsewhere, and
//! names of rules are checked by who knows the rules.

use std::path::{Path, PathBuf};

use crate::environment::ExpectedHeads;
use crate::error::Error;
use crate::nearest::nearest;
use crate::rules::Level;
use crate::snapshot::Snapshot;

mod reader;
use reader::{File, Section};

/// A value and the line on which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// File and line as they are shown, such as `pyproject.toml:12`.
    pub place: String,
}

/// How several heads are made one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// With a merge revision.
    #[default]
    Merge,
    /// By putting what is unpublished on top of what is published.
    Rebase,
    /// Rebase what is unpublished, else merge.
    Auto,
}

/// Where the id of a merge revision comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergeIds {
    /// From the heads, so that two people who merge the same heads write the same file.
    #[default]
    Derived,
    /// From chance, as Alembic does it.
    Random,
}

/// A command that the user configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserCommand {
    /// Runs through the shell.
    Shell(String),
    /// Runs directly: program and arguments.
    Direct(Vec<String>),
}

/// `[tool.onehead.pre-push]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrePush {
    /// `test-command`
    pub test_command: Option<UserCommand>,
    /// `offer`; `None` where it is not set, so that the installed hook decides.
    pub offer: Option<bool>,
}

/// One of `[[tool.onehead.environments]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentConfig {
    /// File and line of the table.
    pub place: String,
    /// `name`
    pub name: Option<String>,
    /// `config`: selects a configuration of Alembic; relative to the folder of this file.
    pub config: Option<String>,
    /// `section`
    pub section: Option<String>,
    /// `script-location`; relative to the folder of this file.
    pub script_location: Option<String>,
    /// `version-locations`, which may be patterns; relative to the folder of this file.
    pub version_locations: Vec<String>,
    /// `expected-heads`
    pub expected_heads: Option<ExpectedHeads>,
}

/// Everything under `[tool.onehead]`, with its defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file it was read from; `None` when there is none.
    pub path: Option<PathBuf>,
    /// The folder to which its paths are relative: the file's, else the root.
    pub folder: PathBuf,
    /// `baseline`: refs; empty for the default one.
    pub baseline: Vec<String>,
    /// `strategy`
    pub strategy: Strategy,
    /// `merge-message`
    pub merge_message: String,
    /// `merge-ids`
    pub merge_ids: MergeIds,
    /// `expected-heads`; `None` when it is not set.
    pub expected_heads: Option<ExpectedHeads>,
    /// `verify-command`
    pub verify_command: Option<UserCommand>,
    /// `verify-timeout`, in seconds.
    pub verify_timeout: u64,
    /// `allow-squash`
    pub allow_squash: bool,
    /// `dialect`
    pub dialect: Option<String>,
    /// `exclude`: patterns for files and folders.
    pub exclude: Vec<Placed<String>>,
    /// `select`: names of rules, `ALL`, or nothing for the default ones.
    pub select: Vec<Placed<String>>,
    /// `ignore`: names of rules.
    pub ignore: Vec<Placed<String>>,
    /// `[tool.onehead.rules]`: names of rules with their severities, in written order.
    pub rules: Vec<(Placed<String>, Level)>,
    /// `[tool.onehead.pre-push]`
    pub pre_push: PrePush,
    /// `[[tool.onehead.environments]]`
    pub environments: Vec<EnvironmentConfig>,
}

/// The keys of `[tool.onehead]`.
const KEYS: [&str; 15] = [
    "baseline",
    "strategy",
    "merge-message",
    "merge-ids",
    "expected-heads",
    "verify-command",
    "verify-timeout",
    "allow-squash",
    "dialect",
    "exclude",
    "select",
    "ignore",
    "rules",
    "pre-push",
    "environments",
];

impl Default for Config {
    fn default() -> Self {
        Self::none(Path::new(""))
    }
}

impl Config {
    /// The defaults, for a project without any configuration; `root` is the folder of relative paths.
    pub fn none(root: &Path) -> Self {
        Self {
            path: None,
            folder: root.to_path_buf(),
            baseline: Vec::new(),
            strategy: Strategy::default(),
            merge_message: "merge migration heads".into(),
            merge_ids: MergeIds::default(),
            expected_heads: None,
            verify_command: None,
            verify_timeout: 600,
            allow_squash: false,
            dialect: None,
            exclude: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            rules: Vec::new(),
            pre_push: PrePush::default(),
            environments: Vec::new(),
        }
    }

    /// Reads the nearest configuration from `folder` upward to `root`: in each folder `onehead.toml`, then
    /// `pyproject.toml` if it has `[tool.onehead]`. The defaults where there is none. `shown` gives paths in messages.
    ///
    /// Fails where the file cannot be read, is no TOML, or has an unknown key, a wrong type or an unknown value.
    pub fn load(
        snapshot: &Snapshot,
        folder: &Path,
        root: &Path,
        shown: &dyn Fn(&Path) -> String,
    ) -> Result<Self, Error> {
        for folder in folder.ancestors() {
            for name in ["onehead.toml", "pyproject.toml"] {
                let path = folder.join(name);
                let bytes = match snapshot.read(&path) {
                    Ok(bytes) => bytes,
                    Err(error) if error.missing && snapshot.link_target(&path).is_err() => continue,
                    // A folder of that name is somebody else's.
                    Err(_) if snapshot.is_directory(&path) => continue,
                    Err(error) => return Err(snapshot.unreadable(&error, shown(&path))),
                };
                if let Some(config) = Self::parse(&bytes, &path, &shown(&path))? {
                    return Ok(config);
                }
            }
            if folder == root {
                break;
            }
        }
        Ok(Self::none(root))
    }

    /// Reads the bytes of `onehead.toml` or, under any other name, of a `pyproject.toml`: `None` when that has no
    /// `[tool.onehead]`. `shown` is the path in messages.
    ///
    /// Fails as [`Config::load`] does.
    pub fn parse(bytes: &[u8], path: &Path, shown: &str) -> Result<Option<Self>, Error> {
        let own = path.file_name().is_some_and(|name| name == "onehead.toml");
        // Most files called pyproject.toml are not for us, and need not be parsed to know it.
        if !own && memchr::memmem::find(bytes, b"onehead").is_none() {
            return misspelled(bytes, shown);
        }
        let file = File::parse(bytes, shown)?;
        let section = if own { Some(file.whole()) } else { file.tool("onehead")? };
        let Some(section) = section else { return misspelled(bytes, shown) };
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut config = Self { path: Some(path.to_path_buf()), ..Self::none(&folder) };
        config.fill(&section)?;
        Ok(Some(config))
    }

    fn fill(&mut self, section: &Section<'_>) -> Result<(), Error> {
        section.only(&KEYS)?;
        self.baseline = values(section.strings("baseline")?);
        let strategies =
            [("merge", Strategy::Merge), ("rebase", Strategy::Rebase), ("auto", Strategy::Auto)];
        self.strategy = section.choice("strategy", &strategies)?.unwrap_or_default();
        if let Some(message) = section.string("merge-message")? {
            self.merge_message = message.value;
        }
        let ids = [("derived", MergeIds::Derived), ("random", MergeIds::Random)];
        self.merge_ids = section.choice("merge-ids", &ids)?.unwrap_or_default();
        self.expected_heads = section.expected_heads("expected-heads")?;
        self.verify_command = section.command("verify-command")?;
        if let Some(seconds) = section.integer("verify-timeout", 1)? {
            self.verify_timeout = seconds;
        }
        self.allow_squash = section.boolean("allow-squash")?.unwrap_or_default();
        self.dialect = section.string("dialect")?.map(|dialect| dialect.value);
        self.exclude = section.strings("exclude")?;
        self.select = section.strings("select")?;
        self.ignore = section.strings("ignore")?;
        if let Some(rules) = section.section("rules")? {
            self.rules = rules.severities()?;
        }
        if let Some(pre_push) = section.section("pre-push")? {
            pre_push.only(&["test-command", "offer"])?;
            self.pre_push.test_command = pre_push.command("test-command")?;
            self.pre_push.offer = pre_push.boolean("offer")?;
        }
        for environment in section.sections("environments")? {
            self.environments.push(read_environment(&environment)?);
        }
        Ok(())
    }
}

/// Whether two texts of a `pyproject.toml` have the same in these tables of `[tool]`. What is no TOML agrees with nothing.
pub fn agree(ours: &[u8], theirs: &[u8], tables: &[&str]) -> bool {
    let tables_of = |bytes: &[u8]| -> Option<Vec<String>> {
        let text = std::str::from_utf8(bytes).ok()?;
        let document: toml_edit::DocumentMut = text.parse().ok()?;
        let tool = document.get("tool");
        let table = |name: &&str| tool.and_then(|tool| tool.get(name)).map(ToString::to_string);
        Some(tables.iter().map(|name| table(name).unwrap_or_default()).collect())
    };
    tables_of(ours).is_some_and(|ours| tables_of(theirs) == Some(ours))
}

/// Fails where a table of a `pyproject.toml` without ours is called almost as ours: `[tool.onehed]`.
fn misspelled(bytes: &[u8], shown: &str) -> Result<Option<Config>, Error> {
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_prefix(b"[").unwrap_or(line);
        let name = line.strip_prefix(b"[tool.").or_else(|| line.strip_prefix(b"tool."));
        let name = name.and_then(|name| name.split(|&byte| matches!(byte, b'.' | b']')).next());
        let Some(name) = name.and_then(|name| std::str::from_utf8(name).ok()) else { continue };
        if nearest(name, ["onehead"]).is_some() {
            return Err(Error::Configuration {
                place: format!("{shown}:{}", index + 1),
                message: format!("unknown table [tool.{name}]"),
                hint: Some("did you mean `[tool.onehead]`?".into()),
            });
        }
    }
    Ok(None)
}

fn values(placed: Vec<Placed<String>>) -> Vec<String> {
    placed.into_iter().map(|placed| placed.value).collect()
}

fn read_environment(section: &Section<'_>) -> Result<EnvironmentConfig, Error> {
    section.only(&[
        "name",
        "config",
        "section",
        "script-location",
        "version-locations",
        "expected-heads",
    ])?;
    let string = |key| Ok(section.string(key)?.map(|placed| placed.value));
    let environment = EnvironmentConfig {
        place: section.place(),
        name: string("name")?,
        config: string("config")?,
        section: string("section")?,
        script_location: string("script-location")?,
        version_locations: values(section.strings("version-locations")?),
        expected_heads: section.expected_heads("expected-heads")?,
    };
    let nameless = environment.config.is_none()
        && environment.script_location.is_none()
        && environment.version_locations.is_empty();
    if nameless {
        return Err(Error::Configuration {
            place: environment.place,
            message: "an environment needs `config`, `script-location` or `version-locations`"
                .into(),
            hint: Some(
                "add `config = \"path/to/alembic.ini\"` to set something for that one".into(),
            ),
        });
    }
    Ok(environment)
}

#[cfg(test)]
mod tests;
