//! Every day of the years 2000 to 2037 that a clock made longer or shorter, or skipped, drawn as the page draws it: nothing
//! of it may fail, whatever the address asks for.
#![cfg(feature = "ssr")]

use analytics::assembly::{Figures, ReportPlan, ReportSubject};
use analytics::calendar::{Calendar, Zone};
use analytics::comparison::Comparison;
use analytics::dates::{DateRange, plus_days};
use analytics::granularity::Granularity;
use analytics::ids::BotId;
use analytics::instant::{DAY_MS, Instant};
use analytics::metric::{Metric, Tally};
use analytics::navigation::{Horizon, breadcrumb, brush, drill, next_period, previous_period, zoom_out};
use analytics::period::Period;
use analytics::query::ReportQuery;
use analytics::report::{Report, ReportBot};
use analytics::settings::{IdleTimeout, WeekStart};
use chrono::NaiveDate;

use crate::charts::option::metrics;
use crate::charts::{overall, sparkline, tooltip};
use crate::dashboard::remarks::remarks;
use crate::dashboard::table::figures_table;
use crate::dashboard::words;

/// Zones that skip days or midnights, change by half an hour, by two, off the quarter, or four times a year.
const ZONES: [&str; 14] = [
    "Pacific/Apia",
    "Pacific/Fakaofo",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Asuncion",
    "America/Nuuk",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
];

fn report(calendar: Calendar, query: &ReportQuery) -> Report {
    let now = Instant::from(chrono::DateTime::parse_from_rfc3339("2037-06-01T12:00:00Z").unwrap());
    let plan = ReportPlan::new(query, calendar, now, Some(Instant::from_ms(0))).unwrap();
    let tally = Tally { new_users: 1, returning_users: 2, sessions: 4, messages: 9, bot_messages: 9 };
    let figures = Figures {
        totals: tally,
        timeseries: vec![tally; plan.buckets.len()],
        comparison_totals: tally,
        comparison_timeseries: vec![tally; plan.comparison_buckets.len()],
    };
    let subject = ReportSubject {
        bot: ReportBot { id: BotId::from_i64(1), name: "Odd".to_owned() },
        idle_timeout: IdleTimeout::default(),
        first_message_at: Some(Instant::from_ms(0)),
        last_message_at: None,
        recalculation: None,
    };
    plan.into_report(subject, &figures)
}

/// Draws and says all that the page does, on the server and in the browser, of a report and of each of its lines.
fn draw(report: &Report, period: &Period) {
    let lines = report.line_count();
    let table = figures_table(report);
    assert_eq!(table.matches("<tr>").count(), lines + 1);
    let chart = overall::overall(report, None).unwrap();
    let option: serde_json::Value = serde_json::from_str(&chart.text(Metric::Messages, &[])).unwrap();
    assert_eq!(option["xAxis"]["data"].as_array().unwrap().len(), lines.max(1));
    assert_eq!(
        remarks(report).iter().any(|text| text.contains("do not exist")),
        report.timeseries.is_empty()
    );
    let values: Vec<_> = report.timeseries.iter().map(|row| row.get(Metric::Messages)).collect();
    sparkline::path(&values, sparkline::highest(&values));
    for metric in Metric::ALL {
        words::kpi_detail(metric, report.totals.get(metric), report);
        let is_compared = report.totals.get(metric).previous.is_some();
        assert!(!(is_compared && report.timeseries.is_empty()), "dates that do not exist are compared");
    }
    let horizon = Horizon::of(report);
    // One behind the last: a pointer or a stale tooltip may ask for it.
    for line in 0..=lines {
        tooltip::html(report, None, line);
        tooltip::sentence(report, None, line, &metrics(Metric::NewUsers));
        if let Some(row) = report.line(line).current {
            drill(row, report.granularity, period, &horizon);
            brush(row, &report.timeseries[0], report.granularity, period, &horizon);
        }
    }
    breadcrumb(period, report.period.start, report.period.end, &horizon);
    zoom_out(period, report.period.start, report.period.end, &horizon);
    previous_period(period, &horizon);
    next_period(period, &horizon, &[]);
}

fn odd_days(calendar: Calendar) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    let days = (0..).map(move |days| plus_days(first, days));
    let years = days.take_while(|day| *day < NaiveDate::from_ymd_opt(2038, 1, 1).unwrap());
    years.filter(move |day| calendar.day(*day).length_ms() != DAY_MS)
}

#[test]
fn every_odd_day_and_the_one_behind_it_can_be_drawn() {
    let mut skipped = 0;
    for zone in ZONES {
        let calendar = Calendar::new(zone.parse::<Zone>().unwrap(), WeekStart::Monday);
        for day in odd_days(calendar) {
            skipped += u32::from(calendar.day(day).is_empty());
            for from in [day, plus_days(day, 1)] {
                let period = Period::Dates { from, to: from };
                draw(&report(calendar, &ReportQuery { period, ..ReportQuery::default() }), &period);
            }
        }
    }
    assert_eq!(skipped, 2, "Samoa and Tokelau had no 30 December 2011");
}

#[test]
fn no_bucket_and_one_bucket_can_be_drawn_whatever_is_asked() {
    let calendar = Calendar::new("Pacific/Apia".parse().unwrap(), WeekStart::Monday);
    let date = |day: &str| -> NaiveDate { day.parse().unwrap() };
    let own = |first, last| Comparison::Custom(DateRange { first: date(first), last: date(last) });
    let comparisons = [
        Comparison::None,
        Comparison::Previous,
        Comparison::Year,
        own("2011-12-30", "2011-12-30"),
        own("2011-12-01", "2012-01-10"),
    ];
    for (from, to) in
        [("2011-12-30", "2011-12-30"), ("2011-12-29", "2011-12-29"), ("2011-12-29", "2011-12-31")]
    {
        let period = Period::Dates { from: date(from), to: date(to) };
        for compare in comparisons {
            for granularity in Granularity::ALL.map(Some).into_iter().chain([None]) {
                let query = ReportQuery { period, compare, granularity, channel: None };
                draw(&report(calendar, &query), &period);
            }
        }
    }
    let start = calendar.day_start(date("2011-12-31"));
    let period = Period::Instants { from: start.plus_ms(-DAY_MS / 96), to: start };
    draw(&report(calendar, &ReportQuery { period, ..ReportQuery::default() }), &period);
}
