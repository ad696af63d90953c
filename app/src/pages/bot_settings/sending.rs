//! Whether the bot may send, on which channels it did, and whether its messages' text is kept.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{ButtonForm, Hidden};
use crate::erased::Erase as _;

/// Activation, text and channels.
#[component]
pub fn Sending(id: BotId, is_activated: bool, stores_text: bool, channels: Vec<String>) -> impl IntoView {
    let (state, change) = if is_activated {
        ("It is activated: its messages are counted, and its figures can be seen.", "Deactivate")
    } else {
        (
            "It is not activated: its messages are refused, and its figures are hidden. Nothing is deleted.",
            "Activate",
        )
    };
    view! {
        <section class="card" id="activation" aria-labelledby="activation-title">
            <h2 id="activation-title">"Activation"</h2>
            <p>{state}</p>
            <ButtonForm path="/fn/set_activation" label=change>
                <Hidden name="bot_id" value=id.to_string() />
                <Hidden name="activate" value=(!is_activated).to_string() />
                <Hidden name="next" value=format!("/bots/{id}/settings#activation") />
            </ButtonForm>
        </section>
        <StoredText id=id stores_text=stores_text />
        <section class="card" id="channels" aria-labelledby="channels-title">
            <h2 id="channels-title">"Channels"</h2>
            <Channels channels=channels />
        </section>
    }
    .erase()
}

#[component]
fn StoredText(id: BotId, stores_text: bool) -> impl IntoView {
    let (state, change) = if stores_text {
        ("The text of messages is stored. If you stop, stored text stays.", "Stop storing text")
    } else {
        (
            "The text of messages is not stored: only who wrote when, on which channel. No figure needs the text.",
            "Store text",
        )
    };
    view! {
        <section class="card" id="text" aria-labelledby="text-title">
            <h2 id="text-title">"Message text"</h2>
            <p>{state}</p>
            <ButtonForm path="/fn/save_text_storage" label=change>
                <Hidden name="bot_id" value=id.to_string() />
                <Hidden name="store_text" value=(!stores_text).to_string() />
            </ButtonForm>
        </section>
    }
    .erase()
}

#[component]
fn Channels(channels: Vec<String>) -> impl IntoView {
    if channels.is_empty() {
        let words = "None yet. A channel appears with its first message.";
        return view! { <p class="hint">{words}</p> }.erase();
    }
    let items = channels.into_iter().map(|channel| {
        view! {
            <li>
                <code>{channel}</code>
            </li>
        }
    });
    view! {
        <p>"Seen so far:"</p>
        <ul class="chips">{items.collect_view()}</ul>
    }
    .erase()
}
