//! One environment under repair: its scripts as they would be, over the files as they are.
//!
//! Every step of a repair is computed on what the step before it left, and nothing is written here: that is
//! [`super::carry_out`]'s business, once, for all of it.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::project::Project;
use crate::check::{self, Facts, Scope};
use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::error::{Error, RepairError};
use crate::fix::Rewrite;
use crate::fix::edit::{self, Unwritable};
use crate::fix::merge;
use crate::fix::overlay::Overlay;
use crate::fix::tripwire::{self, Tripwire};
use crate::fs;
use crate::graph::RevisionGraph;
use crate::loader::{self, Loaded};
use crate::published::PublishedScripts;
use crate::report::EnvironmentFacts;
use crate::revision::RevisionId;
use crate::rules::settings::RuleSettings;
use crate::rules::{self, Kind};
use crate::script::{self, Depth, FolderModules, Script};
use crate::settings;

/// What was found on disk after writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reread {
    /// What was written.
    Same,
    /// The same revisions, written otherwise: by a formatter, for example.
    Formatted,
    /// Other revisions.
    Other,
}

/// The rules on which a template, a `file_template` and a message alone decide.
const LOOKS: [&str; 4] =
    ["empty-message", "filename-mismatch", "merge-with-operations", "stale-header"];

/// An environment, read whole, and what a repair has made of it so far.
pub(super) struct Repair<'p> {
    pub(super) project: &'p Project,
    /// Which of the project's environments it is.
    pub(super) index: usize,
    pub(super) environment: &'p Environment,
    /// The scripts as they would be, in load order.
    pub(super) scripts: Vec<Script>,
    pub(super) overlay: Overlay,
    pub(super) settings: RuleSettings,
    modules: FolderModules<'p>,
    on_disk: Loaded,
    /// The version locations, resolved, in load order.
    pub(super) locations: Vec<PathBuf>,
    /// Whether another head is what is asked for.
    pub(super) adds_head: bool,
    /// Files that the repair adds.
    created: Vec<PathBuf>,
    /// Files that have their published bytes again.
    restored: Vec<PathBuf>,
    /// Old and new id of what got another one.
    renamed: Vec<(RevisionId, RevisionId)>,
    /// What was wrong with the history on disk.
    before: OnceCell<Vec<Diagnostic>>,
}

impl<'p> Repair<'p> {
    /// Reads the environment of this index.
    ///
    /// # Errors
    /// When its configuration names a rule that does not exist.
    pub(super) fn open(project: &'p Project, index: usize) -> Result<Self, Error> {
        let environment = &project.discovery.environments[index];
        let snapshot = &project.snapshot;
        let modules = FolderModules::new(snapshot, environment.module_roots.clone());
        let listing = snapshot.listing(environment);
        let on_disk = loader::reload(snapshot, listing, Depth::Whole, &modules, None);
        let locations = environment.version_locations.iter().filter(|location| location.exists);
        let resolved = |path: &PathBuf| snapshot.settled(path);
        Ok(Self {
            project,
            index,
            environment,
            scripts: on_disk.scripts.clone(),
            overlay: Overlay::default(),
            settings: settings::configured_rules(environment)?,
            modules,
            locations: locations.map(|location| resolved(&location.path)).collect(),
            on_disk,
            adds_head: false,
            created: Vec::new(),
            restored: Vec::new(),
            renamed: Vec::new(),
            before: OnceCell::new(),
        })
    }

