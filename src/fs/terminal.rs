//! The terminal that the process belongs to, whatever its standard streams are.
//!
//! Only opens it: what is said there is the business of [`crate::ui`].

use std::fs::{File, OpenOptions};
use std::io;

/// The two directions of a terminal.
#[derive(Debug)]
pub struct Terminal {
    /// What is typed.
    pub input: File,
    /// What is shown.
    pub output: File,
}

impl Terminal {
    /// Opens it. That the name is there proves nothing: under a process without a terminal it can be found but not
    /// opened (`ENXIO`).
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn open() -> io::Result<Self> {
        let (read, write) =
            if cfg!(windows) { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") };
        let open = |name| OpenOptions::new().read(true).write(true).open(name);
        Ok(Self { input: open(read)?, output: open(write)? })
    }
}
