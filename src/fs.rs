//! Reading files; the only user of `std::fs`.

use std::path::Path;

/// The bytes of a file.
pub fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}
