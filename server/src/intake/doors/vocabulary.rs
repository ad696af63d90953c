//! Words that bots' developers choose themselves, where a protocol has none for chatbots: what an event's name and
//! properties say.

use std::borrow::Cow;

use analytics::fact::Direction::{self, Incoming, Outgoing};
use serde_json::value::RawValue;

use super::sent::Sent;
use crate::intake::item::{Item, Value};
use crate::intake::json;

/// Longest name of a client that is shown, in characters.
const MAX_SHOWN: usize = 80;

/// A message if its direction or its name says so, and otherwise a custom event of that name with its `properties`.
pub fn describe_event<'a>(
    name: Option<Cow<'a, str>>,
    said: &Sent<'a>,
    properties: Option<Value<'a>>,
) -> Item<'a> {
    match find_direction(name.as_deref(), said) {
        Some(direction) => Item { direction: Some(direction.into()), ..describe_fields(said) },
        // Without a name it is rejected for its type, and not for a direction that nobody meant to give.
        None => Item {
            r#type: Some(name.unwrap_or_default().into()),
            value: find_number(said, &["value", "revenue"]).map(Value::from),
            properties,
            ..describe_fields(said)
        },
    }
}

/// The fields that properties name as the native intake does.
pub fn describe_fields<'a>(said: &Sent<'a>) -> Item<'a> {
    let find = |name: &str| said.find(name).map(Value::from);
    Item {
        session_id: find_id(said, &["session_id", "conversation_id"]),
        channel: find("channel"),
        text: find("text"),
        intent: find("intent"),
        handled: find("handled"),
        model: find("model"),
        model_failed: find("model_failed"),
        input_tokens: find("input_tokens"),
        output_tokens: find("output_tokens"),
        cost_usd: find("cost_usd"),
        latency_ms: find("latency_ms"),
        ..Item::default()
    }
}

/// The first of these fields that holds an id.
pub fn find_id<'a>(sent: &Sent<'a>, names: &[&str]) -> Option<Value<'a>> {
    names.iter().find_map(|name| sent.id(name)).map(Value::from)
}

fn find_direction(name: Option<&str>, said: &Sent<'_>) -> Option<Direction> {
    let word = said.text("direction");
    word.and_then(|word| read_direction(&word)).or_else(|| name.and_then(read_message_name))
}

/// What a word for a direction says.
pub fn read_direction(word: &str) -> Option<Direction> {
    match squeeze(word).as_str() {
        "incoming" | "in" | "inbound" => Some(Incoming),
        "outgoing" | "out" | "outbound" => Some(Outgoing),
        _ => None,
    }
}

/// What the name of an event says about who spoke; `None` if it is none for a message.
pub fn read_message_name(name: &str) -> Option<Direction> {
    match squeeze(name).as_str() {
        "messagereceived" | "received" | "receive" | "usermessage" => Some(Incoming),
        "messagesent" | "sent" | "send" | "botmessage" => Some(Outgoing),
        _ => None,
    }
}

/// Without case, spaces, underscores and hyphens.
fn squeeze(name: &str) -> String {
    name.chars().filter(|letter| !" _-".contains(*letter)).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn find_number<'a>(said: &Sent<'a>, names: &[&str]) -> Option<&'a RawValue> {
    names.iter().filter_map(|name| said.find(name)).find(|value| json::is_number(value))
}

/// A client's name for itself and its version, fit to be shown.
pub fn name_client(client: &Sent<'_>, name: &str, version: &str) -> Option<String> {
    let version = client.text(version).unwrap_or_default();
    let client = format!("{} {version}", client.text(name)?);
    Some(client.trim().chars().filter(|letter| !letter.is_control()).take(MAX_SHOWN).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_messages_are_read_however_they_are_written() {
        for name in [
            "Message Received",
            "message_received",
            "MESSAGE-RECEIVED",
            "MessageReceived",
            "received",
            "Receive",
            "user message",
        ] {
            assert_eq!(read_message_name(name), Some(Incoming), "{name}");
        }
        for name in ["Message Sent", "message_sent", "sent", "SEND", "Bot Message"] {
            assert_eq!(read_message_name(name), Some(Outgoing), "{name}");
        }
        for name in ["", "message", "handoff", "email received", "resend", "message.sent"] {
            assert_eq!(read_message_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_direction_decides_before_a_name_does() {
        let direction =
            |name: &str, json: &str| find_direction(Some(name), &Sent::parse(json.as_bytes()).unwrap());
        assert_eq!(direction("Message Received", r#"{"direction": "outgoing"}"#), Some(Outgoing));
        assert_eq!(direction("Chat", r#"{"direction": "IN"}"#), Some(Incoming));
        assert_eq!(direction("Chat", r#"{"direction": "Out-bound"}"#), Some(Outgoing));
        assert_eq!(direction("Message Received", r#"{"direction": "north"}"#), Some(Incoming));
        assert_eq!(direction("Message Received", r#"{"direction": 1}"#), Some(Incoming));
        assert_eq!(direction("Walk", r#"{"direction": "north"}"#), None);
    }
}
