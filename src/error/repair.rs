//! What keeps a repair from being made.
//!
//! Everything here means that the files are as they were, unless the sentence says otherwise.

/// Why a repair could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepairError {
    /// A file is not what it was when it was read.
    Stale {
        /// Its path as it is shown.
        path: String,
    },
    /// A script cannot be changed without touching more than its values.
    Unwritable {
        /// The place and what stands in the way.
        message: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// A file that is to be written is there already.
    FileExists {
        /// Its path as it is shown.
        path: String,
    },
    /// A file that is to be changed is in the middle of a conflict of git's.
    Unmerged {
        /// Its path as it is shown.
        path: String,
    },
    /// Changes could not be written, or not be put back.
    Apply {
        /// What is the matter, and how things stand now.
        message: String,
        /// What to do.
        hint: &'static str,
    },
    /// A repair would make, or has made, something worse, and nothing of it is left.
    Verification {
        /// What would be wrong, a line each.
        findings: String,
    },
    /// The command that has the last word on a repair did not agree, and the repair was undone.
    VerifyCommand {
        /// The command.
        command: String,
        /// How it ended.
        how: String,
        /// What it said, where that was not shown while it ran.
        output: String,
    },
    /// The file of a revision cannot be made from Alembic's configuration and `script.py.mako`.
    Template {
        /// File and line.
        place: String,
        /// What is wrong.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// The time zone of Alembic's configuration is not known.
    Timezone {
        /// The name of the environment.
        place: String,
        /// Alembic's own sentence.
        sentence: String,
    },
    /// Several environments are meant where only one can be.
    SeveralForked {
        /// The names of the environments.
        names: Vec<String>,
        /// The options that choose the first of them.
        options: String,
    },
    /// The commit of a repair was not made, and the repair was undone.
    NotCommitted {
        /// What git and its hooks said.
        reason: String,
    },
}

impl RepairError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unwritable { hint, .. } | Self::Apply { hint, .. } => (*hint).into(),
            Self::Stale { .. } => "nothing was written; run the command again".into(),
            Self::FileExists { .. } => {
                "nothing was written; move it away, or choose another `--rev-id` or message".into()
            }
            Self::Unmerged { .. } => {
                "nothing was written; resolve the conflict, `git add` the file, and run the command again".into()
            }
            Self::Verification { .. } => {
                "mend that first, repair it the other way (`onehead rebase`, `onehead merge`), or leave the rule out with \
                 `ignore`"
                    .into()
            }
            Self::VerifyCommand { .. } => {
                "it is `verify-command` of onehead's configuration: run it by hand to see more".into()
            }
            Self::Template { hint, .. } => hint.clone(),
            Self::Timezone { .. } => {
                "correct `timezone` there; the names are those of the IANA database, such as `Europe/Berlin`".into()
            }
            Self::SeveralForked { options, .. } => format!(
                "choose one, for example with `{options}`, or mend all of them with `onehead check --fix`"
            ),
            Self::NotCommitted { .. } => {
                "mend what the hook says, or leave the commit to you with `--no-commit`".into()
            }
        }
    }
}

impl std::fmt::Display for RepairError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stale { path } => {
                write!(f, "{path} was changed while it was being looked at")
            }
            Self::Unwritable { message, .. } | Self::Apply { message, .. } => f.write_str(message),
            Self::FileExists { path } => write!(f, "{path} is there already"),
            Self::Unmerged { path } => {
                write!(f, "{path} is in the middle of a merge conflict")
            }
            Self::Verification { findings } => write!(
                f,
                "the repair would leave something worse than it found, so nothing was changed\n\n{findings}"
            ),
            Self::VerifyCommand { command, how, output } => {
                write!(f, "`{command}` {how}, so the repair was undone")?;
                if output.is_empty() { Ok(()) } else { write!(f, "\n\n{}", output.trim_end()) }
            }
            Self::Template { place, reason, .. } => write!(f, "{place}: {reason}"),
            Self::Timezone { place, sentence } => write!(f, "{place}: {sentence}"),
            Self::SeveralForked { names, .. } => {
                write!(f, "{} environments are meant: {}", names.len(), names.join(", "))
            }
            Self::NotCommitted { reason } => {
                write!(f, "the repair was undone: {reason}")
            }
        }
    }
}
