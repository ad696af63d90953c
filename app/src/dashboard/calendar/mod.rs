//! The calendar: both ends of a span by mouse, finger, keyboard or typing.

pub mod draft;
pub mod month;

use analytics::dates::{DateRange, plus_months};
use chrono::NaiveDate;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Event, HtmlElement};

use crate::dashboard::calendar::draft::Draft;
use crate::dashboard::calendar::month::date_grid;
use crate::dashboard::element_ids::PERIOD_MENU;
use crate::dashboard::menu;
use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;

/// Shown while the period's menu is open; begins with the dates that are shown.
#[component]
pub fn CalendarPanel(dashboard: Dashboard) -> impl IntoView {
    let draft = RwSignal::new(untrack(|| begin(dashboard)));
    let apply = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(period) = draft.with_untracked(Draft::period) {
            menu::hide(PERIOD_MENU);
            dashboard.pick(period);
        }
    };
    Effect::new(move |before: Option<NaiveDate>| {
        let date = draft.with(|draft| draft.focused);
        if before != Some(date) {
            // The day may belong to a month that is about to be drawn.
            request_animation_frame(move || {
                if before.is_none() || !is_elsewhere() {
                    focus_day(date);
                }
            });
        }
        date
    });

    view! {
        <form class="calendar" aria-label="Calendar" on:submit=apply>
            <TypedDates draft=draft />
            <Months draft=draft />
            <p class="calendar-span" role="status">
                {move || draft.with(Draft::words)}
            </p>
            <div class="calendar-actions">
                <button type="button" class="button" popovertarget=PERIOD_MENU popovertargetaction="hide">
                    "Cancel"
                </button>
                <button type="submit" class="button primary">
                    "Apply"
                </button>
            </div>
        </form>
    }
    .erase()
}

#[component]
fn TypedDates(draft: RwSignal<Draft>) -> impl IntoView {
    let complaint = move || draft.with(|draft| draft.complaint.clone());
    let read = move |event: Event| draft.update(|draft| draft.type_in(&event_target_value(&event)));
    view! {
        <label class="calendar-typed">
            <span>"Type dates"</span>
            <input
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="14d, march, 1–15 nov"
                aria-invalid=move || complaint().map(|_| "true")
                aria-describedby="typed-hint"
                on:input=read
            />
        </label>
        <p id="typed-hint" class="calendar-hint" role="status">
            {complaint}
        </p>
    }
    .erase()
}

#[component]
fn Months(draft: RwSignal<Draft>) -> impl IntoView {
    let turn = move |months: i32| draft.update(|draft| draft.turn(months));
    let can_turn = move |months: i32| draft.with(|draft| draft.can_turn(months));
    let grids = move || {
        draft.with(|draft| {
            let months = (1 - draft.months_shown..1).map(|back| plus_months(draft.month, back));
            months.map(|month| date_grid(draft, month)).collect_view()
        })
    };
    let press = move |event: KeyboardEvent| {
        let is_taken = draft.try_update(|draft| draft.press(&event.key(), event.shift_key()));
        if is_taken == Some(true) {
            event.prevent_default();
        }
    };
    let pick = move |event: Event| {
        if let Some(date) = month::date_under(&event) {
            draft.update(|draft| draft.pick(date));
        }
    };
    let hover = move |event: Event| {
        if let Some(date) = month::date_under(&event) {
            draft.update(|draft| draft.hovered = Some(date));
        }
    };
    view! {
        <div class="calendar-months">
            <button
                type="button"
                class="step"
                aria-label="Previous month"
                disabled=move || !can_turn(-1)
                on:click=move |_| turn(-1)
            >
                <span aria-hidden="true">"‹"</span>
            </button>
            <div
                class="calendar-grids"
                on:keydown=press
                on:click=move |event| pick(event.into())
                on:pointerover=move |event| hover(event.into())
                on:pointerleave=move |_| draft.update(|draft| draft.hovered = None)
            >
                {grids}
            </div>
            <button
                type="button"
                class="step"
                aria-label="Next month"
                disabled=move || !can_turn(1)
                on:click=move |_| turn(1)
            >
                <span aria-hidden="true">"›"</span>
            </button>
        </div>
    }
    .erase()
}

fn begin(dashboard: Dashboard) -> Draft {
    let is_wide =
        window().inner_width().ok().and_then(|width| width.as_f64()).is_none_or(|width| width > 720.0);
    let dates = dashboard.with_report(|report| {
        let (first, last) = (report.period.start.date_naive(), report.period.end.date_naive());
        report.period.dates.unwrap_or(DateRange { first, last })
    });
    let period = dashboard.state().query.period;
    Draft::new(period, dates, dashboard.horizon(), if is_wide { 2 } else { 1 })
}

/// Whether the browser's focus is at work in another part of the panel.
fn is_elsewhere() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| matches!(focused.closest("input,.step,.presets"), Ok(Some(_))))
}

/// Moves the browser's focus to a day.
fn focus_day(date: NaiveDate) {
    let day = document().query_selector(&format!(".calendar-grids [data-date=\"{date}\"]")).ok().flatten();
    if let Some(day) = day.and_then(|day| day.dyn_into::<HtmlElement>().ok()) {
        let _ = day.focus();
    }
}
