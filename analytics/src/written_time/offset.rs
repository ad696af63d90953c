//! Offsets from UTC and clocks, as they are written in every form of time.

use chrono::{FixedOffset, NaiveDateTime, NaiveTime, TimeZone};

use super::cursor::Cursor;
use super::moment::{Moment, WrittenTime};

const MINUTE_SECONDS: u32 = 60;
const HOUR_SECONDS: u32 = 3_600;
/// The sign that keyboards have not, and ISO 8601 prefers.
const MINUS: char = '\u{2212}';

/// Reads `10:00`, `10:00:05`, `10:00:05.25`, `10:00:05,25`, and each with `AM` or `PM` behind it.
pub(super) fn take_clock(text: &mut Cursor<'_>) -> Option<NaiveTime> {
    let hour = text.digits(1, 2)?;
    text.any_of(&[':'])?;
    let minute = text.digits(2, 2)?;
    let (mut second, mut nanos) = (0, 0);
    if text.any_of(&[':']).is_some() {
        second = text.digits(2, 2)?;
        nanos = take_fraction(text)?;
    }
    let hour = take_half_of_day(text).map_or(Some(hour), |half| half.hour(hour))?;
    make_clock(hour, minute, second, nanos)
}

/// Reads `1000`, `100005` and `100005.25`, as ISO 8601's basic form has it.
pub(super) fn take_basic_clock(text: &mut Cursor<'_>) -> Option<NaiveTime> {
    let (hour, minute) = (text.digits(2, 2)?, text.digits(2, 2)?);
    let second = text.digits(2, 2).unwrap_or(0);
    let nanos = take_fraction(text)?;
    make_clock(hour, minute, second, nanos)
}

/// A second of 60 is a leap second, which is counted as the last moment of the one before.
fn make_clock(hour: u32, minute: u32, second: u32, nanos: u32) -> Option<NaiveTime> {
    match second {
        60 => NaiveTime::from_hms_nano_opt(hour, minute, 59, 999_999_999),
        _ => NaiveTime::from_hms_nano_opt(hour, minute, second, nanos),
    }
}

/// Nanoseconds behind a point or a comma; further digits are cut off. `None` for a point without digits.
fn take_fraction(text: &mut Cursor<'_>) -> Option<u32> {
    if text.any_of(&['.', ',']).is_none() {
        return Some(0);
    }
    let count = text.0.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.0.split_at_checked(count).filter(|_| count > 0)?;
    text.0 = rest;
    Some(
        digits
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
    )
}

#[derive(Clone, Copy)]
enum HalfOfDay {
    Morning,
    Afternoon,
}

impl HalfOfDay {
    /// 12 AM is midnight, 12 PM is noon.
    fn hour(self, hour: u32) -> Option<u32> {
        let hour = (1..=12).contains(&hour).then_some(hour % 12)?;
        Some(match self {
            Self::Morning => hour,
            Self::Afternoon => hour + 12,
        })
    }
}

fn take_half_of_day(text: &mut Cursor<'_>) -> Option<HalfOfDay> {
    let mut ahead = *text;
    ahead.blanks();
    let half = if ahead.word("am") || ahead.word("a.m.") {
        HalfOfDay::Morning
    } else if ahead.word("pm") || ahead.word("p.m.") {
        HalfOfDay::Afternoon
    } else {
        return None;
    };
    *text = ahead;
    Some(half)
}

/// Reads the end of a time: nothing, or an offset with or without blanks before it. A zone's name in brackets behind
/// an offset (RFC 9557) says nothing more about the moment.
pub(super) fn finish(local: NaiveDateTime, mut rest: Cursor<'_>) -> Option<WrittenTime> {
    rest.blanks();
    if rest.is_at_end() {
        return Some(WrittenTime::Local(local));
    }
    let seconds = take_offset(&mut rest)?;
    let is_bracketed = rest.0.starts_with('[') && rest.0.ends_with(']');
    (rest.is_at_end() || is_bracketed).then_some(())?;
    place_at(local, seconds)
}

/// The moment of a local time at an offset in seconds east of UTC.
pub(super) fn place_at(local: NaiveDateTime, seconds: i32) -> Option<WrittenTime> {
    let time = FixedOffset::east_opt(seconds)?.from_local_datetime(&local).single()?;
    Some(WrittenTime::Moment(Moment(time.timestamp_micros())))
}

/// Seconds east of UTC: `Z`, `UTC`, `GMT`, `+01`, `+0100`, `+01:00`, `GMT+0100`.
pub(super) fn take_offset(text: &mut Cursor<'_>) -> Option<i32> {
    if text.any_of(&['Z', 'z']).is_some() {
        return Some(0);
    }
    let is_named = ["utc", "gmt", "ut"].into_iter().any(|name| text.word(name));
    match text.any_of(&['+', '-', MINUS]) {
        None => is_named.then_some(0),
        Some(sign) => {
            let seconds = take_hours_and_minutes(text)?;
            Some(if sign == '+' { seconds } else { -seconds })
        }
    }
}

fn take_hours_and_minutes(text: &mut Cursor<'_>) -> Option<i32> {
    let hours = text.digits(2, 2)?;
    let has_colon = text.any_of(&[':']).is_some();
    let minutes = match text.digits(2, 2) {
        None if has_colon => return None,
        minutes => minutes.unwrap_or(0),
    };
    let seconds = (minutes < MINUTE_SECONDS).then_some(hours * HOUR_SECONDS + minutes * MINUTE_SECONDS)?;
    i32::try_from(seconds).ok()
}
