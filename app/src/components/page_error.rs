//! A page that could not be loaded, with the status that says so.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use leptos_router::location::Url;

use super::GoTo;
use super::error_words::sentence;
use crate::erased::Erase as _;
use crate::error::AppError;
use crate::pages::NotFoundPage;

/// Stands in place of the page: an absent thing is the page of an absent address, a signed-out visitor is sent to sign
/// in and back.
#[component]
pub fn PageError(error: AppError) -> impl IntoView {
    match error {
        AppError::NotFound => view! { <NotFoundPage /> }.erase(),
        AppError::SignedOut => view! { <GoTo path=sign_in_path() /> }.erase(),
        error => view! { <FailedPage error=error /> }.erase(),
    }
}

#[component]
fn FailedPage(error: AppError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::refusal::set_response_status(&error);
    view! {
        <Title text="Something failed" />
        <section class="card centred">
            <h1>"This page could not be loaded"</h1>
            <p role="alert">{sentence(&error)}</p>
            <p class="actions">
                <a class="button primary" href="" rel="external">
                    "Try again"
                </a>
                <a class="button" href="/" rel="external">
                    "All bots"
                </a>
            </p>
        </section>
    }
    .erase()
}

/// Where to sign in and come back here.
pub(crate) fn sign_in_path() -> String {
    let location = use_location();
    let search = location.search.get_untracked();
    // The address of a form's error is nothing to come back to.
    let query =
        if search.is_empty() || search.contains("__err=") { String::new() } else { format!("?{search}") };
    match location.pathname.get_untracked() + &query {
        path if path == "/" => "/sign-in".to_owned(),
        path => format!("/sign-in?next={}", Url::escape(&path)),
    }
}
