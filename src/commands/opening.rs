//! Showing a page in the user's browser: the file that it is read from, and what is said about it.
//!
//! The file stays: the browser reads it after this process is gone.

use std::path::Path;

use crate::error::Error;
use crate::fs::write::WriteError;
use crate::fs::{self, TemporaryFolder};
use crate::report::sanitize::sanitize;
use crate::runner::browser;
use crate::settings;
use crate::ui::Ui;

/// The name of the page.
const PAGE: &str = "history.html";

/// What the browser says.
const OUTPUT: &str = "browser.log";

/// Writes the page into a folder that only this user may enter, opens it, and says where it is; when quiet only where
/// that did not work.
///
/// # Errors
/// When it cannot be written. Where no browser could be started, the path is what is left to open by hand.
pub(super) fn show(page: &str, is_quiet: bool, ui: Ui) -> Result<(), Error> {
    let name = format!("onehead-{}", settings::random_id());
    let folder = TemporaryFolder::new(&settings::temporary_folder(), &name).map_err(unwritten)?;
    let path = folder.path().join(PAGE);
    fs::write::create(&path, page.as_bytes(), None).map_err(unwritten)?;
    let output = folder.file(OUTPUT).map_err(unwritten)?;
    let log = folder.keep().join(OUTPUT);
    let shown = sanitize(&path.to_string_lossy()).into_owned();
    match browser::open(&path, &settings::browsers(), &output) {
        Ok(()) if is_quiet => {}
        Ok(()) => ui.talk(&format!("opened {shown}\n")),
        Err(reasons) => {
            ui.talk(&said(&log));
            let reasons: Vec<_> = reasons.iter().map(|reason| sanitize(reason)).collect();
            let reasons = reasons.join("; ");
            ui.talk(&format!(
                "{}: no browser was started ({reasons})\n",
                ui.warning_word("warning")
            ));
            ui.talk(&format!("{}: open it by hand:   {shown}\n", ui.hint_word("hint")));
        }
    }
    // One that still runs keeps writing to it, under whatever name.
    let _ = fs::write::remove(&log);
    Ok(())
}

/// What the browsers said.
fn said(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().map(sanitize).collect();
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

fn unwritten(error: WriteError) -> Error {
    Error::Write { path: error.path.display().to_string(), reason: error.reason }
}
