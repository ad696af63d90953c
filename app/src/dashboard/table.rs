//! The chart's figures as a table: always there for screen readers, and shown at a click. The server writes it, since the
//! browser only ever takes it as a whole.

use analytics::granularity::Granularity;
use analytics::metric::Metric;
use analytics::report::{PairedRows, Report, TimeseriesRow};
use leptos::prelude::*;

use crate::format;

/// One line per bucket with every metric, the bucket that it is compared with, and every metric's before, of which the style
/// sheet shows one. A bucket of the comparison that has no counterpart has a line of its own.
pub fn figures_table(report: &Report) -> String {
    let befores = if report.comparison.is_some() { &Metric::ALL[..] } else { &[] };
    let headings = Metric::ALL.map(|metric| view! { <th scope="col">{format::metric_name(metric)}</th> });
    let before = |metric: &Metric| {
        let name = format!("{} before", format::metric_name(*metric));
        view! {
            <th scope="col" class=before_class(*metric)>
                {name}
            </th>
        }
    };
    let line = |line| table_line(report, befores, line);
    let compared = (!befores.is_empty()).then(|| view! { <th scope="col">"Compared with"</th> });
    view! {
        <table aria-label="Overall dashboard as a table">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    {headings.collect_view()}
                    {compared}
                    {befores.iter().map(before).collect_view()}
                </tr>
            </thead>
            <tbody>{report.lines().map(line).collect_view()}</tbody>
        </table>
    }
    .to_html()
}

fn table_line(report: &Report, befores: &[Metric], line: PairedRows<'_>) -> impl IntoView + use<> {
    let count = |row: Option<&TimeseriesRow>, metric| cell(row.and_then(|row| row.get(metric)));
    let name = |row: Option<&TimeseriesRow>| {
        row.map_or_else(|| "–".to_owned(), |row| line_name(row, report.granularity))
    };
    let cells = Metric::ALL.map(|metric| view! { <td>{count(line.current, metric)}</td> });
    let compared = (!befores.is_empty()).then(|| view! { <td class="compared">{name(line.previous)}</td> });
    let before = |metric: &Metric| {
        view! { <td class=before_class(*metric)>{count(line.previous, *metric)}</td> }
    };
    view! {
        <tr>
            <th scope="row">{name(line.current)}</th>
            {cells.collect_view()}
            {compared}
            {befores.iter().map(before).collect_view()}
        </tr>
    }
}

fn before_class(metric: Metric) -> String {
    format!("before before-{}", metric.word())
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
        let table = figures_table(&fixture::week());
        let lines: Vec<&str> = table.split("<tr>").skip(2).collect();
        assert_eq!(lines.len(), 7);
        assert!(lines[0].contains("<td class=\"before before-messages\">9</td>"), "{table}");
        assert!(lines[1].starts_with(
            "<th scope=\"row\">Tue 17 Nov 2026</th><td>1</td><td>1</td><td>0</td><td>2</td><td>10</td>"
        ));
        assert!(lines[6].starts_with("<th scope=\"row\">Sun 22 Nov 2026, so far</th>"));
        assert!(lines[6].contains("<td class=\"before before-messages\">–</td>"));
    }

    #[test]
    fn a_line_says_what_it_is_compared_with_and_a_longer_comparison_has_lines_of_its_own() {
        let table = figures_table(&fixture::short_week());
        assert!(table.contains("<th scope=\"col\">Compared with</th>"));
        let lines: Vec<&str> = table.split("<tr>").skip(2).collect();
        assert_eq!(lines.len(), 5, "{table}");
        assert!(lines[1].contains("<td class=\"compared\">Tue 10 Nov 2026</td>"), "{table}");
        assert!(lines[4].starts_with("<th scope=\"row\">–</th><td>–</td>"), "{table}");
        assert!(lines[4].contains("<td class=\"compared\">Fri 13 Nov 2026</td>"), "{table}");
        assert!(lines[4].contains("<td class=\"before before-messages\">13</td>"), "{table}");
    }

    #[test]
    fn without_a_comparison_there_are_no_columns_for_it() {
        let mut report = fixture::week();
        report.comparison = None;
        let table = figures_table(&report);
        assert!(!table.contains("before") && !table.contains("ompared"), "{table}");
    }
}
