//! A body becomes spans: protobuf, or JSON in the form that the protocol maps it to.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::Asked;
use crate::intake::MAX_EVENTS;
use crate::problem::Problem;

/// How a request is written; its answer is written likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Protobuf,
}

impl Form {
    /// JSON if the header says so or the body begins with a brace: no protobuf of this kind does. (One may begin with a
    /// line break and a brace.)
    pub(super) fn of(asked: &Asked) -> Self {
        let header = asked.headers.get(CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        let is_json = header.to_ascii_lowercase().starts_with(b"application/json");
        if is_json || asked.body.starts_with(b"{") { Self::Json } else { Self::Protobuf }
    }
}

/// The spans of a request, whatever sent them.
///
/// # Errors
/// 400 when the body is not in that form, 413 above [`MAX_EVENTS`] spans.
pub(super) fn decode(form: Form, body: &[u8]) -> Result<Vec<Span>, Problem> {
    let request = match form {
        Form::Json => serde_json::from_slice(body).ok(),
        Form::Protobuf => ExportTraceServiceRequest::decode(body).ok(),
    };
    let request = request.ok_or_else(not_readable)?;
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let spans: Vec<Span> = scopes.flat_map(|scope| scope.spans).collect();
    if spans.len() > MAX_EVENTS { Err(Problem::too_many_items()) } else { Ok(spans) }
}

fn not_readable() -> Problem {
    let detail = "The body is no ExportTraceServiceRequest of OTLP, neither in protobuf nor in JSON.";
    Problem::new(StatusCode::BAD_REQUEST, "otlp_invalid", detail)
}