    /// The history as it would be.
    pub(super) fn graph(&self) -> RevisionGraph<'_> {
        RevisionGraph::build(&self.scripts)
    }

    /// What would be wrong with it, as far as that is known.
    pub(super) fn findings(
        &self,
        settings: &RuleSettings,
        scope: &Scope,
        published: Option<&PublishedScripts>,
    ) -> check::Checked {
        let graph = self.graph();
        let mut facts = Facts::new(self.environment, &self.scripts, &graph);
        facts.published = published;
        check::judge(&facts, settings, scope)
    }

    /// What a file would hold; `None` where it cannot be read.
    pub(super) fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let touched = self.overlay.content(path).map(<[u8]>::to_vec);
        touched.or_else(|| fs::read(path).ok())
    }

    /// Whether anything would change.
    pub(super) fn is_empty(&self) -> bool {
        self.overlay.changes().is_empty()
    }

    /// Makes sure that the content of the file at `path` is known, and that it is what was read before.
    fn know(&mut self, path: &Path) -> Result<Vec<u8>, Error> {
        if let Some(content) = self.overlay.content(path) {
            return Ok(content.to_vec());
        }
        let bytes = self.project.snapshot.read(path).map_err(|error| self.unreadable(&error))?;
        if !self.on_disk.is_current(path, &bytes) {
            return Err(Error::Repair(RepairError::Stale { path: self.project.shown(path) }));
        }
        self.overlay.know(path, &bytes);
        Ok(bytes)
    }

    fn unreadable(&self, error: &fs::ReadError) -> Error {
        self.project.snapshot.unreadable(error, self.project.shown(&error.path))
    }

    fn unwritable(&self, error: &Unwritable) -> Error {
        let message = error.message(&|path| self.project.shown(path));
        Error::Repair(RepairError::Unwritable { message, hint: error.hint() })
    }

    /// Changes scripts, all at once.
    ///
    /// # Errors
    /// When a file is not what it was, or cannot be changed without touching more than the values.
    pub(super) fn rewrite(&mut self, rewrites: &[Rewrite]) -> Result<(), Error> {
        let mut moves: Vec<(PathBuf, PathBuf)> = Vec::new();
        let mut fresh: BTreeMap<usize, Script> = BTreeMap::new();
        for rewrite in rewrites {
            let script = self.scripts[rewrite.script].clone();
            let bytes = self.know(&script.path)?;
            let content =
                edit::rewrite(&script, &bytes, rewrite).map_err(|error| self.unwritable(&error))?;
            let path = rewrite.path.clone().unwrap_or_else(|| script.path.clone());
            fresh.insert(rewrite.script, self.parse(&path, &content));
            self.overlay.edit(&script.path, content);
            if path != script.path {
                moves.push((script.path.clone(), path));
            }
            if let (Some(old), Some(new)) = (script.id(), &rewrite.id) {
                self.renamed.push((old.clone(), new.clone()));
            }
        }
        self.overlay.rename(&moves);
        self.replace(fresh);
        Ok(())
    }

    /// Adds a script.
    pub(super) fn create(&mut self, path: &Path, content: Vec<u8>) {
        let script = self.parse(path, &content);
        self.overlay.create(path, content);
        self.created.push(path.to_path_buf());
        self.insert(script);
    }

    /// Gives a script another content that says the same of its edges.
    ///
    /// # Errors
    /// When a file is not what it was.
    pub(super) fn restore(&mut self, path: &Path, content: Vec<u8>) -> Result<(), Error> {
        let fresh = self.parse(path, &content);
        let position = self.scripts.iter().position(|script| script.path == path);
        let edges = |script: &Script| script.revision.clone().map(|revision| revision.edges);
        if let Some(at) = position.filter(|&at| edges(&self.scripts[at]) == edges(&fresh)) {
            self.know(path)?;
            self.overlay.edit(path, content);
            self.scripts[at] = fresh;
            self.restored.push(path.to_path_buf());
        }
        Ok(())
    }

    /// Sets scripts back to these contents, and brings those back that are gone; all of them, or none where that would
    /// break the history. Tells whether it was done.
    ///
    /// # Errors
    /// When a file is not what it was.
    pub(super) fn set_back(&mut self, files: &[(&Path, &[u8])]) -> Result<bool, Error> {
        let integrity =
            |repair: &Self| check::integrity(repair.environment, &repair.scripts, &repair.graph());
        let before = integrity(self);
        let scripts = self.scripts.clone();
        let at =
            |scripts: &[Script], path: &Path| scripts.iter().position(|script| script.path == path);
        for &(path, content) in files {
            let fresh = self.parse(path, content);
            match at(&self.scripts, path) {
                Some(at) => self.scripts[at] = fresh,
                None => self.insert(fresh),
            }
        }
        let was_there = |finding: &Diagnostic| {
            let same =
                |old: &Diagnostic| old.rule == finding.rule && old.revisions == finding.revisions;
            before.iter().any(same)
        };
        if !integrity(self).iter().all(was_there) {
            self.scripts = scripts;
            return Ok(false);
        }
        for &(path, content) in files {
            match at(&scripts, path) {
                Some(_) => {
                    self.know(path)?;
                    self.overlay.edit(path, content.to_vec());
                }
                None => self.overlay.create(path, content.to_vec()),
            }
            self.restored.push(path.to_path_buf());
        }
        Ok(true)
    }

    /// Takes scripts away.
    ///
    /// # Errors
    /// When a file is not what it was.
    pub(super) fn drop_scripts(&mut self, paths: &[PathBuf]) -> Result<(), Error> {
        for path in paths {
            self.know(path)?;
            self.overlay.delete(path);
            self.scripts.retain(|script| script.path != *path);
        }
        Ok(())
    }

    fn parse(&self, path: &Path, content: &[u8]) -> Script {
        script::parse(path.to_path_buf(), content, Depth::Whole, &self.modules)
    }

    fn replace(&mut self, fresh: BTreeMap<usize, Script>) {
        let moved = fresh.iter().any(|(&at, script)| self.scripts[at].path != script.path);
        if !moved {
            for (at, script) in fresh {
                self.scripts[at] = script;
            }
            return;
        }
        for &at in fresh.keys().rev() {
            self.scripts.remove(at);
        }
        for script in fresh.into_values() {
            self.insert(script);
        }
    }

    /// Puts a script where Alembic would load it.
    fn insert(&mut self, script: Script) {
        let after =
            |other: &Script| self.load_order(&other.path, &script.path) == Ordering::Greater;
        let at = self.scripts.iter().position(after).unwrap_or(self.scripts.len());
        self.scripts.insert(at, script);
    }

    /// Which of two files Alembic loads first: by version location, files before folders, each by name.
    fn load_order(&self, a: &Path, b: &Path) -> Ordering {
        let place = |path: &Path| self.locations.iter().position(|one| path.starts_with(one));
        let (at, other) = (place(a), place(b));
        if at != other {
            // What lies in no location was reached by a link; it stays where it is.
            return at.map_or(Ordering::Less, |at| other.map_or(Ordering::Less, |b| at.cmp(&b)));
        }
        let folders = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
        let (folder, beside) = (folders(a), folders(b));
        if folder == beside {
            return a.file_name().cmp(&b.file_name());
        }
        if beside.starts_with(&folder) {
            return Ordering::Less;
        }
        if folder.starts_with(&beside) {
            return Ordering::Greater;
        }
        folder.cmp(&beside)
    }

    /// Keeps the files in step that name heads: each id of `successors` is replaced by the head that has come in its
    /// place. Gives the files that name such an id in a way that is not understood.
    pub(super) fn follow_heads(
        &mut self,
        successors: &BTreeMap<String, String>,
    ) -> Result<Vec<PathBuf>, Error> {
        let mut folders = self.locations.clone();
        let snapshot = &self.project.snapshot;
        folders.extend(snapshot.resolve(&self.environment.script_location));
        let mut unclear = Vec::new();
        for path in folders.iter().flat_map(|folder| tripwire::NAMES.map(|name| folder.join(name)))
        {
            if !snapshot.is_file(&path) || snapshot.link_target(&path).is_ok() {
                continue;
            }
            let bytes = snapshot.read(&path).map_err(|error| self.unreadable(&error))?;
            match tripwire::follow(&bytes, successors) {
                Tripwire::Untouched => {}
                Tripwire::Unclear => unclear.push(path),
                Tripwire::Rewritten(content) => {
                    self.overlay.know(&path, &bytes);
                    self.overlay.edit(&path, content);
                }
            }
        }
        Ok(unclear)
    }

    /// What every document says of the environment as it would be.
    pub(super) fn facts(&self) -> EnvironmentFacts {
        EnvironmentFacts::of(self.environment, &self.scripts, &self.graph())
    }

    /// Reads the files again as they are on disk now; what did not change is not parsed again.
    pub(super) fn reread(&mut self) -> Reread {
        let snapshot = &self.project.snapshot;
        let listing = snapshot.listing(self.environment);
        let now =
            loader::reload(snapshot, listing, Depth::Whole, &self.modules, Some(&self.on_disk));
        let revision = |script: &Script| script.revision.clone();
        let reread = if now.scripts == self.scripts {
            Reread::Same
        } else if now.scripts.iter().map(revision).eq(self.scripts.iter().map(revision)) {
            Reread::Formatted
        } else {
            Reread::Other
        };
        self.scripts = now.scripts;
        reread
    }

    /// What is wrong with the history as it would be and was not wrong before.
    pub(super) fn worse(&self) -> Vec<Diagnostic> {
        let judged = |scripts: &[Script]| {
            check::check_scripts(self.environment, scripts, &self.settings, &Scope::All).findings
        };
        let mut after = judged(&self.scripts);
        after.retain(|finding| !self.was_asked_for(finding));
        if !after.is_empty() {
            let before = self.before.get_or_init(|| judged(&self.on_disk.scripts));
            after.retain(|finding| !self.was_there(finding, before));
        }
        after
    }

    /// Whether there are more heads than expected, of those that a merge may join without being told which.
    pub(super) fn is_forked(&self) -> bool {
        !merge::surplus(&self.graph(), &self.environment.expected_heads).is_empty()
    }

    /// Whether a finding is about another head that was asked for, about the look of a file that the repair adds, since
    /// the project's own template wrote it so, or about a file as it is published.
    fn was_asked_for(&self, finding: &Diagnostic) -> bool {
        if finding.rule == "multiple-heads" {
            return self.adds_head;
        }
        let Some(primary) = &finding.primary else { return false };
        let breaks = rules::find(finding.rule).is_none_or(|rule| rule.kind == Kind::Integrity);
        let is_published = self.restored.contains(&primary.place.path) && !breaks;
        let is_new = self.created.contains(&primary.place.path);
        is_published || (is_new && LOOKS.contains(&finding.rule))
    }

    fn was_there(&self, finding: &Diagnostic, before: &[Diagnostic]) -> bool {
        let is_meta = rules::find(finding.rule).is_some_and(|rule| rule.kind == Kind::Meta);
        let sorted = |mut ids: Vec<RevisionId>| {
            ids.sort();
            ids
        };
        let old_ids = |old: &Diagnostic| {
            sorted(old.revisions.iter().map(|id| self.id_afterwards(id)).collect())
        };
        let ids = sorted(finding.revisions.clone());
        let mut same_rule = before.iter().filter(|old| old.rule == finding.rule);
        // A merge of some heads leaves others; that there are fewer is no new trouble.
        let fewer = finding.rule == "multiple-heads";
        is_meta
            || same_rule.any(|old| {
                old_ids(old) == ids || (fewer && old.revisions.len() > finding.revisions.len())
            })
    }

    fn id_afterwards(&self, id: &RevisionId) -> RevisionId {
        let renamed = self.renamed.iter().find(|(old, _)| old == id);
        renamed.map_or(id, |(_, new)| new).clone()
    }
}
