//! `onehead environments`: what was found, from where, and what was tried.

use super::project::{History, Project};
use crate::cli::{Format, GlobalArgs};
use crate::environment::{self, Scope};
use crate::error::{Error, ExitStatus};
use crate::report::{Report, json};
use crate::script::Depth;
use crate::ui::Ui;

/// Shows the environments. Finding none is an error like in every other command, but here what was tried comes first.
pub(super) fn run(global: &GlobalArgs, ui: Ui) -> Result<ExitStatus, Error> {
    let project = Project::open(global, ui, Scope::Repository)?;
    project.warn(false);
    if project.format == Format::Json {
        let scripts = project.all_scripts(Depth::Names);
        let histories = project.histories(&scripts);
        let report = Report::of_worktree(histories.iter().map(History::integrity_report).collect());
        ui.data(&json::environments(&report.environments, &project.sources(&report)));
    } else if !project.quiet {
        ui.data(&environment::describe(&project.discovery, &|path| project.shown(path)));
    }
    Ok(ExitStatus::Success)
}
