//! PostHog's protocol: events of people, in batches or one in a request, and calls of language models among them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use analytics::error::RejectionCode;
use axum::response::Response;
use serde_json::value::RawValue;
use store::doors::Door as DoorName;

use super::answer_json;
use super::client_clock::{derive_id_of, read_at};
use super::json_body::{batch_invalid, read_array, read_json, read_object, read_text};
use super::sent::{Sent, ignored_name};
use super::vocabulary;
use crate::intake::door::{Door, Guard, Takes};
use crate::intake::item::MODEL_CALL;
use crate::intake::item::{Item, Value};
use crate::intake::json;
use crate::intake::key::KeyPlaces;
use crate::intake::reply::Reply;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /batch`, `/capture` and `/i/v0/e`: what is sent tells them apart better than the path.
pub static EVENTS: Door = Door {
    name: DoorName::Posthog,
    paths: &["/batch", "/capture", "/i/v0/e"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    takes: Takes::Events(translate),
    answer,
};

/// The event that is one call of a language model.
const GENERATION: &str = "$ai_generation";
/// The least HTTP status of a call that failed.
const FIRST_ERROR_STATUS: u64 = 400;

/// Ids that end with a conversation. `$ai_session_id` groups whatever a developer likes, and some like the user.
const SESSIONS: [&str; 3] = ["session_id", "conversation_id", "$session_id"];

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let body = read_text(&asked.body);
    let json = read_json(&body)?;
    if json.get().starts_with('[') {
        translate_events(&read_array(json)?, None, translation);
        return Ok(());
    }
    let object = read_object(&body)?;
    let events = match object.find("batch") {
        Some(batch) => read_array(batch)?,
        None if object.find("event").is_some() => vec![json.get().as_bytes()],
        None => return Err(batch_invalid()),
    };
    translate_events(&events, object.find("sent_at"), translation);
    Ok(())
}

fn answer(_: &Asked, _: &Reply) -> Response {
    answer_json(r#"{"status":"Ok"}"#)
}

fn translate_events(events: &[&[u8]], sent_at: Option<&RawValue>, translation: &mut Translation) {
    for (index, json) in events.iter().enumerate() {
        let Some(event) = Sent::parse(json) else {
            translation.reject(index, RejectionCode::NotAnObject);
            continue;
        };
        let said = event.object("properties").unwrap_or_default();
        if translation.client.is_none() {
            translation.client = vocabulary::name_client(&said, "$lib", "$lib_version");
        }
        match describe(&event, &said) {
            Ok(draft) => {
                let at = read_at(event.find("timestamp"), sent_at, translation.arrived_at());
                let id = find_id(&event, &said, json);
                let user_id = find_user(&event, &said);
                translation.push(index, &Item { id, user_id, at, ..draft });
            }
            Err(name) => translation.ignore(index, ignored_name(&name)),
        }
    }
}

/// What an event says; its name if that is one of the client's own: it is nobody's message and nothing that a bot's
/// developer wants counted.
fn describe<'a>(event: &Sent<'a>, said: &Sent<'a>) -> Result<Item<'a>, Cow<'a, str>> {
    let draft = match event.text("event") {
        Some(name) if name == GENERATION => describe_model_call(said),
        Some(name) if name.starts_with('$') => return Err(name),
        name => vocabulary::describe_event(name, said, own_properties(said)),
    };
    Ok(Item { session_id: vocabulary::find_id(said, &SESSIONS), ..draft })
}

fn describe_model_call<'a>(said: &Sent<'a>) -> Item<'a> {
    let find = |name: &str| said.find(name).map(Value::from);
    Item {
        r#type: Some(MODEL_CALL.into()),
        channel: find("channel"),
        model: find("$ai_model"),
        model_failed: has_failed(said).then_some(Value::Flag(true)),
        input_tokens: find("$ai_input_tokens"),
        output_tokens: find("$ai_output_tokens"),
        cost_usd: find("$ai_total_cost_usd"),
        latency_ms: said.find("$ai_latency").and_then(Value::milliseconds),
        ..Item::default()
    }
}

fn has_failed(said: &Sent<'_>) -> bool {
    let status = said.find("$ai_http_status").and_then(json::read_count);
    said.find("$ai_is_error").and_then(json::read_bool) == Some(true)
        || status.is_some_and(|status| status >= FIRST_ERROR_STATUS)
}

/// Without what the client adds itself: the machine it runs on, and in browsers the key.
fn own_properties<'a>(said: &Sent<'a>) -> Option<Value<'a>> {
    let is_own = |name: &str| !name.starts_with('$') && !["distinct_id", "token"].contains(&name);
    let own = said.names().filter(|name| is_own(name));
    let own: BTreeMap<_, _> = own.filter_map(|name| Some((name, said.find(name)?))).collect();
    if own.is_empty() {
        return None;
    }
    serde_json::value::to_raw_value(&own).ok().map(Value::Made)
}

fn find_user<'a>(event: &Sent<'a>, said: &Sent<'a>) -> Option<Value<'a>> {
    let find = |sent| vocabulary::find_id(sent, &["distinct_id"]);
    find(event).or_else(|| find(said))
}

/// Gateways send generations without an id of their own.
fn find_id<'a>(event: &Sent<'a>, said: &Sent<'a>, json: &[u8]) -> Option<Value<'a>> {
    let is_generation = event.text("event").is_some_and(|name| name == GENERATION);
    let span = || if is_generation { vocabulary::find_id(said, &["$ai_span_id"]) } else { None };
    let id = vocabulary::find_id(event, &["uuid"]).or_else(span);
    id.or_else(|| event.find("timestamp").and_then(|_| derive_id_of(json)))
}
