//! Ways in for what bots already speak. A door translates a request into native items and words the answer; everything
//! between is the native intake: the same validation, limits, counters and store.

pub mod bot_framework;
pub mod chatwoot;
pub mod client_clock;
pub mod dashbot;
pub mod draft;
#[cfg(test)]
mod fuzz;
pub mod items;
pub mod json_body;
pub mod moment;
pub mod optional;
pub mod otlp;
pub mod posthog;
pub mod rasa;
pub mod segment;
pub mod sent;
pub mod vocabulary;

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::instant::Instant;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use store::keys::WriteAccess;

use self::draft::Draft;
use super::MAX_EVENTS;
use super::arrival::{Arrival, receive_body};
use super::batch::{Batch, store_batch};
use super::item::ItemReader;
use super::key::find_keys;
use super::log::note::Note;
use super::reply::Reply;
use crate::memory::Lease;
use crate::problem::Problem;
use crate::state::ServerState;

/// What tells one door from another.
pub struct Door {
    /// Its name in the Intake log and among the measures.
    pub name: &'static str,
    /// What a request says.
    pub translate: fn(&Asked) -> Result<Translation, Problem>,
    /// The answer once everything valid of it is stored.
    pub answer: fn(&Asked, &Reply) -> Response,
}

/// A request as doors see it.
#[derive(Debug)]
pub struct Asked {
    /// Path without a trailing slash.
    pub path: String,
    /// The query's parameters.
    pub query: Query,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, inflated.
    pub body: Vec<u8>,
    /// When it arrived.
    pub arrived_at: Instant,
}

/// The parameters of a query, decoded, in their order.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the question mark.
    pub fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The first value of that name.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What a request says, in native items.
#[derive(Debug, Default)]
pub struct Translation {
    /// The client and its version, as far as it says: `analytics-node 3.1.0`.
    pub client: Option<String>,
    /// The parts, each with the index of what it came from. One thing sent may be several items.
    pub parts: Vec<(usize, Part)>,
}

/// What one thing that was sent comes to.
#[derive(Debug)]
pub enum Part {
    /// An item in the native form, still unchecked.
    Item(Vec<u8>),
    /// Nothing that counts, by the name that the Intake log shows.
    Ignored(Cow<'static, str>),
    /// Not readable as an item.
    Rejected(RejectionCode),
}

impl Translation {
    /// Adds an item, without those of its optional fields that cannot be read.
    pub fn push(&mut self, index: usize, draft: &Draft<'_>) {
        let part = match serde_json::to_vec(&optional::keep_readable(draft)) {
            Ok(item) => Part::Item(item),
            Err(_) => Part::Rejected(RejectionCode::NotAnObject),
        };
        self.parts.push((index, part));
    }

    /// Adds something that is left out on purpose.
    pub fn ignore(&mut self, index: usize, what: impl Into<Cow<'static, str>>) {
        self.parts.push((index, Part::Ignored(what.into())));
    }

    /// Adds something that cannot be read.
    pub fn reject(&mut self, index: usize, code: RejectionCode) {
        self.parts.push((index, Part::Rejected(code)));
    }
}

/// Stores what comes through a door.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it may or can be stored.
pub async fn receive(state: ServerState, request: Request, door: &'static Door) -> Result<Response, Problem> {
    let mut note = Note::begin(&state, door.name, request.headers());
    let answer = store_translation(&state, request, door, &mut note).await;
    Ok(note.end(answer))
}

async fn store_translation(
    state: &ServerState,
    request: Request,
    door: &'static Door,
    note: &mut Note,
) -> Result<Response, Problem> {
    let admitted = admit(state, request, note).await?;
    store_admitted(state, admitted, door, note).await
}

/// Stores what a request says that may be stored, and words the answer.
///
/// # Errors
/// A [`Problem`] when the body cannot be read at all, or nothing of it can be stored.
pub async fn store_admitted(
    state: &ServerState,
    Admitted { asked, access, lease }: Admitted,
    door: &'static Door,
    note: &mut Note,
) -> Result<Response, Problem> {
    let reader = ItemReader { arrived_at: asked.arrived_at, stores_text: access.stores_text };
    let (asked, client, batch) = translate(state, asked, door, reader).await?;
    client.iter().for_each(|client| note.set_client(client));
    let reply = store_batch(state, access, batch).await?;
    drop(lease);
    note.add_reply(&reply);
    Ok((door.answer)(&asked, &reply))
}

/// A request that may be stored.
pub struct Admitted {
    /// What it asks.
    pub asked: Asked,
    /// Whose it is.
    pub access: WriteAccess,
    /// The memory that it is charged for, until it is stored.
    pub lease: Lease,
}

/// Reads a request, if it has the key of a bot that may send, and notes whose it is.
///
/// # Errors
/// A [`Problem`] when it has none, or its body does not arrive or inflate.
pub async fn admit(state: &ServerState, request: Request, note: &mut Note) -> Result<Admitted, Problem> {
    let (parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    // A key in sight is checked before the body is read; one inside the body must wait for it.
    let keys = find_keys(&parts.headers, &query);
    let Arrival { body, access, lease } = receive_body(state, Ok(keys), &parts.headers, body, note).await?;
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let asked = Asked { path, query, headers: parts.headers, body, arrived_at: state.context.clock.now() };
    Ok(Admitted { asked, access, lease })
}

async fn translate(
    state: &ServerState,
    asked: Asked,
    door: &'static Door,
    reader: ItemReader,
) -> Result<(Asked, Option<String>, Batch), Problem> {
    let length = asked.body.len();
    let translate = move || {
        let translation = (door.translate)(&asked)?;
        let batch = read_translation(&translation, reader)?;
        Ok((asked, translation.client, batch))
    };
    state.memory.work(length, translate).await
}

/// The batch that a translation comes to.
///
/// # Errors
/// 413 above [`MAX_EVENTS`] items.
pub fn read_translation(translation: &Translation, reader: ItemReader) -> Result<Batch, Problem> {
    if translation.parts.len() > MAX_EVENTS {
        return Err(Problem::too_many_items());
    }
    Ok(read_parts(translation, reader))
}

/// The batch that a translation comes to, however large it is.
pub fn read_parts(translation: &Translation, reader: ItemReader) -> Batch {
    let mut batch = Batch::default();
    for (index, part) in &translation.parts {
        match part {
            Part::Item(item) => batch.add(*index, item, reader),
            Part::Rejected(code) => batch.reject(*index, *code),
            Part::Ignored(name) => batch.ignore(name),
        }
    }
    batch
}

/// The plain answer of most clients' servers.
pub fn answer_json(body: &'static str) -> Response {
    ([(http::header::CONTENT_TYPE, "application/json")], body).into_response()
}
