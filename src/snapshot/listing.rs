//! Which files Alembic would load, and in which order.
//!
//! The order is semantic: heads, merge tuples and history follow it. Selection is that of Alembic 1.20.1
//! (`ScriptDirectory._load_revisions`, `Script._list_py_dir`, `Script._from_path`) on a Python before 3.12, which
//! lists links to folders among the folders. Nothing is read here but folders and links, and nothing fails: what
//! cannot be listed is data.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::fs::{self, DirectoryEntry, Kind, ReadError};
use crate::script::Problem;
use crate::snapshot::Snapshot;

/// One file that Alembic would take for a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A source file, absolute, symbolic links resolved.
    File(PathBuf),
    /// Something that is named like a script and makes Alembic fail before it reads it.
    Broken(PathBuf, Problem),
    /// Under `sourceless`: a compiled file without its source.
    Compiled(PathBuf),
}

impl Entry {
    /// The path of the entry; of a broken link, the link's own.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Broken(path, _) | Self::Compiled(path) => path,
        }
    }
}

/// The files of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In load order.
    pub entries: Vec<Entry>,
    /// Folders that could not be listed. Alembic skips them without a word; we cannot tell what is in them.
    pub problems: Vec<ReadError>,
    /// Resolved paths that were met again: Alembic warns `File … loaded twice! ignoring` and skips them.
    pub repeated: Vec<PathBuf>,
}

impl Snapshot {
    /// Lists the migration files of an environment.
    ///
    /// Costs one listing per folder; only symbolic links are looked at one by one.
    pub fn listing(&self, environment: &Environment) -> Listing {
        list(self, environment)
    }
}

fn list(snapshot: &Snapshot, environment: &Environment) -> Listing {
    let mut walk = Walk {
        snapshot,
        recursive: environment.recursive,
        sourceless: environment.sourceless,
        met: Vec::new(),
        folders: BTreeSet::new(),
        may_repeat: false,
        problems: Vec::new(),
    };
    for location in &environment.version_locations {
        match snapshot.resolve(&location.path) {
            Ok(folder) => walk.location(folder),
            Err(error) if error.missing => {}
            Err(error) => walk.problems.push(error),
        }
    }
    walk.finish()
}

/// A path that was met: resolved, with what it is.
struct Met {
    path: PathBuf,
    what: What,
}

enum What {
    File,
    Special,
    /// A link that leads nowhere: the link itself, and its target as written.
    BrokenLink(PathBuf, Box<str>),
    /// A link in a tree of git's that leads out of the repository: its target as written.
    Outside(PathBuf),
    /// A link that leads in a circle: whatever its name, resolving it fails.
    Loop,
}

struct Walk<'a> {
    snapshot: &'a Snapshot,
    recursive: bool,
    sourceless: bool,
    met: Vec<Met>,
    folders: BTreeSet<PathBuf>,
    /// Without links and with no folder listed twice, no path can be met twice.
    may_repeat: bool,
    problems: Vec<ReadError>,
}

