//! Read tokens: how programs read the figures.

use leptos::prelude::*;

use crate::components::{ActionRow, ButtonForm, Hidden, NewSecret, action_rows};
use crate::erased::Erase as _;
use crate::wire::keys::KeyRow;
use crate::wire::viewer::BotLink;

const COLUMNS: [&str; 4] = ["Token", "Reads", "Made", "Last used"];

/// The account's living read tokens, and the making of another.
#[component]
pub fn ReadTokens(
    tokens: Vec<KeyRow>,
    may_add: bool,
    bots: Vec<BotLink>,
    new_token: Option<String>,
) -> impl IntoView {
    view! {
        <section class="card" id="tokens" aria-labelledby="tokens-title">
            <h2 id="tokens-title">"Read tokens"</h2>
            <p>
                "A program needs a token to read figures through the API. It sees what you see, or one bot only. See the "
                <a href="/openapi" rel="external">
                    "API reference"
                </a>"."
            </p>
            {new_token.map(|token| view! { <NewSecret secret=token kind="read token" /> })}
            {(!tokens.is_empty()).then(|| action_rows(COLUMNS, tokens.into_iter().map(token_row)))}
            {may_add.then(|| view! { <NewToken bots=bots /> })}
        </section>
    }
    .erase()
}

#[component]
fn NewToken(bots: Vec<BotLink>) -> impl IntoView {
    let choices = bots.into_iter().map(|bot| view! { <option value=bot.id.to_string()>{bot.name}</option> });
    view! {
        <form class="form inline" method="post" action="/fn/create_read_token">
            <div class="field">
                <label for="token-bot">"It reads"</label>
                <select id="token-bot" name="bot">
                    <option value="">"Every bot I may see"</option>
                    {choices.collect_view()}
                </select>
            </div>
            <button type="submit" class="button">
                "Make a read token"
            </button>
        </form>
    }
    .erase()
}

fn token_row(token: KeyRow) -> ActionRow<4> {
    let action = view! {
        <ButtonForm
            path="/fn/revoke_read_token"
            label="Revoke"
            class="button small danger"
            name=format!("Revoke the token {}", token.prefix)
        >
            <Hidden name="token_id" value=token.id.to_string() />
        </ButtonForm>
    };
    let prefix = view! { <code>{token.prefix}"…"</code> };
    let reads = token.limit.unwrap_or_else(|| "Every bot".to_owned());
    ActionRow {
        cells: [prefix.erase(), reads.erase(), token.created.erase(), token.last_used.erase()],
        action: action.erase(),
    }
}
