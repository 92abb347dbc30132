//! `onehead hook status`: what is installed where, what shadows it, and whether it runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Here, config, files};
use crate::cli::Format;
use crate::commands::project::git_error;
use crate::config::UserCommand;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::fs::write;
use crate::git::Version;
use crate::hook::layer::{Configured, Facts, Layer, Program, State};
use crate::hook::{Event, Found, Site, calls_onehead};
use crate::report::json;
use crate::report::sanitize::sanitize;
use crate::runner::{self, Outcome};
use crate::settings;

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shows it. Exit status 1 where a hook that blocks is missing, or one does not run.
pub(super) fn run(here: &Here) -> Result<ExitStatus, Error> {
    let layers = layers(here)?;
    if here.format == Format::Json {
        let states = layers.iter().map(|layer| document(here, layer)).collect();
        here.ui.data(&json::hooks::states(states));
    } else if here.quiet {
        for layer in layers.iter().filter(|layer| layer.is_wrong()) {
            here.ui.talk(&format!("{} {}\n", layer.event.name(), word(layer.state)));
        }
    } else {
        here.ui.data(&layers.iter().map(text).collect::<String>());
        summary(here, &layers);
    }
    let wrong = layers.iter().any(Layer::is_wrong);
    Ok(if wrong { ExitStatus::Problems } else { ExitStatus::Success })
}

/// How each hook stands.
pub(super) fn layers(here: &Here) -> Result<Vec<Layer>, Error> {
    let configured = config::configured(here)?;
    let version = here.git.version().map_err(git_error)?;
    let too_old = (version < Version::CONFIG_HOOKS).then(|| version.to_string());
    let mut programs = Programs { here, known: BTreeMap::new() };
    let mut layers = Vec::new();
    for event in Event::ALL {
        let site = files::site(here, &here.folder, event)?;
        let listed = |disabled: bool| {
            let lists = || here.git.listed_hooks(event.name()).unwrap_or_default();
            !disabled && too_old.is_none() && lists().contains(&event.config_name())
        };
        let configured = configured
            .iter()
            .find(|one| one.event == event)
            .map(|one| Configured { listed: listed(one.disabled), too_old: too_old.clone() });
        let facts = Facts {
            folder: here.shown(&here.folder),
            passed_over: passed_over(here, event)?,
            configured,
            managers: files::managers(here, event),
            husky: husky(here, event),
            program: programs.found_by(&site),
            site,
        };
        layers.push(Layer::of(&facts));
    }
    Ok(layers)
}

fn passed_over(here: &Here, event: Event) -> Result<Option<(String, Found)>, Error> {
    if here.own_folder == here.folder {
        return Ok(None);
    }
    let site = files::site(here, &here.own_folder, event)?;
    Ok(Some((here.shown(&here.own_folder), site.hook)))
}

/// The file that husky runs for an event, where it runs onehead.
fn husky(here: &Here, event: Event) -> Option<String> {
    let path = here.folder.parent()?.join(event.name());
    let calls = fs::read(&path).is_ok_and(|bytes| calls_onehead(&bytes, event));
    calls.then(|| here.shown(&path))
}

/// The programs that scripts of ours would find, each asked once.
struct Programs<'a> {
    here: &'a Here,
    known: BTreeMap<Option<String>, Option<Program>>,
}

impl Programs<'_> {
    fn found_by(&mut self, site: &Site) -> Option<Program> {
        let own = |found: &Found| match found {
            Found::Own { own, .. } => Some(own.script.program.clone()),
            _ => None,
        };
        let recorded = own(&site.hook).or_else(|| own(&site.legacy))?;
        let here = self.here;
        self.known
            .entry(recorded.clone())
            .or_insert_with(|| search(here, recorded.as_deref()))
            .clone()
    }
}

