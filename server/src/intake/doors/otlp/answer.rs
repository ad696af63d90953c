//! What an exporter is told: nothing when all went well, else how many spans were rejected, and why the first of them was.

use std::collections::BTreeSet;

use analytics::error::RejectionCode;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;

use super::decode::Form;

/// The answer to a request of which these spans were rejected, each by its index.
pub(super) fn answer(form: Form, rejected: &[(usize, RejectionCode)]) -> Response {
    let spans: BTreeSet<usize> = rejected.iter().map(|(index, _)| *index).collect();
    let count = i64::try_from(spans.len()).unwrap_or(i64::MAX);
    let message = rejected.first().map(|(_, code)| format!("{}: {}", code.as_str(), code.detail()));
    match form {
        Form::Json => write_json(count, message),
        Form::Protobuf => write_protobuf(count, message),
    }
}

fn write_json(count: i64, message: Option<String>) -> Response {
    let body = match message {
        None => json!({}),
        Some(message) => {
            json!({"partialSuccess": {"rejectedSpans": count.to_string(), "errorMessage": message}})
        }
    };
    ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn write_protobuf(count: i64, message: Option<String>) -> Response {
    let partial_success =
        message.map(|error_message| ExportTracePartialSuccess { rejected_spans: count, error_message });
    let body = ExportTraceServiceResponse { partial_success }.encode_to_vec();
    ([(CONTENT_TYPE, "application/x-protobuf")], body).into_response()
}
