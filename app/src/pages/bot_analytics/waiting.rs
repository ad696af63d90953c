//! An activated bot whose first message has not come yet: how to send it. Turns into the dashboard by itself.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{ButtonForm, CopyButton, Hidden, NewSecret};
use crate::erased::Erase as _;
use crate::wire::bot::FirstSteps;

/// Three steps to the first message.
#[component]
pub fn WaitingBot(
    bot_id: BotId,
    /// Keys and code.
    first_steps: FirstSteps,
    /// Called once the first message has come.
    on_message: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let is_silent = watch_for_message(bot_id, on_message);
    let silence = move || {
        is_silent.get().then(|| {
            view! {
                <p class="notice failure" role="alert">
                    "The server does not answer at the moment. The page keeps trying."
                </p>
            }
        })
    };
    let FirstSteps { new_key, key_prefixes, may_add_key, snippets } = first_steps;
    view! {
        <section class="card waiting">
            <div class="waiting-head">
                <span class="pulse" aria-hidden="true"></span>
                <h2>"Waiting for the first message"</h2>
            </div>
            <p>"When this bot's first message arrives, its dashboard appears here by itself."</p>
            {silence}
            <ol class="steps">
                <li>
                    <h3>"Make a write key"</h3>
                    <WriteKey bot_id=bot_id new_key=new_key prefixes=key_prefixes may_add=may_add_key />
                </li>
                <li>
                    <h3>"Send a message when somebody writes to your bot"</h3>
                    <Snippets snippets=snippets />
                    <p>
                        <a href=format!("/bots/{bot_id}/connect")>"Other ways to connect"</a>
                    </p>
                </li>
                <li>
                    <h3>"Or look first"</h3>
                    <p>
                        "The test message is real: it comes from the user "<code>"parlance-test"</code>
                        " on the channel " <code>"test"</code>
                        " and counts in all figures. To remove it, erase that user."
                    </p>
                    <ButtonForm path="/fn/send_test_message" label="Send a test message">
                        <Hidden name="bot_id" value=bot_id.to_string() />
                    </ButtonForm>
                </li>
            </ol>
        </section>
    }
    .erase()
}

#[component]
fn WriteKey(bot_id: BotId, new_key: Option<String>, prefixes: Vec<String>, may_add: bool) -> impl IntoView {
    let is_new = new_key.is_some();
    let living = (!is_new && !prefixes.is_empty()).then(|| {
        view! {
            <p>
                "The bot's keys begin with "<code>{prefixes.join(", ")}</code>
                ". A key is shown only when it is made."
            </p>
        }
    });
    let make = (!is_new && may_add).then(|| {
        view! {
            <ButtonForm path="/fn/create_write_key" label="Make a write key" class="button primary">
                <Hidden name="bot_id" value=bot_id.to_string() />
                <Hidden name="next" value=format!("/bots/{bot_id}/analytics") />
            </ButtonForm>
        }
    });
    view! {
        {new_key.map(|key| view! { <NewSecret secret=key kind="write key" /> })}
        {living}
        {make}
    }
    .erase()
}

/// One language at a time, chosen by radio buttons, so that it works without a script.
#[component]
fn Snippets(snippets: Vec<(String, String)>) -> impl IntoView {
    let choices = snippets.into_iter().enumerate().map(|(place, (language, code))| {
        let id = format!("snippet-{place}");
        view! {
            <input type="radio" name="snippet" id=id.clone() checked=place == 0 />
            <label for=id>{language.clone()}</label>
            <div class="snippet">
                <pre tabindex="0">
                    <code>{code.clone()}</code>
                </pre>
                <CopyButton text=code what=format!("the {language} code") />
            </div>
        }
    });
    view! {
        <fieldset class="snippets">
            <legend class="visually-hidden">"Language"</legend>
            {choices.collect_view()}
        </fieldset>
    }
    .erase()
}

/// Asks every two seconds while the page is visible, one question at a time; says whether the server does not answer.
fn watch_for_message(bot_id: BotId, on_message: impl Fn() + Send + Sync + 'static) -> ReadSignal<bool> {
    let (is_silent, set_silent) = signal(false);
    #[cfg(feature = "hydrate")]
    {
        use std::sync::Arc;
        use std::time::Duration;

        use crate::asking::Newest;

        let asking = Newest::default();
        let on_message = Arc::new(on_message);
        let ask = move || {
            if document().hidden() || asking.is_running() {
                return;
            }
            let on_message = on_message.clone();
            asking.run(async move {
                let answer = crate::api::bot::has_messages(bot_id).await;
                set_silent.try_set(answer.is_err());
                if answer == Ok(true) {
                    on_message();
                }
            });
        };
        Effect::new(move || {
            if let Ok(interval) = set_interval_with_handle(ask.clone(), Duration::from_secs(2)) {
                on_cleanup(move || interval.clear());
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (bot_id, on_message, set_silent);
    is_silent
}