/// The first that a script would find, asked for its version; in the order in which the script looks.
fn search(here: &Here, recorded: Option<&str>) -> Option<Program> {
    let in_path = |name: &Path| {
        let folders = here.process.search_path.iter();
        folders.map(|folder| program(folder, name)).find(|path| write::is_executable(path))
    };
    let chosen = settings::chosen_program().and_then(|name| {
        let bare = name.parent().is_some_and(|folder| folder.as_os_str().is_empty());
        let path = here.top.join(&name);
        if bare { in_path(&name) } else { Some(path).filter(|path| write::is_executable(path)) }
    });
    let recorded = recorded.map(PathBuf::from).filter(|path| write::is_executable(path));
    // `uv run` would look there; asking it could make an environment.
    let with_uv = || {
        in_path(Path::new("uv"))?;
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        let program = program(&here.top.join(".venv").join(folder), Path::new("onehead"));
        Some(program).filter(|path| write::is_executable(path))
    };
    let found = chosen.or(recorded).or_else(|| in_path(Path::new("onehead"))).or_else(with_uv)?;
    let words = vec![found.to_str()?.to_owned(), "--version".to_owned()];
    let ran = runner::run(&UserCommand::Direct(words), &here.top, PATIENCE, &mut |_| {});
    let version = ran.tail.trim().strip_prefix("onehead ")?.to_owned();
    (ran.outcome == Outcome::Succeeded)
        .then(|| Program { path: found.display().to_string(), version })
}

/// The file of a program in a folder.
fn program(folder: &Path, name: &Path) -> PathBuf {
    let path = folder.join(name);
    if cfg!(windows) { path.with_extension("exe") } else { path }
}

fn word(state: State) -> &'static str {
    match state {
        State::Runs => "runs",
        State::Configured => "configured",
        State::Broken => "broken",
        State::Missing => "missing",
    }
}

/// One line, and below it what is odd.
fn text(layer: &Layer) -> String {
    let mut parts: Vec<String> = layer.path.iter().cloned().collect();
    match layer.by {
        None | Some("file") => {}
        Some("config") => parts.push("in git's configuration".to_owned()),
        Some("script") => parts.push("a hook that runs onehead".to_owned()),
        Some(manager) => parts.push(format!("through {manager}")),
    }
    if let Some(program) = &layer.program {
        parts.push(format!("{} {}", program.path, program.version));
    }
    if layer.state == State::Missing && layer.event.is_advice() {
        parts.push("(optional)".to_owned());
    }
    let first =
        format!("{:<16}  {:<10}  {}", layer.event.name(), word(layer.state), parts.join(", "));
    let notes = layer.notes.iter().map(|note| format!("{:<30}{note}", ""));
    let lines = std::iter::once(first.trim_end().to_owned()).chain(notes);
    lines.flat_map(|line| [sanitize(&line).into_owned(), "\n".to_owned()]).collect()
}

fn summary(here: &Here, layers: &[Layer]) {
    let blocking: Vec<_> = layers.iter().filter(|layer| !layer.event.is_advice()).collect();
    let good = blocking.iter().filter(|layer| !layer.is_wrong()).count();
    let all = blocking.len();
    if let Some(path) = here.hooks_path.as_ref() {
        let (value, scope) = (&path.value, &path.scope);
        here.say(&format!("core.hooksPath is {value} ({scope}, {})", path.origin));
    }
    // What has a note has its remedy in it.
    let mut unsaid = blocking.iter().filter(|layer| layer.is_wrong() && layer.notes.is_empty());
    let next = if unsaid.next().is_some() { "; run `onehead hook install`" } else { "" };
    here.say(&format!("{good} of {all} hooks that block are in place{next}"));
}

fn document(here: &Here, layer: &Layer) -> json::hooks::State {
    let in_json = |path: &String| match layer.by {
        Some("config") => path.clone(),
        _ => here.in_json(&fs::normalize(&here.process.directory.join(path))),
    };
    json::hooks::State {
        event: layer.event.name(),
        blocks: !layer.event.is_advice(),
        state: word(layer.state),
        by: layer.by,
        path: layer.path.as_ref().map(in_json),
        script_version: layer.version,
        program: layer.program.as_ref().map(|program| program.path.clone()),
        program_version: layer.program.as_ref().map(|program| program.version.clone()),
        notes: layer.notes.clone(),
    }
}
