//! Copies a text to the clipboard.

use leptos::prelude::*;

use crate::erased::Erase as _;

/// A button that copies `text`. It appears once the page can do it: not without script, nor where the browser allows
/// no clipboard.
#[component]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What it is, for the button's name: "the key".
    what: String,
) -> impl IntoView {
    let can_copy = RwSignal::new(false);
    let is_copied = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move || can_copy.set(window().is_secure_context()));
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        // Whether the browser then allows it is between it and its user; without, the text can still be selected.
        let _ = window().navigator().clipboard().write_text(&text);
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
        is_copied.set(true);
    };
    view! {
        <button
            type="button"
            class="button small"
            hidden=move || !can_copy.get()
            aria-label=format!("Copy {what}")
            on:click=copy
        >
            {move || if is_copied.get() { "Copied" } else { "Copy" }}
        </button>
    }
    .erase()
}
