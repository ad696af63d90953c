//! `GET /api/v1/bots/{id}/analytics`, as JSON and as CSV.

use analytics::ids::BotId;
use analytics::instant::LocalTime;
use analytics::query::{QueryParts, ReportQuery};
use analytics::report::Report;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use store::reports::Reading;

use super::csv_table;
use super::reader::{NamedBot, Reader};
use crate::problem::Problem;
use crate::state::ServerState;

pub(super) type ReportParts = Result<Query<QueryParts>, QueryRejection>;

/// The figures of a bot as JSON: [`Report`] is the wire type.
pub async fn get_analytics(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
) -> Result<Json<Report>, Problem> {
    load_report(&state, reader, &named, parts).await.map(Json)
}

/// The chart's rows as CSV.
pub async fn get_analytics_csv(
    State(state): State<ServerState>,
    reader: Reader,
    named: NamedBot,
    parts: ReportParts,
) -> Result<Response, Problem> {
    let report = load_report(&state, reader, &named, parts).await?;
    answer_csv(csv_table::write(&report), "parlance", report.bot.id, report.period.start)
}

async fn load_report(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    parts: ReportParts,
) -> Result<Report, Problem> {
    let (mut reading, query) = read_question(state, reader, named, parts).await?;
    Ok(reading.load_report(&query, state.context.clock.now()).await?)
}

/// The bot that is asked about, if the reader may, and what is asked.
pub(super) async fn read_question(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    parts: ReportParts,
) -> Result<(Reading, ReportQuery), Problem> {
    let reading = reader.read_bot(state, named).await?;
    let Query(parts) = parts.map_err(|_| repeated_parameter())?;
    Ok((reading, parts.parse()?))
}

/// A table as a file, named after what it holds, the bot and the first date.
pub(super) fn answer_csv(
    table: Result<Vec<u8>, csv::Error>,
    what: &str,
    bot: BotId,
    start: LocalTime,
) -> Result<Response, Problem> {
    let table = table.map_err(|error| Problem::internal(&error))?;
    let disposition = format!("attachment; filename=\"{what}-{bot}-{}.csv\"", start.date_naive());
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, disposition.as_str())];
    Ok((headers, table).into_response())
}

/// All that can be wrong with a query before its parts are read: each part is optional text.
fn repeated_parameter() -> Problem {
    let detail = "A parameter is there more than once: send each of period, from, to, compare, granularity and channel at most once.";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
}
