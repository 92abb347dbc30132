//! What git remembers of the migrations: read as far as it takes to find what is asked for, the cheap places first.
//!
//! First what refs, stashes and reflogs have in the version locations; then the same anywhere, since folders are moved;
//! then the commits to which nothing leads any more. Each content is read once. Decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::commands::project::{self, Project};
use crate::environment::Environment;
use crate::error::Error;
use crate::fs;
use crate::git::{Commit, Git, ObjectId, Places, Reach, RefKind};
use crate::revision::{Revision, RevisionId};
use crate::rules::words::count;
use crate::script::{self, Depth};
use crate::search::{Fit, Ledger, Story, Version};

/// How far a search may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Effort {
    /// The version locations in what is kept: a walk, whatever is looked for.
    Cheap,
    /// Everything there is.
    Whole,
}

/// The past of one repository.
pub(in crate::commands) struct Archive {
    git: Git,
    /// The top folder, symbolic links resolved.
    pub(super) top: PathBuf,
    /// The folders that were walked, relative to it.
    folders: BTreeSet<PathBuf>,
    pub(super) ledger: Ledger,
    contents: BTreeMap<ObjectId, Vec<u8>>,
    /// Contents that are not in this clone.
    absent: BTreeSet<ObjectId>,
    pub(super) places: Places,
    pub(super) head: Option<ObjectId>,
    preferred: Vec<String>,
    /// Every version of every script there is, in what is kept and in what is not, once it was asked for.
    everywhere: BTreeMap<bool, BTreeSet<Version>>,
    /// The commits to which nothing leads, once they were asked for.
    lost: Option<Vec<ObjectId>>,
}

impl Archive {
    /// Reads what the version locations ever had; `None` where there is no git repository.
    pub(in crate::commands) fn open(project: &Project) -> Result<Option<Self>, Error> {
        if !project.root.repository {
            return Ok(None);
        }
        let git = project.root.git();
        let top = fs::resolve(&project.root.path).unwrap_or_else(|_| project.root.path.clone());
        let folders = folders(&project.root.path, &top, &project.discovery.environments);
        let places = git.places().map_err(project::git_error)?;
        let named = &project.config.baseline;
        let usual = ["origin/main", "origin/master", "main", "master"].map(str::to_owned);
        let mut archive = Self {
            head: git.commit("HEAD").ok(),
            preferred: named.iter().chain(&places.defaults).chain(&usual).cloned().collect(),
            git,
            top,
            folders,
            ledger: Ledger::default(),
            contents: BTreeMap::new(),
            absent: BTreeSet::new(),
            places,
            everywhere: BTreeMap::new(),
            lost: None,
        };
        archive.walk()?;
        Ok(Some(archive))
    }

    fn walk(&mut self) -> Result<(), Error> {
        let folders: Vec<&Path> = self.folders.iter().map(PathBuf::as_path).collect();
        let walk = |reach: &Reach| self.git.walk(reach, &folders).map_err(project::git_error);
        let (mut kept, mut lost): (Vec<Commit>, Vec<Commit>) = (Vec::new(), Vec::new());
        if !folders.is_empty() {
            kept = walk(&Reach::Kept)?;
            if let Some(commits) = self.lost.as_ref().filter(|commits| !commits.is_empty()) {
                lost = walk(&Reach::Lost(commits.clone()))?;
            }
        }
        let mut ledger = Ledger::new(kept, lost);
        ledger.remember(std::mem::take(&mut self.ledger));
        let objects: BTreeSet<ObjectId> =
            ledger.versions().into_iter().map(|(_, object)| object).collect();
        let is_new = |object: &ObjectId| {
            !self.contents.contains_key(object) && !self.absent.contains(object)
        };
        let objects: Vec<ObjectId> = objects.into_iter().filter(is_new).collect();
        let contents = self.git.contents(&objects).map_err(project::git_error)?;
        self.absent.extend(objects.into_iter().filter(|object| !contents.contains_key(object)));
        self.contents.extend(contents);
        self.ledger = ledger;
        Ok(())
    }

