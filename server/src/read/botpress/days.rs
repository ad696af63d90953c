//! Which days are asked for: `startDate` and `endDate`, as the caller typed them.

use analytics::calendar::Calendar;
use analytics::dates::plus_days;
use analytics::instant::Instant;
use analytics::period::Period;
use analytics::rfc3339::parse_date;
use chrono::{DateTime, NaiveDate};
use serde::Deserialize;

use crate::problem::{Problem, ProblemCode};

/// The two ends, each a date or an instant.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedDays {
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Clone, Copy)]
enum Edge {
    Date(NaiveDate),
    Instant(Instant),
}

impl AskedDays {
    /// The local days from the one of `startDate` to the one of `endDate`, both included. An instant means the day that
    /// contains it; as an end, the instant at which a day begins means the day before, as the end of a stretch does.
    ///
    /// # Errors
    /// 400 if one is missing, is neither date nor instant, or if they end before they start.
    pub fn period(&self, calendar: &Calendar) -> Result<Period, Problem> {
        let from = match read(self.start_date.as_deref())? {
            Edge::Date(date) => date,
            Edge::Instant(at) => calendar.date(at),
        };
        let to = match read(self.end_date.as_deref())? {
            Edge::Date(date) => date,
            // A stretch without length is the day in which it lies.
            Edge::Instant(at) => last_day(calendar, at).max(from.min(calendar.date(at))),
        };
        if from <= to { Ok(Period::Dates { from, to }) } else { Err(unreadable(REVERSED)) }
    }
}

fn last_day(calendar: &Calendar, end: Instant) -> NaiveDate {
    let date = calendar.date(end);
    if calendar.day_start(date) == end { plus_days(date, -1) } else { date }
}

const MISSING: &str = "startDate and endDate are required: dates (2026-11-01) or RFC 3339 instants.";
const NEITHER: &str =
    "startDate and endDate are dates (2026-11-01) or RFC 3339 instants (2026-11-01T09:00:00.000Z).";
const REVERSED: &str = "endDate is before startDate.";
const REPEATED: &str = "A parameter is repeated: send startDate and endDate once each.";

fn read(text: Option<&str>) -> Result<Edge, Problem> {
    let text = text.ok_or_else(|| unreadable(MISSING))?;
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    parse_date(text)
        .map(Edge::Date)
        // In a URL a plus sign that nobody has encoded arrives as a space.
        .or_else(|| {
            instant(text).or_else(|| instant(&text.replace(' ', "+"))).map(|at| Edge::Instant(at.into()))
        })
        .ok_or_else(|| unreadable(NEITHER))
}

/// All that can be wrong with the query before its parts are read.
pub(super) fn repeated() -> Problem {
    unreadable(REPEATED)
}

fn unreadable(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::InvalidQuery, detail)
}

#[cfg(test)]
mod tests {
    use analytics::settings::WeekStart;

    use super::*;

    fn days(zone: &str, start: &str, end: &str) -> Option<(String, String)> {
        let calendar = Calendar::new(zone.parse().unwrap(), WeekStart::Monday);
        let asked = AskedDays { start_date: Some(start.to_owned()), end_date: Some(end.to_owned()) };
        match asked.period(&calendar) {
            Ok(Period::Dates { from, to }) => Some((from.to_string(), to.to_string())),
            Ok(_) | Err(_) => None,
        }
    }

    #[test]
    fn dates_are_days_of_the_bot_and_both_included() {
        let found = days("Asia/Tokyo", "2026-01-01", "2026-01-31");
        assert_eq!(found, Some(("2026-01-01".into(), "2026-01-31".into())));
    }

    #[test]
    fn an_instant_is_the_local_day_that_contains_it() {
        let found = days("America/New_York", "2026-01-02T03:00:00Z", "2026-01-31T12:00:00.000Z");
        assert_eq!(found, Some(("2026-01-01".into(), "2026-01-31".into())));
    }

    #[test]
    fn a_stretch_that_ends_as_a_day_begins_ends_with_the_day_before() {
        for (zone, end) in
            [("UTC", "2026-02-01T00:00:00.000Z"), ("Europe/Berlin", "2026-02-01T00:00:00 01:00")]
        {
            assert_eq!(
                days(zone, "2026-01-01", end),
                Some(("2026-01-01".into(), "2026-01-31".into())),
                "{zone}"
            );
        }
        let same = "2026-02-01T00:00:00Z";
        assert_eq!(days("UTC", same, same), Some(("2026-02-01".into(), "2026-02-01".into())));
    }

    #[test]
    fn what_is_neither_or_reversed_is_refused() {
        for (start, end) in [
            ("yesterday", "2026-01-01"),
            ("2026-01-01", ""),
            ("2026-01-01T10:00", "2026-01-02"),
            ("2026-01-02", "2026-01-01"),
            ("2026-01-02T10:00:00Z", "2026-01-01T10:00:00Z"),
            ("2026-01-02", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(days("UTC", start, end), None, "{start} {end}");
        }
    }
}
