//! Finding Alembic environments: `alembic.ini`, `pyproject.toml`, sections, version locations.
//!
//! Says what there is and what was tried, and why it led nowhere: an environment that is missing without a word is
//! the worst answer. Reads configurations only; no migration file is opened, and no code of the project is run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::error::Error;
use crate::fs::{self, ReadError};
use crate::git::Git;
use crate::shell::word;
use crate::snapshot::Snapshot;

mod builder;
mod dead;
mod describe;
mod finder;
pub mod hooks;
mod locate;
mod options;
mod pyproject;
mod search;
mod writing;

pub use describe::describe;
pub use hooks::{HookKind, PostWriteHook};
pub use options::OptionError;
pub use writing::Configuration;

/// Where an environment's configuration was found, for `onehead environments`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `-c`, `-n` or `ALEMBIC_CONFIG`.
    Named,
    /// `--script-location` or `--version-location`.
    Arguments,
    /// `[[tool.onehead.environments]]`.
    Configured,
    /// `./alembic.ini` or `./pyproject.toml` of the directory run from, or the nearest parent's.
    Here,
    /// Found by looking through the repository.
    Search,
}

/// One of the folders that Alembic loads revisions from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionLocation {
    /// As written in the configuration; `None` for the default `<script_location>/versions`.
    pub written: Option<String>,
    /// Absolute, not resolved.
    pub path: PathBuf,
    /// Whether it was there.
    pub exists: bool,
}

/// How the environment's commands are run by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// By `alembic`.
    Alembic {
        /// The folder that the configuration's relative paths are relative to, which is where Alembic has to be run;
        /// `None` where it may be run anywhere.
        from: Option<PathBuf>,
    },
    /// By `flask db`: the configuration names no script location.
    FlaskMigrate,
}

/// How many heads are expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedHeads {
    /// So many in all.
    Total(usize),
    /// So many per branch label, in written order; a head without a listed label is unexpected.
    PerLabel(Vec<(String, usize)>),
}

/// One Alembic environment: a script location with its version locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `<config> [<section>]`, the section only when it is not `alembic`; the configuration's path is relative to the
    /// root with `/`. For a configured environment its own name.
    pub name: String,
    /// The ini or toml file, absolute. `None` when the environment comes from arguments alone.
    pub config: Option<PathBuf>,
    /// The ini section, `alembic` by default.
    pub section: String,
    /// How it was found.
    pub origin: Origin,
    /// `script_location`, absolute, not resolved.
    pub script_location: PathBuf,
    /// How its commands are run by hand.
    pub launch: Launch,
    /// In load order.
    pub version_locations: Vec<VersionLocation>,
    /// `recursive_version_locations`.
    pub recursive: bool,
    /// `sourceless`.
    pub sourceless: bool,
    /// `file_template` after interpolation; Alembic's default is `%(rev)s_%(slug)s`.
    pub file_template: String,
    /// `truncate_slug_length`; 40 by default and for 0. Negative works as a Python slice.
    pub truncate_slug_length: i64,
    /// How many heads are expected.
    pub expected_heads: ExpectedHeads,
    /// Folders in which the modules that scripts import are looked for, in order, absolute: `prepend_sys_path`, the
    /// configuration's folder and its parents up to the root, their `src`.
    pub module_roots: Vec<PathBuf>,
    /// Alembic's configuration, for the commands that write; empty where the environment comes from arguments alone.
    pub configuration: Arc<Configuration>,
    /// onehead's configuration that is nearest to this environment: which heads are expected and what the rules weigh.
    pub governing: Arc<Config>,
}

impl Environment {
    /// The options of the command line that choose this environment, with paths as `shown` gives them.
    pub fn options(&self, shown: &dyn Fn(&Path) -> String) -> String {
        let shown = |path: &Path| word(&shown(path));
        match &self.config {
            None => format!("--script-location {}", shown(&self.script_location)),
            Some(config) if self.section == options::DEFAULT => format!("-c {}", shown(config)),
            Some(config) => format!("-c {} -n {}", shown(config), word(&self.section)),
        }
    }
}

/// What the user asked for, with absolute paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The directory run from, absolute.
    pub directory: PathBuf,
    /// `-c`, in order; relative to the directory.
    pub configs: Vec<PathBuf>,
    /// `-n`
    pub name: Option<String>,
    /// The environment variable `ALEMBIC_CONFIG`; relative to the directory. Empty counts as not set.
    pub alembic_config: Option<PathBuf>,
    /// `--script-location`; relative to the directory.
    pub script_location: Option<PathBuf>,
    /// `--version-location`, in order; relative to the directory.
    pub version_locations: Vec<PathBuf>,
}

/// Which environments a command acts on when none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of the repository.
    Repository,
    /// The one Alembic would use from here, else the nearest in a parent folder, else all.
    Nearest,
}

