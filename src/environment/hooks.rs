//! Alembic's post-write hooks as they are configured: what to run on a file that was just written.
//!
//! Read as Alembic 1.20.1 reads them (`Config.get_hooks_list`, `write_hooks._run_hooks`); nothing is run here.

/// How a hook's program is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// `exec`: a program, as it is written.
    Exec,
    /// `module`: by `python -m`.
    Module,
    /// `console_scripts`: the script of that name that a package installs.
    ConsoleScripts,
}

/// One hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostWriteHook {
    /// Its name in the configuration.
    pub name: String,
    /// How its program is found.
    pub kind: HookKind,
    /// `executable`, `module` or `entrypoint`.
    pub program: String,
    /// `options`: words for a shell, with `REVISION_SCRIPT_FILENAME` for the file.
    pub options: String,
    /// `cwd`: the folder to run it in; that of the command where it is not set.
    pub cwd: Option<String>,
}

impl PostWriteHook {
    /// The hook of this name with these options. Fails with the sentence of Alembic's that stops it.
    pub(super) fn read(name: &str, options: &[(String, String)]) -> Result<Self, String> {
        let option = |wanted: &str| {
            options.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.clone())
        };
        let kind = option("type").ok_or_else(|| {
            format!(
                "Key '{name}.type' (or 'type' in toml) is required for post write hook '{name}'"
            )
        })?;
        let (kind, program) = match kind.as_str() {
            "exec" => (HookKind::Exec, "executable"),
            "module" => (HookKind::Module, "module"),
            "console_scripts" => (HookKind::ConsoleScripts, "entrypoint"),
            other => return Err(format!("No formatter with name '{other}' registered")),
        };
        let program = option(program).ok_or_else(|| {
            format!("Key {name}.{program} is required for post write hook '{name}'")
        })?;
        Ok(Self {
            name: name.to_owned(),
            kind,
            program,
            options: option("options").unwrap_or_default(),
            cwd: option("cwd"),
        })
    }
}
