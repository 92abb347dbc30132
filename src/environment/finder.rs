//! The order of trust: what is named, what is configured, what lies here, what is found by looking.
//!
//! Every step records what it tried. Whether a failure stops the run or is a warning is decided here and only here.

use std::path::{Path, PathBuf};

use super::builder::{Builder, INI, Obstacle, is_flask_migrate};
use super::dead::{Dead, stopped};
use super::locate::{is_script_location, tidy};
use super::options::{DEFAULT, Files};
use super::search::{Candidate, Exclude, search};
use super::{
    Attempt, Discovery, Environment, Failure, Origin, Outcome, Request, Root, Scope,
    VersionLocation, Warning,
};
use crate::config::{Config, EnvironmentConfig};
use crate::error::Error;
use crate::nearest::nearest;
use crate::snapshot::Snapshot;

const TOML: &str = "pyproject.toml";

const RELATIVE: &str = "the path is relative to the folder of this file";

const TWICE: &str = "`--config` may be given twice for one ini file and one pyproject.toml";

pub(super) fn find(
    snapshot: &Snapshot,
    request: &Request,
    config: &Config,
    root: &Root,
    scope: Scope,
) -> Result<Discovery, Error> {
    let exclude = Exclude::new(config)?;
    let discovery = Discovery::default();
    let mut finder = Finder {
        snapshot,
        builder: Builder { snapshot, request, config, root },
        exclude,
        discovery,
        seen: Vec::new(),
        places: Vec::new(),
        locations: Vec::new(),
    };
    finder.builder.check_arguments()?;
    if finder.is_named() {
        finder.named()?;
    } else if finder.has_locations() {
        finder.by_locations()?;
    } else if let Some(name) = &request.name {
        finder.by_section(name)?;
    } else if scope == Scope::Repository || !finder.nearest()? {
        finder.configured()?;
        finder.everywhere(None)?;
    }
    if !finder.discovery.environments.is_empty() {
        return Ok(finder.discovery);
    }
    let shown = |path: &Path| finder.builder.shown(path);
    Err(Error::NoEnvironment {
        root: root.path.to_string_lossy().into_owned(),
        snapshot: snapshot.tree().map(|tree| tree.source().to_string()),
        repository: root.repository,
        notes: finder.discovery.notes(&shown),
        locations: finder.locations.iter().map(|path| shown(path)).collect(),
    })
}

struct Finder<'a> {
    snapshot: &'a Snapshot,
    builder: Builder<'a>,
    exclude: Exclude,
    discovery: Discovery,
    /// Configurations and sections that were dealt with.
    seen: Vec<(PathBuf, String)>,
    /// The resolved version locations of each environment.
    places: Vec<(Vec<PathBuf>, String)>,
    /// Folders that look like script locations.
    locations: Vec<PathBuf>,
}

