//! The rebase planner: worked cases, random histories, and the real Alembic as the judge of both.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod cases;
mod history;
mod judge;
mod large;
mod numbered;
mod oracle;
#[path = "../alembic/random.rs"]
mod random;
mod shapes;
mod texts;

/// The value of a variable that `./test` sets.
fn prepared(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `./test`, which prepares what this test needs")
    })
}

/// How many random histories a run makes: so many, or as the variable says.
fn rounds(usual: usize) -> usize {
    std::env::var("ONEHEAD_TEST_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}
