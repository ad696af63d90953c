use analytics::calendar::Calendar;
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::period::{Period, Preset};
use analytics::settings::WeekStart;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

fn check_presets(today: &str, week_start: WeekStart, expected: [(Preset, &str, &str); 15]) {
    let first_date = Some(date("2019-05-17"));
    for (preset, first, last) in expected {
        let found = preset.dates(date(today), week_start, first_date);
        assert_eq!(found, Some(dates(first, last)), "{preset:?} on {today}");
    }
    assert_eq!(Preset::Past24Hours.dates(date(today), week_start, first_date), None);
}

#[test]
fn presets_name_these_dates_on_a_sunday_in_november() {
    check_presets(
        "2026-11-22",
        WeekStart::Monday,
        [
            (Preset::Today, "2026-11-22", "2026-11-22"),
            (Preset::Yesterday, "2026-11-21", "2026-11-21"),
            (Preset::Past7Days, "2026-11-16", "2026-11-22"),
            (Preset::Past28Days, "2026-10-26", "2026-11-22"),
            (Preset::Past91Days, "2026-08-24", "2026-11-22"),
            (Preset::Full7Days, "2026-11-15", "2026-11-21"),
            (Preset::Full28Days, "2026-10-25", "2026-11-21"),
            (Preset::Full91Days, "2026-08-23", "2026-11-21"),
            (Preset::ThisWeek, "2026-11-16", "2026-11-22"),
            (Preset::LastWeek, "2026-11-09", "2026-11-15"),
            (Preset::MonthToDate, "2026-11-01", "2026-11-22"),
            (Preset::LastMonth, "2026-10-01", "2026-10-31"),
            (Preset::YearToDate, "2026-01-01", "2026-11-22"),
            (Preset::Past12Months, "2025-11-23", "2026-11-22"),
            (Preset::AllTime, "2019-05-17", "2026-11-22"),
        ],
    );
}

#[test]
fn presets_name_these_dates_on_a_leap_day() {
    check_presets(
        "2024-02-29",
        WeekStart::Sunday,
        [
            (Preset::Today, "2024-02-29", "2024-02-29"),
            (Preset::Yesterday, "2024-02-28", "2024-02-28"),
            (Preset::Past7Days, "2024-02-23", "2024-02-29"),
            (Preset::Past28Days, "2024-02-02", "2024-02-29"),
            (Preset::Past91Days, "2023-12-01", "2024-02-29"),
            (Preset::Full7Days, "2024-02-22", "2024-02-28"),
            (Preset::Full28Days, "2024-02-01", "2024-02-28"),
            (Preset::Full91Days, "2023-11-30", "2024-02-28"),
            (Preset::ThisWeek, "2024-02-25", "2024-02-29"),
            (Preset::LastWeek, "2024-02-18", "2024-02-24"),
            (Preset::MonthToDate, "2024-02-01", "2024-02-29"),
            (Preset::LastMonth, "2024-01-01", "2024-01-31"),
            (Preset::YearToDate, "2024-01-01", "2024-02-29"),
            (Preset::Past12Months, "2023-03-01", "2024-02-29"),
            (Preset::AllTime, "2019-05-17", "2024-02-29"),
        ],
    );
}

#[test]
fn presets_name_these_dates_on_new_years_day() {
    check_presets(
        "2025-01-01",
        WeekStart::Saturday,
        [
            (Preset::Today, "2025-01-01", "2025-01-01"),
            (Preset::Yesterday, "2024-12-31", "2024-12-31"),
            (Preset::Past7Days, "2024-12-26", "2025-01-01"),
            (Preset::Past28Days, "2024-12-05", "2025-01-01"),
            (Preset::Past91Days, "2024-10-03", "2025-01-01"),
            (Preset::Full7Days, "2024-12-25", "2024-12-31"),
            (Preset::Full28Days, "2024-12-04", "2024-12-31"),
            (Preset::Full91Days, "2024-10-02", "2024-12-31"),
            (Preset::ThisWeek, "2024-12-28", "2025-01-01"),
            (Preset::LastWeek, "2024-12-21", "2024-12-27"),
            (Preset::MonthToDate, "2025-01-01", "2025-01-01"),
            (Preset::LastMonth, "2024-12-01", "2024-12-31"),
            (Preset::YearToDate, "2025-01-01", "2025-01-01"),
            (Preset::Past12Months, "2024-01-02", "2025-01-01"),
            (Preset::AllTime, "2019-05-17", "2025-01-01"),
        ],
    );
}

#[test]
fn all_time_is_today_without_a_message() {
    let today = date("2026-11-22");
    let only = Some(dates("2026-11-22", "2026-11-22"));
    assert_eq!(Preset::AllTime.dates(today, WeekStart::Monday, None), only);
    let ahead = Some(date("2026-11-23"));
    assert_eq!(Preset::AllTime.dates(today, WeekStart::Monday, ahead), only);
}

