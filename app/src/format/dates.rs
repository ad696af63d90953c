//! Dates and instants in words. The offset comes with the instant: no zone rules here.

use std::collections::HashMap;

use analytics::granularity::Granularity;
use analytics::instant::LocalTime;
use analytics::report::TimeseriesRow;
use chrono::{Datelike, NaiveDate, Timelike};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `November`.
pub fn month(date: NaiveDate) -> &'static str {
    usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

/// `Nov`.
pub fn month_short(date: NaiveDate) -> &'static str {
    month(date).get(..3).unwrap_or_default()
}

/// `Tuesday`.
pub fn weekday(date: NaiveDate) -> &'static str {
    let place = usize::try_from(date.weekday().num_days_from_monday()).ok();
    place.and_then(|day| WEEKDAYS.get(day)).copied().unwrap_or_default()
}

/// `17 Nov 2026`.
pub fn date(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month_short(date), date.year())
}

/// `Tue 17 Nov 2026`.
pub fn date_with_weekday(day: NaiveDate) -> String {
    format!("{} {}", weekday(day).get(..3).unwrap_or_default(), date(day))
}

/// Two dates, both included, saying nothing twice: `16–22 Nov 2026`, `28 Oct – 3 Nov 2026`.
pub fn span(first: NaiveDate, last: NaiveDate) -> String {
    if first == last {
        date(first)
    } else if first.year() != last.year() {
        format!("{} – {}", date(first), date(last))
    } else if first.month() != last.month() {
        format!("{} {} – {}", first.day(), month_short(first), date(last))
    } else {
        format!("{}–{}", first.day(), date(last))
    }
}

