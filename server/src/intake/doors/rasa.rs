use http::StatusCode;
use axum::response::IntoResponse;

use super::{Door, Translation};

pub static BROKER: Door = Door { name: "rasa", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
pub static EVENTS: Door = Door { name: "rasa", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
