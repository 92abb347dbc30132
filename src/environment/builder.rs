//! One environment from what was read: the merged options, onehead's own configuration, and the arguments over both.
//!
//! Says why there is none where there is none; whether that stops the run is [`super::finder`]'s business.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::locate::{Bases, expand, tidy};
use super::options::{DEFAULT, Files, Options};
use super::{
    Configuration, Environment, ExpectedHeads, Failure, Launch, Origin, Request, Root,
    VersionLocation,
};
use crate::config::{Config, EnvironmentConfig};
use crate::error::Error;
use crate::fs;
use crate::snapshot::Snapshot;

/// The name of the file that Alembic looks for.
pub(super) const INI: &str = "alembic.ini";

/// Why no environment was made.
pub(super) enum Obstacle {
    /// The configuration of Alembic leads nowhere.
    Nowhere(Failure),
    /// onehead's own configuration is wrong, which always stops the run.
    Stop(Error),
}

impl From<Failure> for Obstacle {
    fn from(failure: Failure) -> Self {
        Self::Nowhere(failure)
    }
}

/// What every environment is made with.
#[derive(Clone, Copy)]
pub(super) struct Builder<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) config: &'a Config,
    pub(super) root: &'a Root,
}

impl Builder<'_> {
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        tidy(&self.request.directory.join(path))
    }

    pub(super) fn shown(&self, path: &Path) -> String {
        fs::shown(path, &self.request.directory, &self.root.path)
    }

    /// Fails where `--script-location` or `--version-location` names no folder.
    pub(super) fn check_arguments(&self) -> Result<(), Error> {
        let scripts = self.request.script_location.iter().map(|path| ("--script-location", path));
        let versions =
            self.request.version_locations.iter().map(|path| ("--version-location", path));
        match scripts
            .chain(versions)
            .find(|(_, path)| !self.snapshot.is_directory(&self.absolute(path)))
        {
            None => Ok(()),
            Some((option, path)) => Err(Error::Usage {
                message: format!("{option} `{}` is no folder", path.display()),
                hint: "name a folder that is there, relative to the directory run from",
            }),
        }
    }

    /// `--version-location`; else the default one.
    pub(super) fn argument_locations(&self, script_location: &Path) -> Vec<VersionLocation> {
        if self.request.version_locations.is_empty() {
            return vec![self.location(None, script_location.join("versions"))];
        }
        let written = self.request.version_locations.iter();
        let locate = |written: &PathBuf| {
            self.location(Some(written.to_string_lossy().into_owned()), self.absolute(written))
        };
        written.map(locate).collect()
    }

    pub(super) fn entry_locations(&self, entry: &EnvironmentConfig) -> Vec<VersionLocation> {
        let mut locations: Vec<VersionLocation> = Vec::new();
        for written in &entry.version_locations {
            let mut paths = expand(self.snapshot, &self.config.folder, written);
            if paths.is_empty() {
                paths.push(self.config.folder.join(written));
            }
            for path in paths {
                // `versions` and `versions/*` may name the same folder twice.
                if !locations.iter().any(|known| known.path == path) {
                    locations.push(self.location(Some(written.clone()), path));
                }
            }
        }
        locations
    }

    /// onehead's configuration for an environment in `folder`: the nearest one, up to the root. An environment outside
    /// the root is not this project's, and has its own root.
    fn governing(&self, folder: &Path) -> Result<Arc<Config>, Error> {
        let shown = |path: &Path| self.shown(path);
        let folder = fs::normalize(folder);
        let own = (!folder.starts_with(&self.root.path)).then(|| Root::find(&folder));
        let root = own.as_ref().unwrap_or(self.root);
        Config::load(self.snapshot, &folder, &root.path, &shown).map(Arc::new)
    }

    /// The entry of `[[tool.onehead.environments]]` that selects this section.
    fn entry(&self, config: &Path, section: &str) -> Option<&EnvironmentConfig> {
        self.config.environments.iter().find(|entry| {
            let path = entry.config.as_ref().map(|path| tidy(&self.config.folder.join(path)));
            path.as_deref() == Some(config)
                && entry.section.as_deref().unwrap_or(DEFAULT) == section
        })
    }

    /// An environment of which no configuration of Alembic knows: the folders are all there is.
    pub(super) fn by_folders(
        &self,
        origin: Origin,
        entry: Option<&EnvironmentConfig>,
        script_location: PathBuf,
        version_locations: Vec<VersionLocation>,
    ) -> Result<Environment, Error> {
        let governing = self.governing(&script_location)?;
        let bases = Bases::new(Some(&self.request.directory), &script_location, &self.root.path);
        let name = entry.and_then(|entry| entry.name.clone());
        let section = entry.and_then(|entry| entry.section.clone());
        Ok(Environment {
            name: name.unwrap_or_else(|| self.name_of(&script_location)),
            config: None,
            section: section.unwrap_or_else(|| DEFAULT.into()),
            origin,
            script_location,
            launch: Launch::Alembic { from: None },
            version_locations,
            recursive: false,
            sourceless: false,
            file_template: "%(rev)s_%(slug)s".into(),
            truncate_slug_length: 40,
            expected_heads: expected_heads(entry, &governing),
            module_roots: bases.module_roots(),
            configuration: Arc::default(),
            governing,
        })
    }

    pub(super) fn location(&self, written: Option<String>, path: PathBuf) -> VersionLocation {
        let exists = self.snapshot.is_directory(&path);
        VersionLocation { written, path, exists }
    }

    fn name_of(&self, path: &Path) -> String {
        fs::shown(path, &self.root.path, &self.root.path)
    }

    /// The environment of one section. `first` is where a relative path is tried before all other places.
    pub(super) fn build(
        &self,
        files: &Files,
        section: &str,
        origin: Origin,
        first: Option<&Path>,
    ) -> Result<Environment, Obstacle> {
        let options = Options::read(files, section).map_err(Failure::Option)?;
        let config = files.path_for(section).ok_or(Failure::NoScriptLocation)?.to_path_buf();
        let folder = config.parent().unwrap_or(Path::new("")).to_path_buf();
        let entry = self.entry(&config, section);
        let flask_migrate = section == DEFAULT
            && files.sections().is_empty()
            && is_flask_migrate(self.snapshot, &config);
        let bases =
            Bases::new(first, &folder, &self.root.path).with_sys_path(&options.prepend_sys_path);
        let (script_location, base) =
            self.script_location(entry, &options, &bases, flask_migrate.then_some(&*folder))?;
        let is_flask = options.script_location.is_none() && flask_migrate;
        let launch =
            if is_flask { Launch::FlaskMigrate } else { Launch::Alembic { from: base.clone() } };
        let bases = bases.after(base);
        let version_locations = self.version_locations(entry, &options, &bases, &script_location);
        let governing = self.governing(&folder).map_err(Obstacle::Stop)?;
        let suffix = super::describe::section_suffix(Some(section));
        let default_name = || format!("{}{suffix}", self.name_of(&config));
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
            launch,
            version_locations,
            recursive: options.recursive,
            sourceless: options.sourceless,
            file_template: options.file_template,
            truncate_slug_length: options.truncate_slug_length,
            expected_heads: expected_heads(entry, &governing),
            module_roots: bases.module_roots(),
            configuration: Arc::new(Configuration::new(files, section)),
            governing,
            config: Some(config),
        })
    }

    /// The script location: by argument, by onehead's configuration, by Alembic's, or the folder of Flask-Migrate.
    fn script_location(
        &self,
        entry: Option<&EnvironmentConfig>,
        options: &Options,
        bases: &Bases,
        flask_migrate: Option<&Path>,
    ) -> Result<(PathBuf, Option<PathBuf>), Failure> {
        let by_entry = entry.and_then(|entry| entry.script_location.as_ref());
        let explicit = match (&self.request.script_location, by_entry) {
            (Some(path), _) => Some(self.absolute(path)),
            (None, Some(written)) => Some(tidy(&self.config.folder.join(written))),
            (None, None) => None,
        };
        if let Some(path) = explicit {
            if self.snapshot.exists(&path) {
                return Ok((path, None));
            }
            let written = self.shown(&path);
            return Err(Failure::NotThere { written, tried: Vec::new() });
        }
        match &options.script_location {
            Some(written) => bases
                .find_script_location(self.snapshot, written)
                .map_err(|tried| Failure::NotThere { written: written.clone(), tried }),
            None => flask_migrate
                .map(|folder| (folder.to_path_buf(), None))
                .ok_or(Failure::NoScriptLocation),
        }
    }

    fn version_locations(
        &self,
        entry: Option<&EnvironmentConfig>,
        options: &Options,
        bases: &Bases,
        script_location: &Path,
    ) -> Vec<VersionLocation> {
        if !self.request.version_locations.is_empty() {
            return self.argument_locations(script_location);
        }
        let configured = entry.map(|entry| self.entry_locations(entry)).unwrap_or_default();
        if !configured.is_empty() {
            return configured;
        }
        let Some(written) = &options.version_locations else {
            return vec![self.location(None, script_location.join("versions"))];
        };
        let locate = |text: &String| {
            let path = match bases.find(self.snapshot, text) {
                Ok((path, _)) => path,
                Err(tried) => tried.into_iter().next().unwrap_or_default(),
            };
            self.location(Some(text.clone()), path)
        };
        written.iter().map(locate).collect()
    }
}

fn expected_heads(entry: Option<&EnvironmentConfig>, governing: &Config) -> ExpectedHeads {
    entry
        .and_then(|entry| entry.expected_heads.clone())
        .or_else(|| governing.expected_heads.clone())
        .unwrap_or(ExpectedHeads::Total(1))
}

/// The layout of Flask-Migrate, whose library sets `script_location` to the folder of the ini file.
pub(super) fn is_flask_migrate(snapshot: &Snapshot, ini: &Path) -> bool {
    let Some(folder) = ini.parent() else { return false };
    ini.file_name().is_some_and(|name| name == INI)
        && (folder.file_name().is_some_and(|name| name == "migrations")
            || snapshot.is_file(&folder.join("env.py"))
            || snapshot.is_directory(&folder.join("versions")))
}
