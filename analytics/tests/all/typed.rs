use analytics::dates::DateRange;
use analytics::navigation::{Horizon, TypedError, parse_typed};
use analytics::period::{Period, Preset};
use analytics::settings::WeekStart;
use proptest::prelude::*;
use proptest::sample::select;

use crate::navigation::horizon;
use crate::support::*;

fn check(cases: &[(&str, Period)]) {
    for (text, expected) in cases {
        assert_eq!(parse_typed(text, &horizon()), Ok(*expected), "{text:?}");
    }
}

#[test]
fn words_and_windows_of_a_preset_are_that_preset() {
    check(&[
        ("today", Period::Preset(Preset::Today)),
        (" Yesterday ", Period::Preset(Preset::Yesterday)),
        ("7d", Period::Preset(Preset::Past7Days)),
        ("past 7 days", Period::Preset(Preset::Past7Days)),
        ("1w", Period::Preset(Preset::Past7Days)),
        ("4 weeks", Period::Preset(Preset::Past28Days)),
        ("12m", Period::Preset(Preset::Past12Months)),
        ("1 year", Period::Preset(Preset::Past12Months)),
        ("last week", Period::Preset(Preset::LastWeek)),
        ("month to date", Period::Preset(Preset::MonthToDate)),
        ("last month", Period::Preset(Preset::LastMonth)),
        ("ytd", Period::Preset(Preset::YearToDate)),
        ("all time", Period::Preset(Preset::AllTime)),
        ("last 24 hours", Period::Preset(Preset::Past24Hours)),
        ("28 full days", Period::Preset(Preset::Full28Days)),
    ]);
    for preset in Preset::ALL {
        check(&[(preset.word(), Period::Preset(preset))]);
    }
}

#[test]
fn other_windows_end_today() {
    check(&[
        ("14d", picked("2026-11-09", "2026-11-22")),
        ("2w", picked("2026-11-09", "2026-11-22")),
        ("last 3 days", picked("2026-11-20", "2026-11-22")),
        ("3m", picked("2026-08-23", "2026-11-22")),
        ("14 full days", picked("2026-11-08", "2026-11-21")),
    ]);
}

#[test]
fn months_quarters_and_years_are_the_latest_that_have_begun() {
    check(&[
        ("march", picked("2026-03-01", "2026-03-31")),
        ("Mar 2025", picked("2025-03-01", "2025-03-31")),
        ("december", picked("2025-12-01", "2025-12-31")),
        ("nov", picked("2026-11-01", "2026-11-22")),
        ("2026-10", picked("2026-10-01", "2026-10-31")),
        ("q3 2026", picked("2026-07-01", "2026-09-30")),
        ("2025 Q2", picked("2025-04-01", "2025-06-30")),
        ("q4", picked("2026-10-01", "2026-11-22")),
        ("2025", picked("2025-01-01", "2025-12-31")),
        ("2026", picked("2026-01-01", "2026-11-22")),
    ]);
}

#[test]
fn days_are_read_in_any_usual_order() {
    check(&[
        ("2026-11-01", picked("2026-11-01", "2026-11-01")),
        ("1 nov", picked("2026-11-01", "2026-11-01")),
        ("nov 1", picked("2026-11-01", "2026-11-01")),
        ("1st November, 2025", picked("2025-11-01", "2025-11-01")),
        ("1. sept.", picked("2026-09-01", "2026-09-01")),
        ("24 dec", picked("2025-12-24", "2025-12-24")),
    ]);
    let unbounded = Horizon { first_message_at: None, ..horizon() };
    assert_eq!(parse_typed("29 feb", &unbounded), Ok(picked("2024-02-29", "2024-02-29")));
}

#[test]
fn spans_share_what_is_written_once() {
    check(&[
        ("1-15 nov", picked("2026-11-01", "2026-11-15")),
        ("nov 1-15", picked("2026-11-01", "2026-11-15")),
        ("nov 1–15, 2025", picked("2025-11-01", "2025-11-15")),
        ("1 oct - 15 nov", picked("2026-10-01", "2026-11-15")),
        ("28 dec to 3 jan", picked("2025-12-28", "2026-01-03")),
        ("28 dec to 3 jan 2026", picked("2025-12-28", "2026-01-03")),
        ("28 dec 2025 - 3 jan", picked("2025-12-28", "2026-01-03")),
        ("2026-11-01..2026-11-15", picked("2026-11-01", "2026-11-15")),
        ("2026-11-01 - 2026-11-15", picked("2026-11-01", "2026-11-15")),
        ("march-may", picked("2026-03-01", "2026-05-31")),
        ("1 nov - today", picked("2026-11-01", "2026-11-22")),
        ("2025 - 2026", picked("2025-01-01", "2026-11-22")),
    ]);
}

#[test]
fn what_means_nothing_is_not_understood() {
    let texts = [
        "",
        " ",
        "-",
        "~",
        "hello",
        "0d",
        "d",
        "99999999999d",
        "13",
        "1 nov nov",
        "q5",
        "q",
        "15-1 nov",
        "1 2 3",
        "ma",
        "may-",
        "nov 1 - 2 - 3",
        "1x nov",
        "é",
    ];
    for text in texts {
        assert_eq!(parse_typed(text, &horizon()), Err(TypedError::NotUnderstood), "{text:?}");
    }
}

#[test]
fn days_that_their_month_does_not_have_are_told_from_what_means_nothing() {
    for text in
        ["31 nov", "32 nov", "nov 31", "29 feb 2026", "2026-02-29", "2026-11-01 - 2026-11-31", "1-31 nov"]
    {
        assert_eq!(parse_typed(text, &horizon()), Err(TypedError::NoSuchDate), "{text:?}");
    }
}

#[test]
fn dates_that_all_lie_outside_are_told_from_what_means_nothing() {
    for (text, first, last) in [
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        ("24 dec 2026", "2026-12-24", "2026-12-24"),
        ("2027", "2027-01-01", "2027-12-31"),
        ("q1 2027", "2027-01-01", "2027-03-31"),
        ("2027-01-04 - 2027-01-08", "2027-01-04", "2027-01-08"),
        ("2019", "2019-01-01", "2019-12-31"),
        ("2025-03-09", "2025-03-09", "2025-03-09"),
    ] {
        let dates = DateRange { first: date(first), last: date(last) };
        assert_eq!(parse_typed(text, &horizon()), Err(TypedError::Outside(dates)), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_panics_on_any_day(
        text in prop_oneof![
            ".{0,20}",
            "[0-9a-z~. –-]{0,16}",
            "(1|q|nov|feb|29|30|31|2026|2024|0|99999|-|/|\\.|to| |last|past|d|w|m|y|weeks?|months?|full){0,8}",
        ],
        today in any_date(),
        week_start in select(WeekStart::ALL.to_vec()),
    ) {
        let now = today.and_hms_opt(12, 0, 0).unwrap().and_utc().fixed_offset();
        let horizon = Horizon { now, today, week_start, ..horizon() };
        if let Ok(Period::Dates { from, to }) = parse_typed(&text, &horizon) {
            prop_assert!(from <= to && to <= today, "{text:?}: {from} to {to}");
        }
    }

    #[test]
    fn an_iso_date_is_itself(days in 0..600i64) {
        let day = date("2026-11-22") - chrono::TimeDelta::days(days);
        let expected = Ok(Period::Dates { from: day, to: day });
        prop_assert_eq!(parse_typed(&day.to_string(), &horizon()), expected);
        prop_assert_eq!(parse_typed(&day.format("%e %B %Y").to_string(), &horizon()), expected);
    }
}
