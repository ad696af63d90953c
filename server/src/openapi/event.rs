//! The schema of an item of the native intake. It is read field by field and not as one type, so that one bad field has
//! a code of its own: the schema is written beside the limits that reading has.

use analytics::ids::{MAX_CHANNEL_BYTES, MAX_EVENT_NAME_BYTES, MAX_ID_BYTES};
use serde_json::{Value, json};

use crate::intake::item::{
    MAX_AHEAD_MS, MAX_DEPTH, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES, MESSAGE, MODEL_CALL,
};

/// A message, a custom event, or a call of a language model.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "description": format!("A message, a custom event, or a call of a language model that is not itself a message. Unknown fields are ignored; null is the same as absent. At most {MAX_DEPTH} levels deep."),
        "required": ["user_id"],
        "properties": properties(),
        "examples": [
            { "user_id": "ada", "direction": "incoming", "channel": "web", "at": "2026-11-17T14:20:05+01:00", "id": "m-1" },
            { "user_id": "ada", "type": "handoff", "value": 1 },
        ],
    })
}

fn properties() -> Value {
    let id = format!(
        "Text of 1 to {MAX_ID_BYTES} bytes without control characters, or a number, whose literal text is kept."
    );
    let ahead = MAX_AHEAD_MS / 60_000;
    let (text_kib, properties_kib) = (MAX_TEXT_BYTES / 1024, MAX_PROPERTIES_BYTES / 1024);
    json!({
        "type": text(&format!("`{MESSAGE}`, `{MODEL_CALL}`, or the name of a custom event: at most {MAX_EVENT_NAME_BYTES} bytes, at most 500 names a bot. A model call counts neither as a message nor as an event. Missing: `{MESSAGE}`.")),
        "id": field(&["string", "number"], &format!("Unique within the bot, for ever: an item whose id is known counts as a duplicate. {id} Missing: derived from user_id, session_id, channel, direction, at as sent, and text, so that a repeat counts once; with at missing too it counts again.")),
        "user_id": { "type": ["string", "number"], "minLength": 1, "description": format!("The person, as an opaque id. {id}") },
        "session_id": field(&["string", "number"], &format!("One stretch of conversation of one user, if the bot knows: else sessions follow from pauses. {id}")),
        "at": field(&["string", "integer"], &format!("RFC 3339 with an offset, or epoch milliseconds. From 2000-01-01; up to {ahead} minutes ahead is stored as the time of arrival. Missing: the time of arrival.")),
        "direction": { "enum": ["incoming", "outgoing", null], "description": "`incoming`: user to bot. `outgoing`: bot to user. Required for messages." },
        "channel": { "type": ["string", "null"], "default": "api", "pattern": format!("^[A-Za-z0-9._-]{{1,{MAX_CHANNEL_BYTES}}}$"), "description": "Where it travelled, such as `web`. Lower-cased. At most 100 a bot." },
        "text": text(&format!("At most {text_kib} KiB. Stored only if the bot's owner switched that on.")),
        "intent": text(&format!("What the bot understood: at most {MAX_WORD_BYTES} bytes.")),
        "handled": field(&["boolean"], "Whether the bot could answer."),
        "model": text(&format!("Outgoing messages and model calls: the language model's name, at most {MAX_WORD_BYTES} bytes, at most 500 names a bot.")),
        "input_tokens": count("Outgoing messages and model calls: tokens that the model read."),
        "output_tokens": count("Outgoing messages and model calls: tokens that the model wrote."),
        "cost_usd": field(&["number"], "Outgoing messages and model calls: what the model cost, with at most 9 digits after the point."),
        "latency_ms": count("Outgoing messages and model calls: how long the model took."),
        "model_failed": field(&["boolean"], "Outgoing messages and model calls: whether the call ended in an error."),
        "value": field(&["number"], "Custom events: a number to add up, with at most 9 digits after the point."),
        "properties": field(&["object"], &format!("Custom events: an object of at most {properties_kib} KiB, kept as it is.")),
    })
}

fn text(description: &str) -> Value {
    field(&["string"], description)
}

fn count(description: &str) -> Value {
    let mut count = field(&["integer"], description);
    count["minimum"] = 0.into();
    count
}

/// A field that may be absent, and then may be null.
fn field(types: &[&str], description: &str) -> Value {
    let types: Vec<_> = types.iter().copied().chain(["null"]).collect();
    json!({ "type": types, "description": description })
}
