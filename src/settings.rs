//! What the process was started with: the directory and the environment variables, read once.
//!
//! The only reader of environment variables. Everything below takes what it needs as a value.

#![allow(clippy::disallowed_methods, reason = "the one place that asks what surrounds the process")]

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::fs;

/// What counts for the whole run.
#[derive(Clone, Debug)]
pub struct Process {
    /// The directory run from, `-C` applied; absolute.
    pub directory: PathBuf,
    /// `ALEMBIC_CONFIG`, when it is set and not empty.
    pub alembic_config: Option<PathBuf>,
}

impl Process {
    /// Reads the surroundings.
    ///
    /// # Errors
    /// When the directory, or the one given with `-C`, is not there.
    pub fn read(args: &GlobalArgs) -> Result<Self, Error> {
        let current = env::current_dir()
            .map_err(|error| Error::Read { path: ".".to_owned(), reason: error.to_string() })?;
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
        Ok(Self { directory, alembic_config: variable("ALEMBIC_CONFIG").map(PathBuf::from) })
    }
}

/// Whether the surroundings ask for no colour: `NO_COLOR` set to anything, or a dumb terminal.
pub fn wants_no_color() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb")
}

/// Whether a test asks for a panic, to see that a bug of ours ends in exit status 2. Debug builds only.
pub fn wants_panic() -> bool {
    cfg!(debug_assertions) && variable("ONEHEAD_TEST_PANIC").is_some()
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
