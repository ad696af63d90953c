//! The dashboard's sentences about periods and comparisons. Pure, so that both sides say the same.

use analytics::change::Change;
use analytics::comparison::{ComparisonMode, Coverage};
use analytics::dates::DateRange;
use analytics::granularity::Granularity;
use analytics::instant::LocalTime;
use analytics::metric::Metric;
use analytics::period::{Period, Preset};
use analytics::report::{Kpi, Report, ReportComparison};
use chrono::{Datelike, NaiveDate};

use crate::format::{self, IndexWords};

/// Why there is no change of a period, or against a comparison, that lies in the future.
const NOT_BEGUN: &str = "not begun yet";
/// Why a period that the clock of its zone skipped has no change.
const NO_SUCH_DATES: &str = "these dates do not exist";

/// What a preset is called in the menu.
pub fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Today => "Today",
        Preset::Yesterday => "Yesterday",
        Preset::Past24Hours => "Past 24 hours",
        Preset::Past7Days => "Past 7 days",
        Preset::Past28Days => "Past 28 days",
        Preset::Past91Days => "Past 91 days",
        Preset::Full7Days => "7 full days",
        Preset::Full28Days => "28 full days",
        Preset::Full91Days => "91 full days",
        Preset::ThisWeek => "This week",
        Preset::LastWeek => "Last week",
        Preset::MonthToDate => "Month to date",
        Preset::LastMonth => "Last month",
        Preset::YearToDate => "Year to date",
        Preset::Past12Months => "Past 12 months",
        Preset::AllTime => "All time",
    }
}

/// What a granularity is called in the menu.
pub fn granularity_name(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::Hour => "By hour",
        Granularity::Day => "By day",
        Granularity::Week => "By week",
        Granularity::Month => "By month",
    }
}

/// What a comparison is called in the menu.
pub fn mode_name(mode: ComparisonMode) -> &'static str {
    match mode {
        ComparisonMode::Previous => "Previous period",
        ComparisonMode::Year => "A year before",
        ComparisonMode::Custom => "Own dates",
        ComparisonMode::None => "No comparison",
    }
}

/// The period's name, where it has one.
pub fn period_name(period: &Period) -> Option<&'static str> {
    match period {
        Period::Preset(preset) => Some(preset_name(*preset)),
        Period::Dates { .. } | Period::Instants { .. } => None,
    }
}

/// The dates of the report's period: `16–22 Nov 2026`.
pub fn period_dates(report: &Report) -> String {
    window(report.period.dates, report.period.start, report.period.end)
}

/// The comparison as its button says it: `compared with 9–15 Nov, up to 14:20`.
pub fn compared_with(report: &Report, mode: ComparisonMode) -> String {
    match (&report.comparison, mode) {
        (_, ComparisonMode::None) => "not compared".to_owned(),
        (None, _) => "no earlier data".to_owned(),
        _ if report.as_of < report.period.start => "nothing to compare yet".to_owned(),
        (Some(comparison), _) => {
            let dates = comparison_dates(report, comparison);
            match why_not_compared(report, mode) {
                Some(reason) => format!("compared with {dates}: {reason}"),
                None => format!("compared with {dates}"),
            }
        }
    }
}

/// Why figures have nothing to be compared with; `None` where they have.
fn why_not_compared(report: &Report, mode: ComparisonMode) -> Option<&'static str> {
    let has_not_begun = |start: LocalTime| report.as_of < start;
    match &report.comparison {
        _ if mode == ComparisonMode::None => Some("not compared"),
        _ if has_not_begun(report.period.start) => Some(NOT_BEGUN),
        Some(comparison) if has_not_begun(comparison.start) => Some(NOT_BEGUN),
        _ if report.period.start == report.period.end => Some(NO_SUCH_DATES),
        Some(comparison) if comparison.coverage != Coverage::None => None,
        _ => Some("no earlier data"),
    }
}

