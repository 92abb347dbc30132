//! Hooks in git's own configuration (2.54 and later), as `hook.onehead-<event>`.
//!
//! Never the default: an older git, such as editors bring along, passes over them without a word.

use super::Here;
use crate::commands::project::git_error;
use crate::error::Error;
use crate::git::Version;
use crate::hook::Event;

const PREFIX: &str = "hook.onehead-";

/// One hook as the repository's configuration has it.
pub(super) struct Configured {
    pub(super) event: Event,
    pub(super) command: String,
    /// `hook.<name>.enabled` says no.
    pub(super) disabled: bool,
}

/// The hooks of ours that the configuration has, whatever the version of git.
pub(super) fn configured(here: &Here) -> Result<Vec<Configured>, Error> {
    let pairs = here.git.local_config(PREFIX).map_err(git_error)?;
    let mut found: Vec<Configured> = Vec::new();
    for (key, value) in pairs {
        let Some((name, variable)) = key[PREFIX.len()..].rsplit_once('.') else { continue };
        let Some(event) = Event::find(name) else { continue };
        let at = found.iter().position(|one| one.event == event).unwrap_or_else(|| {
            found.push(Configured { event, command: String::new(), disabled: false });
            found.len() - 1
        });
        match variable {
            "command" => found[at].command = value,
            "enabled" => {
                found[at].disabled = matches!(value.as_str(), "false" | "no" | "off" | "0");
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Writes the hook of an event. git appends the arguments to the command, so it is one simple command.
pub(super) fn set(here: &Here, event: Event, command: &str) -> Result<(), Error> {
    let key = |variable: &str| format!("{PREFIX}{}.{variable}", event.name());
    here.git.set_config(&key("command"), command).map_err(git_error)?;
    here.git.set_config(&key("event"), event.name()).map_err(git_error)
}

/// Takes the hook of an event out.
pub(super) fn unset(here: &Here, event: Event) -> Result<(), Error> {
    let section = format!("{PREFIX}{}", event.name());
    here.git.remove_config_section(&section).map_err(git_error)
}

/// Fails where git is too old to run hooks from its configuration.
pub(super) fn demand(here: &Here) -> Result<(), Error> {
    let version = here.git.version().map_err(git_error)?;
    if version >= Version::CONFIG_HOOKS {
        return Ok(());
    }
    let needed = Version::CONFIG_HOOKS;
    Err(Error::Usage {
        message: format!(
            "`--config` needs git {needed}: this is git {version}, which would pass over such hooks without a word"
        ),
        hint: "leave `--config` out to install hook files, which every git runs",
    })
}
