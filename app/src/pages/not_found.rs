//! The page of an address that leads nowhere.

use leptos::prelude::*;

/// Any other address.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <h1>"Page not found"</h1> }
}
