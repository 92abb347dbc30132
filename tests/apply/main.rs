//! Changes on a real disk: killed at every step, without room, without permission, and as diffs through real git.
//!
//! What is to die runs in a process of its own: this binary again, told by its environment what to do.
#![allow(clippy::disallowed_methods, reason = "tests prepare files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, reason = "a test may panic")]

mod diff;
mod killed;
mod refused;
mod room;
