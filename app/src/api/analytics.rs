//! The dashboard's figures, and the choice that is remembered for the next visit.

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::read_visible_bot,
    super::figures::{answer, load_uses, look_again_s, read_event},
    super::last_choice::{last_choice, remember},
    super::refusal::{fault, internal, invalid},
    crate::charts::overall::overall,
    crate::dashboard::definition_text::definition_text,
    crate::dashboard::remarks::remarks,
    crate::dashboard::table::figures_table,
    crate::url_query::{self, DashboardState, Notice},
    crate::wire::analytics::LoadedReport,
    analytics::metric::Metric,
};

/// Loads the figures of a bot, a [`LoadedReport`]. `query` is what [`crate::url_query::write_asked`] writes; empty asks for
/// the viewer's last choice. Dates out of range fall back to the past 7 days, and a granularity with too many buckets to
/// the next coarser one, each with a notice.
///
/// # Errors
/// [`AppError::NotFound`] for a bot that the viewer may not see, [`AppError::Forbidden`] for one that isn't activated,
/// [`AppError::Invalid`] for an unreadable query.
#[server(prefix = "/fn", endpoint = "load_report", input = GetUrl, output = Answer, client = Transport)]
pub async fn load_report(bot_id: BotId, query: String) -> Result<Json, AppError> {
    // Before the bot is opened: whoever reads asks for no second connection.
    let state = asked_state(&query).await;
    let mut reading = read_visible_bot(bot_id).await?;
    let channels = reading.list_channels().await.map_err(internal)?;
    let (mut state, report, mut notices) = answer(&mut reading, state?).await?;
    let event = read_event(&mut state, &mut notices);
    let answered = url_query::write(&state);
    let uses = load_uses(&mut reading, &state.query).await?;
    if event.is_some() && !uses.has_points_of(&report) {
        notices.push(Notice::EventTooFine);
    }
    let event = event.filter(|_| uses.has_points_of(&report)).map(|name| uses.find(&name, &report));
    let chart = overall(&report, event.as_ref()).map_err(|error| fault(&error.to_string()))?;
    Json::new(&LoadedReport {
        asked: query,
        answered,
        notices,
        channels,
        chart,
        definitions: Metric::ALL.map(|metric| definition_text(metric, &report)).to_vec(),
        table: figures_table(&report),
        remarks: remarks(&report),
        event,
        cards: uses.cards(&report, &state),
        look_again_s: look_again_s(&reading.bot().calendar, &report),
        report,
    })
}

/// Remembers a dashboard's state, as [`crate::url_query::write`] writes it, as the viewer's last choice.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in.
#[server(prefix = "/fn", endpoint = "remember_choice", output = Answer, client = Transport)]
pub async fn remember_choice(state: String) -> Result<(), AppError> {
    remember(&state).await
}

#[cfg(feature = "ssr")]
async fn asked_state(query: &str) -> Result<DashboardState, AppError> {
    if query.is_empty() {
        return last_choice().await;
    }
    url_query::parse_asked(query).map_err(|error| invalid("query", error.code()))
}
