//! The public contract: `GET /openapi.json` (OpenAPI 3.1), and `GET /openapi`, the page that shows it.
//!
//! Schemas come from the types that are written and read; what can go wrong, from one list of codes. Words about each
//! operation are beside it here.

mod client_settings;
mod doors;
mod event;
mod figures;
mod intake;
mod operation;
mod operations;
pub mod page;
mod parameters;
mod schemas;

use std::sync::LazyLock;

use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use self::operation::Operation;

static DOCUMENT: LazyLock<Value> = LazyLock::new(write_document);
static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}", *DOCUMENT));

/// The groups of operations, in the order in which the page shows them.
const TAGS: [(&str, &str); 4] = [
    ("intake", "What bots send, in Parlance's own form. A bot has its own write key."),
    (
        "figures",
        "What programs read. The dashboard uses the same report, so the figures are always the same.",
    ),
    (
        "compatible",
        "Doors for existing clients: only an address and a key change. Their items are treated like items of the native intake: the same checks, limits and counting, the same commit before the answer. Paths may end with a slash. docs/INTAKE.md explains each field.",
    ),
    ("operations", "For people who run the server."),
];

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Answers with the document.
pub async fn get_openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}

fn all_operations() -> Vec<Operation> {
    [doors::operations(), figures::operations(), operations::operations()].concat()
}

fn write_document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in all_operations() {
        let path = paths.entry(operation.path.as_str()).or_insert_with(|| json!({}));
        path[operation.method] = operation.write();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Parlance",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Analytics for chatbots",
            "description": "Bots send messages with a write key; programs read figures with a read token. What every figure means: docs/METRICS.md.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.map(|(name, description)| json!({ "name": name, "description": description })),
        "paths": paths,
        "components": { "schemas": schemas::schemas(), "securitySchemes": security_schemes() },
    })
}

fn security_schemes() -> Value {
    json!({
        "writeKey": { "type": "http", "scheme": "bearer", "description": "A bot's write key, pw_…" },
        "writeKeyAsUser": {
            "type": "http",
            "scheme": "basic",
            "description": "A bot's write key as user name or as password.",
        },
        "writeKeyInQuery": {
            "type": "apiKey",
            "in": "query",
            "name": "apiKey",
            "description": "A bot's write key; also as api_key, writeKey or token.",
        },
        "readToken": { "type": "http", "scheme": "bearer", "description": "An account's read token, pr_…" },
        "login": {
            "type": "apiKey",
            "in": "cookie",
            "name": "parlance_login",
            "description": "The browser's login; under https the cookie is __Host-parlance_login.",
        },
    })
}

#[cfg(test)]
mod tests;
