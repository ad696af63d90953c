//! Dates in digits, such as 3/4/2025: one date alone does not show whether the day or the month comes first.

use chrono::NaiveDate;

use super::cursor::Cursor;
use super::moment::WrittenTime;
use super::offset::{finish, take_clock};

const SEPARATORS: [char; 3] = ['/', '.', '-'];
/// Two digits of a year are of this century: no chatbot is older.
const CENTURY: u32 = 2_000;

/// What comes first in a date of digits whose year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2025`
    DayFirst,
    /// `12/31/2025`
    MonthFirst,
}

impl DateOrder {
    /// Both orders.
    pub const ALL: [Self; 2] = [Self::DayFirst, Self::MonthFirst];

    /// The short name: `dmy` or `mdy`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }

    /// Reads a date and time such as `31/12/2025 23:59`, `31.12.25, 23:59:59` or `12/31/2025 11:59 PM`, with or without
    /// an offset. A year of four digits may come first, in any order. Dates with points have the day first wherever
    /// they are written.
    pub fn parse(self, text: &str) -> Option<WrittenTime> {
        let mut rest = Cursor(text.trim());
        let first = rest.digits(1, 4)?;
        let is_year_first = text.trim().len() - rest.0.len() == 4;
        let separator = rest.any_of(&SEPARATORS)?;
        let second = rest.digits(1, 2)?;
        rest.any_of(&[separator])?;
        let date = if is_year_first {
            make_date(first, second, rest.digits(1, 2)?)?
        } else {
            let year = take_year(&mut rest)?;
            match self {
                Self::MonthFirst if separator == '.' => return None,
                Self::MonthFirst => make_date(year, first, second)?,
                Self::DayFirst => make_date(year, second, first)?,
            }
        };
        rest.any_of(&[',']);
        if !rest.blanks() {
            return None;
        }
        finish(date.and_time(take_clock(&mut rest)?), rest)
    }
}

/// Four digits or two.
fn take_year(rest: &mut Cursor<'_>) -> Option<u32> {
    match rest.digits(4, 4) {
        Some(year) => Some(year),
        None => Some(CENTURY + rest.digits(2, 2)?),
    }
}

fn make_date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(order: DateOrder, text: &str) -> Option<String> {
        match order.parse(text)? {
            WrittenTime::Local(local) => Some(local.to_string()),
            WrittenTime::Moment(moment) => Some(moment.to_instant().to_string()),
        }
    }

    #[test]
    fn the_order_says_which_number_is_the_month() {
        use DateOrder::{DayFirst, MonthFirst};

        for (order, text, expected) in [
            (DayFirst, "3/4/2025 10:00", Some("2025-04-03 10:00:00")),
            (MonthFirst, "3/4/2025 10:00", Some("2025-03-04 10:00:00")),
            (DayFirst, "31.12.25, 23:59:59", Some("2025-12-31 23:59:59")),
            (MonthFirst, "12/31/25, 11:59\u{202f}PM", Some("2025-12-31 23:59:00")),
            (MonthFirst, "10/6/2026 12:37 AM", Some("2026-10-06 00:37:00")),
            (DayFirst, "1-3-2025 10:00 +0100", Some("2025-03-01T09:00:00Z")),
            (MonthFirst, "2025.3.1 9:05", Some("2025-03-01 09:05:00")),
            (MonthFirst, "31/12/2025 10:00", None),
            (MonthFirst, "3.4.2025 10:00", None),
            (DayFirst, "3/4-2025 10:00", None),
            (DayFirst, "3/4/2025", None),
            (DayFirst, "3/4/202 10:00", None),
            (DayFirst, "30/2/2025 10:00", None),
        ] {
            assert_eq!(read(order, text).as_deref(), expected, "{text}");
        }
    }
}
