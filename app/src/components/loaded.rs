//! A page's content behind its data.

use std::sync::Arc;

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::PageError;
use crate::asking::Answer;
use crate::erased::Erase as _;
use crate::error::AppError;
use crate::json::Json;

/// Shows what `answer` gives once it is there, and keeps showing it while it is loaded again; a page's error instead
/// when it fails.
pub fn loaded<T: DeserializeOwned + 'static>(
    answer: Answer,
    show: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    show_answer(answer, Arc::new(move |json: Json| json.parse().map(&show)))
}

/// The part that no page needs a copy of its own of.
fn show_answer(
    answer: Answer,
    show: Arc<dyn Fn(Json) -> Result<AnyView, AppError> + Send + Sync>,
) -> AnyView {
    let content = move || match answer.get().map(|answer| answer.and_then(|json| show(json))) {
        Some(Ok(view)) => view,
        Some(Err(error)) => view! { <PageError error=error /> }.erase(),
        None => loading(),
    };
    view! { <Transition fallback=loading>{content}</Transition> }.erase()
}

/// The same for a page that asks again by itself: what was there stays when a later answer fails, and `show` is told why
/// there is no newer one.
pub fn kept<T: DeserializeOwned + 'static>(
    answer: Answer,
    show: impl Fn(T, Option<AppError>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let latest: StoredValue<Option<Json>> = StoredValue::new(None);
    let content = move || {
        let (json, failure) = match answer.get() {
            Some(Ok(json)) => {
                latest.set_value(Some(json.clone()));
                (Ok(json), None)
            }
            Some(Err(error)) => match latest.get_value().filter(|_| error == AppError::Unavailable) {
                Some(json) => (Ok(json), Some(error)),
                None => (Err(error), None),
            },
            None => match latest.get_value() {
                Some(json) => (Ok(json), None),
                None => return loading(),
            },
        };
        match json.and_then(|json| json.parse()) {
            Ok(value) => show(value, failure),
            Err(error) => view! { <PageError error=error /> }.erase(),
        }
    };
    view! { <Transition fallback=loading>{content}</Transition> }.erase()
}

fn loading() -> AnyView {
    view! { <p class="loading">"Loading…"</p> }.erase()
}
