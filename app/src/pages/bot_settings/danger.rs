//! Deleting a bot, with its name typed.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{Field, FormState, Hidden, PostForm, SubmitButton};
use crate::erased::Erase as _;

/// Deletes the bot with everything it ever sent.
#[component]
pub fn DeleteBot(id: BotId, name: String) -> impl IntoView {
    let form = FormState::new("/fn/delete_bot");
    view! {
        <section class="card danger-zone" id="delete" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete this bot"</h2>
            <p>
                "Deletes "<strong>
                    <bdi>{name}</bdi>
                </strong>
                " with all its messages, figures and keys, at once and for ever. To pause it, deactivate it instead."
            </p>
            <PostForm form=form fields=&["confirmation"]>
                <Hidden name="bot_id" value=id.to_string() />
                <Field form=form name="confirmation" label="Type the bot's name to confirm" />
                <SubmitButton form=form label="Delete this bot" class="button danger" />
            </PostForm>
        </section>
    }
    .erase()
}
