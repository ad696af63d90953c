//! A bot's figures, or why there are none yet.

pub mod inactive;
pub mod waiting;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFoundPage;
use super::bot_frame::{BotFrame, BotTab, find_bot_id};
use crate::api::bot::load_bot;
use crate::asking::Answer;
use crate::components::loaded;
use crate::dashboard::AnalyticsPage;
use crate::dashboard::question::Question;
use crate::erased::Erase as _;
use crate::wire::bot::BotView;
use crate::wire::bots::BotState;
use inactive::InactiveBot;
use waiting::WaitingBot;

/// `/bots/{id}/analytics`.
#[component]
pub fn BotAnalyticsPage() -> impl IntoView {
    let Some(bot_id) = find_bot_id(&use_params_map().read_untracked()) else {
        return view! { <NotFoundPage /> }.erase();
    };
    let bot = Answer::new(|| (), move |()| load_bot(bot_id));
    let question = Question::ask(bot_id);
    let look_again = move || {
        question.repeat();
        bot.repeat();
    };
    loaded(bot, move |view: BotView| {
        let content = match (view.state, view.first_steps) {
            (BotState::Inactive, _) => {
                view! { <InactiveBot bot_id=bot_id has_messages=view.has_messages /> }.erase()
            }
            (BotState::Waiting, Some(first_steps)) => {
                view! { <WaitingBot bot_id=bot_id first_steps=first_steps on_message=look_again /> }.erase()
            }
            _ => view! { <AnalyticsPage bot_id=bot_id question=question /> }.erase(),
        };
        view! {
            <BotFrame id=bot_id name=view.name tab=BotTab::Analytics>
                {content}
            </BotFrame>
        }
        .erase()
    })
}
