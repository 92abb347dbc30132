//! `onehead check`: every problem in every environment of the repository.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::project::{History, Project};
use crate::check::{self, Scope as Looked};
use crate::cli::{CheckArgs, Format, GlobalArgs};
use crate::config::{Config, Placed};
use crate::diagnostic::Diagnostic;
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::published::{self, Baseline, BaselineChoice};
use crate::report::{EnvironmentReport, Report, concise, json, text};
use crate::rules::settings::{ALL, RuleSettings, nearest_rule};
use crate::rules::{self, Kind};
use crate::script::{self, Depth};
use crate::ui::Ui;

/// Checks the repository and writes the report.
pub(super) fn run(global: &GlobalArgs, args: &CheckArgs, ui: Ui) -> Result<ExitStatus, Error> {
    let mut timing = Timing::start();
    let mut project = Project::open(global, ui, Scope::Repository)?;
    let (directory, root) = (project.process.directory.clone(), project.root.path.clone());
    let paths: Vec<PathBuf> = args.paths.iter().map(|path| directory.join(path)).collect();
    project.discovery.restrict(&paths, &|path| fs::shown(path, &directory, &root))?;
    let settings = all_settings(&project, args)?;
    project.warn();
    timing.step("find");
    let scripts = project.all_scripts(Depth::Whole);
    timing.step("read");
    let histories = project.histories(&scripts);
    let report = judge(&project, args, &settings, &histories)?;
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

/// What the rules of each environment are told: by the arguments, else by the configuration nearest to it.
fn all_settings(project: &Project, args: &CheckArgs) -> Result<Vec<RuleSettings>, Error> {
    for (given, key) in [(&args.select, "--select"), (&args.ignore, "--ignore")] {
        for name in given.iter().flatten() {
            check_name(name, key, key == "--select")?;
        }
    }
    check_names(&project.config)?;
    let environments = project.discovery.environments.iter();
    environments.map(|environment| rule_settings(&environment.governing, args)).collect()
}

/// Checks every rule that a configuration names.
fn check_names(config: &Config) -> Result<(), Error> {
    config.select.iter().try_for_each(|name| check_name(&name.value, &name.place, true))?;
    let severities = config.rules.iter().map(|(name, _)| name);
    let mut others = config.ignore.iter().chain(severities);
    others.try_for_each(|name| check_name(&name.value, &name.place, false))
}

fn rule_settings(config: &Config, args: &CheckArgs) -> Result<RuleSettings, Error> {
    check_names(config)?;
    let or_configured = |given: &Option<Vec<String>>, configured: &[Placed<String>]| {
        let configured = || configured.iter().map(|placed| placed.value.clone()).collect();
        given.clone().unwrap_or_else(configured)
    };
    Ok(RuleSettings {
        select: or_configured(&args.select, &config.select),
        ignore: or_configured(&args.ignore, &config.ignore),
        severities: config.rules.iter().map(|(name, level)| (name.value.clone(), *level)).collect(),
    })
}

/// Whether `name` is a rule; `ALL` selects every rule, and means nothing elsewhere.
fn check_name(name: &str, place: &str, selects: bool) -> Result<(), Error> {
    if selects && name == ALL || rules::find(name).is_some() {
        return Ok(());
    }
    let nearest = nearest_rule(name).map(str::to_owned);
    Err(Error::UnknownRule { place: place.to_owned(), name: name.to_owned(), nearest })
}

/// Runs the rules. What is published is asked of git only when a hygiene rule has something to say, or when the
/// answer names the baseline anyway.
fn judge(
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
    let choice = baseline_choice(project, args);
    let is_named = matches!(choice, BaselineChoice::Named(_));
    let mut baseline = None;
    let decides = has_hygiene && !args.all;
    if decides || is_named || project.format == Format::Json {
        baseline = match published(project, &choice)? {
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
        snapshot: "worktree".to_owned(),
        baseline: baseline.map(|published| published.name),
        fixed: 0,
    })
}

fn baseline_choice(project: &Project, args: &CheckArgs) -> BaselineChoice {
    match &args.baseline {
        Some(named) => BaselineChoice::Named(vec![named.clone()]),
        None if project.config.baseline.is_empty() => BaselineChoice::Default,
        None => BaselineChoice::Named(project.config.baseline.clone()),
    }
}

fn published(project: &Project, choice: &BaselineChoice) -> Result<Baseline, Error> {
    let environments = &project.discovery.environments;
    published::read(&project.root, environments, choice, &|path, bytes| {
        let script = script::parse(path.to_owned(), bytes, Depth::Names, &script::NoModules);
        script.revision.map(|revision| revision.id)
    })
}

fn write(project: &Project, report: &Report) {
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
fn status(report: &Report, odd: usize, args: &CheckArgs) -> ExitStatus {
    let counts = report.counts();
    let fails = counts.errors > 0 || (args.strict && counts.warnings + odd > 0);
    if fails && !args.exit_zero { ExitStatus::Problems } else { ExitStatus::Success }
}

/// How long the steps took, for `check -v`.
struct Timing {
    last: Instant,
    steps: Vec<(&'static str, Duration)>,
}

#[allow(clippy::disallowed_methods, reason = "what was found does not depend on how long it took")]
impl Timing {
    fn start() -> Self {
        Self { last: Instant::now(), steps: Vec::new() }
    }

    fn step(&mut self, name: &'static str) {
        let now = Instant::now();
        self.steps.push((name, now - self.last));
        self.last = now;
    }

    fn text(&self) -> String {
        let steps = self.steps.iter();
        let parts: Vec<String> = steps
            .map(|(name, time)| format!("{name} {:.1} ms", time.as_secs_f64() * 1000.0))
            .collect();
        format!("{}\n", parts.join(", "))
    }
}
