//! Words that bots' developers choose themselves, where a protocol has none for chatbots: what an event's name and
//! properties say.

use std::borrow::Cow;
use std::collections::BTreeMap;

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
            properties: properties.and_then(|properties| without_words(name.as_deref(), said, properties)),
            r#type: Some(name.unwrap_or_default().into()),
            value: find_number(said, &["value", "revenue"]).map(Value::from),
            ..describe_fields(said)
        },
    }
}

/// The fields that properties name as the native intake does.
pub fn describe_fields<'a>(said: &Sent<'a>) -> Item<'a> {
    let find = |name: &str| said.find(name).map(Value::from);
    Item {
        session_id: find_id(said, &["session_id", "conversation_id", "conversationId"]),
        channel: find("channel"),
        text: find("text").or_else(|| find(BODY)),
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
    let word = said.text("direction").and_then(|word| read_direction(&word));
    let by_name = || {
        let name = name?;
        let (of_developer, of_customer) = (|| read_message_name(name), || read_customer_name(name));
        if is_of_copilot_spec(said) {
            of_customer().or_else(of_developer)
        } else {
            of_developer().or_else(of_customer)
        }
    };
    word.or_else(by_name)
}

/// Where Segment's specs for live chats and copilots put the words of a message.
const BODY: &str = "message_body";
/// What a live chat's event begins with.
const LIVE_CHAT: &str = "livechat";

/// What the name of an event says in Segment's specs for live chats and copilots. Both speak for the customer, who sends
/// what is incoming to the bot.
fn read_customer_name(name: &str) -> Option<Direction> {
    let name = squeeze(name);
    match name.strip_prefix(LIVE_CHAT).unwrap_or(&name) {
        "messagesent" => Some(Incoming),
        "messagereceived" => Some(Outgoing),
        _ => None,
    }
}

/// Whether a message has the fields of Segment's copilot spec and none of ours. The names of its events are those that
/// bots' developers use for the other direction.
fn is_of_copilot_spec(said: &Sent<'_>) -> bool {
    let has = |name: &str| said.find(name).is_some();
    let is_ours = ["text", "session_id", "conversation_id"].into_iter().any(has);
    !is_ours && (has(BODY) || has("conversationId") && has("messageId"))
}

/// The properties of a custom event. When a live chat starts or ends, its event repeats the words of the message that
/// stands in an event of its own: only there are they kept, if at all.
fn without_words<'a>(name: Option<&str>, said: &Sent<'a>, properties: Value<'a>) -> Option<Value<'a>> {
    let is_of_chat = name.is_some_and(|name| squeeze(name).starts_with(LIVE_CHAT));
    if !is_of_chat || said.find(BODY).is_none() {
        return Some(properties);
    }
    let others = said.names().filter(|name| *name != BODY);
    let others: BTreeMap<_, _> = others.filter_map(|name| Some((name, said.find(name)?))).collect();
    serde_json::value::to_raw_value(&others).ok().map(Value::Made)
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

    #[test]
    fn segments_specs_speak_for_the_customer() {
        let direction =
            |name: &str, json: &str| find_direction(Some(name), &Sent::parse(json.as_bytes()).unwrap());
        for (name, said, expected) in [
            ("Live Chat Message Sent", "{}", Some(Incoming)),
            ("live_chat_message_received", r#"{"agent_name": "Ada", "message_body": "hi"}"#, Some(Outgoing)),
            ("Live Chat Message Sent", r#"{"text": "hi"}"#, Some(Incoming)),
            ("Live Chat Message Sent", r#"{"direction": "outgoing"}"#, Some(Outgoing)),
            ("Live Chat Message", "{}", None),
            ("Live Chat Conversation Started", "{}", None),
            ("Message Sent", r#"{"conversationId": "c", "messageId": "m"}"#, Some(Incoming)),
            ("Message Received", r#"{"message_body": "hi"}"#, Some(Outgoing)),
            ("Message Sent", r#"{"message_body": "hi", "direction": "out"}"#, Some(Outgoing)),
            ("Message Sent", r#"{"conversationId": "c"}"#, Some(Outgoing)),
            ("Message Sent", r#"{"message_body": "hi", "text": "hi"}"#, Some(Outgoing)),
            ("Message Sent", r#"{"conversation_id": "c", "messageId": "m"}"#, Some(Outgoing)),
            ("Bot Message", r#"{"message_body": "hi"}"#, Some(Outgoing)),
        ] {
            assert_eq!(direction(name, said), expected, "{name} {said}");
        }
    }
}
