//! Running a command that the user configured: `verify-command`, `test-command`, a post-write hook.
//!
//! The only place besides [`crate::git`] that starts a process. Runs nothing that a repository brings along by itself;
//! whether a command may run at all is decided by who calls. What a command does to files is not undone here.

#![allow(clippy::disallowed_methods, reason = "the one place that runs configured commands")]

use std::io::{PipeReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::config::UserCommand;
use crate::fs;
use crate::git::LOCAL_VARIABLES;
use crate::interrupt;

pub mod browser;
pub mod pager;
pub mod post_write;

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With exit status 0.
    Succeeded,
    /// With another exit status, or by a signal.
    Failed(Ending),
    /// It took longer than this many seconds, and was ended with everything that it had started.
    TimedOut(u64),
    /// It could not be started; the reason, as part of a sentence.
    NotStarted(String),
    /// Ctrl-C or the like; it was ended with everything that it had started.
    Interrupted,
}

/// How a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its exit status.
    Status(i32),
    /// The signal that ended it; 0 where the system does not say.
    Signal(i32),
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "exit status {status}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// A command that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// The last of what it said, both streams in the order of writing; whole lines where it said much.
    pub tail: String,
}

impl Ran {
    fn not_started(reason: String) -> Self {
        Self { outcome: Outcome::NotStarted(reason), tail: String::new() }
    }
}

/// How much of the output is kept.
const TAIL: usize = 8 * 1024;

/// What a command gets to end by itself once it is told to.
const GRACE: Duration = Duration::from_secs(2);

/// How long output may still come from what the command left running in the background.
pub(crate) const AFTERMATH: Duration = Duration::from_millis(300);

/// How often is looked whether it ended, time is up, or somebody interrupts.
const BEAT: Duration = Duration::from_millis(10);

/// Runs a configured command in `folder` for at most `limit`, and gives what it says to `output` as it comes.
///
/// It has nothing on stdin, and where the system knows process groups it has one of its own, so that whatever it
/// started ends with it. An interrupt ends it as well; when the caller holds no [`interrupt::guard`], the process then
/// exits with 130 before this returns.
pub fn run(
    command: &UserCommand,
    folder: &Path,
    limit: Duration,
    output: &mut dyn FnMut(&[u8]),
) -> Ran {
    match prepared(command) {
        Some(command) => run_prepared(command, folder, limit, output),
        None => Ran::not_started("the command is empty".into()),
    }
}

/// Runs a configured command in `folder`, for as long as it takes, without the variables by which git tells its hooks
/// which repository they are in: a test suite that makes repositories of its own would otherwise write into the user's.
pub fn run_outside_git(command: &UserCommand, folder: &Path, output: &mut dyn FnMut(&[u8])) -> Ran {
    let Some(mut command) = prepared(command) else {
        return Ran::not_started("the command is empty".into());
    };
    for name in LOCAL_VARIABLES {
        command.env_remove(name);
    }
    run_prepared(command, folder, Duration::MAX, output)
}

/// The command, ready to be run; `None` where it has no words.
fn prepared(command: &UserCommand) -> Option<Command> {
    match command {
        UserCommand::Shell(text) => Some(shell(text)),
        UserCommand::Direct(words) => {
            let (program, arguments) = words.split_first()?;
            let mut command = Command::new(program);
            command.args(arguments);
            Some(command)
        }
    }
}

#[cfg(not(windows))]
fn shell(text: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", text]);
    command
}

#[cfg(windows)]
fn shell(text: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut command = Command::new("cmd");
    // As it is: `cmd` does not know the quotes that programs are given.
    command.arg("/C").raw_arg(text);
    command
}

fn run_prepared(
    mut command: Command,
    folder: &Path,
    limit: Duration,
    output: &mut dyn FnMut(&[u8]),
) -> Ran {
    let guard = interrupt::guard();
    if !fs::is_directory(folder) {
        // The system would say that the program is not there.
        return Ran::not_started(format!("the folder {} is not there", folder.display()));
    }
    let (reader, child) = match start(&mut command, folder) {
        Ok(started) => started,
        Err(error) => return Ran::not_started(fs::reason(&error)),
    };
    // It holds the other end of the pipe.
    drop(command);
    let mut running = Running { child, chunks: chunks_of(reader), tail: Tail::default() };
    let outcome = running.watch(limit, output);
    let tail = running.tail.text();
    drop(guard);
    Ran { outcome, tail }
}

fn start(command: &mut Command, folder: &Path) -> std::io::Result<(PipeReader, Child)> {
    let (reader, writer) = std::io::pipe()?;
    command.current_dir(folder).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.spawn()?;
    Ok((reader, child))
}

