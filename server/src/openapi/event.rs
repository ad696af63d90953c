//! The schema of an item of the native intake. It is read field by field and not as one type, so that one bad field has
//! a code of its own: the schema is written beside the limits that reading has.

use analytics::ids::{MAX_CHANNEL_BYTES, MAX_EVENT_NAME_BYTES, MAX_ID_BYTES};
use serde_json::{Value, json};

use crate::intake::item::{
    Field, Kind, MAX_AHEAD_MS, MAX_DEPTH, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES, MESSAGE,
    MODEL_CALL,
};

/// A message, a custom event, or a call of a language model.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "description": format!("A message, a custom event, or a call of a language model that is not itself a message. Unknown fields are ignored; null means absent. At most {MAX_DEPTH} levels deep."),
        "required": ["user_id"],
        "properties": properties(),
        "examples": [
            { "user_id": "ada", "direction": "incoming", "channel": "web", "at": "2026-11-17T14:20:05+01:00", "id": "m-1" },
            { "user_id": "ada", "type": "handoff", "value": 1 },
        ],
    })
}

fn properties() -> Value {
    Field::ALL.into_iter().map(|field| (field.word().to_owned(), property(field))).collect()
}

fn property(field: Field) -> Value {
    let mut schema = schema_of(field.kind());
    schema["description"] = format!("{} {}", field.meaning(), rule(field.kind())).trim_end().into();
    if field == Field::UserId {
        schema["minLength"] = 1.into();
        schema["type"] = json!(["string", "number"]);
    }
    schema
}

/// A field may be absent, and then may be null.
fn schema_of(kind: Kind) -> Value {
    match kind {
        Kind::Type | Kind::Text | Kind::Word => json!({ "type": ["string", "null"] }),
        Kind::Id => json!({ "type": ["string", "number", "null"] }),
        Kind::Time => json!({ "type": ["string", "number", "null"] }),
        Kind::Direction => json!({ "enum": ["incoming", "outgoing", null] }),
        Kind::Channel => {
            let pattern = format!("^[A-Za-z0-9._-]{{1,{MAX_CHANNEL_BYTES}}}$");
            json!({ "type": ["string", "null"], "default": "api", "pattern": pattern })
        }
        Kind::Flag => json!({ "type": ["boolean", "null"] }),
        Kind::Count => json!({ "type": ["integer", "null"], "minimum": 0 }),
        Kind::Amount => json!({ "type": ["number", "null"] }),
        Kind::Object => json!({ "type": ["object", "null"] }),
    }
}

/// What a value of this kind has to be, with its limits.
fn rule(kind: Kind) -> String {
    match kind {
        Kind::Type => format!(
            "`{MESSAGE}`, `{MODEL_CALL}`, or the name of a custom event: at most {MAX_EVENT_NAME_BYTES} bytes, at most 500 names a bot."
        ),
        Kind::Id => format!(
            "Text of 1 to {MAX_ID_BYTES} bytes without control characters, or a number, whose literal text is kept."
        ),
        Kind::Time => {
            let ahead = MAX_AHEAD_MS / 60_000;
            format!(
                "RFC 3339, or seconds or milliseconds since 1970; other spellings with an offset from UTC are read too. From 2000-01-01. A time up to {ahead} minutes ahead is stored as the time of arrival."
            )
        }
        Kind::Direction => "`incoming`: user to bot. `outgoing`: bot to user.".to_owned(),
        Kind::Channel => "Lower-cased. At most 100 a bot.".to_owned(),
        Kind::Text => format!("At most {} KiB.", MAX_TEXT_BYTES / 1024),
        Kind::Word => format!("At most {MAX_WORD_BYTES} bytes without control characters."),
        Kind::Amount => "At most 9 digits after the point.".to_owned(),
        Kind::Object => format!("An object of at most {} KiB.", MAX_PROPERTIES_BYTES / 1024),
        Kind::Flag | Kind::Count => String::new(),
    }
}
