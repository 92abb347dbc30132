//! What keeps onehead from working: exit 2, each with its sentence and its hint.
//!
//! Not for what is wrong with the user's migrations: that is a [`crate::diagnostic::Diagnostic`], exit 1.

mod repair;

use std::process::ExitCode;

pub use repair::RepairError;

/// How a run ends, the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing wrong, or the question was answered.
    Success,
    /// Problems were found, or Alembic could not load the history.
    Problems,
    /// onehead could not work.
    Failure,
    /// Ctrl-C, or the system asked the process to end; what was begun is undone or whole.
    Interrupted,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::SUCCESS,
            ExitStatus::Problems => Self::from(1),
            ExitStatus::Failure => Self::from(2),
            ExitStatus::Interrupted => Self::from(130),
        }
    }
}

/// Everything that can keep onehead from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A file or folder could not be read; its path as it is shown, and the operating system's reason.
    Read {
        /// The path.
        path: String,
        /// The reason.
        reason: String,
    },
    /// A file could not be written; its path as it is shown, and the operating system's reason.
    Write {
        /// The path.
        path: String,
        /// The reason.
        reason: String,
    },
    /// onehead's own configuration is wrong.
    Configuration {
        /// File and line, as `pyproject.toml:12`.
        place: String,
        /// What is wrong.
        message: String,
        /// The nearest right word, or what is possible.
        hint: Option<String>,
    },
    /// A configuration of Alembic that is named, or that Alembic would use from here, leads nowhere.
    Alembic {
        /// The file as it is shown, with the line where one is to blame.
        place: String,
        /// Alembic's or Python's own sentence.
        sentence: String,
        /// Where it was looked for, as it is shown; empty when nothing was looked for.
        tried: Vec<String>,
        /// What could be done.
        hint: Option<String>,
    },
    /// Options that name what is not there or do not go together.
    Usage {
        /// The sentence.
        message: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// A configuration of Alembic that is named and cannot be read.
    NoSuchConfig {
        /// The path as it is shown.
        path: String,
        /// What named it: `-c` or `ALEMBIC_CONFIG`.
        named_by: &'static str,
        /// The operating system's reason.
        reason: String,
    },
    /// No environment was found anywhere.
    NoEnvironment {
        /// Where it was looked for, absolute.
        root: String,
        /// In which files of git's, as part of a sentence: `the index`; `None` for the working tree.
        snapshot: Option<String>,
        /// Whether that is a git repository.
        repository: bool,
        /// What was found and led nowhere, one sentence each.
        notes: Vec<String>,
        /// Folders that look like script locations, as they are shown.
        locations: Vec<String>,
    },
    /// No environment has a section of this name.
    NoSection {
        /// The name given with `-n`.
        name: String,
        /// The nearest section that is there.
        nearest: Option<String>,
    },
    /// None of the environments lies at one of the paths given.
    NoEnvironmentAt {
        /// The paths as they were given.
        paths: Vec<String>,
        /// The names of the environments that were found.
        environments: Vec<String>,
    },
    /// No rule has this name.
    UnknownRule {
        /// Where it was named: an option, or file and line.
        place: String,
        /// The name.
        name: String,
        /// The nearest right name.
        nearest: Option<String>,
    },
    /// A revision argument, or an end of a range, that means nothing or not one thing.
    Revision {
        /// Alembic's own sentence.
        sentence: String,
        /// What it could have been.
        hint: Option<String>,
    },
    /// A range without exactly one colon.
    Range {
        /// As it was given.
        range: String,
    },
    /// Something only the database knows; Alembic's command that asks it.
    NeedsDatabase {
        /// The command.
        command: String,
    },
    /// An argument that means something in more than one environment.
    SeveralEnvironments {
        /// The argument.
        argument: String,
        /// The names of the environments.
        names: Vec<String>,
        /// The options that choose the first of them.
        options: String,
    },
    /// Neither a rule nor an error message that is known.
    Unexplained {
        /// What was asked for.
        subject: String,
        /// The nearest rule.
        nearest: Option<String>,
    },
    /// A repair that could not be made.
    Repair(RepairError),
    /// A question to git, or an order, failed.
    Git {
        /// git's own words.
        reason: String,
    },
    /// The files that are to be judged cannot be read.
    Snapshot {
        /// Which ones, as part of a sentence: `the index`, `` `v1.2` ``.
        what: String,
        /// Why not.
        reason: String,
        /// What to do.
        hint: Option<String>,
    },
    /// Ctrl-C, or a signal to end. What was being written was put back.
    Interrupted,
    /// A baseline that the user named cannot be read.
    Baseline {
        /// Its name.
        name: String,
        /// The name of the configuration file in which `baseline` says so; `None` for an option.
        named_in: Option<String>,
        /// Why not.
        reason: String,
    },
}

