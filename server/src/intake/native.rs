//! The native intake, `POST /api/v1/events`: a body becomes items, each item becomes a fact or a rejection, and the
//! answer comes after the commit.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;

use super::arrival::{Arrival, receive_body};
use super::batch::{Batch, store_batch};
use super::item::ItemReader;
use super::log::note::Note;
use super::reply::Reply;
use super::split;
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
    let keys = key.map(|key| vec![key]);
    let Arrival { body, access, lease } = receive_body(state, keys, &parts.headers, body, note).await?;
    let reader = ItemReader { arrived_at: state.context.clock.now(), stores_text: access.stores_text };
    let length = body.len();
    let read = move || Ok(Batch::read(split::split(&body)?.into_iter().enumerate(), reader));
    let batch = state.memory.work(length, read).await?;
    let reply = store_batch(state, access, batch).await?;
    drop(lease);
    note.add_reply(&reply);
    Ok(Json(reply))
}
