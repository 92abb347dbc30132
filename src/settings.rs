//! What was decided: arguments over environment over file over default.
//!
//! The only reader of environment variables and of the current directory, once at the start. Everything below takes
//! what it needs as a value.

#![allow(clippy::disallowed_methods, reason = "the one place that asks what surrounds the process")]

use std::env;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::{CheckArgs, GlobalArgs};
use crate::config::{Config, Placed};
use crate::environment::{Environment, Root};
use crate::error::Error;
use crate::fs;
use crate::git::{Git, path_from_bytes};
use crate::rules;
use crate::rules::settings::{ALL, RuleSettings, nearest_rule};

/// What counts for the whole run.
#[derive(Clone, Debug)]
pub struct Process {
    /// The directory run from, `-C` applied; absolute.
    pub directory: PathBuf,
    /// `ALEMBIC_CONFIG`, when it is set and not empty.
    pub alembic_config: Option<PathBuf>,
    /// `VIRTUAL_ENV`, when it is set and not empty.
    pub virtual_env: Option<PathBuf>,
    /// The folders of `PATH`, in order.
    pub search_path: Vec<PathBuf>,
    /// Whether this runs in continuous integration; see [`is_ci`].
    pub ci: bool,
    /// Where the process was started, before `-C`.
    start: PathBuf,
}

impl Process {
    /// Reads the surroundings.
    ///
    /// # Errors
    /// When the directory, or the one given with `-C`, is not there.
    pub fn read(args: &GlobalArgs) -> Result<Self, Error> {
        let current = env::current_dir()
            .map_err(|error| Error::Read { path: ".".to_owned(), reason: error.to_string() })?;
        let start = current.clone();
        let directory = match &args.directory {
            // Resolved, as the operating system gives the current directory: what lies above is found by the text.
            Some(written) => fs::resolve(&current.join(written))
                .ok()
                .filter(|directory| fs::is_directory(directory))
                .ok_or_else(|| Error::Usage {
                    message: format!("--directory `{}` is no folder", written.display()),
                    hint: "name a folder that is there, relative to the current one",
                })?,
            None => current,
        };
        Ok(Self {
            directory,
            alembic_config: variable("ALEMBIC_CONFIG").map(PathBuf::from),
            virtual_env: variable("VIRTUAL_ENV").map(PathBuf::from),
            search_path: variable("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
            ci: is_ci(),
            start,
        })
    }

    /// The root of the directory run from. Inside of a git hook, git may have to be asked for it: with `GIT_DIR` a working
    /// tree needs no `.git`.
    pub fn root(&self) -> Root {
        let mut root = Root::find(&self.directory);
        if self.directory != self.start {
            let started = Root::find(&self.start);
            root.elsewhere = (started.repository || root.repository) && started.path != root.path;
        }
        if !root.elsewhere && !self.is_as_told(&root) {
            // What git says is what its other answers will be about.
            if let Ok(top) = Git::new(&self.directory).top() {
                return Root::at(&top, true);
            }
        }
        root
    }

    /// Whether the variables that name a repository, if there are any, name this one.
    fn is_as_told(&self, root: &Root) -> bool {
        let same = |told: &OsString, known: &Path| {
            let told = fs::resolve(&self.start.join(told));
            told.is_ok_and(|told| fs::resolve(known).is_ok_and(|known| known == told))
        };
        let is_top = variable("GIT_WORK_TREE").is_none_or(|told| same(&told, &root.path));
        let directory = root.path.join(".git");
        let is_directory = variable("GIT_DIR").is_none_or(|told| {
            if root.bare {
                return same(&told, &root.path);
            }
            // In a linked worktree or a submodule it is a file that says where the real one is.
            let text = fs::read(&directory).unwrap_or_default();
            let elsewhere = text.strip_prefix(b"gitdir: ").map(<[u8]>::trim_ascii_end);
            match elsewhere.map(path_from_bytes) {
                Some(real) => same(&told, &root.path.join(real)),
                None => same(&told, &directory),
            }
        });
        is_top && is_directory
    }
}

/// What the rules of each environment are told: by the arguments, else by the configuration nearest to it.
///
/// # Errors
/// When a rule is named that does not exist.
pub fn rule_settings(
    args: &CheckArgs,
    run: &Config,
    environments: &[Environment],
) -> Result<Vec<RuleSettings>, Error> {
    for (given, key) in [(&args.select, "--select"), (&args.ignore, "--ignore")] {
        for name in given.iter().flatten() {
            check_name(name, key, key == "--select")?;
        }
    }
    check_names(run)?;
    let given = (&args.select, &args.ignore);
    environments.iter().map(|environment| settings_of(&environment.governing, given)).collect()
}

/// What the rules of an environment are told by the configuration nearest to it alone.
///
/// # Errors
/// When a rule is named that does not exist.
pub fn configured_rules(environment: &Environment) -> Result<RuleSettings, Error> {
    settings_of(&environment.governing, (&None, &None))
}

/// Checks every rule that a configuration names.
fn check_names(config: &Config) -> Result<(), Error> {
    config.select.iter().try_for_each(|name| check_name(&name.value, &name.place, true))?;
    let severities = config.rules.iter().map(|(name, _)| name);
    let mut others = config.ignore.iter().chain(severities);
    others.try_for_each(|name| check_name(&name.value, &name.place, false))
}

/// The names of rules that the arguments give, if any.
type Given<'a> = &'a Option<Vec<String>>;

fn settings_of(
    config: &Config,
    (select, ignore): (Given<'_>, Given<'_>),
) -> Result<RuleSettings, Error> {
    check_names(config)?;
    let or_configured = |given: &Option<Vec<String>>, configured: &[Placed<String>]| {
        let configured = || configured.iter().map(|placed| placed.value.clone()).collect();
        given.clone().unwrap_or_else(configured)
    };
    Ok(RuleSettings {
        select: or_configured(select, &config.select),
        ignore: or_configured(ignore, &config.ignore),
        severities: config.rules.iter().map(|(name, level)| (name.value.clone(), *level)).collect(),
    })
}

/// Whether `name` is a rule; `ALL` selects every rule, and means nothing elsewhere.
fn check_name(name: &str, place: &str, selects: bool) -> Result<(), Error> {
    if selects && name == ALL || rules::find(name).is_some() {
        return Ok(());
    }
    let nearest = nearest_rule(name).map(str::to_owned);
    Err(Error::UnknownRule { place: place.to_owned(), name: name.to_owned(), nearest })
}

/// Whether the surroundings ask for no colour: `NO_COLOR` set to anything, or a dumb terminal.
pub fn wants_no_color() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb")
}

