//! A fact in the form in which it came: what the export writes is what the intake and the import read.

use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::nano::Nano;
use serde::Serialize;
use serde_json::value::RawValue;

use super::item::{MESSAGE, MODEL_CALL};

/// The fields of an item, as a table has them for columns.
pub const FIELDS: [&str; 18] = [
    "type",
    "id",
    "user_id",
    "session_id",
    "at",
    "direction",
    "channel",
    "text",
    "intent",
    "handled",
    "model",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "latency_ms",
    "model_failed",
    "value",
    "properties",
];

/// One item of the native format. Absent fields are left out.
#[derive(Debug, Serialize)]
pub struct WrittenItem<'a> {
    #[serde(skip_serializing_if = "is_message")]
    pub r#type: &'a str,
    pub id: &'a str,
    pub user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<&'a str>,
    pub at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<&'static str>,
    pub channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_failed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Box<RawValue>>,
}

impl<'a> WrittenItem<'a> {
    /// Writes a fact.
    ///
    /// # Errors
    /// When the stored properties are no JSON: nothing that the intake took is.
    pub fn new(fact: &'a Fact) -> Result<Self, serde_json::Error> {
        let item = Self::of_any(fact);
        match &fact.kind {
            FactKind::Message(message) => item.with_message(message),
            FactKind::Event(event) => item.with_event(event),
            FactKind::ModelCall(used) => Self { r#type: MODEL_CALL, ..item }.with_model_use(used),
        }
    }

    fn of_any(fact: &'a Fact) -> Self {
        Self {
            r#type: MESSAGE,
            id: fact.id.as_str(),
            user_id: fact.user_id.as_str(),
            session_id: fact.session_id.as_ref().map(|id| id.as_str()),
            at: fact.at.to_string(),
            direction: None,
            channel: fact.channel.as_str(),
            text: None,
            intent: None,
            handled: None,
            model: None,
            input_tokens: None,
            output_tokens: None,
            cost_usd: None,
            latency_ms: None,
            model_failed: None,
            value: None,
            properties: None,
        }
    }

    fn with_message(self, message: &'a Message) -> Result<Self, serde_json::Error> {
        let item = Self {
            direction: Some(direction_word(message.direction)),
            text: message.text.as_deref(),
            intent: message.intent.as_deref(),
            handled: message.handled,
            ..self
        };
        match &message.model_use {
            Some(used) => item.with_model_use(used),
            None => Ok(item),
        }
    }

    fn with_model_use(self, used: &'a ModelUse) -> Result<Self, serde_json::Error> {
        Ok(Self {
            model: used.model.as_deref(),
            input_tokens: used.input_tokens,
            output_tokens: used.output_tokens,
            cost_usd: used.cost_nano_usd.map(write_nano).transpose()?,
            latency_ms: used.latency_ms,
            model_failed: used.failed.then_some(true),
            ..self
        })
    }

    fn with_event(self, event: &'a Event) -> Result<Self, serde_json::Error> {
        Ok(Self {
            r#type: event.name.as_str(),
            value: event.value_nano.map(write_nano).transpose()?,
            properties: event.properties.clone().map(RawValue::from_string).transpose()?,
            ..self
        })
    }
}

/// The word of the public format.
pub fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}

fn write_nano(nano: i64) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(Nano::from_nano(nano.into()).to_string())
}

fn is_message(r#type: &str) -> bool {
    r#type == MESSAGE
}

#[cfg(test)]
mod tests {
    use analytics::instant::Instant;

    use super::*;
    use crate::intake::item::ItemReader;

    fn read(item: &str) -> Fact {
        let reader = ItemReader { arrived_at: Instant::from_ms(1_800_000_000_000), stores_text: true };
        reader.read(item.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_as_the_same_fact() {
        for item in [
            r#"{"id": 1, "user_id": "u", "at": 1700000000001, "direction": "incoming"}"#,
            r#"{"id": "a", "user_id": "u", "session_id": "s", "at": "2026-11-22T10:00:00+01:00", "direction": "outgoing",
                "channel": "Web", "text": "line\nline", "intent": "greet", "handled": false, "model": "m",
                "input_tokens": 1, "output_tokens": 0, "cost_usd": 0.000000001, "latency_ms": 12}"#,
            r#"{"type": "feedback", "user_id": "u", "at": 1700000000000, "value": -1.5, "properties": {"a":
                [1, "x"]}}"#,
            r#"{"id": "b", "user_id": "u", "at": 1700000000001, "direction": "outgoing", "model_failed": true}"#,
            r#"{"type": "model_call", "user_id": "u", "at": 1700000000000, "model": "m", "input_tokens": 7,
                "cost_usd": 0.25, "latency_ms": 1200, "model_failed": true}"#,
            r#"{"type": "model_call", "id": 3, "user_id": "u", "at": 1700000000000, "direction": "neither"}"#,
        ] {
            let fact = read(item);
            let written = serde_json::to_string(&WrittenItem::new(&fact).unwrap()).unwrap();
            assert!(!written.contains('\n'), "{written}");
            assert_eq!(read(&written), fact, "{written}");
        }
    }
}
