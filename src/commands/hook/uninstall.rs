//! `onehead hook uninstall`: every hook of ours goes, from files and from git's configuration, and what was there before
//! comes back.

use std::path::{Path, PathBuf};

use super::files::{self, not_written, previous_name};
use super::{Done, Here, config};
use crate::cli::Format;
use crate::error::{Error, ExitStatus};
use crate::hook::{self, Event, Place, Uninstall};
use crate::interrupt;

/// Takes them away. Exit status 1 where one was left because it was edited.
pub(super) fn run(here: &Here) -> Result<ExitStatus, Error> {
    let mut done = Vec::new();
    let mut left = Vec::new();
    let mut folders = vec![&here.folder];
    if here.own_folder != here.folder {
        folders.push(&here.own_folder);
    }
    let guard = interrupt::guard();
    for folder in folders {
        for event in Event::ALL {
            let paths = from_folder(here, folder, event, &mut done)?;
            left.extend(paths.into_iter().map(|path| (event, path)));
        }
    }
    for one in config::configured(here)? {
        done.push(from_config(here, one.event)?);
    }
    drop(guard);
    if done.is_empty() && left.is_empty() {
        here.say("nothing to do: no hook of onehead is installed");
    }
    if here.format == Format::Json {
        // One document, whatever happened.
        let stays = |(event, path): &(Event, PathBuf)| {
            let (event, path) = (*event, path.clone());
            Done { event, action: "left", path, sentence: String::new() }
        };
        done.extend(left.iter().map(stays));
    }
    here.tell(&done);
    if left.is_empty() {
        return Ok(ExitStatus::Success);
    }
    if here.format == Format::Json {
        return Ok(ExitStatus::Problems);
    }
    let left: Vec<String> = left.iter().map(|(_, path)| here.shown(path)).collect();
    let (stays, them) = if left.len() == 1 {
        ("was edited and stays", "it")
    } else {
        ("were edited and stay", "them")
    };
    let hint = format!(
        "take {them} away by hand, or put {them} right first with `onehead hook install --force`"
    );
    Ok(here.refuse(&format!("{} {stays}", left.join(", ")), &hint))
}

/// Takes the hook of an event out of a folder; the scripts that were edited are left, and given back.
pub(super) fn from_folder(
    here: &Here,
    folder: &Path,
    event: Event,
    done: &mut Vec<Done>,
) -> Result<Vec<PathBuf>, Error> {
    let mut left = Vec::new();
    for (place, step) in hook::uninstall(&files::site(here, folder, event)?) {
        let path = folder.join(place.file_name(event));
        let failed = |error| not_written(here, error);
        let shown = here.shown(&path);
        let (action, sentence) = match step {
            Uninstall::LeaveEdited => {
                left.push(path);
                continue;
            }
            Uninstall::Remove => {
                files::remove(folder, event, place).map_err(failed)?;
                ("removed", format!("removed {shown}"))
            }
            Uninstall::Restore => {
                files::restore(folder, event, place).map_err(failed)?;
                ("restored", format!("put back the hook that was at {shown} before"))
            }
        };
        done.push(Done { event, action, path, sentence });
    }
    Ok(left)
}

/// Takes the hook of an event out of git's configuration.
pub(super) fn from_config(here: &Here, event: Event) -> Result<Done, Error> {
    config::unset(here, event)?;
    Ok(Done {
        event,
        action: "removed",
        path: here.git_config(),
        sentence: format!("removed hook.{} from git's configuration", event.config_name()),
    })
}

impl Here {
    /// The file of the repository's own configuration.
    pub(super) fn git_config(&self) -> PathBuf {
        self.own_folder.with_file_name("config")
    }

    /// Where a hook of somebody else is kept.
    pub(super) fn previous(&self, event: Event) -> String {
        self.shown(&self.folder.join(previous_name(event)))
    }

    /// The file of a hook where git looks.
    pub(super) fn hook_file(&self, event: Event) -> PathBuf {
        self.folder.join(Place::Hook.file_name(event))
    }
}
