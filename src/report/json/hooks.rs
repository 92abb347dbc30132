//! JSON of `hook`: what was installed or taken away, and how things stand.

use serde::Serialize;

use super::{SCHEMA, write};

#[derive(Serialize)]
struct Document<T> {
    schema: u32,
    /// Every document has them; hooks belong to the repository.
    environments: [(); 0],
    hooks: Vec<T>,
}

/// One thing that was done.
#[derive(Serialize)]
pub struct Change {
    /// git's name of the hook.
    pub event: &'static str,
    /// `wrote`, `updated`, `removed`, `restored` or `left`.
    pub action: &'static str,
    /// The file.
    pub path: String,
}

/// How one hook stands.
#[derive(Serialize)]
pub struct State {
    /// git's name of the hook.
    pub event: &'static str,
    /// Whether it blocks; the others only say something.
    pub blocks: bool,
    /// `runs`, `configured`, `broken` or `missing`.
    pub state: &'static str,
    /// `file`, `config`, `script`, or the name of a hook manager.
    pub by: Option<&'static str>,
    /// The file in which it was seen.
    pub path: Option<String>,
    /// The version of our script.
    pub script_version: Option<u32>,
    /// The onehead that it runs.
    pub program: Option<String>,
    /// The version that this says it has.
    pub program_version: Option<String>,
    /// What is odd, and what to do.
    pub notes: Vec<String>,
}

/// What was installed or taken away.
pub fn changes(hooks: Vec<Change>) -> String {
    write(&Document { schema: SCHEMA, environments: [], hooks })
}

/// How things stand.
pub fn states(hooks: Vec<State>) -> String {
    write(&Document { schema: SCHEMA, environments: [], hooks })
}
