//! `onehead rebase`: puts unpublished revisions on top of the published head.

use super::carry_out;
use super::project::Project;
use super::rebasing::{self, Ask, Outcome, Refused};
use super::repair::Repair;
use super::saying::{self, Account};
use crate::cli::{GlobalArgs, RebaseArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fix::merge;
use crate::ui::Ui;

/// Moves what is to be moved, or says that nothing is.
pub(super) fn run(global: &GlobalArgs, args: &RebaseArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let project = Project::open(global, ui, Scope::Nearest)?;
    project.warn(false);
    if !args.diff {
        carry_out::recover(&project)?;
    }
    let published = super::baseline::published(&project, args.baseline.as_ref())?;
    let ask = Ask {
        revs: &args.revs,
        onto: args.onto.as_deref(),
        new_ids: args.new_ids,
        published: published.as_ref(),
    };
    let mut acted: Vec<(Repair<'_>, Account)> = Vec::new();
    let mut idle: Vec<Repair<'_>> = Vec::new();
    let mut refused: Vec<(Repair<'_>, Refused)> = Vec::new();
    for mut repair in meant(&project, args)? {
        match rebasing::rebase(&mut repair, &ask)? {
            Outcome::Moved(account) => acted.push((repair, account)),
            Outcome::Nothing => idle.push(repair),
            Outcome::Refused(why) => refused.push((repair, why)),
        }
    }
    // An argument means something in one environment and is unknown in the others.
    if !args.revs.is_empty() && refused.iter().any(|(_, why)| !why.is_unknown) || !acted.is_empty()
    {
        refused.retain(|(_, why)| !why.is_unknown);
    }
    if acted.len() + refused.len() > 1 {
        let meant = acted.iter().map(|(one, _)| one).chain(refused.iter().map(|(one, _)| one));
        let mut meant: Vec<&Repair<'_>> = meant.collect();
        meant.sort_by_key(|repair| repair.index);
        return Err(saying::several(&project, &meant, &args.revs));
    }
    if let Some((_, why)) = refused.pop() {
        return why.tell(&project);
    }
    let Some((repair, account)) = acted.pop() else {
        saying::nothing(&project, &idle.iter().collect::<Vec<_>>(), "nothing to rebase");
        return Ok(ExitStatus::Success);
    };
    let left = account.still_forked;
    let mut repairs = [repair];
    if args.diff {
        return saying::show_diff(&project, &repairs, &account);
    }
    let carried = carry_out::carry_out(&project, &mut repairs, false)?;
    let changes = carried.changes.clone();
    carried.finish()?;
    saying::done(&project, &repairs.iter().collect::<Vec<_>>(), &changes, &account);
    Ok(if left { ExitStatus::Problems } else { ExitStatus::Success })
}

/// The environments in which the arguments mean something; all of them where they do in none.
fn meant<'p>(project: &'p Project, args: &RebaseArgs) -> Result<Vec<Repair<'p>>, Error> {
    let indices = 0..project.discovery.environments.len();
    let mut repairs =
        indices.map(|index| Repair::open(project, index)).collect::<Result<Vec<_>, _>>()?;
    let knows = |repair: &Repair<'_>| {
        let graph = repair.graph();
        args.revs.iter().all(|rev| merge::chosen(&graph, std::slice::from_ref(rev), true).is_ok())
    };
    if repairs.len() > 1 && repairs.iter().any(knows) {
        repairs.retain(knows);
    }
    Ok(repairs)
}
