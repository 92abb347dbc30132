//! Questions on a pseudo-terminal, interrupts, and commands that are run.
//!
//! A child is this same program, started again to run one ignored test that plays a part.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod interrupt;
mod part;
mod question;
mod runner;
