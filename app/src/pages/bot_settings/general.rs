//! Name, zone and week start.

use analytics::ids::BotId;
use analytics::settings::WeekStart;
use leptos::prelude::*;

use crate::components::{Field, FormState, Hidden, PostForm, SubmitButton, TimeZoneField};
use crate::erased::Erase as _;

/// What the bot is called and when its days and weeks begin.
#[component]
pub fn General(id: BotId, name: String, time_zone: String, week_start: WeekStart) -> impl IntoView {
    let form = FormState::new("/fn/save_bot");
    let days = WeekStart::ALL.map(|day| {
        view! {
            <option value=day.word() selected=day == week_start>
                {day_name(day)}
            </option>
        }
    });
    view! {
        <section class="card" id="general" aria-labelledby="general-title">
            <h2 id="general-title">"General"</h2>
            <PostForm form=form fields=&["name", "time_zone"]>
                <Hidden name="bot_id" value=id.to_string() />
                <Field form=form name="name" label="Name" value=name />
                <TimeZoneField form=form value=Some(time_zone) />
                <div class="field">
                    <label for="week-start">"Weeks begin on"</label>
                    <select id="week-start" name="week_start">
                        {days.into_iter().collect_view()}
                    </select>
                    <p class="hint">
                        "A new zone or week start applies to all history: every figure is counted again."
                    </p>
                </div>
                <SubmitButton form=form label="Save" />
            </PostForm>
        </section>
    }
    .erase()
}

fn day_name(day: WeekStart) -> &'static str {
    match day {
        WeekStart::Monday => "Monday",
        WeekStart::Tuesday => "Tuesday",
        WeekStart::Wednesday => "Wednesday",
        WeekStart::Thursday => "Thursday",
        WeekStart::Friday => "Friday",
        WeekStart::Saturday => "Saturday",
        WeekStart::Sunday => "Sunday",
    }
}
