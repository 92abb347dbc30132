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
use crate::git::{Git, Tree, path_from_bytes};
use crate::rules;
use crate::rules::settings::{ALL, RuleSettings, nearest_rule};

mod browser;

pub use browser::Browser;

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
            if let Ok(Tree::Work(top)) = Git::new(&self.directory).tree() {
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

/// Leaves out the rules that `ONEHEAD_SKIP` lists as well.
///
/// # Errors
/// When one of them does not exist.
pub fn leave_out(settings: &mut [RuleSettings], skipped: &[String]) -> Result<(), Error> {
    for name in skipped {
        check_name(name, "ONEHEAD_SKIP", false)?;
        for settings in settings.iter_mut() {
            settings.ignore.push(name.clone());
        }
    }
    Ok(())
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

/// Whether the locale says that the terminal shows more than ASCII (`LC_ALL`, else `LC_CTYPE`, else `LANG`, as
/// `setlocale(3)` has it), and the terminal is not a dumb one. On Windows whether it is the one that does.
pub fn shows_unicode() -> bool {
    if cfg!(windows) {
        return variable("WT_SESSION").is_some();
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    let locale = locale.unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
    !is_dumb && (locale.contains("utf-8") || locale.contains("utf8"))
}

/// What shows what does not fit on the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pager {
    /// `less`, where it is there.
    Default,
    /// `PAGER`, a line for the shell.
    Configured(OsString),
    /// Nothing: `PAGER` is empty or `cat`, or the terminal is a dumb one.
    None,
}

/// The pager that the user wants.
pub fn pager() -> Pager {
    if variable("TERM").is_none_or(|term| term == "dumb") {
        return Pager::None;
    }
    match env::var_os("PAGER") {
        None => Pager::Default,
        Some(pager) if pager.is_empty() || pager == "cat" => Pager::None,
        Some(pager) => Pager::Configured(pager),
    }
}

/// Whether `less` has been told how to behave.
pub fn has_less_options() -> bool {
    env::var_os("LESS").is_some()
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

/// What GitHub Actions takes beside the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubActions {
    /// `GITHUB_STEP_SUMMARY`: the file that the summary of the job is written to.
    pub summary: Option<PathBuf>,
}

/// Where the findings go beside the text: `None` outside of GitHub Actions and where `ONEHEAD_NO_ANNOTATIONS` is set.
pub fn github_actions() -> Option<GithubActions> {
    let is_there = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    let is_wanted = is_there && variable("ONEHEAD_NO_ANNOTATIONS").is_none();
    is_wanted.then(|| GithubActions { summary: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from) })
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

/// The branch into which this pull request would be merged, as the services of continuous integration name it; `None`
/// elsewhere, and where nothing is to be merged.
pub fn merge_target() -> Option<String> {
    is_ci().then(|| target(variable)).flatten()
}

/// Variables that hold a branch, with or without `refs/heads/`, and are set for pull requests only: GitHub, GitLab, Azure,
/// Bitbucket, Jenkins, Buildkite.
const TARGET_VARIABLES: &[&str] = &[
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
];

fn target(variable: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
    // In GitHub's merge queue: `refs/heads/gh-readonly-queue/main/pr-12-<commit>`.
    let queued = || {
        let reference = text("GITHUB_REF")?;
        let (branch, _) =
            reference.strip_prefix("refs/heads/gh-readonly-queue/")?.rsplit_once("/pr-")?;
        Some(branch.to_owned())
    };
    let named = TARGET_VARIABLES.iter().find_map(|name| text(name)).or_else(queued)?;
    Some(named.strip_prefix("refs/heads/").unwrap_or(&named).to_owned())
}

/// What the variable `ONEHEAD_SKIP` asks a hook to leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Nothing.
    Nothing,
    /// Everything.
    All,
    /// These rules.
    Rules(Vec<String>),
}

/// What a hook leaves out: everything for `ONEHEAD_SKIP=1`, else the rules that it lists.
pub fn skip() -> Skip {
    skipped(variable("ONEHEAD_SKIP"))
}

fn skipped(value: Option<OsString>) -> Skip {
    let value = value.map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
    let words = value.split([',', ' ']).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    match words.first().map(|word| word.to_ascii_lowercase()).as_deref() {
        None | Some("0" | "false" | "no") => Skip::Nothing,
        Some("1" | "true" | "yes" | "all") => Skip::All,
        Some(_) => Skip::Rules(words),
    }
}

/// The commits that a merge brings in, inside of git's hook `pre-merge-commit`: the variables `GITHEAD_<commit>`, with the
/// name of each (git 2.47, `builtin/merge.c`). In the order of their names.
pub fn merged_commits() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = env::vars_os()
        .filter_map(|(name, value)| {
            let commit = name.to_str()?.strip_prefix("GITHEAD_")?.to_owned();
            Some((commit, value.to_string_lossy().into_owned()))
        })
        .collect();
    found.sort();
    found
}

