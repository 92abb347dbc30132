//! What a repository is in the middle of, and how single files stand to what is committed.
//!
//! Only reads: the index is neither locked nor refreshed on disk. What follows from the answers, for instance that
//! nothing may be committed, is decided by who asks.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{Git, GitError, ObjectId, nul_separated, path_from_bytes};
use crate::fs;

/// What was begun and not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// `git rebase`
    Rebase,
    /// `git am`
    Am,
    /// `git cherry-pick`
    CherryPick,
    /// `git revert`
    Revert,
    /// `git merge`
    Merge,
    /// `git bisect`
    Bisect,
}

impl Progress {
    /// The command that goes on with it; none for a bisection, which asks for a verdict instead.
    pub fn continue_command(self) -> Option<&'static str> {
        match self {
            Self::Rebase => Some("git rebase --continue"),
            Self::Am => Some("git am --continue"),
            Self::CherryPick => Some("git cherry-pick --continue"),
            Self::Revert => Some("git revert --continue"),
            Self::Merge => Some("git merge --continue"),
            Self::Bisect => None,
        }
    }

    /// What it is called in a sentence: `a rebase`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rebase => "a rebase",
            Self::Am => "a series of patches",
            Self::CherryPick => "a cherry-pick",
            Self::Revert => "a revert",
            Self::Merge => "a merge",
            Self::Bisect => "a bisection",
        }
    }
}

/// How a file in the working tree, the index and `HEAD` agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// All three are the same. So is a path that is in none of them.
    Clean,
    /// git does not know it.
    Untracked,
    /// git does not know it, and is told not to.
    Ignored,
    /// A conflict that is not resolved.
    Unmerged,
    /// At least two of the three differ.
    Changed {
        /// The index differs from `HEAD`.
        staged: bool,
        /// The working tree differs from the index.
        worktree: bool,
    },
}

impl Git {
    /// The absolute path of the git directory: of this worktree, or of this submodule.
    ///
    /// Fails where there is no repository.
    pub fn directory(&self) -> Result<PathBuf, GitError> {
        let output = self.run_text(&["rev-parse", "--absolute-git-dir"])?;
        Ok(path_from_bytes(output.strip_suffix(b"\n").unwrap_or(&output)))
    }

