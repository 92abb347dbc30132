//! Reading files and listing folders; with [`write`], the only user of `std::fs`.
//!
//! Every error names its path. A name that is not UTF-8 and a folder that cannot be read are data, for the caller
//! to report; nothing here decides what they mean. What is written here is written in modules of its own.

#![allow(
    clippy::disallowed_methods,
    reason = "the one place that reads and writes files and folders"
)]

pub mod write;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

mod lock;
mod temporary;
mod terminal;

pub use lock::LockedCopy;
pub use temporary::TemporaryFolder;
pub use terminal::Terminal;

/// What could not be read, and the operating system's reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The file or folder.
    pub path: PathBuf,
    /// The operating system's reason, in lower case and without its number.
    pub reason: String,
    /// Whether it is simply not there.
    pub missing: bool,
}

impl ReadError {
    fn new(path: &Path, error: &io::Error) -> Self {
        Self {
            path: path.to_path_buf(),
            reason: reason(error),
            missing: matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        }
    }
}

/// The operating system's reason for an error as part of a sentence: lower case, without ` (os error 2)`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => text.to_string(),
    }
}

/// The bytes of a file.
///
/// Fails where the file is not there or cannot be read, and for a pipe, a socket or a device; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    // Opening a pipe would wait for somebody to write into it.
    if kind(path) == Some(Kind::Other) {
        let reason = "it is no regular file".to_string();
        return Err(ReadError { path: path.to_path_buf(), reason, missing: false });
    }
    fs::read(path).map_err(|error| ReadError::new(path, &error))
}

/// Why a file was not read into a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// It is larger than the limit; its size in bytes, or as far as it was read.
    TooLarge(u64),
    /// It could not be opened or read.
    Failed(ReadError),
}

/// Reads many files one after the other: into one buffer, and each by its name alone in the folder that stays open
/// from one file to the next, where the system offers that. It saves a sixth to a third of the time.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    #[cfg(unix)]
    folder: Option<(PathBuf, std::os::fd::OwnedFd)>,
}

impl Reader {
    /// The bytes of a file of at most `limit` bytes.
    ///
    /// Fails where the file cannot be read, is not there, or is larger.
    pub fn read(&mut self, path: &Path, limit: usize) -> Result<&[u8], NotRead> {
        let failed = |error: io::Error| NotRead::Failed(ReadError::new(path, &error));
        self.buffer.clear();
        let file = match self.open_by_name(path) {
            Some(file) => file,
            None => fs::File::open(path).map_err(failed)?,
        };
        // One byte more than allowed tells a file that is too large, whatever its size is said to be.
        let mut file = file.take(limit as u64 + 1);
        file.read_to_end(&mut self.buffer).map_err(failed)?;
        if self.buffer.len() <= limit {
            return Ok(&self.buffer);
        }
        let size = file.into_inner().metadata();
        Err(NotRead::TooLarge(size.map_or(self.buffer.len() as u64, |metadata| metadata.len())))
    }

    /// Opens a file by its name; `None` where that fails for whatever reason, which the whole path then tells.
    #[cfg(unix)]
    fn open_by_name(&mut self, path: &Path) -> Option<fs::File> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        use std::os::unix::ffi::OsStrExt as _;
        // Cut as text: component by component would cost as much as is saved.
        let path = path.as_os_str().as_bytes();
        let slash = memchr::memrchr(b'/', path).filter(|&slash| slash > 0)?;
        let (parent, name) = (&path[..slash], &path[slash + 1..]);
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let is_same = |folder: &PathBuf| folder.as_os_str().as_bytes() == parent;
        if !self.folder.as_ref().is_some_and(|(folder, _)| is_same(folder)) {
            let opened = openat(CWD, parent, flags | OFlags::DIRECTORY, Mode::empty()).ok()?;
            self.folder = Some((PathBuf::from(std::ffi::OsStr::from_bytes(parent)), opened));
        }
        let (_, folder) = self.folder.as_ref()?;
        openat(folder, name, flags, Mode::empty()).ok().map(fs::File::from)
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, reason = "as on systems that open files by name")]
    fn open_by_name(&mut self, _: &Path) -> Option<fs::File> {
        None
    }
}

/// What an entry of a folder is, as the folder itself tells without a look at the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name, in whatever encoding.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

/// The entries of a folder, in the order in which the operating system gives them.
///
/// One call per folder: no entry is looked at by itself. Fails where the folder cannot be listed.
pub fn list(path: &Path) -> Result<Vec<DirectoryEntry>, ReadError> {
    let failed = |error: &io::Error| ReadError::new(path, error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(kind) if kind.is_dir() => Kind::Directory,
            Ok(kind) if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        entries.push(DirectoryEntry { name: entry.file_name(), kind });
    }
    Ok(entries)
}

/// Whether a path leads to a folder, symbolic links followed.
pub fn is_directory(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a path leads to a regular file, symbolic links followed.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether a path leads to anything, symbolic links followed.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether there is something at a path that is no folder: a file, or a symbolic link, wherever it leads.
pub fn is_file_or_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|entry| !entry.is_dir())
}

