//! Showing what does not fit on the terminal, as git does: through `PAGER`, else `less`.
//!
//! Whether there is a terminal is for the caller to know. What the pager does with the text is its own business.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::interrupt;
use crate::settings::{self, Pager};

/// What `less` is told unless it has been told otherwise: go when all fits, keep colours, leave the screen as it is
/// (git 2.47, `pager.c`).
const LESS: &str = "FRX";

/// What a shell says of a command that it could not run.
const NOT_RUN: [i32; 2] = [126, 127];

/// Shows the text, and comes back when the user has seen enough; whether there was a pager to show it.
///
/// An interrupt is for the pager, which most often takes it for the end of a search.
pub fn show(pager: &Pager, text: &str) -> bool {
    let mut command = match pager {
        Pager::None => return false,
        Pager::Default => Command::new("less"),
        Pager::Configured(line) => {
            let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
            let mut command = Command::new(shell);
            command.arg(option).arg(line);
            command
        }
    };
    if !settings::has_less_options() {
        command.env("LESS", LESS);
    }
    let _guard = interrupt::guard();
    let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who has seen enough closes it.
        let _ = input.write_all(text.as_bytes());
    }
    let ended = child.wait();
    !ended.is_ok_and(|status| status.code().is_some_and(|code| NOT_RUN.contains(&code)))
}
