//! What keeps onehead from working: exit 2, each with its sentence and its hint.
//!
//! Not for what is wrong with the user's migrations: that is a [`crate::diagnostic::Diagnostic`], exit 1.

use std::process::ExitCode;

/// How a run ends, the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing wrong, or the question was answered.
    Success,
    /// Problems were found, or Alembic could not load the history.
    Problems,
    /// onehead could not work.
    Failure,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::SUCCESS,
            ExitStatus::Problems => Self::from(1),
            ExitStatus::Failure => Self::from(2),
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
}

impl Error {
    /// The hint that goes with the error, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { path, reason } => write!(f, "cannot read {path}: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
