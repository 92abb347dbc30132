//! Reads and parses the files of a listing, in parallel, in order. Never fails: what cannot be read is a script with a
//! problem.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::fs::{NotRead, Reader};
use crate::git::ObjectId;
use crate::script::{self, Depth, Modules, Problem, Script, Sides};
use crate::snapshot::{Conflict, Entry, Listing, Snapshot, Tree};

/// Below so many files a second thread costs more than it saves.
const FILES_PER_THREAD: usize = 150;

/// How many files a thread takes at a time.
const CHUNK: usize = 64;

/// The scripts of `listing`, in its order; a folder that could not be listed is a script that could not be read.
pub fn load(
    snapshot: &Snapshot,
    listing: Listing,
    depth: Depth,
    modules: &dyn Modules,
) -> Vec<Script> {
    let work = Work { snapshot, depth, modules, before: None, fingerprints: false };
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
    snapshot: &Snapshot,
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
    let work = Work { snapshot, depth, modules, before: Some(&known), fingerprints: true };
    let (scripts, fingerprints) = work.load(listing).into_iter().unzip();
    Loaded { scripts, fingerprints }
}

/// A script and the fingerprint of its bytes; 0 where that is not wanted or there are none.
type Read = (Script, u64);

#[derive(Clone, Copy)]
struct Work<'a> {
    snapshot: &'a Snapshot,
    depth: Depth,
    modules: &'a dyn Modules,
    before: Option<&'a BTreeMap<&'a Path, (u64, &'a Script)>>,
    fingerprints: bool,
}

impl Work<'_> {
    fn load(self, listing: Listing) -> Vec<Read> {
        let entries = &listing.entries;
        let mut scripts = match self.snapshot.tree() {
            None => in_parallel(entries, CHUNK, &|entries| self.read_files(entries)),
            Some(tree) => self.read_tree(entries, tree),
        };
        let folders = listing.problems.into_iter();
        scripts.extend(
            folders.map(|error| (broken(error.path, Problem::Unreadable(error.reason.into())), 0)),
        );
        scripts
    }

    fn read_files(self, entries: &[Entry]) -> Vec<Read> {
        let mut reader = Reader::default();
        let read = |entry: &Entry| match entry {
            Entry::File(path) => self.read_file(path.clone(), &mut reader),
            other => (not_read(other), 0),
        };
        entries.iter().map(read).collect()
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

/// The files of a tree of git's.
impl Work<'_> {
    /// What nobody has read yet comes from as many processes as there are threads, and is parsed while it comes.
    fn read_tree(self, entries: &[Entry], tree: &Tree) -> Vec<Read> {
        let is_new = |object: &&ObjectId| {
            let objects = tree.objects();
            !objects.knows(object) && (self.fingerprints || !objects.has_script(object, self.depth))
        };
        let asked = entries.iter().enumerate().filter_map(|(at, entry)| match entry {
            Entry::File(path) => Some((at, path, tree.object(path).filter(is_new)?)),
            Entry::Broken(..) | Entry::Compiled(_) => None,
        });
        let asked: Vec<(usize, &Path, &ObjectId)> =
            asked.map(|(at, path, object)| (at, path.as_path(), object)).collect();
        let share = asked.len().div_ceil(threads(asked.len())).max(1);
        let came = in_parallel(&asked, share, &|asked| self.read_objects(tree, asked));
        let conflicts =
            entries.iter().map(Entry::path).filter(|path| tree.conflict(path).is_some());
        // Whatever fails is met again, file by file.
        let _ = tree.prefetch(conflicts);
        let mut came = came.into_iter().peekable();
        let read = |(at, entry): (usize, &Entry)| {
            if let Some((_, read)) = came.next_if(|(position, _)| *position == at) {
                return read;
            }
            match entry {
                Entry::File(path) => self.read_known(tree, path),
                other => (not_read(other), 0),
            }
        };
        entries.iter().enumerate().map(read).collect()
    }

    /// Reads these files, each with its position, in one process.
    fn read_objects(self, tree: &Tree, asked: &[(usize, &Path, &ObjectId)]) -> Vec<(usize, Read)> {
        let wanted: Vec<ObjectId> = asked.iter().map(|(_, _, object)| (*object).clone()).collect();
        let mut came: Vec<(usize, Read)> = Vec::with_capacity(asked.len());
        let git = tree.objects().git();
        let ended = git.each_content(&wanted, &mut |at, content| {
            let (position, path, object) = asked[at];
            let fingerprint = content.filter(|_| self.fingerprints).map_or(0, fingerprint);
            came.push((position, (self.parse_content(tree, path, object, content), fingerprint)));
        });
        if let Err(error) = ended {
            for (position, path, _) in &asked[came.len()..] {
                let problem = Problem::Unreadable(error.0.as_str().into());
                came.push((*position, (broken(path.to_path_buf(), problem), 0)));
            }
        }
        came
    }

    /// A file whose content or script somebody else has asked for, or one in a conflict.
    fn read_known(self, tree: &Tree, path: &Path) -> Read {
        if let Some(conflict) = tree.conflict(path) {
            return (self.read_conflict(tree, path, conflict), 0);
        }
        let Some(object) = tree.object(path) else {
            return (broken(path.to_path_buf(), Problem::NotAFile), 0);
        };
        let content = || tree.objects().content(object).ok().flatten();
        let fingerprint = if self.fingerprints {
            content().map_or(0, |content| fingerprint(&content))
        } else {
            0
        };
        (self.parse_object(tree, path, object), fingerprint)
    }

    fn parse_object(self, tree: &Tree, path: &Path, object: &ObjectId) -> Script {
        if let Some(script) = tree.objects().script(object, self.depth, path) {
            return script;
        }
        match tree.objects().content(object) {
            Ok(content) => self.parse_content(tree, path, object, content.as_deref()),
            Err(error) => broken(path.to_path_buf(), Problem::Unreadable(error.0.as_str().into())),
        }
    }

    fn parse_content(
        self,
        tree: &Tree,
        path: &Path,
        object: &ObjectId,
        content: Option<&[u8]>,
    ) -> Script {
        let Some(content) = content else {
            return broken(path.to_path_buf(), Problem::NoContent);
        };
        if content.len() > script::MAX_BYTES {
            return broken(path.to_path_buf(), Problem::TooLarge(content.len() as u64));
        }
        let modules = Watched { modules: self.modules, asked: AtomicBool::new(false) };
        let script = script::parse(path.to_path_buf(), content, self.depth, &modules);
        if !modules.asked.load(Ordering::Relaxed) {
            tree.objects().keep(object, self.depth, &script);
        }
        script
    }

    /// A file about which two sides of a merge disagree: its revision counts where both sides agree on that, or where only
    /// one of them has the file.
    fn read_conflict(self, tree: &Tree, path: &Path, conflict: &Conflict) -> Script {
        let sides = match (&conflict.ours, &conflict.theirs) {
            (Some(_), None) => Sides::Ours,
            (None, Some(_)) => Sides::Theirs,
            _ => Sides::Both,
        };
        if conflict.link {
            return broken(path.to_path_buf(), Problem::Unmerged(sides));
        }
        let side = |object: &Option<ObjectId>| {
            object.as_ref().map(|object| self.parse_object(tree, path, object))
        };
        let (ours, theirs, merged) =
            (side(&conflict.ours), side(&conflict.theirs), side(&conflict.merged));
        let revisions = |script: &Option<Script>| script.as_ref().map(|one| one.revision.clone());
        let agree = match (revisions(&ours), revisions(&theirs)) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        // What git has merged shows where the sides disagree.
        let has_markers = |script: &Script| {
            script.problems.iter().any(|problem| matches!(problem, Problem::ConflictMarkers(_)))
        };
        if let Some(merged) = merged.as_ref().filter(|merged| has_markers(merged)) {
            return merged.clone();
        }
        let Some(mut script) = merged.or(ours).or(theirs) else {
            return broken(path.to_path_buf(), Problem::Unmerged(sides));
        };
        if !agree {
            script.revision = None;
        }
        script.problems.insert(0, Problem::Unmerged(sides));
        script
    }
}

