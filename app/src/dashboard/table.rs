//! The chart's figures as a table: always there for screen readers, and shown at a click. The server writes it, since the
//! browser only ever takes it as a whole.

use analytics::granularity::Granularity;
use analytics::metric::Metric;
use analytics::report::{Report, TimeseriesRow};
use leptos::prelude::*;

use crate::format;

/// One line per bucket with every metric, and with every metric's before, of which the style sheet shows one.
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
    let line = |(place, row)| table_line(report, befores, place, row);
    view! {
        <table aria-label="Overall dashboard as a table">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    {headings.collect_view()}
                    {befores.iter().map(before).collect_view()}
                </tr>
            </thead>
            <tbody>{report.timeseries.iter().enumerate().map(line).collect_view()}</tbody>
        </table>
    }
    .to_html()
}

fn table_line(
    report: &Report,
    befores: &[Metric],
    place: usize,
    row: &TimeseriesRow,
) -> impl IntoView + use<> {
    let cells = Metric::ALL.map(|metric| view! { <td>{cell(row.get(metric))}</td> });
    let before = |metric: &Metric| {
        let partner = report.comparison.as_ref().and_then(|comparison| comparison.timeseries.get(place));
        let count = partner.and_then(|partner| partner.get(*metric));
        view! { <td class=before_class(*metric)>{cell(count)}</td> }
    };
    view! {
        <tr>
            <th scope="row">{line_name(row, report.granularity)}</th>
            {cells.collect_view()}
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
    fn without_a_comparison_there_are_no_columns_for_it() {
        let mut report = fixture::week();
        report.comparison = None;
        assert!(!figures_table(&report).contains("before"));
    }
}
