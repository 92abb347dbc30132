//! `onehead check`: every problem in every environment of the repository.

use std::path::PathBuf;

use super::baseline;
use super::novelty;
use super::project::{History, Project};
use super::timing::Timing;
use crate::check::{self, Scope as Looked};
use crate::cli::{CheckArgs, Format, GlobalArgs};
use crate::diagnostic::Diagnostic;
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::published::{Baseline, BaselineChoice};
use crate::report::{EnvironmentReport, Report, concise, json, text};
use crate::rules::settings::RuleSettings;
use crate::rules::{self, Kind};
use crate::script::Depth;
use crate::settings;
use crate::ui::Ui;

/// Checks the repository and writes the report.
pub(super) fn run(global: &GlobalArgs, args: &CheckArgs, ui: Ui) -> Result<ExitStatus, Error> {
    let mut timing = Timing::start();
    let mut project = Project::open_at(global, ui, Scope::Repository, &args.snapshot)?;
    let (directory, root) = (project.process.directory.clone(), project.root.path.clone());
    let paths: Vec<PathBuf> = args.paths.iter().map(|path| directory.join(path)).collect();
    project
        .discovery
        .restrict(&project.snapshot, &paths, &|path| fs::shown(path, &directory, &root))?;
    let environments = &project.discovery.environments;
    let settings = settings::rule_settings(args, &project.config, environments)?;
    project.warn(args.strict);
    if args.fix || args.diff {
        return super::fixing::run(&project, args, &settings);
    }
    timing.step("find");
    let scripts = project.all_scripts(Depth::Whole);
    timing.step("read");
    let histories = project.histories(&scripts);
    let mut report = judge(&project, args, &settings, &histories)?;
    if args.new_only {
        novelty::mark_against_baseline(global, &project, args, &mut report)?;
    }
    timing.step("judge");
    write(&project, &report);
    timing.step("report");
    if args.verbose {
        ui.talk(&timing.text());
    }
    // The process ends here: taking a hundred thousand scripts apart would only make it last longer.
    drop(histories);
    std::mem::forget(scripts);
    Ok(status(&report, project.discovery.warnings.len(), args))
}

/// Runs the rules. What is published is asked of git only when a hygiene rule has something to say, or when the
/// answer names the baseline anyway.
pub(super) fn judge(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
    histories: &[History<'_>],
) -> Result<Report, Error> {
    let run = |scope: &dyn Fn(usize, &History<'_>) -> Looked| -> Vec<check::Checked> {
        let verdict = |(index, (history, settings)): (usize, (&History<'_>, &RuleSettings))| {
            let scope = scope(index, history);
            check::judge(history.environment, history.scripts, &history.graph, settings, &scope)
        };
        histories.iter().zip(settings).enumerate().map(verdict).collect()
    };
    let mut verdicts = run(&|_, _| Looked::All);
    let is_hygiene = |finding: &Diagnostic| {
        rules::find(finding.rule).is_some_and(|rule| rule.kind == Kind::Hygiene)
    };
    let has_hygiene = verdicts.iter().any(|verdict| verdict.findings.iter().any(is_hygiene));
    let choice = baseline::choice(project, args.baseline.as_ref());
    let is_named = matches!(choice, BaselineChoice::Named(_));
    let mut baseline = None;
    let decides = has_hygiene && !args.all;
    if decides || is_named || project.format == Format::Json {
        baseline = match baseline::read(project, &choice)? {
            Baseline::Read(published) => Some(published),
            Baseline::Absent(reason) => {
                if decides && !project.quiet {
                    project.ui.talk(&format!("not compared with a baseline: {reason}\n"));
                }
                None
            }
        };
    }
    if decides {
        verdicts = run(&|index, history| match &baseline {
            Some(published) => Looked::of(history.scripts, |script| {
                script.id().is_none_or(|id| !published.contains(index, &script.path, id))
            }),
            None => Looked::Tips,
        });
    }
    let environments = histories.iter().zip(verdicts).map(|(history, verdict)| EnvironmentReport {
        facts: history.facts(),
        findings: verdict.findings,
        uncertain: verdict.uncertain,
    });
    Ok(Report {
        environments: environments.collect(),
        snapshot: project.snapshot.label(),
        baseline: baseline.map(|published| published.name),
        mended: None,
    })
}

pub(super) fn write(project: &Project, report: &Report) {
    let sources = project.sources(report);
    let ui = project.ui;
    if project.format == Format::Json {
        return ui.data(&json::check(report, &sources));
    }
    if project.quiet {
        return ui.talk(&text::quiet(report, &sources));
    }
    match project.format {
        Format::Concise => ui.data(&concise::concise(report, &sources)),
        _ => ui.data(&text::text(report, &sources, ui.styled_stdout)),
    }
    ui.talk(&text::summary(report));
}

/// `odd` is how many warnings there were about finding the environments.
pub(super) fn status(report: &Report, odd: usize, args: &CheckArgs) -> ExitStatus {
    let counts = report.counts();
    let fails = counts.errors > 0 || (args.strict && counts.warnings + odd > 0);
    if fails && !args.exit_zero { ExitStatus::Problems } else { ExitStatus::Success }
}
