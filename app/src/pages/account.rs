//! The viewer's own account.

pub mod logins;
pub mod password;
pub mod theme;
pub mod tokens;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::account::load_account;
use crate::asking::Answer;
use crate::components::{DoneNotice, loaded};
use crate::erased::Erase as _;
use crate::wire::account::AccountView;

/// `/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let account = Answer::new(|| (), |()| load_account());
    loaded(account, |account: AccountView| {
        view! {
            <Title text="Account" />
            <div class="page-heading">
                <h1>"Account"</h1>
                <p class="page-subtitle">{account.email.clone()}</p>
                {account.is_admin.then(|| view! { <AccountsLink /> })}
            </div>
            <DoneNotice done=account.done />
            <div class="sections">
                <theme::ThemeChoice theme=account.theme />
                <password::PasswordChange email=account.email />
                <logins::Logins logins=account.logins />
                <tokens::ReadTokens
                    tokens=account.tokens
                    may_add=account.may_add_token
                    bots=account.bots
                    new_token=account.new_token
                />
            </div>
        }
        .erase()
    })
}

#[component]
fn AccountsLink() -> impl IntoView {
    view! {
        <a class="button" href="/accounts">
            "All accounts"
        </a>
    }
    .erase()
}
