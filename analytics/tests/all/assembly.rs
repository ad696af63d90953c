use analytics::assembly::{BucketSource, Figures, ReportPlan, ReportSubject};
use analytics::comparison::{Comparison, ComparisonMode, Coverage};
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::ids::BotId;
use analytics::metric::Tally;
use analytics::period::{Period, Preset};
use analytics::query::ReportQuery;
use analytics::report::{Report, ReportBot};
use analytics::settings::IdleTimeout;
use analytics::visits::Tier;

use crate::support::*;

const NOW: &str = "2026-11-22T14:20:30+01:00";

fn plan(period: Period, granularity: Option<Granularity>, counts_from: Option<&str>) -> ReportPlan {
    let query = ReportQuery { period, granularity, ..ReportQuery::default() };
    ReportPlan::new(&query, calendar("Europe/Berlin"), at(NOW), counts_from.map(at)).unwrap()
}

/// A report whose every bucket has as many messages as its position, from 1.
fn report(plan: ReportPlan, first_message_at: Option<&str>) -> Report {
    let tally = |messages| Tally { messages, ..Tally::default() };
    let figures = Figures {
        totals: tally(100),
        timeseries: (1..).map(tally).take(plan.buckets.len()).collect(),
        comparison_totals: tally(80),
        comparison_timeseries: (1..).map(tally).take(plan.comparison_buckets.len()).collect(),
    };
    let subject = ReportSubject {
        bot: ReportBot { id: BotId::from_i64(1), name: "Ada".to_owned() },
        idle_timeout: IdleTimeout::default(),
        first_message_at: first_message_at.map(at),
        last_message_at: first_message_at.map(at),
        recalculation: None,
    };
    plan.into_report(subject, &figures)
}

fn messages(report: &Report) -> Vec<Option<u64>> {
    report.timeseries.iter().map(|row| row.messages).collect()
}

#[test]
fn a_report_pairs_the_week_with_the_one_before_up_to_now() {
    let first = Some("2026-01-01T00:00:00Z");
    let report = report(plan(Period::default(), None, first), first);
    assert_eq!((report.time_zone.as_str(), report.today), ("Europe/Berlin", date("2026-11-22")));
    assert_eq!(report.as_of.to_rfc3339(), "2026-11-22T14:20:30+01:00");
    assert_eq!(report.granularity, Granularity::Day);
    assert_eq!(messages(&report), (1..=7).map(Some).collect::<Vec<_>>());
    assert_eq!(report.timeseries.iter().filter(|row| row.running).count(), 1);
    assert!(report.timeseries[6].running && !report.timeseries[6].partial);
    assert_eq!(report.totals.messages.change, Some(0.25));
    let comparison = report.comparison.unwrap();
    assert_eq!(comparison.cut.unwrap().to_rfc3339(), "2026-11-15T14:20:00+01:00");
    assert_eq!(comparison.end.to_rfc3339(), "2026-11-16T00:00:00+01:00");
    assert_eq!((comparison.coverage, comparison.timeseries.len()), (Coverage::Full, 7));
    assert!(comparison.timeseries[6].partial && !comparison.timeseries[6].running);
}

#[test]
fn before_the_first_message_there_are_gaps_and_behind_it_zeros() {
    let first = Some("2026-11-18T12:00:00+01:00");
    let report = report(plan(Period::default(), None, first), first);
    assert_eq!(messages(&report), [None, None, Some(3), Some(4), Some(5), Some(6), Some(7)]);
    assert!(report.period.partial);
    let comparison = report.comparison.unwrap();
    assert_eq!(comparison.coverage, Coverage::None);
    assert!(comparison.timeseries.iter().all(|row| row.messages.is_none() && row.total_users.is_none()));
    assert_eq!((report.totals.messages.previous, report.totals.messages.change), (None, None));
}

#[test]
fn after_now_there_are_gaps() {
    let report = report(plan(Period::Preset(Preset::Today), None, Some("2026-01-01T00:00:00Z")), None);
    assert_eq!(report.timeseries.len(), 24);
    let known = messages(&report).iter().take_while(|messages| messages.is_some()).count();
    assert_eq!(known, 15, "the hours until the one from 14:00, which runs");
    assert!(report.timeseries[14].running);
    assert!(messages(&report)[15..].iter().all(Option::is_none));
}

#[test]
fn a_bot_without_messages_has_nothing_but_gaps() {
    let report = report(plan(Period::default(), None, None), None);
    assert!(messages(&report).iter().all(Option::is_none));
    assert_eq!(report.comparison.unwrap().coverage, Coverage::None);
    assert_eq!((report.first_message_at, report.period.partial), (None, false));
}

#[test]
fn all_time_has_no_comparison() {
    let first = Some("2026-01-15T12:00:00Z");
    let report = report(plan(Period::Preset(Preset::AllTime), None, first), first);
    assert_eq!(report.comparison, None);
    assert_eq!(report.totals.messages.previous, None);
    assert_eq!(report.period.dates, Some(dates("2026-01-15", "2026-11-22")));
}

#[test]
fn a_comparison_that_ends_where_its_stretch_does_has_no_cut() {
    let first = Some("2026-01-01T00:00:00Z");
    let comparison = report(plan(Period::Preset(Preset::LastWeek), None, first), first).comparison.unwrap();
    assert_eq!((comparison.mode, comparison.cut), (ComparisonMode::Previous, None));
}

