//! `GET /api/v1/bots/{id}/analytics`, as JSON and as CSV.

use analytics::query::QueryParts;
use analytics::report::Report;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::csv_table;
use super::reader::{NamedBot, Reader};
use crate::problem::Problem;
use crate::state::ServerState;

type ReportParts = Result<Query<QueryParts>, QueryRejection>;

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
    let table = csv_table::write(&report).map_err(|error| Problem::internal(&error))?;
    let (first, bot) = (report.period.start.date_naive(), report.bot.id);
    let disposition = format!("attachment; filename=\"parlance-{bot}-{first}.csv\"");
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, disposition.as_str())];
    Ok((headers, table).into_response())
}

async fn load_report(
    state: &ServerState,
    reader: Reader,
    named: &NamedBot,
    parts: ReportParts,
) -> Result<Report, Problem> {
    let bot = reader.find_activated_bot(state, named).await?;
    let Query(parts) = parts.map_err(|_| repeated_parameter())?;
    let query = parts.parse()?;
    let report = state.context.store.load_report(bot.id, &query, state.context.clock.now()).await?;
    report.ok_or_else(Problem::not_found)
}

/// All that can be wrong with a query before its parts are read: each part is optional text.
fn repeated_parameter() -> Problem {
    let detail = "A parameter is there more than once: send each of period, from, to, compare, granularity and channel at most once.";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
}
