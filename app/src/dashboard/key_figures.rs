//! The five key figures, each a card that can be selected for the chart.

use std::cmp::Ordering;

use analytics::comparison::Coverage;
use analytics::metric::Metric;
use analytics::report::Report;
use leptos::prelude::*;

use crate::charts::sparkline;
use crate::dashboard::definition::definition;
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::format;
use crate::url_query::DashboardState;

/// The cards, in the seed's order.
pub fn key_figures(dashboard: Dashboard) -> AnyView {
    let state = dashboard.state();
    let loaded = dashboard.loaded();
    let card = |(metric, about): (Metric, &String)| {
        key_figure(dashboard, metric, about.clone(), &state, &loaded.report)
    };
    Metric::ALL.into_iter().zip(&loaded.definitions).map(card).collect_view().erase()
}

fn key_figure(
    dashboard: Dashboard,
    metric: Metric,
    about: String,
    state: &DashboardState,
    report: &Report,
) -> AnyView {
    let word = metric.word();
    let kpi = report.totals.get(metric);
    let comparison = report.comparison.as_ref();
    let mode = comparison.map_or(state.query.compare.mode(), |comparison| comparison.mode);
    let index = words::kpi_index(kpi, report, mode);
    let is_partial = comparison.is_some_and(|comparison| comparison.coverage == Coverage::Partial);
    let is_selected = state.metric == metric;
    let detail = words::kpi_detail(metric, kpi, report);
    view! {
        <div class=format!("card key-figure metric-{word}") class:is-selected=is_selected>
            <button
                type="button"
                class="key-figure-pick"
                aria-pressed=is_selected.to_string()
                aria-labelledby=format!("{word}-name")
                aria-describedby=format!("{word}-value {word}-index {word}-detail")
                on:click=move |_| dashboard.change(|state| state.metric = metric)
            >
                <span class="key-figure-name" id=format!("{word}-name")>
                    {format::metric_name(metric)}
                </span>
                <span class="key-figure-value" id=format!("{word}-value")>
                    <data value=kpi.value.to_string()>{format::short_count(kpi.value)}</data>
                </span>
                <span
                    class="index"
                    class:up=index.direction == Ordering::Greater
                    class:down=index.direction == Ordering::Less
                    id=format!("{word}-index")
                >
                    <span aria-hidden="true">{arrow(index.direction)}</span>
                    <span aria-hidden="true" class="index-text">
                        {index.text}
                    </span>
                    <span class="visually-hidden">{index.words}</span>
                    {is_partial.then(|| view! { <span class="index-mark">"partial data"</span> })}
                </span>
                {sparkline(metric, report)}
            </button>
            <div class="key-figure-detail" id=format!("{word}-detail")>
                {detail.into_iter().map(|line| view! { <span>{line}". "</span> }).collect_view()}
            </div>
            {definition(metric, about)}
        </div>
    }
    .erase()
}

/// The metric over the period as a line without axes; the running bucket is dashed.
fn sparkline(metric: Metric, report: &Report) -> AnyView {
    let rows = &report.timeseries;
    let all: Vec<_> = rows.iter().map(|row| row.get(metric)).collect();
    let complete: Vec<_> = rows.iter().map(|row| row.get(metric).filter(|_| !row.running)).collect();
    let highest = sparkline::highest(&all);
    let running = rows.iter().position(|row| row.running);
    let ends: Vec<_> = (0..all.len())
        .map(|place| all[place].filter(|_| running.is_some_and(|at| place == at || place + 1 == at)))
        .collect();
    view! {
        <svg class="spark" viewBox=sparkline::VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
            <path d=sparkline::path(&complete, highest)></path>
            <path class="is-running" d=sparkline::path(&ends, highest)></path>
        </svg>
    }
    .erase()
}

fn arrow(direction: Ordering) -> &'static str {
    match direction {
        Ordering::Greater => "↑",
        Ordering::Less => "↓",
        Ordering::Equal => "",
    }
}
