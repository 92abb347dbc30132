//! `onehead hook`: git hooks are installed, taken away, looked at and run. What the subcommands share is here: the
//! repository and its hooks as they stand.

mod config;
mod files;
mod install;
mod print;
mod run;
mod status;
mod uninstall;

use std::path::{Path, PathBuf};

use super::project::git_error;
use super::saying::no_concise;
use crate::cli::hook::{HookCommand, InstallArgs};
use crate::cli::{Format, GlobalArgs};
use crate::environment::Root;
use crate::error::{Error, ExitStatus};
use crate::fs;
use crate::git::{Git, HooksPath, Tree};
use crate::hook::layer::Layer;
use crate::hook::{Event, Found};
use crate::report::json;
use crate::report::sanitize::sanitize;
use crate::settings::Process;
use crate::ui::Ui;

/// Does what the subcommand says.
///
/// # Errors
/// When there is no repository with a working tree, git fails, or a file cannot be read or written.
pub(super) fn run(global: &GlobalArgs, command: &HookCommand, ui: Ui) -> Result<ExitStatus, Error> {
    match command {
        HookCommand::Install(options) => install::run(&Here::open(global, ui)?, options),
        HookCommand::Uninstall => uninstall::run(&Here::open(global, ui)?),
        HookCommand::Status => status::run(&Here::open(global, ui)?),
        HookCommand::Print { manager } => Ok(print::run(*manager, ui)),
        HookCommand::Run(options) => {
            run::run(global, options.event, options.offer, &options.args, ui)
        }
    }
}

/// How the hooks of a repository stand, for whoever proposes to install them.
pub(super) struct Standing {
    /// All events, in their order.
    pub(super) layers: Vec<Layer>,
    /// Why `hook install` would not write them, where that is known: `core.hooksPath`.
    pub(super) refusal: Option<String>,
    /// The events that block for which somebody else has a hook that does not run onehead.
    pub(super) others: Vec<Event>,
    /// `core.hooksPath`, as it is written.
    pub(super) hooks_path: Option<String>,
}

/// Looks at them.
///
/// # Errors
/// As [`run`].
pub(super) fn standing(global: &GlobalArgs, ui: Ui) -> Result<Standing, Error> {
    let here = Here::open(global, ui)?;
    let mut others = Vec::new();
    for event in Event::BLOCKING {
        let hook = files::site(&here, &here.folder, event)?.hook;
        if matches!(hook, Found::Foreign(theirs) if !theirs.calls_onehead) {
            others.push(event);
        }
    }
    Ok(Standing {
        layers: status::layers(&here)?,
        refusal: install::known_refusal(&here)?,
        others,
        hooks_path: here.hooks_path.as_ref().map(|path| path.value.clone()),
    })
}

/// Installs the hooks that block, and says which; nothing on stdout in JSON, where the caller has a document of its own.
///
/// # Errors
/// As [`run`].
pub(super) fn install(global: &GlobalArgs, ui: Ui) -> Result<ExitStatus, Error> {
    let here = Here { tells: global.format == Format::Text, ..Here::open(global, ui)? };
    install::run(&here, &InstallArgs::default())
}

/// The repository that is worked in.
struct Here {
    ui: Ui,
    format: Format,
    quiet: bool,
    /// Whether what was done is written to stdout.
    tells: bool,
    process: Process,
    git: Git,
    /// The top folder of the working tree.
    top: PathBuf,
    /// Where git looks for hooks.
    folder: PathBuf,
    /// Where git would look without `core.hooksPath`.
    own_folder: PathBuf,
    hooks_path: Option<HooksPath>,
}

impl Here {
    fn open(global: &GlobalArgs, ui: Ui) -> Result<Self, Error> {
        no_concise(global.format)?;
        let process = Process::read(global)?;
        let root = process.root();
        let at = |path: &Path| Root { path: path.to_path_buf(), ..root.clone() }.git();
        let top = match at(&process.directory).tree().map_err(git_error)? {
            Tree::Work(top) => top,
            other => return Err(no_working_tree(&other, &process.directory)),
        };
        let git = at(&top);
        Ok(Self {
            ui,
            format: global.format,
            quiet: global.quiet,
            tells: true,
            process,
            folder: fs::normalize(&git.hooks_folder().map_err(git_error)?),
            own_folder: fs::normalize(&git.common_directory().map_err(git_error)?).join("hooks"),
            hooks_path: git.hooks_path().map_err(git_error)?,
            git,
            top,
        })
    }

