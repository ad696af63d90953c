//! How finely the chart is cut: a choice among what fits the period.

use analytics::granularity::Granularity;
use analytics::instant::HOUR_MS;
use analytics::report::Report;
use leptos::prelude::*;

use crate::dashboard::element_ids::GRANULARITY_MENU;
use crate::dashboard::menu::{MenuItem, menu};
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;

/// The choice beside the chart.
pub fn granularity_menu(dashboard: Dashboard) -> AnyView {
    let (current, fitting) =
        dashboard.with_report(|report| (report.granularity, fitting_granularities(report)));
    let item = |granularity: Granularity| MenuItem {
        name: words::granularity_name(granularity).to_owned(),
        key: None,
        address: dashboard.address_with(|state| state.query.granularity = Some(granularity)),
        is_current: granularity == current,
    };
    let items = fitting.into_iter().map(item).collect();
    menu(dashboard, GRANULARITY_MENU, "Granularity", words::granularity_name(current), items)
}

/// The granularities that suit a period's length: at most 1,500 buckets, at least two; and the one that is shown.
pub fn fitting_granularities(report: &Report) -> Vec<Granularity> {
    let hours = (report.period.end - report.period.start).num_milliseconds() / HOUR_MS;
    let fits = |granularity: &Granularity| {
        *granularity == report.granularity
            || match granularity {
                // Where the clocks change, and where an hour is split, there are a few more hours than the clock says.
                Granularity::Hour => hours <= 1_490,
                Granularity::Day => (26..=24 * 1_499).contains(&hours),
                Granularity::Week => hours > 24 * 7 + 1,
                Granularity::Month => hours > 24 * 31 + 1,
            }
    };
    Granularity::ALL.into_iter().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::charts::fixture;

    fn fitting(days: i64, granularity: Granularity) -> Vec<Granularity> {
        let mut report = fixture::week();
        report.period.end = report.period.start + TimeDelta::days(days);
        report.granularity = granularity;
        fitting_granularities(&report)
    }

    #[test]
    fn only_granularities_that_fit_the_period_are_offered() {
        use Granularity::{Day, Hour, Month, Week};
        assert_eq!(fitting(1, Hour), [Hour]);
        assert_eq!(fitting(7, Day), [Hour, Day]);
        assert_eq!(fitting(28, Day), [Hour, Day, Week]);
        assert_eq!(fitting(365, Week), [Day, Week, Month]);
        assert_eq!(fitting(3_650, Month), [Week, Month]);
    }

    #[test]
    fn the_granularity_that_is_shown_is_always_offered() {
        assert!(fitting(7, Granularity::Month).contains(&Granularity::Month));
    }
}
