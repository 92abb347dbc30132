//! Contents that git has been asked for, each once, however many trees hold it.
//!
//! Also what was made of them: a script that two commits share is parsed once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::git::{Git, GitError, ObjectId};
use crate::script::{Depth, Script};

/// The contents of a repository's objects, as far as they were asked for.
#[derive(Debug)]
pub struct Objects {
    git: Git,
    /// `None` for an object that is not there, as in a partial clone.
    contents: Mutex<BTreeMap<ObjectId, Option<Arc<[u8]>>>>,
    scripts: Mutex<BTreeMap<(ObjectId, bool), Script>>,
}

impl Objects {
    /// Those of a repository; nothing is read yet.
    pub fn new(git: Git) -> Arc<Self> {
        Arc::new(Self { git, contents: Mutex::default(), scripts: Mutex::default() })
    }

    /// The repository.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Reads objects, in one process; those that are known already are not asked for again. Fails where git does.
    pub fn fetch<'a>(
        &self,
        wanted: impl IntoIterator<Item = &'a ObjectId>,
    ) -> Result<(), GitError> {
        let mut contents = locked(&self.contents);
        let mut missing: Vec<ObjectId> =
            wanted.into_iter().filter(|object| !contents.contains_key(object)).cloned().collect();
        missing.sort();
        missing.dedup();
        let mut found = self.git.contents(&missing)?;
        for object in missing {
            let content = found.remove(&object).map(Arc::from);
            contents.insert(object, content);
        }
        Ok(())
    }

    /// Whether the content of an object was read before.
    pub fn knows(&self, object: &ObjectId) -> bool {
        locked(&self.contents).contains_key(object)
    }

    /// Takes contents that were read elsewhere.
    pub fn adopt(&self, found: BTreeMap<ObjectId, Vec<u8>>) {
        let found = found.into_iter().map(|(object, content)| (object, Some(Arc::from(content))));
        locked(&self.contents).extend(found);
    }

    /// The content of an object; `None` where it is not there. Fails where git does.
    pub fn content(&self, object: &ObjectId) -> Result<Option<Arc<[u8]>>, GitError> {
        self.fetch([object])?;
        Ok(locked(&self.contents).get(object).cloned().flatten())
    }

    /// The script that was made of an object, as if it lay at `path`.
    pub fn script(&self, object: &ObjectId, depth: Depth, path: &Path) -> Option<Script> {
        let scripts = locked(&self.scripts);
        // What was read whole has the names as well.
        let whole = scripts.get(&(object.clone(), true));
        let names = || scripts.get(&(object.clone(), false)).filter(|_| depth == Depth::Names);
        let script = whole.or_else(names)?.clone();
        Some(Script { path: path.to_path_buf(), ..script })
    }

    /// Whether the script of an object was kept.
    pub fn has_script(&self, object: &ObjectId, depth: Depth) -> bool {
        let scripts = locked(&self.scripts);
        scripts.contains_key(&(object.clone(), true))
            || (depth == Depth::Names && scripts.contains_key(&(object.clone(), false)))
    }

    /// Keeps the script that was made of an object, for the next tree that holds it. Not for one that took a value from
    /// another file.
    pub fn keep(&self, object: &ObjectId, depth: Depth, script: &Script) {
        let key = (object.clone(), depth == Depth::Whole);
        locked(&self.scripts).insert(key, script.clone());
    }
}

/// A poisoned lock only means that another thread panicked; each map is whole after every insert.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
