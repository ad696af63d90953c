//! The machine's clock: the one place that reads it.

use analytics::clock::Clock;
use analytics::instant::Instant;
use chrono::Utc;

/// Tells the machine's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "everything else takes the time from this clock")]
    fn now(&self) -> Instant {
        Instant::from(Utc::now())
    }
}
