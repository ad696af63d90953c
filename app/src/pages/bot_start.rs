//! A bot's address without a page: its figures.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFoundPage;
use super::bot_frame::find_bot_id;
use crate::components::GoTo;
use crate::erased::Erase as _;

/// `/bots/{id}`.
#[component]
pub fn BotStartPage() -> impl IntoView {
    match find_bot_id(&use_params_map().read_untracked()) {
        Some(bot_id) => view! { <GoTo path=format!("/bots/{bot_id}/analytics") /> }.erase(),
        None => view! { <NotFoundPage /> }.erase(),
    }
}
