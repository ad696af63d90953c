//! Custom events by name.

use analytics::events::{EventRow, EventsReport};
use analytics::names;
use analytics::nano::Nano;
use analytics::report::Report;
use leptos::prelude::*;

use super::lines::{PAGE_LINES, event_search, page_of};
use super::parts::{Growth, head, index_view, spark};
use crate::dashboard::element_ids::button_id;
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::format;
use crate::url_query::{self, DashboardState};

/// The card; `None` without an event in the period and in what it is compared with.
pub(super) fn events_card(events: &EventsReport, state: &DashboardState, report: &Report) -> Option<AnyView> {
    if events.events.is_empty() {
        return None;
    }
    let csv =
        format!("/api/v1/bots/{}/events.csv?{}", report.bot.id, url_query::write_table_query(&state.query));
    let has_values = events.events.iter().any(|row| row.value.value != Nano::default());
    let wanted = state.lines.event_search.trim().to_lowercase();
    let found: Vec<&EventRow> =
        events.events.iter().filter(|row| row.name.to_lowercase().contains(&wanted)).collect();
    let shown = page_of(&found, state.lines.events_page);
    let lines = shown.lines.iter().map(|row| line(row, state, report, has_values));
    let bot = report.bot.id.to_string();
    let has_search = events.events.len() > PAGE_LINES || !wanted.is_empty();
    let nothing = found.is_empty().then(|| {
        view! { <p class="uses-rest">{format!("No event's name has “{}”.", analytics::names::show(&wanted))}</p> }
    });
    let view = view! {
        <section class="card uses" aria-labelledby="events-title">
            {head("events-title", "Events", csv)}
            {has_search.then(|| event_search(&bot, state))}
            {nothing}
            <div class="uses-table" tabindex="0" role="group" aria-label="Events by name">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Count"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col">"Users"</th>
                            {has_values.then(|| view! { <th scope="col">"Sum of values"</th> })}
                            <th scope="col">"Over time"</th>
                        </tr>
                    </thead>
                    <tbody>{lines.collect_view()}</tbody>
                </table>
            </div>
            {shown.pager("events", &bot, state, |lines, page| lines.events_page = page)}
        </section>
    };
    Some(view.erase())
}

fn line(row: &EventRow, state: &DashboardState, report: &Report, has_values: bool) -> AnyView {
    let is_chosen = state.event.as_ref() == Some(&row.name);
    let index = words::kpi_index(row.count, report, state.query.compare.mode());
    let sum =
        if row.value.value == Nano::default() { "–".to_owned() } else { format::decimal(row.value.value) };
    let value = has_values.then(|| view! { <td>{sum}</td> });
    view! {
        <tr class:is-chosen=is_chosen class="series-event">
            <th scope="row">
                <button
                    type="button"
                    class="event-pick"
                    aria-pressed=is_chosen.to_string()
                    title="Show it in the chart"
                    id=button_id(&row.name)
                    data-event=row.name.clone()
                >
                    {names::show(&row.name).into_owned()}
                </button>
            </th>
            <td>{format::count(row.count.value)}</td>
            <td>{index_view(index, Growth::Good)}</td>
            <td>{format::count(row.users.value)}</td>
            {value}
            <td class="uses-spark">{spark(&row.timeseries)}</td>
        </tr>
    }
    .erase()
}
