//! The two kinds of times that texts tell.

use chrono::NaiveDateTime;

use crate::instant::Instant;

/// A moment in microseconds since 1970-01-01T00:00:00Z. Finer digits are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub(super) i64);

impl Moment {
    /// The moment so many microseconds after 1970 began in UTC.
    pub const fn from_us(us: i64) -> Self {
        Self(us)
    }

    /// Microseconds since 1970.
    pub fn as_us(self) -> i64 {
        self.0
    }

    /// To the millisecond, as facts have it.
    pub fn to_instant(self) -> Instant {
        Instant::from_ms(self.0.div_euclid(1_000))
    }
}

/// A time as its text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenTime {
    /// With an offset, or counted from 1970.
    Moment(Moment),
    /// Date and time of day, without an offset.
    Local(NaiveDateTime),
}
