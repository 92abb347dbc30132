//! The only caller of the git program.
//!
//! Few processes, names always separated by NUL, no locks taken, nothing fetched, no prompt, no file system monitor
//! started. Knows git's arguments and formats; what the answers mean for migrations is decided elsewhere. Only
//! [`Git::commit_only`], [`Git::stage`] and [`Git::set_config`] with its counterpart write to a repository, and they write
//! nothing but what they are given.

#![allow(clippy::disallowed_methods, reason = "the one place that runs git")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

mod batch;
mod branches;
mod commit;
mod first_parent;
mod hooks;
mod history;
mod origin;
mod push;
mod state;
mod tree;

pub use batch::TakeContent;
pub use branches::Tip;
use commit::PATHSPEC_VARIABLES;
pub use commit::{CommitFailed, Committed};
pub use first_parent::Step;
pub use history::{Commit, FileChange, Held, Place, Places, Reach, RefKind};
pub use hooks::{HooksPath, Tree, Version};
pub(crate) use origin::tree_path;
pub use origin::{Branch, BranchKind, Origin, Walk};
pub use push::Pushed;
pub(crate) use state::short;
pub use state::{FileState, Progress};
pub use tree::{Files, Scratch, Unmerged};

/// Why git gave no answer: its own words, or the operating system's where it could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitError(pub String);

/// The name of an object, of whatever hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(Box<str>);

impl ObjectId {
    /// The name that stands in a text, which holds nothing else; `None` where that is none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let valid = matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(text).ok().filter(|_| valid)?;
        Some(Self(text.into()))
    }

    /// The object of this name, for tests.
    #[cfg(test)]
    pub(crate) fn of(name: &str) -> Self {
        Self(name.into())
    }

    /// The hexadecimal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What two commits have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The commit that the ref names.
    pub tip: ObjectId,
    /// The best common ancestors of it and of what it is compared with, `HEAD` for instance; none for unrelated histories, or where the clone is too shallow to
    /// tell, or before the first commit.
    pub merge_bases: Vec<ObjectId>,
    /// Whether the clone is shallow.
    pub shallow: bool,
}

/// One file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Relative to the top folder.
    pub path: PathBuf,
    /// Its content.
    pub object: ObjectId,
    /// Whether it is a symbolic link, so that the content is its target.
    pub link: bool,
}

/// A git repository.
#[derive(Clone, Debug, Default)]
pub struct Git {
    top: PathBuf,
    /// Variables that its commands get beside those of this process.
    variables: Vec<(OsString, OsString)>,
    /// Whether the variables of this process that name a repository are about another one.
    elsewhere: bool,
}

/// What `git rev-parse --local-env-vars` lists (git 2.47): variables that say which repository is meant.
pub const LOCAL_VARIABLES: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
];

/// Variables that make git write what it does among what it says.
const TRACE_VARIABLES: [&str; 12] = [
    "GIT_TRACE",
    "GIT_TRACE_CURL",
    "GIT_TRACE_FSMONITOR",
    "GIT_TRACE_PACKET",
    "GIT_TRACE_PACK_ACCESS",
    "GIT_TRACE_PERFORMANCE",
    "GIT_TRACE_REFS",
    "GIT_TRACE_SETUP",
    "GIT_TRACE_SHALLOW",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
];

const NO_COMMIT: &str = "no such commit";

impl Git {
    /// The repository whose top folder this is. Nothing is run yet.
    pub fn new(top: &Path) -> Self {
        Self { top: top.to_path_buf(), ..Self::default() }
    }

    /// The same for a repository that is not the one in which this process was started: inside of a git hook, variables
    /// such as `GIT_DIR` and `GIT_INDEX_FILE` name that one.
    pub fn elsewhere(top: &Path) -> Self {
        Self { elsewhere: true, ..Self::new(top) }
    }

