//! What another commit has of the same problems, so that only new ones block.

use super::project::Project;
use crate::check::{self, Facts, Scope as Looked};
use crate::cli::CheckArgs;
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
    mark(project, args, report, &name, &compared)
}

/// Marks the findings that one of these commits has too, which are called `name`.
///
/// # Errors
/// When git cannot give one of them.
pub(super) fn mark(
    project: &Project,
    args: &CheckArgs,
    report: &mut Report,
    name: &str,
    commits: &[ObjectId],
) -> Result<(), Error> {
    for commit in commits {
        if report.findings().any(|finding| !finding.old) {
            let before = judge(project, args, commit)?;
            novelty::mark(&mut report.environments, name, &before);
        }
    }
    Ok(())
}

/// What the rules say of a commit by itself. Nothing where it has no environment yet, or a configuration of which nothing
/// can be made: what was wrong with it cannot excuse anything.
fn judge(
    project: &Project,
    args: &CheckArgs,
    commit: &ObjectId,
) -> Result<Vec<EnvironmentReport>, Error> {
    let Some(there) = project.at_commit(commit)? else { return Ok(Vec::new()) };
    let settings = settings::rule_settings(args, &there.config, &there.discovery.environments)?;
    let scripts = there.all_scripts(Depth::Whole);
    let histories = there.histories(&scripts);
    let judged = histories.iter().zip(&settings).map(|(history, settings)| {
        let facts = Facts::new(history.environment, history.scripts, &history.graph);
        let checked = check::judge(&facts, settings, &Looked::All);
        EnvironmentReport {
            facts: history.facts(),
            findings: checked.findings,
            uncertain: checked.uncertain,
        }
    });
    Ok(judged.collect())
}
