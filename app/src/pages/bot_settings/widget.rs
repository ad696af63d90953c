//! What holds for a chat widget in a web page: the sites whose pages may send, and what it sends by itself.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::components::{Field, FormState, Hidden, PostForm, SubmitButton};
use crate::erased::Erase as _;
use crate::wire::keys::KeyRow;

/// The sites of each write key.
#[component]
pub fn KeySites(id: BotId, keys: Vec<KeyRow>) -> impl IntoView {
    let form = FormState::new("/fn/save_sites");
    let named = keys.iter().filter(|key| !key.sites.is_empty());
    let named = named.map(|key| {
        view! {
            <li>
                <code>{key.prefix.clone()}"…"</code>
                " "
                {key.sites.clone()}
            </li>
        }
    });
    let (named, first) =
        (named.collect_view(), keys.first().map(|key| key.sites.clone()).unwrap_or_default());
    let is_named = keys.iter().any(|key| !key.sites.is_empty());
    let has_keys = !keys.is_empty();
    let options =
        keys.into_iter().map(|key| view! { <option value=key.id.to_string()>{key.prefix}"…"</option> });
    let options = options.collect_view();
    let fields = has_keys.then(|| {
        view! {
            <PostForm form=form fields=&["sites"]>
                <Hidden name="bot_id" value=id.to_string() />
                <div class="field">
                    <label for="sites-key">"Write key"</label>
                    <select id="sites-key" name="key_id">
                        {options}
                    </select>
                </div>
                <Field
                    form=form
                    name="sites"
                    label="Sites"
                    value=first
                    hint="Such as https://shop.example, separated by spaces. Empty for none."
                />
                <SubmitButton form=form label="Save" />
            </PostForm>
        }
        .erase()
    });
    view! {
        <section class="card" id="sites" aria-labelledby="sites-title">
            <h2 id="sites-title">"Web pages"</h2>
            <p>
                "A chat widget in a web page shows its write key to every visitor. Name the sites where it runs: then pages of other sites are refused, and the widget sees that its messages arrived. Without sites every page may send, but no page sees the answer. Servers are not affected."
            </p>
            {is_named.then(|| view! { <ul>{named}</ul> })}
            {fields}
        </section>
    }
    .erase()
}

/// What a widget sends by itself when it opens.
#[component]
pub fn WidgetOpenings(id: BotId, openings: String) -> impl IntoView {
    let form = FormState::new("/fn/save_openings");
    view! {
        <section class="card" id="openings" aria-labelledby="openings-title">
            <h2 id="openings-title">"Automatic openings"</h2>
            <PostForm form=form fields=&[]>
                <Hidden name="bot_id" value=id.to_string() />
                <div class="field">
                    <label for="openings-texts">"Texts that a widget sends by itself when it opens"</label>
                    <textarea id="openings-texts" name="openings" rows="4" spellcheck="false">
                        {escape(openings)}
                    </textarea>
                    <p class="hint">
                        "One a line. Nobody typed them, so they are not counted as messages; the page Intake lists them as opening. Leave it empty to count all texts. It applies from now on."
                    </p>
                </div>
                <SubmitButton form=form label="Save" />
            </PostForm>
        </section>
    }
    .erase()
}

/// Text inside of a textarea as HTML has it: Leptos escapes it everywhere but there. The browser has read it already.
fn escape(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text }
}