/// `14:20`.
pub fn time(at: LocalTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `17 Nov 2026, 14:20`.
pub fn instant(at: LocalTime) -> String {
    format!("{}, {}", date(at.date_naive()), time(at))
}

/// Two instants, half-open: `17 Nov 2026, 14:00–16:30`.
pub fn instants(start: LocalTime, end: LocalTime) -> String {
    if start.date_naive() == end.date_naive() {
        format!("{}–{}", instant(start), time(end))
    } else {
        format!("{} – {}", instant(start), instant(end))
    }
}

/// A bucket's full name: `Tue 17 Nov 2026`, `16–22 Nov 2026`, `November 2026`, `Tue 17 Nov 2026, 14:00–15:00`.
pub fn bucket_name(row: &TimeseriesRow, granularity: Granularity) -> String {
    let (first, last) = (row.start.date_naive(), last_date(row));
    match granularity {
        Granularity::Hour => {
            let offset =
                if row.start.offset() == row.end.offset() { String::new() } else { offset(row.start) };
            // By the clock of its beginning: where the clock is changed, 02:00 to 03:00 would else read 02:00 to 02:00.
            let end = row.end.with_timezone(row.start.offset());
            format!("{}, {}–{}{offset}", date_with_weekday(first), time(row.start), time(end))
        }
        Granularity::Day => date_with_weekday(first),
        Granularity::Month if !row.partial => format!("{} {}", month(first), first.year()),
        Granularity::Week | Granularity::Month => span(first, last),
    }
}

/// Short names for the axis, one for each bucket by its start. Those that would be there twice are told apart: an hour
/// that the clock repeats by its offset, days and months by their years.
pub fn bucket_labels(starts: &[LocalTime], granularity: Granularity) -> Vec<String> {
    let labels: Vec<String> = starts.iter().map(|start| axis_label(*start, granularity)).collect();
    let mut counts = HashMap::<&str, usize>::new();
    for label in &labels {
        *counts.entry(label).or_default() += 1;
    }
    let named = |(place, start): (usize, &LocalTime)| {
        let label = &labels[place];
        let is_again = place.checked_sub(1).is_some_and(|before| labels[before] == *label);
        match granularity {
            Granularity::Hour if is_again => format!("{label}{}", offset(*start)),
            Granularity::Hour => label.clone(),
            _ if counts[label.as_str()] > 1 => format!("{label} {}", start.year()),
            _ => label.clone(),
        }
    };
    starts.iter().enumerate().map(named).collect()
}

fn axis_label(start: LocalTime, granularity: Granularity) -> String {
    let day = start.date_naive();
    match granularity {
        Granularity::Hour if start.hour() == 0 && start.minute() == 0 => day_label(day),
        Granularity::Hour => time(start),
        Granularity::Day | Granularity::Week => day_label(day),
        Granularity::Month if day.month() == 1 => day.year().to_string(),
        Granularity::Month => month_short(day).to_owned(),
    }
}

fn day_label(day: NaiveDate) -> String {
    format!("{} {}", day.day(), month_short(day))
}

/// The last local date of a bucket: the one of its last millisecond.
fn last_date(row: &TimeseriesRow) -> NaiveDate {
    (row.end - chrono::TimeDelta::milliseconds(1)).date_naive()
}

fn offset(at: LocalTime) -> String {
    let minutes = at.offset().local_minus_utc() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (hours, 0) => format!(" (UTC{sign}{hours})"),
        (hours, rest) => format!(" (UTC{sign}{hours}:{rest:02})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(start: &str, end: &str) -> TimeseriesRow {
        TimeseriesRow {
            start: start.parse().unwrap(),
            end: end.parse().unwrap(),
            partial: false,
            running: false,
            total_users: None,
            new_users: None,
            returning_users: None,
            sessions: None,
            messages: None,
            bot_messages: None,
        }
    }

    #[test]
    fn a_span_says_nothing_twice() {
        assert_eq!(span(day("2026-11-17"), day("2026-11-17")), "17 Nov 2026");
        assert_eq!(span(day("2026-11-16"), day("2026-11-22")), "16–22 Nov 2026");
        assert_eq!(span(day("2026-10-28"), day("2026-11-03")), "28 Oct – 3 Nov 2026");
        assert_eq!(span(day("2025-12-28"), day("2026-01-03")), "28 Dec 2025 – 3 Jan 2026");
    }

    #[test]
    fn buckets_are_named_by_their_granularity() {
        let month = row("2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00");
        assert_eq!(bucket_name(&month, Granularity::Month), "November 2026");
        let week = row("2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00");
        assert_eq!(bucket_name(&week, Granularity::Week), "16–22 Nov 2026");
        let one = row("2026-11-17T00:00:00+01:00", "2026-11-18T00:00:00+01:00");
        assert_eq!(bucket_name(&one, Granularity::Day), "Tue 17 Nov 2026");
        let hour = row("2026-11-17T14:00:00+01:00", "2026-11-17T15:00:00+01:00");
        assert_eq!(bucket_name(&hour, Granularity::Hour), "Tue 17 Nov 2026, 14:00–15:00");
    }

    #[test]
    fn a_month_cut_by_the_period_is_named_by_its_dates() {
        let cut =
            TimeseriesRow { partial: true, ..row("2026-11-01T00:00:00+01:00", "2026-11-23T00:00:00+01:00") };
        assert_eq!(bucket_name(&cut, Granularity::Month), "1–22 Nov 2026");
    }

    #[test]
    fn an_hour_that_happens_twice_says_its_offset() {
        let first = row("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00");
        let second = row("2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00");
        assert_eq!(labels(&[first.clone(), second], Granularity::Hour), ["02:00", "02:00 (UTC+1)"]);
        assert_eq!(bucket_name(&first, Granularity::Hour), "Sun 25 Oct 2026, 02:00–03:00 (UTC+2)");
    }

    fn labels(rows: &[TimeseriesRow], granularity: Granularity) -> Vec<String> {
        bucket_labels(&rows.iter().map(|row| row.start).collect::<Vec<_>>(), granularity)
    }

    #[test]
    fn what_would_be_there_twice_on_the_axis_is_told_apart() {
        let november =
            |year: i32| row(&format!("{year}-11-29T00:00:00Z"), &format!("{year}-12-01T00:00:00Z"));
        let december = row("2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let months = [november(2025), december, november(2026)];
        assert_eq!(labels(&months, Granularity::Month), ["Nov 2025", "Dec", "Nov 2026"]);
        let days = [november(2025), november(2026)];
        assert_eq!(labels(&days, Granularity::Day), ["29 Nov 2025", "29 Nov 2026"]);
    }

    #[test]
    fn axis_labels_name_the_year_where_it_begins_and_the_day_at_midnight() {
        let months = [
            row("2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            row("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ];
        assert_eq!(labels(&months, Granularity::Month), ["Dec", "2026"]);
        let hours = [
            row("2026-11-16T23:00:00Z", "2026-11-17T00:00:00Z"),
            row("2026-11-17T00:00:00Z", "2026-11-17T01:00:00Z"),
        ];
        assert_eq!(labels(&hours, Granularity::Hour), ["23:00", "17 Nov"]);
    }

    #[test]
    fn instants_of_one_day_name_it_once() {
        let (start, end) =
            ("2026-11-17T14:00:00+01:00".parse().unwrap(), "2026-11-17T16:30:00+01:00".parse().unwrap());
        assert_eq!(instants(start, end), "17 Nov 2026, 14:00–16:30");
    }
}
