//! From the first byte of a request's body to the body as the bot wrote it. Each step is charged before it is taken.

use std::io;

use axum::body::Body;
use http::HeaderMap;
use store::credentials::Secret;
use store::keys::KeyAccess;

use super::body::ArrivingBody;
use super::form;
use super::inflate::{self, Encoding};
use super::key::{authorise, find_key_in_body};
use super::log::note::Note;
use crate::memory::Lease;
use crate::problem::Problem;
use crate::state::ServerState;

/// Memory that reading a body takes, as a multiple of its length: the body, its items, the facts, and their statement.
const READING_FACTOR: usize = 4;
/// A key inside a body is looked for when so many bytes are there. Most clients send it first, and a body with a key
/// no longer needs room in the small share of those without.
const KEY_WITHIN_BYTES: usize = 64 * 1024;

/// A body with what may be done with it.
#[derive(Debug)]
pub struct Arrival {
    /// The body, inflated.
    pub body: Vec<u8>,
    /// Whose it is.
    pub access: KeyAccess,
    /// What the request is charged. It is held until the request has been answered.
    pub lease: Lease,
}

/// Reads a body of which one of these keys is known to be in the headers or the query. Without any key there, the one
/// in the body counts.
///
/// # Errors
/// A [`Problem`] when no key opens a bot that may send, or when the body does not arrive or inflate.
pub async fn receive_body(
    state: &ServerState,
    keys: Result<Vec<Secret>, Problem>,
    headers: &HeaderMap,
    body: Body,
    note: &mut Note,
) -> Result<Arrival, Problem> {
    let mut body = ArrivingBody::new(body, headers);
    let admitted = match keys {
        Ok(keys) if keys.is_empty() => find_bot_in_body(state, headers, &mut body, note).await,
        Ok(keys) => authorise(state, &keys, note).await,
        Err(problem) => Err(problem),
    };
    let received = match admitted {
        Ok(access) => receive_all(state, access, &mut body).await,
        Err(problem) => Err(problem),
    };
    let (access, lease) = received?;
    inflate_body(state, body.into_bytes(), headers, access, lease).await
}

async fn receive_all(
    state: &ServerState,
    access: KeyAccess,
    body: &mut ArrivingBody,
) -> Result<(KeyAccess, Lease), Problem> {
    let mut lease = state.memory.lease_for(access.write.bot_id);
    lease.grow_to(body.bytes().len()).await?;
    body.read(&mut lease).await?;
    Ok((access, lease))
}

/// The bot that the key inside a body opens, as soon as enough of the body is there.
async fn find_bot_in_body(
    state: &ServerState,
    headers: &HeaderMap,
    body: &mut ArrivingBody,
    note: &mut Note,
) -> Result<KeyAccess, Problem> {
    let mut lease = state.memory.lease_without_key();
    body.read_up_to(KEY_WITHIN_BYTES, &mut lease).await?;
    let mut key = find_key(state, headers, body).await?;
    if key.is_none() && !body.has_ended() {
        body.read(&mut lease).await?;
        key = find_key(state, headers, body).await?;
    }
    authorise(state, &[key.ok_or_else(key_missing)?], note).await
}

async fn find_key(
    state: &ServerState,
    headers: &HeaderMap,
    body: &mut ArrivingBody,
) -> Result<Option<Secret>, Problem> {
    let encoding = Encoding::of(headers, body.bytes())?;
    let bytes = body.lend_bytes();
    let length = if encoding == Encoding::Plain { bytes.len() } else { inflate::MAX_INFLATED_BYTES };
    let find = move || Ok((find_key_inside(&bytes, encoding), bytes));
    let (key, bytes) = state.memory.work(length, find).await?;
    body.return_bytes(bytes);
    // Only gzip can fail, and as long as the body goes on it ends too soon.
    key.or_else(|_| if body.has_ended() { Err(inflate::not_gzip()) } else { Ok(None) })
}

fn find_key_inside(bytes: &[u8], encoding: Encoding) -> io::Result<Option<Secret>> {
    match encoding {
        Encoding::Plain => find_key_in_body(&*form::unwrap_start(bytes)),
        Encoding::Gzip => find_key_in_body(inflate::reader(bytes, encoding)),
    }
}

async fn inflate_body(
    state: &ServerState,
    sent: Vec<u8>,
    headers: &HeaderMap,
    access: KeyAccess,
    mut lease: Lease,
) -> Result<Arrival, Problem> {
    let encoding = Encoding::of(headers, &sent)?;
    if encoding == Encoding::Plain {
        lease.grow_to(sent.len() * READING_FACTOR).await?;
        let body = unwrap_form(state, sent).await?;
        return Ok(Arrival { body, access, lease });
    }
    let mut limit = inflate::expected_length(&sent);
    let mut sent = sent;
    loop {
        lease.grow_to(sent.len() + limit * READING_FACTOR).await?;
        let (inflated, back) =
            state.memory.work(usize::MAX, move || Ok((inflate::inflate(&sent, limit)?, sent))).await?;
        if let Some(body) = inflated {
            return Ok(Arrival { body, access, lease });
        }
        // The body is longer than it says itself.
        (sent, limit) = (back, inflate::MAX_INFLATED_BYTES);
    }
}

/// The JSON inside of a form is shorter than the form.
async fn unwrap_form(state: &ServerState, body: Vec<u8>) -> Result<Vec<u8>, Problem> {
    if form::is_form(&body) {
        state.memory.work(body.len(), move || Ok(form::unwrap(body))).await
    } else {
        Ok(body)
    }
}

fn key_missing() -> Problem {
    Problem::unauthorized("Send the bot's write key where this client puts its key or token.")
}
