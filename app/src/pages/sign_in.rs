//! Signing in, and back to where one wanted to go.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::sign_in::load_sign_in;
use crate::asking::Answer;
use crate::components::{Field, FormState, GoTo, Hidden, PostForm, SubmitButton, loaded};
use crate::erased::Erase as _;
use crate::wire::sign_in::SignInState;

/// `/sign-in?next={path}`.
#[component]
pub fn SignInPage() -> impl IntoView {
    let next = use_query_map().read_untracked().get("next").unwrap_or_else(|| "/".to_owned());
    let next = StoredValue::new(next);
    let state = Answer::new(|| (), move |()| load_sign_in(next.get_value()));
    loaded(state, move |state: SignInState| match state {
        SignInState::SetUp => view! { <GoTo path="/set-up".to_owned() /> }.erase(),
        SignInState::SignedIn(path) => view! { <GoTo path=path /> }.erase(),
        SignInState::Ask { demo } => view! { <SignInForm next=next.get_value() demo=demo /> }.erase(),
    })
}

#[component]
fn SignInForm(
    next: String,
    /// A demo server's published sign-in.
    demo: Option<(String, String)>,
) -> impl IntoView {
    let form = FormState::new("/fn/sign_in");
    let hint = demo.as_ref().map(|(email, password)| {
        view! {
            <div class="notice">
                <p>
                    "This is a demo. Sign in as "<code>{email.clone()}</code>" with "
                    <code>{password.clone()}</code>": it is filled in already."
                </p>
            </div>
        }
    });
    let (email, password) = demo.unwrap_or_default();
    view! {
        <Title text="Sign in" />
        <section class="card door">
            <h1>"Sign in"</h1>
            {hint}
            <PostForm form=form fields=&["email", "password"]>
                <Field
                    form=form
                    name="email"
                    label="E-mail"
                    kind="email"
                    value=email
                    autocomplete="username"
                />
                <Field
                    form=form
                    name="password"
                    label="Password"
                    kind="password"
                    value=password
                    autocomplete="current-password"
                />
                <Hidden name="next" value=next />
                <SubmitButton form=form label="Sign in" />
            </PostForm>
        </section>
    }
    .erase()
}
