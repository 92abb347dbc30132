//! The order of trust: what is named, what is configured, what lies here, what is found by looking.
//!
//! Every step records what it tried. Whether a failure stops the run or is a warning is decided here and only here.

use std::path::{Path, PathBuf};

use super::locate::{Bases, expand, tidy};
use super::options::{DEFAULT, Files, FilesError, Options};
use super::search::{Candidate, Exclude, search};
use super::{
    Attempt, Discovery, Environment, ExpectedHeads, Failure, Origin, Outcome, Request, Root, Scope,
    VersionLocation, Warning,
};
use crate::config::{Config, EnvironmentConfig};
use crate::error::Error;
use crate::fs;
use crate::nearest::nearest;

const INI: &str = "alembic.ini";
const TOML: &str = "pyproject.toml";

pub(super) fn find(
    request: &Request,
    config: &Config,
    root: &Root,
    scope: Scope,
) -> Result<Discovery, Error> {
    let exclude = Exclude::new(config)?;
    let discovery = Discovery::default();
    let mut finder =
        Finder { request, config, root, exclude, discovery, seen: Vec::new(), places: Vec::new() };
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
    let shown = |path: &Path| fs::shown(path, &request.directory);
    Err(Error::NoEnvironment {
        root: root.path.to_string_lossy().into_owned(),
        repository: root.repository,
        notes: finder.discovery.warnings.iter().map(|warning| warning.text(&shown)).collect(),
    })
}

/// A section that leads nowhere: the file, the section where it came to one, and why.
struct Dead {
    config: PathBuf,
    section: Option<String>,
    failure: Failure,
}

impl Dead {
    /// Whether Alembic itself would stop here when nothing is named.
    fn stops_alembic(&self) -> bool {
        self.section.as_deref().is_none_or(|section| section == DEFAULT)
    }
}

struct Finder<'a> {
    request: &'a Request,
    config: &'a Config,
    root: &'a Root,
    exclude: Exclude,
    discovery: Discovery,
    /// Configurations and sections that were dealt with.
    seen: Vec<(PathBuf, String)>,
    /// The resolved version locations of each environment.
    places: Vec<(Vec<PathBuf>, String)>,
}

