//! All the bots that somebody may see, with their past week, and the making of a new one.

use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;
use crate::wire::bots::BotSort;

#[cfg(feature = "ssr")]
use {
    super::authorise::{scope_of, server_context, viewer},
    super::redirect::go_on_to,
    super::refusal::{internal, invalid},
    crate::wire::bots::{BotList, PAGE_BOTS},
    analytics::calendar::Zone,
    analytics::names::{BotNameError, parse_bot_name},
    store::StoreError,
    store::bots::NewBot,
};

/// The bots whose name holds `search`, whatever the case, so many pages after the first: a [`BotList`]. Where there is no
/// such page, it is the last one.
#[server(prefix = "/fn", endpoint = "load_bots", output = Answer, client = Transport)]
pub async fn load_bots(
    sort: BotSort,
    #[server(default)] search: String,
    #[server(default)] page: u64,
) -> Result<Json, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    let bots = context.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    let total = bots.len() as u64;
    let wanted = search.trim().to_lowercase();
    let found: Vec<_> = bots.into_iter().filter(|bot| bot.name.to_lowercase().contains(&wanted)).collect();
    let count = found.len() as u64;
    let page = page.min(count.saturating_sub(1) / PAGE_BOTS);
    Json::new(&BotList {
        cards: super::cards::load(&context, found, sort, page).await?,
        total,
        found: count,
        page,
    })
}

/// Makes a bot of the viewer's own and goes on to its page.
#[server(prefix = "/fn", endpoint = "create_bot", output = Answer, client = Transport)]
pub async fn create_bot(
    name: String,
    time_zone: String,
    #[server(default)] activate: bool,
) -> Result<String, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    let bot = NewBot {
        id: None,
        owner: viewer.account_id,
        name: parse_name(&name)?,
        zone: parse_zone(&time_zone)?,
        is_activated: activate,
    };
    let made = context.store.create_bot(&bot, context.clock.now()).await;
    let id = made.map_err(|error| match error {
        StoreError::TooManyBots => invalid("bots", "too_many"),
        error => internal(error),
    })?;
    go_on_to(format!("/bots/{id}/analytics"))
}

/// A bot's name, as [`parse_bot_name`] takes it.
#[cfg(feature = "ssr")]
pub(super) fn parse_name(name: &str) -> Result<String, AppError> {
    parse_bot_name(name).map_err(|error| match error {
        BotNameError::Length => invalid("name", "length"),
        BotNameError::Hidden(_) => invalid("name", "hidden"),
    })
}

/// A time zone's IANA name.
#[cfg(feature = "ssr")]
pub(super) fn parse_zone(name: &str) -> Result<Zone, AppError> {
    name.trim().parse().map_err(|_| invalid("time_zone", "unknown"))
}
