use analytics::calendar::Zone;
use analytics::granularity::Granularity;
use analytics::instant::{Instant, MINUTE_MS, TimeRange};
use analytics::settings::WeekStart;
use proptest::prelude::*;

use crate::support::*;

/// The hours of a local day as (local start, minutes).
fn hours(zone: &str, day: &str) -> Vec<(String, i64)> {
    let calendar = calendar(zone);
    let day = calendar.day(date(day));
    let mut hours = Vec::new();
    let mut next = day.start;
    while next < day.end {
        let hour = calendar.hour(next);
        hours.push((calendar.local(next).format("%H:%M%:z").to_string(), hour.length_ms() / MINUTE_MS));
        next = hour.end;
    }
    hours
}

#[test]
fn days_are_as_long_as_their_clocks_say() {
    let cases = [
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23 * 60, 23),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25 * 60, 25),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24 * 60 + 30, 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23 * 60 + 30, 24),
        ("Pacific/Chatham", "2026-04-05", "2026-04-04T10:15:00Z", 25 * 60, 26),
        ("Pacific/Chatham", "2026-09-27", "2026-09-26T11:15:00Z", 23 * 60, 24),
        ("Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00Z", 24 * 60, 24),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24 * 60, 24),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0, 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24 * 60, 24),
        ("America/St_Johns", "2010-03-14", "2010-03-14T03:30:00Z", 23 * 60, 24),
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", 24 * 60, 24),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 25 * 60, 26),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23 * 60, 23),
    ];
    for (zone, day, start, minutes, count) in cases {
        let found = calendar(zone).day(date(day));
        assert_eq!(found.start, at(start), "start of {day} in {zone}");
        assert_eq!(found.length_ms() / MINUTE_MS, minutes, "minutes of {day} in {zone}");
        assert_eq!(hours(zone, day).len(), count, "hours of {day} in {zone}");
    }
}

#[test]
fn an_hour_that_repeats_is_two() {
    let found = hours("America/New_York", "2026-11-01");
    let expected = [("00:00-04:00", 60), ("01:00-04:00", 60), ("01:00-05:00", 60), ("02:00-05:00", 60)];
    assert_eq!(found[..4], expected.map(|(start, minutes)| (start.to_owned(), minutes)));
}

#[test]
fn an_hour_that_is_skipped_is_none() {
    let found = hours("America/New_York", "2026-03-08");
    assert_eq!(found[1..3], [("01:00-05:00".to_owned(), 60), ("03:00-04:00".to_owned(), 60)]);
}

#[test]
fn lord_howe_has_one_hour_of_thirty_minutes() {
    for (day, half_hour) in [("2026-04-05", "01:30+10:30"), ("2026-10-04", "02:30+11:00")] {
        let short: Vec<_> =
            hours("Australia/Lord_Howe", day).into_iter().filter(|hour| hour.1 != 60).collect();
        assert_eq!(short, [(half_hour.to_owned(), 30)]);
    }
}

#[test]
fn chatham_splits_hours_at_three_quarters() {
    let short =
        |day| -> Vec<_> { hours("Pacific/Chatham", day).into_iter().filter(|hour| hour.1 != 60).collect() };
    let owned = |expected: [(&str, i64); 2]| expected.map(|(start, minutes)| (start.to_owned(), minutes));
    assert_eq!(short("2026-09-27"), owned([("02:00+12:45", 45), ("03:45+13:45", 15)]));
    assert_eq!(short("2026-04-05"), owned([("03:00+13:45", 45), ("02:45+12:45", 15)]));
}

#[test]
fn st_johns_changes_its_clock_a_minute_after_midnight() {
    let short: Vec<_> =
        hours("America/St_Johns", "2010-11-07").into_iter().filter(|hour| hour.1 != 60).collect();
    assert_eq!(short, [("00:00-02:30".to_owned(), 1), ("23:01-03:30".to_owned(), 59)]);
    // 23:30 is on the clock of the 6th for the second time, in the local day that began as the 7th.
    let calendar = calendar("America/St_Johns");
    let repeated = at("2010-11-06T23:30:00-03:30");
    assert_eq!(calendar.local(repeated).date_naive(), date("2010-11-06"));
    assert_eq!(calendar.date(repeated), date("2010-11-07"));
    assert_eq!(calendar.date(at("2010-11-06T23:30:00-02:30")), date("2010-11-06"));
}

