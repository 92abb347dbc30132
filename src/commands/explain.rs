//! `onehead explain`: the page of a rule, or what an error message means.

use crate::error::{Error, ExitStatus};
use crate::explain::{self, Explanation};
use crate::ui::Ui;

/// Explains `subject`, whose words belong together.
///
/// # Errors
/// When it is neither a rule nor a message that is known.
pub(super) fn run(subject: &[String], ui: Ui) -> Result<ExitStatus, Error> {
    let subject = subject.join(" ");
    let text = match explain::explain(&subject) {
        Explanation::Rule(page) => page.to_owned(),
        Explanation::Error(text) => text,
        Explanation::Unknown { nearest } => {
            let subject = last_line(&subject);
            return Err(Error::Unexplained { subject, nearest: nearest.map(str::to_owned) });
        }
    };
    ui.data(&text);
    if !text.ends_with('\n') {
        ui.data("\n");
    }
    Ok(ExitStatus::Success)
}

/// The last line with something in it, as far as a person wants to see it again: a traceback ends with what counts.
fn last_line(text: &str) -> String {
    const LENGTH: usize = 120;
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut shown: String = line.chars().take(LENGTH).collect();
    if line.chars().count() > LENGTH {
        shown.push_str(" ...");
    }
    shown
}