/// The dates of the comparison up to its cut, without the year where it is this one: `9–15 Nov, up to 14:20`.
pub fn comparison_dates(report: &Report, comparison: &ReportComparison) -> String {
    let dates = window(comparison.dates, comparison.start, comparison.end);
    let this_year = format!(" {}", report.today.year());
    let dates = match dates.strip_suffix(&this_year) {
        Some(short) if comparison.start.year() == report.today.year() => short.to_owned(),
        _ => dates,
    };
    match comparison.cut.filter(|cut| *cut < comparison.end) {
        None => dates,
        Some(cut) if is_last_date(comparison, cut.date_naive()) => {
            format!("{dates}, up to {}", format::time(cut))
        }
        Some(cut) => {
            let day = cut.date_naive();
            format!("{dates}, up to {} {}, {}", day.day(), format::month_short(day), format::time(cut))
        }
    }
}

/// The index of a KPI, with the reason where there is none.
pub fn kpi_index(kpi: Kpi, report: &Report, mode: ComparisonMode) -> IndexWords {
    let index = change_index(kpi.index(), report, mode);
    match kpi.previous {
        None if mode != ComparisonMode::None => {
            IndexWords { text: format!("{} {}", index.text, index.words), ..index }
        }
        _ => index,
    }
}

/// A change of a report's figure in words.
pub fn change_index(change: Change, report: &Report, mode: ComparisonMode) -> IndexWords {
    format::index(change, why_not_compared(report, mode).unwrap_or("no earlier data"))
}

/// Both figures with both windows, in full: what a card says on hover, on focus and to a screen reader.
pub fn kpi_detail(metric: Metric, kpi: Kpi, report: &Report) -> Vec<String> {
    let now = if report.period.running {
        format!(", until now ({})", format::time(report.as_of))
    } else {
        String::new()
    };
    let mut lines = vec![format!("{} in {}{now}", format::count(kpi.value), period_dates(report))];
    match (&report.comparison, kpi.previous) {
        (Some(comparison), Some(previous)) => {
            lines.push(format!("{} in {}", format::count(previous), comparison_dates(report, comparison)));
            if let (Coverage::Partial, Some(first)) = (comparison.coverage, report.first_message_at) {
                lines.push(format!(
                    "Compared with part of a period: the first message came {}",
                    format::instant(first)
                ));
            }
        }
        (Some(comparison), None) => {
            let reason = match why_not_compared(report, comparison.mode) {
                Some(NOT_BEGUN) => "Not compared, since it has not begun: ",
                Some(NO_SUCH_DATES) => "Not compared, since the dates of the period do not exist: ",
                _ => "No earlier data in ",
            };
            lines.push(format!("{reason}{}", comparison_dates(report, comparison)));
        }
        (None, _) => {}
    }
    if metric == Metric::ReturningUsers && is_all_time(report) {
        lines.push("Over all time nobody can return: everybody was new once".to_owned());
    }
    lines
}

/// Whether the report begins with the bot's first message, so that nobody in it was there before.
fn is_all_time(report: &Report) -> bool {
    report.first_message_at.is_some_and(|first| report.period.start <= first)
}

fn is_last_date(comparison: &ReportComparison, date: NaiveDate) -> bool {
    comparison.dates.is_none_or(|dates| dates.last == date)
}

