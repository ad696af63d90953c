use std::collections::BTreeSet;

use analytics::error::RejectionCode;
use analytics::instant::Instant;

use super::*;
use crate::intake::item::{Item, ItemReader};

#[test]
fn the_document_names_every_rejection_code() {
    let code = &document()["components"]["schemas"]["Rejected"]["properties"]["code"];
    let codes: Vec<_> = RejectionCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(code["enum"], json!(codes));
}

#[test]
fn every_code_of_a_problem_is_one_that_some_operation_answers_with() {
    let used: BTreeSet<_> = all_operations().into_iter().flat_map(|operation| operation.problems).collect();
    let known: BTreeSet<_> = schemas::codes().collect();
    assert_eq!(used, known);
}

#[test]
fn an_event_has_every_field_that_the_export_writes() {
    let reader = ItemReader { arrived_at: Instant::from_ms(1_800_000_000_000), stores_text: true };
    let properties = &document()["components"]["schemas"]["Event"]["properties"];
    for item in [
        r#"{"user_id": "u", "session_id": "s", "direction": "outgoing", "text": "", "intent": "", "handled": true,
            "model": "m", "input_tokens": 1, "output_tokens": 1, "cost_usd": 1, "latency_ms": 1}"#,
        r#"{"type": "handoff", "user_id": "u", "value": 1, "properties": {}}"#,
    ] {
        let written =
            Item::of_fact(&reader.read_json(item.as_bytes()).unwrap()).map(|item| json!(item)).unwrap();
        let fields = written.as_object().unwrap();
        assert!(fields.keys().all(|name| properties.get(name).is_some()), "{fields:?}");
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let operations = all_operations();
    let names: BTreeSet<_> = operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(names.len(), operations.len());
}

#[test]
fn every_reference_leads_to_a_schema() {
    let text = document().to_string();
    for (_, reference) in text.match_indices("\"$ref\":\"").map(|(at, found)| text.split_at(at + found.len()))
    {
        let pointer = reference.split('"').next().unwrap().trim_start_matches('#');
        assert!(document().pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn what_is_described_speaks_of_json() {
    let text = document()["components"]["schemas"].to_string();
    for word in ["`None`", "[`", "::"] {
        assert!(!text.contains(word), "{word}");
    }
}
