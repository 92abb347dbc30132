//! `onehead hook run`: what a hook does when git calls it.

use std::ffi::OsString;

use crate::cli::GlobalArgs;
use crate::commands::guard::{self, advice, commit, push};
use crate::commands::report_error;
use crate::commands::saying::no_concise;
use crate::error::{Error, ExitStatus};
use crate::hook::Event;
use crate::ui::Ui;

/// Does what the hook of `event` does with what git gives it; `offer` is whether a repair may be offered where the
/// configuration does not say.
pub(super) fn run(
    global: &GlobalArgs,
    event: Event,
    offer: bool,
    args: &[OsString],
    ui: Ui,
) -> Result<ExitStatus, Error> {
    no_concise(global.format)?;
    let result = match event {
        Event::PreCommit => commit::run(global, false, ui),
        Event::PreMergeCommit => commit::run(global, true, ui),
        Event::PrePush => push::run(global, offer, args, ui),
        Event::PostMerge | Event::PostRewrite | Event::PostCheckout => {
            advice::run(global, event, args, ui);
            Ok(ExitStatus::Success)
        }
    };
    match result {
        Err(error) if !matches!(error, Error::Interrupted) => {
            // What could not be told blocks as well, and can be skipped as well.
            report_error(ui, global.format, &error);
            ui.talk(&guard::footer_alone(event));
            Ok(ExitStatus::Failure)
        }
        other => other,
    }
}
