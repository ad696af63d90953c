//! Everybody's accounts, for admins. For others the page is not there.

pub mod invitations;
pub mod table;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::accounts::load_accounts;
use crate::asking::Answer;
use crate::components::{CopyButton, DoneNotice, loaded};
use crate::erased::Erase as _;
use crate::wire::accounts::{AccountsView, NewLink};

/// `/accounts`.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let accounts = Answer::new(|| (), |()| load_accounts());
    loaded(accounts, |view: AccountsView| {
        view! {
            <Title text="Accounts" />
            <div class="page-heading">
                <h1>"Accounts"</h1>
                <p class="page-subtitle">"Who may sign in to this server."</p>
            </div>
            <DoneNotice done=view.done />
            {view.new_link.map(|link| view! { <OneTimeLink link=link /> })}
            <div class="sections">
                <table::Accounts accounts=view.accounts />
                <invitations::Invitations invitations=view.invitations />
            </div>
        }
        .erase()
    })
}

/// A link that was just made. No mail is sent: the admin passes it on.
#[component]
fn OneTimeLink(link: NewLink) -> impl IntoView {
    let (title, purpose) = if link.is_invitation {
        ("Invitation for ", "choose a password and sign in")
    } else {
        ("New password for ", "choose a new password. Until then the old one works")
    };
    let sentence = format!(
        " Send them this link: with it they {purpose}. It works once, ends {}, and is shown only once, so copy it now.",
        link.ends
    );
    view! {
        <div class="notice secret" role="status" tabindex="-1" autofocus>
            <p>
                <strong>{title}{link.email}"."</strong>
                {sentence}
            </p>
            <p class="secret-text">
                <code>{link.url.clone()}</code>
                <CopyButton text=link.url what="the link".to_owned() />
            </p>
        </div>
    }
    .erase()
}
