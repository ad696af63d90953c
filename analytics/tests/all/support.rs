//! Short spellings of zones, dates and instants, and strategies that draw them where clocks change.

use analytics::calendar::{Calendar, Zone};
use analytics::dates::DateRange;
pub(crate) use analytics::instant::{DAY_MS, HOUR_MS};
use analytics::instant::{Instant, TimeRange};
use analytics::period::Period;
use analytics::settings::WeekStart;
use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use proptest::sample::select;

/// Zones with every kind of change, and an instant near which each has one.
const CHANGES: [(&str, &str); 12] = [
    ("UTC", "2024-02-29T00:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Europe/Berlin", "2025-10-26T01:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("Pacific/Chatham", "2026-04-04T14:00:00Z"),
    ("Asia/Kathmandu", "2026-01-01T00:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("America/St_Johns", "2010-11-07T02:31:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("Asia/Gaza", "2011-04-01T22:01:00Z"),
];

pub(crate) fn at(text: &str) -> Instant {
    Instant::from(DateTime::parse_from_rfc3339(text).unwrap())
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn dates(first: &str, last: &str) -> DateRange {
    DateRange { first: date(first), last: date(last) }
}

pub(crate) fn picked(from: &str, to: &str) -> Period {
    Period::Dates { from: date(from), to: date(to) }
}

pub(crate) fn instants(from: &str, to: &str) -> Period {
    Period::Instants { from: at(from), to: at(to) }
}

pub(crate) fn range(start: &str, end: &str) -> TimeRange {
    TimeRange::new(at(start), at(end))
}

pub(crate) fn calendar(zone: &str) -> Calendar {
    Calendar::new(zone.parse().unwrap(), WeekStart::Monday)
}

/// Any zone's calendar, and an instant: anywhere since 2000, or within days of a change of its clock.
pub(crate) fn calendar_and_instant() -> impl Strategy<Value = (Calendar, Instant)> {
    let near = (select(CHANGES.to_vec()), -3 * DAY_MS..3 * DAY_MS)
        .prop_map(|((zone, change), distance)| (zone, at(change).plus_ms(distance)));
    let anywhere = (any_zone(), at("2000-01-02T00:00:00Z").as_ms()..at("2032-01-01T00:00:00Z").as_ms())
        .prop_map(|(zone, ms)| (zone, Instant::from_ms(ms)));
    (prop_oneof![near, anywhere], select(WeekStart::ALL.to_vec())).prop_map(|((zone, instant), start)| {
        let zone: Zone = zone.parse().unwrap();
        (Calendar::new(zone, start), instant)
    })
}

pub(crate) fn any_zone() -> impl Strategy<Value = &'static str> {
    select(Zone::names().collect::<Vec<_>>())
}

pub(crate) fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0..11_000i64).prop_map(|days| date("2000-06-01") + chrono::TimeDelta::days(days))
}
