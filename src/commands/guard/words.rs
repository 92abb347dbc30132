//! What a hook says: a header, the heads or the places, the commands, and how to skip it once.

use std::fmt::Write as _;

use super::{Problem, Verdict};
use crate::report::sanitize::sanitize;
use crate::rules::words::count;

/// How many problems are shown one by one.
const SHOWN: usize = 10;

/// A command, and what it is for.
pub(super) type Advice = (String, &'static str);

/// What is about to happen, in words.
pub(super) struct Event<'a> {
    /// `this commit`, `this push`.
    pub(super) what: &'a str,
    /// What it would leave behind: ` on feature-2`, or nothing.
    pub(super) place: &'a str,
    /// The commands.
    pub(super) advice: Vec<Advice>,
    /// How to go on without the hook.
    pub(super) skip: &'a str,
}

/// The whole text of what blocks. Ends with a newline.
pub(super) fn blocked(event: &Event<'_>, verdict: &Verdict) -> String {
    let mut text = String::new();
    let (forks, others): (Vec<&Problem>, Vec<&Problem>) =
        verdict.problems.iter().partition(|problem| !problem.heads.is_empty());
    for fork in &forks {
        let heads = count(fork.heads.len(), "head");
        let environment = sanitize(&fork.environment);
        let (what, place) = (event.what, event.place);
        let _ = writeln!(text, "onehead: {what} would leave {heads} in {environment}{place}");
        text.push_str(&heads_of(fork));
    }
    if !others.is_empty() {
        let problems =
            count(others.len(), if forks.is_empty() { "problem" } else { "more problem" });
        let _ = writeln!(text, "onehead: {} would bring {problems}", event.what);
        for problem in others.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", problem.line);
        }
        if others.len() > SHOWN {
            let _ = writeln!(text, "  and {} more", others.len() - SHOWN);
        }
    }
    text.push_str(&footer(&event.advice, event.skip));
    text
}

/// The commands, and how to go on without the hook.
pub(super) fn footer(advice: &[Advice], skip: &str) -> String {
    let mut text = String::from("\n");
    let width = advice.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    for (command, purpose) in advice {
        let _ = writeln!(text, "  {command:<width$}   {purpose}");
    }
    let _ = writeln!(text, "  (skip once: {skip}, or ONEHEAD_SKIP=1)");
    text
}

/// What is not new: a line each.
pub(super) fn old(verdict: &Verdict) -> String {
    let mut text = String::new();
    for problem in verdict.old.iter().take(SHOWN) {
        let _ = writeln!(text, "onehead: not new, so it does not block: {}", problem.line);
    }
    if verdict.old.len() > SHOWN {
        let _ = writeln!(text, "onehead: and {} more", verdict.old.len() - SHOWN);
    }
    text
}

/// The heads of a fork, a line each with their messages.
fn heads_of(fork: &Problem) -> String {
    let mut text = String::new();
    let shown = fork.heads.iter().take(SHOWN);
    let width = shown.clone().map(|(id, _)| id.chars().count()).max().unwrap_or(0);
    for (id, message) in shown {
        let (id, message) = (sanitize(id), sanitize(message));
        let line = format!("  {id:<width$}  {message}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if fork.heads.len() > SHOWN {
        let _ = writeln!(text, "  and {} more", fork.heads.len() - SHOWN);
    }
    text
}
