//! `onehead hook install`: every precondition first, then one hook after the other.

use std::path::Path;

use super::files::{self, not_written};
use super::{Done, Here, config, uninstall};
use crate::cli::hook::InstallArgs;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::fs::write;
use crate::git::HooksPath;
use crate::hook::{
    self, Event, Found, Install, Manager, Place, Refusal, Script, Site, Step, snippet,
};
use crate::settings;
use crate::shell::word;
use crate::ui;

/// Installs what is asked for. Exit status 1, and nothing written, where it would not last or would not be ours to write.
pub(super) fn run(here: &Here, options: &InstallArgs) -> Result<ExitStatus, Error> {
    let events = events(options);
    if options.in_config() {
        return in_config(here, &events);
    }
    if let Some(status) = elsewhere(here, &events, options.force)? {
        return Ok(status);
    }
    let shared = is_tracked(here)?;
    let program = if shared { None } else { program(here) };
    let mut plans = Vec::new();
    for event in events {
        let site = site(here, event)?;
        let program = program.clone();
        let wanted = Script { event, program, offer: offers(here, event), chained: false };
        let plan = hook::install(&site, &wanted, options.force);
        plans.push((site, plan));
    }
    if let Some(status) = refused(here, &plans) {
        return Ok(status);
    }
    write::make_folders(&here.folder).map_err(|error| not_written(here, error))?;
    let configured = config::configured(here)?;
    let mut done = Vec::new();
    for (site, plan) in &plans {
        done.extend(carry_out(here, site, plan)?);
        // Both would run.
        if configured.iter().any(|one| one.event == site.event) {
            done.push(uninstall::from_config(here, site.event)?);
        }
    }
    if done.is_empty() {
        here.say(&format!("nothing to do: {}", present(here, &plans)));
    }
    here.tell(&done);
    for (site, plan) in &plans {
        warn(here, site, plan);
    }
    if shared && !done.is_empty() {
        let folder = here.shown(&here.folder);
        here.note(&format!(
            "git tracks {folder}: commit the hooks, with the line `{folder}/* text eol=lf` in .gitattributes, since a shell \
             stumbles over the line ends of Windows"
        ));
    }
    Ok(ExitStatus::Success)
}

/// What is there; the hook of a manager that has onehead in its configuration runs onehead.
fn site(here: &Here, event: Event) -> Result<Site, Error> {
    let mut site = files::site(here, &here.folder, event)?;
    if let Found::Foreign(theirs) = &mut site.hook
        && let Some(manager) = theirs.manager
    {
        let managers = files::managers(here, event);
        theirs.calls_onehead |= managers.iter().any(|(other, _)| *other == manager);
    }
    Ok(site)
}

fn events(options: &InstallArgs) -> Vec<Event> {
    let chosen = [
        (options.pre_commit, Event::PreCommit),
        (options.pre_merge_commit, Event::PreMergeCommit),
        (options.pre_push, Event::PrePush),
    ];
    let mut events: Vec<Event> =
        chosen.iter().filter(|(chosen, _)| *chosen).map(|(_, event)| *event).collect();
    if events.is_empty() {
        events.extend(Event::BLOCKING);
    }
    if options.advice {
        events.extend(Event::ALL.iter().filter(|event| event.is_advice()));
    }
    events
}

/// Whether the hook may offer to mend what it would stop: whoever installs it by hand will be there to answer.
fn offers(here: &Here, event: Event) -> bool {
    event == Event::PrePush && !here.process.ci && ui::is_at_terminal()
}

/// Whether the hooks lie in a folder that git tracks: what is written there is for every machine.
fn is_tracked(here: &Here) -> Result<bool, Error> {
    let Some(folder) = here.folder_in_tree() else { return Ok(false) };
    here.git.tracks_below(&folder).map_err(super::git_error)
}

/// The path under which this program is found again, with `/` also on Windows.
fn program(here: &Here) -> Option<String> {
    let path = settings::own_program(&here.process.search_path)?;
    let text = path.to_str()?;
    Some(if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() })
}

