//! `onehead completions`: what a shell needs to complete the command line, and the manual page.

use clap_complete::Shell;

use crate::cli::ShellArg;
use crate::error::ExitStatus;
use crate::reference;
use crate::ui::Ui;

/// Prints it.
pub(super) fn run(shell: ShellArg, ui: Ui) -> ExitStatus {
    let shell = match shell {
        ShellArg::Bash => Shell::Bash,
        ShellArg::Zsh => Shell::Zsh,
        ShellArg::Fish => Shell::Fish,
        ShellArg::PowerShell => Shell::PowerShell,
        ShellArg::Elvish => Shell::Elvish,
        ShellArg::Man => {
            ui.data(&reference::manual());
            return ExitStatus::Success;
        }
    };
    ui.bytes(&reference::completions(shell));
    ExitStatus::Success
}