impl Finder<'_> {
    fn is_named(&self) -> bool {
        !self.request.configs.is_empty() || self.variable().is_some()
    }

    fn has_locations(&self) -> bool {
        self.request.script_location.is_some() || !self.request.version_locations.is_empty()
    }

    fn variable(&self) -> Option<&Path> {
        self.request.alembic_config.as_deref().filter(|path| !path.as_os_str().is_empty())
    }

    fn shown(&self, path: &Path) -> String {
        fs::shown(path, &self.request.directory)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        tidy(&self.request.directory.join(path))
    }

    /// The toml and the ini file, and the file that was named for each (Alembic 1.20.1,
    /// `CommandLine._inis_from_config`).
    fn pair(&self) -> Result<[(PathBuf, bool); 2], Error> {
        let is_toml = |path: &Path| path.file_name().is_some_and(|name| name == TOML);
        let mut toml = (self.absolute(Path::new(TOML)), false);
        let mut ini = (self.absolute(Path::new(INI)), false);
        if let Some(path) = self.variable() {
            *(if is_toml(path) { &mut toml } else { &mut ini }) = (self.absolute(path), true);
        }
        let (tomls, inis): (Vec<_>, Vec<_>) =
            self.request.configs.iter().partition(|path| is_toml(path));
        if tomls.len() > 1 {
            return Err(Error::Usage("pyproject.toml indicated more than once".into()));
        }
        if inis.len() > 1 {
            return Err(Error::Usage("only one ini file may be indicated".into()));
        }
        if let Some(path) = tomls.first() {
            toml = (self.absolute(path), true);
        }
        if let Some(path) = inis.first() {
            ini = (self.absolute(path), true);
        }
        Ok([toml, ini])
    }

    /// `-c` and `ALEMBIC_CONFIG`, with `-n`.
    fn named(&mut self) -> Result<(), Error> {
        let [toml, ini] = self.pair()?;
        for (path, named) in [&toml, &ini] {
            if *named && !fs::is_file(path) {
                let reason = match fs::read(path) {
                    Err(error) => error.reason,
                    Ok(_) => "it is no regular file".into(),
                };
                return Err(Error::Read { path: self.shown(path), reason });
            }
        }
        let section = self.request.name.clone().unwrap_or_else(|| DEFAULT.into());
        let blamed = if ini.1 { &ini.0 } else { &toml.0 };
        let files = Files::read(Some(&ini.0), Some(&toml.0), &self.shown(&ini.0))
            .map_err(|error| self.error(&dead_files(error, blamed), &[]))?;
        let directory = self.request.directory.clone();
        match self.build(&files, &section, Origin::Named, Some(&directory)) {
            Ok(environment) => {
                self.register(environment);
                Ok(())
            }
            Err(failure) => {
                let config = blamed.clone();
                let dead = Dead { config, section: Some(section), failure };
                Err(self.error(&dead, &files.sections()))
            }
        }
    }

    /// `--script-location` and `--version-location` alone.
    fn by_locations(&mut self) -> Result<(), Error> {
        let (option, written) =
            match (&self.request.script_location, self.request.version_locations.as_slice()) {
                (Some(path), _) => ("--script-location", path.clone()),
                (None, [first, ..]) => {
                    let parent = first.parent().unwrap_or(Path::new("")).to_path_buf();
                    ("--version-location", parent)
                }
                (None, []) => return Ok(()),
            };
        let script_location = self.absolute(&written);
        if !fs::is_directory(&script_location) {
            let shown = self.shown(&script_location);
            return Err(Error::Usage(format!("{option} `{shown}` is no folder")));
        }
        let bases = Bases::new(Some(&self.request.directory), &script_location, &self.root.path);
        let environment = Environment {
            name: fs::shown(&script_location, &self.root.path),
            config: None,
            section: DEFAULT.into(),
            origin: Origin::Arguments,
            version_locations: self.argument_locations(&script_location)?,
            script_location,
            recursive: false,
            sourceless: false,
            file_template: "%(rev)s_%(slug)s".into(),
            truncate_slug_length: 40,
            expected_heads: self.expected_heads(None),
            module_roots: bases.module_roots(),
        };
        self.register(environment);
        Ok(())
    }

    /// `--version-location`, each of which must be there; else the default one.
    fn argument_locations(&self, script_location: &Path) -> Result<Vec<VersionLocation>, Error> {
        if self.request.version_locations.is_empty() {
            return Ok(vec![location(None, script_location.join("versions"))]);
        }
        let mut locations = Vec::new();
        for written in &self.request.version_locations {
            let path = self.absolute(written);
            let text = written.to_string_lossy().into_owned();
            if !fs::is_directory(&path) {
                return Err(Error::Usage(format!("--version-location `{text}` is no folder")));
            }
            locations.push(location(Some(text), path));
        }
        Ok(locations)
    }

    /// `-n` alone: the nearest configuration upward that has the section, else every one that has it.
    fn by_section(&mut self, name: &str) -> Result<(), Error> {
        for folder in self.upward() {
            let (ini, toml) = (folder.join(INI), folder.join(TOML));
            let files = Files::read(Some(&ini), Some(&toml), &self.shown(&ini));
            let files = match files {
                Ok(files) => files,
                Err(error) if folder == self.request.directory => {
                    return Err(self.error(&dead_files(error, &ini), &[]));
                }
                Err(_) => continue,
            };
            let has = files.ini.as_ref().is_some_and(|file| file.ini.has_section(name));
            if !has && !(name == DEFAULT && files.sections().iter().any(|found| found == DEFAULT)) {
                continue;
            }
            let here = self.request.directory.clone();
            let first = (folder == here).then_some(here.as_path());
            let environment =
                self.build(&files, name, Origin::Named, first).map_err(|failure| {
                    let dead = Dead { config: ini, section: Some(name.into()), failure };
                    self.error(&dead, &files.sections())
                })?;
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
        let directory = &self.request.directory;
        let mut folders = vec![directory.clone()];
        if directory.starts_with(&self.root.path) {
            let parents = directory.ancestors().skip(1);
            let inside = parents.take_while(|parent| parent.starts_with(&self.root.path));
            folders.extend(inside.map(Path::to_path_buf));
        }
        folders
    }

    /// What Alembic would use from here, else from the nearest folder above. False when that is nothing.
    fn nearest(&mut self) -> Result<bool, Error> {
        for folder in self.upward() {
            let candidate = self.candidate_in(&folder);
            let dead = self.candidate(&candidate, Origin::Here, true, None);
            for dead in dead {
                if folder == self.request.directory && dead.stops_alembic() {
                    return Err(self.error(&dead, &[]));
                }
                self.warn(dead);
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
            fs::is_file(&path) && !self.exclude.matches(&path)
        };
        Candidate { folder: folder.to_path_buf(), ini: wanted(INI), toml: wanted(TOML) }
    }

    /// `[[tool.onehead.environments]]`, in written order.
    fn configured(&mut self) -> Result<(), Error> {
        for entry in &self.config.environments {
            match &entry.config {
                Some(config) => self.configured_file(entry, config)?,
                None => self.configured_folders(entry)?,
            }
        }
        Ok(())
    }

    fn configured_file(&mut self, entry: &EnvironmentConfig, config: &str) -> Result<(), Error> {
        let path = tidy(&self.config.folder.join(config));
        if !fs::is_file(&path) {
            return Err(Error::Configuration {
                place: entry.place.clone(),
                message: format!("`config = \"{config}\"`: no such file"),
                hint: None,
            });
        }
        let section = entry.section.clone().unwrap_or_else(|| DEFAULT.into());
        let is_toml = path.file_name().is_some_and(|name| name == TOML);
        let sibling = path.with_file_name(TOML);
        let ini = (!is_toml).then_some(path.as_path());
        let files = Files::read(ini, Some(&sibling), &self.shown(&path))
            .map_err(|error| self.error(&dead_files(error, &path), &[]))?;
        let environment = self.build(&files, &section, Origin::Configured, None);
        let environment = environment.map_err(|failure| {
            let dead = Dead { config: path.clone(), section: Some(section.clone()), failure };
            self.error(&dead, &files.sections())
        })?;
        self.seen.push((path, section));
        self.register(environment);
        Ok(())
    }

    /// An environment of which no configuration of Alembic knows.
    fn configured_folders(&mut self, entry: &EnvironmentConfig) -> Result<(), Error> {
        let folder = self.config.folder.clone();
        let mut locations = self.entry_locations(entry);
        let first = locations.first().and_then(|first| first.path.parent());
        let script_location = match &entry.script_location {
            Some(written) => tidy(&folder.join(written)),
            None => first.unwrap_or(&folder).to_path_buf(),
        };
        if !fs::is_directory(&script_location) {
            let shown = self.shown(&script_location);
            return Err(Error::Configuration {
                place: entry.place.clone(),
                message: format!("the script location {shown} does not exist"),
                hint: None,
            });
        }
        if locations.is_empty() {
            locations.push(location(None, script_location.join("versions")));
        }
        let bases = Bases::new(None, &script_location, &self.root.path);
        let name = entry.name.clone();
        let environment = Environment {
            name: name.unwrap_or_else(|| fs::shown(&script_location, &self.root.path)),
            config: None,
            section: entry.section.clone().unwrap_or_else(|| DEFAULT.into()),
            origin: Origin::Configured,
            script_location,
            version_locations: locations,
            recursive: false,
            sourceless: false,
            file_template: "%(rev)s_%(slug)s".into(),
            truncate_slug_length: 40,
            expected_heads: self.expected_heads(Some(entry)),
            module_roots: bases.module_roots(),
        };
        self.register(environment);
        Ok(())
    }

    fn entry_locations(&self, entry: &EnvironmentConfig) -> Vec<VersionLocation> {
        let mut locations: Vec<VersionLocation> = Vec::new();
        for written in &entry.version_locations {
            let mut paths = expand(&self.config.folder, written);
            if paths.is_empty() {
                paths.push(self.config.folder.join(written));
            }
            for path in paths {
                // `versions` and `versions/*` may name the same folder twice.
                if !locations.iter().any(|known| known.path == path) {
                    locations.push(location(Some(written.clone()), path));
                }
            }
        }
        locations
    }

    fn expected_heads(&self, entry: Option<&EnvironmentConfig>) -> ExpectedHeads {
        entry
            .and_then(|entry| entry.expected_heads.clone())
            .or_else(|| self.config.expected_heads.clone())
            .unwrap_or(ExpectedHeads::Total(1))
    }

    /// Everything in the repository, of which `only` a section is wanted or all. Gives the names of all sections.
    fn everywhere(&mut self, only: Option<&str>) -> Result<Vec<String>, Error> {
        let found = search(self.root, &self.exclude);
        let mut candidates = found.candidates;
        // What lies in the directory run from is read even where git ignores it.
        let here = self.candidate_in(&self.request.directory);
        candidates.retain(|candidate| candidate.folder != here.folder);
        if here.ini || here.toml {
            let at = candidates.partition_point(|candidate| candidate.folder < here.folder);
            candidates.insert(at, here);
        }
        let skip =
            |path: PathBuf, why| Attempt { path, section: None, outcome: Outcome::Skipped(why) };
        let ignored = found
            .ignored
            .into_iter()
            .filter(|path| path.parent().is_some_and(|folder| folder != self.request.directory));
        let skipped: Vec<Attempt> = ignored
            .map(|path| skip(path, "git ignores it"))
            .chain(found.repositories.into_iter().map(|path| skip(path, "another git repository")))
            .collect();
        self.discovery.warnings.extend(found.unreadable.into_iter().map(Warning::Unreadable));
        let mut sections = Vec::new();
        for candidate in candidates {
            let here = candidate.folder == self.request.directory;
            let origin = if here { Origin::Here } else { Origin::Search };
            let before = self.discovery.attempts.len();
            let dead = self.candidate(&candidate, origin, false, only);
            let attempts = &self.discovery.attempts[before..];
            sections.extend(attempts.iter().filter_map(|attempt| attempt.section.clone()));
            for dead in dead {
                if here && only.is_none() && dead.stops_alembic() {
                    return Err(self.error(&dead, &[]));
                }
                self.warn(dead);
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
    ) -> Vec<Dead> {
        let (ini, toml) = (candidate.folder.join(INI), candidate.folder.join(TOML));
        let mut dead = Vec::new();
        let wanted_ini = candidate.ini.then_some(ini.as_path());
        let mut wanted_toml = candidate.toml.then_some(toml.as_path());
        let files = loop {
            match Files::read(wanted_ini, wanted_toml, &self.shown(&ini)) {
                Ok(files) => break files,
                Err(error) => {
                    let error = dead_files(error, &ini);
                    let by_toml = wanted_toml == Some(error.config.as_path());
                    dead.push(error);
                    if !by_toml || wanted_ini.is_none() {
                        return self.record(dead);
                    }
                    wanted_toml = None;
                }
            }
        };
        let mut sections = files.sections();
        if default && sections.iter().any(|section| section == DEFAULT) {
            sections.retain(|section| section == DEFAULT);
        }
        if sections.is_empty() && files.ini.is_some() && is_flask_migrate(&ini) {
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
            return self.record(dead);
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
            match self.build(&files, &section, origin, None) {
                Ok(environment) => self.register(environment),
                Err(failure) => dead.push(Dead { config, section: Some(section), failure }),
            }
        }
        self.record(dead)
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

    fn warn(&mut self, dead: Dead) {
        let Dead { config, section, failure } = dead;
        self.discovery.warnings.push(Warning::Nowhere { config, section, failure });
    }

    /// The entry of `[[tool.onehead.environments]]` that selects this section.
    fn entry(&self, config: &Path, section: &str) -> Option<&EnvironmentConfig> {
        self.config.environments.iter().find(|entry| {
            let path = entry.config.as_ref().map(|path| tidy(&self.config.folder.join(path)));
            path.as_deref() == Some(config)
                && entry.section.as_deref().unwrap_or(DEFAULT) == section
        })
    }

    /// The environment of one section. `first` is where a relative path is tried before all other places.
    fn build(
        &self,
        files: &Files,
        section: &str,
        origin: Origin,
        first: Option<&Path>,
    ) -> Result<Environment, Failure> {
        let options = Options::read(files, section).map_err(Failure::Option)?;
        let config = files.path_for(section).ok_or(Failure::NoScriptLocation)?.to_path_buf();
        let folder = config.parent().unwrap_or(Path::new("")).to_path_buf();
        let entry = self.entry(&config, section);
        let bases =
            Bases::new(first, &folder, &self.root.path).with_sys_path(&options.prepend_sys_path);
        let (script_location, base) =
            self.script_location(entry, &options, &bases, &config, &folder)?;
        let bases = bases.after(base);
        let version_locations =
            self.version_locations(entry, &options, &bases, &script_location)?;
        let suffix = super::describe::section_suffix(Some(section));
        let default_name = || format!("{}{suffix}", fs::shown(&config, &self.root.path));
        let name = entry.and_then(|entry| entry.name.clone()).unwrap_or_else(default_name);
        Ok(Environment {
            name,
            section: section.to_string(),
            origin: if entry.is_some() && origin != Origin::Named {
                Origin::Configured
            } else {
                origin
            },
            script_location,
            version_locations,
            recursive: options.recursive,
            sourceless: options.sourceless,
            file_template: options.file_template,
            truncate_slug_length: options.truncate_slug_length,
            expected_heads: self.expected_heads(entry),
            module_roots: bases.module_roots(),
            config: Some(config),
        })
    }

    /// The script location: by argument, by onehead's configuration, by Alembic's, or the Flask-Migrate layout.
    fn script_location(
        &self,
        entry: Option<&EnvironmentConfig>,
        options: &Options,
        bases: &Bases,
        config: &Path,
        folder: &Path,
    ) -> Result<(PathBuf, Option<PathBuf>), Failure> {
        let by_entry = entry.and_then(|entry| entry.script_location.as_ref());
        let explicit = match (&self.request.script_location, by_entry) {
            (Some(path), _) => Some(self.absolute(path)),
            (None, Some(written)) => Some(tidy(&self.config.folder.join(written))),
            (None, None) => None,
        };
        if let Some(path) = explicit {
            if fs::exists(&path) {
                return Ok((path, None));
            }
            let written = self.shown(&path);
            return Err(Failure::NotThere { written, tried: Vec::new() });
        }
        match &options.script_location {
            Some(written) => bases
                .find(written)
                .map_err(|tried| Failure::NotThere { written: written.clone(), tried }),
            None if is_flask_migrate(config) => Ok((folder.to_path_buf(), None)),
            None => Err(Failure::NoScriptLocation),
        }
    }

    fn version_locations(
        &self,
        entry: Option<&EnvironmentConfig>,
        options: &Options,
        bases: &Bases,
        script_location: &Path,
    ) -> Result<Vec<VersionLocation>, Failure> {
        if !self.request.version_locations.is_empty() {
            let missing =
                |error: Error| Failure::NotThere { written: error.to_string(), tried: Vec::new() };
            return self.argument_locations(script_location).map_err(missing);
        }
        let configured = entry.map(|entry| self.entry_locations(entry)).unwrap_or_default();
        if !configured.is_empty() {
            return Ok(configured);
        }
        let Some(written) = &options.version_locations else {
            return Ok(vec![location(None, script_location.join("versions"))]);
        };
        let locate = |text: &String| {
            let path = match bases.find(text) {
                Ok((path, _)) => path,
                Err(tried) => tried.into_iter().next().unwrap_or_default(),
            };
            location(Some(text.clone()), path)
        };
        Ok(written.iter().map(locate).collect())
    }

    /// Adds an environment, unless its version locations are those of an earlier one.
    fn register(&mut self, environment: Environment) {
        let settle = |location: &VersionLocation| super::settled(&location.path);
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
            self.discovery.warnings.push(Warning::MissingVersionLocation {
                environment: environment.name.clone(),
                path: location.path.clone(),
            });
        }
        self.discovery.environments.push(environment);
    }

    /// The error for a configuration that is named, or that Alembic would use from here.
    fn error(&self, dead: &Dead, sections: &[String]) -> Error {
        let Dead { config, section, failure } = dead;
        let suffix = super::describe::section_suffix(section.as_deref());
        let place = match failure {
            Failure::Read(error) => {
                let (path, reason) = (self.shown(&error.path), error.reason.clone());
                return Error::Read { path, reason };
            }
            Failure::Option(error) => {
                let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{}{line}{suffix}", self.shown(&error.path))
            }
            _ => format!("{}{suffix}", self.shown(config)),
        };
        let hint = match failure {
            Failure::NoScriptLocation if !sections.is_empty() => {
                Some(format!("choose one of its sections with `-n`: {}", sections.join(", ")))
            }
            Failure::NoScriptLocation | Failure::NotThere { .. } => Some(
                "run onehead from the folder that it is relative to, or name it with \
                 `--script-location DIR`"
                    .into(),
            ),
            Failure::Option(_) | Failure::Read(_) => None,
        };
        let tried = failure.tried().iter().map(|path| self.shown(path)).collect();
        Error::Alembic { place, sentence: failure.sentence(), tried, hint }
    }
}

fn dead_files(error: FilesError, ini: &Path) -> Dead {
    let (config, failure) = match error {
        FilesError::Read(error) => (error.path.clone(), Failure::Read(error)),
        FilesError::Option(error) => (error.path.clone(), Failure::Option(error)),
    };
    let config = if config.as_os_str().is_empty() { ini.to_path_buf() } else { config };
    Dead { config, section: None, failure }
}

fn location(written: Option<String>, path: PathBuf) -> VersionLocation {
    let exists = fs::is_directory(&path);
    VersionLocation { written, path, exists }
}

/// The layout of Flask-Migrate, whose library sets `script_location` to the folder of the ini file.
fn is_flask_migrate(ini: &Path) -> bool {
    let Some(folder) = ini.parent() else { return false };
    ini.file_name().is_some_and(|name| name == INI)
        && (folder.file_name().is_some_and(|name| name == "migrations")
            || fs::is_file(&folder.join("env.py"))
            || fs::is_directory(&folder.join("versions")))
}
