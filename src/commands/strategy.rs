//! How several heads are made one: what was asked for, else what the configuration says, else a merge.

use super::project::{self, Project};
use crate::cli::StrategyArg;
use crate::config::Strategy;
use crate::error::Error;
use crate::git::Progress;

/// The strategy for this run.
///
/// During a `git rebase` it is `rebase` unless the option says otherwise: a merge revision in the middle of a rebase
/// would be replayed with what it merges. That is said where there are heads to join.
pub(super) fn decide(
    project: &Project,
    asked: Option<StrategyArg>,
    is_forked: bool,
) -> Result<Strategy, Error> {
    match asked {
        Some(StrategyArg::Merge) => return Ok(Strategy::Merge),
        Some(StrategyArg::Rebase) => return Ok(Strategy::Rebase),
        Some(StrategyArg::Auto) => return Ok(Strategy::Auto),
        None => {}
    }
    let configured = project.config.strategy;
    if configured != Strategy::Rebase && progress(project)? == Some(Progress::Rebase) {
        if is_forked {
            project.note(
                "a git rebase is in progress, so revisions are put on top of each other instead of merged; `--strategy merge` merges them",
            );
        }
        return Ok(Strategy::Rebase);
    }
    Ok(configured)
}

/// What git is in the middle of.
pub(super) fn progress(project: &Project) -> Result<Option<Progress>, Error> {
    if !project.root.repository {
        return Ok(None);
    }
    project.root.git().progress().map_err(project::git_error)
}
