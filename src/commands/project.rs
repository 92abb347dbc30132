//! What the commands share: the environments they act on, reading them, and the texts that findings show.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::snapshot::Choice;
use crate::check;
use crate::cli::{Format, GlobalArgs, SnapshotArgs};
use crate::config::Config;
use crate::environment::{self, Discovery, Environment, Request, Root, Scope};
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::git::{GitError, ObjectId};
use crate::graph::RevisionGraph;
use crate::loader;
use crate::report::sanitize::sanitize;
use crate::report::{EnvironmentFacts, EnvironmentReport, Report, Sources, json};
use crate::script::{Depth, FolderModules, Script};
use crate::settings::Process;
use crate::snapshot::{Objects, Snapshot, Tree};
use crate::ui::Ui;

/// An opened project.
pub(super) struct Project {
    pub(super) ui: Ui,
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) process: Process,
    pub(super) root: Root,
    pub(super) config: Config,
    pub(super) discovery: Discovery,
    /// The files that are read.
    pub(super) snapshot: Snapshot,
    global: GlobalArgs,
}

/// One environment, read.
pub(super) struct History<'a> {
    pub(super) environment: &'a Environment,
    pub(super) scripts: &'a [Script],
    pub(super) graph: RevisionGraph<'a>,
}

impl<'a> History<'a> {
    /// The history that `scripts` make.
    pub(super) fn new(environment: &'a Environment, scripts: &'a [Script]) -> Self {
        Self { environment, scripts, graph: RevisionGraph::build(scripts) }
    }

    /// What every JSON document says of it.
    pub(super) fn facts(&self) -> EnvironmentFacts {
        EnvironmentFacts::of(self.environment, self.scripts, &self.graph)
    }

    /// What is wrong with its integrity, which every answer rests on.
    pub(super) fn integrity_report(&self) -> EnvironmentReport {
        let findings = check::integrity(self.environment, self.scripts, &self.graph);
        EnvironmentReport { facts: self.facts(), findings, uncertain: false }
    }
}

impl Project {
    /// Finds the environments that `scope` asks for, in the working tree.
    ///
    /// # Errors
    /// When the configuration is wrong or there is no environment.
    pub(super) fn open(global: &GlobalArgs, ui: Ui, scope: Scope) -> Result<Self, Error> {
        Self::open_at(global, ui, scope, &SnapshotArgs::default())
    }

    /// Finds the environments that `scope` asks for, in the files that are to be judged.
    ///
    /// # Errors
    /// When those cannot be read, the configuration is wrong or there is no environment.
    pub(super) fn open_at(
        global: &GlobalArgs,
        ui: Ui,
        scope: Scope,
        args: &SnapshotArgs,
    ) -> Result<Self, Error> {
        let process = Process::read(global)?;
        let root = process.root();
        let snapshot = super::snapshot::open(&root, &Choice::of(args))?;
        Self::with(global, ui, scope, process, root, snapshot)
    }

    /// Finds the environments that `scope` asks for, in `snapshot`.
    ///
    /// # Errors
    /// When the configuration is wrong or there is no environment.
    pub(super) fn with(
        global: &GlobalArgs,
        ui: Ui,
        scope: Scope,
        process: Process,
        root: Root,
        snapshot: Snapshot,
    ) -> Result<Self, Error> {
        let shown = |path: &Path| fs::shown(path, &process.directory, &root.path);
        let config = Config::load(&snapshot, &process.directory, &root.path, &shown)?;
        Self::configured(global, ui, scope, process, root, snapshot, config)
    }

    /// The same with a configuration that is not there yet, in the working tree.
    ///
    /// # Errors
    /// When there is no environment.
    pub(super) fn proposed(global: &GlobalArgs, ui: Ui, config: Config) -> Result<Self, Error> {
        let process = Process::read(global)?;
        let root = process.root();
        Self::configured(global, ui, Scope::Repository, process, root, Snapshot::Worktree, config)
    }

