//! Opening a file in the user's browser.
//!
//! A browser may stay in the foreground for as long as it is open, so that it is not waited for longer than it takes to
//! see it fail; what it says goes to a file, since a pipe of ours would be held open or be closed under it. Which
//! commands there are to try is the caller's business.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{BEAT, Outcome, outcome_of};
use crate::fs;
use crate::interrupt;
use crate::settings::Browser;

/// How long a command has to fail in; one that still runs then has opened the file.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the file at `path` with the first of the browsers that can; what they say goes to `output`.
///
/// # Errors
/// When none could: why not, a phrase for each.
pub fn open(path: &Path, browsers: &[Browser], output: &File) -> Result<(), Vec<String>> {
    let mut reasons = Vec::new();
    for browser in browsers {
        let reason = match try_one(browser, path, output) {
            Outcome::Failed(ending) => ending.to_string(),
            Outcome::NotStarted(reason) => reason,
            Outcome::Succeeded | Outcome::TimedOut(_) | Outcome::Interrupted => return Ok(()),
        };
        reasons.push(format!("{}: {reason}", browser.name()));
    }
    Err(reasons)
}

fn try_one(browser: &Browser, path: &Path, output: &File) -> Outcome {
    match start(browser, path, output) {
        Ok(child) => watch(child),
        Err(error) => Outcome::NotStarted(fs::reason(&error)),
    }
}

fn start(browser: &Browser, path: &Path, output: &File) -> io::Result<Child> {
    let words = browser.command(path.as_os_str());
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    add(&mut command, arguments);
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    // Ctrl-C in the terminal is not meant for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

#[cfg(not(windows))]
fn add(command: &mut Command, arguments: &[OsString]) {
    command.args(arguments);
}

#[cfg(windows)]
fn add(command: &mut Command, arguments: &[OsString]) {
    use std::os::windows::process::CommandExt as _;
    // `start` takes the first text in quotes for the title of a window, and `cmd` reads the line itself.
    for argument in arguments {
        let mut quoted = OsString::from("\"");
        quoted.push(argument);
        quoted.push("\"");
        command.raw_arg(if argument.to_string_lossy().starts_with('/') {
            argument
        } else {
            &quoted
        });
    }
}

fn watch(mut child: Child) -> Outcome {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end && !interrupt::requested() {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(BEAT),
            Ok(Some(status)) => return outcome_of(status),
            Err(error) => return Outcome::NotStarted(fs::reason(&error)),
        }
    }
    Outcome::TimedOut(PATIENCE.as_secs())
}
