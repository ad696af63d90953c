//! A month as a calendar shows it.

use chrono::{NaiveDate, Weekday};

use crate::dates::{month_of, plus_days, week_start};
use crate::settings::WeekStart;

/// The weeks that hold the month of `date`, from top to bottom; the first and last reach into the months beside it.
pub fn month_grid(date: NaiveDate, start: WeekStart) -> Vec<[NaiveDate; 7]> {
    let month = month_of(date);
    let first = week_start(month.first, start);
    let starts = (0..).step_by(7).map(|days| plus_days(first, days)).take_while(|week| *week <= month.last);
    starts.map(|week| std::array::from_fn(|day| plus_days(week, i64::try_from(day).unwrap_or(0)))).collect()
}

/// The days of a week in the calendar's order: its column headings.
pub fn weekdays(start: WeekStart) -> [Weekday; 7] {
    let mut next = start.weekday();
    std::array::from_fn(|_| {
        let day = next;
        next = next.succ();
        day
    })
}
