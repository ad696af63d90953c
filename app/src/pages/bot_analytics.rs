//! A bot's figures, or why there are none yet.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::dashboard::AnalyticsPage;
use crate::pages::NotFoundPage;

/// `/bots/{id}/analytics`.
#[component]
pub fn BotAnalyticsPage() -> impl IntoView {
    let params = use_params_map();
    move || match params.read().get("id").and_then(|id| id.parse().ok()) {
        Some(bot_id) => view! { <AnalyticsPage bot_id=bot_id/> }.into_any(),
        None => view! { <NotFoundPage/> }.into_any(),
    }
}
