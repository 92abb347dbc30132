//! A configuration that makes no environment, and the error in which it ends where it must not pass.
//!
//! Words only; whether it stops the run is decided in [`super::finder`].

use std::path::{Path, PathBuf};

use super::Failure;
use super::builder::{Builder, Obstacle};
use super::describe::section_suffix;
use super::options::{DEFAULT, Files, FilesError};
use crate::error::Error;
use crate::snapshot::Snapshot;

/// A section that leads nowhere: the file, the section where it came to one, and why.
pub(super) struct Dead {
    pub(super) config: PathBuf,
    pub(super) section: Option<String>,
    pub(super) failure: Failure,
}

impl Dead {
    /// Files of which nothing could be made; `ini` is to blame where the error names no file.
    pub(super) fn files(error: FilesError, ini: &Path) -> Self {
        let (config, failure) = match error {
            FilesError::Read(error) => (error.path.clone(), Failure::Read(error)),
            FilesError::Option(error) => (error.path.clone(), Failure::Option(error)),
        };
        let config = if config.as_os_str().is_empty() { ini.to_path_buf() } else { config };
        Self { config, section: None, failure }
    }

    /// Whether Alembic itself would stop here when nothing is named.
    pub(super) fn stops_alembic(&self) -> bool {
        self.section.as_deref().is_none_or(|section| section == DEFAULT)
    }

    /// Whether nobody may pass over this: git has the file, and what is in it cannot be told.
    pub(super) fn is_unknown(&self, snapshot: &Snapshot) -> bool {
        matches!(&self.failure, Failure::Read(error) if !error.missing) && snapshot.tree().is_some()
    }

    /// The error for a configuration that is named, or that Alembic would use from here. `sections` are those that the
    /// file has.
    pub(super) fn error(&self, builder: &Builder<'_>, sections: &[String]) -> Error {
        let Self { config, section, failure } = self;
        let suffix = section_suffix(section.as_deref());
        let place = match failure {
            Failure::Read(error) => {
                return builder.snapshot.unreadable(error, builder.shown(&error.path));
            }
            Failure::Option(error) => {
                let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{}{line}{suffix}", builder.shown(&error.path))
            }
            _ => format!("{}{suffix}", builder.shown(config)),
        };
        let hint = match failure {
            Failure::NoScriptLocation if !sections.is_empty() => {
                Some(format!("choose one of its sections with `-n`: {}", sections.join(", ")))
            }
            Failure::NoScriptLocation => Some(format!(
                "write `script_location = path/to/migrations` under [{}], or name the folder with \
                 `--script-location DIR`",
                section.as_deref().unwrap_or(DEFAULT)
            )),
            Failure::NotThere { .. } => Some(
                "run onehead from the folder that it is relative to, or name it with \
                 `--script-location DIR`"
                    .into(),
            ),
            Failure::Option(error) => option_hint(&error.sentence),
            Failure::Read(_) => None,
        };
        let tried = failure.tried().iter().map(|path| builder.shown(path)).collect();
        Error::Alembic { place, sentence: failure.sentence(), tried, hint }
    }
}

/// How to mend what Python or Alembic refuses in these words.
fn option_hint(sentence: &str) -> Option<String> {
    let hints = [
        ("\\ufeff", "save the file without a byte order mark"),
        ("byte order mark", "save the file without a byte order mark"),
        ("MissingSectionHeaderError", "the first line must be a section, such as `[alembic]`"),
        (
            "ParsingError",
            "write `name = value`, and begin each further line of a value with a space",
        ),
        ("Duplicate", "remove one of the two"),
        ("UnicodeDecodeError", "save the file as UTF-8"),
        (
            "Interpolation",
            "write `%%` for a percent sign, and `%(here)s` for the folder of the file",
        ),
        ("KeyError", "write `%%` for a percent sign, and `%(here)s` for the folder of the file"),
        ("format", "write `%%` for a percent sign, and `%(here)s` for the folder of the file"),
        ("#", "give the comment a line of its own: here it is part of the value"),
        ("must be a list", "write it as `[\"path/one\", \"path/two\"]`"),
    ];
    hints.iter().find(|(word, _)| sentence.contains(word)).map(|(_, hint)| (*hint).into())
}

/// The error for what is named and makes no environment.
pub(super) fn stopped(
    builder: &Builder<'_>,
    obstacle: Obstacle,
    config: &Path,
    section: &str,
    files: &Files,
) -> Error {
    match obstacle {
        Obstacle::Stop(error) => error,
        Obstacle::Nowhere(failure) => {
            let (config, section) = (config.to_path_buf(), Some(section.to_string()));
            Dead { config, section, failure }.error(builder, &files.sections())
        }
    }
}
