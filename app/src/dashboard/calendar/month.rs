//! One month as a WAI-ARIA date grid.

use analytics::navigation::{month_grid, weekdays};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event};

use crate::dashboard::calendar::draft::{Draft, day_name};
use crate::format;

/// A month's days. Events are heard by the element around all months.
#[component]
pub fn MonthGrid(draft: RwSignal<Draft>, month: NaiveDate) -> impl IntoView {
    let id = format!("month-{}-{}", month.year(), month.month());
    let week_start = draft.with_untracked(Draft::week_start);
    let weeks = move || {
        let week = |week: [NaiveDate; 7]| view! { <tr>{week.map(|date| day(draft, date, month)).collect_view()}</tr> };
        month_grid(month, week_start).into_iter().map(week).collect_view()
    };
    view! {
        <section class="month">
            <h2 id=id.clone() aria-live="polite">
                {format!("{} {}", format::month(month), month.year())}
            </h2>
            <table role="grid" aria-labelledby=id>
                <thead>
                    <tr>{weekdays(week_start).map(weekday_heading).collect_view()}</tr>
                </thead>
                <tbody>{weeks}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn weekday_heading(day: chrono::Weekday) -> impl IntoView {
    let name = day.to_string();
    view! { <th scope="col">{name}</th> }
}

fn day(draft: RwSignal<Draft>, date: NaiveDate, month: NaiveDate) -> AnyView {
    if date.month() != month.month() {
        return view! { <td></td> }.into_any();
    }
    let mark = Memo::new(move |_| draft.with(|draft| draft.mark(date)));
    let is_focused = Memo::new(move |_| draft.with(|draft| draft.focused == date));
    view! {
        <td role="gridcell" aria-selected=move || mark.get().is_within.to_string()>
            <button
                type="button"
                class="day"
                class:is-start=move || mark.get().is_start
                class:is-end=move || mark.get().is_end
                class:is-within=move || mark.get().is_within
                class:is-today=move || mark.get().is_today
                tabindex=move || if is_focused.get() { "0" } else { "-1" }
                aria-disabled=move || mark.get().disabled.map(|_| "true")
                aria-label=move || day_name(date, mark.get())
                title=move || mark.get().disabled
                data-date=date.to_string()
            >
                {date.day()}
            </button>
        </td>
    }
    .into_any()
}

/// The day on which something happened.
pub fn date_under(event: &Event) -> Option<NaiveDate> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("[data-date]").ok()??.get_attribute("data-date")?.parse().ok()
}
