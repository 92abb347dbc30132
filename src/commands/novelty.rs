//! What another commit has of the same problems, so that only new ones block.

use super::project::{History, Project};
use crate::cli::CheckArgs;
use crate::environment::ExpectedHeads;
use crate::error::Error;
use crate::git::ObjectId;
use crate::novelty;
use crate::published;
use crate::report::{EnvironmentReport, Report};
use crate::script::Depth;
use crate::settings;

/// Marks the findings that the baseline has too, at its tip or where what is judged left it.
///
/// # Errors
/// When the baseline cannot be read: without one it is not known what is new.
pub(super) fn mark_against_baseline(
    project: &Project,
    args: &CheckArgs,
    histories: &[History<'_>],
    report: &mut Report,
) -> Result<(), Error> {
    if report.findings().next().is_none() {
        return Ok(());
    }
    let choice = super::baseline::choice(project, args.baseline.as_ref());
    let found = published::commits(&project.snapshot, &project.root, &choice)?;
    let (relation, name) = found.map_err(|reason| Error::Usage {
        message: format!("could not compare with a baseline to tell what is new: {reason}"),
        hint: "name one with `--baseline REF` (in CI: fetch-depth: 0), or leave `--new-only` out",
    })?;
    let mut compared = vec![relation.tip.clone()];
    compared.extend(relation.merge_bases.into_iter().filter(|base| *base != relation.tip));
    mark(project, args, histories, report, &name, &compared)
}

/// Marks the findings that one of these commits has too, which are called `name`.
///
/// # Errors
/// When git cannot give one of them.
pub(super) fn mark(
    project: &Project,
    args: &CheckArgs,
    histories: &[History<'_>],
    report: &mut Report,
    name: &str,
    commits: &[ObjectId],
) -> Result<(), Error> {
    let mut most: Vec<usize> = vec![0; report.environments.len()];
    for commit in commits {
        if report.findings().all(|finding| finding.old) {
            break;
        }
        let (before, heads) = judge(project, args, commit)?;
        for (most, ours) in most.iter_mut().zip(&report.environments) {
            let pairs = before.iter().zip(&heads);
            let same = pairs.filter(|(one, _)| one.facts.name == ours.facts.name);
            *most = same.fold(*most, |most, (_, heads)| most.max(*heads));
        }
        novelty::mark(&mut report.environments, name, &before);
    }
    for ((environment, history), before) in report.environments.iter_mut().zip(histories).zip(most)
    {
        let expected = match &history.environment.expected_heads {
            ExpectedHeads::Total(total) => *total,
            ExpectedHeads::PerLabel(labels) => labels.iter().map(|(_, number)| number).sum(),
        };
        let heads = novelty::certain_heads(&history.graph);
        let findings = &mut environment.findings;
        let fork = novelty::hidden_fork(findings, &heads, name, before, expected);
        findings.extend(fork);
    }
    Ok(())
}

/// What the rules say of a commit by itself, compared with the same baseline, and how many certain heads each environment
/// has. Nothing where it has no environment yet, or a configuration of which nothing can be made: what was wrong with it
/// cannot excuse anything.
fn judge(
    project: &Project,
    args: &CheckArgs,
    commit: &ObjectId,
) -> Result<(Vec<EnvironmentReport>, Vec<usize>), Error> {
    let Some(mut there) = project.at_commit(commit)? else { return Ok(Default::default()) };
    there.quiet = true;
    let settings = settings::rule_settings(args, &there.config, &there.discovery.environments)?;
    let scripts = there.all_scripts(Depth::Whole);
    let histories = there.histories(&scripts);
    let heads = histories.iter().map(|history| novelty::certain_heads(&history.graph).len());
    let heads = heads.collect();
    Ok((super::check::judge(&there, args, &settings, &histories)?.environments, heads))
}
