//! Finding a lost revision: what the commits that touched migrations say of one id.
//!
//! A revision is what its file says (`revision = …`), whatever the file is called and wherever it lay. What git answered
//! is handed in; nothing here asks it, and nothing here decides what is done about a loss.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::git::{Commit, FileChange, ObjectId, Place, RefKind, TreeFile};
use crate::revision::{Revision, RevisionId};

/// How well a name fits what was asked for; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the id.
    Id,
    /// It is a branch label of the revision.
    Label,
    /// It begins the id.
    Prefix,
    /// It is a part of the file's path.
    Path,
}

/// How `asked` fits a revision in a file at `path`, which is relative to the top folder; `None` where it does not.
pub fn fit(asked: &str, revision: &Revision, path: &Path) -> Option<Fit> {
    if revision.id.as_str() == asked {
        return Some(Fit::Id);
    }
    if revision.labels.iter().any(|label| label.as_str() == asked) {
        return Some(Fit::Label);
    }
    if asked.is_empty() {
        return None;
    }
    if revision.id.as_str().starts_with(asked) {
        return Some(Fit::Prefix);
    }
    let path = path.to_string_lossy().replace('\\', "/");
    path.contains(asked).then_some(Fit::Path)
}

/// A file with this content at this path, whenever that was.
pub type Version = (PathBuf, ObjectId);

/// What is known of the past: the commits, and what the contents of files define.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    commits: Vec<Commit>,
    /// From here on, nothing leads to the commits.
    kept: usize,
    revisions: BTreeMap<Version, Option<Revision>>,
}

/// How a revision went from the branch that is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Going {
    /// `HEAD` still has it: the file is gone from the working tree alone.
    Uncommitted,
    /// Its file was deleted.
    Deleted,
    /// What is in its file, or in one that came with the same message, has another id since.
    Renumbered {
        /// The other id.
        to: RevisionId,
        /// The file, relative to the top folder.
        path: PathBuf,
    },
    /// A merge left it out, although one of its sides had it.
    LeftOut,
}

/// One of the contents that a file with the id had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The content.
    pub object: ObjectId,
    /// Where it was, relative to the top folder.
    pub path: PathBuf,
    /// What it says.
    pub revision: Revision,
    /// The newest commit that made it so, by position among the commits.
    pub commit: usize,
    /// Which of the places have it, by position.
    pub places: Vec<usize>,
}

/// What became of one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its contents, the one that counts first: what the baseline has, else the newest.
    pub contents: Vec<Content>,
    /// The commit that added it, by position.
    pub added: Option<usize>,
    /// The newest commit that gave its file another path, with the old and the new one.
    pub renamed: Option<(usize, PathBuf, PathBuf)>,
    /// How it went from the branch that is checked out, and in which commit; `None` where it never was there, or is.
    pub gone: Option<(Going, Option<usize>)>,
    /// The places that have it, by position.
    pub places: Vec<usize>,
    /// Whether `HEAD` has it.
    pub in_head: bool,
    /// The commit in whose tree it stood among the others.
    pub tree: ObjectId,
}

/// What is asked of git about one id before its story can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tips {
    /// `HEAD`, the places, and the parents of what may have removed the revision; each once.
    pub commits: Vec<ObjectId>,
    /// Where it ever was.
    pub paths: Vec<PathBuf>,
    /// For each commit what is at each path.
    pub objects: Vec<Vec<Option<ObjectId>>>,
}

impl Tips {
    fn versions<'a>(&'a self, commit: &ObjectId) -> impl Iterator<Item = (&'a Path, &'a ObjectId)> {
        let row = self.commits.iter().position(|one| one == commit);
        let objects = row.and_then(|row| self.objects.get(row)).into_iter().flatten();
        let pairs = self.paths.iter().zip(objects);
        pairs.filter_map(|(path, object)| Some((path.as_path(), object.as_ref()?)))
    }
}

impl Ledger {
    /// The ledger of these commits, no parent before its child, followed by those to which nothing leads.
    pub fn new(kept: Vec<Commit>, lost: Vec<Commit>) -> Self {
        let mut commits = kept;
        let kept = commits.len();
        commits.extend(lost);
        Self { commits, kept, revisions: BTreeMap::new() }
    }

    /// Takes over what is known of contents from an earlier ledger.
    pub fn remember(&mut self, earlier: Self) {
        self.revisions = earlier.revisions;
    }

