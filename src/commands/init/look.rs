//! What there is: files by their names, the baseline, hooks and continuous integration. Decides nothing.

use std::path::Path;

use crate::commands::baseline;
use crate::commands::project::{History, Project, git_error};
use crate::environment::Environment;
use crate::error::Error;
use crate::fs;
use crate::git::Tree;
use crate::hook::Manager;
use crate::init::ci::{self, Provider};
use crate::init::surroundings::{self, TASK_FILES};
use crate::init::{Found, Naming};
use crate::published::{Baseline, BaselineChoice};

/// The baseline, and whether it is a branch of a remote that is known without being named.
pub(super) struct Standard {
    pub(super) baseline: Baseline,
    pub(super) why: String,
    pub(super) is_remote: bool,
}

/// Decides over the baseline as every command does, but for the target of a pull request: what is written down must not
/// depend on it.
pub(super) fn standard(project: &Project) -> Result<Standard, Error> {
    let is_named = !project.config.baseline.is_empty();
    let choice = match baseline::choice(project, None) {
        BaselineChoice::Target(_) => BaselineChoice::Default,
        choice => choice,
    };
    let baseline = baseline::read(project, &choice)?;
    let name = match &baseline {
        Baseline::Read(published) => published.name.clone(),
        Baseline::Absent(reason) => {
            let why = reason.clone();
            return Ok(Standard { baseline, why, is_remote: false });
        }
    };
    if is_named {
        return Ok(Standard { baseline, why: "configured".to_owned(), is_remote: false });
    }
    let remotes = project.root.git().remotes().map_err(git_error)?;
    let of_remote = |remote: &String| {
        name.strip_prefix(remote.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    let is_remote = remotes.iter().any(of_remote);
    let why = if is_remote {
        "the default branch of the remote"
    } else {
        "the local branch, since no remote has one"
    };
    Ok(Standard { baseline, why: why.to_owned(), is_remote })
}

/// A file at the top of the repository.
pub(super) fn top_file(project: &Project, name: &str) -> Option<Vec<u8>> {
    let path = project.root.path.join(name);
    fs::is_file(&path).then(|| fs::read(&path).ok()).flatten()
}

/// What was found beside the environments and the hooks.
pub(super) fn found(project: &Project, standard: &Standard, histories: &[History<'_>]) -> Found {
    let name = match &standard.baseline {
        Baseline::Read(published) => Some(published.name.clone()),
        Baseline::Absent(_) => None,
    };
    let tool = tool(project);
    let mut calls = Vec::new();
    for file in TASK_FILES {
        let call = top_file(project, file).and_then(|text| surroundings::call(&text));
        // On a file system that knows no case, two of the names are one file.
        let is_new = |(line, command): &(usize, String)| {
            !calls
                .iter()
                .any(|(_, at, other): &(String, usize, String)| at == line && other == command)
        };
        calls.extend(call.filter(is_new).map(|(line, command)| (file.to_owned(), line, command)));
    }
    Found {
        baseline: name,
        why: standard.why.clone(),
        configuration: configuration(project).map(|path| from_root(project, &path)),
        tool,
        calls,
        managers: managers(project),
        hooks: Vec::new(),
        other_hooks: Vec::new(),
        hooks_path: None,
        services: Vec::new(),
        naming: histories.iter().map(naming).collect(),
    }
}

/// `path` as git names it.
fn from_root(project: &Project, path: &Path) -> String {
    fs::shown(path, &project.root.path, &project.root.path)
}

/// The file that onehead is configured in, here or nearest to an environment.
pub(super) fn configuration(project: &Project) -> Option<std::path::PathBuf> {
    let environments = project.discovery.environments.iter();
    let nearest = environments.filter_map(|one| one.governing.path.clone());
    project.config.path.clone().into_iter().chain(nearest).next()
}

/// At the top, else beside the configuration of an environment.
fn tool(project: &Project) -> Option<(surroundings::Tool, String)> {
    let environments = project.discovery.environments.iter();
    let beside = environments.filter_map(|one| one.config.as_deref()?.parent());
    let folders = std::iter::once(project.root.path.as_path()).chain(beside);
    let in_folder = |folder: &Path| {
        let pyproject = folder.join("pyproject.toml");
        let text = fs::is_file(&pyproject).then(|| fs::read(&pyproject).ok()).flatten();
        let (tool, file) =
            surroundings::tool(&|name| fs::is_file(&folder.join(name)), text.as_deref())?;
        Some((tool, from_root(project, &folder.join(file))))
    };
    folders.into_iter().find_map(in_folder)
}

fn naming(history: &History<'_>) -> Naming {
    let names = history.scripts.iter().filter_map(|script| script.path.file_name()?.to_str());
    let names: Vec<&str> = names.collect();
    let Environment { file_template, .. } = history.environment;
    let is_own = file_template != "%(rev)s_%(slug)s";
    Naming::of(&names, file_template, is_own)
}

/// The hook managers that have a configuration at the top.
fn managers(project: &Project) -> Vec<(&'static str, String)> {
    let top = &project.root.path;
    let mut managers = Vec::new();
    for manager in [Manager::PreCommit, Manager::Prek, Manager::Lefthook] {
        let files = manager.configurations().iter().filter(|name| fs::is_file(&top.join(name)));
        // prek reads what pre-commit reads.
        let known = |name: &str| managers.iter().any(|(_, file): &(&str, String)| file == name);
        let found = files.map(|name| (*name).to_owned()).find(|name| !known(name));
        managers.extend(found.map(|file| (manager.name(), file)));
    }
    if fs::is_directory(&top.join(".husky")) {
        managers.push((Manager::Husky.name(), ".husky".to_owned()));
    }
    managers
}

/// Whether the top of the repository is that of a working tree.
pub(super) fn has_working_tree(project: &Project) -> Result<bool, Error> {
    if !project.root.repository || project.root.bare {
        return Ok(false);
    }
    let tree = project.root.git().tree().map_err(git_error)?;
    Ok(matches!(tree, Tree::Work(_)))
}

/// Continuous integration.
pub(super) fn ci(project: &Project) -> Result<ci::Known, Error> {
    let top = &project.root.path;
    let mut known = ci::Known::default();
    let workflows = top.join(ci::WORKFLOWS);
    let mut names: Vec<String> = fs::list(&workflows)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| entry.name.to_str().map(str::to_owned))
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "yml" || end == "yaml"))
        .map(|name| format!("{}/{name}", ci::WORKFLOWS))
        .collect();
    names.sort_unstable();
    if fs::is_directory(&workflows) {
        known.services.push((Provider::Github, ci::WORKFLOWS.to_owned()));
    }
    for (file, provider) in Provider::FILES {
        if fs::is_file(&top.join(file)) {
            known.services.push((provider, file.to_owned()));
            names.push(file.to_owned());
        }
    }
    let runs = |name: &&String| top_file(project, name).is_some_and(|text| ci::runs_onehead(&text));
    known.runs_onehead = names.iter().find(runs).cloned();
    known.is_taken = fs::is_file_or_link(&top.join(ci::WORKFLOW_PATH));
    let addresses = project.root.git().local_config("remote.").map_err(git_error)?;
    let mut addresses = addresses.iter().filter(|(key, _)| key.rsplit('.').next() == Some("url"));
    known.host = addresses.find_map(|(_, url)| Provider::of_remote(url));
    Ok(known)
}
