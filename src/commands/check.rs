//! `onehead check`: every problem in every environment of the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::baseline;
use super::merged::{self, Graphs};
use super::novelty;
use super::outputs::{self, Outputs};
use super::project::{History, Project};
use super::timing::Timing;
use crate::check::{self, Facts, Scope as Looked};
use crate::cli::{CheckArgs, Format, GlobalArgs, SnapshotArgs};
use crate::diagnostic::Diagnostic;
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::published::{Baseline, BaselineChoice, PublishedScripts};
use crate::report::{EnvironmentReport, Report};
use crate::revision::RevisionId;
use crate::rules::settings::{Decision, RuleSettings};
use crate::rules::words::quoted;
use crate::rules::{self, Kind, Merge, RULES};
use crate::script::{Depth, Script};
use crate::settings;
use crate::shell::word;
use crate::snapshot::Snapshot;
use crate::ui::Ui;

/// Checks the repository and writes the report.
pub(super) fn run(global: &GlobalArgs, args: &CheckArgs, ui: Ui) -> Result<ExitStatus, Error> {
    let mut timing = Timing::start();
    outputs::check(global, args)?;
    let mut project = Project::open_at(global, ui, Scope::Repository, &args.snapshot)?;
    let (directory, root) = (project.process.directory.clone(), project.root.path.clone());
    let paths: Vec<PathBuf> = args.paths.iter().map(|path| directory.join(path)).collect();
    project
        .discovery
        .restrict(&project.snapshot, &paths, &|path| fs::shown(path, &directory, &root))?;
    let environments = &project.discovery.environments;
    let settings = settings::rule_settings(args, &project.config, environments)?;
    project.warn(args.strict);
    if args.diff || (args.fix && project.snapshot.tree().is_none()) {
        return super::fixing::run(&project, args, &settings);
    }
    if args.fix && args.snapshot.merge_with.is_none() {
        super::snapshot::refuse_writing(&args.snapshot)?;
    }
    timing.step("find");
    let scripts = project.all_scripts(Depth::Whole);
    timing.step("read");
    let histories = project.histories(&scripts);
    let mut report = judge(&project, args, &settings, &histories)?;
    if args.new_only {
        novelty::mark_against_baseline(&project, args, &histories, &mut report)?;
    }
    timing.step("judge");
    if args.fix && report.findings().next().is_some() {
        return fix_merge(&project, args, &settings, &histories, &report);
    }
    write(&project, args, &settings, &report)?;
    timing.step("report");
    if args.verbose {
        ui.talk(&timing.text());
    }
    // The process ends here: taking a hundred thousand scripts apart would only make it last longer.
    drop(histories);
    std::mem::forget(scripts);
    Ok(status(&report, project.discovery.warnings.len(), args))
}

