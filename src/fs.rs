//! Reading files and listing folders; the only user of `std::fs`.
//!
//! Every error names its path. A name that is not UTF-8 and a folder that cannot be read are data, for the caller
//! to report; nothing here decides what they mean, and nothing here writes.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

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
/// Fails where the file is not there or cannot be read; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
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

/// Replaces what `buffer` holds by the bytes of a file of at most `limit` bytes.
///
/// Fails where the file cannot be read, is not there, or is larger.
pub fn read_into(path: &Path, limit: usize, buffer: &mut Vec<u8>) -> Result<(), NotRead> {
    let failed = |error: io::Error| NotRead::Failed(ReadError::new(path, &error));
    buffer.clear();
    // One byte more than allowed tells a file that is too large, whatever its size is said to be.
    let mut file = fs::File::open(path).map_err(failed)?.take(limit as u64 + 1);
    file.read_to_end(buffer).map_err(failed)?;
    if buffer.len() > limit {
        let size = file.into_inner().metadata().map_or(buffer.len() as u64, |metadata| metadata.len());
        return Err(NotRead::TooLarge(size));
    }
    Ok(())
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

/// `path` as it is shown to somebody who works in `directory`: relative below it and with `/`, else as it is.
pub fn shown(path: &Path, directory: &Path) -> String {
    let text = match path.strip_prefix(directory) {
        Ok(rest) if rest.as_os_str().is_empty() => return ".".to_string(),
        Ok(rest) => rest.to_string_lossy().into_owned(),
        Err(_) => path.to_string_lossy().into_owned(),
    };
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
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

    #[test]
    fn shown_relative_below_the_directory() {
        assert_eq!(shown(Path::new("/p/a/b"), Path::new("/p")), "a/b");
        assert_eq!(shown(Path::new("/q/a"), Path::new("/p")), "/q/a");
        assert_eq!(shown(Path::new("/p"), Path::new("/p")), ".");
    }
}
