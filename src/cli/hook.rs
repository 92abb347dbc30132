//! The command line of `hook`: clap structs and help text; nothing else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use crate::hook::Event;

/// What to do with the hooks.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Install git hooks: pre-commit, pre-merge-commit and pre-push, or only those that are named
    Install(InstallArgs),
    /// Take every hook of onehead away, and put back what was there before
    Uninstall,
    /// Show what is installed where, what shadows it, and whether it runs; exit 1 if a hook is missing
    Status,
    /// Print what a hook manager needs to run onehead
    Print {
        /// The hook manager
        #[arg(long = "for", value_name = "MANAGER")]
        manager: ManagerArg,
    },
    /// Do what a hook does; git calls this
    Run(RunArgs),
}

const GIT_CONFIG: &str = "<git's configuration>";

/// The options of `hook install`.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Default, ClapArgs)]
pub struct InstallArgs {
    /// Judge what is about to be committed
    #[arg(long)]
    pub pre_commit: bool,
    /// Judge a merge that git is about to commit
    #[arg(long)]
    pub pre_merge_commit: bool,
    /// Judge what is about to be pushed
    #[arg(long)]
    pub pre_push: bool,
    /// Also say after a merge, rebase or checkout what it did to the history; never blocks
    #[arg(long)]
    pub advice: bool,
    /// Write git's configuration instead of hook files (git 2.54 or later; older ones ignore it)
    // The global option of this name takes a file. clap lets a command have its own as long as both hold the same type,
    // and gives each the value of the other: the mark tells them apart.
    #[arg(id = "config", long = "config", num_args = 0, default_missing_value = GIT_CONFIG)]
    pub config: Vec<PathBuf>,
    /// Also where `core.hooksPath` serves other repositories, or a hook of onehead was edited
    #[arg(long)]
    pub force: bool,
}

impl InstallArgs {
    /// Whether git's configuration is to be written.
    pub fn in_config(&self) -> bool {
        self.config.iter().any(|value| value == Path::new(GIT_CONFIG))
    }
}

/// The options of `hook run`.
#[derive(Debug, ClapArgs)]
pub struct RunArgs {
    /// The event, as git calls its hook
    pub event: Event,
    /// Offer to mend what a push would break, unless the configuration says otherwise
    #[arg(long)]
    pub offer: bool,
    /// What git gives the hook
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// A hook manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ManagerArg {
    /// For .pre-commit-config.yaml
    PreCommit,
    /// For prek.toml
    Prek,
    /// For lefthook.yml
    Lefthook,
    /// For the files in .husky
    Husky,
}
