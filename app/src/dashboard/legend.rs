//! The chart's legend: each series a switch.

use leptos::prelude::*;

use crate::charts::option::{Series, metrics};
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::format;

/// One switch per series, users first.
pub fn legend(dashboard: Dashboard, hidden: RwSignal<Vec<Series>>) -> AnyView {
    let selected = dashboard.state().metric;
    let mut entries: Vec<Entry> = metrics(selected)
        .into_iter()
        .rev()
        .map(|metric| Entry {
            series: Series::Current(metric),
            name: format::metric_name(metric).to_owned(),
            class: format!("swatch metric-{}", metric.word()),
        })
        .collect();
    entries.extend(dashboard.loaded().event.clone().map(|event| Entry {
        series: Series::Event,
        name: event.name,
        class: "swatch series-event".to_owned(),
    }));
    let previous = dashboard.with_report(|report| {
        report.comparison.as_ref().map(|comparison| words::comparison_dates(report, comparison))
    });
    entries.extend(previous.map(|dates| Entry {
        series: Series::Previous,
        name: format!("{} in {dates}", format::metric_name(selected)),
        class: format!("swatch is-previous metric-{}", selected.word()),
    }));
    entries.into_iter().map(|entry| switch(entry, hidden)).collect_view().erase()
}

struct Entry {
    series: Series,
    name: String,
    class: String,
}

fn switch(Entry { series, name, class }: Entry, hidden: RwSignal<Vec<Series>>) -> impl IntoView {
    let is_shown = hidden.with(|hidden| !hidden.contains(&series));
    let toggle = move |_| {
        hidden.update(|hidden| match hidden.iter().position(|other| *other == series) {
            Some(place) => drop(hidden.remove(place)),
            None => hidden.push(series),
        });
    };
    view! {
        <button type="button" class="legend-switch" aria-pressed=is_shown.to_string() on:click=toggle>
            <span class=class aria-hidden="true"></span>
            {name}
        </button>
    }
}
