//! Running Alembic's post-write hooks on a revision file that was written.
//!
//! What a hook does or fails to do is no reason to take the file back: everything that goes wrong is a note. Nothing is
//! imported: a module is run by the interpreter beside which it is installed, a console script is the file of that name.
//! Alembic ignores how a hook ends (1.20.1, `script/write_hooks.py`, `_run_hook`); we say it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Outcome, Ran, run_prepared};
use crate::environment::hooks::{HookKind, PostWriteHook};
use crate::fs;
use crate::report::sanitize::sanitize;
use crate::shell::split::{SplitError, split};

/// What stands for the path of the revision in a hook's options.
const TOKEN: &str = "REVISION_SCRIPT_FILENAME";

/// Where hooks are run and looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Where Alembic would be run: the folder of hooks that name none.
    pub folder: &'a Path,
    /// The root of the repository, for its `.venv`.
    pub root: &'a Path,
    /// `VIRTUAL_ENV`
    pub virtual_env: Option<&'a Path>,
    /// The folders of `PATH`.
    pub search_path: &'a [PathBuf],
    /// How long one hook may take.
    pub limit: Duration,
}

/// Runs the hooks on the file at `path`, in their order, and gives a note for each that could not be run or failed; the
/// first word of a note is `post-write`. What they say goes to `output`.
///
/// After an interrupt no more are run; the caller asks [`crate::interrupt::requested`].
pub fn run(
    hooks: &[PostWriteHook],
    path: &Path,
    place: &Place<'_>,
    output: &mut dyn FnMut(&[u8]),
) -> Vec<String> {
    let mut notes = Vec::new();
    for hook in hooks {
        let ran = match prepare(hook, path, place) {
            Ok((command, folder)) => run_prepared(command, &folder, place.limit, output),
            Err(reason) => Ran::not_started(reason),
        };
        let name = sanitize(&hook.name);
        let what = match ran.outcome {
            Outcome::Succeeded => continue,
            Outcome::Failed(ending) => format!("failed: {ending}"),
            Outcome::TimedOut(seconds) => format!("was ended after {seconds} seconds"),
            Outcome::NotStarted(reason) => format!("was not run: {}", sanitize(&reason)),
            Outcome::Interrupted => return notes,
        };
        notes.push(format!("post-write hook `{name}` {what}"));
    }
    notes
}

/// The command of a hook, and the folder to run it in.
fn prepare(
    hook: &PostWriteHook,
    path: &Path,
    place: &Place<'_>,
) -> Result<(Command, PathBuf), String> {
    let arguments =
        arguments(&hook.options, path).map_err(|error| format!("its options: {error}"))?;
    let program = &hook.program;
    let mut command = match hook.kind {
        HookKind::Exec => Command::new(program),
        HookKind::Module => {
            let python = found(&["python", "python3"], place)
                .ok_or_else(|| format!("no `python` is found for the module `{program}`"))?;
            let mut command = Command::new(python);
            command.args(["-m", program]);
            command
        }
        HookKind::ConsoleScripts => {
            let script = found(&[program], place).ok_or_else(|| {
                format!("`{program}` is in no virtual environment here and not on PATH")
            })?;
            Command::new(script)
        }
    };
    command.args(arguments);
    let folder =
        hook.cwd.as_deref().map_or(place.folder.to_path_buf(), |cwd| place.folder.join(cwd));
    Ok((command, folder))
}

/// Alembic's `_parse_cmdline_options` (1.20.1): without the token in them, the options follow the path; the path itself
/// is never split. On Windows Python keeps the quotes of a word, where here they are taken off.
fn arguments(options: &str, path: &Path) -> Result<Vec<std::ffi::OsString>, SplitError> {
    let text =
        if options.contains(TOKEN) { options.to_string() } else { format!("{TOKEN} {options}") };
    let words = split(&text)?;
    let replaced = words.iter().map(|word| {
        let mut replaced = std::ffi::OsString::new();
        for (position, part) in word.split(TOKEN).enumerate() {
            if position > 0 {
                replaced.push(path);
            }
            replaced.push(part);
        }
        replaced
    });
    Ok(replaced.collect())
}

/// The first program of one of these names: in the active virtual environment, the repository's, on `PATH`.
fn found(names: &[&str], place: &Place<'_>) -> Option<PathBuf> {
    let own = place.root.join(".venv");
    let binaries = if cfg!(windows) { "Scripts" } else { "bin" };
    let environments = place.virtual_env.into_iter().chain([own.as_path()]);
    let environments = environments.map(|environment| environment.join(binaries));
    let mut folders = environments.chain(place.search_path.iter().cloned());
    folders.find_map(|folder| {
        let mut paths =
            names.iter().map(|name| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)));
        paths.find(|path| fs::is_file(path))
    })
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use std::path::Path;

    #[test]
    fn the_path_comes_first_unless_it_is_placed() {
        check("", &["a b.py"]);
        check("-l 79", &["a b.py", "-l", "79"]);
        check("-l 79 REVISION_SCRIPT_FILENAME", &["-l", "79", "a b.py"]);
        check(
            "--f=REVISION_SCRIPT_FILENAME.REVISION_SCRIPT_FILENAME x",
            &["--f=a b.py.a b.py", "x"],
        );
        check("'REVISION_SCRIPT_FILENAME x'", &["a b.py x"]);
    }

    #[track_caller]
    fn check(options: &str, expected: &[&str]) {
        assert_eq!(arguments(options, Path::new("a b.py")).unwrap(), expected, "{options}");
    }
}
