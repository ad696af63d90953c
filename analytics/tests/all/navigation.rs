use analytics::granularity::Granularity;
use analytics::instant::LocalTime;
use analytics::navigation::{
    CrumbKind, Horizon, breadcrumb, brush, drill, month_grid, next_period, previous_period, weekdays,
    zoom_out,
};
use analytics::period::{Period, Preset};
use analytics::report::TimeseriesRow;
use analytics::settings::WeekStart;
use chrono::{DateTime, Datelike, Weekday};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

fn local(text: &str) -> LocalTime {
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// Sunday, 22 November 2026, 14:20; the first message came on 10 March 2025.
pub(crate) fn horizon() -> Horizon {
    Horizon {
        now: local("2026-11-22T14:20:00Z"),
        today: date("2026-11-22"),
        first_message_at: Some(local("2025-03-10T09:00:00Z")),
        week_start: WeekStart::Monday,
    }
}

fn row(start: &str, end: &str, partial: bool) -> TimeseriesRow {
    TimeseriesRow {
        start: local(start),
        end: local(end),
        partial,
        running: false,
        total_users: Some(0),
        new_users: Some(0),
        returning_users: Some(0),
        sessions: Some(0),
        messages: Some(0),
        bot_messages: Some(0),
    }
}

const fn preset(preset: Preset) -> Period {
    Period::Preset(preset)
}

#[test]
fn the_left_arrow_shows_the_period_before() {
    let cases = [
        (preset(Preset::Today), preset(Preset::Yesterday)),
        (preset(Preset::Yesterday), picked("2026-11-20", "2026-11-20")),
        (preset(Preset::Past7Days), picked("2026-11-09", "2026-11-15")),
        (preset(Preset::Past28Days), picked("2026-09-28", "2026-10-25")),
        (preset(Preset::Full7Days), picked("2026-11-08", "2026-11-14")),
        (preset(Preset::Past24Hours), instants("2026-11-20T15:00:00Z", "2026-11-21T15:00:00Z")),
        (preset(Preset::ThisWeek), preset(Preset::LastWeek)),
        (preset(Preset::LastWeek), picked("2026-11-02", "2026-11-08")),
        (preset(Preset::MonthToDate), preset(Preset::LastMonth)),
        (preset(Preset::LastMonth), picked("2026-09-01", "2026-09-30")),
        (picked("2026-03-01", "2026-03-31"), picked("2026-02-01", "2026-02-28")),
        (picked("2026-04-01", "2026-06-30"), picked("2026-01-01", "2026-03-31")),
        (preset(Preset::YearToDate), picked("2025-01-01", "2025-12-31")),
        (preset(Preset::Past12Months), picked("2024-11-23", "2025-11-22")),
        (picked("2026-11-03", "2026-11-05"), picked("2026-10-31", "2026-11-02")),
        (
            instants("2026-11-17T09:00:00Z", "2026-11-17T12:00:00Z"),
            instants("2026-11-17T06:00:00Z", "2026-11-17T09:00:00Z"),
        ),
    ];
    for (period, expected) in cases {
        assert_eq!(previous_period(&period, &horizon()), Some(expected), "{period:?}");
    }
}

#[test]
fn the_right_arrow_shows_the_period_after_until_today() {
    let cases = [
        (preset(Preset::Yesterday), preset(Preset::Today)),
        (picked("2026-11-20", "2026-11-20"), preset(Preset::Yesterday)),
        (picked("2026-11-09", "2026-11-15"), preset(Preset::Past7Days)),
        (picked("2026-11-10", "2026-11-16"), preset(Preset::Past7Days)),
        (picked("2026-11-02", "2026-11-08"), preset(Preset::LastWeek)),
        (preset(Preset::LastWeek), preset(Preset::ThisWeek)),
        (preset(Preset::LastMonth), preset(Preset::MonthToDate)),
        (picked("2026-09-01", "2026-09-30"), preset(Preset::LastMonth)),
        (picked("2026-02-01", "2026-02-28"), picked("2026-03-01", "2026-03-31")),
        (picked("2025-01-01", "2025-12-31"), preset(Preset::YearToDate)),
        (picked("2026-11-01", "2026-11-15"), picked("2026-11-08", "2026-11-22")),
        (
            instants("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z"),
            instants("2026-11-22T12:00:00Z", "2026-11-22T15:00:00Z"),
        ),
    ];
    for (period, expected) in cases {
        assert_eq!(next_period(&period, &horizon(), &[]), Some(expected), "{period:?}");
    }
}

#[test]
fn the_right_arrow_undoes_the_left_one_whatever_was_shown() {
    let own = [
        picked("2026-02-01", "2026-02-28"),
        picked("2026-02-02", "2026-02-08"),
        picked("2026-02-04", "2026-02-10"),
        picked("2025-01-01", "2025-12-31"),
        instants("2026-02-17T09:00:00Z", "2026-02-17T12:00:00Z"),
    ];
    // The ends of a week, of four weeks like a February, of 91 days like a quarter, of a year; a first of a month.
    for today in ["2026-11-22", "2026-04-25", "2026-09-29", "2026-12-31", "2026-06-01", "2026-11-18"] {
        let horizon = Horizon { today: date(today), now: local(&format!("{today}T14:20:00Z")), ..horizon() };
        for period in Preset::ALL.map(preset).into_iter().chain(own) {
            let before = |shown: &Period| previous_period(shown, &horizon);
            let seen: Vec<_> = std::iter::successors(Some(period), before).take(5).collect();
            for way in 1..seen.len() {
                let after = next_period(&seen[way], &horizon, &seen[..way]);
                assert_eq!(after, Some(seen[way - 1]), "{way} before {period:?} on {today}");
            }
        }
    }
}

#[test]
fn arrows_stop_at_today_and_at_the_first_message() {
    let ends = [Preset::Today, Preset::Past7Days, Preset::ThisWeek, Preset::MonthToDate, Preset::YearToDate];
    for last in ends {
        assert_eq!(next_period(&preset(last), &horizon(), &[]), None, "{last:?}");
    }
    assert_eq!(next_period(&picked("2026-11-01", "2026-11-30"), &horizon(), &[]), None);
    assert_eq!(next_period(&instants("2026-11-22T12:00:00Z", "2026-11-22T15:00:00Z"), &horizon(), &[]), None);
    assert_eq!(previous_period(&picked("2025-03-10", "2025-03-10"), &horizon()), None);
    assert_eq!(
        previous_period(&picked("2025-03-11", "2025-03-12"), &horizon()),
        Some(picked("2025-03-09", "2025-03-10"))
    );
    assert_eq!(previous_period(&instants("2025-03-10T09:00:00Z", "2025-03-10T10:00:00Z"), &horizon()), None);
    assert_eq!(previous_period(&preset(Preset::AllTime), &horizon()), None);
    assert_eq!(next_period(&preset(Preset::AllTime), &horizon(), &[]), None);
}

#[test]
fn opening_a_row_shows_its_dates() {
    let year = preset(Preset::Past12Months);
    let open = |row: &TimeseriesRow, granularity| drill(row, granularity, &year, &horizon());
    let october = row("2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", false);
    assert_eq!(open(&october, Granularity::Month), Some(picked("2026-10-01", "2026-10-31")));
    let this_month = row("2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00", false);
    assert_eq!(open(&this_month, Granularity::Month), Some(picked("2026-11-01", "2026-11-22")));
    let cut_week = row("2025-11-23T00:00:00+01:00", "2025-11-24T00:00:00+01:00", true);
    assert_eq!(open(&cut_week, Granularity::Week), Some(picked("2025-11-23", "2025-11-23")));
    let day = row("2026-11-17T00:00:00+01:00", "2026-11-18T00:00:00+01:00", false);
    assert_eq!(open(&day, Granularity::Day), Some(picked("2026-11-17", "2026-11-17")));
    let hour = row("2026-11-17T09:00:00+01:00", "2026-11-17T10:00:00+01:00", false);
    assert_eq!(open(&hour, Granularity::Hour), None);
}

#[test]
fn a_day_opens_as_itself_where_the_zone_skips_a_midnight() {
    let before_the_gap = row("2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", false);
    let horizon = Horizon { first_message_at: None, ..horizon() };
    let found = drill(&before_the_gap, Granularity::Day, &preset(Preset::AllTime), &horizon);
    assert_eq!(found, Some(picked("2018-11-03", "2018-11-03")));
}

#[test]
fn rows_outside_what_can_be_seen_do_not_open() {
    let open = |row: &TimeseriesRow| drill(row, Granularity::Day, &preset(Preset::MonthToDate), &horizon());
    assert_eq!(open(&row("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", false)), None);
    assert_eq!(open(&row("2025-03-09T00:00:00Z", "2025-03-10T00:00:00Z", false)), None);
}

#[test]
fn dragging_over_days_picks_dates_and_over_hours_instants() {
    let (first, last) = (
        row("2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z", false),
        row("2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z", false),
    );
    let week = preset(Preset::Past7Days);
    let expected = Some(picked("2026-11-16", "2026-11-18"));
    assert_eq!(brush(&first, &last, Granularity::Day, &week, &horizon()), expected);
    assert_eq!(brush(&last, &first, Granularity::Day, &week, &horizon()), expected);
    let (nine, eleven) = (
        row("2026-11-17T09:00:00+01:00", "2026-11-17T10:00:00+01:00", false),
        row("2026-11-17T11:00:00+01:00", "2026-11-17T12:00:00+01:00", false),
    );
    let day = picked("2026-11-17", "2026-11-17");
    let expected = Some(instants("2026-11-17T08:00:00Z", "2026-11-17T11:00:00Z"));
    assert_eq!(brush(&nine, &eleven, Granularity::Hour, &day, &horizon()), expected);
}

#[test]
fn rows_cut_by_picked_instants_stay_cut() {
    let period = instants("2026-11-16T12:00:00Z", "2026-11-19T06:00:00Z");
    let cut = row("2026-11-16T12:00:00Z", "2026-11-17T00:00:00Z", true);
    let found = drill(&cut, Granularity::Day, &period, &horizon());
    assert_eq!(found, Some(instants("2026-11-16T12:00:00Z", "2026-11-17T00:00:00Z")));
    let whole = row("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z", false);
    assert_eq!(
        drill(&whole, Granularity::Day, &period, &horizon()),
        Some(picked("2026-11-17", "2026-11-17"))
    );
}

fn way(period: Period, start: &str, end: &str) -> Vec<(CrumbKind, Period)> {
    let crumbs = breadcrumb(&period, local(start), local(end), &horizon());
    crumbs.into_iter().map(|crumb| (crumb.kind, crumb.period)).collect()
}

#[test]
fn the_breadcrumb_leads_from_all_time_to_the_day() {
    let day = picked("2026-10-17", "2026-10-17");
    let found = way(day, "2026-10-17T00:00:00Z", "2026-10-18T00:00:00Z");
    let expected = [
        (CrumbKind::AllTime, preset(Preset::AllTime)),
        (CrumbKind::Year(2026), preset(Preset::YearToDate)),
        (CrumbKind::Month(date("2026-10-01")), picked("2026-10-01", "2026-10-31")),
        (CrumbKind::Day(date("2026-10-17")), day),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_stretch_of_its_own_ends_the_breadcrumb() {
    let week = way(preset(Preset::Past7Days), "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
    let expected = [
        (CrumbKind::AllTime, preset(Preset::AllTime)),
        (CrumbKind::Year(2026), preset(Preset::YearToDate)),
        (CrumbKind::Month(date("2026-11-01")), preset(Preset::MonthToDate)),
        (CrumbKind::Span, preset(Preset::Past7Days)),
    ];
    assert_eq!(week, expected);
    // 24 hours that begin with a day are no day: they go on with the clock.
    let hours = way(preset(Preset::Past24Hours), "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    assert_eq!(hours.last(), Some(&(CrumbKind::Span, preset(Preset::Past24Hours))));
    let hours = instants("2025-11-17T09:00:00Z", "2025-11-18T00:00:00Z");
    let hours = way(hours, "2025-11-17T09:00:00Z", "2025-11-18T00:00:00Z");
    let kinds: Vec<_> = hours.iter().map(|crumb| crumb.0).collect();
    let month = CrumbKind::Month(date("2025-11-01"));
    let day = CrumbKind::Day(date("2025-11-17"));
    assert_eq!(kinds, [CrumbKind::AllTime, CrumbKind::Year(2025), month, day, CrumbKind::Span]);
    let years = way(preset(Preset::Past12Months), "2025-11-23T00:00:00Z", "2026-11-23T00:00:00Z");
    assert_eq!(years.iter().map(|crumb| crumb.0).collect::<Vec<_>>(), [CrumbKind::AllTime, CrumbKind::Span]);
}

#[test]
fn the_breadcrumb_ends_with_the_year_or_month_that_is_shown() {
    let kinds =
        |period, start, end| way(period, start, end).into_iter().map(|crumb| crumb.0).collect::<Vec<_>>();
    let year = kinds(preset(Preset::YearToDate), "2026-01-01T00:00:00Z", "2026-11-23T00:00:00Z");
    assert_eq!(year, [CrumbKind::AllTime, CrumbKind::Year(2026)]);
    let month = CrumbKind::Month(date("2026-11-01"));
    let found = kinds(picked("2026-11-01", "2026-11-30"), "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
    assert_eq!(found, [CrumbKind::AllTime, CrumbKind::Year(2026), month]);
    assert_eq!(
        kinds(preset(Preset::AllTime), "2025-03-10T00:00:00Z", "2026-11-23T00:00:00Z"),
        [CrumbKind::AllTime]
    );
}

#[test]
fn the_breadcrumb_of_what_has_not_begun_names_its_year_month_or_day() {
    let kinds =
        |period, start, end| way(period, start, end).into_iter().map(|crumb| crumb.0).collect::<Vec<_>>();
    let [year, december] = [CrumbKind::Year(2026), CrumbKind::Month(date("2026-12-01"))];
    let month = kinds(picked("2026-12-01", "2026-12-31"), "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(month, [CrumbKind::AllTime, year, december]);
    let dates = kinds(picked("2026-12-05", "2026-12-20"), "2026-12-05T00:00:00Z", "2026-12-21T00:00:00Z");
    assert_eq!(dates, [CrumbKind::AllTime, year, december, CrumbKind::Span]);
    let day = kinds(picked("2026-12-05", "2026-12-05"), "2026-12-05T00:00:00Z", "2026-12-06T00:00:00Z");
    assert_eq!(day, [CrumbKind::AllTime, year, december, CrumbKind::Day(date("2026-12-05"))]);
    let next = kinds(picked("2027-01-01", "2027-12-31"), "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    assert_eq!(next, [CrumbKind::AllTime, CrumbKind::Year(2027)]);
}

#[test]
fn on_the_first_of_january_the_preset_says_which_level_is_meant() {
    let horizon = Horizon { today: date("2026-01-01"), now: local("2026-01-01T12:00:00Z"), ..horizon() };
    let last = |period| {
        let (start, end) = (local("2026-01-01T00:00:00Z"), local("2026-01-02T00:00:00Z"));
        breadcrumb(&period, start, end, &horizon).last().unwrap().kind
    };
    assert_eq!(last(preset(Preset::YearToDate)), CrumbKind::Year(2026));
    assert_eq!(last(preset(Preset::MonthToDate)), CrumbKind::Month(date("2026-01-01")));
    assert_eq!(last(preset(Preset::Today)), CrumbKind::Day(date("2026-01-01")));
    assert_eq!(last(picked("2026-01-01", "2026-01-01")), CrumbKind::Day(date("2026-01-01")));
}

#[test]
fn going_out_follows_the_breadcrumb() {
    let out = |period, start, end| zoom_out(&period, local(start), local(end), &horizon());
    let hours = instants("2026-10-17T09:00:00Z", "2026-10-17T12:00:00Z");
    let day = out(hours, "2026-10-17T09:00:00Z", "2026-10-17T12:00:00Z").unwrap();
    assert_eq!(day, picked("2026-10-17", "2026-10-17"));
    let month = out(day, "2026-10-17T00:00:00Z", "2026-10-18T00:00:00Z").unwrap();
    assert_eq!(month, picked("2026-10-01", "2026-10-31"));
    let year = out(month, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z").unwrap();
    assert_eq!(year, preset(Preset::YearToDate));
    let all_time = out(year, "2026-01-01T00:00:00Z", "2026-11-23T00:00:00Z").unwrap();
    assert_eq!(all_time, preset(Preset::AllTime));
    assert_eq!(out(all_time, "2025-03-10T00:00:00Z", "2026-11-23T00:00:00Z"), None);
}

#[test]
fn a_month_is_shown_as_whole_weeks() {
    let grid = month_grid(date("2026-11-17"), WeekStart::Monday);
    assert_eq!(grid.len(), 6);
    assert_eq!((grid[0][0], grid[0][6]), (date("2026-10-26"), date("2026-11-01")));
    assert_eq!((grid[5][0], grid[5][6]), (date("2026-11-30"), date("2026-12-06")));
    assert_eq!(month_grid(date("2026-02-01"), WeekStart::Sunday).len(), 4);
    assert_eq!(weekdays(WeekStart::Saturday)[..3], [Weekday::Sat, Weekday::Sun, Weekday::Mon]);
}

proptest! {
    #[test]
    fn a_month_grid_holds_every_day_once(day in any_date(), start in select(WeekStart::ALL.to_vec())) {
        let days: Vec<_> = month_grid(day, start).concat();
        prop_assert!(days.windows(2).all(|pair| pair[0].succ_opt() == Some(pair[1])));
        let inside = days.iter().filter(|other| other.month() == day.month()).count();
        prop_assert_eq!(i64::try_from(inside).unwrap(), analytics::dates::month_of(day).count());
        prop_assert_eq!(days[..7].iter().map(|day| day.weekday()).collect::<Vec<_>>(), weekdays(start).to_vec());
    }

    #[test]
    fn the_period_before_ends_where_it_begins_and_leads_back(days in 0..500i64, count in 1..200i64) {
        let last = date("2026-11-22") - chrono::TimeDelta::days(days);
        let first = last - chrono::TimeDelta::days(count - 1);
        let period = Period::Dates { from: first, to: last };
        if let Some(before) = previous_period(&period, &horizon()) {
            let dates = horizon().dates_in(&before).unwrap();
            prop_assert_eq!(dates.last.succ_opt(), Some(first));
            let after = next_period(&before, &horizon(), &[]).unwrap();
            prop_assert_eq!(horizon().dates_in(&after).unwrap().first, first);
        }
    }
}
