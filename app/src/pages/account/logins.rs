//! Where the viewer is signed in.

use leptos::prelude::*;

use crate::components::{ActionRow, ButtonForm, Hidden, action_rows};
use crate::erased::Erase as _;
use crate::wire::account::LoginRow;

const COLUMNS: [&str; 3] = ["Browser", "Signed in", "Last used"];

/// Every living sign-in, each of which can be ended.
#[component]
pub fn Logins(logins: Vec<LoginRow>) -> impl IntoView {
    view! {
        <section class="card" id="logins" aria-labelledby="logins-title">
            <h2 id="logins-title">"Sign-ins"</h2>
            <p>"Each lasts 30 days after its last use, and 180 days at most."</p>
            {action_rows(COLUMNS, logins.into_iter().map(login_row))}
        </section>
    }
    .erase()
}

fn login_row(login: LoginRow) -> ActionRow<3> {
    let action = if login.is_current {
        view! { <span class="state receiving">"This one"</span> }.erase()
    } else {
        view! {
            <ButtonForm
                path="/fn/revoke_login"
                label="End"
                class="button small danger"
                name=format!("End the sign-in of {}", login.browser)
            >
                <Hidden name="login_id" value=login.id.to_string() />
            </ButtonForm>
        }
        .erase()
    };
    let cells = [login.browser.erase(), login.created.erase(), login.last_used.erase()];
    ActionRow { cells, action }
}