    fn configured(
        global: &GlobalArgs,
        ui: Ui,
        scope: Scope,
        process: Process,
        root: Root,
        snapshot: Snapshot,
        config: Config,
    ) -> Result<Self, Error> {
        let request = Request {
            directory: process.directory.clone(),
            configs: global.config.clone(),
            name: global.name.clone(),
            alembic_config: process.alembic_config.clone(),
            script_location: global.script_location.clone(),
            version_locations: global.version_location.clone(),
        };
        let discovery = environment::find(&snapshot, &request, &config, &root, scope)?;
        let (root, config) = at_home(&snapshot, &discovery, root, config);
        Ok(Self {
            ui,
            format: global.format,
            quiet: global.quiet,
            process,
            root,
            config,
            discovery,
            snapshot,
            global: global.clone(),
        })
    }

    /// The same project as it is in another snapshot of the repository.
    ///
    /// # Errors
    /// When the configuration there is wrong or there is no environment.
    pub(super) fn at(&self, snapshot: Snapshot) -> Result<Self, Error> {
        let (process, root) = (self.process.clone(), self.root.clone());
        Self::with(&self.global, self.ui, Scope::Repository, process, root, snapshot)
    }

    /// The same project as it was in a commit; `None` where it had no environment yet, or a configuration of which nothing
    /// can be made.
    ///
    /// # Errors
    /// When git cannot give the commit.
    pub(super) fn at_commit(&self, commit: &ObjectId) -> Result<Option<Self>, Error> {
        let objects = match self.snapshot.tree() {
            Some(tree) => Arc::clone(tree.objects()),
            None => Objects::new(self.root.git()),
        };
        let tree = Tree::commit(&objects, &self.root.path, commit.as_str(), commit.clone());
        Ok(self.at(Snapshot::Tree(tree.map_err(git_error)?)).ok())
    }

    /// Says on stderr what was odd about finding the environments.
    ///
    /// Under `--quiet` nothing, unless the warnings are what decides the exit status.
    pub(super) fn warn(&self, decides: bool) {
        if self.quiet && !decides {
            return;
        }
        for warning in &self.discovery.warnings {
            let text = warning.text(&|path| self.shown(path));
            self.ui.talk(&format!("{}: {}\n", self.ui.warning_word("warning"), sanitize(&text)));
        }
    }

    /// Says something about the run on stderr, unless it is to be quiet.
    pub(super) fn say(&self, sentence: &str) {
        if !self.quiet && self.format == Format::Text {
            self.ui.talk(&format!("{}\n", sanitize(sentence)));
        }
    }

    /// Says on stderr what is worth knowing and changes nothing.
    pub(super) fn note(&self, sentence: &str) {
        if !self.quiet && self.format == Format::Text {
            let word = self.ui.warning_word("note");
            self.ui.talk(&format!("{word}: {}\n", sanitize(sentence)));
        }
    }

    /// Passes on what a command says, unless the run is to be quiet.
    pub(super) fn pass_on(&self, said: &[u8]) {
        if !self.quiet {
            self.ui.pass_on(said);
        }
    }

    /// The version locations that lie in the repository, as git names them.
    pub(super) fn version_folders(&self) -> BTreeSet<PathBuf> {
        let locations = self.discovery.environments.iter().flat_map(|one| &one.version_locations);
        let inside = locations.filter_map(|location| self.inside(&location.path));
        inside.map(Path::to_path_buf).collect()
    }

