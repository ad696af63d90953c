//! The chart's legend: each series a switch.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::charts::overall::{Series, metrics};
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::format;

/// One switch per series, users first.
#[component]
pub fn Legend(dashboard: Dashboard, hidden: RwSignal<HashSet<Series>>) -> impl IntoView {
    let entries = Memo::new(move |_| {
        let selected = dashboard.state.with(|state| state.metric);
        let mut entries: Vec<Entry> = metrics(selected)
            .into_iter()
            .rev()
            .map(|metric| Entry {
                series: Series::Current(metric),
                name: format::metric_name(metric).to_owned(),
                class: format!("swatch metric-{}", metric.word()),
            })
            .collect();
        let previous = dashboard.with_report(|report| {
            report.comparison.as_ref().map(|comparison| words::comparison_dates(report, comparison))
        });
        entries.extend(previous.map(|dates| Entry {
            series: Series::Previous,
            name: format!("{} in {dates}", format::metric_name(selected)),
            class: format!("swatch is-previous metric-{}", selected.word()),
        }));
        entries
    });
    let switches = move || entries.get().into_iter().map(|entry| switch(entry, hidden)).collect_view();
    view! {
        <div class="legend" role="group" aria-label="Legend">
            {switches}
        </div>
    }
    .into_any()
}

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    series: Series,
    name: String,
    class: String,
}

fn switch(Entry { series, name, class }: Entry, hidden: RwSignal<HashSet<Series>>) -> impl IntoView {
    let is_shown = move || hidden.with(|hidden| !hidden.contains(&series));
    let toggle = move |_| {
        hidden.update(|hidden| {
            if !hidden.remove(&series) {
                hidden.insert(series);
            }
        });
    };
    view! {
        <button
            type="button"
            class="legend-switch"
            aria-pressed=move || is_shown().to_string()
            on:click=toggle
        >
            <span class=class aria-hidden="true"></span>
            {name}
        </button>
    }
}
