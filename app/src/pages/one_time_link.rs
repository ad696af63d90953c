//! What a one-time link opens: an invitation, or the choice of a new password.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::one_time_link::{load_invitation, load_password_link};
use crate::asking::Answer;
use crate::components::{Field, FormState, Hidden, PostForm, SubmitButton, loaded};
use crate::erased::{Content, Erase as _};

/// `/invitation?token={token}`.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = token();
    let email = Answer::new(|| (), move |()| load_invitation(token.get_value()));
    loaded(email, move |email: Option<String>| match email {
        Some(email) => {
            let form = FormState::new("/fn/accept_invitation");
            view! {
                <Door title="Welcome to Parlance">
                    <p>"You are invited. Choose a password to create your account and sign in."</p>
                    <PasswordForm form=form token=token.get_value() email=email label="Create account" />
                </Door>
            }
            .erase()
        }
        None => view! { <LinkEnded /> }.erase(),
    })
}

/// `/new-password?token={token}`.
#[component]
pub fn NewPasswordPage() -> impl IntoView {
    let token = token();
    let email = Answer::new(|| (), move |()| load_password_link(token.get_value()));
    loaded(email, move |email: Option<String>| match email {
        Some(email) => {
            let form = FormState::new("/fn/choose_password");
            view! {
                <Door title="Choose a new password">
                    <p>"It signs you in here, and ends every other sign-in."</p>
                    <PasswordForm
                        form=form
                        token=token.get_value()
                        email=email
                        label="Change password"
                        choice=view! { <EndTokens /> }.erase()
                    />
                </Door>
            }
            .erase()
        }
        None => view! { <LinkEnded /> }.erase(),
    })
}

/// Asks whether the account's read tokens end with the old password.
#[component]
pub fn EndTokens() -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="end_tokens" value="true" />
            <span>
                "End my read tokens too: programs that read figures with them stop until they get new ones"
            </span>
        </label>
    }
    .erase()
}

fn token() -> StoredValue<String> {
    StoredValue::new(use_query_map().read_untracked().get("token").unwrap_or_default())
}

#[component]
fn Door(title: &'static str, children: Content) -> impl IntoView {
    view! {
        <Title text=title />
        <section class="card door">
            <h1>{title}</h1>
            {children.show()}
        </section>
    }
    .erase()
}

#[component]
fn PasswordForm(
    form: FormState,
    token: String,
    /// The account's address: it is fixed, and browsers keep the password under it.
    email: String,
    label: &'static str,
    /// What else is asked.
    #[prop(optional)]
    choice: Option<AnyView>,
) -> impl IntoView {
    view! {
        <PostForm form=form fields=&["password"]>
            <Hidden name="token" value=token />
            <div class="field">
                <label for="link-email">"E-mail"</label>
                <input id="link-email" type="email" autocomplete="username" value=email readonly />
            </div>
            <Field
                form=form
                name="password"
                label="Password"
                kind="password"
                autocomplete="new-password"
                min_length="10"
                hint="At least 10 characters. A few words in a row are easy to keep and hard to guess."
            />
            {choice}
            <SubmitButton form=form label=label />
        </PostForm>
    }
    .erase()
}

#[component]
fn LinkEnded() -> impl IntoView {
    view! {
        <Door title="This link does not work any more">
            <p>
                "It was used, has expired, or a newer link was made. If you have an account, sign in; else ask the admin who sent it for a new link."
            </p>
            <p class="actions">
                <a class="button primary" href="/sign-in" rel="external">
                    "Sign in"
                </a>
            </p>
        </Door>
    }
    .erase()
}
