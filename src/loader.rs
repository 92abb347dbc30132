//! Reads and parses the files of a listing, in parallel, in order. Never fails: what cannot be read is a script with a
//! problem.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::fs::{NotRead, Reader};
use crate::script::{self, Depth, Modules, Problem, Script};
use crate::snapshot::{Entry, Listing};

/// Below so many files a second thread costs more than it saves.
const FILES_PER_THREAD: usize = 150;

/// How many files a thread takes at a time.
const CHUNK: usize = 64;

/// The scripts of `listing`, in its order; a folder that could not be listed is a script that could not be read.
pub fn load(listing: Listing, depth: Depth, modules: &dyn Modules) -> Vec<Script> {
    let work = Work { depth, modules, before: None, fingerprints: false };
    work.load(listing).into_iter().map(|(script, _)| script).collect()
}

/// Scripts with a fingerprint of the bytes of each, so that reading them again costs no parsing where nothing changed.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// In load order.
    pub scripts: Vec<Script>,
    fingerprints: Vec<u64>,
}

impl Loaded {
    /// Whether `bytes` are what was read from the file at `path`. A file that was not read is not known.
    pub fn is_current(&self, path: &Path, bytes: &[u8]) -> bool {
        let position = self.scripts.iter().position(|script| script.path == path);
        let known = position.and_then(|at| self.fingerprints.get(at));
        known.is_none_or(|&known| known == fingerprint(bytes))
    }
}

/// As [`load`], ready to be compared with; a file that is the same as it was `before` is not parsed again.
pub fn reload(
    listing: Listing,
    depth: Depth,
    modules: &dyn Modules,
    before: Option<&Loaded>,
) -> Loaded {
    let known: BTreeMap<&Path, (u64, &Script)> = before
        .iter()
        .flat_map(|before| before.scripts.iter().zip(&before.fingerprints))
        .map(|(script, &fingerprint)| (script.path.as_path(), (fingerprint, script)))
        .collect();
    let work = Work { depth, modules, before: Some(&known), fingerprints: true };
    let (scripts, fingerprints) = work.load(listing).into_iter().unzip();
    Loaded { scripts, fingerprints }
}

/// A script and the fingerprint of its bytes; 0 where that is not wanted or there are none.
type Read = (Script, u64);

#[derive(Clone, Copy)]
struct Work<'a> {
    depth: Depth,
    modules: &'a dyn Modules,
    before: Option<&'a BTreeMap<&'a Path, (u64, &'a Script)>>,
    fingerprints: bool,
}

impl Work<'_> {
    fn load(self, listing: Listing) -> Vec<Read> {
        let mut scripts = self.read_all(&listing.entries);
        let folders = listing.problems.into_iter();
        scripts.extend(
            folders.map(|error| (broken(error.path, Problem::Unreadable(error.reason.into())), 0)),
        );
        scripts
    }

    fn read_all(self, entries: &[Entry]) -> Vec<Read> {
        // How many cores there are takes several files to find out; it is asked only where it matters.
        let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let useful = entries.len() / FILES_PER_THREAD;
        let threads = if useful > 1 { useful.min(cores()) } else { 1 };
        if threads == 1 {
            let mut reader = Reader::default();
            return entries.iter().map(|entry| self.read(entry, &mut reader)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut reader = Reader::default();
            let mut done: Vec<(usize, Vec<Read>)> = Vec::new();
            loop {
                let start = next.fetch_add(CHUNK, Ordering::Relaxed);
                let Some(rest) = entries.get(start..).filter(|rest| !rest.is_empty()) else {
                    return done;
                };
                let chunk = &rest[..rest.len().min(CHUNK)];
                let scripts = chunk.iter().map(|entry| self.read(entry, &mut reader));
                done.push((start, scripts.collect()));
            }
        };
        let mut parts = thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut parts = work();
            for other in others {
                match other.join() {
                    Ok(done) => parts.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            parts
        });
        parts.sort_unstable_by_key(|(start, _)| *start);
        parts.into_iter().flat_map(|(_, scripts)| scripts).collect()
    }

    fn read(self, entry: &Entry, reader: &mut Reader) -> Read {
        match entry {
            Entry::File(path) => self.read_file(path.clone(), reader),
            Entry::Broken(path, problem) => (broken(path.clone(), problem.clone()), 0),
            Entry::Compiled(path) => (broken(path.clone(), Problem::CompiledOnly), 0),
        }
    }

    fn read_file(self, path: PathBuf, reader: &mut Reader) -> Read {
        let bytes = match reader.read(&path, script::MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(NotRead::TooLarge(bytes)) => return (broken(path, Problem::TooLarge(bytes)), 0),
            Err(NotRead::Failed(error)) => {
                return (broken(path, Problem::Unreadable(error.reason.into())), 0);
            }
        };
        let fingerprint = if self.fingerprints { fingerprint(bytes) } else { 0 };
        let known = self.before.and_then(|before| before.get(path.as_path()));
        let script = match known {
            Some((before, script)) if *before == fingerprint => (*script).clone(),
            _ => script::parse(path, bytes, self.depth, self.modules),
        };
        (script, fingerprint)
    }
}

/// Never 0.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish().max(1)
}

fn broken(path: PathBuf, problem: Problem) -> Script {
    let mut script = Script::unread(path);
    script.problems.push(problem);
    script
}
