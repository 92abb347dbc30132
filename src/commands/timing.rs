//! How long the steps of a command took, for `check -v`.

#![allow(clippy::disallowed_methods, reason = "what was found does not depend on how long it took")]

use std::time::{Duration, Instant};

/// The steps so far.
pub(super) struct Timing {
    last: Instant,
    steps: Vec<(&'static str, Duration)>,
}

impl Timing {
    /// Begins the first step.
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), steps: Vec::new() }
    }

    /// Ends the step of this name and begins the next.
    pub(super) fn step(&mut self, name: &'static str) {
        let now = Instant::now();
        self.steps.push((name, now - self.last));
        self.last = now;
    }

    /// One line: each step with its milliseconds.
    pub(super) fn text(&self) -> String {
        let steps = self.steps.iter();
        let parts: Vec<String> = steps
            .map(|(name, time)| format!("{name} {:.1} ms", time.as_secs_f64() * 1000.0))
            .collect();
        format!("{}\n", parts.join(", "))
    }
}