    /// The commits.
    pub fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// Whether nothing leads to a commit, by position.
    pub fn is_lost(&self, commit: usize) -> bool {
        commit >= self.kept
    }

    /// Every version of a script that a commit brought or took.
    pub fn versions(&self) -> BTreeSet<Version> {
        let changes = self.commits.iter().flat_map(|commit| &commit.changes);
        let scripts = changes.filter(|change| is_script(&change.path));
        let versions = scripts.flat_map(|change| {
            let objects = change.before.iter().chain(&change.after);
            objects.map(|object| (change.path.clone(), object.clone()))
        });
        versions.collect()
    }

    /// Reads what speaks of `text`, by its content or its path, with a parser that the caller brings.
    pub fn read(
        &mut self,
        text: &str,
        contents: &BTreeMap<ObjectId, Vec<u8>>,
        parse: &dyn Fn(&Path, &[u8]) -> Option<Revision>,
    ) {
        let finder = memchr::memmem::Finder::new(text.as_bytes());
        let mut mentions: BTreeMap<&ObjectId, bool> = BTreeMap::new();
        for version in self.versions() {
            let Some((object, bytes)) = contents.get_key_value(&version.1) else { continue };
            let in_path = || version.0.to_string_lossy().replace('\\', "/").contains(text);
            let speaks = *mentions.entry(object).or_insert_with(|| finder.find(bytes).is_some());
            if (speaks || in_path()) && !self.revisions.contains_key(&version) {
                let revision = parse(&version.0, bytes);
                self.revisions.insert(version, revision);
            }
        }
    }

    /// Each revision that fits, with where it lay; only those that fit best.
    pub fn find(&self, asked: &str) -> (Option<Fit>, BTreeMap<RevisionId, BTreeSet<PathBuf>>) {
        let mut best = None;
        let mut found: BTreeMap<RevisionId, BTreeSet<PathBuf>> = BTreeMap::new();
        for ((path, _), revision) in &self.revisions {
            let Some(revision) = revision else { continue };
            let Some(fit) = fit(asked, revision, path) else { continue };
            if best.is_some_and(|best| best < fit) {
                continue;
            }
            if best != Some(fit) {
                found.clear();
                best = Some(fit);
            }
            found.entry(revision.id.clone()).or_default().insert(path.clone());
        }
        (best, found)
    }

    fn defines(&self, path: &Path, object: Option<&ObjectId>, id: &RevisionId) -> bool {
        let Some(object) = object else { return false };
        let revision = self.revisions.get(&(path.to_path_buf(), object.clone()));
        revision.and_then(Option::as_ref).is_some_and(|revision| revision.id == *id)
    }

    /// The commits that may have removed the revision, newest first.
    fn removals(&self, id: &RevisionId) -> Vec<usize> {
        let removes = |commit: &Commit| {
            let mut changes = commit.changes.iter();
            changes.any(|change| self.defines(&change.path, change.before.as_ref(), id))
                && !self.brings(commit, id)
        };
        (0..self.commits.len()).filter(|&at| removes(&self.commits[at])).collect()
    }

    fn brings(&self, commit: &Commit, id: &RevisionId) -> bool {
        let mut changes = commit.changes.iter();
        changes.any(|change| self.defines(&change.path, change.after.as_ref(), id))
    }

    /// The commits in which the revision came, or went, as far as the walked folders tell; merges aside. What came from or
    /// went to a folder that was not walked looks like that as well.
    pub fn ends(&self, id: &RevisionId) -> Vec<&ObjectId> {
        let is_end = |commit: &&Commit| {
            let mut changes = commit.changes.iter();
            let had = changes.any(|one| self.defines(&one.path, one.before.as_ref(), id));
            commit.parents.len() < 2 && had != self.brings(commit, id)
        };
        self.commits.iter().filter(is_end).map(|commit| &commit.id).collect()
    }

    /// The folders to or from which a file of this id may have been moved in changes of the whole repository: the content is
    /// the same, or the file's name.
    pub fn moves(&self, id: &RevisionId, changes: &[FileChange]) -> BTreeSet<PathBuf> {
        let own: Vec<&Version> = self
            .revisions
            .iter()
            .filter_map(|(version, revision)| {
                revision.as_ref().filter(|revision| revision.id == *id).map(|_| version)
            })
            .collect();
        let is_same = |change: &&FileChange| {
            is_script(&change.path)
                && own.iter().any(|(path, object)| {
                    path.file_name() == change.path.file_name()
                        || change.before.as_ref() == Some(object)
                        || change.after.as_ref() == Some(object)
                })
        };
        let moved = changes.iter().filter(is_same);
        moved.filter_map(|change| change.path.parent().map(Path::to_path_buf)).collect()
    }