/// How many threads are worth it for so many files.
fn threads(files: usize) -> usize {
    // How many cores there are takes several files to find out; it is asked only where it matters.
    let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let useful = files / FILES_PER_THREAD;
    if useful > 1 { useful.min(cores()) } else { 1 }
}

/// What `work` makes of each, in order; each thread takes `share` of them at a time.
fn in_parallel<T: Sync, R: Send>(
    all: &[T],
    share: usize,
    work: &(dyn Fn(&[T]) -> Vec<R> + Sync),
) -> Vec<R> {
    let threads = threads(all.len());
    if threads == 1 {
        return work(all);
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let start = next.fetch_add(share, Ordering::Relaxed);
            let Some(rest) = all.get(start..).filter(|rest| !rest.is_empty()) else {
                return done;
            };
            done.push((start, work(&rest[..rest.len().min(share)])));
        }
    };
    let mut parts = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut parts = run();
        for other in others {
            match other.join() {
                Ok(done) => parts.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parts
    });
    parts.sort_unstable_by_key(|(start, _)| *start);
    parts.into_iter().flat_map(|(_, done)| done).collect()
}

/// What is no file, or cannot be one.
fn not_read(entry: &Entry) -> Script {
    match entry {
        Entry::File(path) => broken(path.clone(), Problem::NotAFile),
        Entry::Broken(path, problem) => broken(path.clone(), problem.clone()),
        Entry::Compiled(path) => broken(path.clone(), Problem::CompiledOnly),
    }
}

/// Modules that notice whether they were asked.
struct Watched<'a> {
    modules: &'a dyn Modules,
    asked: AtomicBool,
}

impl Modules for Watched<'_> {
    fn source(&self, from: &Path, level: u32, dotted: &str) -> Option<Vec<u8>> {
        self.asked.store(true, Ordering::Relaxed);
        self.modules.source(from, level, dotted)
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
