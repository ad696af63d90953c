//! Arithmetic on calendar dates, without zones. Results beyond chrono's dates (some 262,000 years) stay at the edge.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::rfc3339;
use crate::settings::WeekStart;

/// The first date on which anything can have been said.
pub const FIRST_DATE: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// Local dates, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DateRange {
    /// First date.
    #[serde(deserialize_with = "rfc3339::date")]
    pub first: NaiveDate,
    /// Last date, not before the first.
    #[serde(deserialize_with = "rfc3339::date")]
    pub last: NaiveDate,
}

impl DateRange {
    /// How many calendar dates it names, counted on the calendar (a skipped local day counts).
    pub fn count(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }
}

/// The date `days` days later (earlier when negative).
pub fn plus_days(date: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(distance).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_days(distance).unwrap_or(NaiveDate::MAX)
    }
}

/// The same day `months` months later (earlier when negative), clamped to the end of its month.
pub fn plus_months(date: NaiveDate, months: i32) -> NaiveDate {
    let distance = Months::new(months.unsigned_abs());
    if months < 0 {
        date.checked_sub_months(distance).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_months(distance).unwrap_or(NaiveDate::MAX)
    }
}

/// The same day `years` years later (earlier when negative); 29 February becomes the 28th in a common year.
pub fn plus_years(date: NaiveDate, years: i32) -> NaiveDate {
    plus_months(date, years.saturating_mul(12))
}

/// The 1st of the date's month.
pub fn month_start(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The last date of the date's month.
pub fn month_end(date: NaiveDate) -> NaiveDate {
    plus_days(plus_months(month_start(date), 1), -1)
}

/// 1 January of the date's year.
pub fn year_start(date: NaiveDate) -> NaiveDate {
    date.with_ordinal(1).unwrap_or(date)
}

/// The first date of the date's week.
pub fn week_start(date: NaiveDate, start: WeekStart) -> NaiveDate {
    plus_days(date, -i64::from(date.weekday().days_since(start.weekday())))
}

/// The date's whole month.
pub fn month_of(date: NaiveDate) -> DateRange {
    DateRange { first: month_start(date), last: month_end(date) }
}

/// The date's whole week.
pub fn week_of(date: NaiveDate, start: WeekStart) -> DateRange {
    let first = week_start(date, start);
    DateRange { first, last: plus_days(first, 6) }
}

/// The date's whole calendar year.
pub fn year_of(date: NaiveDate) -> DateRange {
    let first = year_start(date);
    DateRange { first, last: plus_days(plus_years(first, 1), -1) }
}

/// How many whole calendar months the dates are; `None` when they start or end inside one.
pub fn whole_months(dates: DateRange) -> Option<i32> {
    let DateRange { first, last } = dates;
    let is_whole = first == month_start(first) && last == month_end(last);
    let months = |date: NaiveDate| date.year().saturating_mul(12).saturating_add_unsigned(date.month0());
    is_whole.then(|| months(last) - months(first) + 1)
}

/// Whether the dates are exactly one calendar year.
pub fn is_whole_year(dates: DateRange) -> bool {
    dates == year_of(dates.first)
}
