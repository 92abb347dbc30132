//! onehead keeps Alembic migration histories healthy.
//!
//! Bytes in, a report out; everything between the two ends is pure.
//!
//! ```text
//! argv --cli--> Args --settings--> Settings --environment--> [Environment]
//!                                                 |
//!         Snapshot of the worktree                git.rs, fs.rs: the only input
//!                 | [(path, bytes)]
//!         script::parse, in parallel, never fails  --> [Script]
//!                 |
//!         RevisionGraph::build, never fails
//!                 |
//!         RULES.iter().for_each(check) --> [Diagnostic] --> suppress --> sort --> Report
//!                                                                              |
//!                                                           report::<format> --> stdout
//! ```

pub mod alembic;
pub mod config;
pub mod diagnostic;
pub mod environment;
pub mod error;
pub mod fs;
pub mod git;
pub mod graph;
pub mod ini;
pub mod nearest;
pub mod published;
pub mod python;
pub mod report;
pub mod revision;
pub mod rules;
pub mod script;
pub mod snapshot;
