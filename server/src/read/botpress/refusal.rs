//! Errors as that API's client understands them: a problem whose `type` is a word of theirs and whose `code` is the
//! status. It stays a legal problem of RFC 9457, where `type` may be a relative reference.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::problem::{Problem, Told};

/// A [`Problem`] in that form.
#[derive(Debug)]
pub struct Refusal(Problem);

/// What is wrong, in the words of that API and in those of RFC 9457.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BotpressProblem")]
pub struct RefusalBody {
    /// `Unauthorized`, `Forbidden`, `ResourceNotFound`, `InvalidQuery`, `RateLimited` or `Internal`.
    r#type: &'static str,
    /// What the status is called.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// The same as `status`.
    code: u16,
    /// The same as `detail`.
    message: String,
    /// Incident id: it is in the server's log too.
    id: String,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.into_response_as(|told| Json(body(told)).into_response())
    }
}

fn body(told: Told<'_>) -> RefusalBody {
    RefusalBody {
        r#type: word(told.status),
        title: told.title(),
        status: told.status.as_u16(),
        detail: told.detail.to_owned(),
        code: told.status.as_u16(),
        message: told.detail.to_owned(),
        id: told.id.to_owned(),
    }
}

fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "InvalidQuery",
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::NOT_FOUND => "ResourceNotFound",
        StatusCode::TOO_MANY_REQUESTS => "RateLimited",
        _ => "Internal",
    }
}