    /// The folder of hooks relative to the top folder, when it lies in the working tree and is git's no more than any other.
    fn folder_in_tree(&self) -> Option<PathBuf> {
        let folder = resolved(&self.folder);
        let inside = folder.strip_prefix(resolved(&self.top)).ok()?;
        // Before the last name is resolved: the folder of hooks may be a link out of the git directory.
        let is_git = self.own_folder.parent().is_some_and(|git| folder.starts_with(resolved(git)));
        (!is_git && !inside.as_os_str().is_empty()).then(|| inside.to_path_buf())
    }

    /// `path` as people read it.
    fn shown(&self, path: &Path) -> String {
        fs::shown(path, &self.process.directory, &self.top)
    }

    /// Says something on stderr, unless the run is to be quiet.
    fn say(&self, sentence: &str) {
        if !self.quiet && self.format == Format::Text {
            self.ui.talk(&format!("{}\n", sanitize(sentence)));
        }
    }

    /// Says on stderr what is worth knowing and changes nothing.
    fn note(&self, sentence: &str) {
        if !self.quiet && self.format == Format::Text {
            let word = self.ui.warning_word("note");
            self.ui.talk(&format!("{word}: {}\n", sanitize(sentence)));
        }
    }

    /// Says why nothing was written although everything could be read: sentences with the lines they have.
    fn refuse(&self, sentence: &str, hint: &str) -> ExitStatus {
        if self.format == Format::Json {
            self.ui.data(&json::error(sentence, Some(hint)));
            return ExitStatus::Problems;
        }
        let (error, word) = (self.ui.error_word("error"), self.ui.hint_word("hint"));
        self.ui.talk(&format!("{error}: {}\n{word}: {}\n", lines(sentence), lines(hint)));
        ExitStatus::Problems
    }

    /// Tells what was done, a line each; for `--quiet` the paths alone.
    fn tell(&self, done: &[Done]) {
        if !self.tells {
            return;
        }
        if self.format == Format::Json {
            let hooks = done.iter().map(|done| json::hooks::Change {
                event: done.event.name(),
                action: done.action,
                path: self.in_json(&done.path),
            });
            return self.ui.data(&json::hooks::changes(hooks.collect()));
        }
        for done in done {
            let shown = self.shown(&done.path);
            let line = if self.quiet { &shown } else { &done.sentence };
            self.ui.data(&format!("{}\n", sanitize(line)));
        }
    }

    /// `path` as JSON has it: relative to the top folder, or absolute outside.
    fn in_json(&self, path: &Path) -> String {
        fs::shown(path, &self.top, &self.top)
    }
}

/// Something that was done.
struct Done {
    event: Event,
    /// One word for programs.
    action: &'static str,
    path: PathBuf,
    sentence: String,
}

fn lines(text: &str) -> String {
    text.lines().map(sanitize).collect::<Vec<_>>().join("\n")
}

fn resolved(path: &Path) -> PathBuf {
    fs::resolve(path).unwrap_or_else(|_| fs::normalize(path))
}

fn no_working_tree(tree: &Tree, directory: &Path) -> Error {
    let directory = directory.display();
    let (message, hint) = match tree {
        Tree::Bare => (
            format!(
                "{directory} is a bare repository, in which nobody commits: git runs none of these hooks there"
            ),
            "guard a server in continuous integration, with `onehead check`",
        ),
        Tree::Inside => (
            format!("{directory} lies in a git directory, outside of the working tree"),
            "run it in the working tree, or name that with `-C DIR`",
        ),
        Tree::Work(_) | Tree::None => (
            format!("{directory} lies in no git repository"),
            "run it in one, or name one with `-C DIR`",
        ),
    };
    Error::Usage { message, hint }
}