    /// The short name of the branch that is checked out, also before its first commit; `None` for a detached `HEAD`.
    ///
    /// Fails where there is no repository.
    pub fn branch(&self) -> Result<Option<String>, GitError> {
        // With `--quiet` a detached `HEAD` is a no.
        let Some(name) = self.ask(&["symbolic-ref", "--quiet", "HEAD"])? else { return Ok(None) };
        let name = String::from_utf8_lossy(&name);
        let name = name.trim_end_matches('\n');
        Ok(Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_string()))
    }

    /// What is in progress; the outermost where several are, for a rebase leaves a cherry-pick behind when it stops.
    ///
    /// The files are those that git itself looks for (2.47, `wt-status.c`, `wt_status_get_state`). Fails where there is no
    /// repository.
    pub fn progress(&self) -> Result<Option<Progress>, GitError> {
        let directory = self.directory()?;
        let has = |name: &str| fs::exists(&directory.join(name));
        if has("rebase-merge") {
            return Ok(Some(Progress::Rebase));
        }
        if has("rebase-apply") {
            let series = has("rebase-apply/applying");
            return Ok(Some(if series { Progress::Am } else { Progress::Rebase }));
        }
        // Where refs are kept in tables, these two are no files.
        let tables = self.keeps_refs_in_tables(&directory);
        let reference = |name: &str| has(name) || (tables && self.commit(name).is_ok());
        if reference("CHERRY_PICK_HEAD") {
            return Ok(Some(Progress::CherryPick));
        }
        if reference("REVERT_HEAD") {
            return Ok(Some(Progress::Revert));
        }
        if let Some(progress) = sequence(&directory) {
            return Ok(Some(progress));
        }
        if has("MERGE_HEAD") {
            return Ok(Some(Progress::Merge));
        }
        Ok(has("BISECT_LOG").then_some(Progress::Bisect))
    }

    /// The branch that a `git rebase` in progress moves, as `refs/heads/feature`: meanwhile `HEAD` is detached, but this is
    /// where the user is.
    pub fn rebased(&self) -> Option<String> {
        let directory = self.directory().ok()?;
        let mut files = ["rebase-merge/head-name", "rebase-apply/head-name"].iter();
        let text = files.find_map(|name| fs::read(&directory.join(name)).ok())?;
        let name = String::from_utf8_lossy(&text);
        Some(name.trim_end_matches('\n').to_owned()).filter(|name| name.starts_with("refs/heads/"))
    }

    fn keeps_refs_in_tables(&self, directory: &Path) -> bool {
        fs::is_directory(&directory.join("reftable"))
            // A linked worktree has them in its main one.
            || self
                .run_text(&["config", "--get", "extensions.refstorage"])
                .is_ok_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"reftable"))
    }

    /// The commits that a merge in progress brings in, in git's order; none where there is no merge. Inside of the hook
    /// `pre-merge-commit` they are known by the variables `GITHEAD_…` alone, which is for its caller to read.
    pub fn merge_heads(&self) -> Vec<ObjectId> {
        let Ok(directory) = self.directory() else { return Vec::new() };
        let heads = fs::read(&directory.join("MERGE_HEAD")).unwrap_or_default();
        heads.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect()
    }

    /// What is being merged, in git's order: the name of a branch that is there, else the name in the message that git
    /// prepared, else the short name of the commit. Empty when nothing is being merged.
    pub fn merging(&self) -> Result<Vec<String>, GitError> {
        let directory = self.directory()?;
        let Ok(heads) = fs::read(&directory.join("MERGE_HEAD")) else { return Ok(Vec::new()) };
        let message = fs::read(&directory.join("MERGE_MSG")).unwrap_or_default();
        let first = String::from_utf8_lossy(&message);
        let quoted: Vec<&str> =
            first.lines().next().unwrap_or_default().split('\'').skip(1).step_by(2).collect();
        let heads = String::from_utf8_lossy(&heads);
        let heads: Vec<&str> = heads.lines().filter(|line| !line.is_empty()).collect();
        let mut names = Vec::new();
        for (position, head) in heads.iter().enumerate() {
            // The message names what is merged in the same order, unless somebody gave another.
            let told = quoted.get(position).filter(|_| quoted.len() == heads.len());
            let points = format!("--points-at={head}");
            let format = "--format=%(refname)";
            let refs = ["for-each-ref", &points, format, "refs/heads", "refs/remotes"];
            let refs = self.run_text(&refs)?;
            let refs = String::from_utf8_lossy(&refs);
            let mut branches = refs.lines().map(short).filter(|name| !name.ends_with("/HEAD"));
            let same = branches.clone().find(|name| told == Some(name));
            let name = same.or_else(|| branches.next()).or(told.copied());
            names.push(name.unwrap_or(&head[..head.len().min(12)]).to_string());
        }
        Ok(names)
    }

    /// Those of these files that are in a conflict that is not resolved; paths relative to the top folder. Looks at the
    /// index alone, in one process.
    ///
    /// Fails where git does.
    pub fn unmerged(&self, paths: &[&Path]) -> Result<Vec<PathBuf>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let options = ["ls-files", "--unmerged", "-z", "--"];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let output = self.run(&arguments)?;
        // `<mode> SP <object> SP <stage> TAB <path>`, once for each side.
        let path = |line: &[u8]| {
            let tab = line.iter().position(|&byte| byte == b'\t')?;
            Some(path_from_bytes(&line[tab + 1..]))
        };
        let mut found: Vec<PathBuf> = nul_separated(&output).filter_map(path).collect();
        found.dedup();
        Ok(found)
    }

    /// How each of these files stands, in the order given; paths relative to the top folder. One process.
    ///
    /// Fails where git does.
    pub fn states(&self, paths: &[&Path]) -> Result<Vec<FileState>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let options = [
            "status",
            "--porcelain=v2",
            "-z",
            "--no-renames",
            "--ignore-submodules",
            // Together these two name each file, and not the folder that holds nothing else.
            "--untracked-files=all",
            "--ignored=traditional",
            "--",
        ];
        let mut arguments: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let output = self.run(&arguments)?;
        let found: BTreeMap<PathBuf, FileState> =
            nul_separated(&output).filter_map(parse_status).collect();
        let state = |path: &&Path| found.get(*path).copied().unwrap_or(FileState::Clean);
        Ok(paths.iter().map(state).collect())
    }
}

