//! Questions on a pseudo-terminal, interrupts, and commands that are run.
//!
//! A child is this same program, started again to run one ignored test that plays a part.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod auto_merge;
#[allow(dead_code, reason = "the other half is for the tests of the command line")]
#[path = "../cli/fork.rs"]
mod fork;
mod graph;
mod init;
mod interrupt;
mod part;
mod push;
mod question;
#[allow(dead_code, reason = "the other half is for the tests of the hooks")]
#[path = "../guard/repository.rs"]
mod repository;
mod runner;
#[allow(dead_code, unused_imports, unused_macros, reason = "as above")]
#[path = "../cli/support.rs"]
mod support;
