//! `GET /api/v1/bots` and `GET /api/v1/bots/{id}`.

use analytics::ids::BotId;
use analytics::instant::LocalTime;
use analytics::report::Recalculation;
use analytics::settings::{IdleTimeout, WeekStart};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use store::bots::Bot;

use super::reader::{NamedBot, Reader};
use crate::problem::Problem;
use crate::state::ServerState;

/// The bots that the client may see.
// A list in an object: it can get more members without breaking its readers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BotList {
    /// By name.
    bots: Vec<BotJson>,
}

/// A bot and its settings. Instants carry the offset of the bot's zone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Bot")]
pub struct BotJson {
    id: BotId,
    name: String,
    state: BotState,
    /// IANA name of the zone in which days begin.
    time_zone: &'static str,
    /// The day on which weeks begin.
    week_start: WeekStart,
    /// The session rule's timeout.
    idle_timeout_ms: IdleTimeout,
    created_at: LocalTime,
    /// The first message of all.
    first_message_at: Option<LocalTime>,
    /// The last message of all.
    last_message_at: Option<LocalTime>,
    /// Other rules by which history is being counted again; until that is done figures keep the ones above.
    recalculation: Option<Recalculation>,
}

/// Whether a bot may send, and shows figures.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BotState {
    /// It may send, and shows figures.
    Activated,
    /// Nothing is stored and nothing is shown; its history is kept.
    Inactive,
}

impl From<Bot> for BotJson {
    fn from(bot: Bot) -> Self {
        let local = |at| bot.calendar.local(at);
        Self {
            id: bot.id,
            state: if bot.is_activated { BotState::Activated } else { BotState::Inactive },
            time_zone: bot.calendar.zone.name(),
            week_start: bot.calendar.week_start,
            idle_timeout_ms: bot.idle_timeout,
            created_at: local(bot.created_at),
            first_message_at: bot.first_message_at.map(local),
            last_message_at: bot.last_message_at.map(local),
            recalculation: bot.recalculation,
            name: bot.name,
        }
    }
}

/// The bots that the client may see, by name.
pub async fn list_bots(State(state): State<ServerState>, reader: Reader) -> Result<Json<BotList>, Problem> {
    let bots = state.context.store.list_bots(reader.0).await?;
    Ok(Json(BotList { bots: bots.into_iter().map(BotJson::from).collect() }))
}

/// One bot, activated or not.
pub async fn get_bot(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
) -> Result<Json<BotJson>, Problem> {
    reader.find_bot(&state, &named).await.map(|bot| Json(bot.into()))
}
