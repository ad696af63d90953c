//! The year first: RFC 3339, ISO 8601 in its extended and basic forms, and what databases write.

use chrono::{NaiveDate, NaiveTime};

use super::cursor::Cursor;
use super::moment::WrittenTime;
use super::offset::{finish, take_basic_clock, take_clock};

/// Reads `2026-11-20T10:00:00+01:00` with `T`, `t` or blanks between, seconds or none, any offset or none;
/// `2026/11/20 10:00`; `20261120T100000Z`; `20261120100000`.
pub(super) fn parse(text: &str) -> Option<WrittenTime> {
    let mut rest = Cursor(text);
    let (date, clock) = take_extended(&mut rest).or_else(|| {
        rest = Cursor(text);
        take_basic(&mut rest)
    })?;
    finish(date.and_time(clock), rest)
}

fn take_extended(rest: &mut Cursor<'_>) -> Option<(NaiveDate, NaiveTime)> {
    let year = rest.digits(4, 4)?;
    let separator = rest.any_of(&['-', '/'])?;
    let month = rest.digits(2, 2)?;
    rest.any_of(&[separator])?;
    let date = make_date(year, month, rest.digits(2, 2)?)?;
    if rest.any_of(&['T', 't']).is_none() && !rest.blanks() {
        return None;
    }
    Some((date, take_clock(rest)?))
}

fn take_basic(rest: &mut Cursor<'_>) -> Option<(NaiveDate, NaiveTime)> {
    let date = make_date(rest.digits(4, 4)?, rest.digits(2, 2)?, rest.digits(2, 2)?)?;
    // Some programs write nothing between.
    rest.any_of(&['T', 't']);
    Some((date, take_basic_clock(rest)?))
}

fn make_date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}