impl Walk<'_> {
    /// `os.walk` over a resolved folder, top down.
    fn location(&mut self, folder: PathBuf) {
        if let Some(tree) = self.snapshot.tree().filter(|tree| tree.conflict(&folder).is_some()) {
            let reason = tree.in_conflict();
            return self.problems.push(ReadError { path: folder, reason, missing: false });
        }
        let mut pending = vec![folder];
        while let Some(folder) = pending.pop() {
            match self.snapshot.list(&folder) {
                Ok(entries) => {
                    let below = self.folder(&folder, entries);
                    pending.extend(below.into_iter().rev().map(|name| folder.join(name)));
                }
                // `os.walk` yields nothing for what is no folder.
                Err(_) if self.snapshot.kind(&folder) != Some(Kind::Directory) => {}
                Err(error) => self.problems.push(error),
            }
            self.may_repeat |= !self.folders.insert(folder);
        }
    }

    /// Takes the files of a folder, and gives the names of the folders to go on with, sorted.
    fn folder(&mut self, folder: &Path, entries: Vec<DirectoryEntry>) -> Vec<OsString> {
        let (mut files, mut below) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry.kind {
                Kind::Directory => below.push(entry.name),
                Kind::Link if self.snapshot.is_directory(&folder.join(&entry.name)) => {}
                _ => files.push(entry),
            }
        }
        below.sort_by(|a, b| by_code_point(a, b));
        if name_of(folder).ends_with("__pycache__") {
            // Alembic goes on with what lies below, even where it is not asked to recurse.
            return below;
        }
        sort(&mut files);
        if self.sourceless && below.iter().any(|name| name == "__pycache__") {
            let stems: BTreeSet<&[u8]> = files.iter().map(|entry| stem(&entry.name)).collect();
            let cache = folder.join("__pycache__");
            let compiled = self.cached(&cache, &stems);
            for entry in &files {
                self.take(folder, entry);
            }
            for entry in &compiled {
                self.take(&cache, entry);
            }
        } else {
            for entry in &files {
                self.take(folder, entry);
            }
        }
        if self.recursive { below } else { Vec::new() }
    }

    /// What lies in `__pycache__` and has no file of the same first name beside it; sorted, where Alembic takes the
    /// file system's order.
    fn cached(&mut self, cache: &Path, stems: &BTreeSet<&[u8]>) -> Vec<DirectoryEntry> {
        match self.snapshot.list(cache) {
            Ok(mut entries) => {
                entries.retain(|entry| !stems.contains(stem(&entry.name)));
                sort(&mut entries);
                entries
            }
            Err(error) => {
                self.problems.push(error);
                Vec::new()
            }
        }
    }

    fn take(&mut self, folder: &Path, entry: &DirectoryEntry) {
        // `join` would make room twice.
        let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + entry.name.len());
        path.push(folder);
        path.push(&entry.name);
        if entry.kind != Kind::Link {
            // The name test is the same as at the end; made here it spares most of the work.
            if matches(&entry.name, self.sourceless).is_some() {
                let what = if entry.kind == Kind::File { What::File } else { What::Special };
                self.met.push(Met { path, what });
            }
            return;
        }
        self.may_repeat = true;
        if let Ok(resolved) = self.snapshot.resolve(&path) {
            let is_file = self.snapshot.is_file(&resolved);
            let what = if is_file { What::File } else { What::Special };
            self.met.push(Met { path: resolved, what });
        } else {
            let target = self.snapshot.link_target(&path).unwrap_or_default();
            if self.snapshot.tree().is_some_and(|tree| tree.is_outside(&path)) {
                self.met.push(Met { path, what: What::Outside(target) });
                return;
            }
            let text = target.to_string_lossy().into_owned().into_boxed_str();
            let (resolved, what) = match end_of_links(self.snapshot, &path) {
                Some(end) => (end, What::BrokenLink(path, text)),
                None => (path, What::Loop),
            };
            self.met.push(Met { path: resolved, what });
        }
    }

    fn finish(self) -> Listing {
        let Self { snapshot, sourceless, met, may_repeat, problems, .. } = self;
        let mut listing = Listing { problems, ..Listing::default() };
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        for Met { path, what } in met {
            if may_repeat && !seen.insert(path.clone()) {
                listing.repeated.push(path);
                continue;
            }
            listing.entries.extend(entry(snapshot, path, what, sourceless));
        }
        listing
    }
}

