//! The key that the lines need.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{ButtonForm, Hidden, NewSecret};
use crate::erased::Erase as _;

/// Makes a write key, shows it once, and says what stands in its place otherwise.
#[component]
pub fn KeyCard(
    bot_id: BotId,
    /// Just made, and in all lines below.
    new_key: Option<String>,
    /// First characters of the keys that live.
    prefixes: Vec<String>,
    may_add: bool,
    /// What the lines hold in place of a key.
    placeholder: String,
) -> impl IntoView {
    let is_new = new_key.is_some();
    let secret = new_key.map(|key| {
        view! {
            <NewSecret secret=key kind="write key" />
            <p>"All lines below contain it until you leave this page."</p>
        }
    });
    let without = (!is_new).then(|| {
        let living = (!prefixes.is_empty()).then(|| {
            view! {
                " The bot's keys begin with "
                <code>{prefixes.join(", ")}</code>
                "."
            }
        });
        view! {
            <p>
                "The lines below have "<code>{placeholder}</code>
                " in place of a key, since a key is shown only when it is made."{living}
            </p>
        }
    });
    let make = (!is_new && may_add).then(|| {
        view! {
            <ButtonForm path="/fn/create_write_key" label="Make a write key" class="button primary">
                <Hidden name="bot_id" value=bot_id.to_string() />
                <Hidden name="next" value=format!("/bots/{bot_id}/connect") />
            </ButtonForm>
        }
    });
    let full = (!is_new && !may_add).then(|| {
        view! {
            <p>
                "This bot has two keys, the most that it can have. "
                <a href=format!("/bots/{bot_id}/settings#keys")>"Revoke one"</a> " to make another."
            </p>
        }
    });
    view! {
        <section class="card" id="key" aria-labelledby="key-title">
            <h2 id="key-title">"Write key"</h2>
            {secret}
            {without}
            {make}
            {full}
            <p>
                "Messages appear on the page " <a href=format!("/bots/{bot_id}/intake")>"Intake"</a>
                " within seconds, with what was not counted and why."
            </p>
        </section>
    }
    .erase()
}
