//! A folder for a moment.

#![allow(clippy::disallowed_methods, reason = "writes where nothing of the user's lies")]

use std::fs;
use std::path::{Path, PathBuf};

use super::write::WriteError;

/// A new folder that only this user may enter; it is gone with this value, unless it is kept.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes a folder of this name in `parent`. Fails where there is something of that name, and where nothing can be made.
    pub fn new(parent: &Path, name: &str) -> Result<Self, WriteError> {
        let path = parent.join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&path) {
            Ok(()) => Ok(Self(path)),
            Err(error) => Err(WriteError::new(&path, &error)),
        }
    }

    /// A new file in it, for another program to write to. Fails where that name is taken or nothing can be made.
    pub fn file(&self, name: &str) -> Result<fs::File, WriteError> {
        let path = self.0.join(name);
        fs::File::create_new(&path).map_err(|error| WriteError::new(&path, &error))
    }

    /// Leaves it where it is: somebody else still reads it when this process is gone.
    pub fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.0)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if self.0.as_os_str().is_empty() {
            return;
        }
        // What cannot be removed is left to whoever keeps that place tidy.
        let _ = fs::remove_dir_all(&self.0);
    }
}
