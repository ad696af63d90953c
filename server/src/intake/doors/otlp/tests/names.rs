//! Every name in the tables is read, and docs/INTAKE.md has the same ones.

use serde_json::{Value, json};

use super::{call, items, span, with};
use crate::intake::doors::otlp::names::*;

const DOCUMENT: &str = include_str!("../../../../../../docs/INTAKE.md");

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn row_of_names(field: &str, names: &Names) -> String {
    let mut row = format!("| `{field}` | {}", list(names.own));
    row += &format!("; in metadata {}", list(names.words));
    if !names.weak.is_empty() {
        row += &format!("; else {}", list(names.weak));
    }
    if !names.inside.is_empty() {
        row += &format!("; else {}", list_inside(names.inside));
    }
    row + " |"
}

fn row_of_numbers(field: &str, numbers: &Numbers, more: &str) -> String {
    format!("| `{field}` | {}; {}{more} |", list(numbers.own), list_inside(numbers.inside))
}

fn list_inside(inside: &[(&str, &str)]) -> String {
    inside.iter().map(|(key, way)| format!("`{way}` in `{key}`")).collect::<Vec<_>>().join(", ")
}

/// The rows of the table in the document.
fn rows() -> Vec<String> {
    let parts: Vec<_> =
        COST_PARTS.iter().map(|[input, output]| format!("`{input}` and `{output}`")).collect();
    vec![
        row_of_names("user_id", &USER),
        row_of_names("session_id", &CONVERSATION),
        row_of_names("channel", &CHANNEL),
        format!("| `model` | {}; `{}` in `{}` |", list(&MODEL), MODEL_INSIDE.1, MODEL_INSIDE.0),
        row_of_numbers("input_tokens", &INPUT_TOKENS, &format!(", `{LANGFUSE_USAGE}`")),
        row_of_numbers("output_tokens", &OUTPUT_TOKENS, &format!(", `{LANGFUSE_USAGE}`")),
        row_of_numbers(
            "cost_usd",
            &COST,
            &format!(", `{LANGFUSE_COST}`; else the sum of {}", parts.join(", of ")),
        ),
        format!("| metadata | behind {}; as JSON in {} |", list(&METADATA), list(&OBJECTS)),
        format!("| kind | {} |", list(&KIND)),
        format!("| a call | {}, and words that end with `.doGenerate` or `.doStream` |", list(&CALLS)),
        format!("| no part of what is said | words with `embed` in them, {} |", list(&SILENT)),
        format!("| no call | {} |", list(&NO_CALLS)),
        format!(
            "| turn | {}; any with {}; calls {}; calls with nothing above them {} |",
            list(&TURNS),
            list(&TURN_NUMBERS),
            list(&TURN_CALLS),
            list(&TURN_ROOTS)
        ),
        format!("| call in events | {} |", list(&CALL_EVENTS)),
        format!("| purpose | the span's name, {} |", list(&PURPOSE)),
        format!(
            "| nobody asked | {}; and names of the words {}, alone or beside {} |",
            list(&HELPERS),
            list(&HELPER_WORDS),
            list(&HELPER_FILLERS)
        ),
    ]
}

