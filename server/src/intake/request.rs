//! A request of the intake: what doors see of it once it is known who sends it.

use analytics::instant::Instant;
use axum::extract::Request;
use http::HeaderMap;
use store::keys::KeyAccess;

use super::arrival::{Arrival, receive_body};
use super::key::{KeyPlaces, find_in_query, find_keys};
use super::log::note::Note;
use super::query::Query;
use crate::memory::Lease;
use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::bearer::find_bearer;

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

/// A request that may be stored.
pub struct Admitted {
    /// What it asks.
    pub asked: Asked,
    /// Whose it is.
    pub access: KeyAccess,
    /// The memory that it is charged for, until it is stored.
    pub lease: Lease,
}

/// Reads a request, if it has the key of a bot that may send, and notes whose it is.
///
/// # Errors
/// A [`Problem`] when it has none, or its body does not arrive or inflate.
pub async fn admit(
    state: &ServerState,
    request: Request,
    places: KeyPlaces,
    note: &mut Note,
) -> Result<Admitted, Problem> {
    let (parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    // A key in sight is checked before the body is read; one inside the body must wait for it.
    let keys = match places {
        KeyPlaces::Anywhere => Ok(find_keys(&parts.headers, &query)),
        KeyPlaces::BearerOrQuery => {
            let key = find_bearer(&parts.headers).or_else(|| find_in_query(&query).next());
            key.map(|key| vec![key]).ok_or_else(bearer_missing)
        }
    };
    let Arrival { body, access, lease } = receive_body(state, keys, &parts.headers, body, note).await?;
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let asked = Asked { path, query, headers: parts.headers, body, arrived_at: state.context.clock.now() };
    Ok(Admitted { asked, access, lease })
}

fn bearer_missing() -> Problem {
    Problem::unauthorized("Send the bot's write key as Authorization: Bearer …")
}