#[test]
fn today_is_the_zones_today() {
    let now = at("2026-11-22T13:30:00Z");
    let resolve = |zone| Period::Preset(Preset::Today).resolve(&calendar(zone), now, None).unwrap();
    let kiritimati = resolve("Pacific/Kiritimati");
    assert_eq!(kiritimati.dates, Some(dates("2026-11-23", "2026-11-23")));
    assert_eq!(kiritimati.range, range("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"));
    let honolulu = resolve("Pacific/Honolulu");
    assert_eq!(honolulu.dates, Some(dates("2026-11-22", "2026-11-22")));
    assert_eq!(honolulu.range, range("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"));
}

#[test]
fn the_past_24_hours_end_with_the_hour_that_runs() {
    let resolve =
        |zone, now| Period::Preset(Preset::Past24Hours).resolve(&calendar(zone), at(now), None).unwrap();
    let berlin = resolve("Europe/Berlin", "2026-11-22T14:20:30+01:00");
    assert_eq!(berlin.range, range("2026-11-21T15:00:00+01:00", "2026-11-22T15:00:00+01:00"));
    assert_eq!((berlin.dates, berlin.is_running), (None, true));
    // By the clock's hour, also where it is a quarter to in UTC; and 24 hours over a change of the clock.
    let kathmandu = resolve("Asia/Kathmandu", "2026-11-22T14:20:30+05:45");
    assert_eq!(kathmandu.range, range("2026-11-21T15:00:00+05:45", "2026-11-22T15:00:00+05:45"));
    let spring = resolve("America/New_York", "2026-03-08T12:00:00-04:00");
    assert_eq!(spring.range, range("2026-03-07T12:00:00-05:00", "2026-03-08T13:00:00-04:00"));
}

#[test]
fn all_time_begins_with_the_day_of_the_first_message() {
    let calendar = calendar("Europe/Berlin");
    let first = Some(at("2026-01-31T23:30:00Z"));
    let found =
        Period::Preset(Preset::AllTime).resolve(&calendar, at("2026-11-22T12:00:00Z"), first).unwrap();
    assert_eq!(found.range, range("2026-02-01T00:00:00+01:00", "2026-11-23T00:00:00+01:00"));
    assert!(found.is_running);
}

#[test]
fn a_period_runs_only_while_it_contains_now() {
    let now = at("2026-11-22T12:00:00Z");
    let is_running = |period: Period| period.resolve(&calendar("UTC"), now, None).unwrap().is_running;
    assert!(is_running(Period::Preset(Preset::Past7Days)));
    assert!(!is_running(Period::Preset(Preset::Yesterday)));
    assert!(is_running(picked("2026-11-01", "2026-11-30")));
    assert!(!is_running(picked("2026-11-23", "2026-11-30")));
    assert!(is_running(instants("2026-11-22T12:00:00Z", "2026-11-22T12:15:00Z")));
    assert!(!is_running(instants("2026-11-22T11:45:00Z", "2026-11-22T12:00:00Z")));
}

#[test]
fn a_skipped_day_alone_is_an_empty_period() {
    let found = picked("2011-12-30", "2011-12-30").resolve(
        &calendar("Pacific/Apia"),
        at("2012-06-01T00:00:00Z"),
        None,
    );
    assert!(found.unwrap().range.is_empty());
}

#[test]
fn dates_reach_from_2000_to_a_year_ahead() {
    let calendar = calendar("America/New_York");
    let resolve = |period: Period| period.resolve(&calendar, at("2024-02-29T12:00:00Z"), None);
    assert!(resolve(picked("2000-01-01", "2025-02-28")).is_ok());
    let beyond = Err(QueryError::PeriodOutOfRange);
    assert_eq!(resolve(picked("1999-12-31", "2024-01-01")), beyond);
    assert_eq!(resolve(picked("2024-01-01", "2025-03-01")), beyond);
    assert!(resolve(instants("2000-01-01T05:00:00Z", "2025-03-01T05:00:00Z")).is_ok());
    assert_eq!(resolve(instants("2000-01-01T04:45:00Z", "2024-01-01T00:00:00Z")), beyond);
    assert_eq!(resolve(instants("2024-01-01T00:00:00Z", "2025-03-01T05:15:00Z")), beyond);
    let absurd = Period::Dates { from: chrono::NaiveDate::MIN, to: chrono::NaiveDate::MAX };
    assert_eq!(resolve(absurd), beyond);
}

