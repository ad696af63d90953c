//! Large answers are charged until their clients have taken them.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Body as _;

use crate::guarded_body::GuardedBody;
use crate::memory::KIB;
use crate::state::ServerState;

/// Answers up to this size are not charged: with every connection they have less than the buffers of the system.
const FREE_BYTES: u64 = 64 * KIB as u64;
/// Files are part of the program: an answer that sends one takes no memory.
const FILES: &str = "/pkg/";

/// Charges an answer whose length is known, and refuses it when too many wait for their clients.
pub async fn lease_answer(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let is_file =
        request.extensions().get::<MatchedPath>().is_some_and(|path| path.as_str().starts_with(FILES));
    let response = next.run(request).await;
    let length = response.body().size_hint().lower();
    if is_file || length <= FREE_BYTES {
        return response;
    }
    let mut lease = state.memory.lease_for_answer();
    match lease.grow_to(usize::try_from(length).unwrap_or(usize::MAX)).await {
        Ok(()) => response.map(|body| GuardedBody::wrap(body, lease)),
        Err(problem) => problem.into_response(),
    }
}
