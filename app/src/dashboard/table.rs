//! The chart's figures as a table: always there for screen readers, and shown at a click.

use analytics::granularity::Granularity;
use analytics::metric::Metric;
use analytics::report::{Report, TimeseriesRow};
use leptos::prelude::*;

use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;
use crate::format;

/// One line per bucket with every metric, and the selected one's before.
pub fn figures_table(dashboard: Dashboard) -> AnyView {
    let metric = dashboard.state().metric;
    let loaded = dashboard.loaded();
    let line = |line: Line| {
        let cells = line.cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
        view! {
            <tr>
                <th scope="row">{line.name}</th>
                {cells}
            </tr>
        }
    };
    let names = Metric::ALL.map(|metric| format::metric_name(metric).to_owned());
    let before = loaded.report.comparison.as_ref().map(|_| format!("{} before", format::metric_name(metric)));
    let headings = names.into_iter().chain(before).map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <table aria-label="Overall dashboard as a table">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    {headings.collect_view()}
                </tr>
            </thead>
            <tbody>{lines(&loaded.report, metric).into_iter().map(line).collect_view()}</tbody>
        </table>
    }
    .erase()
}

struct Line {
    name: String,
    cells: Vec<String>,
}

fn lines(report: &Report, metric: Metric) -> Vec<Line> {
    let line = |(place, row): (usize, &TimeseriesRow)| {
        let mut cells: Vec<_> = Metric::ALL.iter().map(|metric| cell(row.get(*metric))).collect();
        if let Some(comparison) = &report.comparison {
            cells.push(cell(comparison.timeseries.get(place).and_then(|row| row.get(metric))));
        }
        Line { name: line_name(row, report.granularity), cells }
    };
    report.timeseries.iter().enumerate().map(line).collect()
}

fn line_name(row: &TimeseriesRow, granularity: Granularity) -> String {
    let name = format::bucket_name(row, granularity);
    if row.running { format!("{name}, so far") } else { name }
}

/// A count, or an en dash where there is none.
fn cell(count: Option<u64>) -> String {
    count.map_or_else(|| "–".to_owned(), format::count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture;

    #[test]
    fn the_table_holds_what_the_chart_shows() {
        let lines = lines(&fixture::week(), Metric::Messages);
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[0].cells, ["–", "–", "–", "–", "–", "9"]);
        assert_eq!(lines[1].name, "Tue 17 Nov 2026");
        assert_eq!(lines[1].cells, ["1", "1", "0", "2", "10", "10"]);
        assert_eq!(lines[6].name, "Sun 22 Nov 2026, so far");
        assert_eq!(lines[6].cells[5], "–");
    }

    #[test]
    fn without_a_comparison_there_is_no_column_for_it() {
        let mut report = fixture::week();
        report.comparison = None;
        assert_eq!(lines(&report, Metric::Messages)[1].cells.len(), 5);
    }
}
