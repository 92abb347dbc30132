//! A change set as a unified diff that `git apply` accepts, for `--diff`.
//!
//! The lines are bytes and stay as they are, in whatever encoding and with whatever line endings. Nothing is read:
//! the old contents come from the caller.

use std::fmt::Write as _;
use std::path::Path;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::Change;

/// Lines of context, as git's default.
const CONTEXT: usize = 3;

/// The unified diff of changes, each with the old content of its file (`None` where there is none), in git's extended
/// format (git 2.39, gitdiffcore and `git-diff` "Generating patch text with -p"). `shown` gives the path of a file
/// relative to the repository root, with `/`.
pub fn unified(changes: &[(Change, Option<Vec<u8>>)], shown: &dyn Fn(&Path) -> String) -> Vec<u8> {
    let mut diff = Vec::new();
    for (change, old) in changes {
        let old = old.as_deref().unwrap_or_default();
        let before = shown(change.path());
        let after = change.path_after().map_or_else(|| before.clone(), shown);
        let file = File { old, new: content(change), before: &before, after: &after };
        file.write(change, &mut diff);
    }
    diff
}

fn content(change: &Change) -> &[u8] {
    match change {
        Change::Edit { content, .. }
        | Change::Create { content, .. }
        | Change::Rename { content, .. } => content,
        Change::Delete { .. } => &[],
    }
}

struct File<'a> {
    old: &'a [u8],
    new: &'a [u8],
    before: &'a str,
    after: &'a str,
}

impl File<'_> {
    fn write(&self, change: &Change, diff: &mut Vec<u8>) {
        let (old_lines, new_lines) = (lines(self.old), lines(self.new));
        let operations = operations(&old_lines, &new_lines);
        let is_same = self.old == self.new;
        if is_same && matches!(change, Change::Edit { .. }) {
            return;
        }
        let (before, after) = (format!("a/{}", self.before), format!("b/{}", self.after));
        let mut line = |text: String| {
            diff.extend_from_slice(text.as_bytes());
            diff.push(b'\n');
        };
        line(format!("diff --git {} {}", named(&before), named(&after)));
        let (mut from, mut to) = (ended(&before), ended(&after));
        match change {
            Change::Edit { .. } => {}
            Change::Create { .. } => {
                line("new file mode 100644".into());
                from = "/dev/null".into();
            }
            Change::Delete { .. } => {
                line("deleted file mode 100644".into());
                to = "/dev/null".into();
            }
            Change::Rename { .. } => {
                let similarity =
                    similarity(&operations, &old_lines, self.old.len().max(self.new.len()));
                line(format!("similarity index {similarity}%"));
                line(format!("rename from {}", named(self.before)));
                line(format!("rename to {}", named(self.after)));
            }
        }
        if is_same {
            return;
        }
        line(format!("--- {from}"));
        line(format!("+++ {to}"));
        for group in group_diff_ops(operations, CONTEXT) {
            hunk(&group, &old_lines, &new_lines, diff);
        }
    }
}

/// The lines with their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// How the old lines become the new ones, in order and without gaps.
fn operations(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    let (mut old_index, mut new_index) = (0, 0);
    let mut operations = capture_diff_slices(Algorithm::Myers, old, new);
    for operation in &mut operations {
        // The library moves operations past each other to join them, and then a deletion may keep the place among the
        // new lines that it had before, and an insertion that among the old ones (similar 2.7).
        match operation {
            DiffOp::Delete { new_index: place, .. } => *place = new_index,
            DiffOp::Insert { old_index: place, .. } => *place = old_index,
            DiffOp::Equal { .. } | DiffOp::Replace { .. } => {}
        }
        old_index = operation.old_range().end;
        new_index = operation.new_range().end;
    }
    operations
}

/// How many of a hundred bytes stay; a hundred only where all do, as git counts.
fn similarity(operations: &[DiffOp], old: &[&[u8]], longest: usize) -> usize {
    let kept = operations.iter().filter(|operation| operation.tag() == DiffTag::Equal);
    let kept: usize = kept.flat_map(DiffOp::old_range).map(|at| old[at].len()).sum();
    (kept * 100).checked_div(longest).unwrap_or(100)
}

fn hunk(group: &[DiffOp], old: &[&[u8]], new: &[&[u8]], diff: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let from = span(first.old_range().start, last.old_range().end);
    let to = span(first.new_range().start, last.new_range().end);
    diff.extend_from_slice(format!("@@ -{from} +{to} @@\n").as_bytes());
    for operation in group {
        if operation.tag() == DiffTag::Equal {
            marked(b' ', &old[operation.old_range()], diff);
        } else {
            marked(b'-', &old[operation.old_range()], diff);
            marked(b'+', &new[operation.new_range()], diff);
        }
    }
}

fn marked(mark: u8, lines: &[&[u8]], diff: &mut Vec<u8>) {
    for line in lines {
        diff.push(mark);
        diff.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            diff.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

/// A range of lines as a hunk names it; an empty one by the line before it.
fn span(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        length => format!("{},{length}", start + 1),
    }
}

/// A path after `---` or `+++`, where a name that holds a blank ends with a tab.
fn ended(path: &str) -> String {
    let name = named(path);
    if name == path && path.contains(' ') { format!("{name}\t") } else { name }
}

/// A path as git writes it: between quotes where it holds one, a backslash or a control character.
fn named(path: &str) -> String {
    let special = |c: char| c.is_ascii_control() || matches!(c, '"' | '\\');
    if !path.contains(special) {
        return path.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\{:03o}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
