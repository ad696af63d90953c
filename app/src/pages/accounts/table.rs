//! Every account, and what can be changed about it.

use leptos::prelude::*;

use crate::components::{ActionRow, ButtonForm, Hidden, action_rows};
use crate::erased::Erase as _;
use crate::wire::accounts::AccountRow;

const COLUMNS: [&str; 5] = ["E-mail", "Role", "Since", "Last sign-in", "Bots"];

/// All accounts, with a button for each change.
#[component]
pub fn Accounts(accounts: Vec<AccountRow>) -> impl IntoView {
    view! {
        <section class="card" id="accounts" aria-labelledby="accounts-title">
            <h2 id="accounts-title">"All accounts"</h2>
            <p>
                "A member sees their own bots, an admin sees every bot and this page. A disabled account cannot sign in and its read tokens do not work; its bots still take messages."
            </p>
            {action_rows(COLUMNS, accounts.into_iter().map(account_row))}
        </section>
    }
    .erase()
}

fn account_row(account: AccountRow) -> ActionRow<5> {
    let action = if account.is_own {
        view! { <span class="state receiving">"You"</span> }.erase()
    } else {
        actions(&account)
    };
    let role = if account.is_admin { "Admin" } else { "Member" };
    let disabled = account.is_disabled.then(|| {
        view! {
            " "
            <span class="state waiting">"Disabled"</span>
        }
    });
    let role = view! { <span>{role} {disabled}</span> };
    let cells = [
        account.email.erase(),
        role.erase(),
        account.created.erase(),
        account.last_sign_in.erase(),
        account.bots.erase(),
    ];
    ActionRow { cells, action }
}

fn actions(account: &AccountRow) -> AnyView {
    let password = (!account.is_disabled).then(|| {
        button(account, "/fn/make_password_link", "New password", "button small", "Make a password link for")
    });
    let role = if account.is_admin {
        role_button(account, "member", "Make member", "Remove admin rights from")
    } else {
        role_button(account, "admin", "Make admin", "Give admin rights to")
    };
    let state = if account.is_disabled {
        button(account, "/fn/enable_account", "Enable", "button small", "Enable")
    } else {
        button(account, "/fn/disable_account", "Disable", "button small danger", "Disable")
    };
    view! { <div class="row-buttons">{password} {role} {state}</div> }.erase()
}

/// A button about the account; `what` and the address are its name.
fn button(
    account: &AccountRow,
    path: &'static str,
    label: &'static str,
    class: &'static str,
    what: &str,
) -> AnyView {
    let (id, name) = (account.id.to_string(), name(label, what, &account.email));
    view! {
        <ButtonForm path=path label=label class=class name=name>
            <Hidden name="account_id" value=id />
        </ButtonForm>
    }
    .erase()
}

fn role_button(account: &AccountRow, role: &'static str, label: &'static str, what: &str) -> AnyView {
    let (id, name) = (account.id.to_string(), name(label, what, &account.email));
    view! {
        <ButtonForm path="/fn/change_role" label=label class="button small" name=name>
            <Hidden name="account_id" value=id />
            <Hidden name="role" value=role.to_owned() />
        </ButtonForm>
    }
    .erase()
}

/// Begins with the label, so that whoever says what they see presses it.
fn name(label: &str, what: &str, email: &str) -> String {
    format!("{label}: {what} {email}")
}
