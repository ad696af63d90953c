//! What came for a bot lately, what became of it, and what to do about what was not counted. New requests appear by
//! themselves.

pub mod filters;
pub mod problems;
pub mod requests;

use std::time::Duration;

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFoundPage;
use super::bot_frame::{BotFrame, BotTab, find_bot_id};
use crate::api::intake::load_intake;
use crate::asking::Answer;
use crate::components::{StaleNotice, kept};
use crate::erased::Erase as _;
use crate::wire::intake::IntakeView;
use filters::Filters;
use problems::{Ignored, Problems};
use requests::Requests;

/// How often the page looks for new requests.
const REFRESH: Duration = Duration::from_millis(2_500);

/// `/bots/{id}/intake`.
#[component]
pub fn BotIntakePage() -> impl IntoView {
    let Some(bot_id) = find_bot_id(&use_params_map().read_untracked()) else {
        return view! { <NotFoundPage /> }.erase();
    };
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        let door = query.get("door").filter(|door| !door.is_empty());
        (query.get_str("show") == Some("problems"), door, query.get_str("rows") == Some("all"))
    };
    let answer =
        Answer::new(asked, move |(problems, door, every)| load_intake(bot_id, problems, door, every));
    answer.keep_fresh(REFRESH);
    kept(answer, move |view: IntakeView, failure| {
        let is_stale = failure.is_some();
        let name = view.name.clone();
        view! {
            <BotFrame id=bot_id name=name tab=BotTab::Intake>
                <Content bot_id=bot_id view=view is_stale=is_stale />
            </BotFrame>
        }
        .erase()
    })
}

#[component]
fn Content(bot_id: BotId, view: IntakeView, is_stale: bool) -> impl IntoView {
    if view.is_empty {
        return view! { <NothingYet bot_id=bot_id /> }.erase();
    }
    let stale = is_stale.then(|| view! { <StaleNotice /> });
    let IntakeView { time_zone, filter, doors, requests, older, problems, ignored, .. } = view;
    view! {
        {stale}
        <Filters bot_id=bot_id filter=filter.clone() doors=doors />
        <Problems rows=problems />
        <Requests bot_id=bot_id rows=requests older=older filter=filter time_zone=time_zone />
        <Ignored rows=ignored />
    }
    .erase()
}

#[component]
fn NothingYet(bot_id: BotId) -> impl IntoView {
    view! {
        <section class="card centred">
            <h2>"Nothing has come yet"</h2>
            <p>
                "When somebody uses a write key of this bot, the request appears here by itself: what was counted, what was not, and why."
            </p>
            <div class="actions">
                <a class="button primary" href=format!("/bots/{bot_id}/connect")>
                    "Connect the bot"
                </a>
            </div>
        </section>
    }
    .erase()
}
