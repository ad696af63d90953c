//! What a rejected item looked like, for the Intake page: the names of its fields, and what the wrong one held. What
//! people wrote is never shown, nor is anything that may hold it.

use analytics::error::RejectionCode as Code;
use analytics::instant::Instant;
use store::intake_log::Sample;

use crate::intake::doors::sent::Sent;
use crate::intake::item::ItemReader;

/// Most names of fields, and their longest, in characters.
const MAX_FIELDS: usize = 20;
const MAX_NAME: usize = 40;
/// Longest value, in characters.
const MAX_VALUE: usize = 80;
/// Fields that one code stands for, any of which may be the wrong one.
const VALUES: [&str; 8] =
    ["value", "input_tokens", "output_tokens", "cost_usd", "latency_ms", "handled", "model", "intent"];
/// Fields of which nothing is shown but kind and length.
const CONTENT: [&str; 3] = ["text", "properties", "intent"];

/// Describes an item that was rejected.
pub fn describe(code: Code, item: &[u8]) -> Sample {
    let Some(sent) = Sent::parse(item) else {
        return Sample { value: Some(kind_of(item)), ..Sample::default() };
    };
    let field = if code == Code::ValueInvalid { find_wrong_value(&sent) } else { field_of(code) };
    let value = field.and_then(|field| Some(show(field, sent.find(field)?.get())));
    let fields = sent.names().take(MAX_FIELDS).map(|name| shorten(name, MAX_NAME)).collect();
    Sample { fields, field: field.map(str::to_owned), value }
}

/// The field that a code is about.
pub fn field_of(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::TypeInvalid | Code::TooManyEvents => "type",
        Code::IdInvalid => "id",
        Code::UserIdMissing | Code::UserIdInvalid => "user_id",
        Code::SessionIdInvalid => "session_id",
        Code::AtInvalid | Code::AtTooEarly | Code::AtInFuture | Code::BeforeRetention => "at",
        Code::DirectionMissing | Code::DirectionInvalid => "direction",
        Code::ChannelInvalid | Code::TooManyChannels => "channel",
        Code::TextInvalid | Code::TextTooLong => "text",
        Code::TooManyModels => "model",
        Code::PropertiesInvalid | Code::PropertiesTooLarge => "properties",
        Code::NotAnObject | Code::ValueInvalid | Code::RowTooLarge => return None,
    })
}

/// A short text as JSON writes it.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(text, MAX_VALUE))
}

/// The field for which an item with nothing else is rejected as well.
fn find_wrong_value(sent: &Sent<'_>) -> Option<&'static str> {
    let reader = ItemReader { arrived_at: Instant::from_ms(i64::MAX / 2), stores_text: false };
    VALUES.into_iter().find(|name| {
        let Some(value) = sent.find(name) else { return false };
        let kind = if *name == "value" { r#""type":"event""# } else { r#""direction":"outgoing""# };
        let alone = format!(r#"{{"user_id":"user",{kind},"{name}":{value}}}"#);
        reader.read(alone.as_bytes()) == Err(Code::ValueInvalid)
    })
}

fn show(field: &str, json: &str) -> String {
    let is_plain = !json.starts_with(['{', '[']);
    if is_plain && !CONTENT.contains(&field) { shorten(json, MAX_VALUE) } else { kind_of(json.as_bytes()) }
}

fn kind_of(json: &[u8]) -> String {
    let kind = match serde_json::from_slice::<&serde_json::value::RawValue>(json) {
        Err(_) => "no JSON",
        Ok(value) => match value.get().as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b'"') => "a text",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        },
    };
    format!("{kind}, {} bytes long", json.len())
}

fn shorten(text: &str, most: usize) -> String {
    let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "what somebody wrote";

    fn shown(code: Code, item: &str) -> (Option<String>, Option<String>) {
        let sample = describe(code, item.as_bytes());
        (sample.field, sample.value)
    }

    #[test]
    fn the_wrong_field_is_shown_with_what_it_held() {
        for (code, item, field, value) in [
            (Code::AtInvalid, r#"{"at": "yesterday"}"#, "at", "\"yesterday\""),
            (Code::AtTooEarly, r#"{"at": 1792323045}"#, "at", "1792323045"),
            (Code::UserIdInvalid, r#"{"user_id": {"a": 1}}"#, "user_id", "an object, 8 bytes long"),
            (Code::ValueInvalid, r#"{"handled": true, "latency_ms": "fast"}"#, "latency_ms", "\"fast\""),
            (Code::ValueInvalid, r#"{"value": "much"}"#, "value", "\"much\""),
        ] {
            let (found, held) = shown(code, item);
            assert_eq!((found.as_deref(), held.as_deref()), (Some(field), Some(value)), "{item}");
        }
        assert_eq!(shown(Code::UserIdMissing, r#"{"at": 1}"#), (Some("user_id".to_owned()), None));
    }

    #[test]
    fn nothing_shows_what_people_wrote() {
        let long = SECRET.repeat(100);
        for (code, item) in [
            (Code::TextTooLong, format!(r#"{{"text": "{long}"}}"#)),
            (Code::TextInvalid, format!(r#"{{"text": ["{SECRET}"]}}"#)),
            (Code::AtInvalid, format!(r#"{{"at": "x", "text": "{SECRET}", "content": "{SECRET}"}}"#)),
            (Code::PropertiesInvalid, format!(r#"{{"properties": "{SECRET}"}}"#)),
            (Code::PropertiesTooLarge, format!(r#"{{"properties": {{"a": "{long}"}}}}"#)),
            (Code::ValueInvalid, format!(r#"{{"intent": "{long}"}}"#)),
            (Code::UserIdInvalid, format!(r#"{{"user_id": {{"said": "{SECRET}"}}}}"#)),
            (Code::NotAnObject, format!("\"{SECRET}\"")),
            (Code::NotAnObject, format!(r#"{{"text": "{SECRET}"#)),
        ] {
            let sample = describe(code, item.as_bytes());
            assert!(!format!("{sample:?}").contains(SECRET), "{sample:?}");
        }
    }

    #[test]
    fn a_sample_is_short_whatever_was_sent() {
        let fields: Vec<String> = (0..1_000).map(|n| format!(r#""{}{n}": 1"#, "n".repeat(100))).collect();
        let item = format!(r#"{{"at": "{}", {}}}"#, "x\\n".repeat(9_999), fields.join(","));
        let sample = describe(Code::AtInvalid, item.as_bytes());
        assert_eq!(sample.fields.len(), MAX_FIELDS);
        assert!(sample.fields.iter().all(|name| name.chars().count() <= MAX_NAME + 1));
        assert_eq!(sample.value.map(|value| value.chars().count()), Some(MAX_VALUE + 1));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            describe(Code::NotAnObject, deep.as_bytes()).value.unwrap(),
            "an array, 200000 bytes long"
        );
    }
}
