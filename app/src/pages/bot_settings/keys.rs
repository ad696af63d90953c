//! Write keys: made, shown once, revoked; two alive at once, so that one can replace the other without a gap.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{ActionRow, ButtonForm, Hidden, NewSecret, action_rows};
use crate::erased::Erase as _;
use crate::wire::keys::KeyRow;

const COLUMNS: [&str; 4] = ["Key", "Opens", "Made", "Last used"];

/// The bot's living write keys, and the making of another.
#[component]
pub fn WriteKeys(
    id: BotId,
    keys: Vec<KeyRow>,
    /// What another key may open: word and name. The empty word is every way in.
    doors: Vec<(String, String)>,
    new_key: Option<String>,
) -> impl IntoView {
    let label = if keys.is_empty() { "Make a write key" } else { "Make another key" };
    let is_full = !doors.iter().any(|(word, _)| word.is_empty());
    let full = is_full.then(|| {
        view! {
            <p class="hint">
                "There are two keys for every door, the most that a bot can have. Revoke one to make another."
            </p>
        }
    });
    view! {
        <section class="card" id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Write keys"</h2>
            <p>
                "The bot sends its messages with a write key. To replace a key without losing a message, make another key, change your bot to it, and revoke the first when it is not used any more. A key for one door is refused at all others: use one if the key is part of an address, as with Chatwoot."
            </p>
            {new_key.map(|key| view! { <NewSecret secret=key kind="write key" /> })}
            {(!keys.is_empty()).then(|| action_rows(COLUMNS, keys.into_iter().map(|key| key_row(id, key))))}
            {full}
            <NewKey id=id doors=doors label=label />
        </section>
    }
    .erase()
}

#[component]
fn NewKey(id: BotId, doors: Vec<(String, String)>, label: &'static str) -> impl IntoView {
    let choices = doors.into_iter().map(|(word, name)| view! { <option value=word>{name}</option> });
    view! {
        <form class="form inline" method="post" action="/fn/create_write_key">
            <Hidden name="bot_id" value=id.to_string() />
            <Hidden name="next" value=format!("/bots/{id}/settings#keys") />
            <div class="field">
                <label for="key-door">"May be used by"</label>
                <select id="key-door" name="door">
                    {choices.collect_view()}
                </select>
            </div>
            <button type="submit" class="button">
                {label}
            </button>
        </form>
    }
    .erase()
}

fn key_row(id: BotId, key: KeyRow) -> ActionRow<4> {
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
    let opens = key.limit.unwrap_or_else(|| "Every door".to_owned());
    ActionRow {
        cells: [prefix.erase(), opens.erase(), key.created.erase(), key.last_used.erase()],
        action: action.erase(),
    }
}
