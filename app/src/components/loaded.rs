//! A page's content behind its data.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::PageError;
use crate::error::AppError;

/// Shows what `resource` gives once it is there, and keeps showing it while it is loaded again; a page's error instead
/// when it fails.
pub fn loaded<T>(
    resource: Resource<Result<T, AppError>>,
    show: impl Fn(T) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let content = move || {
        resource.get().map(|answer| match answer {
            Ok(value) => show(value),
            Err(error) => view! { <PageError error=error /> }.into_any(),
        })
    };
    view! { <Transition fallback=|| view! { <p class="loading">"Loading…"</p> }>{content}</Transition> }
        .into_any()
}
