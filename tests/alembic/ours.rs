//! onehead's answers. The only place that knows how they are got: here, by running the program.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the program answered.
#[derive(Debug)]
pub struct Answer {
    /// The exit status; `None` when it was ended by a signal, or by us because it did not come to an end.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Far more than any history of these tests needs, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `onehead` with these arguments in `directory`.
pub fn onehead(directory: &Path, arguments: &[String]) -> Answer {
    let mut process = Command::new(env!("CARGO_BIN_EXE_onehead"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stdout = collect(process.stdout.take().expect("piped"));
    let stderr = collect(process.stderr.take().expect("piped"));
    let started = Instant::now();
    let status = loop {
        match process.try_wait().expect("a child can be waited for") {
            Some(status) => break status.code(),
            None if started.elapsed() > PATIENCE => {
                let _ = process.kill();
                let _ = process.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_micros(300)),
        }
    };
    Answer {
        status,
        stdout: stdout.join().expect("the reader ends"),
        stderr: stderr.join().expect("the reader ends"),
    }
}

fn collect(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
