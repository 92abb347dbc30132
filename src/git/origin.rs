//! Where files came from: the commits that added them, and the branches that have them.
//!
//! Few processes whatever the number of files and branches: one walk that ends as soon as every file is found, and one
//! question for all branches together. A partial or shallow clone knows less; what it does not know is left out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::state::short;
use super::{Git, GitError, ObjectId, not_started, path_from_bytes};

/// The commit that added a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The commit.
    pub commit: ObjectId,
    /// As short as git finds unambiguous.
    pub short: String,
    /// The author's name, as `.mailmap` has it.
    pub author: String,
    /// The author's day, `YYYY-MM-DD`.
    pub day: String,
    /// The first paragraph of the message, on one line.
    pub subject: String,
}

impl Origin {
    /// The last `#123` of the subject: the pull request, where the server wrote the subject.
    pub fn request(&self) -> Option<&str> {
        let mut candidates = self.subject.match_indices('#').map(|(at, _)| {
            let rest = &self.subject[at + 1..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            &self.subject[at..=at + digits]
        });
        candidates.rfind(|text| text.len() > 1)
    }
}

/// What a branch is to the one that is checked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchKind {
    /// The branch that is checked out.
    Current,
    /// Where the branch that is checked out is pulled from, pushed to, or that is called like it on a remote.
    Counterpart,
    /// Any other local branch.
    Local,
    /// Any other branch of a remote.
    Remote,
}

impl BranchKind {
    /// Whether it is another branch: neither the one checked out nor its counterpart on a remote.
    pub fn is_other(self) -> bool {
        matches!(self, Self::Local | Self::Remote)
    }
}

/// A local branch, or one of a remote as it was last fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// `feature`, `origin/feature`.
    pub name: String,
    /// `refs/heads/feature`, `refs/remotes/origin/feature`.
    pub reference: String,
    /// The commit at its tip.
    pub tip: ObjectId,
    /// What it is to the one that is checked out.
    pub kind: BranchKind,
}

/// Which commits to look through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Every commit: who wrote the file.
    All,
    /// The first parents only: what brought the file to this branch, for instance the merge of a pull request.
    FirstParent,
}

const FORMAT: &str = "--format=%x01%H%x00%h%x00%aN%x00%as%x00%s";

impl Git {
    /// For each path, relative to the top folder, the newest commit on the way to `tips` that added it; `None` where
    /// there is none. `tips` are commits or full names of refs, and must exist.
    ///
    /// One process, which is ended when the last file is found: ask for files that are in `tips`. Fails where git does.
    pub fn origins(
        &self,
        tips: &[&str],
        walk: Walk,
        paths: &[&Path],
    ) -> Result<Vec<Option<Origin>>, GitError> {
        if paths.is_empty() || tips.is_empty() {
            return Ok(vec![None; paths.len()]);
        }
        let mut arguments: Vec<&OsStr> =
            ["log", "-z", "--name-only", "--no-renames", "--diff-filter=A", FORMAT]
                .iter()
                .map(OsStr::new)
                .collect();
        let depth: &[&str] = match walk {
            // A file that only the merge itself has differs from every parent: `-c` shows it.
            Walk::All => &["-c"],
            Walk::FirstParent => &["--first-parent", "-m"],
        };
        arguments.extend(depth.iter().map(OsStr::new));
        arguments.push(OsStr::new("--end-of-options"));
        arguments.extend(tips.iter().map(OsStr::new));
        arguments.push(OsStr::new("--"));
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let found = self.first_origins(&arguments, paths)?;
        Ok(paths.iter().map(|path| found.get(*path).cloned()).collect())
    }

    fn first_origins(
        &self,
        arguments: &[&OsStr],
        paths: &[&Path],
    ) -> Result<BTreeMap<PathBuf, Origin>, GitError> {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let mut found = BTreeMap::new();
        let mut current: Option<Origin> = None;
        let mut output = child.stdout.take().map(BufReader::new);
        while let Some(token) = output.as_mut().and_then(next_token) {
            if let Some(commit) = token.strip_prefix(b"\x01").and_then(ObjectId::parse) {
                let mut field = || {
                    let field = output.as_mut().and_then(next_token).unwrap_or_default();
                    String::from_utf8_lossy(&field).into_owned()
                };
                let (short, author, day, subject) = (field(), field(), field(), field());
                current = Some(Origin { commit, short, author, day, subject });
            } else if let Some(origin) = &current {
                let path = path_from_bytes(&token);
                if paths.contains(&path.as_path()) {
                    found.entry(path).or_insert_with(|| origin.clone());
                }
            }
            if found.len() == paths.len() {
                // The rest of the history has nothing to add, and may be long. That git is already gone is no loss.
                let _ = child.kill();
                let _ = child.wait();
                return Ok(found);
            }
        }
        let mut words = Vec::new();
        if let Some(mut stderr) = child.stderr.take() {
            let _ = stderr.read_to_end(&mut words);
        }
        let status = child.wait().map_err(|error| not_started(&error))?;
        super::finished(std::process::Output { status, stdout: Vec::new(), stderr: words })?;
        Ok(found)
    }