    /// `path` as git names it: relative to the top folder; `None` for one outside.
    pub(super) fn inside<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        path.strip_prefix(&self.root.path).ok()
    }

    /// Says why nothing was done although everything could be read.
    pub(super) fn refuse(&self, sentence: &str, hint: Option<&str>) -> ExitStatus {
        if self.format == Format::Json {
            self.ui.data(&json::error(sentence, hint));
            return ExitStatus::Problems;
        }
        self.ui.talk(&format!("{}: {}\n", self.ui.error_word("error"), sanitize(sentence)));
        if let Some(hint) = hint {
            self.ui.talk(&format!("{}: {}\n", self.ui.hint_word("hint"), sanitize(hint)));
        }
        ExitStatus::Problems
    }

    /// `path` as people read it: relative to the directory run from.
    pub(super) fn shown(&self, path: &Path) -> String {
        fs::shown(path, &self.process.directory, &self.root.path)
    }

    /// Reads the scripts of every environment, in their order.
    pub(super) fn all_scripts(&self, depth: Depth) -> Vec<Vec<Script>> {
        let environments = self.discovery.environments.iter();
        environments.map(|environment| self.scripts(environment, depth)).collect()
    }

    /// Reads the scripts of `environment`.
    fn scripts(&self, environment: &Environment, depth: Depth) -> Vec<Script> {
        let modules = FolderModules::new(&self.snapshot, environment.module_roots.clone());
        loader::load(&self.snapshot, self.snapshot.listing(environment), depth, &modules)
    }

    /// Every environment with its history.
    pub(super) fn histories<'a>(&'a self, scripts: &'a [Vec<Script>]) -> Vec<History<'a>> {
        let pairs = self.discovery.environments.iter().zip(scripts);
        pairs.map(|(environment, scripts)| History::new(environment, scripts)).collect()
    }

    /// The bytes of a file that a finding names; of one in a conflict, as git has merged it.
    fn text_of(&self, path: &Path) -> Result<Vec<u8>, fs::ReadError> {
        let merged = self.snapshot.tree().and_then(|tree| tree.merged(path));
        merged.map_or_else(|| self.snapshot.read(path), Ok)
    }

    /// The texts of the files that the findings of `report` name.
    pub(super) fn sources(&self, report: &Report) -> Sources {
        let mut texts = BTreeMap::new();
        if let Some(tree) = self.snapshot.tree() {
            let labels = report.findings().flat_map(|one| one.primary.iter().chain(&one.related));
            // What cannot be read is shown without its text.
            let _ = tree.prefetch(labels.map(|label| label.place.path.as_path()));
        }
        let labels =
            report.findings().flat_map(|finding| finding.primary.iter().chain(&finding.related));
        for label in labels {
            let path = &label.place.path;
            if label.place.span.is_some()
                && !texts.contains_key(path)
                && let Ok(bytes) = self.text_of(path)
            {
                texts.insert(path.clone(), readable(bytes).into());
            }
        }
        let directory = self.process.directory.clone();
        Sources { root: self.root.path.clone(), directory, texts }
    }
}

/// The root and the configuration that count: those of the repository that the environments lie in, also where onehead is
/// run from elsewhere. What is published is known there only.
fn at_home(
    snapshot: &Snapshot,
    discovery: &Discovery,
    root: Root,
    config: Config,
) -> (Root, Config) {
    let resolved = |path: &Path| snapshot.settled(path);
    let top = resolved(&root.path);
    let lies_inside = |one: &Environment| resolved(&one.script_location).starts_with(&top);
    let stranger = discovery
        .environments
        .first()
        .filter(|_| !root.repository || !discovery.environments.iter().any(lies_inside));
    let home = stranger.map(|one| (Root::find(&resolved(&one.script_location)), one));
    match home {
        Some((home, one)) if home.repository => {
            (Root { elsewhere: true, ..home }, (*one.governing).clone())
        }
        _ => (root, config),
    }
}

/// git's answer, or what kept it from giving one.
pub(super) fn git_error(error: GitError) -> Error {
    Error::Git { reason: error.0 }
}

/// Text in which every byte stands where it stood, since places are byte offsets: what is no UTF-8 becomes `?`.
fn readable(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.into_bytes();
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
        text
    })
}
