//! Large answers are charged until their clients have taken them.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::{KIB, Lease};
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
        Ok(()) => response.map(|body| Body::new(LeasedBody { body, _lease: lease })),
        Err(problem) => problem.into_response(),
    }
}

/// The body of an answer with what it is charged.
struct LeasedBody {
    body: Body,
    _lease: Lease,
}

impl HttpBody for LeasedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body.frame()).poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