#[test]
fn whole_buckets_come_from_their_tier_and_cut_ones_from_the_counters() {
    let sources = |period, granularity| {
        let plan = plan(period, Some(granularity), None);
        plan.buckets.iter().map(|bucket| plan.source(bucket)).collect::<Vec<_>>()
    };
    let day = picked("2026-11-17", "2026-11-17");
    assert_eq!(sources(day, Granularity::Hour), [BucketSource::Tier(Tier::Hour); 24]);
    assert_eq!(sources(day, Granularity::Day), [BucketSource::Tier(Tier::Day)]);
    assert_eq!(sources(day, Granularity::Week), [BucketSource::Counters]);
    let weeks = picked("2026-11-09", "2026-11-17");
    assert_eq!(sources(weeks, Granularity::Week), [BucketSource::Tier(Tier::Week), BucketSource::Counters]);
    let months = picked("2026-09-30", "2026-10-31");
    assert_eq!(
        sources(months, Granularity::Month),
        [BucketSource::Counters, BucketSource::Tier(Tier::Month)]
    );
}

#[test]
fn a_bucket_off_the_quarter_needs_raw_rows() {
    let running = plan(Period::default(), None, None);
    let last = running.comparison_buckets.last().unwrap();
    assert_eq!(running.source(last), BucketSource::RawRows);
    let query = ReportQuery { period: picked("2010-11-07", "2010-11-07"), ..ReportQuery::default() };
    let st_johns = ReportPlan::new(&query, calendar("America/St_Johns"), at(NOW), None).unwrap();
    let sources: Vec<_> = st_johns.buckets.iter().map(|bucket| st_johns.source(bucket)).collect();
    assert_eq!(sources[..2], [BucketSource::RawRows; 2]);
    assert_eq!(sources[2..], [BucketSource::Tier(Tier::Hour); 24]);
}

#[test]
fn too_many_buckets_are_refused() {
    let period = picked("2025-01-01", "2025-12-31");
    let query = ReportQuery { period, granularity: Some(Granularity::Hour), ..ReportQuery::default() };
    let refused = ReportPlan::new(&query, calendar("Europe/Berlin"), at(NOW), None);
    assert_eq!(refused, Err(QueryError::TooManyBuckets { count: 8_760 }));
}

#[test]
fn names_times_buckets_are_limited_and_the_way_out_is_told() {
    let plan = |period, granularity| plan(period, Some(granularity), None);
    let year = picked("2025-01-01", "2025-12-31");
    let check = |granularity, names| plan(year, granularity).check_cells(names);
    assert_eq!(check(Granularity::Day, 136), Ok(()));
    let refused = check(Granularity::Day, 137).unwrap_err();
    assert_eq!(
        refused,
        QueryError::TooManyCells { names: 137, buckets: 365, fitting: Some(Granularity::Week) }
    );
    assert_eq!(
        refused.to_string(),
        "137 names in 365 buckets are 50005 figures, too many (at most 50000): use granularity=week, or a shorter period"
    );
    assert_eq!(refused.code(), "too_many_cells");
    let long = picked("2000-01-01", "2026-11-22");
    let refused = plan(long, Granularity::Month).check_cells(500).unwrap_err();
    assert!(refused.to_string().ends_with("use a period of at most 100 buckets"), "{refused}");
}

#[test]
fn what_has_not_begun_is_not_compared() {
    let first = Some("2026-01-01T00:00:00Z");
    let asked = |period, compare| {
        let query = ReportQuery { period, compare, ..ReportQuery::default() };
        let plan = ReportPlan::new(&query, calendar("Europe/Berlin"), at(NOW), first.map(at)).unwrap();
        report(plan, first).totals.messages
    };
    let future = asked(picked("2026-12-01", "2026-12-31"), Comparison::Previous);
    assert_eq!((future.previous, future.change), (None, None));
    let own = Comparison::Custom(dates("2026-12-01", "2026-12-31"));
    assert_eq!(asked(picked("2026-11-01", "2026-11-10"), own).previous, None);
    let begun = Comparison::Custom(dates("2026-11-20", "2026-12-31"));
    assert_eq!(asked(picked("2026-11-01", "2026-11-10"), begun).previous, Some(80));
}

#[test]
fn own_dates_have_no_more_buckets_than_a_period() {
    let own = |first, granularity| {
        let compare = Comparison::Custom(dates(first, "2026-11-10"));
        let period = picked("2026-11-01", "2026-11-10");
        let query = ReportQuery { period, compare, granularity: Some(granularity), ..ReportQuery::default() };
        ReportPlan::new(&query, calendar("UTC"), at(NOW), None).map(|plan| plan.comparison_buckets.len())
    };
    assert_eq!(own("2022-10-03", Granularity::Day), Ok(1_500));
    assert_eq!(own("2022-10-02", Granularity::Day), Err(QueryError::TooManyBuckets { count: 1_501 }));
}

#[test]
fn a_report_survives_the_wire() {
    let first = Some("2026-11-18T12:00:00+01:00");
    let report = report(plan(Period::default(), None, first), first);
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains(r#""start":"2026-11-16T00:00:00+01:00""#));
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}
