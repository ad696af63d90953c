//! The native intake, `POST /api/v1/events`: a body becomes items, each item becomes a fact or a rejection, and the
//! answer comes after the commit.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;

use super::batch::{Batch, store_batch};
use super::inflate::{self, Encoding};
use super::item::ItemReader;
use super::key::authorise;
use super::log::note::Note;
use super::reply::Reply;
use super::{INLINE_BYTES, body, split};
use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::bearer::find_bearer;

/// Its name in the Intake log.
const DOOR: &str = "native";

/// Stores what a bot sends.
/// The answer is a [`Problem`] when the body cannot be read at all, or nothing of it may or can be stored.
pub async fn receive_events(State(state): State<ServerState>, request: Request) -> Response {
    let mut note = Note::begin(&state, DOOR, request.headers());
    let reply = store_events(&state, request, &mut note).await;
    note.end(reply)
}

async fn store_events(
    state: &ServerState,
    request: Request,
    note: &mut Note,
) -> Result<Json<Reply>, Problem> {
    let (parts, body) = request.into_parts();
    let key = find_bearer(&parts.headers)
        .ok_or_else(|| Problem::unauthorized("Send the bot's write key as Authorization: Bearer …"));
    let access = match key {
        Ok(key) => authorise(state, &[key], note).await,
        Err(problem) => Err(problem),
    };
    let access = match access {
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
    let reply = store_batch(state, access, batch).await?;
    note.add_reply(&reply);
    Ok(Json(reply))
}

async fn read_batch(body: Bytes, encoding: Encoding, reader: ItemReader) -> Result<Batch, Problem> {
    let is_small = body.len() <= INLINE_BYTES && encoding == Encoding::Plain;
    let read = move || {
        let body = inflate::inflate(&body, encoding)?;
        let items = split::split(&body)?;
        Ok(Batch::read(items.into_iter().enumerate(), reader))
    };
    if is_small {
        return read();
    }
    let reading = tokio::task::spawn_blocking(read);
    reading.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}
