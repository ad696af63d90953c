//! `GET /api/v1/bots/{id}/events` and `…/model-use`, as JSON and as CSV.

use analytics::events::EventsReport;
use analytics::model_use::ModelUseReport;
use axum::extract::State;
use axum::response::Response;

use super::reader::{NamedBot, Reader};
use super::report::{ByteOrderMark, ReportParts, answer_csv, read_question};
use super::uses_table;
use crate::problem::Problem;
use crate::state::ServerState;

/// A bot's custom events by name: [`EventsReport`] is the wire type.
pub async fn get_events(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
) -> Result<Response, Problem> {
    let mut report = load_events(&state, reader, &named, parts).await?;
    let events = std::mem::take(&mut report.events);
    state.memory.answer_rows(&report, "events", events).await
}

/// The same as CSV: one line for each name.
pub async fn get_events_csv(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
    mark: ByteOrderMark,
) -> Result<Response, Problem> {
    let report = load_events(&state, reader, &named, parts).await?;
    let head = &report.head;
    answer_csv(uses_table::write_events(&report), "parlance-events", head.bot.id, head.period.start, mark)
}

/// A bot's use of language models: [`ModelUseReport`] is the wire type.
pub async fn get_model_use(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
) -> Result<Response, Problem> {
    let mut report = load_model_use(&state, reader, &named, parts).await?;
    let models = std::mem::take(&mut report.models);
    state.memory.answer_rows(&report, "models", models).await
}

/// The same as CSV: one line for each model.
pub async fn get_model_use_csv(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
    mark: ByteOrderMark,
) -> Result<Response, Problem> {
    let report = load_model_use(&state, reader, &named, parts).await?;
    let head = &report.head;
    answer_csv(
        uses_table::write_model_use(&report),
        "parlance-model-use",
        head.bot.id,
        head.period.start,
        mark,
    )
}

async fn load_events(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    parts: ReportParts,
) -> Result<EventsReport, Problem> {
    let (mut reading, query) = read_question(state, reader, named, parts).await?;
    Ok(reading.load_events_report(&query, state.context.clock.now()).await?)
}

async fn load_model_use(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    parts: ReportParts,
) -> Result<ModelUseReport, Problem> {
    let (mut reading, query) = read_question(state, reader, named, parts).await?;
    Ok(reading.load_model_use_report(&query, state.context.clock.now()).await?)
}
