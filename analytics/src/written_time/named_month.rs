//! The month as an English word: e-mail (RFC 2822), HTTP, `Date.toString()` of browsers, C's `asctime`, and what people
//! type. The word tells the month from the day, so the order of the parts does not matter.

use chrono::{NaiveDate, NaiveTime};

use super::cursor::Cursor;
use super::moment::WrittenTime;
use super::offset::{place_at, take_clock, take_offset};
use crate::month_names::read_month;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Offsets that RFC 2822 gives names, in hours.
const NAMED_OFFSETS: [(&str, i32); 8] =
    [("est", -5), ("edt", -4), ("cst", -6), ("cdt", -5), ("mst", -7), ("mdt", -6), ("pst", -8), ("pdt", -7)];
/// Letters that are enough of a name.
const SHORTEST_NAME: usize = 3;
/// Longest text that may be a time.
const MAX_BYTES: usize = 100;

#[derive(Default)]
struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    clock: Option<NaiveTime>,
    offset: Option<i32>,
}

/// Reads a date and time in which an English word names the month.
pub(super) fn parse(text: &str) -> Option<WrittenTime> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut rest = without_comment(text);
    let mut parts = Parts::default();
    loop {
        rest = rest.trim_start_matches(|next: char| next.is_whitespace() || next == ',');
        if rest.is_empty() {
            break;
        }
        rest = parts.take(rest)?;
    }
    parts.finish()
}

/// `Sat Mar 01 2025 10:00:00 GMT+0100 (Central European Standard Time)`: what is in brackets is a comment.
fn without_comment(text: &str) -> &str {
    match text.rsplit_once('(') {
        Some((before, comment)) if comment.ends_with(')') => before,
        _ => text,
    }
}

impl Parts {
    /// Takes one part from the front. `None` when it means nothing, or something that was said before.
    fn take<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        self.take_clock(text)
            .or_else(|| self.take_word(text))
            .or_else(|| self.take_offset(text))
            .or_else(|| self.take_number(text))
    }

    fn take_clock<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let mut rest = Cursor(text);
        let clock = take_clock(&mut rest)?;
        set(&mut self.clock, clock)?;
        Some(rest.0)
    }

    fn take_offset<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        // A sign before the clock is a hyphen between the parts of a date: 1-Mar-2025.
        self.clock?;
        let mut rest = Cursor(text);
        let offset = take_offset(&mut rest)?;
        set(&mut self.offset, offset)?;
        Some(rest.0)
    }

    fn take_word<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let end = text.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).filter(|_| end >= SHORTEST_NAME)?;
        if let Some(month) = read_month(word) {
            set(&mut self.month, month)?;
        } else if let Some((_, hours)) =
            NAMED_OFFSETS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name))
        {
            set(&mut self.offset, hours * 3_600)?;
        } else {
            is_weekday(word).then_some(())?;
        }
        Some(rest.strip_prefix(['-', '.']).unwrap_or(rest))
    }

    fn take_number<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let mut rest = Cursor(text);
        if let Some(year) = rest.digits(4, 4) {
            set(&mut self.year, year)?;
        } else {
            set(&mut self.day, rest.digits(1, 2)?)?;
        }
        let is_separate = rest.0.starts_with(|next: char| next.is_whitespace() || "-,.".contains(next));
        (is_separate || rest.is_at_end()).then_some(())?;
        Some(rest.0.strip_prefix(['-', '.']).unwrap_or(rest.0))
    }

    fn finish(self) -> Option<WrittenTime> {
        let date = NaiveDate::from_ymd_opt(i32::try_from(self.year?).ok()?, self.month?, self.day?)?;
        let local = date.and_time(self.clock?);
        self.offset.map_or(Some(WrittenTime::Local(local)), |offset| place_at(local, offset))
    }
}

/// Puts what was read into its place, unless that is taken.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

/// Whether a word is the name of a weekday, in full or shortened.
fn is_weekday(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    WEEKDAYS.iter().any(|name| name.starts_with(&word))
}
