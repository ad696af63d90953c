//! A body becomes spans, one at a time: protobuf, or JSON in the form that the protocol maps it to. What a span is made of
//! is counted before the span is built, since two bytes of a body may become hundreds of memory.

mod found;
mod json;
mod protobuf;
mod repair;

use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use self::found::{Found, not_readable};
use crate::intake::request::Asked;
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

/// The spans of a request as they were sent, each with the process that it comes from.
#[derive(Debug)]
pub(super) struct SentSpans<'a> {
    form: Form,
    found: Found<'a>,
}

impl<'a> SentSpans<'a> {
    /// Finds the spans of a body, whatever sent them.
    ///
    /// # Errors
    /// 400 when the body is not in that form, 413 above [`MAX_EVENTS`](crate::intake::MAX_EVENTS) spans or above
    /// 50,000 members of one span.
    pub(super) fn find(form: Form, body: &'a [u8]) -> Result<Self, Problem> {
        let found = match form {
            Form::Json => json::find_spans(body)?,
            Form::Protobuf => protobuf::find_spans(body)?,
        };
        Ok(Self { form, found })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.spans.len()
    }

    /// Decodes one of them.
    ///
    /// # Errors
    /// 400 when it is no span.
    pub(super) fn decode(&self, index: usize) -> Result<Span, Problem> {
        let (span, _) = self.found.spans.get(index).ok_or_else(not_readable)?;
        let span = match self.form {
            Form::Json => repair::decode(span),
            Form::Protobuf => Span::decode(*span).ok(),
        };
        span.ok_or_else(not_readable)
    }

    /// The place of the resource of a span.
    pub(super) fn resource_of(&self, index: usize) -> Option<usize> {
        self.found.spans.get(index).and_then(|(_, place)| *place)
    }

    /// The attributes of a resource. One that cannot be read says nothing.
    pub(super) fn decode_resource(&self, place: usize) -> Vec<KeyValue> {
        let Some(resource) = self.found.resources.get(place) else { return Vec::new() };
        let resource: Option<Resource> = match self.form {
            Form::Json => repair::decode(resource),
            Form::Protobuf => Resource::decode(*resource).ok(),
        };
        resource.unwrap_or_default().attributes
    }
}
