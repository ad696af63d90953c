//! Any body at the door of OpenTelemetry, in both forms.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use prost::Message;
use serde_json::Value;

use super::decode::{Form, SentSpans};
use super::langfuse::SentBatch;
use super::spans::SpanPart;
use super::traces::Sent;
use super::turns::{TraceItems, translate};
use crate::fuzzing::{
    Field, READER, any_message, check_translation, edited, edited_from, edited_json, edited_values, encode,
    load, recorded, within_limits,
};
use crate::intake::MAX_EVENTS;
use crate::intake::doors::fuzz::ask;
use crate::intake::item::MAX_TEXT_BYTES;

/// Two texts as long as they may be, every byte of them escaped, and the names.
const MAX_WAITING_BYTES: usize = 2 * 6 * MAX_TEXT_BYTES + 20_000;

fn bodies(is_json: bool) -> Vec<Vec<u8>> {
    let all = recorded("/v1/traces").into_iter().map(|sample| sample.body);
    all.filter(|body| body.starts_with(b"{") == is_json).collect()
}

/// JSON, changed as values and written as protobuf as far as it is a request still.
fn protobuf_of_json() -> impl Strategy<Value = Vec<u8>> {
    let values = bodies(true).iter().filter_map(|body| serde_json::from_slice::<Value>(body).ok()).collect();
    edited_values(values).prop_map(|value| {
        let request: Result<ExportTraceServiceRequest, _> = serde_json::from_value(value);
        request.map(|request| request.encode_to_vec()).unwrap_or_default()
    })
}

fn any_protobuf() -> impl Strategy<Value = Vec<u8>> {
    let of_json = protobuf_of_json().boxed();
    prop_oneof![
        2 => edited(bodies(false)),
        2 => of_json.clone(),
        1 => edited_from(of_json),
        2 => any_message(),
    ]
}

/// Gives back how many spans were read and how many facts they are.
fn check(form: Form, body: Vec<u8>) -> Result<(usize, usize), TestCaseError> {
    let length = body.len();
    // Beyond it the library would take hundreds of megabytes.
    if length < 100_000 {
        check_against_library(form, &body)?;
    }
    let mut asked = ask("/v1/traces", body);
    if form == Form::Json {
        asked.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    match within_limits(length, || {
        SentSpans::find(form, &asked.body).and_then(|spans| Sent::read(&spans, READER))
    })? {
        Ok(sent) => check_sent(&sent),
        Err(problem) => {
            prop_assert!(problem.status().is_client_error(), "{:?}", problem);
            Ok((0, 0))
        }
    }
}

/// What the decoder of the protocol's own library reads is read here as the same, unless it is too much.
fn check_against_library(form: Form, body: &[u8]) -> Result<(), TestCaseError> {
    let request = match form {
        Form::Json => serde_json::from_slice::<ExportTraceServiceRequest>(body).ok(),
        Form::Protobuf => ExportTraceServiceRequest::decode(body).ok(),
    };
    // The library takes a list for an object, by the order of its fields. No exporter writes that, and it is refused here.
    let has_lists_for_objects =
        || serde_json::from_slice(body).is_ok_and(|json: Value| json.is_array() || has_lists_in_lists(&json));
    let request = request.filter(|_| form == Form::Protobuf || !has_lists_for_objects());
    let Some(request) = request else { return Ok(()) };
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let expected: Vec<Span> = scopes.flat_map(|scope| scope.spans).collect();
    let found = SentSpans::find(form, body)
        .and_then(|spans| (0..spans.len()).map(|index| spans.decode(index)).collect::<Result<Vec<_>, _>>());
    match found {
        Ok(found) => prop_assert!(found == expected, "{found:?} instead of {expected:?}"),
        Err(problem) => prop_assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE),
    }
    Ok(())
}

fn has_lists_in_lists(json: &Value) -> bool {
    match json {
        Value::Array(members) => members.iter().any(|member| member.is_array() || has_lists_in_lists(member)),
        Value::Object(members) => members.values().any(has_lists_in_lists),
        _ => false,
    }
}

