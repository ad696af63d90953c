//! What a rejected item looked like, for the Intake page: the names of its fields, and what the wrong one held. What
//! people wrote is never shown, nor is anything that may hold it.

use store::intake_log::Sample;

use crate::intake::doors::sent::Sent;
use crate::intake::item::{Field, Item, Rejection};

/// Most names of fields, and their longest, in characters.
const MAX_FIELDS: usize = 20;
const MAX_NAME: usize = 40;
/// Longest value, in characters.
const MAX_VALUE: usize = 80;
/// Fields of which nothing is shown but kind and length.
const CONTENT: [Field; 3] = [Field::Text, Field::Properties, Field::Intent];

/// Describes an item that a door or an importer has made.
pub fn describe_item(rejection: Rejection, item: &Item<'_>) -> Sample {
    let value = rejection.field.and_then(|field| Some(show(field, &item.get(field)?.to_json())));
    let mut fields: Vec<_> = item.iter().map(|(field, _)| field.word().to_owned()).collect();
    fields.sort_unstable();
    Sample { fields, field: name_of(rejection), value }
}

/// Describes an item that was sent as JSON.
pub fn describe_json(rejection: Rejection, json: &[u8]) -> Sample {
    let Some(sent) = Sent::parse(json) else {
        return Sample { value: Some(kind_of(json)), ..Sample::default() };
    };
    let value = rejection.field.and_then(|field| Some(show(field, sent.find(field.word())?.get())));
    let fields = sent.names().take(MAX_FIELDS).map(|name| shorten(name, MAX_NAME)).collect();
    Sample { fields, field: name_of(rejection), value }
}

/// The field of a rejection, as a sample names it.
pub fn name_of(rejection: Rejection) -> Option<String> {
    rejection.field.map(|field| field.word().to_owned())
}

/// A short text as JSON writes it.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(text, MAX_VALUE))
}

fn show(field: Field, json: &str) -> String {
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
    use analytics::error::RejectionCode as Code;
    use analytics::instant::Instant;

    use super::*;
    use crate::intake::item::ItemReader;

    const SECRET: &str = "what somebody wrote";

    /// The sample of an item that the reader rejects.
    fn sample_of(item: &str) -> Sample {
        let reader = ItemReader { arrived_at: Instant::from_ms(1_800_000_000_000), stores_text: true };
        describe_json(reader.read_json(item.as_bytes()).unwrap_err(), item.as_bytes())
    }

    /// An item that is right but for these fields.
    fn sample_with(fields: &str) -> Sample {
        sample_of(&format!(r#"{{"user_id": "ada", "direction": "outgoing", {fields}}}"#))
    }

    #[test]
    fn the_wrong_field_is_shown_with_what_it_held() {
        for (fields, field, value) in [
            (r#""at": "yesterday""#, "at", "\"yesterday\""),
            (r#""at": 92323045"#, "at", "92323045"),
            (r#""user_id": {"a": 1}"#, "user_id", "an object, 8 bytes long"),
            (r#""handled": true, "latency_ms": "fast""#, "latency_ms", "\"fast\""),
            (r#""type": "rated", "value": "much""#, "value", "\"much\""),
        ] {
            let sample = sample_with(fields);
            assert_eq!(
                (sample.field.as_deref(), sample.value.as_deref()),
                (Some(field), Some(value)),
                "{fields}"
            );
        }
        let missing = sample_of(r#"{"at": 1795000000000}"#);
        assert_eq!((missing.field.as_deref(), missing.value), (Some("user_id"), None));
    }

    #[test]
    fn nothing_shows_what_people_wrote() {
        let long = SECRET.repeat(1_000_000 / SECRET.len());
        for fields in [
            format!(r#""text": "{long}""#),
            format!(r#""text": ["{SECRET}"]"#),
            format!(r#""at": "x", "text": "{SECRET}", "content": "{SECRET}""#),
            format!(r#""type": "rated", "properties": "{SECRET}""#),
            format!(r#""type": "rated", "properties": {{"a": "{long}"}}"#),
            format!(r#""intent": "{long}""#),
            format!(r#""user_id": {{"said": "{SECRET}"}}"#),
        ] {
            let sample = sample_with(&fields);
            assert!(!format!("{sample:?}").contains(SECRET), "{sample:?}");
        }
        for item in [format!("\"{SECRET}\""), format!(r#"{{"text": "{SECRET}"#)] {
            assert!(!format!("{:?}", sample_of(&item)).contains(SECRET));
        }
    }

    #[test]
    fn an_item_of_a_door_is_shown_by_our_own_names() {
        let item = Item {
            user_id: Some("ada".into()),
            at: Some("x".into()),
            text: Some(SECRET.into()),
            ..Item::default()
        };
        let sample = describe_item(Rejection::of_field(Code::AtInvalid, Field::At), &item);
        assert_eq!(sample.fields, ["at", "text", "user_id"]);
        assert_eq!((sample.field.as_deref(), sample.value.as_deref()), (Some("at"), Some("\"x\"")));
    }

    #[test]
    fn a_sample_is_short_whatever_was_sent() {
        let fields: Vec<String> = (0..1_000).map(|n| format!(r#""{}{n}": 1"#, "n".repeat(100))).collect();
        let sample = sample_with(&format!(r#""at": "{}", {}"#, "x\\n".repeat(9_999), fields.join(",")));
        assert_eq!(sample.fields.len(), MAX_FIELDS);
        assert!(sample.fields.iter().all(|name| name.chars().count() <= MAX_NAME + 1));
        assert_eq!(sample.value.map(|value| value.chars().count()), Some(MAX_VALUE + 1));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(sample_of(&deep).value.unwrap(), "an array, 200000 bytes long");
    }
}
