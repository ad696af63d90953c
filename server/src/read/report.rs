//! `GET /api/v1/bots/{id}/analytics`, as JSON and as CSV.

use analytics::ids::BotId;
use analytics::instant::LocalTime;
use analytics::query::{QueryParts, ReportQuery};
use analytics::report::Report;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use serde::Deserialize;
use store::reports::Reading;

use super::csv_table;
use super::reader::{NamedBot, Reader};
use crate::problem::{Problem, ProblemCode};
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
    mark: ByteOrderMark,
) -> Result<Response, Problem> {
    let report = load_report(&state, reader, &named, parts).await?;
    answer_csv(csv_table::write(&report), "parlance", report.bot.id, report.period.start, mark)
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

/// Whether a table begins with the mark by which Excel knows UTF-8. Programs take it for a part of the first name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrderMark {
    /// Nothing stands before the table.
    Absent,
    /// The mark stands before the table.
    Present,
}

#[derive(Deserialize)]
struct TableParts {
    bom: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ByteOrderMark {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let parts = Query::<TableParts>::from_request_parts(parts, state).await;
        let Query(TableParts { bom }) = parts.map_err(|_| repeated_parameter())?;
        match bom.as_deref() {
            None | Some("0") => Ok(Self::Absent),
            Some("1") => Ok(Self::Present),
            Some(_) => {
                let detail = "bom is 1 (the table is for Excel) or 0.";
                Err(Problem::new(ProblemCode::InvalidQuery, detail))
            }
        }
    }
}

/// A table as a file, named after what it holds, the bot and the first date.
pub(super) fn answer_csv(
    table: Result<Vec<u8>, csv::Error>,
    what: &str,
    bot: BotId,
    start: LocalTime,
    mark: ByteOrderMark,
) -> Result<Response, Problem> {
    let mut table = table.map_err(|error| Problem::internal(&error))?;
    if mark == ByteOrderMark::Present {
        table.splice(..0, *b"\xef\xbb\xbf");
    }
    let disposition = format!("attachment; filename=\"{what}-{bot}-{}.csv\"", start.date_naive());
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, disposition.as_str())];
    Ok((headers, table).into_response())
}

/// All that can be wrong with a query before its parts are read: each part is optional text.
fn repeated_parameter() -> Problem {
    let detail = "A parameter is repeated: send each parameter at most once.";
    Problem::new(ProblemCode::InvalidQuery, detail)
}
