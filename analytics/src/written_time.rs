//! Times as programs and people write them: one reader for every way in. A time is a moment when its text names an
//! offset from UTC or counts from 1970, and otherwise a local time, which only somebody who knows the zone can place.
//!
//! RFC 3339, ISO 8601 and what databases write instead are read by `iso`, dates with the name of a month (RFC 2822,
//! HTTP, `Date.toString()`) by `named_month`, and numbers since 1970 by `epoch`. Anything else is no time: nothing is
//! guessed here, neither the order of day and month nor a zone.

mod cursor;
mod epoch;
mod iso;
mod moment;
mod named_month;
mod numeric;
mod offset;

#[cfg(feature = "tz")]
use chrono::NaiveDateTime;

pub use self::moment::{Moment, WrittenTime};
pub use self::numeric::DateOrder;

/// What this reader takes, in words that follow "expected".
pub const EXPECTED: &str =
    "a time with an offset from UTC such as 2026-11-20T10:00:00+01:00, or seconds or milliseconds since 1970";

/// Digits of a date and time without anything between: `20261120110000`.
const COMPACT_DIGITS: usize = 14;

impl Moment {
    /// Reads a number that counts from 1970: seconds below 10^11, milliseconds below 10^14, microseconds below 10^17,
    /// nanoseconds beyond, each without regard to the sign. The unit follows from the size alone: the four ranges hold
    /// the same moments from 1973 on. `None` for anything but a finite decimal number.
    pub fn of_number(text: &str) -> Option<Self> {
        epoch::parse(text).map(Self)
    }

    /// Reads a moment: a number since 1970, or a date and time with an offset.
    pub fn of_text(text: &str) -> Option<Self> {
        match WrittenTime::parse(text)? {
            WrittenTime::Moment(moment) => Some(moment),
            WrittenTime::Local(_) => None,
        }
    }

    /// Reads a moment, where a time without an offset is meant in UTC.
    pub fn of_text_in_utc(text: &str) -> Option<Self> {
        match WrittenTime::parse(text)? {
            WrittenTime::Moment(moment) => Some(moment),
            WrittenTime::Local(local) => Some(Self(local.and_utc().timestamp_micros())),
        }
    }
}

impl WrittenTime {
    /// Reads a time in any of the forms of this module, with or without blanks around it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = strip_zone_name(text.trim());
        // So many digits would be a number of milliseconds in the year 2286 or later.
        let compact = if text.len() == COMPACT_DIGITS { iso::parse(text) } else { None };
        let number = || Moment::of_number(text).map(Self::Moment);
        compact.or_else(number).or_else(|| iso::parse(text)).or_else(|| named_month::parse(text))
    }
}

/// Without the name of a zone behind an offset, as Go writes it: `2026-11-20 10:00:00 +0000 UTC`. The offset says all.
fn strip_zone_name(text: &str) -> &str {
    let Some((time, name)) = text.rsplit_once(' ') else { return text };
    let is_name = (1..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let offset = time.rsplit_once(' ').map_or("", |(_, offset)| offset);
    let is_offset = offset.len() == 5 && offset.starts_with(['+', '-']);
    if is_name && is_offset && offset[1..].bytes().all(|byte| byte.is_ascii_digit()) { time } else { text }
}

/// Puts a local time into a zone. A time that the clocks skip is moved on by as much as they skip; of a time that
/// comes twice the first is meant.
#[cfg(feature = "tz")]
pub fn place(local: NaiveDateTime, zone: crate::calendar::Zone) -> Moment {
    use chrono::{Duration, LocalResult, Offset, TimeZone};

    let zone = zone.rules();
    let us = |offset_seconds: i32| {
        local.and_utc().timestamp_micros().saturating_sub(i64::from(offset_seconds).saturating_mul(1_000_000))
    };
    let before =
        || zone.offset_from_utc_datetime(&(local.checked_sub_signed(Duration::days(1)).unwrap_or(local)));
    Moment(match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.timestamp_micros(),
        LocalResult::None => us(before().fix().local_minus_utc()),
    })
}

#[cfg(test)]
mod tests;
