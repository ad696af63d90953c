//! The native intake.

use serde_json::{Value, json};

use super::operation::{Operation, answer_of};
use crate::intake::MAX_EVENTS;

/// What every way in may answer, whatever the form of the body.
pub(super) const REFUSALS: [&str; 15] = [
    "body_empty",
    "body_incomplete",
    "gzip_invalid",
    "unauthorized",
    "bot_inactive",
    "key_of_other_door",
    "body_timeout",
    "body_too_large",
    "too_many_items",
    "unsupported_encoding",
    "rate_limited",
    "internal",
    "busy",
    "stopping",
    "unavailable",
];

const DESCRIPTION: &str = "One event, an array, or one event a line (NDJSON). Content-Type is ignored: a body that begins with `[` is an array, else it is one object if all of it is one, else NDJSON. gzip is accepted, labelled or not. At most 5 MiB (32 MiB inflated) and 10,000 events.\n\nThe answer comes after the commit. Items are read one by one: valid ones are stored beside invalid ones, which are named. A broken line of NDJSON is a rejected item; a broken array is refused whole. An item whose id is known counts once, so a batch that was not answered may be sent again.";

pub(super) fn operations() -> Vec<Operation> {
    let summary = "Store what a bot sends";
    vec![Operation {
        description: DESCRIPTION.to_owned(),
        security: &["writeKey"],
        body: Some(body()),
        answer: answer_of("Committed to disk.", "Receipt"),
        problems: [&["array_invalid"], &REFUSALS[..]].concat(),
        ..Operation::new("post", "/api/v1/events", "sendEvents", "intake", summary)
    }]
}

fn body() -> Value {
    let event = json!({ "$ref": "#/components/schemas/Event" });
    let events = json!({ "type": "array", "maxItems": MAX_EVENTS, "items": event });
    json!({
        "required": true,
        "content": {
            "application/json": { "schema": { "oneOf": [event, events] } },
            "application/x-ndjson": { "schema": { "type": "string", "description": "One Event a line." } },
        },
    })
}
