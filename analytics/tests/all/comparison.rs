use analytics::comparison::{Comparison, ComparisonWindow, Coverage};
use analytics::dates::DateRange;
use analytics::error::QueryError;
use analytics::instant::{Instant, MINUTE_MS, TimeRange};
use analytics::period::{Period, Preset};
use analytics::settings::WeekStart;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

fn compared(mode: Comparison, period: Period, today: &str) -> Option<DateRange> {
    let dates = match period {
        Period::Preset(preset) => {
            preset.dates(date(today), WeekStart::Monday, Some(date("2020-01-01"))).unwrap()
        }
        Period::Dates { from, to } => DateRange { first: from, last: to },
        Period::Instants { .. } => unreachable!("dates are compared here"),
    };
    mode.dates(&period, dates)
}

fn window(zone: &str, period: Period, mode: Comparison, now: &str) -> ComparisonWindow {
    let (calendar, now) = (calendar(zone), at(now));
    let resolved = period.resolve(&calendar, now, None).unwrap();
    period.comparison(mode, &calendar, &resolved, now).unwrap()
}

#[test]
fn presets_are_compared_with_these_dates() {
    let cases = [
        ("2026-11-22", Preset::Today, "2026-11-21", "2026-11-21"),
        ("2026-11-22", Preset::Yesterday, "2026-11-20", "2026-11-20"),
        ("2026-11-22", Preset::Past7Days, "2026-11-09", "2026-11-15"),
        ("2026-11-22", Preset::Past28Days, "2026-09-28", "2026-10-25"),
        ("2026-11-22", Preset::Past91Days, "2026-05-25", "2026-08-23"),
        ("2026-11-22", Preset::Full7Days, "2026-11-08", "2026-11-14"),
        ("2026-11-22", Preset::Full28Days, "2026-09-27", "2026-10-24"),
        ("2026-11-22", Preset::Full91Days, "2026-05-24", "2026-08-22"),
        ("2026-11-18", Preset::ThisWeek, "2026-11-09", "2026-11-11"),
        ("2026-11-18", Preset::LastWeek, "2026-11-02", "2026-11-08"),
        ("2026-11-22", Preset::MonthToDate, "2026-10-01", "2026-10-22"),
        ("2026-03-31", Preset::MonthToDate, "2026-02-01", "2026-02-28"),
        ("2026-11-22", Preset::LastMonth, "2026-09-01", "2026-09-30"),
        ("2026-03-22", Preset::LastMonth, "2026-01-01", "2026-01-31"),
        ("2026-11-22", Preset::YearToDate, "2025-01-01", "2025-11-22"),
        ("2024-02-29", Preset::YearToDate, "2023-01-01", "2023-02-28"),
        ("2026-11-22", Preset::Past12Months, "2024-11-23", "2025-11-22"),
        ("2024-02-29", Preset::Past12Months, "2022-03-01", "2023-02-28"),
        // A whole month by chance stays what was picked: 28 days.
        ("2026-03-01", Preset::Full28Days, "2026-01-04", "2026-01-31"),
        ("2026-02-28", Preset::Past28Days, "2026-01-04", "2026-01-31"),
    ];
    for (today, preset, first, last) in cases {
        let found = compared(Comparison::Previous, Period::Preset(preset), today);
        assert_eq!(found, Some(dates(first, last)), "{preset:?} on {today}");
    }
}

#[test]
fn custom_dates_are_compared_with_the_same_number_or_with_whole_months() {
    let cases = [
        ("2026-11-03", "2026-11-05", "2026-10-31", "2026-11-02"),
        ("2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-05-31", "2025-12-01", "2026-02-28"),
        ("2024-01-01", "2024-12-31", "2023-01-01", "2023-12-31"),
        ("2024-02-01", "2024-02-28", "2024-01-04", "2024-01-31"),
        ("2024-02-01", "2024-02-29", "2024-01-01", "2024-01-31"),
    ];
    for (from, to, first, last) in cases {
        let found = compared(Comparison::Previous, picked(from, to), "2026-11-22");
        assert_eq!(found, Some(dates(first, last)), "{from} to {to}");
    }
}

