//! A lock in git's manner: the file that will replace another, made beside it under a name that must be free.
//!
//! Knows nothing of git. Whoever finds the name taken must not go on.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A file that replaces its original when it is kept, and vanishes otherwise.
#[derive(Debug)]
pub struct LockedCopy {
    original: PathBuf,
    copy: PathBuf,
}

impl LockedCopy {
    /// Makes `<original>.lock` with the bytes of the original, or leaves it out when `original` is not there.
    ///
    /// # Errors
    /// With `AlreadyExists` where somebody else holds the lock; else where the file cannot be made or read.
    pub fn of(original: &Path) -> io::Result<Self> {
        let mut name = original.as_os_str().to_owned();
        name.push(".lock");
        let copy = PathBuf::from(name);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&copy)?;
        let lock = Self { original: original.to_path_buf(), copy };
        match fs::File::open(original) {
            Ok(mut from) => {
                io::copy(&mut from, &mut file)?;
                // A shared repository gives its group the right to write.
                file.set_permissions(from.metadata()?.permissions())?;
            }
            // An empty file is no index: git wants none at all. Taking the lock away for a moment harms nobody, since
            // there is nothing yet that two could write.
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::remove_file(&lock.copy)?,
            Err(error) => return Err(error),
        }
        Ok(lock)
    }

    /// The file to change.
    pub fn path(&self) -> &Path {
        &self.copy
    }

    /// Puts the changed file in the place of the original.
    ///
    /// # Errors
    /// When it cannot be renamed; the original is as it was.
    pub fn keep(self) -> io::Result<()> {
        fs::rename(&self.copy, &self.original)
    }
}

impl Drop for LockedCopy {
    fn drop(&mut self) {
        // After `keep` it is not there any more; where it cannot be removed, git names it to the user next time.
        let _ = fs::remove_file(&self.copy);
    }
}
