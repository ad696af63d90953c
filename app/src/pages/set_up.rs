//! The first start: making the account that everything begins with.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::sign_in::load_set_up;
use crate::asking::Answer;
use crate::components::{Field, FormState, Hidden, PostForm, SubmitButton, loaded};
use crate::erased::Erase as _;

/// `/set-up?token={token}`.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").filter(|token| !token.is_empty());
    let token = StoredValue::new(token);
    let is_open = Answer::new(|| (), |()| load_set_up());
    loaded(is_open, move |is_open: bool| {
        let content = match (is_open, token.get_value()) {
            (false, _) => view! { <AlreadySetUp /> }.erase(),
            (true, token) => view! { <FirstAccount token=token /> }.erase(),
        };
        view! {
            <Title text="Set up" />
            <section class="card door">{content}</section>
        }
        .erase()
    })
}

#[component]
fn AlreadySetUp() -> impl IntoView {
    view! {
        <h1>"Set up already"</h1>
        <p>
            "This server has its first account, so the one-time link is used up. Sign in, or ask an admin of this server for an invitation."
        </p>
        <p class="actions">
            <a class="button primary" href="/sign-in" rel="external">
                "Sign in"
            </a>
        </p>
    }
    .erase()
}

#[component]
fn FirstAccount(
    /// The one-time token of the address.
    token: Option<String>,
) -> impl IntoView {
    let form = FormState::new("/fn/set_up");
    let token_field = match token {
        Some(token) => view! {
            <Hidden name="token" value=token />
            <TokenError form=form />
        }.erase(),
        None => view! {
            <Field
                form=form
                name="token"
                label="Set-up token"
                hint="The server printed it when it started, in a line with “/set-up?token=”. Open that address, or paste the token here. Restart the server to see a new one."
            />
        }
        .erase(),
    };
    view! {
        <h1>"Welcome to Parlance"</h1>
        <p>"Make the first account. It is an admin: it sees every bot and can invite others."</p>
        <PostForm form=form fields=&["token", "email", "password"]>
            {token_field}
            <Field form=form name="email" label="E-mail" kind="email" autocomplete="username" />
            <Field
                form=form
                name="password"
                label="Password"
                kind="password"
                autocomplete="new-password"
                min_length="10"
                hint="At least 10 characters. A few words in a row are easy to keep and hard to guess."
            />
            <SubmitButton form=form label="Create account" />
        </PostForm>
    }
    .erase()
}

/// The error of a token that is not visible as a field.
#[component]
fn TokenError(form: FormState) -> impl IntoView {
    move || {
        form.field_error("token").map(|error| {
            view! {
                <p class="form-error" role="alert">
                    {error}
                </p>
            }
        })
    }
}
