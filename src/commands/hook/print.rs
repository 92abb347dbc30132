//! `onehead hook print`: what to put into the configuration of a hook manager.

use crate::cli::hook::ManagerArg;
use crate::error::ExitStatus;
use crate::hook::Manager;
use crate::hook::snippet::snippet;
use crate::ui::Ui;

/// Prints it.
pub(super) fn run(manager: ManagerArg, ui: Ui) -> ExitStatus {
    let manager = match manager {
        ManagerArg::PreCommit => Manager::PreCommit,
        ManagerArg::Prek => Manager::Prek,
        ManagerArg::Lefthook => Manager::Lefthook,
        ManagerArg::Husky => Manager::Husky,
    };
    ui.data(&snippet(manager));
    ExitStatus::Success
}
