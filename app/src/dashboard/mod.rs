//! The dashboard: what is shown of a bot that has messages.

use analytics::ids::BotId;
use leptos::prelude::*;

/// A bot's figures.
#[component]
pub fn AnalyticsPage(bot_id: BotId) -> impl IntoView {
    view! { <section aria-label="Analytics" data-bot=bot_id.to_string()></section> }
}