#[test]
fn weeks_begin_on_the_chosen_day() {
    let sunday = at("2026-11-22T12:00:00Z");
    let week = |start| {
        let calendar = analytics::calendar::Calendar::new(Zone::UTC, start);
        calendar.week(sunday)
    };
    assert_eq!(week(WeekStart::Monday), range("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"));
    assert_eq!(week(WeekStart::Saturday), range("2026-11-21T00:00:00Z", "2026-11-28T00:00:00Z"));
    assert_eq!(week(WeekStart::Sunday), range("2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"));
}

#[test]
fn a_month_runs_from_local_midnight_to_local_midnight() {
    let found = calendar("Europe/Berlin").month(at("2026-03-15T12:00:00Z"));
    assert_eq!(found, range("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"));
}

#[test]
fn a_wall_clock_time_is_found_before_in_and_after_a_change() {
    let calendar = calendar("America/New_York");
    let find = |text: &str| calendar.first_at_or_after(text.parse().unwrap());
    assert_eq!(find("2026-03-08T02:30:00"), at("2026-03-08T03:00:00-04:00"), "skipped: the first after");
    assert_eq!(find("2026-11-01T01:30:00"), at("2026-11-01T01:30:00-04:00"), "twice: the first");
    assert_eq!(find("2026-11-01T02:30:00"), at("2026-11-01T02:30:00-05:00"));
}

#[test]
fn only_iana_names_are_zones() {
    for name in ["", "Berlin", "europe/berlin", "+01:00", "CEST2", "Europe/Berlin "] {
        assert!(name.parse::<Zone>().is_err(), "{name:?}");
    }
    for name in Zone::names() {
        assert_eq!(name.parse::<Zone>().unwrap().to_string(), name);
    }
}

fn is_same_hour(calendar: &analytics::calendar::Calendar, one: Instant, other: Instant) -> bool {
    let key = |at| {
        let local = calendar.local(at);
        (local.date_naive(), local.format("%H").to_string(), *local.offset(), calendar.date(at))
    };
    key(one) == key(other)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_instant_lies_in_one_bucket_of_each_kind((calendar, at) in calendar_and_instant()) {
        for granularity in Granularity::ALL {
            let bucket = calendar.bucket(granularity, at);
            prop_assert!(bucket.contains(at));
            prop_assert_eq!(calendar.bucket(granularity, bucket.start), bucket);
            prop_assert_eq!(calendar.bucket(granularity, bucket.end.plus_ms(-1)), bucket);
            prop_assert_eq!(calendar.bucket(granularity, bucket.end).start, bucket.end);
        }
    }

    #[test]
    fn an_hour_is_a_maximal_run_of_one_local_hour_and_offset((calendar, at) in calendar_and_instant()) {
        let TimeRange { start, end } = calendar.hour(at);
        prop_assert!(is_same_hour(&calendar, at, start));
        prop_assert!(is_same_hour(&calendar, at, end.plus_ms(-1)));
        prop_assert!(!is_same_hour(&calendar, at, start.plus_ms(-1)));
        prop_assert!(!is_same_hour(&calendar, at, end));
    }

    #[test]
    fn a_finer_bucket_lies_inside_a_coarser_one((calendar, at) in calendar_and_instant()) {
        let hour = calendar.hour(at);
        let day = calendar.day(calendar.date(at));
        prop_assert_eq!(hour.intersect(day), hour);
        prop_assert_eq!(day.intersect(calendar.week(at)), day);
        prop_assert_eq!(day.intersect(calendar.month(at)), day);
    }

    #[test]
    fn a_day_begins_at_the_first_instant_of_its_date((calendar, at) in calendar_and_instant()) {
        let date = calendar.date(at);
        let start = calendar.day_start(date);
        prop_assert!(calendar.local(start).date_naive() >= date);
        let is_earlier = |minutes| calendar.local(start.plus_ms(-1 - minutes * MINUTE_MS)).date_naive() < date;
        prop_assert!((0..36 * 60).step_by(15).chain(0..90).all(is_earlier));
    }
}
