//! The overall chart: users, sessions and messages over time, with everything that one does with it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use analytics::granularity::Granularity;
use analytics::navigation::{brush, drill, zoom_out};
use analytics::period::Period;
use analytics::report::{Report, TimeseriesRow};
use leptos::ev::KeyboardEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::api::analytics::LoadedReport;
use crate::charts::canvas::{ChartCanvas, DrawingState, Gesture};
use crate::charts::overall::{Series, Shown, metrics, overall};
use crate::charts::{sparkline, tooltip};
use crate::dashboard::breadcrumb::Breadcrumb;
use crate::dashboard::granularity::GranularityMenu;
use crate::dashboard::legend::Legend;
use crate::dashboard::state::Dashboard;
use crate::dashboard::table::FiguresTable;
use crate::format;
use crate::url_query;

/// How long a click waits for a second one, which would make it a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(220);

/// The card with the chart, its legend, breadcrumb and table.
#[component]
pub fn OverallCard(dashboard: Dashboard) -> impl IntoView {
    let shows_table = RwSignal::new(false);
    let hidden = RwSignal::new(HashSet::<Series>::new());
    let csv = move || {
        let query = dashboard.state.with(|state| url_query::write_query(&state.query));
        format!("/api/v1/bots/{}/analytics.csv?{query}", dashboard.bot_id)
    };
    view! {
        <section class="card overall" aria-labelledby="overall-title">
            <header class="overall-head">
                <div>
                    <h2 id="overall-title">"Overall dashboard"</h2>
                    <Breadcrumb dashboard=dashboard />
                </div>
                <div class="overall-actions">
                    <GranularityMenu dashboard=dashboard />
                    <button
                        type="button"
                        class="button small"
                        aria-pressed=move || shows_table.get().to_string()
                        on:click=move |_| shows_table.update(|shows| *shows = !*shows)
                    >
                        "Table"
                    </button>
                    <a class="button small" href=csv download="">
                        "CSV"
                    </a>
                </div>
            </header>
            <Legend dashboard=dashboard hidden=hidden />
            <Chart dashboard=dashboard hidden=hidden />
            <FiguresTable dashboard=dashboard is_shown=shows_table.into() />
        </section>
    }
    .into_any()
}

#[component]
fn Chart(dashboard: Dashboard, hidden: RwSignal<HashSet<Series>>) -> impl IntoView {
    let drawing = RwSignal::new(DrawingState::Waiting);
    let navigation = ChartNavigation::new(dashboard);
    let metric = Memo::new(move |_| dashboard.state.with(|state| state.metric));
    let drawn = Memo::new_with_compare(move |_| dashboard.loaded.get(), looks_different);
    let draw = Callback::new(move |palette| {
        let shown = Shown { metric: metric.get(), hidden: hidden.get() };
        drawn.with(|loaded| overall(&loaded.report, &shown, &palette))
    });
    let tip = Callback::new(move |place| drawn.with_untracked(|loaded| tooltip::html(&loaded.report, place)));
    let label = move || {
        let step = dashboard.with_report(|report| report.granularity.word());
        let names = metrics(metric.get()).map(|metric| format::metric_name(metric).to_lowercase());
        let [messages, sessions, users] = names;
        format!("Chart of {users}, {sessions} and {messages} by {step}")
    };
    view! {
        <p id="chart-keys" class="visually-hidden">
            "Arrow keys move between the points, Enter opens one, Escape goes out to the wider period."
        </p>
        <div
            class="chart"
            class:is-drawn=move || drawing.get() == DrawingState::Drawn
            class:is-drillable=move || navigation.can_drill.get()
            role="application"
            tabindex="0"
            aria-label=label
            aria-describedby="chart-keys"
            on:keydown=move |event| navigation.press(&event)
            // A press of the mouse leaves the focus where it is, so that single keys keep meaning the whole page.
            on:mousedown=|event| event.prevent_default()
            on:blur=move |_| navigation.place.set(None)
        >
            <Outline dashboard=dashboard />
            <ChartCanvas
                draw=draw
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
        <Readout dashboard=dashboard navigation=navigation />
    }
    .into_any()
}

/// Whether a chart of the one would look different from a chart of the other. A refresh alone changes nothing.
fn looks_different(before: Option<&Arc<LoadedReport>>, after: Option<&Arc<LoadedReport>>) -> bool {
    before.map(|loaded| picture(&loaded.report)) != after.map(|loaded| picture(&loaded.report))
}

type Picture<'a> = (Granularity, &'a [TimeseriesRow], Option<&'a [TimeseriesRow]>);

fn picture(report: &Report) -> Picture<'_> {
    let previous = report.comparison.as_ref().map(|comparison| comparison.timeseries.as_slice());
    (report.granularity, &report.timeseries, previous)
}