fn window(dates: Option<DateRange>, start: LocalTime, end: LocalTime) -> String {
    match dates {
        Some(DateRange { first, last }) => format::span(first, last),
        None => format::instants(start, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture;

    #[test]
    fn the_comparison_names_its_dates_and_where_it_stops() {
        let mut report = fixture::week();
        assert_eq!(compared_with(&report, ComparisonMode::Previous), "compared with 9–15 Nov, up to 14:20");
        let comparison = report.comparison.as_mut().unwrap();
        comparison.cut = Some(fixture::at("2026-11-12T14:20:00+01:00"));
        assert_eq!(
            compared_with(&report, ComparisonMode::Previous),
            "compared with 9–15 Nov, up to 12 Nov, 14:20"
        );
        report.comparison.as_mut().unwrap().cut = None;
        assert_eq!(compared_with(&report, ComparisonMode::Previous), "compared with 9–15 Nov");
        assert_eq!(compared_with(&report, ComparisonMode::None), "not compared");
        report.comparison = None;
        assert_eq!(compared_with(&report, ComparisonMode::Previous), "no earlier data");
    }

    #[test]
    fn a_comparison_in_another_year_names_it() {
        let mut report = fixture::week();
        let comparison = report.comparison.as_mut().unwrap();
        comparison.dates =
            Some(DateRange { first: "2025-11-17".parse().unwrap(), last: "2025-11-23".parse().unwrap() });
        comparison.start = fixture::at("2025-11-17T00:00:00+01:00");
        comparison.cut = None;
        assert_eq!(compared_with(&report, ComparisonMode::Year), "compared with 17–23 Nov 2025");
    }

    #[test]
    fn a_card_tells_both_figures_with_both_windows() {
        let report = fixture::week();
        let lines = kpi_detail(Metric::Messages, report.totals.messages, &report);
        assert_eq!(lines, ["210 in 16–22 Nov 2026, until now (14:20)", "140 in 9–15 Nov, up to 14:20"]);
    }

    #[test]
    fn a_comparison_before_the_first_message_says_so() {
        let mut report = fixture::week();
        report.comparison.as_mut().unwrap().coverage = Coverage::None;
        let kpi = Kpi::new(5, None);
        assert_eq!(kpi_index(kpi, &report, ComparisonMode::Previous).text, "— no earlier data");
        assert_eq!(kpi_index(kpi, &report, ComparisonMode::None).text, "—");
        assert_eq!(kpi_detail(Metric::Sessions, kpi, &report)[1], "No earlier data in 9–15 Nov, up to 14:20");
    }

    #[test]
    fn what_has_not_begun_is_not_compared() {
        let mut report = fixture::week();
        let kpi = Kpi::new(0, None);
        report.as_of = fixture::at("2026-11-15T23:59:59+01:00");
        assert_eq!(kpi_index(kpi, &report, ComparisonMode::Previous).text, "— not begun yet");
        assert_eq!(compared_with(&report, ComparisonMode::Previous), "nothing to compare yet");
        let detail = &kpi_detail(Metric::Sessions, kpi, &report)[1];
        assert!(detail.starts_with("Not compared, since it has not begun: 9–15 Nov"), "{detail}");
        report.as_of = fixture::at("2026-11-22T14:20:05+01:00");
        report.comparison.as_mut().unwrap().start = fixture::at("2026-12-01T00:00:00+01:00");
        assert_eq!(kpi_index(kpi, &report, ComparisonMode::Custom).text, "— not begun yet");
        assert!(compared_with(&report, ComparisonMode::Custom).ends_with(": not begun yet"));
    }

    #[test]
    fn dates_that_do_not_exist_are_not_compared() {
        let mut report = fixture::week();
        report.period.end = report.period.start;
        let kpi = Kpi::new(0, None);
        assert_eq!(kpi_index(kpi, &report, ComparisonMode::Previous).text, "— these dates do not exist");
        let detail = &kpi_detail(Metric::Sessions, kpi, &report)[1];
        assert!(detail.starts_with("Not compared, since the dates of the period do not exist: "), "{detail}");
    }

    #[test]
    fn a_partly_covered_comparison_is_marked() {
        let mut report = fixture::week();
        report.comparison.as_mut().unwrap().coverage = Coverage::Partial;
        let lines = kpi_detail(Metric::Sessions, report.totals.sessions, &report);
        assert!(lines[2].contains("the first message came 17 Nov 2026, 09:00"));
    }
}
