//! What a client is told when something is wrong: `application/problem+json` (RFC 9457) with a stable code, and an
//! incident id that stands in the log as well.

mod codes;

use std::error::Error;
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use analytics::error::QueryError;
use axum::Json;
use axum::response::{IntoResponse, Response};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Outlook, StoreError};

pub use self::codes::ProblemCode;

/// The header that repeats the incident id.
pub const INCIDENT_HEADER: HeaderName = HeaderName::from_static("x-incident-id");

/// An answer that says what is wrong. It is logged once, when it is turned into a response.
#[derive(Debug)]
pub struct Problem {
    code: ProblemCode,
    detail: String,
    retry_after_s: Option<u64>,
    cause: Option<String>,
}

impl Problem {
    /// A problem of the client's: nothing more is known than what it is told.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), retry_after_s: None, cause: None }
    }

    /// The same, with the time after which it is worth trying again.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The public code.
    pub fn code(&self) -> &'static str {
        self.code.word()
    }

    /// What the client is told.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// No such thing, or not this client's to see: one answer for both.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "This does not exist, or you may not see it.")
    }

    /// The path exists, for another method.
    pub fn method_not_allowed() -> Self {
        Self::new(ProblemCode::MethodNotAllowed, "This path needs another method.")
    }

    /// Nobody that we know.
    pub fn unauthorized(detail: &'static str) -> Self {
        Self::new(ProblemCode::Unauthorized, detail)
    }

    /// The bot exists and is switched off.
    pub fn bot_inactive() -> Self {
        Self::new(
            ProblemCode::BotInactive,
            "The bot is not activated: nothing is stored and nothing is shown until its owner activates it.",
        )
    }

    /// A write key that is limited to one door came through another.
    pub fn key_of_other_door() -> Self {
        Self::new(
            ProblemCode::KeyOfOtherDoor,
            "This write key is limited to another door. Make a key for this door, or a key without a limit, on the bot's settings page.",
        )
    }

    /// More than the intake takes at once.
    pub fn too_many_items() -> Self {
        Self::new(ProblemCode::TooManyItems, "A request has at most 10,000 events. Send smaller batches.")
    }

    /// Our fault. What happened goes to the log and not to the client.
    pub fn internal(cause: &dyn Error) -> Self {
        let detail = "Something went wrong on our side. The log has the details under this id.";
        Self { cause: Some(chain(cause)), ..Self::new(ProblemCode::Internal, detail) }
    }

    fn unavailable(cause: &dyn Error) -> Self {
        let detail = "The database does not answer. Try again in a moment.";
        let problem = Self::new(ProblemCode::Unavailable, detail).retry_after(5);
        Self { cause: Some(chain(cause)), ..problem }
    }

    fn log(&self, incident: &str) {
        let (status, code) = (self.status().as_u16(), self.code());
        if let Some(cause) = &self.cause {
            tracing::error!(
                incident.id = incident,
                http.status = status,
                problem.code = code,
                error = cause,
                "failed"
            );
        } else if REFUSALS.may_log() {
            match self.status().is_server_error() {
                true => tracing::warn!(
                    incident.id = incident,
                    http.status = status,
                    problem.code = code,
                    "refused"
                ),
                false => tracing::info!(
                    incident.id = incident,
                    http.status = status,
                    problem.code = code,
                    "refused"
                ),
            }
        }
    }
}

/// How many refusals are logged, in the long run and at once.
const LOGGED_A_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
const LOGGED_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);

/// Anybody can be refused as often as they like: the log has so many lines of it a second, and how many it left out.
static REFUSALS: LazyLock<RefusalLog> = LazyLock::new(|| RefusalLog {
    limiter: RateLimiter::direct(Quota::per_second(LOGGED_A_SECOND).allow_burst(LOGGED_AT_ONCE)),
    left_out: AtomicU64::new(0),
});

struct RefusalLog {
    limiter: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

impl RefusalLog {
    fn may_log(&self) -> bool {
        if self.limiter.check().is_err() {
            self.left_out.fetch_add(1, Relaxed);
            return false;
        }
        let left_out = self.left_out.swap(0, Relaxed);
        if left_out > 0 {
            tracing::warn!(left_out, "more requests were refused than are logged");
        }
        true
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match (error.outlook(), error) {
            (Outlook::Busy, _) => {
                let detail = "The server is too busy at the moment. Try again.";
                Self::new(ProblemCode::Busy, detail).retry_after(1)
            }
            (Outlook::Stopping, _) => {
                Self::new(ProblemCode::Stopping, "The server is stopping. Try again soon.").retry_after(5)
            }
            // Only intake meets a bot that goes between the check of its key and the commit.
            (Outlook::Gone, _) => Self::unauthorized("The bot of this write key has been deleted."),
            (Outlook::Refused, StoreError::Query(error)) => error.into(),
            (Outlook::Unavailable, error) => Self::unavailable(&error),
            (Outlook::Refused | Outlook::Fault, error) => Self::internal(&error),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        Self::new(ProblemCode::from(&error), sentence(&error.to_string()))
    }
}

/// What is wrong, as RFC 9457 has it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Body<'a> {
    /// `about:blank`: the status says what kind of problem it is.
    r#type: &'static str,
    /// What the status is called.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// What is wrong and what to do, in a sentence.
    detail: &'a str,
    /// What is wrong, as a stable word.
    code: &'static str,
    /// The same as `detail`, for clients that look there.
    message: &'a str,
    /// Incident id: it is in the server's log too, and in the header `X-Incident-Id`.
    id: &'a str,
}

/// What a client is told, for those that look for it under other names.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The status of the answer.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub detail: &'a str,
    /// The incident id.
    pub id: &'a str,
}

impl Told<'_> {
    /// What the status is called.
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or_default()
    }
}

impl Problem {
    /// Answers with a body in the form that `write` gives it. This is where a problem is logged.
    pub fn into_response_as(self, write: impl FnOnce(Told<'_>) -> Response) -> Response {
        let incident = format!("{:016x}", rand::random::<u64>());
        self.log(&incident);
        let told = Told { status: self.status(), code: self.code(), detail: &self.detail, id: &incident };
        let mut response = write(told);
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(HeaderValue::try_from(incident).map(|incident| (INCIDENT_HEADER, incident)));
        headers.extend(self.retry_after_s.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        if self.code == ProblemCode::Unauthorized {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.into_response_as(|told| {
            let body = Body {
                r#type: "about:blank",
                title: told.title(),
                status: told.status.as_u16(),
                detail: told.detail,
                code: told.code,
                message: told.detail,
                id: told.id,
            };
            Json(body).into_response()
        })
    }
}

/// An error with everything that led to it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_without_end_are_not_logged_without_end() {
        let logged = (0..100_000).filter(|_| REFUSALS.may_log()).count();
        assert!((200..50_000).contains(&logged), "{logged} of 100,000");
        assert!(REFUSALS.left_out.load(Relaxed) > 0);
    }
}
