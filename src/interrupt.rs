//! Ctrl-C, termination and hangup: heard at once while nothing is being written, and afterwards otherwise.
//!
//! ```text
//! let guard = interrupt::guard();          // from here on an interrupt is only noted
//! write(…)?;
//! if interrupt::requested() { undo(…)?; }
//! drop(guard);                             // the outermost guard ends the process with 130 when one was noted
//! ```
//!
//! Undoes nothing itself. An interrupt cannot break a section, not the second one either.

use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The exit status of a process that was interrupted: 128 and the number of `SIGINT`.
const STATUS: i32 = 130;

struct State {
    sections: usize,
    requested: bool,
}

static STATE: Mutex<State> = Mutex::new(State { sections: 0, requested: false });

fn state() -> MutexGuard<'static, State> {
    // Nothing panics while it is held.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to listen; once, at the start. Where the system offers no handler, an interrupt ends the process as it would
/// have without us.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        let mut state = state();
        if state.sections > 0 {
            state.requested = true;
            return;
        }
        // The lock is kept: a section that would begin now waits for the end of the process instead.
        process::exit(STATUS);
    });
}

/// A section in which an interrupt is only noted, as long as this value lives. Sections may lie in each other.
#[derive(Debug)]
#[must_use = "the section ends with this value"]
pub struct Guard {
    // Only `guard` makes one.
    _private: (),
}

/// Begins a section.
pub fn guard() -> Guard {
    state().sections += 1;
    Guard { _private: () }
}

impl Drop for Guard {
    /// Ends the process with 130 when this was the outermost section and an interrupt was noted in it: whatever had to be
    /// undone has been.
    fn drop(&mut self) {
        let mut state = state();
        state.sections = state.sections.saturating_sub(1);
        if state.sections == 0 && state.requested {
            process::exit(STATUS);
        }
    }
}

/// Whether an interrupt was noted in the section that is going on.
pub fn requested() -> bool {
    state().requested
}