    /// The branches, local ones and those of remotes, newest tip first, at most `limit`. During a `git rebase` the branch
    /// that it moves is the one checked out.
    ///
    /// Fails where git does.
    pub fn branches(&self, limit: usize) -> Result<Vec<Branch>, GitError> {
        let format =
            "--format=%(HEAD)%00%(refname)%00%(objectname)%00%(upstream)%00%(push)%00%(symref)";
        let output = self.run_text(&[
            "for-each-ref",
            "--sort=-committerdate",
            format,
            "refs/heads",
            "refs/remotes",
        ])?;
        let output = String::from_utf8_lossy(&output);
        let lines: Vec<Vec<&str>> = output.lines().map(|line| line.split('\0').collect()).collect();
        let rebased = lines.iter().all(|fields| fields[0] != "*").then(|| self.rebased()).flatten();
        let is_current =
            |fields: &&Vec<&str>| fields[0] == "*" || rebased.as_deref() == fields.get(1).copied();
        let current = lines.iter().find(is_current);
        let kind = |reference: &str| branch_kind(reference, current.map(Vec::as_slice));
        let branches = lines.iter().filter_map(|fields| {
            let [_, reference, object, _, _, symbolic] = fields.as_slice() else { return None };
            // `origin/HEAD` is another name of a branch that is there as well.
            let tip = ObjectId::parse(object.as_bytes()).filter(|_| symbolic.is_empty())?;
            let name = short(reference).to_string();
            Some(Branch { name, reference: (*reference).into(), tip, kind: kind(reference) })
        });
        // Cut only here: the branch that is checked out may be an old one, and tells what the others are.
        Ok(branches.take(limit).collect())
    }

    /// For each path, relative to the top folder, those of `branches` whose tip has a file there, as positions, in order.
    /// One process. A path with a line break in it is found nowhere: git before 2.42 cannot be asked for it.
    ///
    /// Fails where git does.
    pub fn branches_with(
        &self,
        branches: &[Branch],
        paths: &[&Path],
    ) -> Result<Vec<Vec<usize>>, GitError> {
        let asked: Vec<usize> = (0..paths.len())
            .filter(|&at| !paths[at].as_os_str().as_encoded_bytes().contains(&b'\n'))
            .collect();
        let mut found = vec![Vec::new(); paths.len()];
        if branches.is_empty() || asked.is_empty() {
            return Ok(found);
        }
        let mut request = Vec::new();
        for branch in branches {
            for &at in &asked {
                request.extend_from_slice(branch.tip.as_str().as_bytes());
                request.push(b':');
                request.extend(tree_path(paths[at]));
                request.push(b'\n');
            }
        }
        let answer = self.answers(&["cat-file", "--batch-check=%(objecttype)"], request)?;
        let lines: Vec<&[u8]> = answer.split(|&byte| byte == b'\n').collect();
        for (position, line) in lines.iter().enumerate() {
            if *line == b"blob"
                && let Some(&at) = asked.get(position % asked.len())
            {
                found[at].push(position / asked.len());
            }
        }
        Ok(found)
    }

    /// What git answers to `request` on its stdin.
    pub(super) fn answers(
        &self,
        arguments: &[&str],
        request: Vec<u8>,
    ) -> Result<Vec<u8>, GitError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        super::fed(self.command(&arguments), request).and_then(super::finished)
    }
}

/// What stands before the next NUL, without the line break that git puts between a header and its names.
pub(super) fn next_token(output: &mut BufReader<std::process::ChildStdout>) -> Option<Vec<u8>> {
    let mut token = Vec::new();
    // An answer that breaks off is an answer that ends: git's exit status tells.
    output.read_until(0, &mut token).ok().filter(|&read| read > 0)?;
    if token.last() == Some(&0) {
        token.pop();
    }
    if token.first() == Some(&b'\n') {
        token.remove(0);
    }
    Some(token)
}

/// What a change to a file comes to, with one colon, mode and object for each parent: `::<mode> <mode> <mode> <object>
/// <object> <object> <letters>`.
pub(super) fn outcome(line: &[u8]) -> Option<ObjectId> {
    let parents = line.iter().take_while(|&&byte| byte == b':').count();
    let words: Vec<&[u8]> = line[parents..].split(|&byte| byte == b' ').collect();
    let mode = words.get(parents)?;
    let object = words.get(2 * parents + 1)?;
    ObjectId::parse(object).filter(|_| mode.starts_with(b"100"))
}

/// A path as trees have it.
pub(crate) fn tree_path(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let separator = |byte: &u8| if cfg!(windows) && *byte == b'\\' { b'/' } else { *byte };
    bytes.iter().map(separator).collect()
}

/// `current` holds the fields of the branch that is checked out.
fn branch_kind(reference: &str, current: Option<&[&str]>) -> BranchKind {
    let local = reference.starts_with("refs/heads/");
    if let Some([_, own, _, upstream, push, _]) = current {
        if reference == *own {
            return BranchKind::Current;
        }
        // `git push origin HEAD` leaves a branch of the same name, and no upstream.
        let same_name = reference
            .strip_prefix("refs/remotes/")
            .and_then(|name| name.split_once('/'))
            .is_some_and(|(_, name)| name == short(own));
        if reference == *upstream || reference == *push || same_name {
            return BranchKind::Counterpart;
        }
    }
    if local { BranchKind::Local } else { BranchKind::Remote }
}
