//! The plain answer of most clients' servers.

use axum::response::{IntoResponse, Response};

/// Answers with fixed JSON.
pub(super) fn answer_json(body: &'static str) -> Response {
    ([(http::header::CONTENT_TYPE, "application/json")], body).into_response()
}