impl Git {
    /// Whether each of these files holds what the index has of it, as git would store it; paths relative to the top folder.
    /// Reads the files themselves: of those that are marked as `assume-unchanged` or `skip-worktree` [`Git::states`] knows
    /// nothing. `false` as well where that cannot be told. Three processes at most.
    ///
    /// Fails where git does.
    pub fn as_indexed(&self, paths: &[&Path]) -> Result<Vec<bool>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let options = ["ls-files", "--stage", "-z", "--"];
        let output = self.run(&super::with_paths(&options, paths))?;
        let entries: BTreeMap<PathBuf, ObjectId> =
            nul_separated(&output).filter_map(super::tree::parse_entry).collect();
        let objects: Vec<ObjectId> = entries.values().cloned().collect();
        let contents = self.contents(&objects)?;
        let is_same = |path: &&Path| {
            let content = entries.get(*path).and_then(|object| contents.get(object));
            content.is_some_and(|content| {
                fs::read(&self.top.join(path)).is_ok_and(|bytes| bytes == *content)
            })
        };
        let mut same: Vec<bool> = paths.iter().map(is_same).collect();
        // Filters and line endings: git says what it would store. It is asked line by line.
        let is_line = |path: &Path| {
            let bytes = path.as_os_str().as_encoded_bytes();
            !bytes.contains(&b'\n') && !bytes.starts_with(b"\"")
        };
        let others: Vec<usize> = (0..paths.len())
            .filter(|&at| !same[at] && is_line(paths[at]) && fs::is_file(&self.top.join(paths[at])))
            .collect();
        if others.is_empty() {
            return Ok(same);
        }
        let mut request = Vec::new();
        for &at in &others {
            request.extend(super::tree_path(paths[at]));
            request.push(b'\n');
        }
        let answer = self.answers(&["hash-object", "--stdin-paths"], request)?;
        for (&at, line) in others.iter().zip(answer.split(|&byte| byte == b'\n')) {
            let object = ObjectId::parse(line);
            same[at] = object.is_some() && object.as_ref() == entries.get(paths[at]);
        }
        Ok(same)
    }
}

/// `refs/heads/a` as `a`, `refs/remotes/origin/a` as `origin/a`.
pub(crate) fn short(reference: &str) -> &str {
    let local = reference.strip_prefix("refs/heads/");
    local.or_else(|| reference.strip_prefix("refs/remotes/")).unwrap_or(reference)
}

impl Git {
    /// Whether commits are being made one after the other and this one is not the last: a rebase, a series of patches, a
    /// cherry-pick or revert with more to come. What such a commit has is not what will be there in the end.
    ///
    /// Fails where there is no repository.
    pub fn is_amid_series(&self) -> Result<Option<Progress>, GitError> {
        let progress = self.progress()?;
        let is_series = match progress {
            Some(Progress::Rebase | Progress::Am) => true,
            Some(Progress::CherryPick | Progress::Revert) => {
                let todo = fs::read(&self.directory()?.join("sequencer/todo")).unwrap_or_default();
                let lines = todo.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_start);
                // The first is the one that is being made.
                lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).count() > 1
            }
            _ => false,
        };
        Ok(progress.filter(|_| is_series))
    }
}

/// A cherry-pick or revert of several commits, between two of them.
fn sequence(directory: &Path) -> Option<Progress> {
    let todo = fs::read(&directory.join("sequencer/todo")).ok()?;
    let mut lines = todo.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_start);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    let reverts = first.starts_with(b"revert ") || first.starts_with(b"r ");
    Some(if reverts { Progress::Revert } else { Progress::CherryPick })
}

/// One line of `git status --porcelain=v2 -z`: `1 XY …6 more fields… path`, `u XY …8 more… path`, `? path`, `! path`.
fn parse_status(line: &[u8]) -> Option<(PathBuf, FileState)> {
    let after = |fields: usize| line.splitn(fields + 1, |&byte| byte == b' ').nth(fields);
    let (path, state) = match line.first()? {
        b'1' => {
            let changed = |at: usize| line.get(at).is_some_and(|&letter| letter != b'.');
            (after(8)?, FileState::Changed { staged: changed(2), worktree: changed(3) })
        }
        b'u' => (after(10)?, FileState::Unmerged),
        b'?' => (after(1)?, FileState::Untracked),
        b'!' => (after(1)?, FileState::Ignored),
        _ => return None,
    };
    Some((path_from_bytes(path), state))
}
