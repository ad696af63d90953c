//! The cards under the chart. The server writes them; here presses on names of events and on the ways to other lines are
//! listened to, and what has the focus keeps it when other figures come, as does a search that is being typed.

use leptos::ev::{Event, MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement, HtmlInputElement};

use crate::dashboard::element_ids::EVENT_SEARCH;
use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;
use crate::url_query;

/// Custom events by name, and what language models used.
#[component]
pub fn UseCards(dashboard: Dashboard) -> impl IntoView {
    let html = Memo::new(move |_| dashboard.loaded().cards.clone());
    let focused = StoredValue::new(None::<String>);
    let typed = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        html.track();
        let (focused, typed) = (focused.get_value(), typed.get_value());
        request_animation_frame(move || bring_back(focused.as_deref(), typed.as_deref()));
    });
    view! {
        <div
            class="use-cards"
            on:click=move |press| follow(dashboard, &press)
            on:submit=move |event| {
                typed.set_value(None);
                search(dashboard, &event);
            }
            on:input=move |event| typed.set_value(Some(event_target_value(&event)))
            on:focusin=move |event| focused.set_value(target_of(&event).map(|target| target.id()))
            // The focus also leaves what other figures replace; a frame later it has come back.
            on:focusout=move |_| {
                request_animation_frame(move || drop(focused.try_set_value(focused_id())))
            }
            inner_html=move || html.get()
        ></div>
    }
    .erase()
}

/// Shows the event that was pressed in the chart, or no longer; or other lines of a card.
fn follow(dashboard: Dashboard, press: &MouseEvent) {
    let Some(target) = target_of(press) else { return };
    if let Some(event) = attribute_around(&target, "data-event") {
        dashboard.change(|state| state.event = (state.event.as_ref() != Some(&event)).then_some(event));
        return;
    }
    let is_plain = !press.ctrl_key() && !press.meta_key() && !press.shift_key();
    let address = target.closest("[data-lines]").ok().flatten().and_then(|link| link.get_attribute("href"));
    if let Some(address) = address.filter(|_| is_plain) {
        press.prevent_default();
        let (_, query) = address.split_once('?').unwrap_or_default();
        let lines = url_query::Lines::of(&|key: &str| url_query::find_part(query, key));
        dashboard.change(|state| state.lines = lines);
    }
}

/// Shows the events whose name holds what was typed.
fn search(dashboard: Dashboard, event: &SubmitEvent) {
    event.prevent_default();
    let typed = search_field().map(|field| field.value()).unwrap_or_default();
    dashboard.change(|state| {
        state.lines.event_search = typed.trim().to_owned();
        state.lines.events_page = 0;
    });
}

fn target_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn attribute_around(element: &Element, name: &str) -> Option<String> {
    element.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

/// The id of what has the focus, if it is one of the cards' parts.
fn focused_id() -> Option<String> {
    let focused = document().active_element()?;
    focused.closest(".use-cards").ok()??;
    Some(focused.id())
}

/// What was replaced takes its focus and its typed text with it.
fn bring_back(focused: Option<&str>, typed: Option<&str>) {
    if let (Some(field), Some(typed)) = (search_field(), typed) {
        field.set_value(typed);
    }
    let focused = focused.and_then(|id| document().get_element_by_id(id));
    let _ = focused.and_then(|focused| focused.dyn_into::<HtmlElement>().ok()).map(|focused| focused.focus());
}

fn search_field() -> Option<HtmlInputElement> {
    document().get_element_by_id(EVENT_SEARCH)?.dyn_into().ok()
}