#[test]
fn a_year_back_keeps_dates_and_whole_months() {
    let cases = [
        (picked("2026-11-03", "2026-11-05"), "2025-11-03", "2025-11-05"),
        (picked("2024-02-27", "2024-02-29"), "2023-02-27", "2023-02-28"),
        (picked("2025-02-01", "2025-02-28"), "2024-02-01", "2024-02-29"),
        (picked("2024-02-01", "2024-02-29"), "2023-02-01", "2023-02-28"),
        (picked("2025-01-01", "2025-02-28"), "2024-01-01", "2024-02-29"),
        (Period::Preset(Preset::Past7Days), "2025-11-16", "2025-11-22"),
        (Period::Preset(Preset::LastMonth), "2025-10-01", "2025-10-31"),
    ];
    for (period, first, last) in cases {
        let found = compared(Comparison::Year, period, "2026-11-22");
        assert_eq!(found, Some(dates(first, last)), "{period:?}");
    }
}

#[test]
fn all_time_and_the_mode_none_have_no_comparison() {
    for mode in [Comparison::Previous, Comparison::Year, Comparison::None] {
        assert_eq!(compared(mode, Period::Preset(Preset::AllTime), "2026-11-22"), None);
    }
    assert_eq!(compared(Comparison::None, picked("2026-11-01", "2026-11-05"), "2026-11-22"), None);
}

#[test]
fn instants_are_compared_with_the_elapsed_length_or_a_year_back() {
    let period = instants("2026-03-08T00:00:00-05:00", "2026-03-08T12:00:00-04:00");
    let now = "2026-11-22T12:00:00Z";
    let before = window("America/New_York", period, Comparison::Previous, now);
    assert_eq!(before.range, range("2026-03-07T13:00:00-05:00", "2026-03-08T00:00:00-05:00"));
    assert_eq!((before.dates, before.cut), (None, None));
    let year = window("America/New_York", period, Comparison::Year, now);
    assert_eq!(year.range, range("2025-03-08T00:00:00-05:00", "2025-03-08T12:00:00-05:00"));
}

#[test]
fn a_running_period_is_compared_up_to_the_same_minute() {
    let week = Period::Preset(Preset::Past7Days);
    let found = window("Europe/Berlin", week, Comparison::Previous, "2026-11-22T14:20:59.999+01:00");
    assert_eq!(found.dates, Some(dates("2026-11-09", "2026-11-15")));
    assert_eq!(found.cut, Some(at("2026-11-15T14:20:00+01:00")));
    assert_eq!(found.counted(), range("2026-11-09T00:00:00+01:00", "2026-11-15T14:20:00+01:00"));
}

#[test]
fn a_period_that_is_over_is_compared_with_all_of_the_stretch() {
    let found = window(
        "Europe/Berlin",
        Period::Preset(Preset::LastWeek),
        Comparison::Previous,
        "2026-11-22T14:20:00+01:00",
    );
    assert_eq!(found.cut, None);
    assert_eq!(found.counted(), range("2026-11-02T00:00:00+01:00", "2026-11-09T00:00:00+01:00"));
}

#[test]
fn a_cut_in_a_gap_is_the_first_instant_after_it() {
    // The clock skipped 02:30 on 8 March.
    let period = Period::Preset(Preset::Today);
    let found = window("America/New_York", period, Comparison::Previous, "2026-03-09T02:30:00-04:00");
    assert_eq!(found.cut, Some(at("2026-03-08T03:00:00-04:00")));
}

#[test]
fn a_cut_that_occurs_twice_is_the_first() {
    let period = Period::Preset(Preset::Today);
    let found = window("America/New_York", period, Comparison::Previous, "2026-11-02T01:30:00-05:00");
    assert_eq!(found.cut, Some(at("2026-11-01T01:30:00-04:00")));
    // And today's own second 01:30 is the same wall-clock time as its first.
    let found = window("America/New_York", period, Comparison::Previous, "2026-11-01T01:30:00-05:00");
    assert_eq!(found.cut, Some(at("2026-10-31T01:30:00-04:00")));
}

#[test]
fn a_position_beyond_the_comparisons_last_date_counts_all_of_it() {
    let period = Period::Preset(Preset::MonthToDate);
    let found = window("UTC", period, Comparison::Previous, "2026-03-31T09:00:00Z");
    assert_eq!(found.cut, Some(at("2026-03-01T00:00:00Z")));
    assert_eq!(found.counted(), found.range);
    // On the 28th the position is February's last date: cut at the time of day.
    let found = window("UTC", period, Comparison::Previous, "2026-03-28T09:00:00Z");
    assert_eq!(found.cut, Some(at("2026-02-28T09:00:00Z")));
}

