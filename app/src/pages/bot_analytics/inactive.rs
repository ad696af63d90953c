//! A bot that is not activated has no dashboard.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{ButtonForm, Hidden};
use crate::erased::Erase as _;

/// Says why there is nothing to see, and offers to change that.
#[component]
pub fn InactiveBot(
    bot_id: BotId,
    /// Whether it ever had a message.
    has_messages: bool,
) -> impl IntoView {
    let history = if has_messages {
        "Everything it sent before is kept, and its figures come back when you activate it."
    } else {
        "Activate it when you are ready to send its messages; you can deactivate it again at any time."
    };
    view! {
        <section class="card centred">
            <h2>"This bot is not activated"</h2>
            <p>
                "An inactive bot has no analytics: its messages are refused, none are stored, and its figures are hidden. "
                {history}
            </p>
            <div class="actions">
                <ButtonForm path="/fn/set_activation" label="Activate" class="button primary">
                    <Hidden name="bot_id" value=bot_id.to_string() />
                    <Hidden name="activate" value="true".to_owned() />
                    <Hidden name="next" value=format!("/bots/{bot_id}/analytics") />
                </ButtonForm>
            </div>
        </section>
    }
    .erase()
}
