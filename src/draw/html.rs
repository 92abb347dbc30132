//! The picture as a page.

use super::Drawing;

/// The page.
pub fn html(drawings: &[Drawing]) -> String {
    format!("{}", drawings.len())
}