#[test]
fn custom_dates_that_run_are_cut_at_the_date_in_todays_position() {
    let found =
        window("UTC", picked("2026-11-01", "2026-11-30"), Comparison::Previous, "2026-11-22T14:20:00Z");
    assert_eq!(found.dates, Some(dates("2026-10-01", "2026-10-31")));
    assert_eq!(found.cut, Some(at("2026-10-22T14:20:00Z")));
}

#[test]
fn a_cut_on_a_skipped_day_is_its_end() {
    let found = window(
        "Pacific/Apia",
        Period::Preset(Preset::Today),
        Comparison::Previous,
        "2011-12-31T14:20:00+14:00",
    );
    assert!(found.range.is_empty());
    assert_eq!(found.cut, Some(at("2011-12-31T00:00:00+14:00")));
}

#[test]
fn running_instants_are_cut_after_the_elapsed_minutes() {
    let period = instants("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z");
    let found = window("UTC", period, Comparison::Previous, "2026-11-22T10:07:30Z");
    assert_eq!(found.range, range("2026-11-22T06:00:00Z", "2026-11-22T09:00:00Z"));
    assert_eq!(found.cut, Some(at("2026-11-22T07:07:00Z")));
    let found = window("UTC", period, Comparison::Year, "2026-11-22T10:07:30Z");
    assert_eq!(found.cut, Some(at("2025-11-22T10:07:00Z")));
}

#[test]
fn the_past_24_hours_are_compared_with_the_24_before() {
    let period = Period::Preset(Preset::Past24Hours);
    let now = "2026-11-22T14:20:30+01:00";
    let found = window("Europe/Berlin", period, Comparison::Previous, now);
    assert_eq!(found.range, range("2026-11-20T15:00:00+01:00", "2026-11-21T15:00:00+01:00"));
    assert_eq!((found.dates, found.cut), (None, Some(at("2026-11-21T14:20:00+01:00"))));
    let year = window("Europe/Berlin", period, Comparison::Year, now);
    assert_eq!(year.range, range("2025-11-21T15:00:00+01:00", "2025-11-22T15:00:00+01:00"));
}

#[test]
fn own_dates_are_compared_as_they_are_whatever_the_period_is() {
    let own = Comparison::Custom(dates("2026-03-01", "2026-03-10"));
    let periods = [
        Period::Preset(Preset::LastWeek),
        Period::Preset(Preset::AllTime),
        Period::Preset(Preset::Past24Hours),
        picked("2026-11-01", "2026-11-30"),
        instants("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z"),
    ];
    for period in periods {
        let found = window("UTC", period, own, "2026-11-22T14:20:00Z");
        assert_eq!(found.dates, Some(dates("2026-03-01", "2026-03-10")), "{period:?}");
        assert_eq!(found.range, range("2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"), "{period:?}");
    }
}

#[test]
fn own_dates_are_cut_where_the_running_period_is() {
    let own = Comparison::Custom(dates("2026-03-01", "2026-03-10"));
    let cut = |period| window("UTC", period, own, "2026-11-22T14:20:30Z").cut;
    let some = |text: &str| Some(at(text));
    assert_eq!(cut(picked("2026-11-20", "2026-11-30")), some("2026-03-03T14:20:00Z"));
    assert_eq!(cut(picked("2026-11-01", "2026-11-30")), some("2026-03-11T00:00:00Z"), "beyond its last date");
    assert_eq!(cut(instants("2026-11-22T12:00:00Z", "2026-11-22T15:00:00Z")), some("2026-03-01T02:20:00Z"));
    assert_eq!(cut(picked("2026-11-01", "2026-11-21")), None);
}

#[test]
fn own_dates_that_run_or_have_not_begun_are_counted_up_to_now() {
    let counted = |first, last| {
        let own = Comparison::Custom(dates(first, last));
        window("UTC", picked("2026-11-01", "2026-11-10"), own, "2026-11-22T14:20:30Z").counted()
    };
    assert_eq!(counted("2026-11-20", "2026-11-24"), range("2026-11-20T00:00:00Z", "2026-11-22T14:20:00Z"));
    assert!(counted("2026-11-23", "2026-11-24").is_empty());
}

#[test]
fn own_dates_lie_where_a_periods_may() {
    let check = |first, last| Comparison::Custom(dates(first, last)).check(date("2026-11-22"));
    assert_eq!(check("2000-01-01", "2027-11-22"), Ok(()));
    assert_eq!(check("1999-12-31", "2026-01-01"), Err(QueryError::ComparisonOutOfRange));
    assert_eq!(check("2026-01-01", "2027-11-23"), Err(QueryError::ComparisonOutOfRange));
}

