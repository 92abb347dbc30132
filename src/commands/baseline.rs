//! What is published, as far as a command has to know.

use std::path::Path;

use super::project::Project;
use crate::config::Config;
use crate::error::Error;
use crate::published::{self, Baseline, BaselineChoice, Published};
use crate::script::{self, Depth, FolderModules};
use crate::settings;

/// The baseline that the arguments name, else the configuration, else the target of the pull request, else the default
/// one.
pub(super) fn choice(project: &Project, named: Option<&String>) -> BaselineChoice {
    choice_of(&project.config, named)
}

/// The same for a configuration.
pub(super) fn choice_of(config: &Config, named: Option<&String>) -> BaselineChoice {
    match named {
        Some(named) => BaselineChoice::Named { names: vec![named.clone()], named_in: None },
        None if config.baseline.is_empty() => match settings::merge_target() {
            Some(branch) => BaselineChoice::Target(branch),
            None => BaselineChoice::Default,
        },
        None => {
            let file = config.path.as_deref().and_then(Path::file_name);
            let named_in = file.map(|name| name.to_string_lossy().into_owned());
            BaselineChoice::Named { names: config.baseline.clone(), named_in }
        }
    }
}

/// Asks git for it.
///
/// # Errors
/// When a named baseline cannot be read.
pub(super) fn read(project: &Project, choice: &BaselineChoice) -> Result<Baseline, Error> {
    let environments = &project.discovery.environments;
    // What is imported is looked up in what is judged: constants such as branch labels seldom change.
    let roots = environments.iter().flat_map(|environment| environment.module_roots.clone());
    let modules = FolderModules::new(&project.snapshot, roots.collect());
    published::read(&project.snapshot, &project.root, environments, choice, &|path, bytes| {
        script::parse(path.to_owned(), bytes, Depth::Names, &modules)
    })
}

/// What is published, for a command that repairs; `None`, said on stderr, where nothing tells.
///
/// # Errors
/// When a named baseline cannot be read.
pub(super) fn published(
    project: &Project,
    named: Option<&String>,
) -> Result<Option<Published>, Error> {
    match read(project, &choice(project, named))? {
        Baseline::Read(published) => Ok(Some(published)),
        Baseline::Absent(reason) => {
            project.say(&format!("not compared with a baseline: {reason}"));
            Ok(None)
        }
    }
}
