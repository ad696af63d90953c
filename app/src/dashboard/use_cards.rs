//! The cards under the chart. The server writes them; here a press on the name of an event is all that is listened to.

use analytics::ids::EventName;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::Element;

use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;

/// Custom events by name, and what language models used.
#[component]
pub fn UseCards(dashboard: Dashboard) -> impl IntoView {
    let html = Memo::new(move |_| dashboard.loaded().cards.clone());
    view! {
        <div
            class="use-cards"
            on:click=move |event| choose(dashboard, &event)
            inner_html=move || html.get()
        ></div>
    }
    .erase()
}

/// Shows the event that was pressed in the chart, or no longer.
fn choose(dashboard: Dashboard, press: &MouseEvent) {
    let Some(pressed) = name_under(press) else { return };
    dashboard.change(|state| state.event = (state.event.as_ref() != Some(&pressed)).then_some(pressed));
}

fn name_under(press: &MouseEvent) -> Option<EventName> {
    let target: Element = press.target()?.dyn_into().ok()?;
    EventName::parse(target.closest("[data-event]").ok()??.get_attribute("data-event")?).ok()
}
