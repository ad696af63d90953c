//! Short messages above the content.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::error_text::error_text;
use super::form::{find_url_error, shows_own_errors};
#[cfg(feature = "hydrate")]
use super::go_to::replace_address;
use crate::erased::{Content, Erase as _};

/// Something that went well or is worth knowing.
#[component]
pub fn Notice(children: Content) -> impl IntoView {
    view! {
        <div class="notice" role="status">
            {children.show()}
        </div>
    }
    .erase()
}

/// Above what was there before, while there is nothing newer.
#[component]
pub fn StaleNotice() -> impl IntoView {
    view! {
        <p class="notice failure" role="alert">
            "The server does not answer at the moment. The page shows older data and keeps trying."
        </p>
    }
    .erase()
}

/// What a form did a moment ago, by its word; nothing for any other word. The page opens with the keyboard here.
#[component]
pub fn DoneNotice(done: Option<String>) -> impl IntoView {
    let sentence = done.and_then(|done| done_sentence(&done));
    sentence.map(|sentence| {
        view! {
            <div class="notice" role="status" tabindex="-1" autofocus>
                {sentence}
            </div>
        }
        .erase()
    })
}

/// The error of a form that consists of a button only, from the page's address.
#[component]
pub fn UrlErrorNotice() -> impl IntoView {
    let query = use_query_map();
    #[cfg(feature = "hydrate")]
    Effect::new(forget_url_error);
    move || {
        let (path, error) = find_url_error(&query.read())?;
        let notice = view! {
            <div class="notice failure" role="alert">
                {error_text(&error)}
            </div>
        };
        (!shows_own_errors(&path)).then_some(notice)
    }
}

/// Takes the error out of the page's address once it is shown: it shall not come back with the page.
#[cfg(feature = "hydrate")]
fn forget_url_error() {
    let location = window().location();
    let (Ok(path), Ok(search), Ok(hash)) = (location.pathname(), location.search(), location.hash()) else {
        return;
    };
    let query = search.trim_start_matches('?');
    let is_error = |pair: &&str| pair.starts_with("__path=") || pair.starts_with("__err=");
    if !query.split('&').any(|pair| is_error(&pair)) {
        return;
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_error(pair)).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    replace_address(&format!("{path}{query}{hash}"));
}

fn done_sentence(done: &str) -> Option<&'static str> {
    Some(match done {
        "general" => "Saved. All figures now follow the new settings.",
        "sessions" => "Saved. All sessions now follow the new timeout.",
        "text" => "Saved. It applies to messages that arrive from now on.",
        "activation" => "Done. It applies from now on.",
        "key_revoked" => "The key is revoked and is not accepted any more.",
        "password" => "Your password is changed, and every other sign-in has ended.",
        "password_and_tokens" => {
            "Your password is changed, and every other sign-in and all read tokens have ended."
        }
        "account_disabled" => "The account is disabled: its sign-ins ended, its bots still send.",
        "account_enabled" => "The account can sign in again.",
        "admin_made" => "The account is an admin now: it sees every bot and this page.",
        "admin_removed" => "The account is a member now: it sees its own bots only.",
        "invitation_withdrawn" => "The invitation is withdrawn: its link does not work any more.",
        "login_revoked" => "That sign-in has ended.",
        "token_revoked" => "The token is revoked and does not work any more.",
        _ => return None,
    })
}