/// Why nothing would be written, as a sentence, where that is because of `core.hooksPath`.
pub(super) fn known_refusal(here: &Here) -> Result<Option<String>, Error> {
    let folder = here.shown(&here.folder);
    if let Some(path) = here.hooks_path.as_ref().filter(|path| path.is_outside()) {
        let (value, scope) = (&path.value, &path.scope);
        return Ok(Some(format!(
            "core.hooksPath is set for more than this repository: {value} ({scope})"
        )));
    }
    if fs::exists(&here.folder) && !fs::is_directory(&here.folder) {
        return Ok(Some(format!("git looks for hooks in {folder}, which is no folder")));
    }
    let shared = here.folder_in_tree().is_some_and(|folder| folder.ends_with(".husky/_"));
    Ok((shared || is_tracked(here)?)
        .then(|| format!("git takes its hooks from {folder}, which is everybody's")))
}

/// Refuses where git looks for hooks in a folder that is not this repository's own, or is everybody's.
fn elsewhere(here: &Here, events: &[Event], force: bool) -> Result<Option<ExitStatus>, Error> {
    if let Some(hooks_path) = &here.hooks_path {
        if hooks_path.is_outside() && !force {
            return Ok(Some(serves_others(here, hooks_path)));
        }
        if fs::exists(&here.folder) && !fs::is_directory(&here.folder) {
            let sentence = format!(
                "core.hooksPath is {}, which is no folder: git runs no hooks at all",
                hooks_path.value
            );
            return Ok(Some(here.refuse(&sentence, &unset(&hooks_path.scope))));
        }
    }
    in_shared_folder(here, events, force)
}

/// How the value of `core.hooksPath` with this scope ends.
fn unset(scope: &str) -> String {
    match scope {
        "command" => "unset it where it is set: -c, or GIT_CONFIG_* of the environment".to_owned(),
        _ => format!("git config --{scope} --unset-all core.hooksPath"),
    }
}

fn serves_others(here: &Here, hooks_path: &HooksPath) -> ExitStatus {
    let HooksPath { value, scope, origin } = hooks_path;
    let unset = unset(scope);
    let own = word(&here.own_folder.to_string_lossy());
    let sentence = format!(
        "core.hooksPath is set for more than this repository, so git passes over the hooks in it: {value} ({scope}, \
         {origin})"
    );
    let hint = format!(
        "one of\n  {unset}\n      ends that for every repository\n  git config --local core.hooksPath {own}\n      \
         lets this repository have hooks of its own\n  onehead hook install --force\n      \
         installs into that folder, for every repository that uses it"
    );
    here.refuse(&sentence, &hint)
}

/// Refuses to write into a folder of the working tree that git tracks, or that husky writes.
fn in_shared_folder(
    here: &Here,
    events: &[Event],
    force: bool,
) -> Result<Option<ExitStatus>, Error> {
    let Some(folder) = here.folder_in_tree() else { return Ok(None) };
    let husky = folder.ends_with(".husky/_");
    if !husky && (force || !is_tracked(here)?) {
        return Ok(None);
    }
    let folder = here.top.join(folder);
    // What husky runs lies beside its own folder.
    let theirs = if husky { folder.parent().unwrap_or(&folder) } else { &folder };
    let mut lines = Vec::new();
    for event in events {
        let path = theirs.join(event.name());
        let calls = fs::read(&path).is_ok_and(|bytes| hook::calls_onehead(&bytes, *event));
        if !calls {
            let line = snippet::line(*event);
            lines.push(format!("  {:<28}{line}", here.shown(&path)));
        }
    }
    let shown = here.shown(theirs);
    if lines.is_empty() {
        here.say(&format!("nothing to do: the hooks in {shown} run onehead"));
        here.tell(&[]);
        return Ok(Some(ExitStatus::Success));
    }
    let why = if husky { "which husky fills" } else { "which git tracks: it is everybody's" };
    let sentence = format!("git takes its hooks from {}, {why}", here.shown(&folder));
    let hint = format!(
        "add these lines to the hooks in {shown}, above what reads their input; a new one begins with `#!/bin/sh` and is \
         executable\n{}",
        lines.join("\n")
    );
    Ok(Some(here.refuse(&sentence, &hint)))
}