impl Error {
    /// The hint that goes with the error, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { path, .. } => {
                Some(format!("see whether it is a file that you may read:   ls -l {path}"))
            }
            Self::Write { path, .. } => {
                Some(format!("see whether you may write there:   ls -ld {path}"))
            }
            Self::Usage { hint, .. } => Some((*hint).into()),
            Self::NoSuchConfig { named_by: "ALEMBIC_CONFIG", .. } => {
                Some("name another with `--config FILE`, or unset the variable".into())
            }
            Self::NoSuchConfig { .. } => {
                Some("run `onehead environments` without `--config` to see what there is".into())
            }
            Self::NoEnvironment { locations, .. } if !locations.is_empty() => Some(format!(
                "name it with `--script-location {}`, or describe it under \
                 [[tool.onehead.environments]]",
                locations[0]
            )),
            Self::Configuration { hint, .. }
            | Self::Alembic { hint, .. }
            | Self::Snapshot { hint, .. }
            | Self::Revision { hint, .. } => hint.clone(),
            Self::NoEnvironment { .. } => Some(
                "name one with `--config path/to/alembic.ini`, or describe it under \
                 [[tool.onehead.environments]]"
                    .into(),
            ),
            Self::NoSection { nearest: Some(nearest), .. }
            | Self::UnknownRule { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            Self::NoSection { nearest: None, .. } => {
                Some("run `onehead environments` to list what there is".into())
            }
            Self::NoEnvironmentAt { environments, .. } => {
                Some(format!("there is: {}", environments.join(", ")))
            }
            Self::UnknownRule { nearest: None, .. } => {
                let names: Vec<&str> = crate::rules::RULES.iter().map(|rule| rule.name).collect();
                Some(format!("the rules are {}", names.join(", ")))
            }
            Self::Range { .. } => Some("for example `onehead history -r 4f2a:heads`".into()),
            Self::NeedsDatabase { command } => Some(format!("ask it with `{command}`")),
            Self::SeveralEnvironments { options, .. } => {
                Some(format!("choose one, for example with `{options}`"))
            }
            Self::Unexplained { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `onehead explain {nearest}`?"))
            }
            Self::Unexplained { nearest: None, .. } => {
                Some("paste the whole message in quotes, or name a rule".into())
            }
            Self::Repair(error) => Some(error.hint()),
            Self::Git { .. } | Self::Interrupted => None,
            // A reason that has its remedy in it needs no other.
            Self::Baseline { reason, .. } if reason.contains("git fetch") => None,
            Self::Baseline { named_in: Some(_), .. } => Some(
                "run `git fetch` if it is a remote branch, or correct it there: `git branch --all` lists them".into(),
            ),
            Self::Baseline { named_in: None, .. } => Some(
                "run `git fetch` if it is a remote branch, or name another with `--baseline REF`: \
                 `git branch --all` lists them"
                    .into(),
            ),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { path, reason } => write!(f, "cannot read {path}: {reason}"),
            Self::Write { path, reason } => write!(f, "cannot write {path}: {reason}"),
            Self::Configuration { place, message, .. } => write!(f, "{place}: {message}"),
            Self::Alembic { place, sentence, tried, .. } => {
                write!(f, "{place}: {sentence}")?;
                if !tried.is_empty() {
                    write!(f, "\n\nlooked for {}", tried.join(", "))?;
                }
                Ok(())
            }
            Self::NoSuchConfig { path, named_by, reason } => {
                write!(f, "cannot read {path}, which {named_by} names: {reason}")
            }
            Self::Usage { message: sentence, .. } | Self::Revision { sentence, .. } => {
                f.write_str(sentence)
            }
            Self::NoEnvironment { root, snapshot, repository, notes, locations } => {
                no_environment(f, snapshot.as_ref(), root, *repository)?;
                notes.iter().try_for_each(|note| write!(f, "\n{note}"))?;
                locations.iter().try_for_each(|location| {
                    write!(
                        f,
                        "\n{location} looks like a script location that no configuration names"
                    )
                })
            }
            Self::NoSection { name, .. } => {
                write!(f, "no Alembic configuration has a section `{name}`")
            }
            Self::NoEnvironmentAt { paths, .. } => {
                write!(f, "no Alembic environment lies at {}", paths.join(", "))
            }
            Self::UnknownRule { place, name, .. } => {
                write!(f, "{place}: no rule is called `{name}`")
            }
            Self::Range { range } => write!(
                f,
                "`{range}` is no range: History range requires [start]:[end], [start]:, or :[end]"
            ),
            Self::NeedsDatabase { .. } => f.write_str(
                "`current` is what a database was upgraded to, and only the database knows that",
            ),
            Self::SeveralEnvironments { argument, names, .. } => {
                write!(
                    f,
                    "`{argument}` is found in {} environments: {}",
                    names.len(),
                    names.join(", ")
                )
            }
            Self::Unexplained { subject, .. } => {
                write!(f, "`{subject}` is no rule and no error message that is known here")
            }
            Self::Repair(error) => error.fmt(f),
            Self::Git { reason } => write!(f, "git: {reason}"),
            Self::Snapshot { what, reason, .. } => write!(f, "cannot read {what}: {reason}"),
            Self::Interrupted => f.write_str("interrupted; nothing was changed"),
            Self::Baseline { name, named_in: None, reason } => {
                write!(f, "cannot read the baseline `{name}`: {reason}")
            }
            Self::Baseline { name, named_in: Some(file), reason } => {
                write!(f, "cannot read the baseline `{name}` (`baseline` in {file}): {reason}")
            }
        }
    }
}

fn no_environment(
    f: &mut std::fmt::Formatter<'_>,
    snapshot: Option<&String>,
    root: &str,
    repository: bool,
) -> std::fmt::Result {
    if let Some(source) = snapshot {
        return write!(
            f,
            "no Alembic environment found in {source}\n\nlooked for alembic.ini and [tool.alembic] in \
             pyproject.toml among its files"
        );
    }
    let kind = if repository {
        " (git repository)"
    } else {
        " (no git repository: the folders above were not looked at)"
    };
    write!(
        f,
        "no Alembic environment found\n\nlooked for alembic.ini and [tool.alembic] in \
         pyproject.toml in and below {root}{kind}"
    )
}

impl std::error::Error for Error {}