    fn command(&self, arguments: &[&OsStr]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(&self.top)
            .args(["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false"])
            .args(arguments)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            // Before 2.44 git does not know that one, and without a way to reach anybody it does not fetch either.
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        for name in PATHSPEC_VARIABLES {
            command.env_remove(name);
        }
        for name in TRACE_VARIABLES {
            // Unset, the configuration would decide about some of them.
            command.env(name, "0");
        }
        if self.elsewhere {
            for name in LOCAL_VARIABLES {
                command.env_remove(name);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, arguments: &[&OsStr]) -> Result<Vec<u8>, GitError> {
        let output = self.command(arguments).output().map_err(|error| not_started(&error))?;
        finished(output)
    }

    fn run_text(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        self.run(&arguments.iter().map(OsStr::new).collect::<Vec<_>>())
    }

    /// What git answers to a question that it may answer with no, `None`: it then ends with 1, whatever it warns of.
    fn ask(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let output = self.command(&arguments).output().map_err(|error| not_started(&error))?;
        if output.status.code() == Some(1) { Ok(None) } else { finished(output).map(Some) }
    }

    /// The full names of those of `refs` that exist, in git's order.
    pub fn existing_refs(&self, refs: &[&str]) -> Result<Vec<String>, GitError> {
        let mut arguments = vec!["for-each-ref", "--format=%(refname)"];
        arguments.extend(refs);
        let output = self.run_text(&arguments)?;
        Ok(String::from_utf8_lossy(&output).lines().map(str::to_string).collect())
    }

    /// The commit that a revision expression names. Fails where it names none; never takes it for an option.
    pub fn commit(&self, expression: &str) -> Result<ObjectId, GitError> {
        // No ref is called so, and `--end-of-options` means something to `rev-parse` only from 2.30 on.
        if expression.starts_with('-') {
            return Err(GitError(NO_COMMIT.into()));
        }
        if expression.starts_with(":/") {
            // Whatever follows belongs to the text that is searched for.
            return self.commit(self.object(expression)?.as_str());
        }
        self.object(&format!("{expression}^{{commit}}"))
    }

    fn object(&self, expression: &str) -> Result<ObjectId, GitError> {
        let none = || GitError(NO_COMMIT.into());
        let output = match self.ask(&["rev-parse", "--verify", "--quiet", expression]) {
            // Of an entry that a reflog does not have it says nothing, and fails.
            Err(error) if error.0.is_empty() => return Err(none()),
            output => output?.ok_or_else(none)?,
        };
        ObjectId::parse(output.trim_ascii())
            .ok_or_else(|| GitError("git names no commit for it".into()))
    }

    /// A ref, its short name (a symbolic one followed), and what it has in common with a commit such as `HEAD`, in one
    /// process.
    ///
    /// Fails where the ref or `here` names no commit. `reference` is a full name or an object name.
    pub fn relation(&self, here: &str, reference: &str) -> Result<(Relation, String), GitError> {
        let pair = format!("{here}...{reference}");
        let output = self.run_text(&[
            "rev-parse",
            "--is-shallow-repository",
            &pair,
            "--abbrev-ref",
            reference,
        ])?;
        let text = String::from_utf8_lossy(&output);
        let mut lines = text.lines();
        let shallow = lines.next() == Some("true");
        let mut objects = Vec::new();
        let mut merge_bases = Vec::new();
        let mut name = reference.to_string();
        for line in lines {
            if let Some(base) = line.strip_prefix('^') {
                merge_bases.extend(ObjectId::parse(base.as_bytes()));
            } else if objects.len() < 2 {
                objects.extend(ObjectId::parse(line.as_bytes()));
            } else {
                name = line.to_string();
            }
        }
        // `A...B` gives B, then A, then their merge bases (git 2.47, `rev-parse`).
        let Some(tip) = objects.into_iter().next() else {
            return Err(GitError(format!("git does not know {reference}")));
        };
        Ok((Relation { tip, merge_bases, shallow }, name))
    }

    /// The best common ancestors of a commit and of the merge that others would make; none for unrelated histories.
    ///
    /// Fails where git does.
    pub fn merge_bases(
        &self,
        commit: &ObjectId,
        others: &[ObjectId],
    ) -> Result<Vec<ObjectId>, GitError> {
        let mut arguments = vec!["merge-base", "--all", commit.as_str()];
        arguments.extend(others.iter().map(ObjectId::as_str));
        // Nothing in common is a no.
        let output = self.ask(&arguments)?.unwrap_or_default();
        Ok(output.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect())
    }

    /// The files of a commit below `folders`, which are relative to the top folder; an empty one means everything.
    pub fn files(&self, commit: &ObjectId, folders: &[&Path]) -> Result<Vec<TreeFile>, GitError> {
        let options = ["ls-tree", "-r", "-z", "--full-tree", commit.as_str(), "--"];
        let output = self.run(&with_paths(&options, folders))?;
        Ok(nul_separated(&output).filter_map(parse_tree_line).collect())
    }

    /// The paths below `folders` at which the working tree may differ from a commit. Files that git does not track are
    /// not among them.
    pub fn changed_since(
        &self,
        commit: &ObjectId,
        folders: &[&Path],
    ) -> Result<Vec<PathBuf>, GitError> {
        let options = [
            "diff-index",
            "-z",
            "--name-only",
            "--no-renames",
            "--ignore-submodules",
            commit.as_str(),
            "--",
        ];
        let output = self.run(&with_paths(&options, folders))?;
        Ok(nul_separated(&output).map(path_from_bytes).collect())
    }

    /// The contents of objects, in one process. An object that is not there (a partial clone) is left out.
    pub fn contents(&self, objects: &[ObjectId]) -> Result<BTreeMap<ObjectId, Vec<u8>>, GitError> {
        let mut contents = BTreeMap::new();
        self.each_content(objects, &mut |at, content| {
            contents.extend(content.map(|content| (objects[at].clone(), content.to_vec())));
        })?;
        Ok(contents)
    }
}

fn not_started(error: &std::io::Error) -> GitError {
    let reason = crate::fs::reason(error);
    GitError(format!("the git program cannot be run: {reason}"))
}

/// Runs a command with these bytes on its stdin.
fn fed(mut command: Command, request: Vec<u8>) -> Result<Output, GitError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&error))?;
    let input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // git answers while it is asked: without a thread of its own, both sides could wait for each other.
        // A write that fails means that git stopped, which its exit status tells.
        scope.spawn(move || input.map(|mut input| input.write_all(&request)));
        child.wait_with_output()
    });
    output.map_err(|error| not_started(&error))
}

fn finished(output: Output) -> Result<Vec<u8>, GitError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.clone().next().unwrap_or_default();
    // What it warned of before is not why it stopped.
    let reason = lines.find(|line| !line.starts_with("warning: ")).unwrap_or(first);
    Err(GitError(reason.trim_start_matches("fatal: ").to_string()))
}

fn with_paths<'a>(options: &'a [&'a str], folders: &[&'a Path]) -> Vec<&'a OsStr> {
    let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
    if folders.iter().all(|folder| !folder.as_os_str().is_empty()) {
        arguments.extend(folders.iter().map(|folder| folder.as_os_str()));
    }
    arguments
}

fn nul_separated(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|&byte| byte == 0).filter(|part| !part.is_empty())
}

/// `<mode> SP <type> SP <object> TAB <path>`
fn parse_tree_line(line: &[u8]) -> Option<TreeFile> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let (head, path) = (&line[..tab], &line[tab + 1..]);
    let mut words = head.split(|&byte| byte == b' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    if kind != b"blob" {
        return None;
    }
    let object = ObjectId::parse(object)?;
    Some(TreeFile { path: path_from_bytes(path), object, link: mode == b"120000" })
}

/// A path that git named.
#[cfg(unix)]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}
