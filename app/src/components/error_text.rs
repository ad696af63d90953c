//! An error as people read it, with the way on where there is one.

use leptos::prelude::*;

use super::error_words::sentence;
use super::page_error::sign_in_path;
use crate::erased::Erase as _;
use crate::error::AppError;

/// The sentence of an error; who is signed out gets a link that leads back here afterwards.
pub fn error_text(error: &AppError) -> AnyView {
    let link = (*error == AppError::SignedOut).then(|| {
        view! {
            " "
            <a href=sign_in_path() rel="external">
                "Sign in"
            </a>
        }
    });
    view! {
        {sentence(error)}
        {link}
    }
    .erase()
}
