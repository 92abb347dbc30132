//! stub
use crate::cli::{GlobalArgs, InitArgs};
use crate::error::{Error, ExitStatus};
use crate::ui::Ui;
pub(super) fn run(_global: &GlobalArgs, _args: &InitArgs, _ui: Ui) -> Result<ExitStatus, Error> {
    Ok(ExitStatus::Success)
}
