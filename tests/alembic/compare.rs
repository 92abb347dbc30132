//! What counts as the same answer.
//!
//! Byte for byte, but where Alembic itself iterates over a Python set and its answer differs from run to run: branch
//! labels within one line, children of a branch point, and the order of a history in which some revision has two or
//! more normalised dependencies (COMPATIBILITY.md). There both sides are put into one order before they are compared.

use crate::oracle::{self, Reply};
use crate::ours::Answer;

/// Compares the outcome of the command at this position.
pub fn outcome(
    command: &[String],
    alembic: &oracle::Answer,
    position: usize,
    ours: &Answer,
) -> Result<(), String> {
    match alembic.reply(position) {
        Reply::Printed { stdout } => {
            if ours.status != Some(0) {
                let Answer { status, stderr, .. } = ours;
                return Err(format!("Alembic succeeds, exit status {status:?}: {stderr}"));
            }
            text(command, stdout, &ours.stdout, alembic.order_varies())
        }
        Reply::Failed { class, message, command_error } => {
            fails(ours, &format!("{class}: {message}"))?;
            let loads = alembic.load.is_none();
            let wanted = *command_error && loads && is_about_an_argument(command);
            if wanted && ours.status != Some(2) {
                return Err(format!("expected exit status 2, for {message:?}: {:?}", ours.status));
            }
            if wanted && !ours.stderr.contains(message.as_str()) {
                return Err(format!(
                    "Alembic's own sentence {message:?} is not in {:?}",
                    ours.stderr
                ));
            }
            Ok(())
        }
        Reply::Hung { .. } => fails(ours, "never returns"),
    }
}

/// A failure has its status and its words.
pub fn fails(ours: &Answer, alembic: &str) -> Result<(), String> {
    match ours.status {
        Some(1 | 2) if !ours.stderr.trim().is_empty() => Ok(()),
        Some(1 | 2) => Err(format!("Alembic fails ({alembic}), and we do so without a word")),
        Some(0) => Err(format!("Alembic fails ({alembic}), and we print {:?}", ours.stdout)),
        other => Err(format!(
            "Alembic fails ({alembic}), and our exit status is {other:?}: {}",
            ours.stderr
        )),
    }
}

/// Whether the failure of this command in a healthy history can only be its argument's fault.
fn is_about_an_argument(command: &[String]) -> bool {
    command[0] == "show" || command.iter().any(|word| word == "-r")
}

/// Compares two texts that the same command printed.
pub fn text(
    command: &[String],
    alembic: &str,
    ours: &str,
    order_varies: bool,
) -> Result<(), String> {
    let sorted = order_varies && ["history", "branches"].contains(&command[0].as_str());
    let (alembic, ours) = (in_one_order(alembic, sorted), in_one_order(ours, sorted));
    if alembic == ours {
        return Ok(());
    }
    Err(format!("--- Alembic\n{alembic}+++ onehead\n{ours}"))
}

/// The text with everything sorted that Alembic leaves to chance; all lines as well, where `every_line`.
pub fn in_one_order(text: &str, every_line: bool) -> String {
    let mut lines: Vec<String> = text.split('\n').map(line_in_one_order).collect();
    if every_line {
        lines.sort();
        return lines.join("\n");
    }
    let mut blocks: Vec<String> = Vec::new();
    let mut children: Vec<String> = Vec::new();
    for line in lines {
        if line.starts_with(' ') && line.trim_start().starts_with("-> ") {
            children.push(line);
        } else if let Some(child) = children.last_mut().filter(|_| !line.is_empty()) {
            // The message of a child may have several lines, none of them empty.
            child.push('\n');
            child.push_str(&line);
        } else {
            children.sort();
            blocks.append(&mut children);
            blocks.push(line);
        }
    }
    children.sort();
    blocks.append(&mut children);
    blocks.join("\n")
}

fn line_in_one_order(line: &str) -> String {
    for title in ["Branch names: ", "Branches into: "] {
        if let Some(names) = line.strip_prefix(title) {
            return format!("{title}{}", sorted_names(names));
        }
    }
    // The part before the arrow holds parents and dependencies, whose order is determined.
    let at = line.find(" -> ").map_or(0, |arrow| arrow + 4);
    let (before, after) = line.split_at(at);
    format!("{before}{}", sort_groups(after))
}

fn sort_groups(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        result.push_str(before);
        result.push('(');
        let (group, following) = after.split_at(after.find(')').unwrap_or(0));
        result.push_str(&sorted_names(group));
        rest = following;
    }
    result + rest
}

fn sorted_names(names: &str) -> String {
    let mut names: Vec<&str> = names.split(", ").collect();
    names.sort_unstable();
    names.join(", ")
}

#[test]
fn labels_and_children_are_put_into_one_order() {
    assert_eq!(in_one_order("a (y, x) (head), doc\n", false), "a (x, y) (head), doc\n");
    assert_eq!(in_one_order("b, a (q, p) -> c (y, x), doc", false), "b, a (q, p) -> c (x, y), doc");
    assert_eq!(in_one_order("a\n  -> c\n  -> b (y, x)\n\n", false), "a\n  -> b (x, y)\n  -> c\n\n");
    assert_eq!(in_one_order("a\n  -> c, x\ny\n  -> b\n\nz", false), "a\n  -> b\n  -> c, x\ny\n\nz");
    assert_eq!(in_one_order("Branches into: c, b\n", false), "Branches into: b, c\n");
    assert_eq!(in_one_order("b -> c\na -> b\n", false), "b -> c\na -> b\n");
}
