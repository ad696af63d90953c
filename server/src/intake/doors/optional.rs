//! Fields that a message can do without. Clients of others type them as they like, and drop a whole batch on an error:
//! what cannot be read is left out, and the message still counts. Ids, user, time, direction and names decide.

use std::borrow::Cow;

use analytics::ids::Channel;
use serde_json::value::RawValue;

use super::draft::{Draft, Value};
use crate::intake::fields;
use crate::intake::item::{MAX_DEPTH, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES};
use crate::intake::nano::parse_nano;

/// Numbers with more characters are rounded: an exact amount needs fewer.
const MAX_NUMBER_BYTES: usize = 64;

/// The same item without those of its optional fields that the item reader would refuse. Empty ids are none, and
/// numbers are rounded to what is kept of them.
pub fn keep_readable<'a>(draft: &'a Draft<'a>) -> Draft<'a> {
    Draft {
        r#type: draft.r#type.clone(),
        id: keep_if(&draft.id, is_said),
        user_id: keep_if(&draft.user_id, is_said),
        session_id: keep_if(&draft.session_id, is_said),
        at: draft.at.clone(),
        direction: draft.direction,
        channel: keep_if(&draft.channel, is_channel),
        text: keep_if(&draft.text, is_message_text),
        intent: keep_if(&draft.intent, is_readable_word),
        handled: keep_if(&draft.handled, is_flag),
        model: keep_if(&draft.model, is_readable_word),
        model_failed: keep_if(&draft.model_failed, is_flag),
        input_tokens: draft.input_tokens.as_ref().and_then(round_count),
        output_tokens: draft.output_tokens.as_ref().and_then(round_count),
        cost_usd: draft.cost_usd.as_ref().and_then(round_nano),
        latency_ms: draft.latency_ms.as_ref().and_then(round_count),
        value: draft.value.as_ref().and_then(round_nano),
        properties: keep_if(&draft.properties, is_properties),
    }
}

fn keep_if<'a>(value: &Option<Value<'a>>, is_readable: fn(&Value<'_>) -> bool) -> Option<Value<'a>> {
    value.as_ref().filter(|value| is_readable(value)).cloned()
}

fn is_said(value: &Value<'_>) -> bool {
    read_text(value).is_none_or(|text| !text.is_empty())
}

fn is_channel(value: &Value<'_>) -> bool {
    read_text(value).is_some_and(|word| Channel::parse(&word).is_ok())
}

fn is_message_text(value: &Value<'_>) -> bool {
    read_text(value).is_some_and(|text| text.len() <= MAX_TEXT_BYTES)
}

fn is_readable_word(value: &Value<'_>) -> bool {
    read_text(value).is_some_and(|text| is_word(&text))
}

/// Whether an intent or a model may have this name.
pub fn is_word(text: &str) -> bool {
    (1..=MAX_WORD_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

fn is_flag(value: &Value<'_>) -> bool {
    matches!(value, Value::Flag(_)) || as_json(value).is_some_and(|raw| fields::read_bool(raw).is_some())
}

/// They lie one level deep in the item.
fn is_properties(value: &Value<'_>) -> bool {
    as_json(value).map(|raw| raw.get()).is_some_and(|json| {
        json.starts_with('{')
            && json.len() <= MAX_PROPERTIES_BYTES
            && fields::depth(json.as_bytes()) < MAX_DEPTH
    })
}

/// A count as it is kept; `None` when it is none.
pub fn keep_count(count: Box<RawValue>) -> Option<Box<RawValue>> {
    to_json(round_count(&Value::Made(count))?)
}

/// An amount as it is kept; `None` when it is none.
pub fn keep_amount(amount: Box<RawValue>) -> Option<Box<RawValue>> {
    to_json(round_nano(&Value::Made(amount))?)
}

fn to_json(value: Value<'_>) -> Option<Box<RawValue>> {
    match value {
        Value::Made(json) => Some(json),
        other => serde_json::value::to_raw_value(&other).ok(),
    }
}

/// A count, rounded to a whole one: clients measure milliseconds with fractions.
fn round_count<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Whole(count) => (*count >= 0).then(|| value.clone()),
        _ => round_count_of_json(as_json(value)?, value),
    }
}

fn round_count_of_json<'a>(raw: &RawValue, value: &Value<'a>) -> Option<Value<'a>> {
    if fields::read_count(raw).is_some() {
        return Some(value.clone());
    }
    round(read_number(raw)?)
}

/// Seconds as whole milliseconds.
pub fn milliseconds<'a>(seconds: &RawValue) -> Option<Value<'a>> {
    round(read_number(seconds)? * 1_000.0)
}

