//! Where the migrations were, from commit to commit: configurations come, move and say something else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::forecast::Baseline;
use crate::commands::project::{Project, git_error};
use crate::config;
use crate::environment::Environment;
use crate::error::Error;
use crate::fs;
use crate::git::{FileChange, ObjectId, Step};
use crate::snapshot::{Objects, Snapshot, Tree};

/// What a commit's configuration leads to.
pub(super) enum Found {
    /// A project.
    Project(Box<Project>),
    /// No environment.
    Nothing,
    /// A configuration of which nothing can be made; why.
    Unreadable(String),
}

/// Whether a file may say where migrations are.
pub(super) fn is_configuration(path: &Path) -> bool {
    let is_ini = path.extension().is_some_and(|ending| ending == "ini");
    let name = path.file_name().unwrap_or_default();
    is_ini || ["pyproject.toml", "onehead.toml", "env.py"].iter().any(|known| name == *known)
}

/// The commits with which it may have changed where migrations are.
///
/// # Errors
/// When git fails.
pub(super) fn turns<'a>(
    baseline: &Baseline,
    steps: &'a [Step],
) -> Result<BTreeSet<&'a ObjectId>, Error> {
    let objects = Objects::new(baseline.project.root.git());
    let changes = |step: &'a Step| step.changes.iter().filter(|one| is_configuration(&one.path));
    let all = steps.iter().flat_map(changes);
    let wanted = all.flat_map(|change| change.before.iter().chain(&change.after));
    objects.fetch(wanted).map_err(git_error)?;
    let is_turn = |step: &&Step| {
        let mut own = step.changes.iter().filter(|one| is_configuration(&one.path));
        own.any(|change| decides(&objects, change))
    };
    Ok(steps.iter().filter(is_turn).map(|step| &step.id).collect())
}

/// Whether the change of a file may be one of where migrations are, or of what is expected of them.
fn decides(objects: &Objects, change: &FileChange) -> bool {
    let content = |object: &Option<ObjectId>| -> Arc<[u8]> {
        let found = object.as_ref().and_then(|object| objects.content(object).ok().flatten());
        found.unwrap_or_default()
    };
    let name = change.path.file_name().unwrap_or_default();
    if name == "env.py" {
        return change.before.is_none() || change.after.is_none();
    }
    let (before, after) = (content(&change.before), content(&change.after));
    if name == "pyproject.toml" {
        return !config::agree(&before, &after, &["alembic", "onehead"]);
    }
    let mentions = |text: &[u8]| memchr::memmem::find(text, b"script_location").is_some();
    name == "alembic.ini" || name == "onehead.toml" || mentions(&before) || mentions(&after)
}

/// The project as a commit has it.
///
/// # Errors
/// When git fails.
pub(super) fn at(baseline: &Baseline, commit: &ObjectId) -> Result<Found, Error> {
    let project = &baseline.project;
    let Some(tree) = project.snapshot.tree() else { return Ok(Found::Nothing) };
    let tree = Tree::commit(tree.objects(), &project.root.path, commit.as_str(), commit.clone());
    Ok(match project.at(Snapshot::Tree(tree.map_err(git_error)?)) {
        Ok(found) => Found::Project(Box::new(found)),
        Err(Error::NoEnvironment { .. }) => Found::Nothing,
        Err(error) => {
            Found::Unreadable(error.to_string().lines().next().unwrap_or_default().to_owned())
        }
    })
}

/// The version locations of an environment, relative to the top folder, links followed.
pub(super) fn folders(project: &Project, environment: &Environment) -> Vec<PathBuf> {
    let top = project.snapshot.settled(&project.root.path);
    let mut folders: Vec<PathBuf> = Vec::new();
    for location in &environment.version_locations {
        let path = project.snapshot.settled(&fs::normalize(&location.path));
        if let Ok(inside) = path.strip_prefix(&top).map(Path::to_path_buf)
            && !folders.contains(&inside)
        {
            folders.push(inside);
        }
    }
    folders
}
