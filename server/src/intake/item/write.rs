//! A fact as the item that it came from: what the export writes is what the intake and the import read.

use analytics::fact::{Event, Fact, FactKind, Message, ModelUse};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::fields::{Item, MODEL_CALL};
use super::value::Value;

impl Serialize for Item<'_> {
    /// Absent fields are left out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.iter() {
            map.serialize_entry(field.word(), value)?;
        }
        map.end()
    }
}

impl<'a> Item<'a> {
    /// Writes a fact. The `type` of a message is left out.
    ///
    /// # Errors
    /// When the stored properties are no JSON: nothing that the intake took is.
    pub fn of_fact(fact: &'a Fact) -> Result<Self, serde_json::Error> {
        let item = Self {
            id: Some(fact.id.as_str().into()),
            user_id: Some(fact.user_id.as_str().into()),
            session_id: fact.session_id.as_ref().map(|id| id.as_str().into()),
            at: Some(fact.at.to_string().into()),
            channel: Some(fact.channel.as_str().into()),
            ..Self::default()
        };
        match &fact.kind {
            FactKind::Message(message) => Ok(item.with_message(message)),
            FactKind::Event(event) => item.with_event(event),
            FactKind::ModelCall(used) => {
                Ok(Self { r#type: Some(MODEL_CALL.into()), ..item }.with_model_use(used))
            }
        }
    }

    fn with_message(self, message: &'a Message) -> Self {
        let item = Self {
            direction: Some(message.direction.into()),
            text: message.text.as_deref().map(Value::from),
            intent: message.intent.as_deref().map(Value::from),
            handled: message.handled.map(Value::from),
            ..self
        };
        match &message.model_use {
            Some(used) => item.with_model_use(used),
            None => item,
        }
    }

    /// Sets what a language model has used.
    pub fn with_model_use(self, used: &'a ModelUse) -> Self {
        Self {
            model: used.model.as_deref().map(Value::from),
            input_tokens: used.input_tokens.and_then(Value::count),
            output_tokens: used.output_tokens.and_then(Value::count),
            cost_usd: used.cost_nano_usd.map(Value::Nano),
            latency_ms: used.latency_ms.and_then(Value::count),
            model_failed: used.failed.then_some(true.into()),
            ..self
        }
    }

    fn with_event(self, event: &'a Event) -> Result<Self, serde_json::Error> {
        let properties = event.properties.clone().map(RawValue::from_string).transpose()?;
        Ok(Self {
            r#type: Some(event.name.as_str().into()),
            value: event.value_nano.map(Value::Nano),
            properties: properties.map(Value::Made),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use analytics::instant::Instant;

    use super::*;
    use crate::intake::item::ItemReader;

    fn read(item: &str) -> Fact {
        let reader = ItemReader { arrived_at: Instant::from_ms(1_800_000_000_000), stores_text: true };
        reader.read_json(item.as_bytes()).unwrap()
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
            let written = serde_json::to_string(&Item::of_fact(&fact).unwrap()).unwrap();
            assert!(!written.contains('\n'), "{written}");
            assert_eq!(read(&written), fact, "{written}");
        }
    }
}
