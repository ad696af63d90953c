//! The only error a browser sees.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The code of a form that cannot be worked on at this moment.
pub const BUSY: &str = "busy";

/// Why a page or a card has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum AppError {
    /// Absent, or not the viewer's to see.
    #[error("not found")]
    NotFound,
    /// A field holds what it cannot; `code` is stable, the page has the sentence.
    #[error("{field}: {code}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong with it.
        code: String,
    },
    /// Nobody is signed in.
    #[error("signed out")]
    SignedOut,
    /// The page was opened at an address that the server does not know as its own, so nothing that it sends is taken.
    #[error("foreign origin")]
    ForeignOrigin {
        /// Both addresses; only told to a page that the server itself has sent.
        origins: Option<Origins>,
    },
    /// Signed in, known to exist, and still not allowed.
    #[error("forbidden")]
    Forbidden,
    /// The database or the network does not answer.
    #[error("unavailable")]
    Unavailable,
    /// No answer came to something that was sent: whether it was done is not known. Only the browser can tell.
    #[error("unanswered")]
    Unanswered,
    /// Too many tries.
    #[error("too many tries, wait {retry_after_s} seconds")]
    RateLimited {
        /// When to try again.
        retry_after_s: u64,
    },
    /// Our fault; the log has the details under this id.
    #[error("internal error {incident}")]
    Internal {
        /// The incident's id.
        incident: String,
    },
}

/// Where a page was opened, and where the server believes that people reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    /// The page's origin: `http://localhost:4209`.
    pub opened_at: String,
    /// `PARLANCE_BASE_URL`.
    pub base_url: String,
}

impl AppError {
    /// A field holds what it cannot.
    pub fn invalid(field: &str, code: &str) -> Self {
        Self::Invalid { field: field.to_owned(), code: code.to_owned() }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            // What was sent is not at fault: the form says to send it again.
            Self::Invalid { code, .. } if code == BUSY => StatusCode::SERVICE_UNAVAILABLE,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForeignOrigin { .. } => StatusCode::FORBIDDEN,
            Self::Unavailable | Self::Unanswered => StatusCode::SERVICE_UNAVAILABLE,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