fn check_sent(sent: &Sent) -> Result<(usize, usize), TestCaseError> {
    let parts = sent.traces.iter().map(|trace| trace.parts.len()).sum::<usize>();
    prop_assert!(parts + sent.rejected.len() <= MAX_EVENTS);
    let mut facts = 0;
    for trace in &sent.traces {
        for part in &trace.parts {
            check_waiting(part)?;
        }
        let mut items = TraceItems::new(READER);
        translate(trace, None, &mut items);
        let translation = items.translation;
        // A call counts as such, and each turn has at least one, with its question and its answer.
        prop_assert!(translation.parts.len() <= 3 * trace.parts.len());
        facts += check_translation(&translation)?.len();
    }
    Ok((parts, facts))
}

/// What waits in the store is small and can be read again.
fn check_waiting(part: &SpanPart) -> Result<(), TestCaseError> {
    let written = serde_json::to_string(part).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(written.len() <= MAX_WAITING_BYTES, "{} bytes wait of a span", written.len());
    let read: Result<SpanPart, _> = serde_json::from_str(&written);
    prop_assert!(read.is_ok());
    Ok(())
}

#[test]
fn the_samples_are_understood() {
    for (is_json, form) in [(true, Form::Json), (false, Form::Protobuf)] {
        for body in bodies(is_json) {
            let (parts, facts) = check(form, body).unwrap();
            assert!(parts > 0 && facts > 0);
        }
    }
}

/// Gives back how many spans were read and how many facts they are.
fn check_langfuse(body: &[u8]) -> Result<(usize, usize), TestCaseError> {
    match within_limits(body.len(), || SentBatch::read(body, READER))? {
        Ok(batch) => {
            prop_assert!(batch.event_ids.len() <= MAX_EVENTS);
            check_sent(&batch.sent)
        }
        Err(problem) => {
            prop_assert!(problem.status().is_client_error(), "{:?}", problem);
            Ok((0, 0))
        }
    }
}

#[test]
fn the_sample_of_langfuse_is_understood() {
    for body in load("langfuse-batch") {
        assert_eq!(check_langfuse(&body).unwrap(), (3, 4));
    }
}

#[test]
fn many_small_things_take_little_memory() {
    let one = |number, inside: Vec<Field>| Field::Message(number, inside);
    let many = |field: Field| Field::Repeated(Box::new(field), 500_000);
    let span = || many(one(2, Vec::new()));
    for body in [
        vec![one(1, vec![one(2, vec![span()])])],
        vec![one(1, vec![many(one(2, Vec::new()))])],
        vec![many(one(1, Vec::new()))],
        vec![one(1, vec![one(1, vec![many(one(1, Vec::new()))])])],
        vec![one(1, vec![one(2, vec![one(2, vec![many(one(9, Vec::new()))])])])],
        vec![one(1, vec![one(2, vec![one(2, vec![many(one(11, Vec::new()))])])])],
        vec![one(1, vec![one(2, vec![one(2, vec![many(one(13, Vec::new()))])])])],
    ] {
        check(Form::Protobuf, encode(&body)).unwrap();
    }
    let json = |before: &str, after: &str| format!("{before}{}{after}", vec!["{}"; 300_000].join(","));
    for body in [
        json(r#"{"resourceSpans":[{"scopeSpans":[{"spans":["#, "]}]}]}"),
        json(r#"{"resourceSpans":[{"scopeSpans":["#, "]}]}"),
        json(r#"{"resourceSpans":["#, "]}"),
        json(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":["#, "]}]}]}]}"),
        json(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"unknown":["#, "]}]}]}]}"),
    ] {
        check(Form::Json, body.into_bytes()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_protobuf_for_opentelemetry(body in any_protobuf()) {
        check(Form::Protobuf, body)?;
    }

    #[test]
    fn any_batch_for_langfuse(body in prop_oneof![3 => edited_json(load("langfuse-batch")), 1 => edited(load("langfuse-batch"))]) {
        check_langfuse(&body)?;
    }

    #[test]
    fn any_json_for_opentelemetry(body in prop_oneof![3 => edited_json(bodies(true)), 1 => edited(bodies(true))]) {
        check(Form::Json, body)?;
    }
}