#[test]
fn the_document_has_the_tables() {
    let missing: Vec<_> = rows().into_iter().filter(|row| !DOCUMENT.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/INTAKE.md has no such rows:\n{}", missing.join("\n"));
}

/// What one field of the call says whose span has these attributes besides.
fn field_of(field: &str, attributes: Value) -> Value {
    let call = json!({"gen_ai.operation.name": "chat"});
    items(&[span("1", "", (0, 1), &with(call, attributes))])[0][field].clone()
}

#[test]
fn every_name_of_a_person_a_conversation_and_a_channel_is_read() {
    for (field, names) in [("user_id", &USER), ("session_id", &CONVERSATION), ("channel", &CHANNEL)] {
        for name in names.own.iter().chain(names.weak) {
            assert_eq!(field_of(field, json!({*name: "x-1"})), "x-1", "{field} in {name}");
            assert_eq!(field_of(field, json!({*name: "\"x-1\""})), "x-1", "{field} as JSON in {name}");
        }
        for (key, way) in names.inside {
            let told = way.split('.').rev().fold(json!("x-1"), |told, member| json!({member: told}));
            assert_eq!(field_of(field, json!({*key: told.to_string()})), "x-1", "{field}: {way} in {key}");
        }
        for word in names.words {
            for prefix in METADATA {
                assert_eq!(
                    field_of(field, json!({format!("{prefix}{word}"): "x-1"})),
                    "x-1",
                    "{prefix}{word}"
                );
            }
            for object in OBJECTS {
                let metadata = json!({*word: "x-1", "other": {}}).to_string();
                assert_eq!(field_of(field, json!({object: metadata})), "x-1", "{word} in {object}");
            }
        }
    }
}

#[test]
fn a_call_that_failed_is_of_the_model_that_it_has_asked_for() {
    let asked = json!({"openinference.span.kind": "LLM", "llm.invocation_parameters": r#"{"model": "m-1"}"#});
    assert_eq!(items(&[span("1", "", (0, 1), &asked)])[0]["model"], "m-1");
}

#[test]
fn every_name_of_a_model_and_of_a_number_is_read() {
    for name in MODEL {
        assert_eq!(field_of("model", json!({name: "m-1"})), "m-1", "{name}");
    }
    for (field, numbers) in
        [("input_tokens", &INPUT_TOKENS), ("output_tokens", &OUTPUT_TOKENS), ("cost_usd", &COST)]
    {
        for name in numbers.own {
            for number in [json!(7), json!(7.0), json!("7")] {
                assert_eq!(field_of(field, json!({*name: number})), 7, "{name}");
            }
        }
        for (object, way) in numbers.inside {
            let inside = way.rsplit('.').fold(json!(7), |value, member| json!({member: value}));
            assert_eq!(field_of(field, json!({*object: inside.to_string()})), 7, "{way} in {object}");
        }
    }
    for [input, output] in COST_PARTS {
        assert_eq!(field_of("cost_usd", json!({input: 0.25, output: 0.5})), 0.75, "{input}");
    }
}

#[test]
fn a_name_that_says_nothing_is_passed_over() {
    for nothing in ["", "\"\"", "none", "null", "__REDACTED__"] {
        let attributes =
            json!({"user.id": nothing, "enduser.id": "ada", "session.id": nothing, "thread_id": "t"});
        assert_eq!(field_of("user_id", attributes.clone()), "ada", "{nothing}");
        assert_eq!(field_of("session_id", attributes), "t", "{nothing}");
    }
    assert_eq!(
        field_of("session_id", json!({"spring.ai.chat.client.conversation.id": "default"})),
        Value::Null
    );
    let project = json!({"langsmith.trace.session_id": "project"});
    assert_eq!(field_of("session_id", project), Value::Null);
}

#[test]
fn every_word_for_a_call_makes_a_call_and_no_other_word_does() {
    let read = |key: &str, word: &str| items(&[span("1", "", (0, 1), &json!({key: word}))]).len();
    for key in KIND {
        for word in CALLS.iter().flat_map(|word| [word.to_string(), word.to_uppercase()]) {
            assert_eq!(read(key, &word), 3, "{key} {word}");
        }
        assert_eq!(read(key, "ai.streamText.doStream"), 3);
        assert_eq!(read(key, "embeddings"), 1, "{key}");
        for word in ["agent", "chain", "invoke_agent", "ai.streamText", "workflow"]
            .iter()
            .chain(&NO_CALLS)
            .chain(&SILENT)
        {
            assert_eq!(read(key, word), 0, "{key} {word}");
        }
    }
    for word in NO_CALLS {
        let tool = with(call("m", 5, 1), json!({"gen_ai.operation.name": word}));
        assert!(items(&[span("1", "", (0, 1), &tool)]).is_empty(), "{word}");
    }
    for word in SILENT {
        let check = with(call("m", 5, 1), json!({"gen_ai.operation.name": word}));
        assert_eq!(items(&[span("1", "", (0, 1), &check)]).len(), 1, "{word}");
    }
}

#[test]
fn words_that_programs_write_for_nothing_name_nobody() {
    for nobody in [
        "",
        " ",
        "None",
        "NONE",
        "null",
        "undefined",
        "NaN",
        "<nil>",
        "[Scrubbed due to 'session']",
        "<REDACTED>",
    ] {
        let told =
            json!({"user.id": nobody, "langfuse.user.id": "ada", "session.id": nobody, "thread_id": "c-1"});
        assert_eq!(field_of("user_id", told.clone()), "ada", "{nobody}");
        assert_eq!(field_of("session_id", told), "c-1", "{nobody}");
    }
    assert_eq!(field_of("user_id", json!({"user.id": 42.0})), "42");
    assert_eq!(field_of("user_id", json!({"user.id": "Nonen"})), "Nonen");
}

#[test]
fn a_word_in_metadata_may_be_written_in_any_way() {
    for word in ["sessionID", "SessionId", "session-id"] {
        assert_eq!(
            field_of("session_id", json!({format!("langfuse.trace.metadata.{word}"): "c"})),
            "c",
            "{word}"
        );
        assert_eq!(
            field_of("session_id", json!({"metadata": json!({word: " c\n"}).to_string()})),
            "c",
            "{word}"
        );
    }
}

#[test]
fn the_session_of_the_author_counts_and_not_the_one_that_a_library_makes_up() {
    let root = span("9", "", (0, 3), &json!({"user.id": "ada", "session.id": "s-1"}));
    let call = |id: &str, made_up: &str| {
        span(id, "9", (1, 2), &with(call("m", 1, 1), json!({"gen_ai.conversation.id": made_up})))
    };
    let found = items(&[call("1", "run-1"), call("2", "run-2"), root]);
    assert!(found.iter().all(|item| item["session_id"] == "s-1"), "{found:?}");
    let alone = items(&[call("1", "run-1"), span("9", "", (0, 3), &json!({"user.id": "ada"}))]);
    assert!(alone.iter().all(|item| item["session_id"] == "run-1"), "{alone:?}");
}
