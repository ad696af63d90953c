//! The fields of one item: found, not yet parsed. Names of the format are here and nowhere else.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// An item's fields as they were sent; `null` is the same as absent, the last of several wins, unknown ones are ignored.
#[derive(Default)]
pub struct Fields<'a> {
    pub r#type: Option<&'a RawValue>,
    pub id: Option<&'a RawValue>,
    pub user_id: Option<&'a RawValue>,
    pub session_id: Option<&'a RawValue>,
    pub at: Option<&'a RawValue>,
    pub direction: Option<&'a RawValue>,
    pub channel: Option<&'a RawValue>,
    pub text: Option<&'a RawValue>,
    pub intent: Option<&'a RawValue>,
    pub handled: Option<&'a RawValue>,
    pub model: Option<&'a RawValue>,
    pub input_tokens: Option<&'a RawValue>,
    pub output_tokens: Option<&'a RawValue>,
    pub cost_usd: Option<&'a RawValue>,
    pub latency_ms: Option<&'a RawValue>,
    pub model_failed: Option<&'a RawValue>,
    pub value: Option<&'a RawValue>,
    pub properties: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<&'a RawValue>> {
        Some(match name {
            "type" => &mut self.r#type,
            "id" => &mut self.id,
            "user_id" => &mut self.user_id,
            "session_id" => &mut self.session_id,
            "at" => &mut self.at,
            "direction" => &mut self.direction,
            "channel" => &mut self.channel,
            "text" => &mut self.text,
            "intent" => &mut self.intent,
            "handled" => &mut self.handled,
            "model" => &mut self.model,
            "input_tokens" => &mut self.input_tokens,
            "output_tokens" => &mut self.output_tokens,
            "cost_usd" => &mut self.cost_usd,
            "latency_ms" => &mut self.latency_ms,
            "model_failed" => &mut self.model_failed,
            "value" => &mut self.value,
            "properties" => &mut self.properties,
            _ => return None,
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if let Some(slot) = fields.slot(&name) {
                *slot = (value.get() != "null").then_some(value);
            }
        }
        Ok(fields)
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A JSON text; `None` for anything else, and for text that is no Unicode (half a surrogate pair).
pub fn read_text(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(raw.get()).ok().map(|Text(text)| text)
}

/// A JSON text, or a number as the very characters that were sent: no digit of a long number is lost.
pub fn read_text_or_number(raw: &RawValue) -> Option<Cow<'_, str>> {
    if is_number(raw) { Some(Cow::Borrowed(raw.get())) } else { read_text(raw) }
}

/// Whether it is a JSON number.
pub fn is_number(raw: &RawValue) -> bool {
    raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// A whole number of what can be counted: not negative, and in the database's 63 bits.
pub fn read_count(raw: &RawValue) -> Option<u64> {
    raw.get().parse().ok().filter(|&count| i64::try_from(count).is_ok())
}

/// `true` or `false`.
pub fn read_bool(raw: &RawValue) -> Option<bool> {
    raw.get().parse().ok()
}

/// How deep objects and arrays lie within each other: 0 for a plain value. Brackets inside texts are none.
pub fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
