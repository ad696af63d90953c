//! How answers and errors travel.

use leptos::server_fn::codec::Post;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

use crate::error::AppError;

/// What every server function answers with.
pub type Answer = Post<JsonText>;

/// JSON that is read as text, as all other JSON of the browser is: reading it as bytes takes a second parser along.
#[derive(Debug)]
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => unreadable(),
            // A form that came. Elsewhere it is the server's answer, or the error in a page's address.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(_) if super::refusal::is_call() => unreadable(),
            // An answer that is none of ours is a proxy's, or was cut.
            #[cfg(feature = "hydrate")]
            ServerFnErrorErr::Deserialization(_) => Self::Unavailable,
            _ => Self::Internal { incident: "transport".to_owned() },
        }
    }
}

/// A form that cannot be read. The server gives its response the status and logs it, without anything that it held.
fn unreadable() -> AppError {
    let error = AppError::invalid("form", "unreadable");
    #[cfg(feature = "ssr")]
    {
        tracing::info!(problem.code = "form_unreadable", "refused");
        super::refusal::set_status(&error);
    }
    error
}
