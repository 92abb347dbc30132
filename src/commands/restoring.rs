//! Setting published files back to what is published, within a repair: to the byte, in their place.
//!
//! A file with changes that are nowhere in git is left as it is, and so is what would leave the history broken; both are
//! said. Nothing is written.

use std::path::{Path, PathBuf};

use super::project;
use super::repair::Repair;
use super::saying::Account;
use crate::diagnostic::{Diagnostic, FixKind};
use crate::error::Error;
use crate::fs;
use crate::git::FileState;
use crate::published::Published;
use crate::rules::{self, Kind};
use crate::shell::word;

/// A published file as it is to be again.
struct File {
    path: PathBuf,
    content: Vec<u8>,
    /// Whether there is none.
    is_gone: bool,
}

/// Sets back the files of those findings that ask for it. `kept` are the files that were left as they are and said to be.
///
/// # Errors
/// When git gives no answer, or a file is not what it was.
pub(super) fn restore<'a>(
    repair: &mut Repair<'_>,
    published: &Published,
    findings: impl IntoIterator<Item = &'a Diagnostic>,
    account: &mut Account,
    kept: &mut Vec<PathBuf>,
) -> Result<(), Error> {
    let mut files: Vec<File> = Vec::new();
    for finding in findings.into_iter().filter(|finding| is_restorable(finding)) {
        let (Some(id), Some(primary)) = (finding.revisions.first(), &finding.primary) else {
            continue;
        };
        let path = &primary.place.path;
        let content = published.content(repair.index, path, id);
        let is_known = kept.contains(path) || files.iter().any(|file| file.path == *path);
        let Some(content) = content.filter(|_| !is_known) else { continue };
        let is_gone = !repair.scripts.iter().any(|script| script.path == *path);
        files.push(File { path: path.clone(), content: content.to_vec(), is_gone });
    }
    let safe = safe(repair, published, files, account, kept)?;
    let all: Vec<&File> = safe.iter().collect();
    if !all.is_empty() && !set_back(repair, &all, account)? {
        // What cannot be set back for itself must not keep the others from it.
        for file in all {
            if !set_back(repair, &[file], account)? {
                kept.push(file.path.clone());
                account.notes.push(format!(
                    "{} is left as it is: set back to what is published, it would break the history",
                    repair.project.shown(&file.path)
                ));
            }
        }
    }
    Ok(())
}

fn is_restorable(finding: &Diagnostic) -> bool {
    finding.fix == Some(FixKind::Restore)
        && rules::find(finding.rule).is_some_and(|rule| rule.kind == Kind::Published)
}

/// Those of `files` that can be written over, since git has what they hold, or that are not there.
fn safe(
    repair: &Repair<'_>,
    published: &Published,
    files: Vec<File>,
    account: &mut Account,
    kept: &mut Vec<PathBuf>,
) -> Result<Vec<File>, Error> {
    let project = repair.project;
    let (known, strange): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|file| project.inside(&file.path).is_some());
    let paths: Vec<&Path> = known.iter().filter_map(|file| project.inside(&file.path)).collect();
    let git = project.root.git();
    let states = git.states(&paths).map_err(project::git_error)?;
    let as_indexed = git.as_indexed(&paths).map_err(project::git_error)?;
    let mut safe = Vec::new();
    let mut others = strange;
    for ((file, state), as_indexed) in known.into_iter().zip(states).zip(as_indexed) {
        let is_safe = if file.is_gone {
            // What is in the way of a file that is gone is no migration.
            !fs::exists(&file.path)
        } else {
            // What git was told not to look at is clean whatever it holds.
            state == FileState::Clean && as_indexed
        };
        if is_safe { safe.push(file) } else { others.push(file) }
    }
    let source = published.name.split(", ").next().unwrap_or_default();
    for file in others {
        let shown = project.shown(&file.path);
        account.notes.push(if file.is_gone {
            format!("{shown} is not brought back: something else lies there")
        } else {
            format!(
                "{shown} holds changes that are not committed, and is left as it is: commit them first, or give them up with \
                 `git restore --source {} -- {}`",
                word(source),
                word(&shown)
            )
        });
        kept.push(file.path);
    }
    Ok(safe)
}

/// Sets files back, all of them or none. Tells whether it was done.
fn set_back(
    repair: &mut Repair<'_>,
    files: &[&File],
    account: &mut Account,
) -> Result<bool, Error> {
    let contents: Vec<(&Path, &[u8])> =
        files.iter().map(|file| (file.path.as_path(), file.content.as_slice())).collect();
    if !repair.set_back(&contents)? {
        return Ok(false);
    }
    for file in files {
        let what = if file.is_gone { "brought back" } else { "set back to what is published" };
        account.sentences.push(format!("{what}: {}", repair.project.shown(&file.path)));
    }
    if account.subject.is_empty() {
        "Restore published migrations".clone_into(&mut account.subject);
    }
    Ok(true)
}
