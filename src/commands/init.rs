//! `onehead init`: says what it found, shows what it would write, asks, and writes all of it or nothing.
//!
//! Nothing is written before the last answer, and no file that is there is written anew: it is added to.

mod look;
mod propose;
mod tell;

use super::carry_out;
use super::project::Project;
use super::{hook, saying};
use crate::cli::{Format, GlobalArgs, InitArgs};
use crate::error::{Error, ExitStatus};
use crate::fix::{Change, ContentHash, diff};
use crate::fs;
use crate::init::{Action, Found, Proposal};
use crate::report::EnvironmentReport;
use crate::ui::{Answer, Ui};

/// What is known and what is proposed.
struct Plan {
    project: Project,
    environments: Vec<EnvironmentReport>,
    found: Found,
    proposals: Vec<Proposal>,
}

/// Looks, asks and writes.
///
/// # Errors
/// When there is no environment, or something cannot be read or written.
pub(super) fn run(global: &GlobalArgs, args: &InitArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let is_json = global.format == Format::Json;
    let shows = args.dry_run || is_json && !args.yes;
    let plan = propose::plan(global, ui, !shows)?;
    let project = &plan.project;
    project.warn(false);
    if !project.quiet && !is_json {
        ui.talk(&tell::report(&plan));
    }
    let wanted: Vec<&Proposal> = plan.proposals.iter().filter(|one| one.writes()).collect();
    if wanted.is_empty() {
        let by_hand = plan.proposals.iter().any(|one| matches!(one.action, Action::ByHand { .. }));
        project.say(if by_hand {
            "nothing to write: what is left is by hand"
        } else {
            "nothing to do"
        });
        return Ok(finished(&plan, &[], false));
    }
    if shows {
        if !project.quiet && !is_json {
            ui.bytes(&diff_of(project, &wanted));
        }
        finished(&plan, &wanted, false);
        return Ok(ExitStatus::Problems);
    }
    let answered = if args.yes { Ok(wanted) } else { ask(project, &wanted) };
    let chosen = match answered {
        Ok(chosen) => chosen,
        Err(status) => return Ok(status),
    };
    if chosen.is_empty() {
        project.say("nothing was written");
        return Ok(ExitStatus::Problems);
    }
    let installs = chosen.iter().any(|one| one.action == Action::Install);
    let changes = changes(project, &chosen);
    let done = carry_out::write_and(project, &changes, || {
        Ok(!installs || hook::install(global, ui)? == ExitStatus::Success)
    })?;
    if !done {
        return Ok(ExitStatus::Problems);
    }
    Ok(finished(&plan, &chosen, true))
}

/// The proposals that somebody wants, each asked about below its diff; or how the run ends where there is no terminal.
fn ask<'p>(project: &Project, wanted: &[&'p Proposal]) -> Result<Vec<&'p Proposal>, ExitStatus> {
    let mut chosen = Vec::new();
    for &proposal in wanted {
        let Some(question) = proposal.question() else { continue };
        project.ui.talk(&tell::preview(&diff_of(project, &[proposal])));
        match project.ui.ask(&question) {
            Answer::Yes => chosen.push(proposal),
            Answer::No => {}
            Answer::NoTerminal => {
                return Err(project.refuse(
                    "there is no terminal to ask on, so nothing was written",
                    Some("run `onehead init --yes` to write it without a question, or `--dry-run` to see all of it"),
                ));
            }
        }
    }
    Ok(chosen)
}

/// The files that are written.
fn changes(project: &Project, chosen: &[&Proposal]) -> Vec<Change> {
    let root = fs::resolve(&project.root.path).unwrap_or_else(|_| project.root.path.clone());
    let change = |proposal: &&Proposal| match &proposal.action {
        Action::Write { path, old: None, new, .. } => {
            Some(Change::Create { path: root.join(path), content: new.clone() })
        }
        Action::Write { path, old: Some(old), new, .. } => Some(Change::Edit {
            path: root.join(path),
            seen: ContentHash::of(old),
            content: new.clone(),
        }),
        _ => None,
    };
    chosen.iter().filter_map(change).collect()
}

/// The unified diff of what would be written, with paths as git names them.
fn diff_of(project: &Project, chosen: &[&Proposal]) -> Vec<u8> {
    let root = fs::resolve(&project.root.path).unwrap_or_else(|_| project.root.path.clone());
    let old = chosen.iter().filter_map(|one| match &one.action {
        Action::Write { old, .. } => Some(old.clone()),
        _ => None,
    });
    let with_before: Vec<_> = changes(project, chosen).into_iter().zip(old).collect();
    diff::unified(&with_before, &|path| fs::shown(path, &root, &root))
}

/// Tells how it ended.
fn finished(plan: &Plan, chosen: &[&Proposal], written: bool) -> ExitStatus {
    let project = &plan.project;
    if project.format == Format::Json {
        project.ui.data(&tell::document(plan, &changes(project, chosen), written));
    } else if written {
        project.ui.data(&tell::done(plan, &changes(project, chosen)));
        if !project.quiet {
            project.ui.talk(&tell::next(plan, chosen));
        }
    }
    ExitStatus::Success
}
