//! Changing the password.

use leptos::prelude::*;

use crate::components::{Field, FormState, PostForm, SubmitButton};
use crate::erased::Erase as _;
use crate::pages::one_time_link::EndTokens;

/// Asks for the current and the new password.
#[component]
pub fn PasswordChange(
    /// The account's address: browsers keep passwords under it.
    email: String,
) -> impl IntoView {
    let form = FormState::new("/fn/change_password");
    view! {
        <section class="card" id="password" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p>"Changing it ends every other sign-in."</p>
            <PostForm form=form fields=&["current", "password"]>
                <input type="text" autocomplete="username" value=email readonly hidden />
                <Field
                    form=form
                    name="current"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                />
                <Field
                    form=form
                    name="password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    min_length="10"
                    hint="At least 10 characters."
                />
                <EndTokens />
                <SubmitButton form=form label="Change password" />
            </PostForm>
        </section>
    }
    .erase()
}
