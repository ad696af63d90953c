//! Points in time and half-open stretches of it.

use std::fmt;

use chrono::{DateTime, FixedOffset, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of a quarter of an hour, the finest bucket that is counted ahead of time.
pub const QUARTER_MS: i64 = 15 * MINUTE_MS;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds of 24 hours, which a local day often has.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant with the local offset that held in the bot's zone: what the browser shows without zone rules.
/// In JSON an RFC 3339 text with that offset.
pub type LocalTime = DateTime<FixedOffset>;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. In JSON a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// The instant `ms` milliseconds after the epoch (before it when negative).
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// The latest multiple of `step_ms` since the epoch that is not after this instant.
    pub const fn floor_to(self, step_ms: i64) -> Self {
        Self(self.0.div_euclid(step_ms) * step_ms)
    }

    /// The start of the UTC quarter of an hour that contains this instant.
    pub const fn quarter(self) -> Self {
        self.floor_to(QUARTER_MS)
    }

    /// The start of the first UTC quarter of an hour that does not begin before this instant.
    pub const fn next_quarter(self) -> Self {
        Self(self.0.saturating_add(QUARTER_MS - 1)).quarter()
    }

    /// The edge between two UTC quarters of an hour that is nearest; of two as near, the later one.
    pub const fn nearest_quarter(self) -> Self {
        Self(self.0.saturating_add(QUARTER_MS / 2)).quarter()
    }

    /// Whether this instant is an edge between two quarters of an hour.
    pub const fn is_on_quarter(self) -> bool {
        self.0.rem_euclid(QUARTER_MS) == 0
    }

    /// This instant moved by `ms` milliseconds.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// As a chrono UTC time. Instants outside chrono's range (some 262,000 years) become the epoch.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl<Tz: chrono::TimeZone> From<DateTime<Tz>> for Instant {
    /// Drops what is finer than a millisecond.
    fn from(time: DateTime<Tz>) -> Self {
        Self(time.to_utc().trunc_subsecs(3).timestamp_millis())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

/// A half-open stretch of time: `start` belongs to it, `end` does not. May be empty (a skipped local day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// First instant inside.
    pub start: Instant,
    /// First instant after.
    pub end: Instant,
}

impl TimeRange {
    /// The stretch [`start`, `end`); empty at `start` when `end` lies before it.
    pub fn new(start: Instant, end: Instant) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Whether no instant lies inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `at` lies inside.
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// Its length in milliseconds.
    pub fn length_ms(self) -> i64 {
        self.end.as_ms() - self.start.as_ms()
    }

    /// Whether both edges lie on quarters of an hour.
    pub fn is_on_quarters(self) -> bool {
        self.start.is_on_quarter() && self.end.is_on_quarter()
    }

    /// The range from the first to the last quarter-hour boundary within this one; empty where it has no whole quarter. The
    /// rest before it and the rest after it are each shorter than a quarter, or this whole range is shorter than two.
    pub fn quarters(self) -> Self {
        let start = self.start.next_quarter().min(self.end);
        Self::new(start, self.end.quarter())
    }

    /// What lies in both.
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}