fn round<'a>(number: f64) -> Option<Value<'a>> {
    let count: i64 = format!("{number:.0}").parse().ok()?;
    (count >= 0).then_some(Value::Whole(count))
}

/// An amount, rounded to billionths: binary fractions have more digits than anybody meant.
fn round_nano<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let Some(raw) = as_json(value) else {
        return matches!(value, Value::Whole(_)).then(|| value.clone());
    };
    let number = read_number(raw)?;
    if raw.get().len() <= MAX_NUMBER_BYTES && parse_nano(raw.get()).is_some() {
        return Some(value.clone());
    }
    let rounded = format!("{number:.9}");
    parse_nano(&rounded)?;
    RawValue::from_string(rounded).ok().map(Value::Made)
}

fn read_number(raw: &RawValue) -> Option<f64> {
    if fields::is_number(raw) {
        raw.get().parse().ok().filter(|number: &f64| number.is_finite())
    } else {
        None
    }
}

fn read_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        _ => as_json(value).and_then(fields::read_text),
    }
}

fn as_json<'v>(value: &'v Value<'_>) -> Option<&'v RawValue> {
    match value {
        Value::Raw(raw) => Some(raw),
        Value::Made(raw) => Some(raw),
        Value::Text(_) | Value::Whole(_) | Value::Flag(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Field = for<'a> fn(&'a mut Draft<'static>) -> &'a mut Option<Value<'static>>;

    /// What is left of a value in one field.
    fn kept(field: Field, json: &str) -> Option<String> {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        let mut draft = Draft::default();
        *field(&mut draft) = Some(Value::Made(raw));
        let object = serde_json::to_value(keep_readable(&draft)).unwrap();
        object.as_object().unwrap().values().next().map(ToString::to_string)
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let long = json!("x".repeat(MAX_TEXT_BYTES + 1)).to_string();
        assert_eq!(kept(|draft| &mut draft.text, &long), None);
        assert_eq!(kept(|draft| &mut draft.text, "5"), None);
        assert_eq!(kept(|draft| &mut draft.text, r#""cut \ud83d""#), None);
        assert_eq!(kept(|draft| &mut draft.handled, r#""yes""#), None);
        assert_eq!(kept(|draft| &mut draft.intent, r#"{"name": "greet"}"#), None);
        assert_eq!(kept(|draft| &mut draft.channel, r#""Facebook Messenger""#), None);
        assert_eq!(kept(|draft| &mut draft.input_tokens, "-1"), None);
        assert_eq!(kept(|draft| &mut draft.input_tokens, r#""12""#), None);
        assert_eq!(kept(|draft| &mut draft.cost_usd, "1e400"), None);
        assert_eq!(kept(|draft| &mut draft.cost_usd, "99999999999"), None);
        assert_eq!(kept(|draft| &mut draft.properties, "[]"), None);
        let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(31), "]".repeat(31));
        assert_eq!(kept(|draft| &mut draft.properties, &deep), None);
        let large = json!({"a": "x".repeat(MAX_PROPERTIES_BYTES)}).to_string();
        assert_eq!(kept(|draft| &mut draft.properties, &large), None);
    }

    #[test]
    fn what_can_be_read_is_kept() {
        assert_eq!(kept(|draft| &mut draft.text, r#""""#).unwrap(), r#""""#);
        assert_eq!(kept(|draft| &mut draft.handled, "false").unwrap(), "false");
        assert_eq!(kept(|draft| &mut draft.channel, r#""Web""#).unwrap(), r#""Web""#);
        assert_eq!(kept(|draft| &mut draft.properties, r#"{"a":1}"#).unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn numbers_are_rounded_to_what_is_kept_of_them() {
        for (sent, whole) in [("12", "12"), ("812.5001", "813"), ("8.1e2", "810"), ("-0.2", "0")] {
            assert_eq!(kept(|draft| &mut draft.latency_ms, sent).as_deref(), Some(whole));
        }
        for (sent, nano) in [("0.0012", "0.0012"), ("0.30000000000000004", "0.3"), ("1e-12", "0.0")] {
            assert_eq!(kept(|draft| &mut draft.cost_usd, sent).as_deref(), Some(nano));
        }
        assert_eq!(kept(|draft| &mut draft.value, "-2").as_deref(), Some("-2"));
    }

    #[test]
    fn ids_decide_unless_they_are_empty() {
        assert_eq!(kept(|draft| &mut draft.session_id, r#""""#), None);
        assert_eq!(kept(|draft| &mut draft.id, r#""""#), None);
        assert_eq!(kept(|draft| &mut draft.session_id, "{}").unwrap(), "{}");
        assert_eq!(kept(|draft| &mut draft.user_id, "7").unwrap(), "7");
    }
}
