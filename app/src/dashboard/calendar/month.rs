//! One month as a WAI-ARIA date grid.

use analytics::navigation::{month_grid, weekdays};
use analytics::rfc3339::parse_date;
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event};

use crate::dashboard::calendar::draft::{Draft, day_name};
use crate::erased::Erase as _;
use crate::format;

/// A month's days. Events are heard by the element around all months.
pub fn date_grid(draft: &Draft, month: NaiveDate) -> AnyView {
    let id = format!("month-{}-{}", month.year(), month.month());
    let week =
        |week: [NaiveDate; 7]| view! { <tr>{week.map(|date| day(draft, date, month)).collect_view()}</tr> };
    let weeks = month_grid(month, draft.week_start()).into_iter().map(week).collect_view();
    view! {
        <section class="month">
            <h2 id=id.clone() aria-live="polite">
                {format!("{} {}", format::month(month), month.year())}
            </h2>
            <table role="grid" aria-labelledby=id>
                <thead>
                    <tr>{weekdays(draft.week_start()).map(weekday_heading).collect_view()}</tr>
                </thead>
                <tbody>{weeks}</tbody>
            </table>
        </section>
    }
    .erase()
}

fn weekday_heading(day: chrono::Weekday) -> impl IntoView {
    let name = day.to_string();
    view! { <th scope="col">{name}</th> }
}

fn day(draft: &Draft, date: NaiveDate, month: NaiveDate) -> AnyView {
    if date.month() != month.month() {
        return view! { <td></td> }.erase();
    }
    let mark = draft.mark(date);
    view! {
        <td role="gridcell" aria-selected=mark.is_within.to_string()>
            <button
                type="button"
                class="day"
                class:is-start=mark.is_start
                class:is-end=mark.is_end
                class:is-within=mark.is_within
                class:is-today=mark.is_today
                tabindex=if draft.focused == date { "0" } else { "-1" }
                aria-disabled=mark.disabled.map(|_| "true")
                aria-label=day_name(date, mark)
                title=mark.disabled
                data-date=date.to_string()
            >
                {date.day()}
            </button>
        </td>
    }
    .erase()
}

/// The day on which something happened.
pub fn date_under(event: &Event) -> Option<NaiveDate> {
    let target: Element = event.target()?.dyn_into().ok()?;
    parse_date(&target.closest("[data-date]").ok()??.get_attribute("data-date")?)
}
