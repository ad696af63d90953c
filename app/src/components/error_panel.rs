//! A part of a page that could not be loaded: what happened, and what to do now.

use leptos::prelude::*;

use super::error_text::error_text;
use crate::erased::Erase as _;
use crate::error::AppError;

/// Stands where the part would be; the rest of the page stays. Its link loads the page anew.
#[component]
pub fn ErrorPanel(error: AppError) -> impl IntoView {
    view! {
        <div class="error-panel" role="alert">
            <p class="error-panel-title">"This could not be loaded"</p>
            <p>{error_text(&error)}</p>
            <a class="button" href="" rel="external">
                "Try again"
            </a>
        </div>
    }
    .erase()
}