/// The folder that is searched, and that paths are relative to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The top folder of the git repository; of a bare one, where its top folder would be; without one, the directory
    /// run from.
    pub path: PathBuf,
    /// Whether it is a git repository.
    pub repository: bool,
    /// Whether it is a repository without a working tree.
    pub bare: bool,
    /// Whether it is another one than that of the directory in which the process was started.
    pub elsewhere: bool,
}

impl Root {
    /// The root for a directory: the nearest folder upward that holds `.git`, be it a folder or, in a linked worktree
    /// or a submodule, a file, or that is a bare repository. Costs two looks per folder and no process.
    pub fn find(directory: &Path) -> Self {
        // What git itself looks for (2.47, `setup.c`, `is_git_directory`).
        let is_bare = |folder: &Path| {
            fs::is_file(&folder.join("HEAD"))
                && fs::is_directory(&folder.join("objects"))
                && fs::is_directory(&folder.join("refs"))
                && folder.file_name().is_none_or(|name| name != ".git")
        };
        for folder in directory.ancestors() {
            if fs::exists(&folder.join(".git")) {
                return Self::at(folder, true);
            }
            if is_bare(folder) {
                return Self { bare: true, ..Self::at(folder, true) };
            }
        }
        Self::at(directory, false)
    }

    /// A root that is known.
    pub fn at(path: &Path, repository: bool) -> Self {
        Self { path: path.to_path_buf(), repository, bare: false, elsewhere: false }
    }

    /// How to ask git about it.
    pub fn git(&self) -> Git {
        if self.elsewhere { Git::elsewhere(&self.path) } else { Git::new(&self.path) }
    }
}

/// Why a configuration makes no environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The file could not be read.
    Read(ReadError),
    /// The file, or an option that Alembic always reads, is wrong.
    Option(OptionError),
    /// There is no `script_location`.
    NoScriptLocation,
    /// `script_location` leads nowhere.
    NotThere {
        /// As written, after interpolation.
        written: String,
        /// Where it was looked for.
        tried: Vec<PathBuf>,
    },
}

impl Failure {
    /// Alembic's or Python's own sentence (Alembic 1.20.1).
    pub fn sentence(&self) -> String {
        match self {
            Self::Read(error) => format!("cannot be read: {}", error.reason),
            Self::Option(error) => error.sentence.clone(),
            Self::NoScriptLocation => "No 'script_location' key found in configuration.".into(),
            Self::NotThere { written, .. } if is_package(written) => {
                let package = written.split(':').next().unwrap_or(written);
                let name = crate::python::repr::repr(package);
                format!("`{written}`: ModuleNotFoundError: No module named {name}")
            }
            Self::NotThere { written, .. } => format!(
                "Path doesn't exist: {written}.  Please use the 'init' command to create a new scripts \
                 folder."
            ),
        }
    }

    fn tried(&self) -> &[PathBuf] {
        match self {
            Self::NotThere { tried, .. } => tried,
            _ => &[],
        }
    }
}

fn is_package(written: &str) -> bool {
    written.contains(':') && !Path::new(written).is_absolute()
}

/// One configuration that was looked at, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The file, or the folder that was not entered.
    pub path: PathBuf,
    /// The section, where it came to one.
    pub section: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of looking at a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The environment of this name.
    Found(String),
    /// The same version locations as the environment of this name, found before.
    Same(String),
    /// It leads nowhere.
    Failed(Failure),
    /// It was left out, and why.
    Skipped(&'static str),
}

/// What leads nowhere and must not pass unseen; every command shows it on stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A configuration found by search makes no environment.
    Nowhere {
        /// The file.
        config: PathBuf,
        /// The section, where it came to one.
        section: Option<String>,
        /// Why.
        failure: Failure,
    },
    /// A version location is no folder: Alembic skips it without a word.
    MissingVersionLocation {
        /// The environment's name.
        environment: String,
        /// The place.
        path: PathBuf,
        /// Where it was looked for, as part of a sentence, and whether it could be there at all; `None` for the working
        /// tree.
        source: Option<(String, bool)>,
    },
    /// A folder could not be searched.
    Unreadable(ReadError),
}

impl Warning {
    /// That the environment of this name has a version location which is not there.
    fn missing(snapshot: &Snapshot, environment: &str, location: &Path) -> Self {
        let tree = snapshot.tree();
        Self::MissingVersionLocation {
            environment: environment.to_owned(),
            path: location.to_path_buf(),
            source: tree.map(|tree| (tree.source().to_string(), !tree.is_outside(location))),
        }
    }

