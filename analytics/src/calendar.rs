//! A bot's calendar: its zone and week start. The only place with zone arithmetic.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

use crate::dates::{month_start, plus_days, plus_months, week_start};
use crate::granularity::Granularity;
use crate::instant::{HOUR_MS, Instant, LocalTime, TimeRange};
use crate::settings::WeekStart;

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A name that is no IANA time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone: use an IANA name such as Europe/Berlin or UTC")]
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

    /// The rules of the zone.
    pub(crate) fn rules(self) -> Tz {
        self.0
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
        at.to_utc().with_timezone(&self.zone.0).fixed_offset()
    }

    /// The date of the local day that contains an instant. That is the local date; only where the clock goes back over
    /// midnight the minutes that are lived twice belong to the day that had already begun.
    pub fn date(&self, at: Instant) -> NaiveDate {
        let date = self.local(at).date_naive();
        let tomorrow = plus_days(date, 1);
        if at < self.day_start(tomorrow) { date } else { tomorrow }
    }

    /// The first instant whose local date is `date` or later.
    pub fn day_start(&self, date: NaiveDate) -> Instant {
        self.first_at_or_after(date.and_time(NaiveTime::MIN))
    }

    /// The first instant at which local clocks show `time` or, where they skip it, something later.
    pub fn first_at_or_after(&self, time: NaiveDateTime) -> Instant {
        let zone = self.zone.0;
        let skipped_to = || GapInfo::new(&time, &zone).and_then(|gap| gap.end);
        let first = zone.from_local_datetime(&time).earliest().or_else(skipped_to);
        first.map_or_else(|| Instant::from(time.and_utc()), Instant::from)
    }

    /// A local day: 23, 24 or 25 hours as a rule, empty where the zone skipped it.
    pub fn day(&self, date: NaiveDate) -> TimeRange {
        self.days(date, plus_days(date, 1))
    }

    /// The hour at an instant: the maximal run within its local day of the same local hour and offset.
    pub fn hour(&self, at: Instant) -> TimeRange {
        let offset_ms = self.offset_ms(at);
        let start = at.plus_ms(offset_ms).floor_to(HOUR_MS).plus_ms(-offset_ms);
        let end = start.plus_ms(HOUR_MS);
        // A day begins at a local midnight or at a change of offset: both are looked for here already.
        TimeRange::new(self.offset_start(start, at, offset_ms), self.offset_end(at, end, offset_ms))
    }

    /// The week at an instant, from the week start's day.
    pub fn week(&self, at: Instant) -> TimeRange {
        let first = week_start(self.date(at), self.week_start);
        self.days(first, plus_days(first, 7))
    }

    /// The calendar month at an instant.
    pub fn month(&self, at: Instant) -> TimeRange {
        let first = month_start(self.date(at));
        self.days(first, plus_months(first, 1))
    }

    /// The hour, day, week or month at an instant.
    pub fn bucket(&self, granularity: Granularity, at: Instant) -> TimeRange {
        match granularity {
            Granularity::Hour => self.hour(at),
            Granularity::Day => self.day(self.date(at)),
            Granularity::Week => self.week(at),
            Granularity::Month => self.month(at),
        }
    }

    /// The local days from `first` up to and without `end`.
    pub fn days(&self, first: NaiveDate, end: NaiveDate) -> TimeRange {
        TimeRange::new(self.day_start(first), self.day_start(end))
    }

    /// How far local clocks are ahead of UTC.
    pub(crate) fn offset_ms(&self, at: Instant) -> i64 {
        let offset = self.zone.0.offset_from_utc_datetime(&at.to_utc().naive_utc()).fix();
        i64::from(offset.local_minus_utc()) * 1_000
    }

    /// The first instant of [`from`, `at`] from which on `offset_ms` holds until `at`.
    fn offset_start(&self, from: Instant, at: Instant, offset_ms: i64) -> Instant {
        if self.offset_ms(from) == offset_ms {
            return from;
        }
        self.find_change(from, at, |offset| offset == offset_ms)
    }

    /// The first instant of (`at`, `until`] at which `offset_ms`, which holds at `at`, holds no more.
    fn offset_end(&self, at: Instant, until: Instant, offset_ms: i64) -> Instant {
        if self.offset_ms(until.plus_ms(-1)) == offset_ms {
            return until;
        }
        self.find_change(at, until, |offset| offset != offset_ms)
    }

    /// The first instant in (`before`, `after`] whose offset satisfies `is_after`, to the second, there being one
    /// change in between: no zone changes its clock twice in an hour.
    fn find_change(&self, before: Instant, after: Instant, is_after: impl Fn(i64) -> bool) -> Instant {
        let (mut before_s, mut after_s) = (before.as_ms().div_euclid(1_000), after.as_ms().div_euclid(1_000));
        while after_s - before_s > 1 {
            let middle_s = before_s + (after_s - before_s) / 2;
            if is_after(self.offset_ms(Instant::from_ms(middle_s * 1_000))) {
                after_s = middle_s;
            } else {
                before_s = middle_s;
            }
        }
        Instant::from_ms(after_s * 1_000)
    }
}
