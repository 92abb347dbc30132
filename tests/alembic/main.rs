//! The real Alembic beside us: what it answers is right by definition.
//!
//! Needs virtual environments and unpacked packages that `./test` prepares and names by environment variables; run
//! without them these tests fail and say so, because a comparison that did not take place proves nothing.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod compare;
mod differential;
mod forks;
mod generate;
mod oracle;
mod ours;
mod projects;
mod random;
mod shlex;
mod syntax;
mod understood;
mod vectors;
mod verdict;

/// The value of a variable that `./test` sets.
fn prepared(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `./test`, which prepares what this test needs")
    })
}
