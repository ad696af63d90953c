//! A key or token that was just made.

use leptos::prelude::*;

use super::CopyButton;
use crate::erased::Erase as _;

/// Shows a secret this once.
#[component]
pub fn NewSecret(
    /// The whole of it.
    secret: String,
    /// "write key" or "read token".
    kind: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice secret" role="status">
            <p>
                <strong>{format!("Your new {kind}.")}</strong>
                " It is shown this once: copy it now."
            </p>
            <p class="secret-text">
                <code>{secret.clone()}</code>
                <CopyButton text=secret what=format!("the {kind}") />
            </p>
        </div>
    }
    .erase()
}
