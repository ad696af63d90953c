//! Where "now" comes from: a parameter, so that tests can set it.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::instant::Instant;

/// Tells the time. The one implementation that reads the machine's clock lives in the server's entry point.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// A clock that stands still until it is set: for tests and for demo traffic.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn new(now: Instant) -> Self {
        Self(AtomicI64::new(now.as_ms()))
    }

    /// Sets the clock, forwards or backwards.
    pub fn set(&self, now: Instant) {
        self.0.store(now.as_ms(), Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::Relaxed))
    }
}
