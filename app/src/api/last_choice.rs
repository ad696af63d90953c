//! The state of the dashboard that an account chose last, kept among its preferences.

use serde_json::{Map, Value};

use super::authorise::{server_context, viewer};
use super::refusal::internal;
use crate::error::AppError;
use crate::url_query::{self, DashboardState};

/// The member of the preferences that holds the last choice.
const LAST_CHOICE: &str = "dashboard";

/// What was remembered; the usual state where nothing was.
pub(super) async fn last_choice() -> Result<DashboardState, AppError> {
    let preferences = preferences(&viewer().await?.preferences);
    let text = preferences.get(LAST_CHOICE).and_then(Value::as_str).unwrap_or_default();
    Ok(url_query::read(|key| url_query::find_part(text, key)).0.unwrap_or_default())
}

/// Remembers a state that [`crate::url_query::write`] has written.
pub(super) async fn remember(state: &str) -> Result<(), AppError> {
    let viewer = viewer().await?;
    let Some(state) = url_query::read(|key| url_query::find_part(state, key)).0 else {
        return Ok(());
    };
    let Some(habit) = url_query::habit(&state) else {
        return Ok(());
    };
    let mut preferences = preferences(&viewer.preferences);
    preferences.insert(LAST_CHOICE.to_owned(), Value::String(url_query::write(&habit)));
    let text = Value::Object(preferences).to_string();
    server_context()?.store.save_preferences(viewer.account_id, &text).await.map_err(internal)
}

fn preferences(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}