/// Mends what a merge would bring, where the working tree has both sides already: while it has only ours, whatever is
/// written would follow a revision that is not there.
fn fix_merge(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
    histories: &[History<'_>],
    report: &Report,
) -> Result<ExitStatus, Error> {
    let here = project.at(Snapshot::Worktree)?;
    let scripts = here.all_scripts(Depth::Names);
    let ids: BTreeSet<&RevisionId> = scripts.iter().flatten().filter_map(Script::id).collect();
    let merged = histories.iter().flat_map(|history| history.scripts).filter_map(Script::id);
    let Some(absent) = merged.into_iter().find(|id| !ids.contains(*id)) else {
        let environments = &here.discovery.environments;
        let settings = settings::rule_settings(args, &here.config, environments)?;
        let args = CheckArgs { snapshot: SnapshotArgs::default(), ..args.clone() };
        return super::fixing::run(&here, &args, &settings);
    };
    write(project, args, settings, report)?;
    if project.format == Format::Json {
        return Ok(ExitStatus::Problems);
    }
    let other = word(args.snapshot.merge_with.as_deref().unwrap_or_default());
    let hint = format!(
        "bring it here first:   git merge --no-commit {other}   then:   onehead check --fix"
    );
    let sentence = format!("nothing was written: {} is not in the working tree", quoted(absent));
    Ok(project.refuse(&sentence, Some(&hint)))
}

/// Runs the rules. The baseline is read where a rule that compares with it is on, where it is named, where a hygiene
/// rule has something to say, and where the answer names it anyway.
pub(super) fn judge(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
    histories: &[History<'_>],
) -> Result<Report, Error> {
    let choice = baseline::choice(project, args.baseline.as_ref());
    let compares = settings.iter().any(compares);
    let is_named = matches!(choice, BaselineChoice::Named { .. });
    let mut baseline = None;
    if compares || is_named || project.format == Format::Json {
        baseline = Some(baseline::read(project, &choice)?);
    }
    let known = compared(project, baseline.as_ref(), histories);
    let sides = merged::sides(project)?;
    let graphs = sides.as_ref().map(|sides| Graphs::new(project, sides));
    let merge = |index| graphs.as_ref().and_then(|graphs| graphs.merge(index));
    let merges: Vec<Option<Merge<'_>>> = (0..histories.len()).map(merge).collect();
    let run = |scope: &dyn Fn(usize, &History<'_>) -> Looked| -> Vec<check::Checked> {
        let verdict = |(index, (history, settings)): (usize, (&History<'_>, &RuleSettings))| {
            let mut facts = Facts::new(history.environment, history.scripts, &history.graph);
            facts.published = known.get(index);
            facts.merge = merges.get(index).and_then(Option::as_ref);
            check::judge(&facts, settings, &scope(index, history))
        };
        histories.iter().zip(settings).enumerate().map(verdict).collect()
    };
    let mut verdicts = run(&|_, _| Looked::All);
    let is_hygiene = |finding: &Diagnostic| {
        rules::find(finding.rule).is_some_and(|rule| rule.kind == Kind::Hygiene)
    };
    let has_hygiene = verdicts.iter().any(|verdict| verdict.findings.iter().any(is_hygiene));
    let decides = has_hygiene && !args.all;
    if decides {
        if baseline.is_none() {
            baseline = Some(baseline::read(project, &choice)?);
        }
        verdicts = run(&|index, history| match &baseline {
            Some(Baseline::Read(published)) => Looked::of(history.scripts, |script| {
                script.id().is_none_or(|id| !published.contains(index, &script.path, id))
            }),
            _ => Looked::Tips,
        });
    }
    let environments = histories.iter().zip(verdicts).map(|(history, verdict)| EnvironmentReport {
        facts: history.facts(),
        findings: verdict.findings,
        uncertain: verdict.uncertain,
    });
    let environments = environments.collect();
    // Without git there is nothing to compare with, and nobody expects it.
    let missed = decides || (compares && project.root.repository);
    let baseline = baseline.and_then(|baseline| name_of(project, args, baseline, missed));
    let snapshot = project.snapshot.label();
    let mut report = Report { environments, snapshot, baseline, mended: None };
    if let Some(graphs) = &graphs {
        graphs.tell(project, histories, &mut report);
    }
    super::lost::annotate(project, histories, &mut report.environments);
    Ok(report)
}

/// What a baseline is called; that it could not be read is said where that was `missed`.
fn name_of(
    project: &Project,
    args: &CheckArgs,
    baseline: Baseline,
    missed: bool,
) -> Option<String> {
    match baseline {
        Baseline::Read(published) => Some(published.name),
        Baseline::Absent(reason) => {
            // A repair has said it already.
            if missed && !project.quiet && !args.fix && !args.diff {
                project.ui.talk(&format!("not compared with a baseline: {reason}\n"));
            }
            None
        }
    }
}

/// Whether a rule is on that compares with the baseline.
fn compares(settings: &RuleSettings) -> bool {
    let mut compare = RULES.iter().filter(|rule| rule.kind == Kind::Published);
    compare.any(|rule| matches!(settings.decide(rule), Decision::Own | Decision::Fixed(_)))
}

/// What the baseline says of each environment; nothing where there is none.
pub(super) fn compared(
    project: &Project,
    baseline: Option<&Baseline>,
    histories: &[History<'_>],
) -> Vec<PublishedScripts> {
    let Some(Baseline::Read(published)) = baseline else { return Vec::new() };
    let content = |path: &Path| project.snapshot.read(path).ok();
    let histories = histories.iter().enumerate();
    histories.map(|(index, history)| published.compared(index, history.scripts, &content)).collect()
}

/// Writes the report to where it was asked for.
pub(super) fn write(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
    report: &Report,
) -> Result<(), Error> {
    Outputs { project, args, settings, report }.write()
}

/// `odd` is how many warnings there were about finding the environments.
pub(super) fn status(report: &Report, odd: usize, args: &CheckArgs) -> ExitStatus {
    let counts = report.counts();
    let fails = counts.errors > 0 || (args.strict && counts.warnings + odd > 0);
    if fails && !args.exit_zero { ExitStatus::Problems } else { ExitStatus::Success }
}
