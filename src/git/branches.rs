//! The tips of branches, where they left another one, and what they changed since.
//!
//! However many there are, each question is one process. Fetches nothing, and decides nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Git, GitError, ObjectId, nul_separated, path_from_bytes};

/// How many names go into one command line.
const NAMES: usize = 500;

/// A ref that leads to a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its full name.
    pub reference: String,
    /// The commit, tags followed.
    pub commit: ObjectId,
    /// When that was committed, in seconds since 1970.
    pub time: i64,
}

impl Git {
    /// The refs that match one of these patterns as `for-each-ref` takes them, by name, but for symbolic ones, which are
    /// other names of what is there as well; only those that are not part of `unmerged`, where that is given.
    ///
    /// Fails where git does.
    pub fn tips(
        &self,
        patterns: &[String],
        unmerged: Option<&ObjectId>,
    ) -> Result<Vec<Tip>, GitError> {
        let mut arguments = vec![
            "for-each-ref".to_owned(),
            "--format=%(refname)%00%(symref)%00%(objecttype)%00%(objectname)%00%(committerdate:unix)%00\
             %(*objecttype)%00%(*objectname)%00%(*committerdate:unix)"
                .to_owned(),
        ];
        arguments.extend(unmerged.map(|commit| format!("--no-merged={}", commit.as_str())));
        arguments.extend(patterns.iter().cloned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = self.run_text(&arguments)?;
        let output = String::from_utf8_lossy(&output);
        Ok(output.lines().filter_map(parse_tip).collect())
    }

    /// The names of the remotes. Fails where git does.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let output = self.run_text(&["remote"])?;
        Ok(String::from_utf8_lossy(&output).lines().map(str::to_owned).collect())
    }

    /// The remote that a local branch follows; `None` where it follows none.
    pub fn remote_of(&self, branch: &str) -> Option<String> {
        let output =
            self.run_text(&["config", "--get", &format!("branch.{branch}.remote")]).ok()?;
        let name = String::from_utf8_lossy(&output).trim_end_matches('\n').to_owned();
        Some(name).filter(|name| !matches!(name.as_str(), "" | "."))
    }

    /// When a commit was made, in seconds since 1970. Fails where there is none.
    pub fn committed_at(&self, commit: &ObjectId) -> Result<i64, GitError> {
        let output = self.run_text(&["log", "-1", "--format=%ct", commit.as_str(), "--"])?;
        let text = String::from_utf8_lossy(&output);
        text.trim().parse().map_err(|_| GitError("git names no time for a commit".to_owned()))
    }

    /// For each of these commits the best common ancestors of it and of `here`, in order; none for unrelated histories, and
    /// where the clone is too shallow to tell. Fails where git does.
    pub fn partings(
        &self,
        here: &ObjectId,
        commits: &[&ObjectId],
    ) -> Result<Vec<Vec<ObjectId>>, GitError> {
        let mut found: Vec<Vec<ObjectId>> = Vec::with_capacity(commits.len());
        for commits in commits.chunks(NAMES) {
            let pairs = commits.iter().map(|one| format!("{}...{}", here.as_str(), one.as_str()));
            let arguments: Vec<String> = std::iter::once("rev-parse".into()).chain(pairs).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = self.run_text(&arguments)?;
            let before = found.len();
            // `A...B` gives B, then A, then `^` and each of their merge bases (git 2.47, `rev-parse`).
            let mut plain = 0;
            for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                if let Some(base) = line.strip_prefix(b"^") {
                    found
                        .last_mut()
                        .into_iter()
                        .for_each(|bases| bases.extend(ObjectId::parse(base)));
                    continue;
                }
                if plain % 2 == 0 {
                    found.push(Vec::new());
                }
                plain += 1;
            }
            if found.len() - before != commits.len() {
                return Err(GitError("git rev-parse gave an answer that cannot be read".into()));
            }
        }
        Ok(found)
    }

    /// The paths at which each commit differs from another one, given as `(commit, other)`. What does not differ is absent.
    /// Fails where git does.
    pub fn changed_from(
        &self,
        pairs: &[(&ObjectId, &ObjectId)],
    ) -> Result<BTreeMap<ObjectId, Vec<PathBuf>>, GitError> {
        let mut found: BTreeMap<ObjectId, Vec<PathBuf>> = BTreeMap::new();
        if pairs.is_empty() {
            return Ok(found);
        }
        // A commit with names behind it is compared with those, whatever its parents are.
        let lines =
            pairs.iter().map(|(one, other)| format!("{} {}\n", one.as_str(), other.as_str()));
        let request: String = lines.collect();
        let options = ["diff-tree", "--stdin", "-r", "-z", "--name-only", "--no-renames"];
        let output = self.answers(&options, request.into_bytes())?;
        let mut current: Option<ObjectId> = None;
        for token in nul_separated(&output) {
            let header = ObjectId::parse(token)
                .filter(|object| pairs.iter().any(|(commit, _)| *commit == object));
            match (header, &current) {
                (Some(commit), _) => current = Some(commit),
                (None, Some(commit)) => {
                    found.entry(commit.clone()).or_default().push(path_from_bytes(token));
                }
                (None, None) => {}
            }
        }
        Ok(found)
    }
}

fn parse_tip(line: &str) -> Option<Tip> {
    let fields: Vec<&str> = line.split('\0').collect();
    let [reference, "", kind, object, time, peeled_kind, peeled, peeled_time] = fields[..] else {
        return None;
    };
    let (object, time) = match (kind, peeled_kind) {
        ("commit", _) => (object, time),
        (_, "commit") => (peeled, peeled_time),
        _ => return None,
    };
    let commit = ObjectId::parse(object.as_bytes())?;
    Some(Tip { reference: reference.to_owned(), commit, time: time.parse().ok()? })
}