impl Finder<'_> {
    fn is_named(&self) -> bool {
        !self.builder.request.configs.is_empty() || self.variable().is_some()
    }

    fn has_locations(&self) -> bool {
        self.builder.request.script_location.is_some()
            || !self.builder.request.version_locations.is_empty()
    }

    fn variable(&self) -> Option<&Path> {
        self.builder.request.alembic_config.as_deref().filter(|path| !path.as_os_str().is_empty())
    }

    /// The toml and the ini file, and the file that was named for each (Alembic 1.20.1,
    /// `CommandLine._inis_from_config`).
    fn pair(&self) -> Result<[(PathBuf, bool); 2], Error> {
        let is_toml = |path: &Path| path.file_name().is_some_and(|name| name == TOML);
        let mut toml = (self.builder.absolute(Path::new(TOML)), false);
        let mut ini = (self.builder.absolute(Path::new(INI)), false);
        if let Some(path) = self.variable() {
            *(if is_toml(path) { &mut toml } else { &mut ini }) =
                (self.builder.absolute(path), true);
        }
        let (tomls, inis): (Vec<_>, Vec<_>) =
            self.builder.request.configs.iter().partition(|path| is_toml(path));
        if tomls.len() > 1 {
            return Err(Error::Usage {
                message: "pyproject.toml indicated more than once".into(),
                hint: TWICE,
            });
        }
        if inis.len() > 1 {
            return Err(Error::Usage {
                message: "only one ini file may be indicated".into(),
                hint: TWICE,
            });
        }
        if let Some(path) = tomls.first() {
            toml = (self.builder.absolute(path), true);
        }
        if let Some(path) = inis.first() {
            ini = (self.builder.absolute(path), true);
        }
        Ok([toml, ini])
    }

    /// `-c` and `ALEMBIC_CONFIG`, with `-n`.
    fn named(&mut self) -> Result<(), Error> {
        let [toml, ini] = self.pair()?;
        for (path, named) in [&toml, &ini] {
            if *named && !self.snapshot.is_file(path) {
                let reason = match self.snapshot.read(path) {
                    Err(error) => error.reason,
                    Ok(_) => "it is no regular file".into(),
                };
                let by_option = self.builder.request.configs.iter();
                let by_option = by_option.map(|given| self.builder.absolute(given));
                let named_by = if by_option.into_iter().any(|given| given == *path) {
                    "-c"
                } else {
                    "ALEMBIC_CONFIG"
                };
                return Err(Error::NoSuchConfig {
                    path: self.builder.shown(path),
                    named_by,
                    reason,
                });
            }
        }
        let section = self.builder.request.name.clone().unwrap_or_else(|| DEFAULT.into());
        let blamed = if ini.1 { &ini.0 } else { &toml.0 };
        let files =
            Files::read(self.snapshot, Some(&ini.0), Some(&toml.0), &self.builder.shown(&ini.0))
                .map_err(|error| Dead::files(error, blamed).error(&self.builder, &[]))?;
        let directory = self.builder.request.directory.clone();
        match self.builder.build(&files, &section, Origin::Named, Some(&directory)) {
            Ok(environment) => {
                self.register(environment);
                Ok(())
            }
            Err(obstacle) => Err(stopped(&self.builder, obstacle, blamed, &section, &files)),
        }
    }

    /// `--script-location` and `--version-location` alone.
    fn by_locations(&mut self) -> Result<(), Error> {
        let written = match (
            &self.builder.request.script_location,
            self.builder.request.version_locations.as_slice(),
        ) {
            (Some(path), _) => path.clone(),
            (None, [first, ..]) => first.parent().unwrap_or(Path::new("")).to_path_buf(),
            (None, []) => return Ok(()),
        };
        let script_location = self.builder.absolute(&written);
        let locations = self.builder.argument_locations(&script_location);
        if locations.iter().all(|location| !location.exists)
            && !is_script_location(self.snapshot, &script_location)
        {
            let shown = written.display();
            return Err(Error::Usage {
                message: format!("--script-location `{shown}` has neither `env.py` nor `versions`"),
                hint: "name the folders that hold the revisions with `--version-location DIR`",
            });
        }
        let origin = Origin::Arguments;
        let environment = self.builder.by_folders(origin, None, script_location, locations)?;
        self.register(environment);
        Ok(())
    }

    /// `-n` alone: the nearest configuration upward that has the section, else every one that has it.
    fn by_section(&mut self, name: &str) -> Result<(), Error> {
        for folder in self.upward() {
            let (ini, toml) = (folder.join(INI), folder.join(TOML));
            let files =
                Files::read(self.snapshot, Some(&ini), Some(&toml), &self.builder.shown(&ini));
            let files = match files {
                Ok(files) => files,
                Err(error) if folder == self.builder.request.directory => {
                    return Err(Dead::files(error, &ini).error(&self.builder, &[]));
                }
                Err(_) => continue,
            };
            let has = files.ini.as_ref().is_some_and(|file| file.ini.has_section(name));
            let by_toml = files.sections().iter().any(|found| found == DEFAULT);
            if !has && (name != DEFAULT || !by_toml) {
                continue;
            }
            let here = self.builder.request.directory.clone();
            let first = (folder == here).then_some(here.as_path());
            let environment = self
                .builder
                .build(&files, name, Origin::Named, first)
                .map_err(|obstacle| stopped(&self.builder, obstacle, &ini, name, &files))?;
            self.register(environment);
            return Ok(());
        }
        let mut sections = self.everywhere(Some(name))?;
        if self.discovery.environments.is_empty() && !sections.is_empty() {
            sections.sort();
            let nearest = nearest(name, sections.iter().map(String::as_str)).map(str::to_string);
            return Err(Error::NoSection { name: name.into(), nearest });
        }
        Ok(())
    }

    /// The directory run from and the folders above it, up to the root.
    fn upward(&self) -> Vec<PathBuf> {
        let directory = &self.builder.request.directory;
        let mut folders = vec![directory.clone()];
        if directory.starts_with(&self.builder.root.path) {
            let parents = directory.ancestors().skip(1);
            let inside = parents.take_while(|parent| parent.starts_with(&self.builder.root.path));
            folders.extend(inside.map(Path::to_path_buf));
        }
        folders
    }

    /// What Alembic would use from here, else from the nearest folder above. False when that is nothing.
    fn nearest(&mut self) -> Result<bool, Error> {
        for folder in self.upward() {
            let candidate = self.candidate_in(&folder);
            let dead = self.candidate(&candidate, Origin::Here, true, None)?;
            for dead in dead {
                self.pass(dead, folder == self.builder.request.directory)?;
            }
            if !self.discovery.environments.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn candidate_in(&self, folder: &Path) -> Candidate {
        let wanted = |name: &str| {
            let path = folder.join(name);
            self.snapshot.is_file(&path) && !self.exclude.matches(&path)
        };
        Candidate { folder: folder.to_path_buf(), ini: wanted(INI), toml: wanted(TOML) }
    }

    /// `[[tool.onehead.environments]]`, in written order.
    fn configured(&mut self) -> Result<(), Error> {
        for entry in &self.builder.config.environments {
            self.check_locations(entry)?;
            match &entry.config {
                Some(config) => self.configured_file(entry, config)?,
                None => self.configured_folders(entry)?,
            }
        }
        Ok(())
    }

    /// An entry that names version locations of which none exists would make every answer about nothing.
    fn check_locations(&self, entry: &EnvironmentConfig) -> Result<(), Error> {
        let locations = self.builder.entry_locations(entry);
        if locations.is_empty() || locations.iter().any(|location| location.exists) {
            return Ok(());
        }
        let written: Vec<String> =
            entry.version_locations.iter().map(|written| format!("\"{written}\"")).collect();
        Err(Error::Configuration {
            place: entry.place.clone(),
            message: format!("`version-locations = [{}]`: no such folder", written.join(", ")),
            hint: Some(RELATIVE.into()),
        })
    }

    fn configured_file(&mut self, entry: &EnvironmentConfig, config: &str) -> Result<(), Error> {
        let path = tidy(&self.builder.config.folder.join(config));
        if !self.snapshot.is_file(&path) {
            return Err(Error::Configuration {
                place: entry.place.clone(),
                message: format!("`config = \"{config}\"`: no such file"),
                hint: Some(RELATIVE.into()),
            });
        }
        let section = entry.section.clone().unwrap_or_else(|| DEFAULT.into());
        let is_toml = path.file_name().is_some_and(|name| name == TOML);
        let sibling = path.with_file_name(TOML);
        let ini = (!is_toml).then_some(path.as_path());
        let files = Files::read(self.snapshot, ini, Some(&sibling), &self.builder.shown(&path))
            .map_err(|error| Dead::files(error, &path).error(&self.builder, &[]))?;
        let environment = self.builder.build(&files, &section, Origin::Configured, None);
        let environment = environment.map_err(|obstacle| match obstacle {
            Obstacle::Stop(error) => error,
            Obstacle::Nowhere(failure) => {
                let (config, section) = (path.clone(), Some(section.clone()));
                let error = Dead { config, section, failure }.error(&self.builder, &[]);
                let sections = files.sections().join(", ");
                let hint = (!sections.is_empty()).then(|| format!("its sections are: {sections}"));
                let (place, hint) = (entry.place.clone(), hint.or_else(|| error.hint()));
                Error::Configuration { place, message: error.to_string(), hint }
            }
        })?;
        self.seen.push((path, section));
        self.register(environment);
        Ok(())
    }

    /// An environment of which no configuration of Alembic knows.
    fn configured_folders(&mut self, entry: &EnvironmentConfig) -> Result<(), Error> {
        let folder = self.builder.config.folder.clone();
        let mut locations = self.builder.entry_locations(entry);
        let first = locations.first().and_then(|first| first.path.parent());
        let script_location = match &entry.script_location {
            Some(written) => tidy(&folder.join(written)),
            None => first.unwrap_or(&folder).to_path_buf(),
        };
        if !self.snapshot.is_directory(&script_location) {
            let shown = self.builder.shown(&script_location);
            return Err(Error::Configuration {
                place: entry.place.clone(),
                message: format!("the script location {shown} does not exist"),
                hint: Some(RELATIVE.into()),
            });
        }
        if locations.is_empty() {
            locations.push(self.builder.location(None, script_location.join("versions")));
        }
        let origin = Origin::Configured;
        let environment =
            self.builder.by_folders(origin, Some(entry), script_location, locations)?;
        self.register(environment);
        Ok(())
    }

    /// Everything in the repository, of which `only` a section is wanted or all. Gives the names of all sections.
    fn everywhere(&mut self, only: Option<&str>) -> Result<Vec<String>, Error> {
        let found = search(self.snapshot, self.builder.root, &self.exclude);
        let mut candidates = found.candidates;
        self.locations = found.locations;
        // What lies in the directory run from is read even where git ignores it.
        let here = self.candidate_in(&self.builder.request.directory);
        candidates.retain(|candidate| candidate.folder != here.folder);
        if here.ini || here.toml {
            let at = candidates.partition_point(|candidate| candidate.folder < here.folder);
            candidates.insert(at, here);
        }
        let skip =
            |path: PathBuf, why| Attempt { path, section: None, outcome: Outcome::Skipped(why) };
        let ignored = found.ignored.into_iter().filter(|path| {
            path.parent().is_some_and(|folder| folder != self.builder.request.directory)
        });
        let skipped: Vec<Attempt> = ignored
            .map(|path| skip(path, "git ignores it"))
            .chain(found.repositories.into_iter().map(|path| skip(path, "another git repository")))
            .collect();
        self.discovery.warnings.extend(found.unreadable.into_iter().map(Warning::Unreadable));
        let mut sections = Vec::new();
        for candidate in candidates {
            let here = candidate.folder == self.builder.request.directory;
            let origin = if here { Origin::Here } else { Origin::Search };
            let before = self.discovery.attempts.len();
            let dead = self.candidate(&candidate, origin, false, only)?;
            let attempts = &self.discovery.attempts[before..];
            sections.extend(attempts.iter().filter_map(|attempt| attempt.section.clone()));
            for dead in dead {
                self.pass(dead, here && only.is_none())?;
            }
        }
        self.discovery.attempts.extend(skipped);
        Ok(sections)
    }

    /// One folder with a configuration: registers what makes an environment, and gives back what leads nowhere.
    /// `default` is for commands that act on what Alembic would use: of several sections `alembic` alone.
    fn candidate(
        &mut self,
        candidate: &Candidate,
        origin: Origin,
        default: bool,
        only: Option<&str>,
    ) -> Result<Vec<Dead>, Error> {
        let (ini, toml) = (candidate.folder.join(INI), candidate.folder.join(TOML));
        let mut dead = Vec::new();
        let wanted_ini = candidate.ini.then_some(ini.as_path());
        let mut wanted_toml = candidate.toml.then_some(toml.as_path());
        let files = loop {
            match Files::read(self.snapshot, wanted_ini, wanted_toml, &self.builder.shown(&ini)) {
                Ok(files) => break files,
                Err(error) => {
                    let error = Dead::files(error, &ini);
                    let by_toml = wanted_toml == Some(error.config.as_path());
                    dead.push(error);
                    if !by_toml || wanted_ini.is_none() {
                        return Ok(self.record(dead));
                    }
                    wanted_toml = None;
                }
            }
        };
        let mut sections = files.sections();
        if default && sections.iter().any(|section| section == DEFAULT) {
            sections.retain(|section| section == DEFAULT);
        }
        if sections.is_empty() && files.ini.is_some() && is_flask_migrate(self.snapshot, &ini) {
            sections.push(DEFAULT.into());
        }
        if sections.is_empty() && !self.seen.iter().any(|(path, _)| *path == ini || *path == toml) {
            if files.ini.is_some() {
                let failure = Failure::NoScriptLocation;
                dead.push(Dead { config: ini, section: None, failure });
            } else if files.toml.is_some() {
                let outcome = Outcome::Skipped("[tool.alembic] has no script_location");
                self.discovery.attempts.push(Attempt { path: toml, section: None, outcome });
            }
            return Ok(self.record(dead));
        }
        for section in sections {
            let config = files.path_for(&section).unwrap_or(&ini).to_path_buf();
            if self.seen.contains(&(config.clone(), section.clone())) {
                continue;
            }
            if only.is_some_and(|only| only != section) {
                let outcome = Outcome::Skipped("not the section asked for");
                let attempt = Attempt { path: config, section: Some(section), outcome };
                self.discovery.attempts.push(attempt);
                continue;
            }
            match self.builder.build(&files, &section, origin, None) {
                Ok(environment) => self.register(environment),
                Err(Obstacle::Nowhere(failure)) => {
                    dead.push(Dead { config, section: Some(section), failure });
                }
                Err(Obstacle::Stop(error)) => return Err(error),
            }
        }
        Ok(self.record(dead))
    }

    fn record(&mut self, dead: Vec<Dead>) -> Vec<Dead> {
        for Dead { config, section, failure } in &dead {
            self.discovery.attempts.push(Attempt {
                path: config.clone(),
                section: section.clone(),
                outcome: Outcome::Failed(failure.clone()),
            });
        }
        dead
    }

    /// Warns of what leads nowhere, or stops at it: where Alembic itself would stop `here`.
    fn pass(&mut self, dead: Dead, here: bool) -> Result<(), Error> {
        if dead.is_unknown(self.snapshot) || (here && dead.stops_alembic()) {
            return Err(dead.error(&self.builder, &[]));
        }
        let Dead { config, section, failure } = dead;
        self.discovery.warnings.push(Warning::Nowhere { config, section, failure });
        Ok(())
    }

    /// Adds an environment, unless its version locations are those of an earlier one.
    fn register(&mut self, environment: Environment) {
        let settle = |location: &VersionLocation| self.snapshot.settled(&location.path);
        let places: Vec<PathBuf> = environment.version_locations.iter().map(settle).collect();
        let path =
            environment.config.clone().unwrap_or_else(|| environment.script_location.clone());
        let section = Some(environment.section.clone());
        self.seen.push((path.clone(), environment.section.clone()));
        if let Some((_, name)) = self.places.iter().find(|(known, _)| *known == places) {
            let outcome = Outcome::Same(name.clone());
            self.discovery.attempts.push(Attempt { path, section, outcome });
            return;
        }
        self.places.push((places, environment.name.clone()));
        let outcome = Outcome::Found(environment.name.clone());
        self.discovery.attempts.push(Attempt { path, section, outcome });
        for location in environment.version_locations.iter().filter(|location| !location.exists) {
            let warning = Warning::missing(self.snapshot, &environment.name, &location.path);
            self.discovery.warnings.push(warning);
        }
        self.discovery.environments.push(environment);
    }
}
