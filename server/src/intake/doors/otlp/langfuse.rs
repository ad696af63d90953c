//! Langfuse's older protocol, `POST /api/public/ingestion`: events that create and update traces and what is in them. Each
//! object is read as the span that newer clients send of it.

use std::borrow::Cow;
use std::collections::HashMap;

use analytics::error::RejectionCode;
use analytics::written_time::Moment;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::json;

use super::spans::{Form, Named, SpanPart};
use super::traces::{Sent, Trace};
use crate::intake::doors::json_body::{batch_invalid, read_array, read_object, read_text};
use crate::intake::doors::moment::read_moment;
use crate::intake::doors::sent::{Sent as Object, ignored_name};
use crate::intake::doors::vocabulary::name_client;
use crate::intake::item::ItemReader;
use crate::intake::item::derive_id::derive_id;
use crate::intake::json;
use crate::problem::Problem;

/// Where the beginning of an object stands.
const START_TIMES: [&str; 2] = ["startTime", "timestamp"];
/// The id that a trace itself has among its objects.
const TRACE: &str = "trace";
/// Longest id that is kept as it is; two of them make the id of a call.
const MAX_ID_BYTES: usize = 80;
/// Any id of a span above: what it is stands beside.
const SOME_PARENT: [u8; 8] = [1; 8];
/// Fields that are passed on as text, with the attributes that newer clients write.
const TEXTS: [(&str, &str); 7] = [
    ("model", "langfuse.observation.model.name"),
    ("level", "langfuse.observation.level"),
    ("input", "langfuse.observation.input"),
    ("output", "langfuse.observation.output"),
    ("metadata", "langfuse.observation.metadata"),
    ("usageDetails", "langfuse.observation.usage_details"),
    ("costDetails", "langfuse.observation.cost_details"),
];
/// The same of a trace.
const TRACE_TEXTS: [(&str, &str); 4] = [
    ("userId", "user.id"),
    ("sessionId", "session.id"),
    ("metadata", "langfuse.trace.metadata"),
    ("name", "langfuse.trace.name"),
];

/// What a batch holds.
#[derive(Debug, Default)]
pub(super) struct SentBatch {
    pub(super) sent: Sent,
    /// The ids of its events, by which each is answered.
    pub(super) event_ids: Vec<String>,
    /// What is ignored by name, with how often.
    pub(super) ignored: Vec<(Cow<'static, str>, u64)>,
    /// The client and its version.
    pub(super) client: Option<String>,
}

/// One object, as far as events of the batch tell it.
struct Told<'a> {
    index: usize,
    kind: String,
    /// Bodies, each newer than the one before.
    bodies: Vec<Object<'a>>,
    /// When the first of the events was made.
    noted_at: Option<Moment>,
    /// Whether a time is there that is none.
    has_bad_time: bool,
}

impl SentBatch {
    /// Reads a batch.
    ///
    /// # Errors
    /// 400 when there is none, 413 above [`MAX_EVENTS`](crate::intake::MAX_EVENTS) events.
    pub(super) fn read(body: &[u8], reader: ItemReader) -> Result<Self, Problem> {
        let text = read_text(body);
        let object = read_object(&text)?;
        let events = read_array(object.find("batch").ok_or_else(batch_invalid)?)?;
        let client = object.object("metadata");
        let client = client.and_then(|client| name_client(&client, "sdk_name", "sdk_version"));
        let mut batch = Self { client, ..Self::default() };
        let mut objects = Objects::default();
        for (index, event) in events.into_iter().enumerate() {
            batch.add(index, event, &mut objects);
        }
        batch.sent.traces = objects.into_traces(reader, &mut batch.sent.rejected);
        Ok(batch)
    }

