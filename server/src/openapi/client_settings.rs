//! What clients in pages ask before they send.

use serde_json::{Value, json};

use super::operation::Operation;

const FLAGS: &str = "No feature flags, no recorder, no surveys. The body is not read.";
const SETTINGS: &str = "The same for all clients: recorders, surveys and click capture are off.";

/// Every path for settings.
pub(super) fn operations() -> Vec<Operation> {
    let flags =
        |path, id| described(Operation::new("post", path, id, "compatible", "PostHog: feature flags"), FLAGS);
    let asked =
        |path, id, summary, words| described(Operation::new("get", path, id, "compatible", summary), words);
    vec![
        flags("/flags", "postPosthogFlags"),
        flags("/decide", "postPosthogDecide"),
        with_key(asked("/array/{token}/config", "getPosthogConfig", "PostHog: settings", SETTINGS), "token"),
        Operation {
            answer: answer("text/javascript", &json!({ "type": "string" })),
            ..with_key(
                asked(
                    "/array/{token}/config.js",
                    "getPosthogScript",
                    "PostHog: settings as a script",
                    SETTINGS,
                ),
                "token",
            )
        },
        with_key(
            asked(
                "/v1/projects/{key}/settings",
                "getSegmentSettings",
                "Segment: settings of analytics.js",
                "Tells analytics.js to send here. It does not start without them.",
            ),
            "key",
        ),
        asked(
            "/sourceConfig",
            "getRudderSettings",
            "RudderStack: settings of its client for pages",
            "A source without destinations. The client does not start without one.",
        ),
    ]
}

fn described(operation: Operation, words: &str) -> Operation {
    Operation {
        description: words.to_owned(),
        answer: answer("application/json", &json!({ "type": "object" })),
        ..operation
    }
}

fn with_key(operation: Operation, name: &str) -> Operation {
    let key = json!({
        "name": name, "in": "path", "required": true, "description": "The write key; it is not checked.",
        "schema": { "type": "string" },
    });
    Operation { parameters: vec![key], ..operation }
}

fn answer(content_type: &str, schema: &Value) -> Value {
    json!({ "description": "The settings.", "content": { content_type: { "schema": schema } } })
}
