//! The overall chart: users, sessions and messages over time, with everything that one does with it.

use std::time::Duration;

use analytics::metric::Metric;
use analytics::navigation::{brush, drill, zoom_out};
use analytics::period::Period;
use analytics::report::Report;
use leptos::ev::KeyboardEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::charts::canvas::{ChartCanvas, DrawingState, Gesture};
use crate::charts::option::{Series, metrics};
use crate::charts::{sparkline, tooltip};
use crate::dashboard::breadcrumb::crumbs;
use crate::dashboard::granularity::granularity_menu;
use crate::dashboard::legend::legend;
use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;
use crate::format;
use crate::url_query;

/// How long a click waits for a second one, which would make it a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(220);

/// The card with the chart, its legend, breadcrumb and table.
#[component]
pub fn OverallCard(dashboard: Dashboard) -> impl IntoView {
    let shows_table = RwSignal::new(false);
    let hidden = RwSignal::new(Vec::<Series>::new());
    let csv = move || {
        let query = url_query::write_table_query(&dashboard.state().query);
        format!("/api/v1/bots/{}/analytics.csv?{query}", dashboard.bot_id)
    };
    view! {
        <section class="card overall" aria-labelledby="overall-title">
            <header class="overall-head">
                <div>
                    <h2 id="overall-title">"Overall dashboard"</h2>
                    <nav class="breadcrumb" aria-label="Breadcrumb">
                        <ol>{dashboard.live(crumbs)}</ol>
                    </nav>
                </div>
                <div class="overall-actions">
                    {dashboard.live(granularity_menu)}
                    <button
                        type="button"
                        class="button small"
                        aria-pressed=move || shows_table.get().to_string()
                        on:click=move |_| shows_table.update(|shows| *shows = !*shows)
                    >
                        "Table"
                    </button> <a class="button small" href=csv download="">
                        "CSV"
                    </a>
                </div>
            </header>
            <div class="legend" role="group" aria-label="Legend">
                {move || legend(dashboard, hidden)}
            </div>
            {dashboard.live(remarks)}
            <Chart dashboard=dashboard hidden=hidden />
            <div
                class=move || {
                    let hidden = if shows_table.get() { "" } else { " visually-hidden" };
                    format!("figures-table leads-{}{hidden}", dashboard.state().metric.word())
                }
                tabindex="0"
                role="region"
                aria-label="Table"
                inner_html=move || dashboard.loaded().table.clone()
            ></div>
        </section>
    }
    .erase()
}

/// What to know of the comparison or the clock.
fn remarks(dashboard: Dashboard) -> AnyView {
    let remark = |text: &String| view! { <p class="remark">{text.clone()}</p> };
    dashboard.loaded().remarks.iter().map(remark).collect_view().erase()
}

#[component]
fn Chart(dashboard: Dashboard, hidden: RwSignal<Vec<Series>>) -> impl IntoView {
    let drawing = RwSignal::new(DrawingState::Waiting);
    let navigation = ChartNavigation::new(dashboard);
    // A refresh that changes nothing draws nothing.
    let option = Memo::new(move |_| {
        hidden.with(|hidden| dashboard.loaded().chart.text(dashboard.state().metric, hidden))
    });
    let tip = Callback::new(move |place| {
        untrack(|| {
            let loaded = dashboard.loaded();
            tooltip::html(&loaded.report, loaded.event.as_ref(), place)
        })
    });
    let label = move || {
        let step = dashboard.with_report(|report| report.granularity.word());
        let names =
            metrics(dashboard.state().metric).map(|metric| format::metric_name(metric).to_ascii_lowercase());
        let [messages, sessions, users] = names;
        format!("Chart of {users}, {sessions} and {messages} by {step}")
    };
    view! {
        <p id="chart-keys" class="visually-hidden">
            "Arrow keys move between points, Enter opens a point, Escape returns to the longer period."
        </p>
        <div
            class="chart"
            class:is-drawn=move || drawing.get() == DrawingState::Drawn
            class:is-drillable=move || navigation.can_drill()
            role="application"
            tabindex="0"
            aria-label=label
            aria-describedby="chart-keys"
            on:keydown=move |event| navigation.press(&event)
            // A press of the mouse leaves the focus where it is, so that single keys keep meaning the whole page.
            on:mousedown=|event| event.prevent_default()
            on:blur=move |_| navigation.place.set(None)
        >
            <svg
                class="chart-outline"
                viewBox=sparkline::VIEW_BOX
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                {dashboard.live(outline)}
            </svg>
            <ChartCanvas
                option=option
                tooltip=tip
                focused=navigation.place.into()
                on_gesture=Callback::new(move |gesture| navigation.follow(gesture))
                state=drawing
            />
            <Show when=move || drawing.get() == DrawingState::Failed>
                <div class="chart-failure" role="alert">
                    <p>"The chart could not be loaded. The table below has the same figures."</p>
                    <button type="button" class="button" on:click=move |_| drawing.set(DrawingState::Waiting)>
                        "Try again"
                    </button>
                </div>
            </Show>
        </div>
        <div class="chart-readout">{move || readout(dashboard, navigation)}</div>
    }
    .erase()
}

/// What stands in for the chart until it is drawn, and without a script for good: the same lines without axes.
fn outline(dashboard: Dashboard) -> AnyView {
    let metrics = metrics(dashboard.state().metric);
    let loaded = dashboard.loaded();
    let series =
        metrics.map(|metric| loaded.report.timeseries.iter().map(|row| row.get(metric)).collect::<Vec<_>>());
    let [messages, sessions, users] = series.each_ref().map(|values| sparkline::highest(values));
    let highest = [messages, sessions.max(users), sessions.max(users)];
    let paths = series.iter().zip(highest).map(|(values, highest)| sparkline::path(values, highest));
    let line = |(metric, path): (Metric, String)| {
        view! { <path class=format!("metric-{}", metric.word()) d=path></path> }
    };
    metrics.into_iter().zip(paths).map(line).collect_view().erase()
}

