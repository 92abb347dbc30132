//! Writing: whole files beside their targets, renames that overwrite nothing unknown, and locks.
//!
//! Each function does one step and flushes what it did; none decides whether it should be done, and none but [`lock`]
//! retries.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::reason;

/// What could not be written, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// The operating system's reason, in lower case and without its number.
    pub reason: String,
    /// The reasons that are told apart.
    pub cause: Cause,
}

/// Why something could not be written, as far as it is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is something of that name already.
    Exists,
    /// The file system is full, or the user's share or the largest size of a file is used up.
    Full,
    /// The file system, the folder or the file is not to be written.
    ReadOnly,
    /// Anything else.
    Other,
}

impl WriteError {
    pub(super) fn new(path: &Path, error: &io::Error) -> Self {
        let cause = match error.kind() {
            io::ErrorKind::AlreadyExists => Cause::Exists,
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Cause::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Cause::ReadOnly,
            _ => Cause::Other,
        };
        Self { path: path.to_path_buf(), reason: reason(error), cause }
    }
}

/// What a path itself is; a symbolic link is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// Whether nobody may write it.
    pub is_read_only: bool,
}

/// What stands at a path; `None` where nothing does.
pub fn entry(path: &Path) -> Option<Entry> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let kind = metadata.file_type();
    let is_read_only = metadata.permissions().readonly();
    Some(Entry { is_file: kind.is_file(), is_directory: kind.is_dir(), is_read_only })
}

/// Makes a file that is not there yet, with its content flushed to the disk, and with the permissions (and the owner,
/// where that is allowed) of the file `like`.
///
/// Fails where the name is taken or the content does not fit; no part of the file is left then.
pub fn create(path: &Path, content: &[u8], like: Option<&Path>) -> Result<(), WriteError> {
    let failed = |error: io::Error| WriteError::new(path, &error);
    let mut file = File::create_new(path).map_err(failed)?;
    let written = file
        .write_all(content)
        .and_then(|()| like.map_or(Ok(()), |like| imitate(&file, like)))
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        drop(file);
        // It was made a moment ago; that it could not be written is what matters.
        let _ = fs::remove_file(path);
        failed(error)
    })
}

/// Adds to the end of a file, which is made where it is not there; not atomic, as the file is shared with others who do
/// the same.
pub fn append(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let failed = |error: io::Error| WriteError::new(path, &error);
    let mut file = File::options().create(true).append(true).open(path).map_err(failed)?;
    file.write_all(content).map_err(failed)
}

/// How many bytes a file has; none where there is no such file.
pub fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Lets everybody run a file; systems that have no such permission run every file.
pub fn make_executable(path: &Path) -> Result<(), WriteError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path, permissions).map_err(|error| WriteError::new(path, &error))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Whether a path leads to a file that may be run, symbolic links followed.
pub fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        // git asks the same question (2.47, `find_hook`).
        path.is_file() && access(path, Access::EXEC_OK).is_ok()
    }
    #[cfg(not(unix))]
    path.is_file()
}

fn imitate(file: &File, like: &Path) -> io::Result<()> {
    let metadata = fs::metadata(like)?;
    #[cfg(unix)]
    {
        use rustix::fs::{Gid, Uid, fchown};
        use std::os::unix::fs::MetadataExt as _;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (metadata.uid(), metadata.gid()) {
            // Only root may give a file away; who may not keeps it as his own.
            let (user, group) = (Uid::from_raw(metadata.uid()), Gid::from_raw(metadata.gid()));
            let _ = fchown(file, Some(user), Some(group));
        }
    }
    file.set_permissions(metadata.permissions())
}

/// Puts a file in the place of another, which is gone then.
pub fn replace(from: &Path, to: &Path) -> Result<(), WriteError> {
    fs::rename(from, to).map_err(|error| WriteError::new(to, &error))
}

/// Gives a file a name that must be free. Fails where it is not, without a moment in which another could lose a file:
/// the system refuses itself where it can, else a second name of the file is made, which never overwrites.
pub fn move_to_free(from: &Path, to: &Path) -> Result<(), WriteError> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::EXIST) => {
                return Err(WriteError::new(to, &io::ErrorKind::AlreadyExists.into()));
            }
            // The file system does not know how, or the reason will be the same for the link.
            Err(_) => {}
        }
    }
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from).map_err(|error| WriteError::new(from, &error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(WriteError::new(to, &error))
        }
        // A file system without links: a look, then the rename.
        Err(_) if entry(to).is_some() => {
            Err(WriteError::new(to, &io::ErrorKind::AlreadyExists.into()))
        }
        Err(_) => replace(from, to),
    }
}

/// Takes a file away; that there is none is fine.
pub fn remove(path: &Path) -> Result<(), WriteError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(WriteError::new(path, &error)),
        _ => Ok(()),
    }
}

/// Makes a folder, the one above it being there; that it is there already is fine.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    match fs::create_dir(path) {
        Err(_) if path.is_dir() => Ok(()),
        other => other.map_err(|error| WriteError::new(path, &error)),
    }
}

/// Makes a folder and all above it.
pub fn make_folders(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(|error| WriteError::new(path, &error))
}

/// Takes a folder away if it is empty. Whether it was does not matter to anybody.
pub fn remove_empty_folder(path: &Path) {
    let _ = fs::remove_dir(path);
}

/// Flushes the names in a folder to the disk. Systems that cannot open a folder flush names themselves.
pub fn flush_folder(path: &Path) -> Result<(), WriteError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let flushed = File::open(path).and_then(|folder| folder.sync_all());
    match flushed {
        // File systems that have no such thing say so.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        other => other.map_err(|error| WriteError::new(path, &error)),
    }
}

/// A lock that one process holds, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The file, where nothing of it stays.
    vanishes: Option<PathBuf>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(path) = &self.vanishes {
            // As long as it is locked: whoever waits for it sees that what they opened is not there any more.
            let _ = fs::remove_file(path);
            // Others may have something in there.
            let _ = path.parent().map(fs::remove_dir);
        }
        // Said, and not left to closing: a child that is being started holds a copy of the file for a moment, and the
        // lock with it. Closing follows, and releases it where this fails.
        let _ = self.file.unlock();
    }
}

/// Locks a file, which is made where it is not there, as is its folder; `None` when another process holds it. A file
/// system that knows no locks gives one that keeps nobody out. With `vanishes` the file goes with the lock, and its
/// folder if nothing else is in it; not on Windows, where a file that is open cannot be told from another.
pub fn lock(path: &Path, vanishes: bool) -> Result<Option<Lock>, WriteError> {
    // One who held it may have taken the file away between our opening and our locking it.
    const TRIES: usize = 16;
    let failed = |error: io::Error| WriteError::new(path, &error);
    for _ in 0..TRIES {
        if let Some(folder) = path.parent() {
            make_folders(folder)?;
        }
        let file = match File::options().create(true).truncate(false).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(failed)?,
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
                return Err(failed(error));
            }
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        if is_at(&file, path) {
            let vanishes = (vanishes && cfg!(unix)).then(|| path.to_path_buf());
            return Ok(Some(Lock { file, vanishes }));
        }
    }
    Ok(None)
}

/// Whether this is the file of that name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let named = fs::metadata(path).ok().map(identity);
    named.is_some() && named == file.metadata().ok().map(identity)
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}
