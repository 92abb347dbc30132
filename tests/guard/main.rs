//! What git's hooks do with a history: real git, real hooks, the built program, and a remote beside it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod advice;
mod commit;
mod facts;
mod frameworks;
mod git_versions;
mod operations;
mod push;
mod repository;
mod series;
mod story;
#[allow(dead_code, reason = "the other half is for the tests of the command line")]
#[path = "../cli/support.rs"]
mod support;
mod surroundings;
mod tests_before_push;
