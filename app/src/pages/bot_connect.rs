//! Every way to connect a bot, with the very lines to paste.

pub mod import;
pub mod key;
pub mod ways;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFoundPage;
use super::bot_frame::{BotFrame, BotTab, find_bot_id};
use crate::api::connect::load_connect;
use crate::asking::Answer;
use crate::components::{ButtonForm, Hidden, loaded};
use crate::erased::Erase as _;
use crate::wire::connect::ConnectView;
use import::ImportCard;
use key::KeyCard;
use ways::WayCard;

/// `/bots/{id}/connect`.
#[component]
pub fn BotConnectPage() -> impl IntoView {
    let Some(bot_id) = find_bot_id(&use_params_map().read_untracked()) else {
        return view! { <NotFoundPage /> }.erase();
    };
    let answer = Answer::new(|| (), move |()| load_connect(bot_id));
    loaded(answer, move |view: ConnectView| {
        let ConnectView { name, is_activated, new_key, key_prefixes, may_add_key, placeholder, groups } =
            view;
        let inactive = (!is_activated).then(|| {
            view! {
                <div class="notice failure">
                    <p>"This bot is not activated: its messages are refused."</p>
                    <ButtonForm path="/fn/set_activation" label="Activate">
                        <Hidden name="bot_id" value=bot_id.to_string() />
                        <Hidden name="activate" value="true".to_owned() />
                        <Hidden name="next" value=format!("/bots/{bot_id}/connect") />
                    </ButtonForm>
                </div>
            }
        });
        let groups = groups.into_iter().map(|group| view! { <WayCard group=group /> });
        view! {
            <BotFrame id=bot_id name=name tab=BotTab::Connect>
                {inactive}
                <div class="sections">
                    <KeyCard
                        bot_id=bot_id
                        new_key=new_key
                        prefixes=key_prefixes
                        may_add=may_add_key
                        placeholder=placeholder
                    />
                    {groups.collect_view()}
                    <ImportCard bot_id=bot_id />
                </div>
            </BotFrame>
        }
        .erase()
    })
}
