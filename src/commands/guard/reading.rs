//! Which scripts a hook reads whole: those that what it compares with does not have just so.
//!
//! What only the whole of a script can tell is as old as the script, and what is old does not block. So of the others the
//! names are enough, as long as nothing is found: then everything is read, since what is shown must be all there is.

use std::path::Path;

use crate::commands::project::Project;
use crate::git::ObjectId;
use crate::script::{self, Depth, FolderModules, Script};

/// The scripts of every environment, whole where none of these commits has the same; `None` where that cannot be told, or
/// where what is configured is not the same either.
pub(super) fn scripts(project: &Project, commits: &[ObjectId]) -> Option<Vec<Vec<Script>>> {
    let tree = project.snapshot.tree()?;
    let environments = &project.discovery.environments;
    let is_alike = |there: &Project| {
        there.config == project.config && there.discovery.environments == *environments
    };
    let before = commits.iter().filter_map(|commit| project.at_commit(commit).ok().flatten());
    let before: Vec<Project> = before.filter(is_alike).collect();
    if before.is_empty() {
        return None;
    }
    let is_same = |path: &Path| {
        let object = tree.object(path);
        let has =
            |there: &Project| there.snapshot.tree().is_some_and(|tree| tree.object(path) == object);
        object.is_some() && before.iter().any(has)
    };
    let mut scripts = project.all_scripts(Depth::Names);
    for (environment, scripts) in environments.iter().zip(&mut scripts) {
        let modules = FolderModules::new(&project.snapshot, environment.module_roots.clone());
        for script in scripts.iter_mut().filter(|script| !is_same(&script.path)) {
            let bytes = project.snapshot.read(&script.path).ok()?;
            *script = script::parse(script.path.clone(), &bytes, Depth::Whole, &modules);
        }
    }
    Some(scripts)
}