    /// What to ask git about this id.
    pub fn tips(&self, id: &RevisionId, head: Option<&ObjectId>, places: &[Place]) -> Tips {
        let defining = self
            .revisions
            .iter()
            .filter(|(_, revision)| revision.as_ref().is_some_and(|revision| revision.id == *id));
        let paths: BTreeSet<&PathBuf> = defining.map(|((path, _), _)| path).collect();
        let removals = self.removals(id);
        let parents = removals.iter().flat_map(|&at| &self.commits[at].parents);
        let tips = head.into_iter().chain(places.iter().map(|place| &place.tip)).chain(parents);
        let mut seen = BTreeSet::new();
        let commits = tips.filter(|commit| seen.insert(*commit)).cloned().collect();
        Tips { commits, paths: paths.into_iter().cloned().collect(), objects: Vec::new() }
    }

    /// What became of the revision. `here` says whether a file of the working tree defines it, `preferred` which places
    /// count before all others. `None` where no content defines it.
    pub fn story(
        &self,
        id: &RevisionId,
        head: Option<&ObjectId>,
        places: &[Place],
        tips: &Tips,
        here: bool,
        preferred: &[String],
    ) -> Option<Story> {
        let has = |commit: &ObjectId| {
            tips.versions(commit).any(|(path, object)| self.defines(path, Some(object), id))
        };
        let contents = self.contents(id, places, tips, preferred);
        let first = contents.first()?;
        let in_head = head.is_some_and(has);
        let with: Vec<usize> = (0..places.len()).filter(|&at| has(&places[at].tip)).collect();
        let removals = self.removals(id);
        let gone = match (here, in_head) {
            (true, _) => None,
            (false, true) => Some((Going::Uncommitted, None)),
            (false, false) => {
                self.gone(id, head, &removals, with.is_empty()).map(|(how, at)| (how, Some(at)))
            }
        };
        let parents = |at: usize| self.commits[at].parents.iter().find(|parent| has(parent));
        let removed = gone.as_ref().and_then(|(_, at)| parents((*at)?));
        let tree = removed
            .or_else(|| head.filter(|head| has(head)))
            .or_else(|| first.places.first().or(with.first()).map(|&at| &places[at].tip))
            .or_else(|| removals.iter().find_map(|&at| parents(at)))
            .unwrap_or_else(|| &self.commits[self.newest_child(first.commit)].id);
        Some(Story {
            added: self.added(id, places),
            renamed: self.renamed(id),
            gone,
            places: with,
            in_head,
            tree: tree.clone(),
            contents,
        })
    }

    fn contents(
        &self,
        id: &RevisionId,
        places: &[Place],
        tips: &Tips,
        preferred: &[String],
    ) -> Vec<Content> {
        let mut contents: Vec<Content> = Vec::new();
        // What a merge has from one of its sides is as old as that side.
        for merges in [false, true] {
            for (at, commit) in self.commits.iter().enumerate() {
                if (commit.parents.len() > 1) != merges {
                    continue;
                }
                for change in &commit.changes {
                    let Some(object) = &change.after else { continue };
                    let version = (change.path.clone(), object.clone());
                    let Some(Some(revision)) = self.revisions.get(&version) else { continue };
                    if revision.id != *id || contents.iter().any(|one| one.object == *object) {
                        continue;
                    }
                    let has = |place: &Place| {
                        tips.versions(&place.tip).any(|(_, other)| *other == *object)
                    };
                    contents.push(Content {
                        object: object.clone(),
                        path: change.path.clone(),
                        revision: revision.clone(),
                        commit: at,
                        places: (0..places.len()).filter(|&at| has(&places[at])).collect(),
                    });
                }
            }
        }
        let rank = |content: &Content| {
            let of = |name: &String| content.places.iter().any(|&at| places[at].name == *name);
            (preferred.iter().position(of).unwrap_or(usize::MAX), content.commit)
        };
        contents.sort_by_key(rank);
        contents
    }

