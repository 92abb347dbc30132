//! Several changes to one set of files, one after the other, and what they come to in the end.
//!
//! A repair of many parts is computed part by part, each on what the one before it left; on disk it is one change per
//! file. Contents only; nothing is read or written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Change, ContentHash};

/// Files as they would be, over files as they are.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// What the touched files held before, by where they were.
    before: BTreeMap<PathBuf, Vec<u8>>,
    /// What the touched files hold now, by where they are.
    now: BTreeMap<PathBuf, Touched>,
}

#[derive(Clone, Debug)]
struct Touched {
    content: Vec<u8>,
    /// Where the file was; `None` for a new one.
    origin: Option<PathBuf>,
}

impl Overlay {
    /// What a file holds now; `None` where it was not touched. A file that was taken away is not there either.
    pub fn content(&self, path: &Path) -> Option<&[u8]> {
        self.now.get(path).map(|touched| touched.content.as_slice())
    }

    /// Notes what a file on disk holds, so that it can be changed. What is known already stays.
    pub fn know(&mut self, path: &Path, content: &[u8]) {
        if self.now.contains_key(path) || self.before.contains_key(path) {
            return;
        }
        self.before.insert(path.to_path_buf(), content.to_vec());
        let touched = Touched { content: content.to_vec(), origin: Some(path.to_path_buf()) };
        self.now.insert(path.to_path_buf(), touched);
    }

    /// Gives a file that is known a new content.
    pub fn edit(&mut self, path: &Path, content: Vec<u8>) {
        if let Some(touched) = self.now.get_mut(path) {
            touched.content = content;
        }
    }

    /// Adds a file.
    pub fn create(&mut self, path: &Path, content: Vec<u8>) {
        self.now.insert(path.to_path_buf(), Touched { content, origin: None });
    }

    /// Takes a known file away.
    pub fn delete(&mut self, path: &Path) {
        self.now.remove(path);
    }

    /// Moves known files, all at once, so that one may take the place of another.
    pub fn rename(&mut self, moves: &[(PathBuf, PathBuf)]) {
        let taken: Vec<(&PathBuf, Option<Touched>)> =
            moves.iter().map(|(from, to)| (to, self.now.remove(from))).collect();
        for (to, touched) in taken {
            self.now.extend(touched.map(|touched| (to.clone(), touched)));
        }
    }

    /// What all of it comes to: at most one change per file, by path. A file that ends as it was is not among them.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut left: BTreeMap<&Path, &[u8]> = BTreeMap::new();
        for (path, content) in &self.before {
            left.insert(path, content);
        }
        let moved: BTreeSet<&PathBuf> =
            self.now.values().filter_map(|touched| touched.origin.as_ref()).collect();
        for (path, touched) in &self.now {
            let content = touched.content.clone();
            let Some(origin) = &touched.origin else {
                // A file of that name that only moved is not this one.
                let gone = if moved.contains(path) { None } else { left.remove(path.as_path()) };
                changes.push(match gone {
                    None => Change::Create { path: path.clone(), content },
                    // Another file had that name, and was taken away first.
                    Some(before) => {
                        Change::Edit { path: path.clone(), seen: ContentHash::of(before), content }
                    }
                });
                continue;
            };
            let Some(before) = left.remove(origin.as_path()) else { continue };
            let seen = ContentHash::of(before);
            if origin != path {
                let (from, to) = (origin.clone(), path.clone());
                changes.push(Change::Rename { from, to, seen, content });
            } else if before != content {
                changes.push(Change::Edit { path: path.clone(), seen, content });
            }
        }
        changes.extend(left.into_iter().map(|(path, before)| Change::Delete {
            path: path.to_path_buf(),
            seen: ContentHash::of(before),
        }));
        changes.sort_by(|a, b| a.path().cmp(b.path()));
        changes
    }

    /// What the file of a change held before; `None` for a new one.
    pub fn before(&self, change: &Change) -> Option<&[u8]> {
        self.before.get(change.path()).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Overlay;
    use crate::fix::{Change, ContentHash};

    fn knowing(files: &[&str]) -> Overlay {
        let mut overlay = Overlay::default();
        for file in files {
            overlay.know(Path::new(file), file.as_bytes());
        }
        overlay
    }

    #[test]
    fn what_ends_as_it_was_is_no_change() {
        let mut overlay = knowing(&["a"]);
        overlay.edit(Path::new("a"), b"x".to_vec());
        overlay.edit(Path::new("a"), b"a".to_vec());
        assert_eq!(overlay.changes(), []);
    }

    #[test]
    fn several_edits_are_one() {
        let mut overlay = knowing(&["a"]);
        overlay.edit(Path::new("a"), b"x".to_vec());
        overlay.edit(Path::new("a"), b"xy".to_vec());
        let edit =
            Change::Edit { path: "a".into(), seen: ContentHash::of(b"a"), content: b"xy".to_vec() };
        assert_eq!(overlay.changes(), [edit]);
    }

    #[test]
    fn files_may_move_up_in_a_row() {
        let mut overlay = knowing(&["1", "2"]);
        overlay.rename(&[("1".into(), "2".into()), ("2".into(), "3".into())]);
        let paths: Vec<_> = (overlay.changes().iter())
            .map(|change| (change.path().to_owned(), change.path_after().unwrap().to_owned()))
            .collect();
        assert_eq!(paths, [("1".into(), "2".into()), ("2".into(), "3".into())]);
        assert_eq!(overlay.content(Path::new("2")), Some(b"1".as_slice()));
    }

    #[test]
    fn a_new_file_may_take_the_place_of_one_that_moved() {
        let mut overlay = knowing(&["a"]);
        overlay.rename(&[("a".into(), "b".into())]);
        overlay.create(Path::new("a"), b"new".to_vec());
        let changes = overlay.changes();
        let shown: Vec<_> = changes.iter().map(Change::path_after).collect();
        assert_eq!(shown, [Some(Path::new("a")), Some(Path::new("b"))]);
        assert!(matches!(changes[0], Change::Create { .. }), "{changes:?}");
        assert!(matches!(changes[1], Change::Rename { .. }), "{changes:?}");
    }

    #[test]
    fn a_new_file_in_the_place_of_one_that_is_gone_is_an_edit() {
        let mut overlay = knowing(&["a"]);
        overlay.delete(Path::new("a"));
        overlay.create(Path::new("a"), b"new".to_vec());
        assert!(matches!(overlay.changes()[..], [Change::Edit { .. }]));
    }

    #[test]
    fn a_file_that_was_made_and_taken_away_never_was() {
        let mut overlay = knowing(&["a"]);
        overlay.create(Path::new("b"), b"b".to_vec());
        overlay.delete(Path::new("b"));
        overlay.delete(Path::new("a"));
        let delete = Change::Delete { path: "a".into(), seen: ContentHash::of(b"a") };
        assert_eq!(overlay.changes(), [delete]);
    }
}
