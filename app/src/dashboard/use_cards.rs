//! The cards under the chart. The server writes them; here a press on the name of an event is listened to, and the name
//! that has the focus keeps it when other figures come.

use leptos::ev::Event;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement};

use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;

/// Custom events by name, and what language models used.
#[component]
pub fn UseCards(dashboard: Dashboard) -> impl IntoView {
    let html = Memo::new(move |_| dashboard.loaded().cards.clone());
    let focused = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        html.track();
        if let Some(name) = focused.get_value() {
            request_animation_frame(move || focus(&name));
        }
    });
    view! {
        <div
            class="use-cards"
            on:click=move |press| choose(dashboard, &press)
            on:focusin=move |event| focused.set_value(name_under(&event))
            // The focus also leaves a name that other figures replace; a frame later it has come back.
            on:focusout=move |_| {
                request_animation_frame(move || drop(focused.try_set_value(focused_name())))
            }
            inner_html=move || html.get()
        ></div>
    }
    .erase()
}

/// Shows the event that was pressed in the chart, or no longer.
fn choose(dashboard: Dashboard, press: &Event) {
    let Some(pressed) = name_under(press) else { return };
    dashboard.change(|state| state.event = (state.event.as_ref() != Some(&pressed)).then_some(pressed));
}

fn name_under(event: &Event) -> Option<String> {
    name_around(&event.target()?.dyn_into().ok()?)
}

fn focused_name() -> Option<String> {
    name_around(&document().active_element()?)
}

fn name_around(element: &Element) -> Option<String> {
    element.closest("[data-event]").ok()??.get_attribute("data-event")
}

/// A name that has gone takes its focus with it.
fn focus(name: &str) {
    let button = document().get_element_by_id(&button_id(name));
    let _ = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).map(|button| button.focus());
}

/// The id of the button of an event, by its name.
pub fn button_id(name: &str) -> String {
    format!("event {name}")
}
