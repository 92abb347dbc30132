//! Repairs that are a change of a few lines, for the formats that can offer one with a click.
//!
//! What is offered is what `onehead rebase` and `onehead check --fix` would do, as far as that touches the one file that the
//! finding is about. Nothing is written, and where no such repair is known nothing is said.

use std::path::Path;

use super::carry_out;
use super::project::Project;
use super::rebasing::{self, Ask, Outcome};
use super::repair::Repair;
use crate::cli::CheckArgs;
use crate::diagnostic::{Diagnostic, Suggestion};
use crate::error::Error;
use crate::fix::small::{self, History};
use crate::fix::suggestion::suggestion;
use crate::fix::{Change, ContentHash};
use crate::fs;
use crate::published::{Baseline, Published};
use crate::report::Report;

/// How many suggestions are made at most: each is a repair by itself, and nobody clicks on more.
const MOST: usize = 20;

/// The report with a suggestion for each finding that has one.
///
/// Only for what lies in the working tree, and where it is known what is published: nothing else may be changed.
pub(super) fn suggest(project: &Project, args: &CheckArgs, report: &Report) -> Report {
    let mut report = report.clone();
    let choice = super::baseline::choice(project, args.baseline.as_ref());
    let has_some = report.findings().any(is_small);
    if has_some
        && project.snapshot.tree().is_none()
        && let Ok(Baseline::Read(published)) = super::baseline::read(project, &choice)
    {
        let mut left = MOST;
        for (index, environment) in report.environments.iter_mut().enumerate() {
            let small = environment.findings.iter_mut().filter(|finding| is_small(finding));
            for finding in small.take(left) {
                left -= 1;
                // A repair that cannot be made is none; the finding stands all the same.
                finding.suggestion = of(project, index, &published, finding).unwrap_or_default();
            }
        }
    }
    report
}

/// Whether the repair may be a change of a few lines.
fn is_small(finding: &Diagnostic) -> bool {
    !finding.old && matches!(finding.rule, "multiple-heads" | "stale-header")
}

fn of(
    project: &Project,
    index: usize,
    published: &Published,
    finding: &Diagnostic,
) -> Result<Option<Suggestion>, Error> {
    let Some(primary) = &finding.primary else { return Ok(None) };
    let path = &primary.place.path;
    let mut repair = Repair::open(project, index)?;
    if finding.rule == "stale-header" {
        let known = published.scripts(index, &repair.scripts);
        let flags: Vec<bool> = known.revisions.iter().map(Option::is_some).collect();
        let graph = repair.graph();
        let history = History { scripts: &repair.scripts, graph: &graph, published: Some(&flags) };
        let Some(step) = small::align_header(&history, path) else { return Ok(None) };
        drop(graph);
        repair.rewrite(&step.rewrites)?;
    } else {
        let ask = Ask { revs: &[], onto: None, new_ids: false, published: Some(published) };
        let Outcome::Moved(_) = rebasing::rebase(&mut repair, &ask)? else { return Ok(None) };
    }
    if !repair.worse().is_empty() {
        return Ok(None);
    }
    Ok(change_of(project, path, &carry_out::changes(std::slice::from_ref(&repair))))
}

/// The change as lines, where it is one of the file at `path` and keeps its name.
fn change_of(project: &Project, path: &Path, changes: &[Change]) -> Option<Suggestion> {
    let [Change::Edit { path: edited, seen, content }] = changes else { return None };
    let resolved = fs::resolve(path).ok()?;
    let old = project.snapshot.read(path).ok()?;
    if *edited != resolved || ContentHash::of(&old) != *seen {
        return None;
    }
    suggestion(std::str::from_utf8(&old).ok()?, std::str::from_utf8(content).ok()?)
}
