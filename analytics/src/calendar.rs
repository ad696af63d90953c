//! A bot's calendar: its zone and week start. The only place with zone arithmetic.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::instant::{Instant, LocalTime, TimeRange};
use crate::settings::WeekStart;

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A name that is no IANA time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone: use an IANA name such as Europe/Berlin or UTC")]
pub struct ZoneError(pub String);

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self).map_err(|_| ZoneError(name.to_owned()))
    }
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Every zone's IANA name, in alphabetical order: for a choice on a page.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a bot reads the clock: in which zone days begin and on which day weeks do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Calendar {
    /// The reporting zone.
    pub zone: Zone,
    /// The first day of a week.
    pub week_start: WeekStart,
}

impl Calendar {
    /// A calendar in `zone` with weeks from `week_start`.
    pub fn new(zone: Zone, week_start: WeekStart) -> Self {
        Self { zone, week_start }
    }

    /// The local time at an instant, with its offset.
    pub fn local(&self, at: Instant) -> LocalTime {
        unimplemented!("{at}")
    }

    /// The local date at an instant.
    pub fn date(&self, at: Instant) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The first instant whose local date is `date` or later.
    pub fn day_start(&self, date: NaiveDate) -> Instant {
        unimplemented!("{date}")
    }

    /// A local day: 23, 24 or 25 hours as a rule, empty where the zone skipped it.
    pub fn day(&self, date: NaiveDate) -> TimeRange {
        unimplemented!("{date}")
    }

    /// The hour at an instant: the maximal run within its local day of the same local hour and offset.
    pub fn hour(&self, at: Instant) -> TimeRange {
        unimplemented!("{at}")
    }

    /// The week at an instant, from the week start's day.
    pub fn week(&self, at: Instant) -> TimeRange {
        unimplemented!("{at}")
    }

    /// The calendar month at an instant.
    pub fn month(&self, at: Instant) -> TimeRange {
        unimplemented!("{at}")
    }
}
