//! What a page loads, as JSON text until it is read. Every page's answer has this one type, so the browser carries one
//! kind of resource and one parser per answer, not one for hydration and another for requests.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A value as JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(String);

impl Json {
    /// Writes a value.
    ///
    /// # Errors
    /// [`AppError::Internal`] for a value that JSON cannot hold.
    #[cfg(feature = "ssr")]
    pub fn new<T: Serialize>(value: &T) -> Result<Self, AppError> {
        let text = serde_json::to_string(value);
        text.map(Self).map_err(|error| crate::api::refusal::fault(&error.to_string()))
    }

    /// Reads the value.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the text is not such a value: it comes from another build of the server.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        serde_json::from_str(&self.0).map_err(|_| AppError::Unavailable)
    }
}
