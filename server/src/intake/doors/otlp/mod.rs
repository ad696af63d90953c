//! OTLP over HTTP: traces of bots on language models. Spans of model calls count as such, and each trace as one turn: what
//! the user said, and what the bot answered. Logs and metrics are taken and dropped.

mod answer;
mod attributes;
mod calls;
mod decode;
#[cfg(test)]
mod fuzz;
mod hold;
mod said;
mod spans;
#[cfg(test)]
mod tests;
mod traces;
mod turns;

use axum::extract::{Request, State};
use axum::response::Response;

use self::answer::answer;
use self::decode::{Form, SentSpans};
use self::traces::Sent;
use super::{Admitted, Asked, Door, Translation, admit};
use crate::intake::item::ItemReader;
use crate::intake::log::note::Note;
use crate::problem::Problem;
use crate::state::ServerState;

pub use self::hold::{WAIT_MS, release_due, release_in_background};

/// Logs and metrics: bots that send all signals shall see no errors.
pub static DROPPED: Door = Door {
    name: "otlp",
    translate: |_| Ok(Translation::default()),
    answer: |asked, _| answer(Form::of(asked), &[]),
};

/// Stores what an exporter of traces sends, or keeps it until the rest of its trace is there.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it may or can be stored.
pub async fn receive_traces(State(state): State<ServerState>, request: Request) -> Result<Response, Problem> {
    let mut note = Note::begin(&state, DROPPED.name, request.headers());
    let answer = store_traces(&state, request, &mut note).await;
    Ok(note.end(answer))
}

async fn store_traces(state: &ServerState, request: Request, note: &mut Note) -> Result<Response, Problem> {
    let Admitted { asked, access, mut lease } = admit(state, request, note).await?;
    let form = Form::of(&asked);
    let reader = ItemReader { arrived_at: asked.arrived_at, stores_text: access.stores_text };
    let length = asked.body.len();
    let sent =
        state.memory.work(length, move || Sent::read(&SentSpans::find(form, &asked.body)?, reader)).await?;
    let reply = hold::settle(state, access, reader, sent, &mut lease, note).await?;
    drop(lease);
    note.add_reply(&reply);
    let rejected: Vec<_> = reply.rejections().filter(|(index, _)| *index != usize::MAX).collect();
    Ok(answer(form, &rejected))
}