#[test]
fn the_granularity_follows_the_length() {
    let calendar = calendar("Europe/Berlin");
    let now = at("2026-11-22T12:00:00Z");
    let default_of = |period: Period| {
        let resolved = period.resolve(&calendar, now, Some(at("2022-01-01T00:00:00Z"))).unwrap();
        period.default_granularity(&calendar, &resolved)
    };
    let cases = [
        (Period::Preset(Preset::Today), Granularity::Hour),
        (picked("2026-11-01", "2026-11-02"), Granularity::Hour),
        (picked("2026-11-01", "2026-11-03"), Granularity::Day),
        (Period::Preset(Preset::Past91Days), Granularity::Day),
        (picked("2026-01-01", "2026-04-02"), Granularity::Day),
        (picked("2026-01-01", "2026-04-03"), Granularity::Week),
        (Period::Preset(Preset::Past12Months), Granularity::Week),
        (Period::Preset(Preset::YearToDate), Granularity::Month),
        (picked("2025-01-01", "2025-12-31"), Granularity::Month),
        (picked("2025-01-01", "2025-12-30"), Granularity::Week),
        (picked("2023-01-01", "2024-12-31"), Granularity::Week),
        (picked("2023-01-01", "2025-01-01"), Granularity::Month),
        (Period::Preset(Preset::AllTime), Granularity::Month),
        (instants("2026-11-20T09:00:00Z", "2026-11-21T23:00:00Z"), Granularity::Hour),
        (instants("2026-11-20T09:00:00Z", "2026-11-21T23:15:00Z"), Granularity::Day),
    ];
    for (period, expected) in cases {
        assert_eq!(default_of(period), expected, "{period:?}");
    }
}

#[test]
fn the_year_to_date_is_cut_by_day_while_it_is_short() {
    let (calendar, period) = (calendar("UTC"), Period::Preset(Preset::YearToDate));
    let resolved = period.resolve(&calendar, at("2026-03-01T12:00:00Z"), None).unwrap();
    assert_eq!(period.default_granularity(&calendar, &resolved), Granularity::Day);
}

proptest! {
    #[test]
    fn every_preset_that_reaches_today_contains_now(
        (calendar, now) in calendar_and_instant(),
        preset in select(Preset::ALL.to_vec()),
    ) {
        let resolved = Period::Preset(preset).resolve(&calendar, now, Some(now)).unwrap();
        let is_past = [
            Preset::Yesterday,
            Preset::LastWeek,
            Preset::LastMonth,
            Preset::Full7Days,
            Preset::Full28Days,
            Preset::Full91Days,
        ]
        .contains(&preset);
        prop_assert_eq!(resolved.is_running, !is_past);
        prop_assert!(resolved.range.start <= now);
    }

    #[test]
    fn the_past_24_hours_are_24_in_every_zone_and_end_with_the_hour_that_runs(
        (calendar, now) in calendar_and_instant(),
    ) {
        let period = Period::Preset(Preset::Past24Hours);
        let resolved = period.resolve(&calendar, now, None).unwrap();
        prop_assert_eq!(resolved.range.length_ms(), 24 * HOUR_MS);
        prop_assert_eq!(resolved.range.end, calendar.hour(now).end);
        prop_assert_eq!((resolved.dates, resolved.is_running), (None, true));
        prop_assert_eq!(period.default_granularity(&calendar, &resolved), Granularity::Hour);
    }

    #[test]
    fn presets_of_n_days_have_n_dates(
        today in any_date(),
        week_start in select(WeekStart::ALL.to_vec()),
    ) {
        let count = |preset: Preset| preset.dates(today, week_start, None).unwrap().count();
        prop_assert_eq!(count(Preset::Past7Days), 7);
        prop_assert_eq!(count(Preset::Past28Days), 28);
        prop_assert_eq!(count(Preset::Past91Days), 91);
        prop_assert_eq!(count(Preset::Full7Days), 7);
        prop_assert_eq!(count(Preset::Full28Days), 28);
        prop_assert_eq!(count(Preset::Full91Days), 91);
        prop_assert_eq!(count(Preset::LastWeek), 7);
        prop_assert!((1..=7).contains(&count(Preset::ThisWeek)));
        prop_assert!((28..=31).contains(&count(Preset::LastMonth)));
        prop_assert!((365..=366).contains(&count(Preset::Past12Months)));
    }

    #[test]
    fn dates_resolve_in_every_zone(calendar in any_zone(), day in any_date()) {
        let calendar: Calendar = crate::support::calendar(calendar);
        let period = Period::Dates { from: day, to: day };
        let resolved = period.resolve(&calendar, at("2032-01-01T00:00:00Z"), None).unwrap();
        prop_assert_eq!(resolved.range, calendar.day(day));
        prop_assert!(resolved.range.length_ms() <= 26 * HOUR_MS);
    }
}