    /// How and in which commit the revision went: on the way to `head` where it was there, and anywhere where it is nowhere
    /// any more.
    fn gone(
        &self,
        id: &RevisionId,
        head: Option<&ObjectId>,
        removals: &[usize],
        nowhere: bool,
    ) -> Option<(Going, usize)> {
        let ancestors = self.ancestors(head);
        let here = |at: &&usize| ancestors.get(**at).copied().unwrap_or_default();
        let is_merge = |at: &&usize| self.commits[**at].parents.len() > 1;
        let candidates = || removals.iter().filter(here);
        let single = candidates().find(|at| !is_merge(at)).or_else(|| candidates().next());
        let elsewhere = || removals.iter().find(|at| nowhere && !is_merge(at));
        let &at = single.or_else(elsewhere)?;
        Some((self.going(id, at), at))
    }

    fn going(&self, id: &RevisionId, at: usize) -> Going {
        let commit = &self.commits[at];
        if commit.parents.len() > 1 {
            return Going::LeftOut;
        }
        let revision = |path: &Path, object: &Option<ObjectId>| {
            let key = (path.to_path_buf(), object.clone()?);
            self.revisions.get(&key).cloned().flatten()
        };
        let lost = commit
            .changes
            .iter()
            .find(|change| self.defines(&change.path, change.before.as_ref(), id));
        let Some(lost) = lost else { return Going::Deleted };
        if let Some(now) = revision(&lost.path, &lost.after) {
            return Going::Renumbered { to: now.id, path: lost.path.clone() };
        }
        let before = revision(&lost.path, &lost.before);
        let message = before.as_ref().map_or("", Revision::message);
        let same = commit.changes.iter().filter(|change| change.before.is_none()).find_map(|one| {
            let now = revision(&one.path, &one.after)?;
            (!message.is_empty() && now.message() == message).then_some((now.id, one.path.clone()))
        });
        same.map_or(Going::Deleted, |(to, path)| Going::Renumbered { to, path })
    }

    /// The versions that came in the commits that may have removed the revision: what their ids are tells whether it got
    /// another one.
    pub fn successors(&self, id: &RevisionId) -> BTreeSet<Version> {
        let removals = self.removals(id);
        let changes = removals.iter().flat_map(|&at| &self.commits[at].changes);
        let scripts = changes.filter(|change| is_script(&change.path));
        scripts
            .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
            .filter(|version| !self.revisions.contains_key(version))
            .collect()
    }

    /// Notes what a version says.
    pub fn note(&mut self, version: Version, revision: Option<Revision>) {
        self.revisions.insert(version, revision);
    }

    fn renamed(&self, id: &RevisionId) -> Option<(usize, PathBuf, PathBuf)> {
        self.commits.iter().enumerate().find_map(|(at, commit)| {
            if commit.parents.len() > 1 {
                return None;
            }
            let mut changes = commit.changes.iter();
            let from = changes.find(|change| {
                change.after.is_none() && self.defines(&change.path, change.before.as_ref(), id)
            })?;
            let mut changes = commit.changes.iter();
            let to = changes.find(|change| {
                change.before.is_none() && self.defines(&change.path, change.after.as_ref(), id)
            })?;
            Some((at, from.path.clone(), to.path.clone()))
        })
    }

    /// The oldest commit that brought the revision without having it before. What a stash holds was not added by anyone.
    fn added(&self, id: &RevisionId, places: &[Place]) -> Option<usize> {
        let is_stash = |commit: &Commit| {
            places.iter().any(|place| place.kind == RefKind::Stash && place.tip == commit.id)
        };
        let had = |commit: &Commit| {
            let mut changes = commit.changes.iter();
            changes.any(|change| self.defines(&change.path, change.before.as_ref(), id))
        };
        self.commits.iter().rposition(|commit| {
            commit.parents.len() < 2 && self.brings(commit, id) && !had(commit) && !is_stash(commit)
        })
    }

    /// For each commit whether one of `tips` is it or leads to it.
    pub fn ancestors<'a>(&'a self, tips: impl IntoIterator<Item = &'a ObjectId>) -> Vec<bool> {
        let mut wanted: BTreeSet<&ObjectId> = tips.into_iter().collect();
        let mut marks = Vec::with_capacity(self.commits.len());
        // No parent comes before its child, so one pass is enough.
        for commit in &self.commits {
            let is_one = wanted.remove(&commit.id);
            if is_one {
                wanted.extend(&commit.parents);
            }
            marks.push(is_one);
        }
        marks
    }

    /// The newest commit that a commit leads to.
    fn newest_child(&self, at: usize) -> usize {
        let mut above: BTreeSet<&ObjectId> = BTreeSet::from([&self.commits[at].id]);
        let mut newest = at;
        for position in (0..at).rev() {
            let commit = &self.commits[position];
            if commit.parents.iter().any(|parent| above.contains(parent)) {
                above.insert(&commit.id);
                newest = position;
            }
        }
        newest
    }

    /// The revisions among `files`, which are those of one commit, that follow `id`, with where they are.
    pub fn children(&self, id: &RevisionId, files: &[TreeFile]) -> Vec<(RevisionId, PathBuf)> {
        let children = files.iter().filter_map(|file| {
            let version = (file.path.clone(), file.object.clone());
            let revision = self.revisions.get(&version)?.as_ref()?;
            let follows = revision.edges.parents.contains(id) && revision.id != *id;
            follows.then(|| (revision.id.clone(), file.path.clone()))
        });
        children.collect()
    }
}

