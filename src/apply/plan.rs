//! What becomes of each path, checked against what is there. Nothing is written here.
//!
//! A change set is a map from paths to what they hold before and after: a chain of renames then needs no order, since
//! every new text lies beside its target before the first name changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{ApplyError, Trouble, Workplace};
use crate::fix::{Change, ContentHash};
use crate::fs;
use crate::fs::write;

/// What a path holds before and after.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// What it must hold now, and that content; `None` for what must not be there.
    pub old: Option<(ContentHash, Vec<u8>)>,
    /// The hash of what it holds afterwards; `None` for what is gone then.
    pub new: Option<ContentHash>,
    /// The file whose permissions the new one takes over.
    pub like: Option<PathBuf>,
}

/// The new content of a path, if a change gives it one.
pub fn content_for<'a>(changes: &'a [Change], path: &Path) -> Option<&'a [u8]> {
    let change = changes.iter().find(|change| change.path_after() == Some(path))?;
    match change {
        Change::Edit { content, .. }
        | Change::Create { content, .. }
        | Change::Rename { content, .. } => Some(content),
        Change::Delete { .. } => None,
    }
}

/// What becomes of each path, all preconditions checked.
pub fn plan(
    workplace: &Workplace,
    changes: &[Change],
) -> Result<BTreeMap<PathBuf, Planned>, ApplyError> {
    let mut steps: BTreeMap<PathBuf, Planned> = BTreeMap::new();
    for change in changes {
        if let Change::Edit { path, seen, .. }
        | Change::Rename { from: path, seen, .. }
        | Change::Delete { path, seen } = change
        {
            let planned = steps.entry(path.clone()).or_default();
            if planned.old.is_some() {
                return Err(ApplyError::nothing(path, Trouble::Twice));
            }
            planned.old = Some((*seen, source(workplace, path, seen)?));
        }
    }
    for change in changes {
        let Some(path) = change.path_after() else { continue };
        let content = content_for(std::slice::from_ref(change), path).unwrap_or_default();
        let planned = steps.entry(path.to_path_buf()).or_default();
        if planned.new.is_some() {
            return Err(ApplyError::nothing(path, Trouble::Twice));
        }
        planned.new = Some(ContentHash::of(content));
        if !matches!(change, Change::Create { .. }) {
            planned.like = Some(change.path().to_path_buf());
        }
    }
    let targets = changes.iter().filter(|change| !matches!(change, Change::Edit { .. }));
    for path in targets.filter_map(Change::path_after) {
        target(workplace, path, &steps)?;
    }
    Ok(steps)
}

/// The content of a file that is to be changed, which must be the one seen.
fn source(workplace: &Workplace, path: &Path, seen: &ContentHash) -> Result<Vec<u8>, ApplyError> {
    let failed = |trouble| Err(ApplyError::nothing(path, trouble));
    let Some(entry) = write::entry(path) else { return failed(Trouble::Stale) };
    if !entry.is_file {
        return failed(Trouble::NotAFile);
    }
    inside(workplace, path, path.parent())?;
    if entry.is_read_only {
        return failed(Trouble::ReadOnly("nobody may write it".into()));
    }
    match fs::read(path) {
        Ok(bytes) if ContentHash::of(&bytes) == *seen => Ok(bytes),
        Ok(_) => failed(Trouble::Stale),
        Err(error) => failed(Trouble::Other(error.reason)),
    }
}

/// Checks that a target is free, or becomes so, and that its folder is there or can be made.
fn target(
    workplace: &Workplace,
    path: &Path,
    steps: &BTreeMap<PathBuf, Planned>,
) -> Result<(), ApplyError> {
    let folded = |path: &Path| path.to_string_lossy().to_lowercase();
    // On a file system that does not tell cases apart, the other name is the same file.
    let namesakes =
        steps.iter().filter(|(other, _)| folded(other) == folded(path) && *other != path);
    if let Some((other, _)) = namesakes.clone().find(|(_, planned)| planned.new.is_some()) {
        return Err(ApplyError::nothing(other, Trouble::Twice));
    }
    let is_vacated = steps.get(path).is_some_and(|planned| planned.old.is_some())
        || namesakes.clone().next().is_some() && !is_listed(path);
    if !is_vacated && write::entry(path).is_some() {
        return Err(ApplyError::nothing(path, Trouble::Exists));
    }
    let above = path.ancestors().skip(1).find(|above| write::entry(above).is_some());
    if above.is_none_or(|above| !fs::is_directory(above)) {
        return Err(ApplyError::nothing(above.unwrap_or(path), Trouble::NotAFile));
    }
    inside(workplace, path, above)
}

/// Whether the folder of a path lists it by exactly this name.
fn is_listed(path: &Path) -> bool {
    let entries = path.parent().and_then(|folder| fs::list(folder).ok()).unwrap_or_default();
    entries.iter().any(|entry| Some(entry.name.as_os_str()) == path.file_name())
}

/// Checks that a folder on the way to a path is where it seems to be, inside the repository.
fn inside(workplace: &Workplace, path: &Path, folder: Option<&Path>) -> Result<(), ApplyError> {
    let failed = |trouble| Err(ApplyError::nothing(path, trouble));
    let Some(folder) = folder else { return failed(Trouble::LeadsOut) };
    let resolved = match fs::resolve(folder) {
        Ok(resolved) => resolved,
        Err(error) => return failed(Trouble::Other(error.reason)),
    };
    // The path is kept as text, and a name with dots could go up again.
    let is_plain = fs::normalize(path) == path;
    if !is_plain || !workplace.outside && !resolved.starts_with(&workplace.root) {
        return failed(Trouble::LeadsOut);
    }
    Ok(())
}

/// The folders that have to be made, those above others first.
pub fn missing_folders(steps: &BTreeMap<PathBuf, Planned>) -> Vec<PathBuf> {
    let made = steps.iter().filter(|(_, planned)| planned.new.is_some());
    let missing = |path: &PathBuf| {
        let folders = path.ancestors().skip(1).map(Path::to_path_buf);
        folders.take_while(|folder| write::entry(folder).is_none()).collect::<Vec<_>>()
    };
    let mut folders: Vec<PathBuf> = made.flat_map(|(path, _)| missing(path)).collect();
    folders.sort();
    folders.dedup();
    folders
}
