//! What a branch was, commit by commit: the line of first parents, each with what it did to some files.

use std::ffi::OsString;
use std::path::Path;

use super::history::{FileChange, change};
use super::origin::next_token;
use super::{Git, GitError, ObjectId, path_from_bytes};

/// A commit of the line, against the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub id: ObjectId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The day of that where it was committed, `YYYY-MM-DD`.
    pub day: String,
    /// The author's name, as `.mailmap` has it.
    pub author: String,
    /// The first paragraph of the message, on one line.
    pub subject: String,
    /// What it did to the files that matter; a merge against its first parent, renames as a file that goes and
    /// one that comes.
    pub changes: Vec<FileChange>,
}

/// A merge is compared with its first parent alone, whatever is configured.
const LINE: [&str; 13] = [
    "--no-literal-pathspecs",
    "-c",
    "log.diffMerges=first-parent",
    "log",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-show-signature",
    "--root",
    "--first-parent",
    "-m",
    "--format=%x01%H%x00%ct%x00%cs%x00%aN%x00%s",
];

impl Git {
    /// The commits of the line of first parents that ends with `tip` that changed files that `matters`, the oldest first,
    /// each with those changes. One process, whose answer is not kept.
    ///
    /// Fails where git does.
    pub fn first_parents(
        &self,
        tip: &ObjectId,
        matters: &dyn Fn(&Path) -> bool,
    ) -> Result<Vec<Step>, GitError> {
        // Without a pathspec: to hold every path of every commit against a pattern takes git several times as long.
        let mut arguments: Vec<OsString> = LINE.iter().map(OsString::from).collect();
        arguments.push(tip.as_str().into());
        arguments.push("--".into());
        let mut steps: Vec<Step> = Vec::new();
        self.streamed(&arguments, Vec::new(), |mut output| {
            while let Some(token) = next_token(&mut output) {
                if let Some(line) = token.strip_prefix(b":") {
                    let path = next_token(&mut output).unwrap_or_default();
                    let path = path_from_bytes(&path);
                    if matters(&path)
                        && let Some(step) = steps.last_mut()
                    {
                        step.changes.extend(change(line, path));
                    }
                } else if let Some(id) = token.strip_prefix(b"\x01").and_then(ObjectId::parse) {
                    if steps.last().is_some_and(|last| last.changes.is_empty()) {
                        steps.pop();
                    }
                    let mut field = || next_token(&mut output).unwrap_or_default();
                    let mut text = || String::from_utf8_lossy(&field()).into_owned();
                    let time = text().parse().unwrap_or_default();
                    let (day, author, subject) = (text(), text(), text());
                    steps.push(Step { id, time, day, author, subject, changes: Vec::new() });
                }
            }
            Ok(())
        })?;
        if steps.last().is_some_and(|last| last.changes.is_empty()) {
            steps.pop();
        }
        steps.reverse();
        Ok(steps)
    }
}
