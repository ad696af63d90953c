use http::StatusCode;
use axum::response::IntoResponse;

use super::{Door, Translation};

pub static TRACK: Door = Door { name: "dashbot", translate: |_| Ok(Translation::default()), answer: |_, _| StatusCode::NOT_IMPLEMENTED.into_response() };
