//! PostHog's protocol: events of people, in batches or one in a request, and calls of language models among them.

mod generation;

use std::borrow::Cow;
use std::collections::BTreeMap;

use analytics::error::RejectionCode;
use analytics::instant::Instant;
use axum::response::Response;
use serde_json::value::RawValue;
use store::doors::Door as DoorName;

use self::generation::GENERATION;
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::doors::answer_json::answer_json;
use crate::intake::doors::client_clock::{derive_id_of, read_at};
use crate::intake::doors::json_body::{batch_invalid, read_array, read_json, read_object, read_text};
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::doors::vocabulary;
use crate::intake::item::{Item, Value};
use crate::intake::json;
use crate::intake::key::KeyPlaces;
use crate::intake::reply::Reply;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /batch`, `/e` and their like: what is sent tells them apart better than the path.
pub static EVENTS: Door = Door {
    name: DoorName::Posthog,
    paths: &["/batch", "/capture", "/e", "/i/v0/e", "/i/v0/ai/batch", "/i/v1/analytics/events", "/engage"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Pages,
    takes: Takes::Events(translate),
    answer,
};

/// How the client for Python calls itself.
const PYTHON: &str = "posthog-python";

/// Ids that end with a conversation. `$ai_session_id` groups whatever a developer likes, and some like the user.
const SESSIONS: [&str; 3] = ["session_id", "conversation_id", "$session_id"];

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let body = read_text(&asked.body);
    let json = read_json(&body)?;
    if json.get().starts_with('[') {
        translate_events(&read_array(json)?, &Clock::of_query(asked), translation);
        return Ok(());
    }
    let object = read_object(&body)?;
    let events = match object.find("batch") {
        Some(batch) => read_array(batch)?,
        None if object.find("event").is_some() => vec![json.get().as_bytes()],
        None => return Err(batch_invalid()),
    };
    translate_events(&events, &Clock::of_batch(&object, asked), translation);
    Ok(())
}

/// What is known of the client's clock.
enum Clock<'a> {
    /// What it showed when the batch was sent, if that is said.
    SentAt(Option<Cow<'a, RawValue>>),
    /// The batch is history: its times are right as they are.
    OfHistory,
}

impl<'a> Clock<'a> {
    fn of_batch(batch: &Sent<'a>, asked: &Asked) -> Self {
        if batch.flag("historical_migration") == Some(true) {
            return Self::OfHistory;
        }
        let sent_at = ["sent_at", "sentAt", "created_at"].into_iter().find_map(|name| batch.find(name));
        sent_at.map_or_else(|| Self::of_query(asked), |sent_at| Self::SentAt(Some(Cow::Borrowed(sent_at))))
    }

    /// Older clients in browsers put milliseconds into the address.
    fn of_query(asked: &Asked) -> Self {
        let ms = asked.query.find("_").and_then(|ms| ms.parse::<i64>().ok());
        Self::SentAt(ms.and_then(|ms| RawValue::from_string(ms.to_string()).ok()).map(Cow::Owned))
    }

    /// The time of an event: a number of milliseconds before it was sent, or a time by the client's clock.
    fn find_at<'e>(&self, event: &Sent<'e>, said: &Sent<'e>, arrived_at: Instant) -> Option<Value<'e>> {
        let offset = event.find("offset").and_then(json::read_count).and_then(|ms| i64::try_from(ms).ok());
        if let Some(offset) = offset {
            return Some(arrived_at.plus_ms(offset.saturating_neg()).as_ms().into());
        }
        let is_right = said.flag("$ignore_sent_at") == Some(true)
            || event.object("options").and_then(|options| options.flag("disable_skew_correction"))
                == Some(true);
        match self {
            Self::SentAt(sent_at) if !is_right => {
                read_at(event.find("timestamp"), sent_at.as_deref(), arrived_at)
            }
            _ => read_at(event.find("timestamp"), None, arrived_at),
        }
    }
}

fn answer(_: &Asked, _: &Reply) -> Response {
    answer_json(r#"{"status":"Ok"}"#)
}

/// A client that sends messages as events does not mean those around its calls of models: they are the same.
fn translate_events(events: &[&[u8]], clock: &Clock<'_>, translation: &mut Translation) {
    let mut around_calls = Vec::new();
    let mut has_messages = false;
    for (index, json) in events.iter().enumerate() {
        let Some(event) = Sent::parse(json) else {
            translation.reject(index, RejectionCode::NotAnObject);
            continue;
        };
        let said = event.object("properties").unwrap_or_default();
        if translation.client.is_none() {
            translation.client = vocabulary::name_client(&said, "$lib", "$lib_version");
        }
        note_alias(&event, &said, translation);
        match describe(&event, &said) {
            Ok(draft) => {
                let at = clock.find_at(&event, &said, translation.arrived_at());
                let id = find_id(&event, &said, json);
                let user_id = find_user(&event, &said);
                let item = Item { id, user_id, at, ..draft };
                has_messages |= item.direction.is_some();
                if event.text("event").is_some_and(|name| name == GENERATION) {
                    around_calls.extend(add_call(index, &said, item, translation));
                } else {
                    translation.push_apart(index, item);
                }
            }
            Err(name) => translation.ignore(index, ignored_name(&name)),
        }
    }
    if !has_messages {
        around_calls.iter().for_each(|(index, message)| translation.push(*index, message));
    }
}

/// Adds a call of a language model; gives back what was said around it.
fn add_call<'a>(
    index: usize,
    said: &Sent<'a>,
    item: Item<'a>,
    translation: &mut Translation,
) -> Vec<(usize, Item<'a>)> {
    let call = Item { user_id: generation::find_user(item.user_id.clone(), said), ..item };
    translation.push(index, &call);
    let messages = generation::messages(&call, said, translation.arrived_at());
    messages.into_iter().map(|message| (index, message)).collect()
}

/// Who is known by two ids. Of an alias only the client for Python says that it is the id that a user has from now on; for
/// all others it is the one before.
fn note_alias(event: &Sent<'_>, said: &Sent<'_>, translation: &mut Translation) {
    let known = said.id("distinct_id").or_else(|| event.id("distinct_id"));
    let (former, user) = match event.text("event").as_deref() {
        Some("$identify") => (said.id("$anon_distinct_id"), known),
        Some("$create_alias") if said.text("$lib").as_deref() == Some(PYTHON) => (known, said.id("alias")),
        Some("$create_alias" | "$merge_dangerously") => (said.id("alias"), known),
        _ => return,
    };
    let is_person = said.flag("$process_person_profile") != Some(false);
    if let (true, Some(former), Some(user)) = (is_person, former, user) {
        translation.name_alias(&former, &user);
    }
}

/// What an event says; its name if that is one of the client's own: it is nobody's message and nothing that a bot's
/// developer wants counted.
fn describe<'a>(event: &Sent<'a>, said: &Sent<'a>) -> Result<Item<'a>, Cow<'a, str>> {
    let draft = match event.text("event") {
        Some(name) if generation::is_call(&name) => generation::describe(said),
        Some(name) if name.starts_with('$') => return Err(name),
        name => vocabulary::describe_event(name, said, own_properties(said)),
    };
    Ok(Item { session_id: vocabulary::find_id(said, &SESSIONS), ..draft })
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
    let is_generation = event.text("event").is_some_and(|name| generation::is_call(&name));
    let span = || if is_generation { vocabulary::find_id(said, &["$ai_span_id"]) } else { None };
    let id = vocabulary::find_id(event, &["uuid"]).or_else(span);
    id.or_else(|| event.find("timestamp").and_then(|_| derive_id_of(json)))
}
