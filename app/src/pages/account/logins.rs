//! Where the viewer is signed in.

use leptos::prelude::*;

use crate::api::account::LoginRow;
use crate::components::{ButtonForm, Hidden};

/// Every living sign-in, each of which can be ended.
#[component]
pub fn Logins(logins: Vec<LoginRow>) -> impl IntoView {
    let rows = logins.into_iter().map(|login| {
        let end = view! {
            <ButtonForm
                path="/fn/revoke_login"
                label="End"
                class="button small danger"
                name=format!("End the sign-in of {}", login.browser)
            >
                <Hidden name="login_id" value=login.id.to_string() />
            </ButtonForm>
        };
        let action = if login.is_current {
            view! { <span class="state receiving">"This one"</span> }.into_any()
        } else {
            end.into_any()
        };
        view! {
            <tr>
                <td data-label="Browser">{login.browser}</td>
                <td data-label="Signed in">{login.created}</td>
                <td data-label="Last used">{login.last_used}</td>
                <td class="row-action">{action}</td>
            </tr>
        }
    });
    view! {
        <section class="card" id="logins" aria-labelledby="logins-title">
            <h2 id="logins-title">"Sign-ins"</h2>
            <p>"Each lasts for 30 days after its last use."</p>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Browser"</th>
                        <th scope="col">"Signed in"</th>
                        <th scope="col">"Last used"</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