#[test]
fn coverage_says_how_much_lies_after_the_first_message() {
    let counted = range("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    let of = |first: Option<&str>| Coverage::of(counted, first.map(at));
    assert_eq!(of(Some("2026-10-31T00:00:00Z")), Coverage::Full);
    assert_eq!(of(Some("2026-11-01T00:00:00Z")), Coverage::Full);
    assert_eq!(of(Some("2026-11-01T00:00:00.001Z")), Coverage::Partial);
    assert_eq!(of(Some("2026-11-02T00:00:00Z")), Coverage::None);
    assert_eq!(of(None), Coverage::None);
}

fn check_previous_dates(period: Period, dates: DateRange) -> Result<(), TestCaseError> {
    let before = Comparison::Previous.dates(&period, dates).unwrap();
    prop_assert!(before.first <= before.last);
    prop_assert!(before.last < dates.first, "{before:?} overlaps {dates:?}");
    let by_months = [Preset::MonthToDate, Preset::LastMonth, Preset::YearToDate, Preset::Past12Months];
    let is_clamped = match period {
        Period::Preset(preset) => by_months.contains(&preset),
        _ => analytics::dates::whole_months(dates).is_some(),
    };
    prop_assert!(is_clamped || before.count() == dates.count());
    prop_assert!((before.count() - dates.count()).abs() <= 3 * (1 + dates.count() / 28));
    Ok(())
}

fn presets_with_a_predecessor() -> Vec<Preset> {
    Preset::ALL.into_iter().filter(|preset| *preset != Preset::AllTime).collect()
}

fn presets_of_dates() -> Vec<Preset> {
    presets_with_a_predecessor().into_iter().filter(|preset| *preset != Preset::Past24Hours).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_presets_comparison_lies_before_it_and_is_as_long(
        today in any_date(),
        week_start in select(WeekStart::ALL.to_vec()),
        preset in select(presets_of_dates()),
    ) {
        check_previous_dates(Period::Preset(preset), preset.dates(today, week_start, None).unwrap())?;
    }

    #[test]
    fn custom_dates_comparison_lies_before_them_and_is_as_long(first in any_date(), count in 1..800i64) {
        let last = first + chrono::TimeDelta::days(count - 1);
        check_previous_dates(Period::Dates { from: first, to: last }, DateRange { first, last })?;
    }

    #[test]
    fn whole_months_are_compared_with_as_many_whole_months(first in any_date(), months in 1..30i32) {
        let first = analytics::dates::month_start(first);
        let last = analytics::dates::plus_days(analytics::dates::plus_months(first, months), -1);
        let dates = DateRange { first, last };
        let before = Comparison::Previous.dates(&Period::Dates { from: first, to: last }, dates).unwrap();
        prop_assert_eq!(analytics::dates::whole_months(before), Some(months));
        prop_assert_eq!(analytics::dates::plus_days(before.last, 1), first);
    }

    #[test]
    fn windows_in_any_zone_lie_before_the_period_and_hold_their_cut(
        (calendar, now) in calendar_and_instant(),
        preset in select(presets_with_a_predecessor()),
        mode in select(vec![Comparison::Previous, Comparison::Year]),
    ) {
        let period = Period::Preset(preset);
        let resolved = period.resolve(&calendar, now, None).unwrap();
        let window = period.comparison(mode, &calendar, &resolved, now).unwrap();
        prop_assert!(window.range.end <= resolved.range.start);
        prop_assert_eq!(window.cut.is_some(), resolved.is_running);
        let counted = window.counted();
        prop_assert!(window.range.start <= counted.start && counted.end <= window.range.end);
    }

    #[test]
    fn windows_of_instants_touch_them_and_are_as_long(
        (calendar, start) in calendar_and_instant(),
        quarters in 1..3_000i64,
        elapsed_ms in 0..40 * DAY_MS,
    ) {
        let start = start.quarter();
        let range = TimeRange::new(start, start.plus_ms(quarters * HOUR_MS / 4));
        let period = Period::Instants { from: range.start, to: range.end };
        let now: Instant = start.plus_ms(elapsed_ms);
        let resolved = period.resolve(&calendar, now, None).unwrap();
        let window = period.comparison(Comparison::Previous, &calendar, &resolved, now).unwrap();
        prop_assert_eq!(window.range.end, range.start);
        prop_assert_eq!(window.range.length_ms(), range.length_ms());
        if resolved.is_running {
            let behind_ms = elapsed_ms - window.counted().length_ms();
            prop_assert!((0..MINUTE_MS).contains(&behind_ms));
        }
    }
}
