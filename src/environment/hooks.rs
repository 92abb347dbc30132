//! Alembic's post-write hooks as values: what a configuration says is to be run on a new revision file.
//!
//! Runs nothing; that is [`crate::runner::post_write`].

/// What a hook names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// `type = exec`: a program.
    Exec,
    /// `type = module`: a Python module, run by `python -m`.
    Module,
    /// `type = console_scripts`: a command that an installed Python package brings.
    ConsoleScripts,
}

/// One of `hooks`, in the order in which they are run (Alembic 1.20.1, `script/write_hooks.py`, `_run_hooks`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostWriteHook {
    /// Its name.
    pub name: String,
    /// What it names.
    pub kind: HookKind,
    /// `executable`, `module` or `entrypoint`.
    pub program: String,
    /// `options`; empty when there are none.
    pub options: String,
    /// `cwd`: the folder to run in.
    pub cwd: Option<String>,
}