/// The point that the keyboard or a finger is on, in words, and the way into it.
fn readout(dashboard: Dashboard, navigation: ChartNavigation) -> AnyView {
    let place = navigation.place.get();
    let [messages, sessions, users] = metrics(dashboard.state().metric);
    let text = place.map(|place| {
        let loaded = dashboard.loaded();
        tooltip::sentence(&loaded.report, loaded.event.as_ref(), place, &[users, sessions, messages])
    });
    let open = place.and_then(|place| {
        let period = navigation.into_bucket(place)?;
        let loaded = dashboard.loaded();
        let row = loaded.report.line(place).current?;
        Some(open_button(dashboard, period, &format::bucket_name(row, loaded.report.granularity)))
    });
    view! {
        {(place.is_none() && navigation.can_drill()).then(|| hint(dashboard))}
        <p role="status">{text}</p>
        {open}
    }
    .erase()
}

/// What can be done with the chart, for whoever points at it.
fn hint(dashboard: Dashboard) -> AnyView {
    let step = dashboard.with_report(|report| report.granularity.word());
    let text = format!("Select a {step} to look into it, or drag across several.");
    view! { <p aria-hidden="true">{text}</p> }.erase()
}

fn open_button(dashboard: Dashboard, period: Period, name: &str) -> impl IntoView + use<> {
    // The press must not take the focus from the chart, which would take the button away before the click.
    view! {
        <button
            type="button"
            class="button small"
            on:mousedown=move |event| event.prevent_default()
            on:pointerdown=move |event| event.prevent_default()
            on:click=move |_| dashboard.pick(period)
        >
            {format!("Open {name}")}
        </button>
    }
}

/// Where one is on the chart, and where one can go from there.
#[derive(Clone, Copy)]
struct ChartNavigation {
    dashboard: Dashboard,
    /// The point that the keyboard or a finger is on: a line of the report.
    place: RwSignal<Option<usize>>,
    clicked: StoredValue<Option<TimeoutHandle>>,
}

impl ChartNavigation {
    fn new(dashboard: Dashboard) -> Self {
        let place = RwSignal::new(None);
        Effect::new(move |before: Option<String>| {
            let query = url_query::write_query(&dashboard.state().query);
            if before.as_ref() != Some(&query) {
                place.set(None);
            }
            query
        });
        Self { dashboard, place, clicked: StoredValue::new(None) }
    }

    /// Whether a point opens into finer ones.
    fn can_drill(self) -> bool {
        self.dashboard.with_report(|report| report.granularity.drilled().is_some())
    }

    fn follow(self, gesture: Gesture) {
        self.forget_click();
        match gesture {
            Gesture::Click(place) => {
                let Some(period) = self.into_bucket(place) else { return };
                let open = move || self.dashboard.pick(period);
                self.clicked.set_value(set_timeout_with_handle(open, DOUBLE_CLICK).ok());
            }
            Gesture::Tap(place) => self.place.set(Some(place)),
            Gesture::Drag(from, to) => {
                let span = self.read(|report, period| {
                    let mut rows = (from..=to).filter_map(|line| report.line(line).current);
                    let first = rows.next()?;
                    let last = rows.next_back().unwrap_or(first);
                    brush(first, last, report.granularity, period, &self.dashboard.horizon())
                });
                span.into_iter().for_each(|period| self.dashboard.pick(period));
            }
            Gesture::DoubleClick => self.go_out(),
        }
    }

    fn press(self, event: &KeyboardEvent) {
        let lines = untrack(|| self.dashboard.with_report(Report::line_count));
        let last = lines.saturating_sub(1);
        let place = self.place.get_untracked();
        match event.key().as_str() {
            // A period without a bucket has no point to go to.
            "ArrowRight" | "ArrowLeft" | "Home" | "End" if lines == 0 => {}
            "ArrowRight" => self.place.set(Some(place.map_or(0, |place| (place + 1).min(last)))),
            "ArrowLeft" => self.place.set(Some(place.map_or(last, |place| place.saturating_sub(1)))),
            "Home" => self.place.set(Some(0)),
            "End" => self.place.set(Some(last)),
            "Enter" => place
                .and_then(|place| self.into_bucket(place))
                .into_iter()
                .for_each(|period| self.dashboard.pick(period)),
            "Escape" => self.go_out(),
            _ => return,
        }
        event.prevent_default();
    }

    fn go_out(self) {
        let wider = self.read(|report, period| {
            zoom_out(period, report.period.start, report.period.end, &self.dashboard.horizon())
        });
        wider.into_iter().for_each(|period| self.dashboard.pick(period));
    }

    /// The period that a point opens.
    fn into_bucket(self, place: usize) -> Option<Period> {
        self.read(|report, period| {
            let row = report.line(place).current?;
            drill(row, report.granularity, period, &self.dashboard.horizon())
        })
    }

    fn read(self, find: impl FnOnce(&Report, &Period) -> Option<Period>) -> Option<Period> {
        untrack(|| {
            let period = self.dashboard.state().query.period;
            self.dashboard.with_report(|report| find(report, &period))
        })
    }

    fn forget_click(self) {
        if let Some(timeout) = self.clicked.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
    }
}
