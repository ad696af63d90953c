//! What an operator asks, and this document.

use serde_json::{Value, json};

use super::operation::{Operation, answer_with};
use crate::problem::ProblemCode;

pub(super) fn operations() -> Vec<Operation> {
    let get = |path, id, summary| Operation::new("get", path, id, "operations", summary);
    let alive = Operation { answer: text("Alive."), ..get("/healthz", "isAlive", "The process answers") };
    let ready = Operation {
        answer: text("Ready."),
        problems: vec![ProblemCode::Internal, ProblemCode::Unavailable, ProblemCode::Stopping],
        ..get("/readyz", "isReady", "The database answers")
    };
    let metrics = Operation {
        description: "Only for the networks in PARLANCE_METRICS_FROM.".to_owned(),
        answer: text("Text in the format of Prometheus."),
        problems: vec![ProblemCode::NotFound, ProblemCode::Internal, ProblemCode::Unavailable],
        ..get("/metrics", "getMetrics", "Measurements for operators, for Prometheus")
    };
    let document = Operation {
        answer: answer_with("OpenAPI 3.1.", "application/json", &json!({ "type": "object" })),
        ..get("/openapi.json", "getDocument", "This document")
    };
    let page = Operation {
        answer: answer_with("A page.", "text/html", &json!({ "type": "string" })),
        ..get("/openapi", "getPage", "This document, for people")
    };
    vec![alive, ready, metrics, document, page]
}

fn text(description: &str) -> Value {
    answer_with(description, "text/plain", &json!({ "type": "string" }))
}