/// What is read from a pipe, until everybody who could write has closed it.
pub(crate) fn chunks_of(mut reader: PipeReader) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    // Not joined: something that the command left behind may hold the pipe open for ever.
    std::thread::spawn(move || {
        let mut buffer = [0; 8 * 1024];
        while let Ok(read @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A command at work.
struct Running {
    child: Child,
    chunks: Receiver<Vec<u8>>,
    tail: Tail,
}

impl Running {
    fn watch(&mut self, limit: Duration, output: &mut dyn FnMut(&[u8])) -> Outcome {
        let begin = Instant::now();
        let outcome = loop {
            self.pass_on(BEAT, output);
            match self.child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => break outcome_of(status),
                Err(error) => break Outcome::NotStarted(fs::reason(&error)),
            }
            if interrupt::requested() {
                self.end(output);
                break Outcome::Interrupted;
            }
            if begin.elapsed() >= limit {
                self.end(output);
                break Outcome::TimedOut(limit.as_secs());
            }
        };
        // Ctrl-C may reach the command before us, by whatever way.
        let outcome = if interrupt::requested() { Outcome::Interrupted } else { outcome };
        let end = Instant::now() + AFTERMATH;
        while Instant::now() < end && self.pass_on(BEAT, output) {}
        outcome
    }

    /// Waits a beat for output and passes it on; says whether more may come.
    fn pass_on(&mut self, beat: Duration, output: &mut dyn FnMut(&[u8])) -> bool {
        match self.chunks.recv_timeout(beat) {
            Ok(chunk) => {
                self.tail.add(&chunk);
                output(&chunk);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(beat.min(Duration::from_millis(2)));
                false
            }
        }
    }

    /// Asks everything that was started to end, and makes it.
    fn end(&mut self, output: &mut dyn FnMut(&[u8])) {
        if self.signal_group(false) {
            let patience = Instant::now() + GRACE;
            while Instant::now() < patience && !matches!(self.child.try_wait(), Ok(Some(_))) {
                self.pass_on(BEAT, output);
            }
            // Whatever does not listen, also among what the command started.
            self.signal_group(true);
        }
        // That it is gone already is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends the group a signal that can be ignored, or one that cannot; says whether there is a group.
    #[cfg(unix)]
    fn signal_group(&self, kill: bool) -> bool {
        use rustix::process::{Pid, Signal, kill_process_group};
        let signal = if kill { Signal::KILL } else { Signal::TERM };
        kill_process_group(Pid::from_child(&self.child), signal).is_ok()
    }

    #[cfg(not(unix))]
    fn signal_group(&self, _kill: bool) -> bool {
        false
    }
}

fn outcome_of(status: ExitStatus) -> Outcome {
    match status.code() {
        Some(0) => Outcome::Succeeded,
        Some(code) => Outcome::Failed(Ending::Status(code)),
        None => Outcome::Failed(Ending::Signal(signal_of(status))),
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or_default()
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> i32 {
    0
}

/// The end of a text that may be long.
#[derive(Debug, Default)]
struct Tail {
    bytes: Vec<u8>,
    cut: bool,
}

impl Tail {
    fn add(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
        if self.bytes.len() > 2 * TAIL {
            self.bytes.drain(..self.bytes.len() - TAIL);
            self.cut = true;
        }
    }

    fn text(&self) -> String {
        let mut bytes = self.bytes.as_slice();
        let over = bytes.len().saturating_sub(TAIL);
        if over > 0 || self.cut {
            bytes = &bytes[over..];
            let line = bytes.iter().position(|&byte| byte == b'\n');
            // One line without an end is shown from where it was cut.
            bytes = line.map_or(bytes, |end| &bytes[end + 1..]);
        }
        String::from_utf8_lossy(bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{TAIL, Tail};

    #[test]
    fn the_tail_of_little_is_all_of_it() {
        check_tail(&["a\n", "b"], "a\nb");
        check_tail(&[], "");
    }

    #[test]
    fn the_tail_of_much_begins_with_a_line() {
        let line = format!("{}\n", "x".repeat(99));
        let mut tail = Tail::default();
        for _ in 0..1000 {
            tail.add(line.as_bytes());
        }
        let text = tail.text();
        assert_eq!(text, line.repeat(text.len() / 100));
        assert!(text.len() <= TAIL && text.len() > TAIL - 100, "{}", text.len());
    }

    #[track_caller]
    fn check_tail(chunks: &[&str], expected: &str) {
        let mut tail = Tail::default();
        for chunk in chunks {
            tail.add(chunk.as_bytes());
        }
        assert_eq!(tail.text(), expected);
    }
}
