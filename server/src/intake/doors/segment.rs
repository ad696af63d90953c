use http::StatusCode;
use axum::response::IntoResponse;

use super::{Door, Translation};

pub static BATCH: Door = Door { name: "segment", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
pub static CALL: Door = Door { name: "segment", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
