//! The session rule's timeout, with its effect before it is applied.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{FormState, Hidden, PostForm, SubmitButton};
use crate::erased::Erase as _;
use crate::wire::settings::TimeoutEffect;

/// Asks for a timeout, shows what it would do, then applies it.
#[component]
pub fn Sessions(
    id: BotId,
    /// The present timeout, in minutes.
    timeout_min: i64,
    /// What another one would do, if one was asked about.
    preview: Option<TimeoutEffect>,
) -> impl IntoView {
    let asked_min = match &preview {
        Some(TimeoutEffect::Sessions { timeout_min, .. }) => *timeout_min,
        _ => timeout_min,
    };
    view! {
        <section class="card" id="sessions" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p>
                "After a pause longer than the timeout, a user's next message opens a new session. It is "
                <strong>{minutes(timeout_min)}</strong>
                " now. Messages with a session id of their own are not affected."
            </p>
            <form class="form inline" method="get" action=format!("/bots/{id}/settings#sessions")>
                <div class="field">
                    <label for="timeout">"Timeout in minutes"</label>
                    <input
                        id="timeout"
                        type="number"
                        name="timeout_min"
                        min="1"
                        max="1440"
                        required
                        value=asked_min
                    />
                </div>
                <button type="submit" class="button">
                    "Preview"
                </button>
            </form>
            {preview.map(|effect| view! { <Effect id=id effect=effect /> })}
        </section>
    }
    .erase()
}

#[component]
fn Effect(id: BotId, effect: TimeoutEffect) -> impl IntoView {
    let TimeoutEffect::Sessions { timeout_min, now, then } = effect else {
        return view! {
            <p class="form-error" role="alert">
                "A timeout is 1 to 1440 minutes."
            </p>
        }
        .erase();
    };
    let form = FormState::new("/fn/save_timeout");
    view! {
        <div class="notice" role="status">
            <p>
                "With a timeout of "<strong>{minutes(timeout_min)}</strong>" the past 28 days have "
                <strong>{then}</strong> " sessions; as counted now they have "<strong>{now}</strong>
                ". Applying it counts all history again."
            </p>
            <PostForm form=form fields=&[]>
                <Hidden name="bot_id" value=id.to_string() />
                <Hidden name="timeout_min" value=timeout_min.to_string() />
                <SubmitButton form=form label="Apply" />
            </PostForm>
        </div>
    }
    .erase()
}

fn minutes(count: i64) -> String {
    match count {
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        _ if count % 60 == 0 => format!("{} hours", count / 60),
        _ => format!("{count} minutes"),
    }
}