    fn add<'a>(&mut self, index: usize, json: &'a [u8], objects: &mut Objects<'a>) {
        let event = Object::parse(json).unwrap_or_default();
        self.event_ids.push(event.id("id").unwrap_or_default().into_owned());
        let kind = event.text("type").unwrap_or_default();
        let Some((object, verb)) =
            kind.split_once('-').filter(|(_, verb)| ["create", "update"].contains(verb))
        else {
            return self.ignore(&kind);
        };
        if ["score", "dataset"].contains(&object) || verb.is_empty() {
            return self.ignore(&kind);
        }
        if !objects.add(index, object, &event) {
            self.sent.rejected.push((index, RejectionCode::NotAnObject));
        }
    }

    fn ignore(&mut self, kind: &str) {
        let name = ignored_name(kind);
        match self.ignored.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => self.ignored.push((name, 1)),
        }
    }
}

/// The objects of a batch, by trace and id, in the order in which they came.
#[derive(Default)]
struct Objects<'a> {
    told: Vec<((String, String), Told<'a>)>,
    places: HashMap<(String, String), usize>,
}

impl<'a> Objects<'a> {
    /// Adds what an event tells of an object; says whether it names one.
    fn add(&mut self, index: usize, kind: &str, event: &Object<'a>) -> bool {
        let Some(body) = event.object("body") else { return false };
        let own = body.id("id");
        let key = match kind {
            TRACE => own.map(|id| (fit(&id), TRACE.to_owned())),
            _ => body.id("traceId").zip(own).map(|(trace, id)| (fit(&trace), fit(&id))),
        };
        let Some(key) = key else { return false };
        let kind = match kind {
            "observation" => body.text("type").unwrap_or_default().to_lowercase(),
            kind => kind.to_owned(),
        };
        let noted_at = event.find("timestamp").and_then(read_moment);
        let has_bad_time =
            is_bad_time(event, "timestamp") || START_TIMES.iter().any(|name| is_bad_time(&body, name));
        let place = *self.places.entry(key.clone()).or_insert(self.told.len());
        match self.told.get_mut(place) {
            Some((_, told)) => {
                told.bodies.push(body);
                told.has_bad_time |= has_bad_time;
            }
            None => self.told.push((key, Told { index, kind, bodies: vec![body], noted_at, has_bad_time })),
        }
        true
    }

    fn into_traces(self, reader: ItemReader, rejected: &mut Vec<(usize, RejectionCode)>) -> Vec<Trace> {
        let mut traces: HashMap<String, Trace> = HashMap::new();
        for ((trace_id, id), told) in self.told {
            let Some(part) = told.read(id, reader) else { continue };
            let checked = if told.has_bad_time { Err(RejectionCode::AtInvalid) } else { part.check(reader) };
            match checked {
                Ok(()) => {
                    let trace = traces.entry(trace_id);
                    let trace = trace.or_insert_with_key(|id| Trace::open(id.clone()));
                    trace.parts.push(part);
                }
                Err(code) => rejected.push((told.index, code)),
            }
        }
        traces.into_values().collect()
    }
}

/// Whether a time is there that is none.
fn is_bad_time(object: &Object<'_>, name: &str) -> bool {
    object.find(name).is_some_and(|time| time.get() != "null" && read_moment(time).is_none())
}

