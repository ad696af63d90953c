//! What the chart says about one bucket: as HTML for the tooltip, and in words for whoever does not see it.

use std::cmp::Ordering;
use std::fmt::Write;

use analytics::change::Change;
use analytics::metric::Metric;
use analytics::report::{Report, TimeseriesRow};

use crate::format::{self, IndexWords};
use crate::wire::analytics::ChosenEvent;

/// All values of a line of the chart with their change, the name of its bucket and that of its partner in the comparison.
/// Holds names, figures and dates; what a bot wrote, an event's name, comes as HTML from the server.
pub fn html(report: &Report, event: Option<&ChosenEvent>, line: usize) -> String {
    let Some(told) = Told::at(report, line) else { return String::new() };
    let row = told.row;
    let mut html = format!("<div class=\"tip\"><b>{}</b><table>", name(report, row));
    for metric in Metric::ALL {
        let (index, direction) = told
            .index(metric)
            .map_or((String::new(), "same"), |index| (index.text, direction(index.direction)));
        // Writing to a String cannot fail.
        let _ = write!(
            html,
            "<tr class=\"metric-{}\"><th>{}</th><td>{}</td><td class=\"{direction}\">{index}</td></tr>",
            metric.word(),
            format::metric_name(metric),
            value(row, metric),
        );
    }
    if let Some(event) = event {
        let count = count(told.events(event));
        let _ =
            write!(html, "<tr class=\"series-event\"><th>{}</th><td>{count}</td><td></td></tr>", event.html);
    }
    html.push_str("</table>");
    if let Some(partner) = told.partner_words(report) {
        let _ = write!(html, "<small>{partner}</small>");
    }
    html.push_str("</div>");
    html
}

/// The same of the given metrics in one sentence, for a live region.
pub fn sentence(report: &Report, event: Option<&ChosenEvent>, line: usize, metrics: &[Metric]) -> String {
    let Some(told) = Told::at(report, line) else { return String::new() };
    let row = told.row;
    let mut text = format!("{}:", name(report, row));
    for (position, metric) in metrics.iter().enumerate() {
        let sign = if position == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{sign} {} {}",
            format::metric_name(*metric).to_ascii_lowercase(),
            value(row, *metric)
        );
        if let Some(index) = told.index(*metric) {
            let _ = write!(text, " ({})", index.words);
        }
    }
    if let Some(event) = event {
        let _ = write!(text, ", {} {}", event.name, count(told.events(event)));
    }
    if let Some(partner) = told.partner_words(report) {
        let _ = write!(text, ", {partner}");
    }
    text
}

/// What there is to tell of a line.
struct Told<'a> {
    /// The period's bucket; where it has none, the comparison's.
    row: &'a TimeseriesRow,
    /// The bucket's place in the period, if it is the period's.
    place: Option<usize>,
    partner: Option<&'a TimeseriesRow>,
}

impl<'a> Told<'a> {
    fn at(report: &'a Report, line: usize) -> Option<Self> {
        let place = report.pair(line)?.current.and_then(|place| usize::try_from(place).ok());
        let rows = report.line(line);
        let partner = rows.previous.filter(|_| rows.current.is_some());
        Some(Self { row: rows.current.or(rows.previous)?, place, partner })
    }

    /// What the values are compared with, or that they are the comparison's own.
    fn partner_words(&self, report: &Report) -> Option<String> {
        match (self.place, self.partner) {
            (None, _) => Some("only in the comparison".to_owned()),
            (_, Some(partner)) => Some(format!("compared with {}", name(report, partner))),
            (Some(_), None) => None,
        }
    }

    fn index(&self, metric: Metric) -> Option<IndexWords> {
        let (current, previous) = (self.row.get(metric)?, self.partner?.get(metric)?);
        Some(format::index(Change::between(current, Some(previous)), ""))
    }

    /// How many of the event there were; `None` in a gap, and where the period has no bucket.
    fn events(&self, event: &ChosenEvent) -> Option<u64> {
        event.counts.get(self.place?).copied().flatten()
    }
}

fn name(report: &Report, row: &TimeseriesRow) -> String {
    let name = format::bucket_name(row, report.granularity);
    if row.running { format!("{name}, so far") } else { name }
}

fn value(row: &TimeseriesRow, metric: Metric) -> String {
    count(row.get(metric))
}

fn count(count: Option<u64>) -> String {
    count.map_or_else(|| "–".to_owned(), format::count)
}

fn direction(direction: Ordering) -> &'static str {
    match direction {
        Ordering::Greater => "up",
        Ordering::Less => "down",
        Ordering::Equal => "same",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture;

    #[test]
    fn a_bucket_tells_all_values_their_change_and_both_dates() {
        let html = html(&fixture::week(), None, 4);
        assert!(html.contains("<b>Fri 20 Nov 2026</b>"));
        assert!(html.contains("<th>Messages</th><td>40</td><td class=\"up\">+208 %</td>"));
        assert!(html.contains("<th>Returning users</th><td>0</td><td class=\"same\">—</td>"));
        assert!(html.contains("compared with Fri 13 Nov 2026"));
    }

    #[test]
    fn a_chosen_event_stands_beside_the_metrics() {
        let name = "a < b".to_owned();
        let event = ChosenEvent { name, html: "a &lt; b".to_owned(), counts: vec![None, Some(1_200)] };
        let html = html(&fixture::week(), Some(&event), 1);
        assert!(html.contains("<th>a &lt; b</th><td>1,200</td>"), "{html}");
        let sentence = sentence(&fixture::week(), Some(&event), 0, &[]);
        assert!(sentence.ends_with(", a < b –, compared with Mon 9 Nov 2026"), "{sentence}");
    }

    #[test]
    fn a_bucket_of_the_comparison_alone_tells_its_own_values() {
        let report = fixture::short_week();
        let html = html(&report, None, 4);
        assert!(html.contains("<b>Fri 13 Nov 2026</b>") && html.contains("<td>13</td>"), "{html}");
        assert!(html.contains("<small>only in the comparison</small>"), "{html}");
        let event = ChosenEvent { name: "e".to_owned(), html: "e".to_owned(), counts: vec![Some(1); 3] };
        assert_eq!(
            sentence(&report, Some(&event), 3, &[Metric::Messages]),
            "Thu 12 Nov 2026: messages 12, e –, only in the comparison"
        );
    }

    #[test]
    fn a_gap_has_no_values_and_no_change() {
        let html = html(&fixture::week(), None, 0);
        assert!(html.contains("<th>Messages</th><td>–</td><td class=\"same\"></td>"));
    }

    #[test]
    fn the_running_bucket_says_that_it_is_not_over() {
        let report = fixture::week();
        assert_eq!(
            sentence(&report, None, 6, &[Metric::TotalUsers, Metric::Messages]),
            "Sun 22 Nov 2026, so far: total users 6, messages 60"
        );
        assert_eq!(sentence(&report, None, 5, &[Metric::Sessions]), "Sat 21 Nov 2026: sessions 10");
        assert_eq!(
            sentence(&report, None, 4, &[Metric::Sessions]),
            "Fri 20 Nov 2026: sessions 8 (300 % more), compared with Fri 13 Nov 2026"
        );
        assert_eq!(sentence(&report, None, 99, &[]), "");
    }
}
