//! `onehead audit`: what became of the baseline's history, commit by commit.

mod place;
mod places;
mod walk;

use super::forecast::{self, Baseline};
use super::saying;
use crate::cli::{AuditArgs, Format, GlobalArgs};
use crate::error::{Error, ExitStatus};
use crate::report::audit::{self as report, Audit};
use crate::report::{Report, json};
use crate::script::Depth;
use crate::settings;
use crate::ui::Ui;

/// Looks back, and tells what there was. It is no judgement of what is there now: exit status 0.
pub(super) fn run(global: &GlobalArgs, args: &AuditArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    if args.markdown && global.format == Format::Json {
        return Err(Error::Usage {
            message: "`--markdown` and `--format json` are two answers".to_owned(),
            hint: "leave one of them out",
        });
    }
    let since = args.since.as_deref().map(forecast::since).transpose()?;
    let unknown = "nothing tells whose history is looked at";
    let baseline = forecast::open(global, args.baseline.as_ref(), unknown, ui)?;
    baseline.project.warn(false);
    let mut told = walk::walk(&baseline)?;
    if let Some(since) = since {
        told.trails.iter_mut().for_each(|trail| trail.only_since(since));
    }
    write(&baseline, args, told);
    Ok(ExitStatus::Success)
}

fn write(baseline: &Baseline, args: &AuditArgs, told: walk::Told) {
    let (project, ui) = (&baseline.project, baseline.project.ui);
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let audit = Audit {
        baseline: baseline.name.clone(),
        commit: baseline.tip.as_str().to_owned(),
        environments: histories.iter().map(super::project::History::integrity_report).collect(),
        first: told.first,
        is_shallow: told.is_shallow,
        now: settings::now() / 1_000_000,
        trails: told.trails,
        notes: told.notes,
    };
    if project.format == Format::Json {
        let report = Report::of_worktree(audit.environments.clone());
        return ui.data(&json::audit(&audit, &project.sources(&report)));
    }
    for note in report::notes(&audit) {
        project.note(&note);
    }
    if args.markdown {
        ui.data(&report::markdown(&audit));
    } else if !project.quiet {
        ui.data(&report::text(&audit));
    }
}
