//! Finding Alembic environments: `alembic.ini`, `pyproject.toml`, sections, version locations.

use std::path::PathBuf;

/// Where an environment's configuration was found, for `onehead environments`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `-c`, `-n` or `ALEMBIC_CONFIG`.
    Named,
    /// `--script-location` or `--version-location`.
    Arguments,
    /// `[[tool.onehead.environments]]`.
    Configured,
    /// `./alembic.ini` or `./pyproject.toml` of the directory run from, or the nearest parent's.
    Here,
    /// Found by looking through the repository.
    Search,
}

/// One of the folders that Alembic loads revisions from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionLocation {
    /// As written in the configuration; `None` for the default `<script_location>/versions`.
    pub written: Option<String>,
    /// Absolute, not resolved.
    pub path: PathBuf,
    /// Whether it was there.
    pub exists: bool,
}

/// How many heads are expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedHeads {
    /// So many in all.
    Total(usize),
    /// So many per branch label, in written order; a head without a listed label is unexpected.
    PerLabel(Vec<(String, usize)>),
}

/// One Alembic environment: a script location with its version locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `<config> [<section>]`, the section only when it is not `alembic`; the configuration's path is relative to the
    /// root with `/`. For a configured environment its own name.
    pub name: String,
    /// The ini or toml file, absolute. `None` when the environment comes from arguments alone.
    pub config: Option<PathBuf>,
    /// The ini section, `alembic` by default.
    pub section: String,
    /// How it was found.
    pub origin: Origin,
    /// `script_location`, absolute, not resolved.
    pub script_location: PathBuf,
    /// In load order.
    pub version_locations: Vec<VersionLocation>,
    /// `recursive_version_locations`.
    pub recursive: bool,
    /// `sourceless`.
    pub sourceless: bool,
    /// `file_template` after interpolation; Alembic's default is `%(rev)s_%(slug)s`.
    pub file_template: String,
    /// `truncate_slug_length`; 40 by default and for 0. Negative works as a Python slice.
    pub truncate_slug_length: i64,
    /// How many heads are expected.
    pub expected_heads: ExpectedHeads,
    /// Folders in which the modules that scripts import are looked for, in order, absolute: `prepend_sys_path`, the
    /// configuration's folder and its parents up to the root, their `src`.
    pub module_roots: Vec<PathBuf>,
}