fn is_script(path: &Path) -> bool {
    path.file_name().is_some_and(crate::snapshot::is_source_name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{Fit, Going, Ledger, Story, fit};
    use crate::git::{Commit, FileChange, ObjectId, Place, RefKind};
    use crate::revision::{Edges, Revision, RevisionId};

    /// The object whose name repeats a letter.
    fn object(letter: char) -> ObjectId {
        ObjectId::of(&letter.to_string().repeat(40))
    }

    /// `a: x.py -1` is commit `a`, in which `x.py` went that held object `1`; `+` comes, `1>2` changes. Parents follow `<`.
    fn commit(text: &str) -> Commit {
        let (head, changes) = text.split_once(':').unwrap();
        let (id, parents) = head.split_once('<').unwrap_or((head, ""));
        let letter = |text: &str| object(text.chars().next().unwrap());
        let mut words = changes.split_whitespace();
        let mut found = Vec::new();
        while let (Some(path), Some(change)) = (words.next(), words.next()) {
            let (before, after) = match (change.split_at(1), change.split_once('>')) {
                (_, Some((before, after))) => (Some(letter(before)), Some(letter(after))),
                (("-", before), _) => (Some(letter(before)), None),
                ((_, after), _) => (None, Some(letter(after))),
            };
            found.push(FileChange { path: path.into(), before, after });
        }
        Commit {
            id: letter(id),
            parents: parents.chars().map(object).collect(),
            author: String::new(),
            day: String::new(),
            subject: String::new(),
            changes: found,
        }
    }

    fn revision(id: &str, message: &str) -> Revision {
        Revision {
            id: id.into(),
            edges: Edges::default(),
            labels: Vec::new(),
            docstring: message.into(),
            parents_known: true,
        }
    }

    /// A ledger of commits, newest first, in which object `1` holds revision `c3`, as do `2` and `3`; any other is `d4`.
    fn ledger(commits: &[&str]) -> Ledger {
        let mut ledger = Ledger::new(commits.iter().map(|text| commit(text)).collect(), vec![]);
        for version in ledger.versions() {
            let is_it = ["1", "2", "3"].iter().any(|one| version.1.as_str().starts_with(one));
            let id = if is_it { "c3" } else { "d4" };
            ledger.note(version, Some(revision(id, "add items")));
        }
        ledger
    }

    /// What became of `c3`, with `HEAD` at the first commit and `has` what the tips of these places hold in `x.py`.
    fn story(commits: &[&str], has: &[(&str, char, Option<char>)]) -> Story {
        let ledger = ledger(commits);
        let places: Vec<Place> = has
            .iter()
            .map(|(name, tip, _)| Place {
                name: (*name).into(),
                kind: RefKind::Local,
                tip: object(*tip),
            })
            .collect();
        let id = RevisionId::from("c3");
        let head = ledger.commits()[0].id.clone();
        let mut tips = ledger.tips(&id, Some(&head), &places);
        let content = |tip: &ObjectId, path: &Path| {
            let place = has.iter().find(|(_, one, _)| object(*one) == *tip);
            place.and_then(|(_, _, held)| *held).filter(|_| path == Path::new("x.py")).map(object)
        };
        let row = |tip| tips.paths.iter().map(|path| content(tip, path)).collect();
        tips.objects = tips.commits.iter().map(row).collect();
        ledger.story(&id, Some(&head), &places, &tips, false, &["main".into()]).unwrap()
    }

    #[test]
    fn what_fits_best_is_found() {
        let one = revision("c3d9e8", "");
        let check = |asked: &str| fit(asked, &one, Path::new("v/c3d9e8_add_items.py"));
        assert_eq!(check("c3d9e8"), Some(Fit::Id));
        assert_eq!(check("c3"), Some(Fit::Prefix));
        assert_eq!(check("add_items.py"), Some(Fit::Path));
        assert_eq!(check("v/c3d9e8"), Some(Fit::Path));
        assert_eq!(check("d9e8x"), None);
        assert_eq!(check(""), None);
    }

    #[test]
    fn a_deleted_file() {
        let story = story(&["b<a: x.py -1", "a: x.py +1"], &[("main", 'b', None)]);
        assert_eq!(story.gone, Some((Going::Deleted, Some(0))));
        assert_eq!((story.added, story.places), (Some(1), vec![]));
    }

    #[test]
    fn a_file_that_came_back_and_went_again() {
        let commits = ["d<c: x.py -2", "c<b: x.py +2", "b<a: x.py -1", "a: x.py +1"];
        let story = story(&commits, &[("main", 'd', None)]);
        assert_eq!(story.gone, Some((Going::Deleted, Some(0))));
        assert_eq!(story.contents[0].object, object('2'));
    }

    #[test]
    fn another_id_in_place_or_in_a_new_file() {
        let to = |path: &str| Going::Renumbered { to: "d4".into(), path: path.into() };
        let in_place = story(&["b<a: x.py 1>4", "a: x.py +1"], &[("main", 'b', Some('4'))]);
        assert_eq!(in_place.gone, Some((to("x.py"), Some(0))));
        let beside = story(&["b<a: x.py -1 y.py +4", "a: x.py +1"], &[("main", 'b', None)]);
        assert_eq!(beside.gone, Some((to("y.py"), Some(0))));
    }

    #[test]
    fn a_move_is_no_loss() {
        let commits = ["c<b: y.py -1", "b<a: x.py -1 y.py +1", "a: x.py +1"];
        let story = story(&commits, &[("main", 'c', None)]);
        assert_eq!(story.gone, Some((Going::Deleted, Some(0))));
        assert_eq!(story.renamed, Some((1, "x.py".into(), "y.py".into())));
        assert_eq!(story.added, Some(2));
    }

    #[test]
    fn a_merge_that_leaves_it_out_counts_where_nothing_else_did() {
        let left_out = ["d<bc: x.py -1", "c<a: x.py +1", "b<a: z.py +4", "a: z.py +5"];
        let story_of = |commits: &[&str]| story(commits, &[("main", 'd', None)]).gone;
        assert_eq!(story_of(&left_out), Some((Going::LeftOut, Some(0))));
        let deleted = ["d<bc: x.py -1", "c<a: z.py +4", "b<a: x.py -1", "a: x.py +1"];
        assert_eq!(story_of(&deleted), Some((Going::Deleted, Some(2))));
    }

    #[test]
    fn what_happened_on_another_branch_is_not_told_of_this_one() {
        // `HEAD` is at `c`, which does not lead to the deletion in `b`.
        let commits = ["c<a: z.py +4", "b<d: x.py -1", "d<a: x.py +1", "a: z.py +5"];
        let story = story(&commits, &[("main", 'c', None), ("other", 'd', Some('1'))]);
        assert_eq!((story.gone, story.places), (None, vec![1]));
    }

    #[test]
    fn the_text_of_the_baseline_counts_before_the_newest() {
        let commits = ["c<b: x.py -2", "b<a: x.py 1>2", "a: x.py +1"];
        let newest = story(&commits, &[("other", 'a', Some('1'))]);
        assert_eq!(newest.contents[0].object, object('2'));
        let published = story(&commits, &[("main", 'a', Some('1'))]);
        assert_eq!(published.contents[0].object, object('1'));
    }

    #[test]
    fn contents_are_read_where_they_speak_of_it() {
        let commits = ["b<a: v/c3_x.py +1", "a: y.py +2 notes.txt +3 z.py +4"].map(commit);
        let mut ledger = Ledger::new(commits.to_vec(), vec![]);
        let contents: BTreeMap<ObjectId, Vec<u8>> =
            [('1', "none"), ('2', "revision = 'c3'"), ('3', "c3"), ('4', "d4")]
                .map(|(letter, text)| (object(letter), text.as_bytes().to_vec()))
                .into();
        let parsed = std::cell::RefCell::new(Vec::new());
        ledger.read("c3", &contents, &|path, _| {
            parsed.borrow_mut().push(path.to_path_buf());
            None
        });
        assert_eq!(parsed.into_inner(), [Path::new("v/c3_x.py"), Path::new("y.py")]);
    }
}
