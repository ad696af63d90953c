//! OTLP over HTTP: traces of bots on language models. Spans of model calls count as such, and each trace as one turn: what
//! the user said, and what the bot answered. Logs and metrics are taken and dropped.

mod answer;
mod attributes;
mod calls;
mod decode;
mod flow;
#[cfg(test)]
mod fuzz;
mod kinds;
mod langfuse;
mod names;
mod release;
mod said;
mod settle;
mod spans;
mod talk;
#[cfg(test)]
mod tests;
mod traces;
mod turns;
mod usage;

use axum::response::Response;
use store::doors::{Door as DoorName, KeyLimit};
use store::keys::WriteAccess;

use self::answer::answer;
use self::decode::{Form, SentSpans};
use self::langfuse::SentBatch;
use self::spans::SpanPart;
use self::traces::Sent;
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::item::ItemReader;
use crate::intake::key::KeyPlaces;
use crate::intake::log::note::Note;
use crate::intake::request::{Admitted, Asked};
use crate::problem::Problem;
use crate::state::ServerState;

pub use self::release::{WAIT_MS, release_due, release_in_background};
pub use self::talk::{Spoken, Words, read_spoken};

/// `POST /v1/traces`, and where the SDKs of Langfuse, LangSmith and LangWatch send.
pub static TRACES: Door = Door {
    name: DoorName::Otlp,
    paths: &["/v1/traces", "/api/public/otel/v1/traces", "/otel/v1/traces", "/api/otel/v1/traces"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Servers,
    takes: Takes::Traces,
    answer: |asked, _| answer_other_signals(asked),
};

/// Logs and metrics: bots that send all signals shall see no errors.
pub static OTHER_SIGNALS: Door =
    Door { paths: &["/v1/logs", "/v1/metrics"], takes: Takes::OtherSignals, ..TRACES };

/// Langfuse's clients before they spoke OpenTelemetry.
pub static LANGFUSE: Door = Door { paths: &["/api/public/ingestion"], takes: Takes::LangfuseBatch, ..TRACES };

/// The answer that all is well.
pub fn answer_other_signals(asked: &Asked) -> Response {
    answer(Form::of(asked), &[])
}

/// Of what comes with a key for calls of models only, nothing is said to anybody.
fn silence(access: &WriteAccess, sent: &mut Sent) {
    if access.limit == Some(KeyLimit::ModelCalls) {
        sent.traces.iter_mut().flat_map(|trace| &mut trace.parts).for_each(SpanPart::silence);
    }
}

/// Keeps what an older client of Langfuse sends until nothing of its trace has come for a while: it never says that a trace
/// is over.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it can be stored.
pub async fn store_langfuse(
    state: &ServerState,
    Admitted { asked, access, mut lease }: Admitted,
    note: &mut Note,
) -> Result<Response, Problem> {
    let reader = ItemReader { arrived_at: asked.arrived_at, stores_text: access.write.stores_text };
    let length = asked.body.len();
    let batch = state.memory.work(length, move || SentBatch::read(&asked.body, reader)).await?;
    let SentBatch { mut sent, event_ids, ignored, client } = batch;
    silence(&access.write, &mut sent);
    client.iter().for_each(|client| note.set_client(client));
    let settled = settle::settle(state, access.write, reader, sent, &mut lease, note).await?;
    drop(lease);
    settled.replies.iter().for_each(|reply| note.add_reply(reply));
    ignored.into_iter().for_each(|(name, events)| note.add_ignored(name, events));
    Ok(langfuse::answer(&event_ids, &settled.rejected))
}

/// Stores what an exporter of traces sends, or keeps it until the rest of its trace is there.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it can be stored.
pub async fn store_traces(
    state: &ServerState,
    Admitted { asked, access, mut lease }: Admitted,
    note: &mut Note,
) -> Result<Response, Problem> {
    let form = Form::of(&asked);
    let reader = ItemReader { arrived_at: asked.arrived_at, stores_text: access.write.stores_text };
    let length = asked.body.len();
    let mut sent =
        state.memory.work(length, move || Sent::read(&SentSpans::find(form, &asked.body)?, reader)).await?;
    silence(&access.write, &mut sent);
    let settled = settle::settle(state, access.write, reader, sent, &mut lease, note).await?;
    drop(lease);
    settled.replies.iter().for_each(|reply| note.add_reply(reply));
    Ok(answer(form, &settled.rejected))
}
