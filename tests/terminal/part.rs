//! The parts that a child plays, and how it is started.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The variable that says where a child finds its terminal: on stdin, or nowhere.
const TERMINAL: &str = "ONEHEAD_TEST_TERMINAL";

/// The variable that names the folder of a part.
const FOLDER: &str = "ONEHEAD_TEST_FOLDER";

/// The exit status with which a part ends that was not interrupted, so that it cannot be taken for the test's own.
pub const DONE: i32 = 40;

/// A child that plays a part.
pub struct Player {
    child: Child,
    keyboard: Option<File>,
    shown: Receiver<Vec<u8>>,
    text: String,
}

fn command(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([part, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

fn pump(mut from: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let _ = sender.send(buffer[..read].to_vec());
        }
    });
    receiver
}

impl Player {
    /// On a terminal of its own; stdin is a pipe that says `y`, as a hook's stdin may.
    pub fn on_terminal(part: &str) -> Self {
        Self::on_terminal_in(part, Path::new("."))
    }

    /// The same, for a part that works in a folder.
    pub fn on_terminal_in(part: &str, folder: &Path) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let name = name.to_str().unwrap().to_owned();
        // Held until the child has it: a terminal that nobody has open reads as ended.
        let slave = File::options().read(true).write(true).open(&name).unwrap();
        let error = slave.try_clone().unwrap();
        let mut child = command(part)
            .env(TERMINAL, &name)
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(error)
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"y\ny\n").unwrap();
        drop(slave);
        let keyboard = File::from(master);
        let shown = pump(keyboard.try_clone().unwrap());
        Self { child, keyboard: Some(keyboard), shown, text: String::new() }
    }

    /// Without any terminal; stdin says `y`.
    pub fn without_terminal(part: &str) -> Self {
        Self::without_terminal_in(part, Path::new("."))
    }

    /// The same, for a part that works in a folder.
    pub fn without_terminal_in(part: &str, folder: &Path) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut child = command(part)
            .env(TERMINAL, "")
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(writer)
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"y\ny\n").unwrap();
        let shown = pump(File::from(OwnedFd::from(reader)));
        Self { child, keyboard: None, shown, text: String::new() }
    }

    /// Waits until this text is shown.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.text.contains(text) {
            assert!(Instant::now() < end, "`{text}` is not shown, but: {}", self.text);
            if let Ok(chunk) = self.shown.recv_timeout(Duration::from_millis(50)) {
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
        }
    }

    /// Types these bytes.
    pub fn type_in(&mut self, bytes: &[u8]) {
        self.keyboard.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Sends the process a signal, to it alone.
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal)
            .unwrap();
    }

    /// The exit status, and everything that was shown.
    #[track_caller]
    pub fn end(mut self) -> (Option<i32>, String) {
        let end = Instant::now() + Duration::from_secs(20);
        let status: ExitStatus = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "does not end; shown: {}", self.text);
            std::thread::sleep(Duration::from_millis(5));
        };
        while let Ok(chunk) = self.shown.recv_timeout(Duration::from_millis(50)) {
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
        (status.code(), self.text)
    }
}

/// In the child: leaves the terminal of the tests, takes the one it was given, and begins to listen for interrupts.
pub fn begin() {
    take_terminal();
    onehead::interrupt::listen();
}

/// In the child: leaves the terminal of the tests and takes the one it was given.
pub fn take_terminal() {
    rustix::process::setsid().unwrap();
    let name = std::env::var(TERMINAL).unwrap();
    if !name.is_empty() {
        let terminal = File::options().read(true).write(true).open(name).unwrap();
        // Opening it as the leader of a session may have been enough.
        let _ = rustix::process::ioctl_tiocsctty(&terminal);
    }
}

/// In the child: the folder it works in.
pub fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}
