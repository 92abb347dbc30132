//! `onehead hook run`: what a hook does when git calls it.

use std::ffi::OsString;

use crate::cli::GlobalArgs;
use crate::commands::saying::no_concise;
use crate::error::{Error, ExitStatus};
use crate::hook::Event;
use crate::ui::Ui;

/// Does what the hook of `event` does with what git gives it; `offer` is whether a repair may be offered where the
/// configuration does not say.
pub(super) fn run(
    global: &GlobalArgs,
    _event: Event,
    _offer: bool,
    _args: &[OsString],
    _ui: Ui,
) -> Result<ExitStatus, Error> {
    no_concise(global.format)?;
    Ok(ExitStatus::Success)
}
