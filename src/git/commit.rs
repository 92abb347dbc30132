//! The two ways in which a repository is written to: a commit of single files, and putting files into the index.
//!
//! Never `git commit --all`, never `--no-verify`, no branch moved but by a commit. The user's hooks, signing, identity
//! and environment apply; what else is staged stays as it is.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Git, GitError, fed, finished, not_started, nul_separated, path_from_bytes};
use crate::fs::{self, LockedCopy};
use crate::interrupt;
use crate::runner;

/// A commit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its name, as short as git finds unambiguous.
    pub short: String,
    /// The first line of its message, as hooks left it.
    pub subject: String,
    /// What git and the hooks said meanwhile.
    pub output: String,
}

/// Why there is no commit. The index and `HEAD` are as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFailed {
    /// What happened, as part of a sentence.
    pub reason: String,
    /// What git and the hooks said, both streams; may be empty or have several lines.
    pub output: String,
}

impl From<GitError> for CommitFailed {
    fn from(error: GitError) -> Self {
        Self { reason: error.0, output: String::new() }
    }
}

/// Variables that change what a path on git's command line means.
pub(super) const PATHSPEC_VARIABLES: &[&str] =
    &["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];

impl Git {
    /// Commits exactly these files as they are in the working tree (a file that is not there is a deletion), on top of
    /// `HEAD`. Paths are relative to the top folder; the message is taken to the byte. What else is staged stays staged.
    ///
    /// The hooks see what they see for `git commit --only`: an index with `HEAD` and these files. The real index is
    /// locked meanwhile, as git locks it, and replaced only after the commit; Ctrl-C is heard afterwards.
    ///
    /// # Errors
    /// Where git refuses, a hook fails, the identity is missing, signing fails, the index is locked, or a merge is in
    /// progress. `HEAD` and the bytes of the index are then as they were; the files themselves are not touched, unless by
    /// a hook.
    pub fn commit_only(&self, paths: &[&Path], message: &str) -> Result<Committed, CommitFailed> {
        let _guard = interrupt::guard();
        if paths.is_empty() {
            return Err(GitError("there is no file to commit".into()).into());
        }
        self.refuse_hidden(paths)?;
        let before = self.commit("HEAD").ok();
        let index = self.index()?;
        let lock = LockedCopy::of(&index).map_err(|error| not_locked(&index, &error))?;
        self.put(paths, Some(lock.path()))?;
        let (made, said) = self.commit_with(paths, message, lock.path())?;
        if !made {
            self.undo(before.as_ref())?;
            let reason = "git did not make the commit".to_string();
            return Err(CommitFailed { reason, output: said });
        }
        if let Err(error) = lock.keep() {
            self.undo(before.as_ref())?;
            let reason = format!("{} cannot be replaced: {}", index.display(), fs::reason(&error));
            return Err(CommitFailed { reason, output: said });
        }
        // The commit is there, whatever the next question meets.
        let told = self.run_text(&["log", "-1", "--format=%h%x00%s", "HEAD"]).unwrap_or_default();
        let told = String::from_utf8_lossy(&told);
        let (short, subject) = told.trim_end_matches('\n').split_once('\0').unwrap_or_default();
        Ok(Committed { short: short.into(), subject: subject.into(), output: said })
    }

    /// Puts files into the index as they are in the working tree, as `git add` and `git rm` do; a conflict in them counts
    /// as resolved. Paths are relative to the top folder.
    ///
    /// # Errors
    /// Where git does, for instance because the index is locked.
    pub fn stage(&self, paths: &[&Path]) -> Result<(), GitError> {
        let _guard = interrupt::guard();
        self.refuse_hidden(paths)?;
        self.put(paths, None)
    }

    /// git with nothing of ours in its environment: it is inherited by hooks, which may run git themselves.
    fn plain(&self, index: Option<&Path>) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.top).stdin(Stdio::null());
        for variable in PATHSPEC_VARIABLES {
            command.env_remove(variable);
        }
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        command
    }

    fn index(&self) -> Result<PathBuf, GitError> {
        let output = self.run_text(&["rev-parse", "--git-path", "index"])?;
        let path = path_from_bytes(output.strip_suffix(b"\n").unwrap_or(&output));
        Ok(self.top.join(path))
    }

    /// Files that git was told not to look at: it would leave them out of the commit without a word.
    fn refuse_hidden(&self, paths: &[&Path]) -> Result<(), GitError> {
        let mut arguments: Vec<&OsStr> =
            ["ls-files", "-v", "-z", "--"].iter().map(OsStr::new).collect();
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let output = self.run(&arguments)?;
        let hidden = nul_separated(&output).find_map(|line| match line.first()? {
            b'S' | b's' => Some((line, "skip-worktree")),
            letter if letter.is_ascii_lowercase() => Some((line, "assume-unchanged")),
            _ => None,
        });
        let Some((line, bit)) = hidden else { return Ok(()) };
        let path = path_from_bytes(line.get(2..).unwrap_or_default());
        let path = path.display();
        Err(GitError(format!(
            "{path} is marked `{bit}`, so git does not look at it: run `git update-index --no-{bit} {path}`"
        )))
    }

    /// The working tree's state of the files into an index: the real one, or the one given.
    fn put(&self, paths: &[&Path], index: Option<&Path>) -> Result<(), GitError> {
        let (present, gone): (Vec<&Path>, Vec<&Path>) =
            paths.iter().partition(|path| fs::is_file_or_link(&self.top.join(path)));
        // Removals first: a file may make place for a folder. `--remove` for both at once would also take out a file
        // that is there and that a sparse checkout hides (git 2.47, `update-index`).
        for (option, paths) in [("--force-remove", gone), ("--add", present)] {
            if paths.is_empty() {
                continue;
            }
            let mut request = Vec::new();
            for path in paths {
                request.extend_from_slice(path.as_os_str().as_encoded_bytes());
                request.push(0);
            }
            let mut command = self.plain(index);
            command.args(["update-index", option, "-z", "--stdin"]);
            finished(fed(command, request)?)?;
        }
        Ok(())
    }

    /// Whether the commit was made, and what was said.
    fn commit_with(
        &self,
        paths: &[&Path],
        message: &str,
        index: &Path,
    ) -> Result<(bool, String), GitError> {
        let mut command = self.plain(Some(index));
        // Without an editor: what `verbatim` keeps includes lines that begin with `#123`.
        command.args(["commit", "--only", "--quiet", "--cleanup=verbatim", "--file=-", "--"]);
        for path in paths {
            let mut literal = OsString::from(":(top,literal)");
            literal.push(path);
            command.arg(literal);
        }
        watched(command, message).map_err(|error| not_started(&error))
    }

    /// Takes back a commit that git made before it failed, for instance because the disk was full when it wrote the
    /// index.
    fn undo(&self, before: Option<&super::ObjectId>) -> Result<(), GitError> {
        let Ok(now) = self.commit("HEAD") else { return Ok(()) };
        let reset = ["update-ref", "-m", "onehead: undo", "HEAD"];
        match before {
            Some(before) if *before == now => Ok(()),
            Some(before) => {
                let parent = self.commit("HEAD^");
                if parent.as_ref() != Ok(before) {
                    return Err(GitError("HEAD was moved meanwhile, and stays where it is".into()));
                }
                let mut command = self.plain(None);
                command.args(reset).args([before.as_str(), now.as_str()]);
                finished(fed(command, Vec::new())?).map(drop)
            }
            None => {
                let mut command = self.plain(None);
                command.args(["update-ref", "-d", "HEAD", now.as_str()]);
                finished(fed(command, Vec::new())?).map(drop)
            }
        }
    }
}

