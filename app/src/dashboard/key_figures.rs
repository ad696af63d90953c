//! The five key figures, each a card that can be selected for the chart.

use std::cmp::Ordering;

use analytics::comparison::Coverage;
use analytics::metric::Metric;
use leptos::prelude::*;

use crate::charts::sparkline;
use crate::dashboard::definition::Definition;
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::format;

/// The cards, in the seed's order.
#[component]
pub fn KeyFigures(dashboard: Dashboard) -> impl IntoView {
    let cards = Metric::ALL.map(|metric| view! { <KeyFigure dashboard=dashboard metric=metric /> });
    view! {
        <div class="key-figures" role="group" aria-label="Key figures">
            {cards.into_iter().collect_view()}
        </div>
    }
    .into_any()
}

#[component]
fn KeyFigure(dashboard: Dashboard, metric: Metric) -> impl IntoView {
    let kpi = Memo::new(move |_| dashboard.with_report(|report| report.totals.get(metric)));
    let mode =
        Memo::new(move |_| dashboard.with_report(|report| report.comparison.as_ref().map(|one| one.mode)));
    let is_selected = Memo::new(move |_| dashboard.state.with(|state| state.metric == metric));
    let index = Memo::new(move |_| {
        let asked = dashboard.state.with(|state| state.query.compare);
        words::kpi_index(kpi.get(), mode.get().unwrap_or(asked))
    });
    let is_partial = Memo::new(move |_| {
        dashboard.with_report(|report| {
            report.comparison.as_ref().is_some_and(|comparison| comparison.coverage == Coverage::Partial)
        })
    });
    let detail =
        Memo::new(move |_| dashboard.with_report(|report| words::kpi_detail(metric, kpi.get(), report)));
    let word = metric.word();
    view! {
        <div class=format!("card key-figure metric-{word}") class:is-selected=move || is_selected.get()>
            <button
                type="button"
                class="key-figure-pick"
                aria-pressed=move || is_selected.get().to_string()
                aria-labelledby=format!("{word}-name")
                aria-describedby=format!("{word}-value {word}-index {word}-detail")
                on:click=move |_| dashboard.change(|state| state.metric = metric)
            >
                <span class="key-figure-name" id=format!("{word}-name")>
                    {format::metric_name(metric)}
                </span>
                <span class="key-figure-value" id=format!("{word}-value")>
                    <data value=move || {
                        kpi.get().value.to_string()
                    }>{move || format::short_count(kpi.get().value)}</data>
                </span>
                <span
                    class="index"
                    class:up=move || index.with(|index| index.direction == Ordering::Greater)
                    class:down=move || index.with(|index| index.direction == Ordering::Less)
                    id=format!("{word}-index")
                >
                    <span aria-hidden="true">{move || index.with(|index| arrow(index.direction))}</span>
                    <span aria-hidden="true" class="index-text">
                        {move || index.with(|index| index.text.clone())}
                    </span>
                    <span class="visually-hidden">{move || index.with(|index| index.words.clone())}</span>
                    {move || {
                        is_partial.get().then(|| view! { <span class="index-mark">"partial data"</span> })
                    }}
                </span>
                <Sparkline dashboard=dashboard metric=metric />
            </button>
            <div class="key-figure-detail" id=format!("{word}-detail")>
                {move || {
                    detail.get().into_iter().map(|line| view! { <span>{line}". "</span> }).collect_view()
                }}
            </div>
            <Definition dashboard=dashboard metric=metric />
        </div>
    }
    .into_any()
}

/// The metric over the period as a line without axes; the running bucket is dashed.
#[component]
fn Sparkline(dashboard: Dashboard, metric: Metric) -> impl IntoView {
    let paths = Memo::new(move |_| {
        dashboard.with_report(|report| {
            let rows = &report.timeseries;
            let all: Vec<_> = rows.iter().map(|row| row.get(metric)).collect();
            let complete: Vec<_> = rows.iter().map(|row| row.get(metric).filter(|_| !row.running)).collect();
            let highest = sparkline::highest(&all);
            let running = rows.iter().position(|row| row.running);
            let ends: Vec<_> = (0..all.len())
                .map(|place| all[place].filter(|_| running.is_some_and(|at| place == at || place + 1 == at)))
                .collect();
            (sparkline::path(&complete, highest), sparkline::path(&ends, highest))
        })
    });
    view! {
        <svg class="spark" viewBox="0 -4 100 108" preserveAspectRatio="none" aria-hidden="true">
            <path d=move || paths.with(|paths| paths.0.clone())></path>
            <path class="is-running" d=move || paths.with(|paths| paths.1.clone())></path>
        </svg>
    }
    .into_any()
}

fn arrow(direction: Ordering) -> &'static str {
    match direction {
        Ordering::Greater => "↑",
        Ordering::Less => "↓",
        Ordering::Equal => "",
    }
}