/// What stands in for the chart until it is drawn, and without a script for good: the same lines without axes.
#[component]
fn Outline(dashboard: Dashboard) -> impl IntoView {
    let paths = Memo::new(move |_| {
        let metrics = metrics(dashboard.state.with(|state| state.metric));
        dashboard.with_report(|report| {
            let series =
                metrics.map(|metric| report.timeseries.iter().map(|row| row.get(metric)).collect::<Vec<_>>());
            let [messages, sessions, users] = series.each_ref().map(|values| sparkline::highest(values));
            let highest = [messages, sessions.max(users), sessions.max(users)];
            let paths = series.iter().zip(highest).map(|(values, highest)| sparkline::path(values, highest));
            metrics.map(|metric| metric.word()).into_iter().zip(paths).collect::<Vec<_>>()
        })
    });
    let lines = move || {
        let line = |(word, path)| view! { <path class=format!("metric-{word}") d=path></path> };
        paths.get().into_iter().map(line).collect_view()
    };
    view! {
        <svg class="chart-outline" viewBox="0 -4 100 108" preserveAspectRatio="none" aria-hidden="true">
            {lines}
        </svg>
    }
    .into_any()
}

/// The point that the keyboard or a finger is on, in words, and the way into it.
#[component]
fn Readout(dashboard: Dashboard, navigation: ChartNavigation) -> impl IntoView {
    let text = move || {
        let place = navigation.place.get()?;
        let metrics = metrics(dashboard.state.with(|state| state.metric));
        let [messages, sessions, users] = metrics;
        Some(dashboard.with_report(|report| tooltip::sentence(report, place, &[users, sessions, messages])))
    };
    let way_in = move || {
        let place = navigation.place.get()?;
        let period = navigation.into_bucket(place)?;
        let name = dashboard.with_report(|report| {
            report.timeseries.get(place).map(|row| format::bucket_name(row, report.granularity))
        })?;
        let open = move |_| dashboard.pick(period);
        // The press must not take the focus from the chart, which would take the button away before the click.
        let keep_focus = move |event: leptos::ev::PointerEvent| event.prevent_default();
        let button = view! {
            <button
                type="button"
                class="button small"
                on:mousedown=move |event| event.prevent_default()
                on:pointerdown=keep_focus
                on:click=open
            >
                {format!("Open {name}")}
            </button>
        };
        Some(button)
    };
    view! {
        <div class="chart-readout">
            <p role="status">{text}</p>
            {way_in}
        </div>
    }
    .into_any()
}

/// Where one is on the chart, and where one can go from there.
#[derive(Clone, Copy)]
struct ChartNavigation {
    dashboard: Dashboard,
    /// The point that the keyboard or a finger is on.
    place: RwSignal<Option<usize>>,
    /// Whether a point opens into finer ones.
    can_drill: Memo<bool>,
    clicked: StoredValue<Option<TimeoutHandle>>,
}

impl ChartNavigation {
    fn new(dashboard: Dashboard) -> Self {
        let place = RwSignal::new(None);
        let can_drill =
            Memo::new(move |_| dashboard.with_report(|report| report.granularity.drilled().is_some()));
        let query = Memo::new(move |_| dashboard.state.with(|state| state.query.clone()));
        Effect::new(move |_| {
            query.with(|_| place.set(None));
        });
        Self { dashboard, place, can_drill, clicked: StoredValue::new(None) }
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
                    let last = report.timeseries.len().checked_sub(1)?;
                    let (from, to) = (&report.timeseries[from.min(last)], &report.timeseries[to.min(last)]);
                    brush(from, to, report.granularity, period, &self.dashboard.horizon())
                });
                span.into_iter().for_each(|period| self.dashboard.pick(period));
            }
            Gesture::DoubleClick => self.go_out(),
        }
    }

    fn press(self, event: &KeyboardEvent) {
        let last =
            self.dashboard.loaded.with_untracked(|loaded| loaded.report.timeseries.len().saturating_sub(1));
        let place = self.place.get_untracked();
        match event.key().as_str() {
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
            let row: &TimeseriesRow = report.timeseries.get(place)?;
            let granularity: Granularity = report.granularity;
            drill(row, granularity, period, &self.dashboard.horizon())
        })
    }

    fn read(self, find: impl FnOnce(&Report, &Period) -> Option<Period>) -> Option<Period> {
        untrack(|| {
            let period = self.dashboard.state.with(|state| state.query.period);
            self.dashboard.with_report(|report| find(report, &period))
        })
    }

    fn forget_click(self) {
        if let Some(timeout) = self.clicked.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
    }
}
