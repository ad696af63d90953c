//! Single keys, as people know them from other analytics pages; never while typing or with a modifier held.

use analytics::period::{Period, Preset};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use crate::dashboard::element_ids::{GRANULARITY_MENU, PERIOD_MENU};
use crate::dashboard::menu;
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;

const SHORTCUTS: &str = "shortcuts";

/// The button that shows all keys, and their list.
#[component]
pub fn ShortcutsButton() -> impl IntoView {
    let presets =
        Preset::ALL.map(|preset| (preset.key().to_ascii_uppercase().to_string(), words::preset_name(preset)));
    let others = [
        ("C", "Open the calendar"),
        ("←", "Previous period"),
        ("→", "Next period"),
        ("X", "Comparison on and off"),
        ("I", "Granularity"),
        ("?", "These keys"),
    ];
    let others = others.map(|(key, name)| (key.to_owned(), name));
    let row = |(key, name)| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{name}</dd>
            </div>
        }
    };
    view! {
        <button type="button" class="step keys" popovertarget=SHORTCUTS aria-label="Keyboard shortcuts">
            <span aria-hidden="true">"?"</span>
        </button>
        <div id=SHORTCUTS popover="auto" class="pop panel" role="dialog" aria-labelledby="shortcuts-title">
            <header>
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <button
                    type="button"
                    class="step"
                    autofocus
                    popovertarget=SHORTCUTS
                    popovertargetaction="hide"
                    aria-label="Close"
                >
                    <span aria-hidden="true">"×"</span>
                </button>
            </header>
            <dl class="keys-list">{presets.into_iter().chain(others).map(row).collect_view()}</dl>
        </div>
    }
    .erase()
}

/// Listens while the dashboard is shown.
pub fn listen(dashboard: Dashboard) {
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if !event.default_prevented()
                && !has_modifier(&event)
                && !is_elsewhere(&event)
                && press(dashboard, &event.key())
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Does what the key stands for; says whether it stands for something.
fn press(dashboard: Dashboard, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let preset = Preset::ALL.into_iter().find(|preset| key == preset.key().to_string());
    match (key.as_str(), preset) {
        (_, Some(preset)) => dashboard.pick(Period::Preset(preset)),
        ("c", _) => menu::open(PERIOD_MENU),
        ("i", _) => menu::open(GRANULARITY_MENU),
        ("?", _) => menu::open(SHORTCUTS),
        ("x", _) => dashboard.switch_comparison(),
        ("arrowleft", _) => step(dashboard, Dashboard::previous_period),
        ("arrowright", _) => step(dashboard, Dashboard::next_period),
        _ => return false,
    }
    true
}

fn step(dashboard: Dashboard, find: fn(Dashboard) -> Option<Period>) {
    if let Some(period) = untrack(|| find(dashboard)) {
        dashboard.pick(period);
    }
}

fn has_modifier(event: &KeyboardEvent) -> bool {
    // A question mark is written with Shift on most keyboards.
    event.ctrl_key() || event.meta_key() || event.alt_key() || (event.shift_key() && event.key() != "?")
}

/// Whether the key belongs to something else: a field, or a menu that is open.
fn is_elsewhere(event: &KeyboardEvent) -> bool {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let is_field = target.is_some_and(|target| {
        matches!(target.closest("input,select,textarea,[contenteditable]"), Ok(Some(_)))
    });
    is_field || matches!(document().query_selector(":popover-open,dialog[open]"), Ok(Some(_)))
}
