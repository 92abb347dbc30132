//! The other side of a merge that has not been made: who brought what, and how old is what is known of it.
//!
//! Asks git. What git cannot tell is left out: it is for the eye, and decides nothing.

use std::collections::BTreeSet;
use std::path::Path;

use super::project::Project;
use crate::diagnostic::{Diagnostic, Text};
use crate::fs;
use crate::git::{Git, Walk};
use crate::graph::RevisionGraph;
use crate::rules::words::{count, quoted};
use crate::settings;
use crate::shell::word;

/// Adds to a finding about the heads of a merge where those came from that our side does not have, and how old what is
/// known of `other` is.
pub(super) fn tell(
    project: &Project,
    other: &str,
    graph: &RevisionGraph<'_>,
    ours: &RevisionGraph<'_>,
    finding: &mut Diagnostic,
) {
    let git = project.root.git();
    let rivals = finding.revisions.iter().filter(|id| ours.find(id.as_str()).is_none());
    let rivals = rivals.filter_map(|id| Some((id, &graph.script(graph.find(id.as_str())?).path)));
    let rivals: Vec<_> =
        rivals.filter_map(|(id, path)| Some((id, project.inside(path)?))).collect();
    let paths: Vec<&Path> = rivals.iter().map(|(_, path)| *path).collect();
    let Ok(tip) = git.commit(other) else { return };
    let origins = git.origins(&[tip.as_str()], Walk::All, &paths).unwrap_or_default();
    let mut notes: Vec<Text> = Vec::new();
    for ((id, _), origin) in rivals.iter().zip(origins) {
        if let Some(origin) = origin {
            notes.push(Text::from(format!(
                "{} came to {} with {} ({}, {})",
                quoted(id),
                quoted(other),
                origin.short,
                origin.author,
                origin.day
            )));
        }
    }
    if let Some(age) = last_fetched(&git, other) {
        notes.push(format!("{} as last fetched {age}", quoted(other)).into());
    }
    finding.notes.extend(notes);
}

/// How long ago a branch of a remote was last fetched, in words; `None` for what is no branch of a remote, or where nothing
/// tells.
pub(super) fn last_fetched(git: &Git, name: &str) -> Option<String> {
    let reference = git.full_name(name)?;
    if !reference.starts_with("refs/remotes/") {
        return None;
    }
    let list = git.directory().ok()?.join("FETCH_HEAD");
    // A fetch that failed, or one of something else, says nothing of this branch.
    let tip = git.commit(&reference).ok()?;
    let text = fs::read(&list).unwrap_or_default();
    let mut lines = text.split(|&byte| byte == b'\n');
    let is_listed = lines.any(|line| line.starts_with(tip.as_str().as_bytes()));
    let fetched = if is_listed { fs::modified(&list) } else { git.last_moved(&reference) };
    Some(age(settings::now() / 1_000_000 - fetched?))
}

/// So many seconds, as one number: `5 minutes ago`.
fn age(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length);
    match unit {
        Some((length, name)) => {
            let number = usize::try_from(seconds / length).unwrap_or(usize::MAX);
            format!("{} ago", count(number, name))
        }
        None => "just now".to_owned(),
    }
}

/// The folders of a project's migrations as arguments of a command that is run in the top folder.
pub(super) fn folders(project: &Project) -> String {
    let inside = project.version_folders();
    let shown = |path: &Path| match path.to_string_lossy().replace('\\', "/") {
        // The top folder itself.
        path if path.is_empty() => ".".to_owned(),
        path => word(&path),
    };
    let folders: BTreeSet<String> = inside.iter().map(|path| shown(path)).collect();
    folders.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn an_age_is_one_number() {
        assert_eq!(age(-5), "just now");
        assert_eq!(age(59), "just now");
        assert_eq!(age(60), "1 minute ago");
        assert_eq!(age(7_300), "2 hours ago");
        assert_eq!(age(200_000), "2 days ago");
    }
}
