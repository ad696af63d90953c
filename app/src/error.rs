//! The only error a browser sees.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

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
    /// Signed in, known to exist, and still not allowed.
    #[error("forbidden")]
    Forbidden,
    /// The database or the network does not answer.
    #[error("unavailable")]
    Unavailable,
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

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid { field: "form".to_owned(), code: "unreadable".to_owned() }
            }
            _ => Self::Internal { incident: "transport".to_owned() },
        }
    }
}
