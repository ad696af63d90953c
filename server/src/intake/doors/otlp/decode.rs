//! A body becomes spans: protobuf, or JSON in the form that the protocol maps it to.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::Value;

use super::Asked;
use crate::intake::MAX_EVENTS;
use crate::problem::Problem;

const LISTS: [&str; 2] = ["arrayValue", "kvlistValue"];

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
        Form::Json => serde_json::from_slice(body).ok().or_else(|| decode_repaired(body)),
        Form::Protobuf => ExportTraceServiceRequest::decode(body).ok(),
    };
    let request = request.ok_or_else(not_readable)?;
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let spans: Vec<Span> = scopes.flat_map(|scope| scope.spans).collect();
    if spans.len() > MAX_EVENTS { Err(Problem::too_many_items()) } else { Ok(spans) }
}

/// The same with what generic writers of protobuf's JSON leave out and the decoder insists on.
fn decode_repaired(body: &[u8]) -> Option<ExportTraceServiceRequest> {
    let mut json = serde_json::from_slice(body).ok()?;
    repair(&mut json);
    serde_json::from_value(json).ok()
}

/// `null` is the same as absent, and an empty list is written without its values.
fn repair(json: &mut Value) {
    match json {
        Value::Array(members) => members.iter_mut().for_each(repair),
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            for (name, member) in members {
                if let (true, Some(list)) = (LISTS.contains(&name.as_str()), member.as_object_mut()) {
                    list.entry("values").or_insert_with(|| Value::Array(Vec::new()));
                }
                repair(member);
            }
        }
        _ => {}
    }
}

fn not_readable() -> Problem {
    let detail = "The body is no ExportTraceServiceRequest of OTLP, neither in protobuf nor in JSON.";
    Problem::new(StatusCode::BAD_REQUEST, "otlp_invalid", detail)
}
