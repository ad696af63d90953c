//! The sign of a menu.

use leptos::prelude::*;

use crate::erased::Erase as _;

/// The mark of a button that opens a menu.
#[component]
pub fn Chevron() -> impl IntoView {
    view! {
        <svg class="chevron" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path d="M2.5 4.5 6 8l3.5-3.5" fill="none" stroke="currentColor" stroke-width="1.5"></path>
        </svg>
    }
    .erase()
}