/// When a file was last written, in seconds since 1970; `None` where it is not there or the system does not say.
pub fn modified(path: &Path) -> Option<i64> {
    let time = fs::metadata(path).ok()?.modified().ok()?;
    i64::try_from(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// What a path leads to, symbolic links followed; `None` where it leads nowhere.
pub fn kind(path: &Path) -> Option<Kind> {
    let kind = fs::metadata(path).ok()?.file_type();
    Some(match (kind.is_dir(), kind.is_file()) {
        (true, _) => Kind::Directory,
        (_, true) => Kind::File,
        _ => Kind::Other,
    })
}

/// The path without symbolic links, `.` and `..`. Fails where it leads nowhere.
pub fn resolve(path: &Path) -> Result<PathBuf, ReadError> {
    fs::canonicalize(path).map_err(|error| ReadError::new(path, &error))
}

/// The target of a symbolic link as it is written. Fails where `path` is no link.
pub fn link_target(path: &Path) -> Result<PathBuf, ReadError> {
    fs::read_link(path).map_err(|error| ReadError::new(path, &error))
}

/// The path without `.` and `..`, by its text alone: the file system is not asked, so a `..` after a symbolic link
/// goes where it looks as if it went.
pub fn normalize(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                let at_name = matches!(result.components().next_back(), Some(Component::Normal(_)));
                let at_root = result.has_root() && !at_name;
                if at_name {
                    result.pop();
                } else if !at_root {
                    result.push("..");
                }
            }
            other => result.push(other),
        }
    }
    result
}

/// `path` as it is shown to somebody who works in `directory`: relative to it, with `/`, and with `..` up to `root`; as
/// it is where it lies outside both. By its text alone.
pub fn shown(path: &Path, directory: &Path, root: &Path) -> String {
    let inside = |folder: &&Path| *folder == directory || folder.starts_with(root);
    let common = directory.ancestors().take_while(inside).find(|folder| path.starts_with(folder));
    let Some((common, rest)) =
        common.and_then(|common| Some((common, path.strip_prefix(common).ok()?)))
    else {
        return path.to_string_lossy().into_owned();
    };
    let up = directory.strip_prefix(common).map_or(0, |below| below.components().count());
    let names = rest.components().map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<_> = std::iter::repeat_n("..".into(), up).chain(names).collect();
    if parts.is_empty() { ".".to_string() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_normalize(path: &str, expected: &str) {
        assert_eq!(normalize(Path::new(path)), Path::new(expected));
    }

    #[test]
    fn dots_go_away() {
        check_normalize("/a/./b/../c", "/a/c");
    }

    #[test]
    fn nothing_is_above_the_root() {
        check_normalize("/../../a", "/a");
    }

    #[test]
    fn a_relative_path_may_lead_upward() {
        check_normalize("a/../../b", "../b");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(error.path, Path::new("/nowhere/at/all"));
        assert_eq!(error.reason, "no such file or directory");
        assert!(error.missing);
    }

    #[track_caller]
    fn check_shown(path: &str, directory: &str, root: &str, expected: &str) {
        assert_eq!(shown(Path::new(path), Path::new(directory), Path::new(root)), expected);
    }

    #[test]
    fn one_reader_reads_files_of_several_folders() {
        let scratch = tempfile::tempdir().unwrap();
        let mut reader = Reader::default();
        for name in ["a/x", "a/y", "b/x", "a/x"] {
            let path = scratch.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, name).unwrap();
            assert_eq!(reader.read(&path, 3), Ok(name.as_bytes()));
        }
    }

    #[test]
    fn a_reader_says_what_it_could_not_read() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("x");
        let mut reader = Reader::default();
        let Err(NotRead::Failed(error)) = reader.read(&path, 3) else { panic!("was read") };
        assert_eq!((error.path, error.missing), (path.clone(), true));
        fs::write(&path, "1234").unwrap();
        assert_eq!(reader.read(&path, 3), Err(NotRead::TooLarge(4)));
        assert_eq!(reader.read(&path, 4), Ok(b"1234".as_slice()));
    }

    #[test]
    fn shown_relative_to_the_directory() {
        check_shown("/p/a/b", "/p", "/p", "a/b");
        check_shown("/p/a/b", "/p/a", "/p", "b");
        check_shown("/p", "/p", "/p", ".");
    }

    #[test]
    fn shown_with_dots_inside_the_root() {
        check_shown("/p/a/b", "/p/c/d", "/p", "../../a/b");
        check_shown("/p", "/p/c", "/p", "..");
        check_shown("/p/ab", "/p/a", "/p", "../ab");
    }

    #[test]
    fn shown_as_it_is_outside_the_root() {
        check_shown("/q/a", "/p/c", "/p", "/q/a");
        check_shown("/p/a", "/p/c", "/p/c", "/p/a");
        check_shown("/q/c/a", "/q/c", "/p", "a");
    }

    #[cfg(unix)]
    #[test]
    fn a_backslash_is_part_of_a_name() {
        check_shown("/p/a\\b", "/p", "/p", "a\\b");
    }
}
