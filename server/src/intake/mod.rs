//! The native intake, `POST /api/v1/events`: a body becomes items, each item becomes a fact or a rejection, and the
//! answer comes after the commit.

pub mod body;
pub mod derive_id;
pub mod fields;
pub mod inflate;
pub mod item;
pub mod limit;
pub mod nano;
pub mod reply;
pub mod split;
pub mod written;

use analytics::error::RejectionCode;
use analytics::fact::Fact;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use http::HeaderMap;
use metrics::counter;
use store::keys::WriteAccess;

use self::inflate::Encoding;
use self::item::ItemReader;
use self::reply::Reply;
use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::bearer::find_bearer;

/// Most items of one request.
pub const MAX_EVENTS: usize = 10_000;
/// Smaller bodies are read where they arrive: handing them to another thread would cost more.
const INLINE_BYTES: usize = 16 * 1024;

/// What one request holds: facts with the index that each had, and the items that are none.
#[derive(Debug, Default)]
struct Batch {
    facts: Vec<Fact>,
    indexes: Vec<usize>,
    rejected: Vec<(usize, RejectionCode)>,
}

/// Stores what a bot sends.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it may or can be stored.
pub async fn receive_events(
    State(state): State<ServerState>,
    request: Request,
) -> Result<Json<Reply>, Problem> {
    let (parts, body) = request.into_parts();
    let access = match authorise(&state, &parts.headers).await {
        Ok(access) => access,
        Err(problem) => {
            body::discard(body, &parts.headers).await;
            return Err(problem);
        }
    };
    let body = body::read(body, &parts.headers, state.body_timeout).await?;
    let encoding = Encoding::of(&parts.headers, &body)?;
    let reader = ItemReader { arrived_at: state.context.clock.now(), stores_text: access.stores_text };
    let batch = read_batch(body, encoding, reader).await?;
    store_batch(&state, access, batch).await.map(Json)
}

async fn authorise(state: &ServerState, headers: &HeaderMap) -> Result<WriteAccess, Problem> {
    let key = find_bearer(headers)
        .ok_or_else(|| Problem::unauthorized("Send the bot's write key as Authorization: Bearer …"))?;
    let access = state.context.store.find_write_access(&key, state.context.clock.now()).await?;
    let access = access.ok_or_else(|| Problem::unauthorized("This write key is unknown or revoked."))?;
    state.intake_limit.check(&key)?;
    if access.is_activated { Ok(access) } else { Err(Problem::bot_inactive()) }
}

async fn read_batch(body: Bytes, encoding: Encoding, reader: ItemReader) -> Result<Batch, Problem> {
    let is_small = body.len() <= INLINE_BYTES && encoding == Encoding::Plain;
    let read = move || {
        let body = inflate::inflate(&body, encoding)?;
        let items = split::split(&body)?;
        Ok(Batch::read(&items, reader))
    };
    if is_small {
        return read();
    }
    let reading = tokio::task::spawn_blocking(read);
    reading.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

async fn store_batch(state: &ServerState, access: WriteAccess, batch: Batch) -> Result<Reply, Problem> {
    let Batch { facts, indexes, mut rejected } = batch;
    let mut outcome = store::ingest::IngestOutcome::default();
    if !facts.is_empty() {
        outcome = state.context.store.ingest(access.bot_id, facts).await?;
    }
    let by_store = outcome.rejected.iter().filter_map(|&(at, code)| Some((*indexes.get(at)?, code)));
    rejected.extend(by_store);
    rejected.sort_by_key(|&(index, _)| index);
    note_outcome(&outcome, &rejected);
    Ok(Reply::new(outcome.accepted, outcome.duplicates, rejected))
}

fn note_outcome(outcome: &store::ingest::IngestOutcome, rejected: &[(usize, RejectionCode)]) {
    counter!("parlance_intake_accepted_total").increment(outcome.accepted);
    counter!("parlance_intake_duplicates_total").increment(outcome.duplicates);
    for (_, code) in rejected {
        counter!("parlance_intake_rejected_total", "code" => code.as_str()).increment(1);
    }
}

impl Batch {
    fn read(items: &[&[u8]], reader: ItemReader) -> Self {
        let mut batch = Self::default();
        for (index, item) in items.iter().enumerate() {
            match reader.read(item) {
                Ok(fact) => {
                    batch.facts.push(fact);
                    batch.indexes.push(index);
                }
                Err(code) => batch.rejected.push((index, code)),
            }
        }
        batch
    }
}