    /// The warning as a sentence, with paths as `shown` gives them.
    pub fn text(&self, shown: &dyn Fn(&Path) -> String) -> String {
        match self {
            Self::Nowhere { config, section, failure } => {
                let section = describe::section_suffix(section.as_deref());
                let mut text = format!("{}{section}: {}", shown(config), failure.sentence());
                let tried: Vec<String> = failure.tried().iter().map(|path| shown(path)).collect();
                if !tried.is_empty() {
                    text.extend([" (looked for ", &tried.join(", "), ")"]);
                }
                text
            }
            Self::MissingVersionLocation { environment, path, source } => {
                let location = format!("version location {} of {environment}", shown(path));
                match source {
                    None => format!("{location} does not exist: alembic skips it without a word"),
                    Some((source, true)) => format!("{location} is not in {source}"),
                    Some((source, false)) => format!(
                        "{location} lies outside of the repository: nothing of it is in {source}, and \
                         what is in it was not judged"
                    ),
                }
            }
            Self::Unreadable(error) => {
                format!("cannot search {}: {}", shown(&error.path), error.reason)
            }
        }
    }
}

/// What was found, and everything that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// At least one, in the order of trust, then of their paths.
    pub environments: Vec<Environment>,
    /// Everything tried, in order.
    pub attempts: Vec<Attempt>,
    /// What must not pass unseen.
    pub warnings: Vec<Warning>,
}

/// Finds the environments that a command acts on (product rules: "Finding the environments" and "Which environments
/// a command acts on").
///
/// `config` is onehead's configuration nearest the directory run from: what it excludes and describes counts for the whole
/// run. How an environment is judged is up to the configuration nearest to itself.
///
/// Fails where nothing is found, where what is named (by option, `ALEMBIC_CONFIG` or onehead's own configuration) leads
/// nowhere, where the configuration that Alembic would use from here does, and where onehead's configuration of any
/// environment is wrong.
pub fn find(
    snapshot: &Snapshot,
    request: &Request,
    config: &Config,
    root: &Root,
    scope: Scope,
) -> Result<Discovery, Error> {
    finder::find(snapshot, request, config, root, scope)
}

impl Discovery {
    /// Everything that led nowhere, a sentence each, for when there is nothing else to say.
    fn notes(&self, shown: &dyn Fn(&Path) -> String) -> Vec<String> {
        let skipped = self.attempts.iter().filter_map(|attempt| match attempt.outcome {
            Outcome::Skipped(why) => Some(format!("{}: {why}", shown(&attempt.path))),
            _ => None,
        });
        self.warnings.iter().map(|warning| warning.text(shown)).chain(skipped).collect()
    }

    /// Keeps the environments that lie at one of the absolute `paths`: their configuration, script location or a version
    /// location lies there or below, or the path lies inside a version location or is a file of the script location.
    ///
    /// Fails where none is left, with paths as `shown` gives them. Without paths nothing is left out.
    pub fn restrict(
        &mut self,
        snapshot: &Snapshot,
        paths: &[PathBuf],
        shown: &dyn Fn(&Path) -> String,
    ) -> Result<(), Error> {
        if paths.is_empty() {
            return Ok(());
        }
        let exists = |path: &Path| snapshot.exists(path) || snapshot.link_target(path).is_ok();
        let names: Vec<String> = self.environments.iter().map(|found| found.name.clone()).collect();
        let wanted: Vec<PathBuf> = paths.iter().map(|path| snapshot.settled(path)).collect();
        if let Some(missing) = paths.iter().find(|path| !exists(path)) {
            let paths = vec![format!("{}, which does not exist", shown(missing))];
            return Err(Error::NoEnvironmentAt { paths, environments: names });
        }
        self.environments.retain(|environment| lies_at(snapshot, environment, &wanted));
        if self.environments.is_empty() {
            return Err(Error::NoEnvironmentAt {
                paths: paths.iter().map(|path| shown(path)).collect(),
                environments: names,
            });
        }
        let kept = |name: &String| self.environments.iter().any(|found| found.name == *name);
        self.warnings.retain(|warning| match warning {
            Warning::MissingVersionLocation { environment, .. } => kept(environment),
            Warning::Nowhere { .. } | Warning::Unreadable(_) => true,
        });
        Ok(())
    }
}

fn lies_at(snapshot: &Snapshot, environment: &Environment, paths: &[PathBuf]) -> bool {
    let scripts = snapshot.settled(&environment.script_location);
    let locations = environment.version_locations.iter();
    let versions: Vec<PathBuf> =
        locations.map(|location| snapshot.settled(&location.path)).collect();
    let config = environment.config.as_deref().map(|path| snapshot.settled(path));
    let own = versions.iter().chain([&scripts]).chain(&config);
    let own: Vec<&PathBuf> = own.collect();
    paths.iter().any(|path| {
        // A script location may be the top of the repository, and not everything below it is its own.
        own.iter().any(|own| own.starts_with(path))
            || versions.iter().any(|folder| path.starts_with(folder))
            || (path.parent() == Some(&scripts) && snapshot.is_file(path))
    })
}

#[cfg(test)]
mod tests;