impl Told<'_> {
    /// What matters of an object, if anything does.
    fn read(&self, id: String, reader: ItemReader) -> Option<SpanPart> {
        let is_trace = id == TRACE;
        let start = START_TIMES.iter().find_map(|name| self.time(name)).or(self.noted_at);
        let end = self.time("endTime");
        let span = Span {
            name: self.text("name").unwrap_or_default(),
            parent_span_id: if is_trace { Vec::new() } else { SOME_PARENT.to_vec() },
            start_time_unix_nano: start.map_or(0, nanos),
            end_time_unix_nano: end.or(start).map_or(0, nanos),
            attributes: if is_trace { self.trace_attributes() } else { self.attributes() },
            ..Span::default()
        };
        let mut part = SpanPart::read(self.index, &span, &Named::default(), reader)?;
        if let (Some(call), None) = (&mut part.call, end) {
            call.used.latency_ms = None;
        }
        let parent = self.find("parentObservationId").and_then(json::read_text_or_number);
        let parent = parent.map_or_else(|| TRACE.to_owned(), |id| fit(&id));
        Some(SpanPart { span_id: id, parent_id: (!is_trace).then_some(parent), form: Form::Piece, ..part })
    }

    /// The newest that is said of a field.
    fn find(&self, field: &str) -> Option<&serde_json::value::RawValue> {
        self.bodies.iter().rev().find_map(|body| body.find(field))
    }

    /// A text, or JSON as text.
    fn text(&self, field: &str) -> Option<String> {
        let raw = self.find(field)?;
        Some(json::read_text(raw).map_or_else(|| raw.get().to_owned(), Cow::into_owned))
    }

    fn time(&self, field: &str) -> Option<Moment> {
        read_moment(self.find(field)?)
    }

    fn trace_attributes(&self) -> Vec<KeyValue> {
        TRACE_TEXTS.iter().filter_map(|(field, key)| Some(attribute(key, self.text(field)?))).collect()
    }

    fn attributes(&self) -> Vec<KeyValue> {
        let texts = TEXTS.iter().filter_map(|(field, key)| Some(attribute(key, self.text(field)?)));
        let kind = attribute("langfuse.observation.type", self.kind.clone());
        let usage = self.older_usage().into_iter().flatten();
        texts.chain([kind]).chain(usage).collect()
    }

    /// `usage`, before there was `usageDetails`. Characters are no tokens.
    fn older_usage(&self) -> Option<[KeyValue; 2]> {
        let usage = Object::parse(self.find("usage")?.get().as_bytes())?;
        let is_tokens = usage.text("unit").is_none_or(|unit| unit == "TOKENS");
        let number = |names: [&str; 2]| names.iter().filter(|_| is_tokens).find_map(|name| usage.find(name));
        let counts = json!({
            "input": number(["input", "promptTokens"]), "output": number(["output", "completionTokens"]),
        });
        let costs = json!({ "total": usage.find("totalCost") });
        let texts = self.find("usageDetails").is_none().then_some(counts);
        let costs = self.find("costDetails").is_none().then_some(costs);
        let text = |object: Option<serde_json::Value>| without_nulls(object.unwrap_or_default()).to_string();
        Some([
            attribute("langfuse.observation.usage_details", text(texts)),
            attribute("langfuse.observation.cost_details", text(costs)),
        ])
    }
}

fn without_nulls(mut object: serde_json::Value) -> serde_json::Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    object
}

fn attribute(key: &str, value: String) -> KeyValue {
    let value = Some(AnyValue { value: Some(Any::StringValue(value)) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn nanos(moment: Moment) -> u64 {
    u64::try_from(moment.as_us()).unwrap_or_default().saturating_mul(1_000)
}

/// An id that makes an item's together with another.
fn fit(id: &str) -> String {
    if id.len() <= MAX_ID_BYTES && !id.chars().any(char::is_control) {
        return id.to_owned();
    }
    derive_id(&["langfuse", id]).map_or_else(|_| String::new(), |id| id.as_str().to_owned())
}

/// What a client is told: which of its events were taken.
pub(super) fn answer(event_ids: &[String], rejected: &[(usize, RejectionCode)]) -> Response {
    let reason = |index| rejected.iter().find(|(place, _)| *place == index).map(|(_, code)| *code);
    let (mut successes, mut errors) = (Vec::new(), Vec::new());
    for (index, id) in event_ids.iter().enumerate() {
        match reason(index) {
            None => successes.push(json!({ "id": id, "status": 201 })),
            Some(code) => errors.push(json!({
                "id": id, "status": 400, "message": code.detail(), "error": code.as_str(),
            })),
        }
    }
    (StatusCode::MULTI_STATUS, Json(json!({ "successes": successes, "errors": errors }))).into_response()
}
