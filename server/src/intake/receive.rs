//! The one road of all doors: key, body, translation, commit, answer.

use axum::extract::Request;
use axum::response::Response;

use store::doors::Door as DoorName;
use store::keys::KeyAccess;

use super::batch::{Batch, store_batch};
use super::door::{Door, Guard, Takes};
use super::doors::{chatwoot, otlp};
use super::item::ItemReader;
use super::log::note::Note;
use super::people;
use super::query::Query;
use super::request::{Admitted, Asked, admit};
use super::translation::Translation;
use crate::problem::Problem;
use crate::state::ServerState;

/// Stores what comes through a door.
///
/// # Errors
/// 405 when the path is a door for another client only. Other problems are answered: they stand in the Intake log.
pub async fn receive(state: ServerState, request: Request, door: &'static Door) -> Result<Response, Problem> {
    if let Guard::Parameter(name, value) = door.guard
        && Query::parse(request.uri().query().unwrap_or_default()).find(name) != Some(value)
    {
        return Err(Problem::method_not_allowed());
    }
    let mut note = Note::begin(&state, door.name, request.headers(), door.senders);
    let answer = store_request(&state, request, door, &mut note).await;
    Ok(note.end(answer))
}

async fn store_request(
    state: &ServerState,
    request: Request,
    door: &'static Door,
    note: &mut Note,
) -> Result<Response, Problem> {
    let admitted = admit(state, request, door.keys, note).await?;
    if door.guard == Guard::ChatwootSignature {
        chatwoot::check_signature(state, &admitted).await?;
    }
    match door.takes {
        Takes::Events(translate) => store_events(state, admitted, door, translate, note).await,
        Takes::Traces => otlp::store_traces(state, admitted, note).await,
        Takes::LangfuseBatch => otlp::store_langfuse(state, admitted, note).await,
        Takes::OtherSignals => Ok(otlp::answer_other_signals(&admitted.asked)),
    }
}

type Translate = fn(&Asked, &mut Translation) -> Result<(), Problem>;

async fn store_events(
    state: &ServerState,
    Admitted { asked, access: KeyAccess { write: access, openings, .. }, lease }: Admitted,
    door: &'static Door,
    translate: Translate,
    note: &mut Note,
) -> Result<Response, Problem> {
    let reader = ItemReader { arrived_at: asked.arrived_at, stores_text: access.stores_text };
    let length = asked.body.len();
    let read = move || {
        let mut translation = Translation::new(reader).with_openings(openings);
        translate(&asked, &mut translation)?;
        let client = translation.client.take();
        Ok((asked, client, Batch::of_request(translation)?))
    };
    let (asked, client, mut batch) = state.memory.work(length, read).await?;
    client.iter().for_each(|client| note.set_client(client));
    if [DoorName::Segment, DoorName::Posthog].contains(&door.name) {
        people::settle(state, access.bot_id, &mut batch).await?;
    }
    let reply = store_batch(state, access, batch).await?;
    drop(lease);
    note.add_reply(&reply);
    Ok((door.answer)(&asked, &reply))
}