fn refused(here: &Here, plans: &[(Site, Install)]) -> Option<ExitStatus> {
    let mut sentences = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    for (site, plan) in plans {
        let Install::Refused(refusal) = plan else { continue };
        let event = site.event;
        let path = here.shown(&here.hook_file(event));
        let (sentence, hint) = match refusal {
            Refusal::Edited => (
                format!("{path} is a hook of onehead that was edited"),
                "`onehead hook install --force` writes it anew and keeps a copy".to_owned(),
            ),
            Refusal::Newer(version) => (
                format!("{path} was written by a later onehead (version {version} of the script)"),
                "upgrade onehead, or write it anew with `onehead hook install --force`".to_owned(),
            ),
            Refusal::TwoForeign => (
                format!("{path} is a hook of somebody else, and so is {}", here.previous(event)),
                format!(
                    "make one of the two, or add the line `{}` to the first",
                    snippet::line(event)
                ),
            ),
            Refusal::Odd => {
                (format!("{path} is no file"), "take it away, and run the command again".to_owned())
            }
        };
        sentences.push(sentence);
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    let hints = format!("nothing was written; {}", hints.join("\n"));
    (!sentences.is_empty()).then(|| here.refuse(&sentences.join("\n"), &hints))
}

fn carry_out(here: &Here, site: &Site, plan: &Install) -> Result<Option<Done>, Error> {
    let Install::Do { step, place, script } = plan else { return Ok(None) };
    let path = here.folder.join(place.file_name(site.event));
    let kept = files::put(&here.folder, *step, *place, script)
        .map_err(|error| not_written(here, error))?;
    let shown = here.shown(&path);
    let action = match step {
        Step::Create | Step::MoveAside => "wrote",
        Step::Replace | Step::ReplaceEdited => "updated",
    };
    let mut parts = vec![format!("{action} {shown}")];
    if let Some(kept) = kept {
        parts.push(format!("the edited one is kept as {}", here.shown(&kept)));
    }
    if script.chained && *place == Place::Hook {
        let previous = here.previous(site.event);
        parts.push(format!("the hook that was there runs first (now {previous})"));
    }
    Ok(Some(Done { event: site.event, action, path, sentence: parts.join("; ") }))
}

/// Where everything is that was to be installed.
fn present(here: &Here, plans: &[(Site, Install)]) -> String {
    let names: Vec<&str> = plans.iter().map(|(site, _)| site.event.name()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let names = crate::rules::words::list(names);
    format!("{names} {verb} installed ({})", here.shown(&here.folder))
}

/// What will come of the hook of somebody else.
fn warn(here: &Here, site: &Site, plan: &Install) {
    let name = site.event.name();
    if let Install::Do { step: Step::MoveAside, .. } = plan
        && let Found::Foreign(theirs) = &site.hook
    {
        if let Some(manager @ (Manager::Lefthook | Manager::Prek | Manager::PreCommit)) =
            theirs.manager
        {
            let (manager, then) = match manager {
                Manager::Lefthook => {
                    ("lefthook", "puts this one aside, and onehead does not run any more")
                }
                other => (other.name(), "runs this one before its own"),
            };
            here.note(&format!(
                "the {name} hook that was there is {manager}'s; the next `{manager} install` {then}. To have it there: \
                 onehead hook print --for {manager}"
            ));
        } else if !theirs.executable {
            here.note(&format!(
                "the {name} hook that was there is not executable, so git passed over it, and so does onehead"
            ));
        }
    }
}

/// Hooks as git's configuration has them.
fn in_config(here: &Here, events: &[Event]) -> Result<ExitStatus, Error> {
    config::demand(here)?;
    let mut edited = Vec::new();
    for event in events {
        let site = files::site(here, &here.folder, *event)?;
        if matches!(&site.hook, Found::Own { own, .. } if !own.pristine) {
            edited.push((site, Install::Refused(Refusal::Edited)));
        }
    }
    if let Some(status) = refused(here, &edited) {
        return Ok(status);
    }
    let program = program(here).unwrap_or_else(|| "onehead".to_owned());
    let configured = config::configured(here)?;
    let mut done = Vec::new();
    for event in events {
        let offer = if offers(here, *event) { " --offer" } else { "" };
        let command = format!("{} hook run {}{offer}", word(&program), event.name());
        // Both would run.
        uninstall::from_folder(here, Path::new(&here.folder), *event, &mut done)?;
        if configured.iter().any(|one| one.event == *event && one.command == command) {
            continue;
        }
        config::set(here, *event, &command)?;
        let key = format!("hook.{}", event.config_name());
        let sentence = format!("set {key} in git's configuration");
        done.push(Done { event: *event, action: "wrote", path: here.git_config(), sentence });
    }
    if done.is_empty() {
        here.say("nothing to do: git's configuration has these hooks");
    }
    here.tell(&done);
    here.note("an older git, such as editors and CI images bring along, passes over these hooks without a word");
    Ok(ExitStatus::Success)
}
