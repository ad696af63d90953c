//! What the period is compared with: a choice among links, or dates of one's own.

use analytics::comparison::Comparison;
use analytics::dates::{DateRange, FIRST_DATE};
use analytics::rfc3339::parse_date;
use chrono::NaiveDate;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlInputElement};

use crate::dashboard::menu::{self, MenuItem, menu_with};
use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::url_query;

const COMPARISON_MENU: &str = "comparison-menu";
const FIRST: &str = "compare_from";
const LAST: &str = "compare_to";

/// The choice in the bar.
pub fn comparison_menu(dashboard: Dashboard) -> AnyView {
    let current = dashboard.state().query.compare;
    let text = match dashboard.is_stale.get() {
        true => words::mode_name(current.mode()).to_owned(),
        false => dashboard.with_report(|report| words::compared_with(report, current.mode())),
    };
    let item = |asked: Comparison| MenuItem {
        name: words::mode_name(asked.mode()).to_owned(),
        key: None,
        address: dashboard.address_with(|state| state.query.compare = asked),
        is_current: asked == current,
    };
    let items = [Comparison::Previous, Comparison::Year, Comparison::None].map(item).into();
    menu_with(dashboard, COMPARISON_MENU, "Comparison", &text, items, own_dates(dashboard, current))
}

/// A form of two dates. Without a script the browser sends it as the page's address.
fn own_dates(dashboard: Dashboard, current: Comparison) -> AnyView {
    let shown = match current {
        Comparison::Custom(dates) => Some(dates),
        _ => dashboard.with_report(|report| report.comparison.as_ref()?.dates),
    };
    let today = dashboard.horizon().today;
    let field = |name, label, date: Option<NaiveDate>| {
        view! {
            <label>
                <span>{label}</span>
                <input
                    type="date"
                    name=name
                    required
                    min=FIRST_DATE.to_string()
                    max=today.to_string()
                    value=date.map(|date| date.to_string())
                />
            </label>
        }
        .erase()
    };
    let apply = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(dates) = picked(&event) {
            menu::hide(COMPARISON_MENU);
            dashboard.change(|state| state.query.compare = Comparison::Custom(dates));
        }
    };
    view! {
        <form
            class="own-dates"
            class:is-current=matches!(current, Comparison::Custom(_))
            aria-label="Own dates"
            method="get"
            action=format!("/bots/{}/analytics", dashboard.bot_id)
            on:submit=apply
        >
            {kept(dashboard)}
            {field(FIRST, "Own dates, from", shown.map(|dates| dates.first))}
            {field(LAST, "to", shown.map(|dates| dates.last))}
            <button type="submit" class="button">
                "Compare"
            </button>
        </form>
    }
    .erase()
}

/// The rest of the page's state, for a form that is sent without a script.
fn kept(dashboard: Dashboard) -> AnyView {
    let mut state = dashboard.state();
    state.query.compare = Comparison::default();
    let hidden = |(name, value): (String, String)| {
        view! { <input type="hidden" name=name value=value /> }
    };
    let own = [("compare".to_owned(), "custom".to_owned())];
    let parts = url_query::parts(&url_query::write(&state));
    parts.into_iter().chain(own).map(hidden).collect_view().erase()
}

/// The dates in a form, in either order; `None` while one is missing.
fn picked(event: &SubmitEvent) -> Option<DateRange> {
    let form: Element = event.target()?.dyn_into().ok()?;
    let date = |name: &str| {
        let field = form.query_selector(&format!("[name={name}]")).ok()??;
        parse_date(&field.dyn_into::<HtmlInputElement>().ok()?.value())
    };
    let (one, other) = (date(FIRST)?, date(LAST)?);
    Some(DateRange { first: one.min(other), last: one.max(other) })
}