/// What the pre-commit framework tells a hook of the stage `pre-push`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameworkPush {
    /// Whether the framework started this process.
    pub is_present: bool,
    /// `PRE_COMMIT_FROM_REF`: what the remote has.
    pub from: Option<String>,
    /// `PRE_COMMIT_TO_REF`, else `PRE_COMMIT_LOCAL_BRANCH`, which is all there is on the first push of a branch.
    pub to: Option<String>,
    /// `PRE_COMMIT_LOCAL_BRANCH`: what `to` is called here.
    pub branch: Option<String>,
    /// `PRE_COMMIT_REMOTE_BRANCH`
    pub remote_branch: Option<String>,
    /// `PRE_COMMIT_REMOTE_NAME`
    pub remote: Option<String>,
}

/// Reads what the pre-commit framework has set.
pub fn framework_push() -> FrameworkPush {
    let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
    FrameworkPush {
        is_present: variable("PRE_COMMIT").is_some(),
        from: text("PRE_COMMIT_FROM_REF"),
        to: text("PRE_COMMIT_TO_REF").or_else(|| text("PRE_COMMIT_LOCAL_BRANCH")),
        branch: text("PRE_COMMIT_LOCAL_BRANCH"),
        remote_branch: text("PRE_COMMIT_REMOTE_BRANCH"),
        remote: text("PRE_COMMIT_REMOTE_NAME"),
    }
}

/// What the pre-commit framework tells a hook that only advises: it has one entry for three of git's hooks, and passes on
/// what git gave it in variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameworkMove {
    /// The framework did not start this process, or a merge is over.
    None,
    /// `post-checkout`, with what git gave it.
    Checkout(Vec<OsString>),
    /// `post-rewrite`, with the command that rewrote.
    Rewrite(OsString),
}

/// Reads what the pre-commit framework has set for the hooks that only advise.
pub fn framework_move() -> FrameworkMove {
    if let Some(command) = variable("PRE_COMMIT_REWRITE_COMMAND") {
        return FrameworkMove::Rewrite(command);
    }
    let names = ["PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF", "PRE_COMMIT_CHECKOUT_TYPE"];
    match names.map(variable) {
        [Some(before), Some(after), Some(kind)] => {
            FrameworkMove::Checkout(vec![before, after, kind])
        }
        _ => FrameworkMove::None,
    }
}

/// Whether a hook that only advises is to be silent: the pre-commit framework checks files out for its own purposes.
pub fn wants_no_advice() -> bool {
    variable("_PRE_COMMIT_SKIP_POST_CHECKOUT").is_some()
}

/// `ONEHEAD_BIN`: the onehead that hooks are to run, by path or by name.
pub fn chosen_program() -> Option<PathBuf> {
    variable("ONEHEAD_BIN").map(PathBuf::from)
}

/// Where this program is found again: in the first folder of `search_path` that leads to it, since what such a link leads
/// to may be gone after an upgrade; else where the system says it is.
pub fn own_program(search_path: &[PathBuf]) -> Option<PathBuf> {
    let own = fs::resolve(&env::current_exe().ok()?).ok()?;
    let mut names = search_path.iter().filter_map(|folder| Some(folder.join(own.file_name()?)));
    let is_own = |path: &PathBuf| path.is_absolute() && fs::resolve(path).is_ok_and(|it| it == own);
    Some(names.find(is_own).unwrap_or_else(|| own.clone()))
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

/// What can open a page: the commands of `BROWSER`, separated as in `PATH`; else what the system has for it.
pub fn browsers() -> Vec<Browser> {
    browser::chosen(variable("BROWSER").as_deref())
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Skip, says_ci, skipped, target};

    #[track_caller]
    fn check_target(variables: &str, expected: Option<&str>) {
        let variable = |name: &str| {
            let mut pairs = variables.split(' ').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.into())
        };
        assert_eq!(target(variable).as_deref(), expected, "{variables}");
    }

    #[test]
    fn the_target_of_a_pull_request() {
        check_target("GITHUB_BASE_REF=main", Some("main"));
        check_target("GITHUB_REF=refs/heads/main", None);
        check_target(
            "GITHUB_REF=refs/heads/gh-readonly-queue/release/1.4/pr-12-0a1b2c",
            Some("release/1.4"),
        );
        check_target("CI_MERGE_REQUEST_TARGET_BRANCH_NAME=develop", Some("develop"));
        check_target("SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/a/b", Some("a/b"));
        check_target("BITBUCKET_PR_DESTINATION_BRANCH=main", Some("main"));
        check_target("CHANGE_TARGET=main", Some("main"));
        check_target("CI=true", None);
    }

    #[test]
    fn what_a_hook_is_asked_to_skip() {
        let skip = |value: &str| skipped(Some(value.into()));
        assert_eq!(skipped(None), Skip::Nothing);
        assert_eq!(skip(""), Skip::Nothing);
        assert_eq!(skip("0"), Skip::Nothing);
        assert_eq!(skip("1"), Skip::All);
        assert_eq!(skip("true"), Skip::All);
        let rules = vec!["cycle".to_owned(), "multiple-heads".to_owned()];
        assert_eq!(skip("cycle, multiple-heads"), Skip::Rules(rules));
    }

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
