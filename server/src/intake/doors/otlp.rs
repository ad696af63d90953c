use http::StatusCode;
use axum::response::IntoResponse;

use super::{Door, Translation};

pub static TRACES: Door = Door { name: "otlp", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
pub static DROPPED: Door = Door { name: "otlp", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
