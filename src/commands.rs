//! The commands: settings in, exit status out. What they share is in `project`.

mod audit;
mod auto_merge;
mod baseline;
mod carry_out;
mod check;
mod completions;
mod environments;
mod explain;
mod fixing;
mod forecast;
mod graph;
mod guard;
mod hook;
mod init;
mod lost;
mod merge;
mod merged;
mod merging;
mod novelty;
mod opening;
mod operations;
mod outputs;
mod project;
mod reading;
mod rebase;
mod rebasing;
mod repair;
mod restoring;
mod rivals;
mod saying;
mod sides;
mod snapshot;
mod strategy;
mod suggesting;
mod timing;
mod usage;

use std::ffi::OsString;

use crate::cli::{Args, Command, Format};
use crate::error::{Error, ExitStatus};
use crate::report::json;
use crate::report::sanitize::sanitize;
use crate::settings;
use crate::ui::Ui;

/// Runs onehead with these arguments, the program's name first, and says how it ended.
///
/// # Panics
/// In debug builds when `ONEHEAD_TEST_PANIC` is set, so that a test can see how a bug of ours ends.
pub fn run(arguments: Vec<OsString>) -> ExitStatus {
    assert!(!settings::wants_panic(), "provoked by ONEHEAD_TEST_PANIC");
    let args = match usage::parse(arguments) {
        Ok(args) => args,
        Err(status) => return status,
    };
    let ui = Ui::new(args.global.color, settings::wants_no_color());
    match dispatch(&args, ui) {
        Ok(status) => status,
        Err(Error::Interrupted) => ExitStatus::Interrupted,
        Err(error) => {
            report_error(ui, args.global.format, &error);
            if let Command::Check(_) = &args.command {
                outputs::annotate_error(ui, &args.global, &error);
            }
            ExitStatus::Failure
        }
    }
}

fn dispatch(args: &Args, ui: Ui) -> Result<ExitStatus, Error> {
    match &args.command {
        Command::Check(options) => check::run(&args.global, options, ui),
        Command::Heads { .. }
        | Command::Branches { .. }
        | Command::History { .. }
        | Command::Show { .. }
        | Command::Current { .. } => reading::run(&args.global, &args.command, ui),
        Command::Operations(options) => operations::run(&args.global, options, ui),
        Command::Merge(options) => merge::run(&args.global, options, ui),
        Command::Rebase(options) => rebase::run(&args.global, options, ui),
        Command::AutoMerge(options) => auto_merge::run(&args.global, options, ui),
        Command::Graph(options) => graph::run(&args.global, options, ui),
        Command::Where(options) => lost::run(&args.global, options, ui),
        Command::Audit(options) => audit::run(&args.global, options, ui),
        Command::Forecast(options) => forecast::run(&args.global, options, ui),
        Command::Environments => environments::run(&args.global, ui),
        Command::Hook { command } => hook::run(&args.global, command, ui),
        Command::Explain { subject } => explain::run(subject, ui),
        Command::Init(options) => init::run(&args.global, options, ui),
        Command::Completions { shell } => Ok(completions::run(*shell, ui)),
    }
}

/// The error in words on stderr, or as the document that programs expect on stdout.
fn report_error(ui: Ui, format: Format, error: &Error) {
    let hint = error.hint();
    if format == Format::Json {
        return ui.data(&json::error(&error.to_string(), hint.as_deref()));
    }
    ui.talk(&format!("{}: {}\n", ui.error_word("error"), sanitize_lines(&error.to_string())));
    if let Some(hint) = hint {
        ui.talk(&format!("{}: {}\n", ui.hint_word("hint"), sanitize_lines(&hint)));
    }
}

/// Error texts have lines of their own; within one nothing of a repository may reach the terminal as it is.
fn sanitize_lines(text: &str) -> String {
    text.lines().map(sanitize).collect::<Vec<_>>().join("\n")
}
