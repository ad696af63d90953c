//! Which period, compared with what, how finely, on which channel: each a button that says what holds.

use analytics::comparison::ComparisonMode;
use analytics::ids::Channel;
use analytics::navigation::{Horizon, next_period, previous_period};
use analytics::period::{Period, Preset};
use leptos::prelude::*;

use crate::dashboard::calendar::CalendarPanel;
use crate::dashboard::menu::{Menu, MenuItem, MenuLinks, move_focus};
use crate::dashboard::shortcuts::ShortcutsButton;
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;

/// The id of the period's menu in the document.
pub const PERIOD_MENU: &str = "period-menu";

/// The bar above the figures.
#[component]
pub fn PeriodBar(dashboard: Dashboard) -> impl IntoView {
    view! {
        <section class="period-bar" aria-label="Period and filters">
            <div class="period-steps">
                <Arrow dashboard=dashboard name="Previous period" sign="‹" find=previous_period />
                <PeriodButton dashboard=dashboard />
                <Arrow dashboard=dashboard name="Next period" sign="›" find=next_period />
            </div>
            <PeriodMenu dashboard=dashboard />
            <ComparisonMenu dashboard=dashboard />
            <ChannelMenu dashboard=dashboard />
            <ShortcutsButton />
        </section>
    }
    .into_any()
}

type FindPeriod = fn(&Period, &Horizon) -> Option<Period>;

/// A link to the period beside; without an address where there is none.
#[component]
fn Arrow(dashboard: Dashboard, name: &'static str, sign: &'static str, find: FindPeriod) -> impl IntoView {
    let address = Memo::new(move |_| {
        let period = find(&dashboard.state.get().query.period, &dashboard.horizon());
        period.map(|period| dashboard.period_address(period))
    });
    view! {
        <a
            class="step"
            role="link"
            href=move || address.get()
            aria-disabled=move || address.with(Option::is_none).then_some("true")
            aria-label=name
            data-noscroll=""
        >
            <span aria-hidden="true">{sign}</span>
        </a>
    }
    .into_any()
}

#[component]
fn PeriodButton(dashboard: Dashboard) -> impl IntoView {
    let name = Memo::new(move |_| words::period_name(&dashboard.state.get().query.period));
    // The dates of a period that is still being loaded are not known here: its name says enough meanwhile.
    let dates = Memo::new(move |_| match (dashboard.is_stale.get(), dashboard.state.get().query.period) {
        (true, Period::Preset(_)) => String::new(),
        (true, Period::Dates { from, to }) => crate::format::span(from, to),
        (_, _) => dashboard.with_report(words::period_dates),
    });
    let label = move || match (name.get(), dates.get()) {
        (Some(name), dates) if dates.is_empty() => format!("Period: {name}"),
        (Some(name), dates) => format!("Period: {name}, {dates}"),
        (None, dates) => format!("Period: {dates}"),
    };
    view! {
        <button type="button" class="pick period" popovertarget=PERIOD_MENU aria-label=label>
            <b>{move || name.get().map_or_else(|| dates.get(), str::to_owned)}</b>
            <span class="period-dates">{move || name.get().map(|_| dates.get())}</span>
            <span class="period-zone">
                {move || dashboard.with_report(|report| report.time_zone.clone())}
            </span>
        </button>
    }
    .into_any()
}

/// Presets as links, and the calendar.
#[component]
fn PeriodMenu(dashboard: Dashboard) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let items = Memo::new(move |_| {
        let current = dashboard.state.get().query.period;
        let item = |preset: Preset| MenuItem {
            name: words::preset_name(preset).to_owned(),
            key: Some(preset.key()),
            address: dashboard.period_address(Period::Preset(preset)),
            is_current: current == Period::Preset(preset),
        };
        Preset::ALL.into_iter().map(item).collect::<Vec<_>>()
    });
    view! {
        <div
            id=PERIOD_MENU
            popover="auto"
            class="pop period-menu"
            role="dialog"
            aria-label="Period"
            on:toggle=move |event| is_open.set(crate::dashboard::menu::is_open(&event))
        >
            <nav class="presets" aria-label="Presets" on:keydown=move_focus>
                <MenuLinks id=PERIOD_MENU items=items />
            </nav>
            <Show when=move || is_open.get()>
                <CalendarPanel dashboard=dashboard />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn ComparisonMenu(dashboard: Dashboard) -> impl IntoView {
    let text = Memo::new(move |_| {
        let mode = dashboard.state.get().query.compare;
        match dashboard.is_stale.get() {
            true => words::mode_name(mode).to_owned(),
            false => dashboard.with_report(|report| words::compared_with(report, mode)),
        }
    });
    let items = Memo::new(move |_| {
        let current = dashboard.state.get().query.compare;
        let item = |mode: ComparisonMode| MenuItem {
            name: words::mode_name(mode).to_owned(),
            key: None,
            address: dashboard.address_with(|state| state.query.compare = mode),
            is_current: mode == current,
        };
        ComparisonMode::ALL.into_iter().map(item).collect::<Vec<_>>()
    });
    view! { <Menu id="comparison-menu" text=text name="Comparison" items=items /> }.into_any()
}

#[component]
fn ChannelMenu(dashboard: Dashboard) -> impl IntoView {
    let items = Memo::new(move |_| {
        let current = dashboard.state.get().query.channel;
        let mut channels = dashboard.loaded.with(|loaded| loaded.channels.clone());
        // A valid channel that was never seen is shown with zeros: it can be left again.
        channels.extend(current.clone().filter(|asked| !channels.contains(asked)));
        let item = |channel: Option<Channel>| MenuItem {
            name: channel_name(channel.as_ref()),
            key: None,
            is_current: channel == current,
            address: dashboard.address_with(|state| state.query.channel = channel),
        };
        std::iter::once(None).chain(channels.into_iter().map(Some)).map(item).collect::<Vec<_>>()
    });
    let text = Memo::new(move |_| channel_name(dashboard.state.get().query.channel.as_ref()));
    view! { <Menu id="channel-menu" text=text name="Channel" items=items /> }.into_any()
}

fn channel_name(channel: Option<&Channel>) -> String {
    channel.map_or_else(|| "All channels".to_owned(), |channel| channel.as_str().to_owned())
}
