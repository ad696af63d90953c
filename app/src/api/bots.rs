//! All the bots that somebody may see, with their past week, and the making of a new one.

use analytics::ids::BotId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{scope_of, server_context, viewer},
    super::redirect::go_on_to,
    super::refusal::{internal, invalid},
    analytics::calendar::Zone,
    analytics::names::{BotNameError, parse_bot_name},
    store::StoreError,
    store::bots::NewBot,
};

/// The bots that somebody may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotList {
    /// One page of those that were searched for, sorted as asked.
    pub cards: Vec<BotCard>,
    /// How many there are, found or not.
    pub total: u64,
    /// How many were found.
    pub found: u64,
    /// Pages that come before this one.
    pub page: u64,
}

/// Most cards of a page.
pub const PAGE_BOTS: u64 = 50;

/// A bot at a glance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotCard {
    /// Its id.
    pub id: BotId,
    /// Its name.
    pub name: String,
    /// Whether it sends.
    pub state: BotState,
    /// When its last message came, in words.
    pub last_message: Option<String>,
    /// Its past 7 days: users, sessions, messages. None where there is nothing to count.
    pub figures: Vec<CardFigure>,
}

/// How far a bot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BotState {
    /// Not activated: it has no dashboard, and what it sends is refused.
    Inactive,
    /// Activated, and nothing came yet.
    Waiting,
    /// Activated, with messages.
    Receiving,
}

/// A figure of a bot's past 7 days, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CardFigure {
    /// "Users".
    pub label: String,
    /// Short: "12.4 k".
    pub value: String,
    /// Exact: "12,431".
    pub exact: String,
    /// Against the 7 days before: "+12 %".
    pub index: String,
    /// The same in words.
    pub index_words: String,
    /// "up", "down" or "same".
    pub trend: String,
    /// One point a day, as the `d` of a path in a box of 100 by 28.
    pub sparkline: String,
}

/// The order of the cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BotSort {
    /// Alphabetical.
    #[default]
    Name,
    /// The latest first.
    LastMessage,
    /// The most of the past 7 days first.
    Messages,
}

impl BotSort {
    /// Every choice with its word in the URL and its name.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Name, "name", "By name"),
        (Self::LastMessage, "last_message", "By last message"),
        (Self::Messages, "messages", "By messages"),
    ];

    /// Reads the word of the URL; the name's order for any other.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map_or(Self::Name, |(sort, ..)| *sort)
    }
}

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
