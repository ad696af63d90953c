//! Why a request is not answered: the error that a browser sees, with its status. What is our fault is logged here.

use http::header::{ACCEPT, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use rand::Rng;
use store::{Outlook, StoreError};

use super::FORM_ACCEPT;
use crate::error::AppError;

/// When to try again what cannot be done at this moment, in seconds.
const BUSY_S: u64 = 2;

/// What a person sees of an error of the store. What is our fault is logged here, once, under the incident's id.
pub fn internal(error: StoreError) -> AppError {
    match (error.outlook(), error) {
        (Outlook::Refused, StoreError::Query(error)) => refuse(AppError::invalid("query", error.code())),
        (Outlook::Busy | Outlook::Stopping, _) => refuse(AppError::Unavailable),
        (Outlook::Unavailable, error) => {
            tracing::error!(cause = with_causes(&error), "the database is away");
            refuse(AppError::Unavailable)
        }
        (Outlook::Gone, _) => refuse(AppError::NotFound),
        (Outlook::Refused | Outlook::Fault, error) => fault(&with_causes(&error)),
    }
}

/// A field of a form holds what it cannot.
pub fn invalid(field: &str, code: &str) -> AppError {
    refuse(AppError::invalid(field, code))
}

/// Gives the response of a server function the error's status.
pub fn refuse(error: AppError) -> AppError {
    set_status(&error);
    error
}

/// Sets status and `Retry-After` for a program that called a server function. A page sets its own status, since one
/// part of it may fail while the page stays; a plain form is sent back to its page, which a status would prevent.
pub(crate) fn set_status(error: &AppError) {
    let Some(parts) = use_context::<Parts>() else { return };
    if !is_call() || accepts_html(&parts) {
        return;
    }
    set_response_status(error);
    let is_answer = matches!(error, AppError::Invalid { .. } | AppError::RateLimited { .. });
    if let (true, true, Some(response)) =
        (is_answer, accepts(&parts, FORM_ACCEPT), use_context::<ResponseOptions>())
    {
        response.set_status(StatusCode::OK);
    }
}

/// Whether this request calls a server function: not one for a page.
pub(crate) fn is_call() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/fn/"))
}

/// Sets status and `Retry-After` of the response, whatever was asked for.
pub fn set_response_status(error: &AppError) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    response.set_status(error.status());
    let retry_after_s = match error {
        AppError::RateLimited { retry_after_s } => Some(*retry_after_s),
        error if error.status() == StatusCode::SERVICE_UNAVAILABLE => Some(BUSY_S),
        _ => None,
    };
    if let Some(seconds) = retry_after_s {
        response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Whether a browser asks for a page, or sends a form without any script.
pub fn accepts_html(parts: &Parts) -> bool {
    accepts(parts, "text/html")
}

fn accepts(parts: &Parts, media_type: &str) -> bool {
    let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains(media_type))
}

/// Logs our fault under a new incident id, once, and gives the error that names it.
pub(crate) fn fault(text: &str) -> AppError {
    let incident = format!("{:08x}", rand::rng().random::<u32>());
    tracing::error!(error.incident = %incident, error.message = %text, "a request failed");
    refuse(AppError::Internal { incident })
}

fn with_causes(error: &StoreError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