/// What Alembic makes of a resolved path; nothing when its name is none of a script.
fn entry(snapshot: &Snapshot, path: PathBuf, what: What, sourceless: bool) -> Option<Entry> {
    if let What::Loop = what {
        let target = snapshot.link_target(&path).unwrap_or_default();
        let target = target.to_string_lossy().into_owned().into_boxed_str();
        return Some(Entry::Broken(path, Problem::BrokenLink(target)));
    }
    let name = path.file_name()?;
    let form = matches(name, sourceless)?;
    if let What::Outside(target) = what {
        let target = target.to_string_lossy().into_owned().into_boxed_str();
        return Some(Entry::Broken(path, Problem::OutsideLink(target)));
    }
    if let What::BrokenLink(link, target) = what {
        return Some(Entry::Broken(link, Problem::BrokenLink(target)));
    }
    if let What::Special = what {
        return Some(Entry::Broken(path, Problem::NotAFile));
    }
    match form {
        Form::Source => Some(Entry::File(path)),
        Form::Crash => {
            let why = "alembic stops with `AssertionError` at a file of this name";
            Some(Entry::Broken(path, Problem::Unreadable(why.into())))
        }
        Form::Compiled | Form::Optimized => {
            let text = name.to_string_lossy().into_owned();
            let source = &text[..text.len() - 1];
            let by_source = snapshot.exists(&path.with_file_name(source));
            let compiled = path.with_file_name(format!("{source}c"));
            let by_compiled = matches!(form, Form::Optimized) && snapshot.exists(&compiled);
            (!by_source && !by_compiled).then_some(Entry::Compiled(path))
        }
    }
}

enum Form {
    Source,
    Compiled,
    Optimized,
    /// Matches, and then makes Alembic's loader stop.
    Crash,
}

/// `(?!\.\#|__init__)(.*\.py)(c|o)?$`, the ending only under `sourceless`. In Python `.` matches no newline, and `$`
/// also matches before a newline at the very end.
fn matches(name: &OsStr, sourceless: bool) -> Option<Form> {
    let name = name.as_encoded_bytes();
    if name.starts_with(b".#") || name.starts_with(b"__init__") {
        return None;
    }
    let (text, newline) = match name.strip_suffix(b"\n") {
        Some(text) => (text, true),
        None => (name, false),
    };
    let form = if text.ends_with(b".py") {
        Form::Source
    } else if sourceless && text.ends_with(b".pyc") {
        Form::Compiled
    } else if sourceless && text.ends_with(b".pyo") {
        Form::Optimized
    } else {
        return None;
    };
    if text.contains(&b'\n') {
        return None;
    }
    // `Path.suffix` is empty for a name that is nothing but an ending.
    let bare = matches!(text, b".py" | b".pyc" | b".pyo");
    Some(if newline || bare { Form::Crash } else { form })
}

/// Whether Alembic would take a file of this name for a revision's source.
pub fn is_source_name(name: &OsStr) -> bool {
    matches!(matches(name, false), Some(Form::Source))
}

fn name_of(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// The name up to its first dot.
fn stem(name: &OsStr) -> &[u8] {
    name.as_encoded_bytes().split(|&byte| byte == b'.').next().unwrap_or_default()
}

/// Where a chain of links that leads nowhere ends (`Path.resolve(strict=False)`); `None` for a circle.
fn end_of_links(snapshot: &Snapshot, path: &Path) -> Option<PathBuf> {
    let mut path = path.to_path_buf();
    // Linux gives up after forty links as well.
    for _ in 0..40 {
        let Ok(target) = snapshot.link_target(&path) else { return Some(path) };
        let folder = path.parent().unwrap_or(Path::new(""));
        path = fs::normalize(&folder.join(target));
    }
    None
}

/// Sorts entries by [`by_code_point`], and asks each name only once whether it is UTF-8.
fn sort(entries: &mut [DirectoryEntry]) {
    if entries.iter().all(|entry| entry.name.to_str().is_some()) {
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    } else {
        entries.sort_by(|a, b| by_code_point(&a.name, &b.name));
    }
}

/// Python's order of file names: by code point, where bytes that are no UTF-8 count as the lone surrogates U+DC80 to
/// U+DCFF (`os.fsdecode`).
fn by_code_point(a: &OsStr, b: &OsStr) -> Ordering {
    match (a.to_str(), b.to_str()) {
        // UTF-8 sorts by code point as it is.
        (Some(a), Some(b)) => a.cmp(b),
        _ => code_points(a).cmp(&code_points(b)),
    }
}

fn code_points(name: &OsStr) -> Vec<u32> {
    let mut points = Vec::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|&byte| 0xdc00 + u32::from(byte)));
    }
    points
}