fn not_locked(index: &Path, error: &std::io::Error) -> GitError {
    let index = index.display();
    GitError(match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!(
            "{index}.lock is there: another git is at work, or one was killed and left it behind"
        ),
        _ => format!("{index} cannot be copied: {}", fs::reason(error)),
    })
}

/// Runs a command with this text on its stdin; whether it succeeded, and what it said, both streams in the order of
/// writing. What a hook leaves running in the background is not waited for, though it may hold the streams.
fn watched(mut command: Command, text: &str) -> std::io::Result<(bool, String)> {
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::piped()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // It holds the other end of the pipe.
    drop(command);
    let chunks = runner::chunks_of(reader);
    if let Some(mut input) = child.stdin.take() {
        // git reads it after the pre-commit hook has run (2.47, `builtin/commit.c`, `prepare_to_commit`), and what that
        // says is read by the other thread. A write that fails means that git stopped, which its exit status tells.
        let _ = input.write_all(text.as_bytes());
    }
    let status = child.wait()?;
    let mut said = Vec::new();
    let end = Instant::now() + runner::AFTERMATH;
    while let Ok(chunk) = chunks.recv_timeout(end.saturating_duration_since(Instant::now())) {
        said.extend(chunk);
    }
    Ok((status.success(), String::from_utf8_lossy(&said).into_owned()))
}