/// The variables that continuous integration sets. Azure, `TeamCity`, Jenkins and `CodeBuild` do not set `CI`.
const CI_VARIABLES: &[&str] = &[
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CIRCLECI",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "APPVEYOR",
    "TRAVIS",
];

/// Whether nobody is there to answer, because this runs in continuous integration: `CI` or another of the variables by
/// which such services are known is set to something that is not empty, `0` or `false`.
pub fn is_ci() -> bool {
    says_ci(variable)
}

fn says_ci(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    CI_VARIABLES.iter().filter_map(|name| variable(name)).any(|value| {
        let value = value.to_string_lossy();
        let value = value.trim();
        !(value.is_empty() || value == "0" || value.eq_ignore_ascii_case("false"))
    })
}

/// Where a folder for a moment can be made; absolute, since git runs elsewhere.
pub fn temporary_folder() -> PathBuf {
    let folder = env::temp_dir();
    env::current_dir().map_or(folder.clone(), |current| current.join(folder))
}

/// Further folders of objects that git was told of when it started this process.
pub fn alternates() -> Option<OsString> {
    variable("GIT_ALTERNATE_OBJECT_DIRECTORIES")
}

/// The time now, in microseconds since 1970 (UTC).
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Twelve hexadecimal digits from chance, as Alembic's ids are (1.20.1, `util.rev_id`).
pub fn random_id() -> String {
    // Each is seeded by the operating system.
    let number = RandomState::new().build_hasher().finish();
    format!("{:012x}", number & 0xffff_ffff_ffff)
}

/// Whether a test asks for a panic, to see that a bug of ours ends in exit status 2. Debug builds only.
pub fn wants_panic() -> bool {
    cfg!(debug_assertions) && variable("ONEHEAD_TEST_PANIC").is_some()
}

/// At which step of writing a test asks for a sudden death, to see that the next run repairs what was left. Debug builds
/// only.
pub fn dies_at_step() -> Option<u32> {
    let number = variable("ONEHEAD_TEST_KILL").filter(|_| cfg!(debug_assertions))?;
    number.to_str()?.parse().ok()
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::says_ci;

    #[test]
    fn a_service_is_known_by_its_variable() {
        check_ci("CI=true", true);
        check_ci("CI=1", true);
        check_ci("TF_BUILD=True", true);
        check_ci("JENKINS_URL=https://ci.example.org/", true);
        check_ci("BITBUCKET_BUILD_NUMBER=7", true);
        check_ci("CI=false TRAVIS=true", true);
    }

    #[test]
    fn what_says_no_is_no_service() {
        check_ci("", false);
        check_ci("CI=", false);
        check_ci("CI=0", false);
        check_ci("CI=false", false);
        check_ci("CI=False", false);
        check_ci("HOME=ci", false);
    }

    #[track_caller]
    fn check_ci(variables: &str, expected: bool) {
        let variable = |name: &str| {
            let mut pairs = variables.split(' ').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.into())
        };
        assert_eq!(says_ci(variable), expected, "{variables}");
    }
}
