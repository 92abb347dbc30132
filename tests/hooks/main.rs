//! Git hooks: installed, run by real git and by the shells that there are, looked at, and taken away again.
//!
//! What a hook judges is not the question here: a stand-in notes what it is called with.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod config;
mod foreign;
mod frameworks;
mod init;
mod install;
mod managers;
mod offer;
mod place;
mod print;
mod room;
mod script;
mod status;
#[allow(dead_code, reason = "the other half is for the tests of the command line")]
#[path = "../cli/support.rs"]
mod support;
mod upgrade;
