//! Which period, compared with what, how finely, on which channel: each a button that says what holds.

use analytics::ids::Channel;
use analytics::period::{Period, Preset};
use leptos::prelude::*;

use crate::dashboard::calendar::CalendarPanel;
use crate::dashboard::comparison_menu::comparison_menu;
use crate::dashboard::element_ids::PERIOD_MENU;
use crate::dashboard::menu::{MenuItem, menu, menu_links, move_focus};
use crate::dashboard::shortcuts::ShortcutsButton;
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;

/// The bar above the figures.
#[component]
pub fn PeriodBar(dashboard: Dashboard) -> impl IntoView {
    view! {
        <section class="period-bar" aria-label="Period and filters">
            <div class="period-steps">
                {dashboard.live(previous_arrow)} {dashboard.live(period_button)} {dashboard.live(next_arrow)}
            </div>
            <PeriodMenu dashboard=dashboard />
            {dashboard.live(comparison_menu)}
            {dashboard.live(channel_menu)}
            <ShortcutsButton />
        </section>
    }
    .erase()
}

fn previous_arrow(dashboard: Dashboard) -> AnyView {
    arrow(dashboard, "Previous period", "‹", dashboard.previous_period())
}

fn next_arrow(dashboard: Dashboard) -> AnyView {
    arrow(dashboard, "Next period", "›", dashboard.next_period())
}

/// A link to the period beside; without an address where there is none.
fn arrow(dashboard: Dashboard, name: &'static str, sign: &'static str, period: Option<Period>) -> AnyView {
    let address = period.map(|period| dashboard.period_address(period));
    view! {
        <a
            class="step"
            role="link"
            aria-disabled=address.is_none().then_some("true")
            href=address
            aria-label=name
            data-noscroll=""
        >
            <span aria-hidden="true">{sign}</span>
        </a>
    }
    .erase()
}

fn period_button(dashboard: Dashboard) -> AnyView {
    let period = dashboard.state().query.period;
    let name = words::period_name(&period);
    // The dates of a period that is still being loaded are not known here: its name says enough meanwhile.
    let dates = match (dashboard.is_stale.get(), period) {
        (true, Period::Preset(_)) => String::new(),
        (true, Period::Dates { from, to }) => crate::format::span(from, to),
        (_, _) => dashboard.with_report(words::period_dates),
    };
    let zone = dashboard.with_report(|report| report.time_zone.clone());
    let label = match name {
        Some(name) if dates.is_empty() => format!("Period: {name}, {zone}"),
        Some(name) => format!("Period: {name}, {dates}, {zone}"),
        None => format!("Period: {dates}, {zone}"),
    };
    let (title, below) = match name {
        Some(name) => (name.to_owned(), dates),
        None => (dates, String::new()),
    };
    view! {
        <button type="button" class="pick period" popovertarget=PERIOD_MENU aria-label=label>
            <b>{title}</b>
            <span class="period-dates">{below}</span>
            <span class="period-zone">{zone}</span>
        </button>
    }
    .erase()
}

/// Presets as links, and the calendar.
#[component]
fn PeriodMenu(dashboard: Dashboard) -> impl IntoView {
    let is_open = RwSignal::new(false);
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
                {dashboard.live(preset_links)}
            </nav>
            <Show when=move || is_open.get()>
                <CalendarPanel dashboard=dashboard />
            </Show>
        </div>
    }
    .erase()
}

fn preset_links(dashboard: Dashboard) -> AnyView {
    let current = dashboard.state().query.period;
    let item = |preset: Preset| MenuItem {
        name: words::preset_name(preset).to_owned(),
        key: Some(preset.key()),
        address: dashboard.period_address(Period::Preset(preset)),
        is_current: current == Period::Preset(preset),
    };
    menu_links(dashboard, PERIOD_MENU, Preset::ALL.into_iter().map(item).collect())
}

fn channel_menu(dashboard: Dashboard) -> AnyView {
    let current = dashboard.state().query.channel;
    let mut channels = dashboard.loaded().channels.clone();
    // A valid channel that was never seen is shown with zeros: it can be left again.
    channels.extend(current.clone().filter(|asked| !channels.contains(asked)));
    let item = |channel: Option<Channel>| MenuItem {
        name: channel_name(channel.as_ref()),
        key: None,
        is_current: channel == current,
        address: dashboard.address_with(|state| state.query.channel = channel),
    };
    let items = std::iter::once(None).chain(channels.into_iter().map(Some)).map(item).collect();
    menu(dashboard, "channel-menu", "Channel", &channel_name(current.as_ref()), items)
}

fn channel_name(channel: Option<&Channel>) -> String {
    channel.map_or_else(|| "All channels".to_owned(), |channel| channel.as_str().to_owned())
}
