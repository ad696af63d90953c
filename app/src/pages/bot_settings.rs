//! A bot's settings: one card for each thing that can be changed.

pub mod danger;
pub mod general;
pub mod keys;
pub mod sending;
pub mod sessions;
pub mod widget;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFoundPage;
use super::bot_frame::{BotFrame, BotTab, find_bot_id};
use crate::api::settings::load_settings;
use crate::asking::Answer;
use crate::components::{DoneNotice, Notice, loaded};
use crate::erased::Erase as _;
use crate::wire::settings::SettingsView;

/// `/bots/{id}/settings`.
#[component]
pub fn BotSettingsPage() -> impl IntoView {
    let Some(bot_id) = find_bot_id(&use_params_map().read_untracked()) else {
        return view! { <NotFoundPage /> }.erase();
    };
    let query = use_query_map();
    let preview_min = move || query.read().get("timeout_min");
    let settings = Answer::new(preview_min, move |minutes| load_settings(bot_id, minutes));
    loaded(settings, move |bot: SettingsView| {
        let name = bot.name.clone();
        view! {
            <BotFrame id=bot_id name=name tab=BotTab::Settings>
                <Sections bot=bot />
            </BotFrame>
        }
        .erase()
    })
}

#[component]
fn Sections(bot: SettingsView) -> impl IntoView {
    let SettingsView { id, name, given_name, time_zone, week_start, timeout_min, preview, .. } = bot;
    let notice = match bot.recalculating {
        Some(sentence) => view! { <Notice>{sentence}</Notice> }.erase(),
        None => view! { <DoneNotice done=bot.done /> }.erase(),
    };
    view! {
        {notice}
        <div class="sections">
            <general::General id=id name=given_name time_zone=time_zone week_start=week_start />
            <sessions::Sessions id=id timeout_min=timeout_min preview=preview />
            <keys::WriteKeys id=id keys=bot.keys.clone() doors=bot.key_doors new_key=bot.new_key />
            <widget::KeySites id=id keys=bot.keys />
            <widget::WidgetOpenings id=id openings=bot.openings />
            <sending::Sending
                id=id
                is_activated=bot.is_activated
                stores_text=bot.stores_text
                channels=bot.channels
            />
            <danger::DeleteBot id=id name=name />
        </div>
    }
    .erase()
}
