//! Write keys: made, shown once, revoked; two alive at once, so that one can replace the other without a gap.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::api::settings::KeyRow;
use crate::components::{ActionRow, ButtonForm, Hidden, NewSecret, action_rows};
use crate::erased::Erase as _;

const COLUMNS: [&str; 3] = ["Key", "Made", "Last used"];

/// The bot's living write keys.
#[component]
pub fn WriteKeys(id: BotId, keys: Vec<KeyRow>, may_add: bool, new_key: Option<String>) -> impl IntoView {
    let label = if keys.is_empty() { "Make a write key" } else { "Make a second key" };
    let make = may_add.then(|| {
        view! {
            <ButtonForm path="/fn/create_write_key" label=label>
                <Hidden name="bot_id" value=id.to_string() />
                <Hidden name="next" value=format!("/bots/{id}/settings#keys") />
            </ButtonForm>
        }
    });
    let full = (!may_add).then(|| {
        view! { <p class="hint">"Two keys live, which is as many as there can be. Revoke one to make another."</p> }
    });
    view! {
        <section class="card" id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Write keys"</h2>
            <p>
                "The bot sends its messages with a write key. To replace one without losing a message, make a second key, change your bot over to it, and revoke the first once it is no longer used."
            </p>
            {new_key.map(|key| view! { <NewSecret secret=key kind="write key" /> })}
            {(!keys.is_empty()).then(|| action_rows(COLUMNS, keys.into_iter().map(|key| key_row(id, key))))}
            {make}
            {full}
        </section>
    }
    .erase()
}

fn key_row(id: BotId, key: KeyRow) -> ActionRow<3> {
    let action = view! {
        <ButtonForm
            path="/fn/revoke_write_key"
            label="Revoke"
            class="button small danger"
            name=format!("Revoke the key {}", key.prefix)
        >
            <Hidden name="bot_id" value=id.to_string() />
            <Hidden name="key_id" value=key.id.to_string() />
        </ButtonForm>
    };
    let prefix = view! { <code>{key.prefix}"…"</code> };
    ActionRow { cells: [prefix.erase(), key.created.erase(), key.last_used.erase()], action: action.erase() }
}
