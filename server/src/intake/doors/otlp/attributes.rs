//! The names under which instrumentations write the same thing. Of each list the first that a span has counts.

use data_encoding::BASE64;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::intake::fields;

pub(super) const USER: [&str; 6] = [
    "user.id",
    "enduser.id",
    "ai.telemetry.metadata.userId",
    "traceloop.association.properties.user_id",
    "gen_ai.user",
    "llm.user",
];
pub(super) const CONVERSATION: [&str; 7] = [
    "gen_ai.conversation.id",
    "session.id",
    "ai.telemetry.metadata.conversationId",
    "ai.telemetry.metadata.chatId",
    "ai.telemetry.metadata.sessionId",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.chat_id",
];
/// No convention has a name for the channel; these carry what a bot's author adds.
pub(super) const CHANNEL: [&str; 3] = [
    "ai.telemetry.metadata.channel",
    "traceloop.association.properties.channel",
    "langfuse.trace.metadata.channel",
];
pub(super) const MODEL: [&str; 5] = [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "ai.model.id",
    "langfuse.observation.model.name",
];
pub(super) const INPUT_TOKENS: Numbers = Numbers {
    keys: &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"],
    object: "langfuse.observation.usage_details",
    members: &["input", "prompt_tokens"],
};
pub(super) const OUTPUT_TOKENS: Numbers = Numbers {
    keys: &["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"],
    object: "langfuse.observation.usage_details",
    members: &["output", "completion_tokens"],
};
pub(super) const COST: Numbers = Numbers {
    keys: &["operation.cost", "gen_ai.cost.total_cost", "llm.cost.total"],
    object: "langfuse.observation.cost_details",
    members: &["total"],
};
pub(super) const ERROR: &str = "error.type";

/// Where a number stands: in an attribute of its own, or in one that holds several as a JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    keys: &'static [&'static str],
    object: &'static str,
    members: &'static [&'static str],
}

/// The attributes of one span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes<'a>(pub(super) &'a [KeyValue]);

impl<'a> Attributes<'a> {
    /// Everything, in its order.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a str, &'a Any)> {
        self.0
            .iter()
            .filter_map(|attribute| Some((attribute.key.as_str(), attribute.value.as_ref()?.value.as_ref()?)))
    }

    /// The value of one.
    pub(super) fn find(self, key: &str) -> Option<&'a Any> {
        self.iter().find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    /// The first of these that says something.
    pub(super) fn find_text(self, keys: &[&str]) -> Option<String> {
        keys.iter().filter_map(|key| read_text(self.find(key)?)).find(|text| !text.is_empty())
    }

    /// The first of these that is there, as a JSON number; without one, if it is no number.
    pub(super) fn find_number(self, numbers: Numbers) -> Option<Option<Box<RawValue>>> {
        let own = numbers.keys.iter().find_map(|key| self.find(key));
        own.map(read_number).or_else(|| {
            let object = self.find_json(numbers.object)?;
            let member = numbers.members.iter().find_map(|member| object.get(member))?;
            Some(write_number(member.as_str().map_or_else(|| member.to_string(), str::to_owned)))
        })
    }

    /// An attribute that holds JSON as text, or is built alike.
    pub(super) fn find_json(self, key: &str) -> Option<Value> {
        match self.find(key)? {
            Any::StringValue(text) => serde_json::from_str(text).ok(),
            value => Some(to_json(value)),
        }
    }
}

/// A text, or a number as text.
pub(super) fn read_text(value: &Any) -> Option<String> {
    match value {
        Any::StringValue(text) => Some(text.clone()),
        Any::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

fn read_number(value: &Any) -> Option<Box<RawValue>> {
    write_number(match value {
        Any::IntValue(number) => number.to_string(),
        Any::DoubleValue(number) => number.to_string(),
        Any::StringValue(text) => text.trim().to_owned(),
        _ => return None,
    })
}

fn write_number(text: String) -> Option<Box<RawValue>> {
    RawValue::from_string(text).ok().filter(|raw| fields::is_number(raw))
}

pub(super) fn to_json(value: &Any) -> Value {
    let nested = |value: &AnyValue| value.value.as_ref().map_or(Value::Null, to_json);
    match value {
        Any::StringValue(text) => Value::from(text.as_str()),
        Any::BoolValue(flag) => Value::from(*flag),
        Any::IntValue(number) => Value::from(*number),
        Any::DoubleValue(number) => Value::from(*number),
        Any::BytesValue(bytes) => Value::from(BASE64.encode(bytes)),
        Any::ArrayValue(array) => array.values.iter().map(nested).collect(),
        Any::KvlistValue(list) => {
            let member =
                |pair: &KeyValue| (pair.key.clone(), pair.value.as_ref().map_or(Value::Null, nested));
            Value::Object(list.values.iter().map(member).collect::<Map<_, _>>())
        }
        Any::StringValueStrindex(_) => Value::Null,
    }
}