    /// Looks for what fits `text` as well as `wanted`, until something does or there is nowhere left to look.
    pub(in crate::commands) fn look_for(
        &mut self,
        text: &str,
        wanted: Fit,
        effort: Effort,
    ) -> Result<(), Error> {
        if self.is_found(text, wanted) || effort == Effort::Cheap {
            return Ok(());
        }
        self.look_elsewhere(&Reach::Kept, text)?;
        if self.is_found(text, wanted) {
            return Ok(());
        }
        let lost = match self.lost.clone() {
            Some(lost) => lost,
            None => self.git.unreachable_commits().map_err(project::git_error)?,
        };
        let is_first = self.lost.replace(lost.clone()).is_none();
        if lost.is_empty() {
            return Ok(());
        }
        if is_first {
            self.walk()?;
            if self.is_found(text, wanted) {
                return Ok(());
            }
        }
        self.look_elsewhere(&Reach::Lost(lost), text)?;
        self.read(text);
        Ok(())
    }

    /// Walks the other folders that ever had something to do with `text`: whose scripts speak of it.
    fn look_elsewhere(&mut self, reach: &Reach, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        let is_kept = *reach == Reach::Kept;
        let scripts = match self.everywhere.remove(&is_kept) {
            Some(scripts) => scripts,
            None => self.git.every_script(reach).map_err(project::git_error)?,
        };
        let is_new =
            |path: &Path| path.parent().is_some_and(|folder| !self.folders.contains(folder));
        let others: Vec<_> = scripts.iter().filter(|(path, _)| is_new(path)).collect();
        let objects = others.iter().map(|(_, object)| object).collect();
        let held = self.git.holding(&objects, text).map_err(project::git_error)?;
        let speaks = |path: &Path, object: &ObjectId| {
            held.objects.contains(object)
                || path.to_string_lossy().replace('\\', "/").contains(text)
        };
        let found = others.into_iter().filter(|(path, object)| speaks(path, object));
        let folders: BTreeSet<PathBuf> =
            found.filter_map(|(path, _)| path.parent().map(Path::to_path_buf)).collect();
        self.everywhere.insert(is_kept, scripts);
        self.absent.extend(held.absent);
        if folders.is_empty() {
            return Ok(());
        }
        self.folders.extend(folders);
        self.walk()
    }

    fn is_found(&mut self, text: &str, wanted: Fit) -> bool {
        self.read(text);
        self.ledger.find(text).0.is_some_and(|fit| fit <= wanted)
    }

    /// Reads what speaks of `text`.
    fn read(&mut self, text: &str) {
        self.ledger.read(text, &self.contents, &parse);
    }

    /// The id of the revision that a name stands for: the name itself, unless it is a branch label that only one has.
    pub(super) fn meant(&self, name: &RevisionId) -> RevisionId {
        match self.ledger.find(name.as_str()) {
            (Some(Fit::Label), ids) if ids.len() == 1 => ids.into_keys().next(),
            _ => None,
        }
        .unwrap_or_else(|| name.clone())
    }

    /// What became of a revision; `None` where git never had it.
    pub(in crate::commands) fn story(
        &mut self,
        id: &RevisionId,
        here: bool,
    ) -> Result<Option<Story>, Error> {
        self.read(id.as_str());
        self.follow_moves(id)?;
        for version in self.ledger.successors(id) {
            let revision = self.contents.get(&version.1);
            let revision = revision.and_then(|bytes| parse(&version.0, bytes));
            self.ledger.note(version, revision);
        }
        let places = &self.places.places;
        let mut tips = self.ledger.tips(id, self.head.as_ref(), places);
        let commits: Vec<&ObjectId> = tips.commits.iter().collect();
        let paths: Vec<&Path> = tips.paths.iter().map(PathBuf::as_path).collect();
        tips.objects = self.git.objects_at(&commits, &paths).map_err(project::git_error)?;
        let head = self.head.as_ref();
        Ok(self.ledger.story(id, head, places, &tips, here, &self.preferred))
    }

