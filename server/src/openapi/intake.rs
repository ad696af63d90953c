//! The native intake.

use serde_json::{Value, json};

use super::operation::{Operation, answer_of};
use crate::intake::MAX_EVENTS;
use crate::problem::ProblemCode;

/// What every way in may answer, whatever the form of the body.
pub(super) const REFUSALS: [ProblemCode; 15] = [
    ProblemCode::BodyEmpty,
    ProblemCode::BodyIncomplete,
    ProblemCode::GzipInvalid,
    ProblemCode::Unauthorized,
    ProblemCode::BotInactive,
    ProblemCode::KeyOfOtherDoor,
    ProblemCode::BodyTimeout,
    ProblemCode::BodyTooLarge,
    ProblemCode::TooManyItems,
    ProblemCode::UnsupportedEncoding,
    ProblemCode::RateLimited,
    ProblemCode::Internal,
    ProblemCode::Busy,
    ProblemCode::Stopping,
    ProblemCode::Unavailable,
];

const DESCRIPTION: &str = "One event, an array, or one event a line (NDJSON). Content-Type is ignored: a body that begins with `[` is an array; a body that is one object is one event; any other body is NDJSON. gzip is accepted, labelled or not. At most 5 MiB (32 MiB unpacked) and 10,000 events.\n\nThe answer comes after the commit. Items are read one by one: valid items are stored, and the answer lists invalid items. A broken line of NDJSON is a rejected item; a broken array is refused as a whole. A page that is being closed may put the key into the query. An id counts once, so a batch without an answer may be sent again.";

/// Our own way in.
pub(super) fn native(path: &str) -> Operation {
    Operation {
        description: DESCRIPTION.to_owned(),
        security: &["writeKey", "writeKeyInQuery"],
        body: Some(body()),
        answer: answer_of("Committed to disk.", "Receipt"),
        problems: [&[ProblemCode::ArrayInvalid, ProblemCode::SiteNotNamed], &REFUSALS[..]].concat(),
        ..Operation::new("post", path, "sendEvents", "intake", "Store what a bot sends")
    }
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
