//! Where the report of `check` goes: to stdout, into files, and under GitHub Actions beside the text.
//!
//! Files are written first, each whole or not at all, so that whoever sees the answer on stdout has them too.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::project::Project;
use super::{saying, suggesting};
use crate::cli::{CheckArgs, Format, GlobalArgs};
use crate::error::Error;
use crate::fs::{self, write};
use crate::nearest::nearest;
use crate::report::junit::Ran;
use crate::report::sanitize::sanitize;
use crate::report::{
    Report, Sources, concise, github, gitlab, job_summary, json, junit, rdjson, sarif, text,
};
use crate::rules::RULES;
use crate::rules::settings::{Decision, RuleSettings};
use crate::settings;
use crate::ui::Ui;

/// A report with everything that its writers ask for.
pub(super) struct Outputs<'a> {
    pub(super) project: &'a Project,
    pub(super) args: &'a CheckArgs,
    pub(super) settings: &'a [RuleSettings],
    pub(super) report: &'a Report,
}

/// The names of all formats.
fn names() -> Vec<String> {
    let values = Format::value_variants().iter().filter(|format| !format.is_of_graph());
    let values = values.filter_map(Format::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

/// A file, and in what format if that was said.
fn parse(written: &Path) -> Result<(Option<Format>, PathBuf), Error> {
    let whole = || Ok((None, written.to_owned()));
    let Some((word, file)) = written.to_str().and_then(|text| text.split_once('=')) else {
        return whole();
    };
    if !word.chars().all(|c| c.is_ascii_alphanumeric()) {
        return whole();
    }
    if let Ok(format) = Format::from_str(word, false) {
        saying::no_format_of_graph(format)?;
        return Ok((Some(format), PathBuf::from(file)));
    }
    let names = names();
    let meant = nearest(word, names.iter().map(String::as_str));
    let meant = meant.map_or(String::new(), |name| format!(": did you mean `{name}`?"));
    Err(Error::Usage {
        message: format!("--output-file: there is no format `{word}`{meant}"),
        hint: "write `--output-file FORMAT=FILE`, or `./` before a name that has a `=` in it",
    })
}

/// The files, each with its format, that of stdout where none was said; and whether stdout is one of them.
fn files(args: &CheckArgs, format: Format) -> Result<(Vec<(Format, PathBuf)>, bool), Error> {
    let parsed: Result<Vec<_>, Error> = args.output_file.iter().map(|one| parse(one)).collect();
    let parsed = parsed?;
    let usage = |message: String, hint| Err(Error::Usage { message, hint });
    if parsed.iter().any(|(_, path)| path.as_os_str().is_empty()) {
        return usage("--output-file has no name".to_owned(), "write `--output-file FORMAT=FILE`");
    }
    let plain = parsed.iter().filter(|(format, _)| format.is_none()).count();
    if plain > 1 {
        return usage(
            "two files for the same answer".to_owned(),
            "say in which format each is wanted:   --output-file FORMAT=FILE",
        );
    }
    for (at, (_, path)) in parsed.iter().enumerate() {
        if parsed[..at].iter().any(|(_, other)| other == path) {
            let hint = "give each format a file of its own";
            return usage(format!("{} is named twice", path.display()), hint);
        }
    }
    let files = parsed.into_iter().map(|(own, path)| (own.unwrap_or(format), path));
    Ok((files.collect(), plain > 0))
}

/// Sees before anything is read whether what was asked for can be had.
pub(super) fn check(global: &GlobalArgs, args: &CheckArgs) -> Result<(), Error> {
    saying::no_format_of_graph(global.format)?;
    let (files, _) = files(args, global.format)?;
    let machine = global.format.is_of_check() && !global.format.is_for_people();
    if args.diff && (machine || !files.is_empty()) {
        return Err(Error::Usage {
            message: "`--diff` shows what would be changed, and no report".to_owned(),
            hint: "leave `--output-file` out, or use `--format text` or `--format json`",
        });
    }
    Ok(())
}

/// What kept `check` from working, as an annotation where those are read.
pub(super) fn annotate_error(ui: Ui, global: &GlobalArgs, error: &Error) {
    let beside = global.format.is_for_people() && !global.quiet;
    if global.format == Format::Github || (beside && settings::github_actions().is_some()) {
        ui.data(&github::failure(&error.to_string(), error.hint().as_deref()));
    }
}

impl Outputs<'_> {
    /// Writes every output.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn write(&self) -> Result<(), Error> {
        let Self { project, args, .. } = *self;
        let (files, is_stdout_a_file) = files(args, project.format)?;
        let formats = files.iter().map(|(format, _)| *format).chain([project.format]);
        let is_suggested = formats.into_iter().any(|format| format == Format::Rdjson);
        let suggested = is_suggested.then(|| suggesting::suggest(project, args, self.report));
        let report = suggested.as_ref().unwrap_or(self.report);
        Outputs { report, ..*self }.write_to(&files, is_stdout_a_file)
    }

    fn write_to(&self, files: &[(Format, PathBuf)], is_stdout_a_file: bool) -> Result<(), Error> {
        let Self { project, report, .. } = *self;
        let sources = project.sources(report);
        for (format, path) in files {
            self.file(path, &self.rendered(*format, &sources, false))?;
        }
        let ui = project.ui;
        if project.format == Format::Json {
            if !is_stdout_a_file {
                ui.data(&self.rendered(project.format, &sources, false));
            }
            return Ok(());
        }
        if project.quiet && project.format.is_for_people() {
            ui.talk(&text::quiet(report, &sources));
            return Ok(());
        }
        let actions = settings::github_actions().filter(|_| project.format.is_for_people());
        if !is_stdout_a_file {
            let answer = self.rendered(project.format, &sources, ui.styled_stdout);
            ui.data(&if actions.is_some() { github::inert(&answer) } else { answer });
        }
        if let Some(actions) = actions {
            ui.data(&github::annotations(report, &sources));
            if let Some(path) = &actions.summary {
                self.summary(path, &sources);
            }
        }
        if !project.quiet {
            ui.talk(&text::summary(report));
        }
        Ok(())
    }

    fn rendered(&self, format: Format, sources: &Sources, styled: bool) -> String {
        let report = self.report;
        match format {
            // The last four have been refused.
            Format::Text | Format::Mermaid | Format::Dot | Format::Svg | Format::Html => {
                text::text(report, sources, styled)
            }
            Format::Concise => concise::concise(report, sources),
            Format::Json => json::check(report, sources),
            Format::Github => github::github(report, sources),
            Format::Gitlab => gitlab::gitlab(report, sources),
            Format::Sarif => sarif::sarif(report, sources),
            Format::Junit => junit::junit(report, sources, &self.ran()),
            Format::Rdjson => rdjson::rdjson(report, sources),
        }
    }

    /// Which rules were on.
    fn ran(&self) -> Ran {
        let on = |settings: &RuleSettings| {
            let is_on = |rule: &&&crate::rules::Rule| {
                matches!(settings.decide(rule), Decision::Own | Decision::Fixed(_))
            };
            RULES.iter().filter(is_on).map(|rule| rule.name).collect()
        };
        Ran { strict: self.args.strict, rules: self.settings.iter().map(on).collect() }
    }

    /// Puts a file with this content in its place at once, with the permissions of the one that is there.
    fn file(&self, written: &Path, content: &str) -> Result<(), Error> {
        let path = self.project.process.directory.join(written);
        let shown = || sanitize(&written.to_string_lossy()).into_owned();
        let failed = |reason: String| Error::Write { path: shown(), reason };
        // A link stays one: what it leads to is written.
        let path = fs::resolve(&path).unwrap_or(path);
        let there = write::entry(&path);
        if there.is_some_and(|entry| !entry.is_file) {
            return Err(failed("there is something else of that name".to_owned()));
        }
        let Some(name) = path.file_name() else { return Err(failed("it is no file".to_owned())) };
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}", settings::random_id()));
        let beside = path.with_file_name(beside);
        let like = there.is_some().then_some(path.as_path());
        write::create(&beside, content.as_bytes(), like).map_err(|error| failed(error.reason))?;
        write::replace(&beside, &path).map_err(|error| {
            // Nobody else knows of it.
            let _ = write::remove(&beside);
            failed(error.reason)
        })
    }

    /// Adds the findings to the summary of the job. Nobody asked for it in so many words, so that it fails nothing.
    fn summary(&self, path: &Path, sources: &Sources) {
        let room = job_summary::LIMIT
            .saturating_sub(usize::try_from(write::size(path)).unwrap_or(usize::MAX));
        let drawings = super::graph::forked(self.project, self.report, self.args.baseline.as_ref());
        let text = job_summary::job_summary(self.report, sources, &drawings, room);
        if let Err(error) = write::append(path, text.as_bytes()) {
            let reason = sanitize(&error.reason).into_owned();
            self.project.ui.talk(&format!("the summary of the job was not written: {reason}\n"));
        }
    }
}
