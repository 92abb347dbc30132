//! `onehead auto-merge`: shows both sides of a fork, asks, mends it, verifies, and commits only its own files.

use std::path::PathBuf;

use super::carry_out::{self, Carried};
use super::fixing::{self, Means, Mended};
use super::project::Project;
use super::repair::Repair;
use super::saying;
use super::sides;
use super::strategy;
use crate::cli::{AutoMergeArgs, Format, GlobalArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fix::{Change, merge};
use crate::git::{Git, PathState, Progress};
use crate::published::Published;
use crate::rules::words::count;
use crate::ui::{Answer, Ui};

/// The question, as the scripts that it replaces asked it.
const QUESTION: &str = "Auto-merge migrations? (y/N): ";

/// Runs the flow.
pub(super) fn run(
    global: &GlobalArgs,
    args: &AutoMergeArgs,
    ui: Ui,
) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let project = Project::open(global, ui, Scope::Repository)?;
    project.warn(false);
    carry_out::recover(&project)?;
    let mut repairs = Vec::new();
    for index in 0..project.discovery.environments.len() {
        repairs.push(Repair::open(&project, index)?);
    }
    if let Some(status) = repairs.iter().find_map(saying::refuse_broken) {
        return Ok(status);
    }
    let forked: Vec<usize> = (0..repairs.len()).filter(|&at| is_forked(&repairs[at])).collect();
    if forked.is_empty() {
        return Ok(nothing(&project, &repairs));
    }
    let published = super::baseline::published(&project, args.baseline.as_ref())?;
    if !args.yes && !project.process.ci {
        for &at in &forked {
            project.ui.talk(&sides::shown(&repairs[at], published.as_ref())?);
        }
        match project.ui.ask(QUESTION) {
            Answer::Yes => {}
            Answer::No => {
                project.say("nothing was changed");
                return Ok(ExitStatus::Problems);
            }
            Answer::NoTerminal => return Ok(no_terminal(&project)),
        }
    }
    let strategy = strategy::decide(&project, args.strategy)?;
    let means = Means { strategy, published: published.as_ref() };
    let mut mended = Mended::default();
    for &at in &forked {
        fixing::heads(&mut repairs[at], means, &mut mended)?;
    }
    if repairs.iter().all(Repair::is_empty) {
        let why = mended.account.notes.join("; ");
        return Ok(project.refuse(&format!("nothing was changed: {why}"), None));
    }
    let hooks = saying::wants_hooks(&project, args.hooks);
    write(&project, args, &mut repairs, hooks, mended)
}

fn is_forked(repair: &Repair<'_>) -> bool {
    !merge::surplus(&repair.graph(), &repair.environment.expected_heads).is_empty()
}

fn nothing(project: &Project, repairs: &[Repair<'_>]) -> ExitStatus {
    if project.format == Format::Json {
        saying::document(project, repairs, &[], &saying::Account::default());
    }
    for repair in repairs {
        let facts = repair.facts();
        let heads = count(facts.heads.len(), "head");
        project.say(&format!("nothing to merge: {heads} ({})", facts.name));
    }
    ExitStatus::Success
}

fn no_terminal(project: &Project) -> ExitStatus {
    project.refuse(
        "there is no terminal to ask on, so nothing was changed",
        Some("run `onehead auto-merge --yes`, or set CI=1, to mend it without a question"),
    )
}
