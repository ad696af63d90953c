//! The page of an address that leads nowhere, or to what is not the viewer's to see: the two look the same.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::erased::Erase as _;

/// Any other address.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::refusal::set_response_status(&crate::error::AppError::NotFound);
    view! {
        <Title text="Not found" />
        <section class="card centred">
            <p class="big-code" aria-hidden="true">
                "404"
            </p>
            <h1>"Nothing here"</h1>
            <p>
                "This page does not exist, or you may not see it. If somebody sent you the link, ask them for access."
            </p>
            <p class="actions">
                <a class="button primary" href="/" rel="external">
                    "All bots"
                </a>
            </p>
        </section>
    }
    .erase()
}
