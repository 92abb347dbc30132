//! Hook files: what stands where, and putting a script there or taking it away, one rename at a time.
//!
//! Decides nothing; [`crate::hook`] does.

use std::path::{Path, PathBuf};

use super::Here;
use crate::error::Error;
use crate::fs::write::{self, WriteError};
use crate::fs::{self, Kind};
use crate::hook::{
    Event, Foreign, Found, Manager, Place, Script, Site, Step, calls_onehead, hook_manager,
    names_event, recognise,
};
use crate::interrupt;

/// What is known of the hook of an event in a folder.
pub(super) fn site(here: &Here, folder: &Path, event: Event) -> Result<Site, Error> {
    let at = |name: &str| found(here, &folder.join(name), event);
    Ok(Site {
        event,
        hook: at(&Place::Hook.file_name(event))?,
        legacy: at(&Place::Legacy.file_name(event))?,
        old: at(&Place::Old.file_name(event))?,
        previous: at(&previous_name(event))?,
    })
}

fn found(here: &Here, path: &Path, event: Event) -> Result<Found, Error> {
    let Some(entry) = write::entry(path) else { return Ok(Found::Nothing) };
    if entry.is_directory || matches!(fs::kind(path), Some(Kind::Directory | Kind::Other)) {
        return Ok(Found::Odd);
    }
    let executable = write::is_executable(path);
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // A link that leads nowhere is somebody's all the same.
        Err(error) if error.missing => Vec::new(),
        Err(error) => return Err(Error::Read { path: here.shown(path), reason: error.reason }),
    };
    if let Some(mut own) = recognise(&bytes) {
        own.pristine &= own.script.event == event;
        return Ok(Found::Own { own, executable });
    }
    Ok(Found::Foreign(Foreign {
        manager: hook_manager(&bytes),
        calls_onehead: calls_onehead(&bytes, event),
        executable,
    }))
}

/// The hook managers whose configuration has onehead for an event.
pub(super) fn managers(here: &Here, event: Event) -> Vec<(Manager, String)> {
    let all = [Manager::PreCommit, Manager::Prek, Manager::Lefthook];
    let seen = |manager: Manager| {
        let names =
            |path: &PathBuf| fs::read(path).is_ok_and(|bytes| names_event(&bytes, manager, event));
        let paths = manager.configurations().iter().map(|name| here.top.join(name));
        paths.filter(names).map(move |path| (manager, here.shown(&path))).next()
    };
    all.into_iter().filter_map(seen).collect()
}

/// Where a hook of somebody else is kept while ours runs it first.
pub(super) fn previous_name(event: Event) -> String {
    format!("{}.onehead-prev", event.name())
}

/// Puts a script where it belongs; says where the edited text of ours was left, if there was one.
pub(super) fn put(
    folder: &Path,
    step: Step,
    place: Place,
    script: &Script,
) -> Result<Option<PathBuf>, WriteError> {
    let event = script.event;
    let path = folder.join(place.file_name(event));
    let new = folder.join(format!("{}.onehead-new", event.name()));
    // What an interrupted run has left under this name is ours.
    write::remove(&new)?;
    let guard = interrupt::guard();
    write::create(&new, script.text().as_bytes(), None)?;
    let placed = write::make_executable(&new).and_then(|()| match step {
        Step::Create => write::move_to_free(&new, &path).map(|()| None),
        Step::Replace => write::replace(&new, &path).map(|()| None),
        Step::ReplaceEdited => {
            let kept = free_name(folder, event);
            write::move_to_free(&path, &kept)?;
            write::move_to_free(&new, &path).map(|()| Some(kept))
        }
        Step::MoveAside => {
            let previous = folder.join(previous_name(event));
            write::move_to_free(&path, &previous)?;
            write::move_to_free(&new, &path).inspect_err(|_| {
                // As it was; that the script could not be put there is what is told.
                let _ = write::move_to_free(&previous, &path);
            })?;
            Ok(None)
        }
    });
    if placed.is_err() {
        // Nothing was gained, so nothing of it stays.
        let _ = write::remove(&new);
    }
    let flushed = write::flush_folder(folder);
    drop(guard);
    placed.and_then(|kept| flushed.map(|()| kept))
}

fn free_name(folder: &Path, event: Event) -> PathBuf {
    let name = |number: u32| folder.join(format!("{}.onehead-edited{number}", event.name()));
    let mut number = 1;
    while write::entry(&name(number)).is_some() {
        number += 1;
    }
    name(number)
}

/// Takes a script of ours away.
pub(super) fn remove(folder: &Path, event: Event, place: Place) -> Result<(), WriteError> {
    write::remove(&folder.join(place.file_name(event)))?;
    write::flush_folder(folder)
}

/// Puts the hook back that was there before, over ours.
pub(super) fn restore(folder: &Path, event: Event, place: Place) -> Result<(), WriteError> {
    let previous = folder.join(previous_name(event));
    write::replace(&previous, &folder.join(place.file_name(event)))?;
    write::flush_folder(folder)
}

/// The error in words, for whoever looks from here.
pub(super) fn not_written(here: &Here, error: WriteError) -> Error {
    Error::Write { path: here.shown(&error.path), reason: error.reason }
}
