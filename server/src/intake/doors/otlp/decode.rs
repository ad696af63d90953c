//! A body becomes spans, one at a time: protobuf, or JSON in the form that the protocol maps it to. What a span is made of
//! is counted before the span is built, since two bytes of a body may become hundreds of memory.

mod json;
mod protobuf;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::trace::v1::Span;

use super::Asked;
use crate::problem::Problem;

/// Most attributes, events and links of one span, with all that they are made of. Exporters keep to a few hundred.
const MAX_MEMBERS: usize = 50_000;

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

/// The spans of a request as they were sent.
#[derive(Debug)]
pub(super) enum SentSpans<'a> {
    Json(Vec<&'a str>),
    Protobuf(Vec<&'a [u8]>),
}

impl<'a> SentSpans<'a> {
    /// Finds the spans of a body, whatever sent them.
    ///
    /// # Errors
    /// 400 when the body is not in that form, 413 above [`MAX_EVENTS`](crate::intake::MAX_EVENTS) spans or above
    /// 50,000 members of one span.
    pub(super) fn find(form: Form, body: &'a [u8]) -> Result<Self, Problem> {
        match form {
            Form::Json => json::find_spans(body).map(Self::Json),
            Form::Protobuf => protobuf::find_spans(body).map(Self::Protobuf),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Json(spans) => spans.len(),
            Self::Protobuf(spans) => spans.len(),
        }
    }

    /// Decodes one of them.
    ///
    /// # Errors
    /// 400 when it is no span.
    pub(super) fn decode(&self, index: usize) -> Result<Span, Problem> {
        let span = match self {
            Self::Json(spans) => spans.get(index).and_then(|span| json::decode(span)),
            Self::Protobuf(spans) => spans.get(index).and_then(|span| protobuf::decode(span)),
        };
        span.ok_or_else(not_readable)
    }
}

fn not_readable() -> Problem {
    let detail = "The body is no ExportTraceServiceRequest of OTLP, neither in protobuf nor in JSON.";
    Problem::new(StatusCode::BAD_REQUEST, "otlp_invalid", detail)
}

fn too_many_members() -> Problem {
    let detail =
        "A span has at most 50,000 attributes, events and links. Lower the limits of the exporter's SDK.";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "span_too_large", detail)
}
