//! Segment's protocol, which RudderStack shares: events of people, in batches or one in a request. In browsers
//! analytics.js sends to paths of one letter.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use axum::response::Response;
use serde_json::value::RawValue;
use store::doors::Door as DoorName;

use super::answer_json::answer_json;
use super::client_clock::{derive_id_of, read_at};
use super::json_body::{batch_invalid, read_array, read_object, read_text};
use super::sent::{Sent, ignored_name};
use super::vocabulary::{self, name_client};
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::item::{Item, Value};
use crate::intake::key::KeyPlaces;
use crate::intake::reply::Reply;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /v1/batch` and its like.
pub static BATCH: Door = Door {
    name: DoorName::Segment,
    paths: &["/v1/batch", "/v1/b", "/b", "/beacon/v1/batch", "/v1/import"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Pages,
    takes: Takes::Events(translate_batch),
    answer,
};
/// `POST /v1/track` and its like: one event, whose type is the path's last word or its first letter.
pub static CALL: Door = Door {
    name: DoorName::Segment,
    paths: &[
        "/v1/track",
        "/v1/identify",
        "/v1/alias",
        "/v1/page",
        "/v1/screen",
        "/v1/group",
        "/v1/merge",
        "/v1/t",
        "/v1/i",
        "/v1/a",
        "/v1/p",
        "/v1/s",
        "/v1/g",
        "/t",
        "/i",
        "/a",
        "/p",
        "/g",
    ],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Pages,
    takes: Takes::Events(translate_call),
    answer,
};

fn translate_batch(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let body = read_text(&asked.body);
    let body = read_object(&body)?;
    let mut events = Events { sent_at: body.find("sentAt"), translation };
    for (index, event) in read_array(body.find("batch").ok_or_else(batch_invalid)?)?.into_iter().enumerate() {
        events.add(index, None, event);
    }
    Ok(())
}

fn translate_call(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let body = read_text(&asked.body);
    read_object(&body)?;
    let mut events = Events { sent_at: None, translation };
    let word = asked.path.rsplit('/').next().map(type_of_path);
    events.add(0, word, body.trim().as_bytes());
    Ok(())
}

/// The type that the last word of a path stands for.
fn type_of_path(word: &str) -> &str {
    match word {
        "t" => "track",
        "i" => "identify",
        "a" => "alias",
        "p" => "page",
        "s" => "screen",
        "g" => "group",
        word => word,
    }
}

fn answer(_: &Asked, _: &Reply) -> Response {
    answer_json(r#"{"success":true}"#)
}

/// What is known of all events of a request, and what has come of them.
struct Events<'a> {
    sent_at: Option<&'a RawValue>,
    translation: &'a mut Translation,
}

impl Events<'_> {
    /// Adds an event. Without a word for what it is, it says that itself.
    fn add(&mut self, index: usize, word: Option<&str>, json: &[u8]) {
        let Some(event) = Sent::parse(json) else {
            return self.translation.reject(index, RejectionCode::NotAnObject);
        };
        if self.translation.client.is_none() {
            let library = event.object("context").and_then(|context| context.object("library"));
            self.translation.client = library.and_then(|library| name_client(&library, "name", "version"));
        }
        let kind = word.map(Cow::Borrowed).or_else(|| event.text("type"));
        self.note_alias(kind.as_deref(), &event);
        match kind.as_deref() {
            Some("track") | None => {
                let item = self.describe(&event, json);
                self.translation.push_apart(index, item);
            }
            Some(other) => self.translation.ignore(index, ignored_name(other)),
        }
    }

    /// Who is known by two ids. `userId` is absent or empty until somebody has said who they are.
    fn note_alias(&mut self, kind: Option<&str>, event: &Sent<'_>) {
        let Some(user) = event.id("userId") else { return };
        let former = if kind == Some("alias") { "previousId" } else { "anonymousId" };
        if let Some(id) = event.id(former) {
            self.translation.name_alias(&id, &user);
        }
    }

    fn describe<'e>(&self, event: &Sent<'e>, json: &[u8]) -> Item<'e> {
        let said = event.object("properties").unwrap_or_default();
        let properties = event.find("properties").map(Value::from);
        Item {
            id: find_id(event, json),
            user_id: vocabulary::find_id(event, &["userId", "anonymousId"]),
            at: self.find_at(event),
            ..vocabulary::describe_event(event.text("event"), &said, properties)
        }
    }

    /// What a server of either has passed on (`receivedAt`) it has corrected already.
    fn find_at<'e>(&self, event: &Sent<'e>) -> Option<Value<'e>> {
        let sent_at = event.find("sentAt").or(self.sent_at).filter(|_| event.find("receivedAt").is_none());
        read_at(find_time(event), sent_at, self.translation.arrived_at())
    }
}

fn find_id<'a>(event: &Sent<'a>, json: &[u8]) -> Option<Value<'a>> {
    let id = vocabulary::find_id(event, &["messageId"]);
    id.or_else(|| find_time(event).and_then(|_| derive_id_of(json)))
}

/// Rudder's `originalTimestamp` is the moment of the call, which is not always the event's.
fn find_time<'a>(event: &Sent<'a>) -> Option<&'a RawValue> {
    event.find("timestamp").or_else(|| event.find("originalTimestamp"))
}
