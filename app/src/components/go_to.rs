//! Another page in place of this one.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::erased::Erase as _;

/// Goes to a path of this server: by a redirection when the page is rendered, by the browser afterwards.
#[component]
pub fn GoTo(path: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::redirect::redirect(&path);
    #[cfg(feature = "hydrate")]
    {
        let path = path.clone();
        Effect::new(move || leave_for(&path));
    }
    view! {
        <p class="loading">
            <a href=path rel="external">
                "Continue"
            </a>
        </p>
    }
    .erase()
}

/// In place of a page that the other part of the client has: the browser loads it from the server.
#[component]
pub fn OtherPart() -> impl IntoView {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let query =
        if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) };
    view! { <GoTo path=path + &query /> }
}

/// Shows another address for the page that is there, without a step that Back undoes. Where the browser refuses, the
/// address stays, which is harmless.
#[cfg(feature = "hydrate")]
pub(crate) fn replace_address(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address));
    }
}

/// Loads a path of this server as a new page, also when only its fragment differs from the present one.
#[cfg(feature = "hydrate")]
pub(crate) fn leave_for(path: &str) {
    let location = window().location();
    let present = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let is_present = path.split('#').next() == Some(present.as_str());
    // Without navigation there is nothing to do and nobody to tell: the page just stays.
    let _ = location.set_href(path);
    if is_present && path.contains('#') {
        let _ = location.reload();
    }
}
