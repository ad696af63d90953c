//! What somebody should know who reads the chart and its table: dates that the comparison has too many or too few, hours
//! that a clock skips. The server writes it.

use analytics::granularity::Granularity;
use analytics::instant::LocalTime;
use analytics::report::{Report, ReportComparison, TimeseriesRow};

use crate::format;

/// The sentences, in order; most reports have none.
pub fn remarks(report: &Report) -> Vec<String> {
    let comparison = report.comparison.as_ref();
    [
        skipped(report),
        not_begun(report),
        comparison.and_then(|comparison| other_dates(report, comparison)),
        comparison.and_then(|comparison| changed_clock(report, comparison)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn skipped(report: &Report) -> Option<String> {
    let zone = &report.time_zone;
    let sentence =
        || format!("These dates do not exist in {zone}: the clock skipped them. All figures are zero.");
    report.timeseries.is_empty().then(sentence)
}

fn not_begun(report: &Report) -> Option<String> {
    let sentence = "This period has not begun yet: there is nothing to count, and nothing to compare.";
    (report.as_of < report.period.start).then(|| sentence.to_owned())
}

/// The comparison has more or fewer dates than the period.
fn other_dates(report: &Report, comparison: &ReportComparison) -> Option<String> {
    let (own, other) = (report.period.dates?.count(), comparison.dates?.count());
    let more = (own - other).abs();
    let count = |count: i64| if count == 1 { "1 date".to_owned() } else { format!("{count} dates") };
    let is_by_date = matches!(report.granularity, Granularity::Hour | Granularity::Day);
    let last = if more == 1 { "date".to_owned() } else { format!("{more} dates") };
    let rest = match comparison.cut {
        Some(cut) => {
            format!(" The period is still running: its comparison is counted up to {}.", format::instant(cut))
        }
        None if !is_by_date => String::new(),
        None if own > other => {
            format!(" For the last {last} of the period there is nothing to compare with.")
        }
        None => format!(" At the end, chart and table show only the last {last} of the comparison."),
    };
    let sentence = || format!("The period has {}, its comparison {}.{rest}", count(own), count(other));
    (more > 0 && report.period.start <= report.as_of).then(sentence)
}

/// The clock is changed in the period or in its comparison.
fn changed_clock(report: &Report, comparison: &ReportComparison) -> Option<String> {
    let offset = |at: LocalTime| at.offset().local_minus_utc();
    let changes = |rows: &[TimeseriesRow]| rows.iter().any(|row| offset(row.start) != offset(rows[0].start));
    let is_changed = changes(&report.timeseries) || changes(&comparison.timeseries);
    let sentence = "The clock is changed here: hours are compared with the same hour of the clock, and an hour that is skipped or repeated has no pair.";
    (report.granularity == Granularity::Hour && is_changed).then(|| sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use analytics::dates::DateRange;

    use super::*;
    use crate::charts::fixture;

    fn with_dates(own: (&str, &str), other: (&str, &str)) -> Report {
        let dates = |(first, last): (&str, &str)| {
            Some(DateRange { first: first.parse().unwrap(), last: last.parse().unwrap() })
        };
        let mut report = fixture::week();
        report.period.dates = dates(own);
        let comparison = report.comparison.as_mut().unwrap();
        (comparison.dates, comparison.cut) = (dates(other), None);
        report
    }

    #[test]
    fn dates_that_a_comparison_has_too_many_or_too_few_are_told() {
        let february = ("2026-02-01", "2026-02-28");
        let january = ("2026-01-01", "2026-01-31");
        assert_eq!(
            remarks(&with_dates(february, january)),
            [
                "The period has 28 dates, its comparison 31 dates. At the end, chart and table show only the last 3 dates of the comparison."
            ]
        );
        let longer = with_dates(("2026-11-30", "2026-12-01"), ("2026-11-01", "2026-11-01"));
        assert_eq!(
            remarks(&longer),
            [
                "The period has 2 dates, its comparison 1 date. For the last date of the period there is nothing to compare with."
            ]
        );
        assert_eq!(remarks(&with_dates(january, ("2025-12-01", "2025-12-31"))), Vec::<String>::new());
    }

    #[test]
    fn by_week_only_the_numbers_are_told_and_while_it_runs_where_the_comparison_ends() {
        let mut report = with_dates(("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31"));
        report.granularity = Granularity::Week;
        assert_eq!(remarks(&report), ["The period has 28 dates, its comparison 31 dates."]);
        report.granularity = Granularity::Day;
        report.comparison.as_mut().unwrap().cut = Some(fixture::at("2026-01-12T14:20:00+01:00"));
        assert_eq!(
            remarks(&report),
            [
                "The period has 28 dates, its comparison 31 dates. The period is still running: its comparison is counted up to 12 Jan 2026, 14:20."
            ]
        );
    }

    #[test]
    fn a_period_that_is_not_there_or_has_not_begun_says_so() {
        let mut report = fixture::week();
        report.timeseries.clear();
        assert!(remarks(&report)[0].starts_with("These dates do not exist in Europe/Berlin"));
        let mut report = fixture::week();
        report.as_of = fixture::at("2026-11-15T12:00:00+01:00");
        assert!(remarks(&report)[0].starts_with("This period has not begun yet"));
    }

    #[test]
    fn hours_over_a_change_of_the_clock_are_told() {
        let mut report = fixture::week();
        report.timeseries[3].start = fixture::at("2026-11-19T00:00:00+02:00");
        assert_eq!(remarks(&report), Vec::<String>::new());
        report.granularity = Granularity::Hour;
        assert!(remarks(&report)[0].starts_with("The clock is changed here"));
    }
}