    /// Walks the folders as well from which and to which the file was moved, on whatever branch.
    fn follow_moves(&mut self, id: &RevisionId) -> Result<(), Error> {
        let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
        loop {
            let ends = self.ledger.ends(id);
            let new: Vec<&ObjectId> = ends.into_iter().filter(|one| !seen.contains(*one)).collect();
            if new.is_empty() {
                return Ok(());
            }
            let changes = self.git.changes_of(&new).map_err(project::git_error)?;
            seen.extend(new.into_iter().cloned());
            let mut folders = self.ledger.moves(id, &changes);
            folders.retain(|folder| !self.folders.iter().any(|known| folder.starts_with(known)));
            if folders.is_empty() {
                return Ok(());
            }
            self.folders.extend(folders);
            self.walk()?;
            self.read(id.as_str());
        }
    }

    /// What followed a revision in the commit in which it stood among the others.
    pub(super) fn children(
        &self,
        id: &RevisionId,
        story: &Story,
    ) -> Result<Vec<(RevisionId, PathBuf)>, Error> {
        let folders: Vec<&Path> = self.folders.iter().map(PathBuf::as_path).collect();
        let files = self.git.files(&story.tree, &folders).map_err(project::git_error)?;
        Ok(self.ledger.children(id, &files))
    }

    /// Commits as short as git finds unambiguous.
    pub(super) fn short_names(
        &self,
        commits: &BTreeSet<&ObjectId>,
    ) -> Result<BTreeMap<ObjectId, String>, Error> {
        self.git.short_names(commits).map_err(project::git_error)
    }

    /// A commit, by its position among them, as short as git finds unambiguous.
    pub(super) fn short_name(&self, commit: usize) -> Result<String, Error> {
        let id = &self.ledger.commits()[commit].id;
        let short = self.short_names(&BTreeSet::from([id]))?.remove(id);
        Ok(short.unwrap_or_else(|| id.as_str().to_owned()))
    }

    /// A content that a story names.
    pub(super) fn content(&self, object: &ObjectId) -> &[u8] {
        self.contents.get(object).map_or(&[], Vec::as_slice)
    }

    /// Where was looked, in words.
    pub(super) fn looked_through(&self) -> String {
        let of = |kind: RefKind| self.places.places.iter().filter(move |one| one.kind == kind);
        let stashes = of(RefKind::Stash).filter(|one| !one.name.contains('^')).count();
        let kinds = [
            (of(RefKind::Local).count(), "local branch", "local branches"),
            (of(RefKind::Remote).count(), "remote branch", "remote branches"),
            (of(RefKind::Tag).count(), "tag", "tags"),
            (stashes, "stash", "stashes"),
            (of(RefKind::Other).count(), "other ref", "other refs"),
        ];
        let mut parts = vec!["the working tree".to_owned()];
        parts.extend(kinds.into_iter().filter(|(number, _, _)| *number > 0).map(
            |(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }),
        ));
        parts.push("the reflogs".to_owned());
        let lost = self.lost.as_ref().map_or(0, Vec::len);
        format!("{} and {} that nothing leads to", parts.join(", "), count(lost, "commit"))
    }

    /// Whether the history is cut off somewhere.
    pub(super) fn is_shallow(&self) -> bool {
        self.git.is_shallow().unwrap_or_default()
    }

    /// Whether some contents could not be read.
    pub(super) fn has_gaps(&self) -> bool {
        !self.absent.is_empty()
    }
}

/// What a script says of itself. The modules of another time are not there to be read.
fn parse(path: &Path, bytes: &[u8]) -> Option<Revision> {
    script::parse(path.to_owned(), bytes, Depth::Names, &script::NoModules).revision
}

/// The version locations, relative to the top folder, there or not.
fn folders(root: &Path, top: &Path, environments: &[Environment]) -> BTreeSet<PathBuf> {
    let locations = environments.iter().flat_map(|one| &one.version_locations);
    locations.filter_map(|location| inside(&location.path, root, top)).collect()
}

/// A folder relative to the top one; `None` for one outside.
pub(super) fn inside(folder: &Path, root: &Path, top: &Path) -> Option<PathBuf> {
    let path = fs::normalize(folder);
    let resolved = fs::resolve(&path).ok();
    let resolved = resolved.as_deref().and_then(|path| path.strip_prefix(top).ok());
    let plain = || path.strip_prefix(root).or_else(|_| path.strip_prefix(top)).ok();
    resolved.or_else(plain).map(Path::to_path_buf)
}
