//! Reads and parses the files of a listing, in parallel, in order. Never fails: what cannot be read is a script with a
//! problem.

use std::path::PathBuf;
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
    let mut scripts = read_all(&listing.entries, depth, modules);
    let folders = listing.problems.into_iter();
    scripts
        .extend(folders.map(|error| broken(error.path, Problem::Unreadable(error.reason.into()))));
    scripts
}

fn read_all(entries: &[Entry], depth: Depth, modules: &dyn Modules) -> Vec<Script> {
    // How many cores there are takes several files to find out; it is asked only where it matters.
    let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let useful = entries.len() / FILES_PER_THREAD;
    let threads = if useful > 1 { useful.min(cores()) } else { 1 };
    if threads == 1 {
        let mut reader = Reader::default();
        return entries.iter().map(|entry| read(entry, depth, modules, &mut reader)).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut reader = Reader::default();
        let mut done: Vec<(usize, Vec<Script>)> = Vec::new();
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            let Some(rest) = entries.get(start..).filter(|rest| !rest.is_empty()) else {
                return done;
            };
            let chunk = &rest[..rest.len().min(CHUNK)];
            let scripts = chunk.iter().map(|entry| read(entry, depth, modules, &mut reader));
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

fn read(entry: &Entry, depth: Depth, modules: &dyn Modules, reader: &mut Reader) -> Script {
    match entry {
        Entry::File(path) => read_file(path.clone(), depth, modules, reader),
        Entry::Broken(path, problem) => broken(path.clone(), problem.clone()),
        Entry::Compiled(path) => broken(path.clone(), Problem::CompiledOnly),
    }
}

fn read_file(path: PathBuf, depth: Depth, modules: &dyn Modules, reader: &mut Reader) -> Script {
    match reader.read(&path, script::MAX_BYTES) {
        Ok(bytes) => script::parse(path, bytes, depth, modules),
        Err(NotRead::TooLarge(bytes)) => broken(path, Problem::TooLarge(bytes)),
        Err(NotRead::Failed(error)) => broken(path, Problem::Unreadable(error.reason.into())),
    }
}

fn broken(path: PathBuf, problem: Problem) -> Script {
    let mut script = Script::unread(path);
    script.problems.push(problem);
    script
}
