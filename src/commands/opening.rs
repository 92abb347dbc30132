//! Showing a page in the user's browser.

use crate::error::Error;
use crate::ui::Ui;

/// Shows the page.
///
/// # Errors
/// When it cannot be written.
pub(super) fn show(page: &str, ui: Ui) -> Result<(), Error> {
    ui.data(page);
    if page.is_empty() { Err(Error::Interrupted) } else { Ok(()) }
}
