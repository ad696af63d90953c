//! Dates and instants as RFC 3339 writes them, read by hand: chrono's own reader would bring its whole machinery of
//! formats into the browser. One spelling only: what this product writes, and what URLs and JSON commonly hold.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::instant::LocalTime;

/// Reads `2026-11-17`.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let (month, day) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// The date of a text that is written like a date or an instant, if no calendar has it: `2026-02-29`.
pub fn find_no_such_date(text: &str) -> Option<&str> {
    let date = text.split_once('T').map_or(text, |(date, _)| date);
    let is_written_so = |(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => u8::is_ascii_digit(&byte),
    };
    let is_date = date.len() == 10 && date.bytes().enumerate().all(is_written_so);
    (is_date && parse_date(date).is_none()).then_some(date)
}

/// Reads `2026-11-17T14:20:05+01:00`, with up to nine digits of a second behind a point, and `Z` for `+00:00`.
pub fn parse_time(text: &str) -> Option<LocalTime> {
    let (date, rest) = text.split_once('T')?;
    let (clock, offset) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, "+00:00"),
        None => rest.split_at_checked(rest.len().checked_sub(6)?)?,
    };
    let local = parse_clock(parse_date(date)?, clock)?;
    parse_offset(offset)?.from_local_datetime(&local).single()
}

/// For a member that holds a date.
pub(crate) fn date<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    parse_date(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no date"))
}

/// For a member that holds an instant.
pub(crate) fn time<'de, D: Deserializer<'de>>(from: D) -> Result<LocalTime, D::Error> {
    parse_time(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no instant"))
}

/// For a member that holds an instant or nothing.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<LocalTime>, D::Error> {
    let read = |text: String| parse_time(&text).ok_or_else(|| D::Error::custom("no instant"));
    Option::<String>::deserialize(from)?.map(read).transpose()
}

fn parse_clock(date: NaiveDate, text: &str) -> Option<NaiveDateTime> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = digits(parts.next()?, 2)?;
    let nanos = if fraction.is_empty() { None } else { digits(&format!("{fraction:0<9}"), 9) };
    date.and_hms_nano_opt(hour, minute, second, nanos?)
}

fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    let seconds = i32::try_from(digits(hours, 2)? * 3_600 + minutes * 60).ok()?;
    match text.get(..1)? {
        "+" => FixedOffset::east_opt(seconds),
        "-" => FixedOffset::west_opt(seconds),
        _ => None,
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, width: usize) -> Option<u32> {
    let is_number = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_has_one_spelling() {
        assert_eq!(parse_date("2026-11-17"), NaiveDate::from_ymd_opt(2026, 11, 17));
        for text in
            ["", "2026-1-5", "2026-02-30", "26-11-17", "+2026-11-17", "2026-11-17 ", "2026-11-17-", "2026-11"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_that_is_on_no_calendar_is_told_from_what_is_none() {
        for text in ["2026-02-29", "2026-02-29T09:00:00Z", "2026-13-01", "2026-11-31", "2026-00-00"] {
            assert_eq!(find_no_such_date(text), Some(&text[..10]), "{text}");
        }
        for text in ["2024-02-29", "2026-2-30", "today", "", "2026-02-29 ", "2026-02-2é", "2026/02/30"] {
            assert_eq!(find_no_such_date(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_read_as_chrono_reads_it() {
        for text in [
            "2026-11-17T14:20:05+01:00",
            "2026-11-17T14:20:05Z",
            "1999-12-31T23:59:59.5-03:30",
            "2026-11-17T14:20:05.123456789+12:45",
        ] {
            assert_eq!(parse_time(text), DateTime::parse_from_rfc3339(text).ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2026-11-17",
            "2026-11-17T14:20:05",
            "2026-11-17T14:20Z",
            "2026-11-17T24:00:00Z",
            "2026-11-17T14:20:05.Z",
            "2026-11-17T14:20:05+1:00",
            "2026-11-17T14:20:05+01:60",
            "2026-11-17T14:20:05*01:00",
            "2026-11-17T14:20:05é1:00",
            "2026-11-17T14:20:05+25:00",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_chrono_writes_is_read_back(
            ms in 0_i64..7_000_000_000_000,
            offset_minutes in -14_i32 * 60..14 * 60,
        ) {
            let offset = FixedOffset::east_opt(offset_minutes * 60).unwrap();
            let time = DateTime::from_timestamp_millis(ms).unwrap().with_timezone(&offset);
            prop_assert_eq!(parse_time(&time.to_rfc3339()), Some(time));
            prop_assert_eq!(parse_date(&time.date_naive().to_string()), Some(time.date_naive()));
        }
    }
}
