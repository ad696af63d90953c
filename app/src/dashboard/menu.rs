//! A button that opens a list of links. The browser itself opens and closes it, so it works without a script too.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement};

use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;

/// One link of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    /// What it is called.
    pub name: String,
    /// The key that picks it, shown beside it.
    pub key: Option<char>,
    /// Where it leads.
    pub address: String,
    /// Whether it is what is shown.
    pub is_current: bool,
}

/// A button that shows `text`, and its list of links with the id `id`; both are called `name`: "Comparison". The arrow
/// keys move between the links, Escape closes and goes back to the button.
pub fn menu(
    dashboard: Dashboard,
    id: &'static str,
    name: &'static str,
    text: &str,
    items: Vec<MenuItem>,
) -> AnyView {
    menu_with(dashboard, id, name, text, items, ().erase())
}

/// A [`menu`] with something else below its links.
pub fn menu_with(
    dashboard: Dashboard,
    id: &'static str,
    name: &'static str,
    text: &str,
    items: Vec<MenuItem>,
    below: AnyView,
) -> AnyView {
    view! {
        <button type="button" class="pick" popovertarget=id aria-label=format!("{name}: {text}")>
            {text.to_owned()}
        </button>
        <div id=id popover="auto" class="pop" role="group" aria-label=name>
            <div on:keydown=move_focus>{menu_links(dashboard, id, items)}</div>
            {below}
        </div>
    }
    .erase()
}

/// The links of a menu with the id `id`, which picking one closes. Picking what is shown already loads it anew.
pub fn menu_links(dashboard: Dashboard, id: &'static str, items: Vec<MenuItem>) -> AnyView {
    let pick = move |is_current: bool| {
        hide(id);
        if is_current {
            dashboard.reload();
        }
    };
    let link = |item: MenuItem| {
        view! {
            <li>
                <a
                    class="pop-link"
                    href=item.address
                    data-noscroll=""
                    aria-current=item.is_current.then_some("true")
                    autofocus=item.is_current
                    on:click=move |_| pick(item.is_current)
                >
                    <span>{item.name}</span>
                    {item.key.map(|key| view! { <kbd aria-hidden="true">{key.to_ascii_uppercase()}</kbd> })}
                </a>
            </li>
        }
    };
    view! { <ul class="pop-links">{items.into_iter().map(link).collect_view()}</ul> }.erase()
}

/// Up and down, Home and End move between the links of the list in which the key was pressed.
pub fn move_focus(event: KeyboardEvent) {
    let Some(links) = links_of(&event) else { return };
    let focused = document().active_element();
    let place = links.iter().position(|link| focused.as_ref() == Some(link));
    let last = links.len().saturating_sub(1);
    let next = match (event.key().as_str(), place) {
        ("ArrowDown", Some(place)) => (place + 1).min(last),
        ("ArrowUp", Some(place)) => place.saturating_sub(1),
        ("Home", Some(_)) | ("ArrowDown", None) => 0,
        ("End", Some(_)) | ("ArrowUp", None) => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(link) = links.get(next).and_then(|link| link.dyn_ref::<HtmlElement>()) {
        let _ = link.focus();
    }
}

fn links_of(event: &KeyboardEvent) -> Option<Vec<Element>> {
    let list: Element = event.current_target()?.dyn_into().ok()?;
    let found = list.get_elements_by_tag_name("a");
    Some((0..found.length()).filter_map(|place| found.item(place)).collect())
}

/// Opens the popover with this id, by its button: that is where it appears, and where focus returns to.
pub fn open(id: &str) {
    let button = document().query_selector(&format!("[popovertarget={id}]")).ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
        button.click();
    }
}

/// Closes the popover with this id.
pub fn hide(id: &str) {
    let popover = document().get_element_by_id(id);
    if let Some(popover) = popover.and_then(|popover| popover.dyn_into::<HtmlElement>().ok()) {
        // Fails where it is closed already, which is what was asked for.
        let _ = popover.hide_popover();
    }
}

/// Whether the popover that has told of a change is open now.
pub fn is_open(event: &Event) -> bool {
    let popover: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    popover.is_some_and(|popover| popover.matches(":popover-open").unwrap_or(false))
}
