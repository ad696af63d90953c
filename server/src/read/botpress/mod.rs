//! `GET /v1/admin/bots/{id}/analytics`: the figures as readers of Botpress' admin API ask for them, one record for each
//! local day of the bot.
//!
//! It is the report of the page and of our own read API, asked by the day and without a comparison, so its figures are
//! theirs. The form has no word for "nothing is known": days before the first message and days to come have zeros.

mod days;
pub mod record;
pub mod refusal;

use analytics::comparison::Comparison;
use analytics::granularity::Granularity;
use analytics::query::ReportQuery;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use schemars::JsonSchema;
use serde::Serialize;

use self::days::AskedDays;
use self::record::DayRecord;
use self::refusal::Refusal;
use super::reader::{NamedBot, Reader};
use crate::problem::Problem;
use crate::state::ServerState;

/// A bot's figures by the day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BotAnalytics {
    /// One for each local day, in order of time.
    records: Vec<DayRecord>,
}

/// The figures of a bot, day by day.
///
/// # Errors
/// A [`Refusal`], in the words of that API.
pub async fn get_bot_analytics(
    State(state): State<ServerState>,
    reader: Result<Reader, Problem>,
    named: NamedBot,
    days: Result<Query<AskedDays>, QueryRejection>,
) -> Result<Json<BotAnalytics>, Refusal> {
    load_analytics(&state, reader?, &named, days).await.map(Json).map_err(Refusal::from)
}

async fn load_analytics(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    days: Result<Query<AskedDays>, QueryRejection>,
) -> Result<BotAnalytics, Problem> {
    let mut reading = reader.read_bot(state, named).await?;
    let Query(days) = days.map_err(|_| days::repeated())?;
    let query = ReportQuery {
        period: days.period(&reading.bot().calendar)?,
        compare: Comparison::None,
        granularity: Some(Granularity::Day),
        channel: None,
    };
    let now = state.context.clock.now();
    let report = reading.load_report(&query, now).await?;
    let events = reading.load_events_report(&query, now).await?;
    let uses = reading.load_model_use_report(&query, now).await?;
    let days = report.timeseries.iter().enumerate();
    Ok(BotAnalytics {
        records: days.map(|(place, day)| DayRecord::new(place, day, &events, &uses)).collect(),
    })
}
