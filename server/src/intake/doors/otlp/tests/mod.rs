//! What traces of known instrumentations come to, as items.

mod flow;
mod names;
mod usage;

use analytics::instant::Instant;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use store::held_spans::Speaker;

use super::decode::{Form, SentSpans};
use super::traces::Sent;
use super::turns::{TraceItems, translate};
use crate::intake::item::{Item, ItemReader};
use crate::intake::translation::Part;

const NOON_MS: i64 = 1_795_003_200_000;

/// A span with an id of one digit, under another one or none, from one second after noon to another.
fn span(id: &str, parent: &str, (from, to): (u64, u64), attributes: &Value) -> Value {
    let noon = u64::try_from(NOON_MS).unwrap() * 1_000_000;
    let nanos = |second: u64| (noon + second * 1_000_000_000).to_string();
    let written = attributes.as_object().unwrap().iter().map(|(key, value)| {
        let value = match value {
            Value::String(text) => json!({"stringValue": text}),
            Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
            number => json!({"intValue": number}),
        };
        json!({"key": key, "value": value})
    });
    let full = |id: &str| if id.is_empty() { String::new() } else { id.repeat(16) };
    json!({
        "traceId": "a".repeat(32), "spanId": full(id), "parentSpanId": full(parent), "name": "span", "kind": 3,
        "startTimeUnixNano": nanos(from), "endTimeUnixNano": nanos(to), "attributes": written.collect::<Vec<_>>(),
        "status": {"code": 0},
    })
}

fn reader() -> ItemReader {
    ItemReader { arrived_at: Instant::from_ms(NOON_MS + 3_600_000), stores_text: true }
}

fn read(spans: &[Value]) -> Sent {
    read_body(&json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}))
}

fn read_body(body: &Value) -> Sent {
    Sent::read(&SentSpans::find(Form::Json, body.to_string().as_bytes()).unwrap(), reader()).unwrap()
}

/// The spans of a body.
fn decode(form: Form, body: &[u8]) -> Vec<Span> {
    let spans = SentSpans::find(form, body).unwrap();
    (0..spans.len()).map(|index| spans.decode(index).unwrap()).collect()
}

/// The items of spans of one trace, with the ids' own part only and seconds after noon.
fn items(spans: &[Value]) -> Vec<Value> {
    items_of(&read(spans), None)
}

fn items_of(sent: &Sent, stored: Option<&Speaker>) -> Vec<Value> {
    let mut items = TraceItems::new(reader());
    sent.traces.iter().for_each(|trace| translate(trace, stored, &mut items));
    let items = items.translation.parts.iter().map(|(_, part)| match part {
        Part::Fact(fact) => fact,
        other => panic!("{other:?}"),
    });
    items.map(|item| shorten(serde_json::to_value(Item::of_fact(item).unwrap()).unwrap())).collect()
}

fn shorten(mut item: Value) -> Value {
    let id = item["id"].as_str().unwrap().strip_prefix(&"a".repeat(32)).unwrap();
    item["id"] = json!(if id.len() > 4 { &id[1..2] } else { &id[1..] });
    let at: Instant = chrono::DateTime::parse_from_rfc3339(item["at"].as_str().unwrap()).unwrap().into();
    item["at"] = json!((at.as_ms() - NOON_MS) / 1_000);
    item.as_object_mut().unwrap().retain(|field, value| field != "channel" || value != "api");
    item
}

fn call(model: &str, input: u64, output: u64) -> Value {
    json!({"gen_ai.request.model": model, "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output})
}

/// The same with more attributes.
fn with(mut attributes: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    attributes.as_object_mut().unwrap().extend(more);
    attributes
}

#[test]
fn an_agent_around_a_call_repeats_its_sums() {
    let said = |role: &str, words: &str| {
        json!([{"role": "system", "parts": [{"type": "text", "content": "Be kind."}]},
            {"role": role, "parts": [{"type": "text", "content": words}]}])
        .to_string()
    };
    let chat = with(
        call("test", 51, 2),
        json!({
            "gen_ai.operation.name": "chat", "gen_ai.response.model": "test-1", "gen_ai.conversation.id": "c",
            "gen_ai.input.messages": said("user", "hello"), "gen_ai.output.messages": said("assistant", "hi there"),
            "operation.cost": 0.000_012_345_678_9,
        }),
    );
    let agent = json!({"gen_ai.agent.name": "support", "model_name": "test", "gen_ai.conversation.id": "c",
        "gen_ai.aggregated_usage.input_tokens": 51, "gen_ai.aggregated_usage.output_tokens": 2});
    assert_eq!(
        items(&[span("1", "2", (1, 2), &chat), span("2", "", (0, 3), &agent)]),
        [
            json!({"type": "model_call", "id": "1", "user_id": "c", "session_id": "c", "at": 1, "model": "test-1",
            "input_tokens": 51, "output_tokens": 2, "cost_usd": 0.000_012_346, "latency_ms": 1000}),
            json!({"id": "in", "user_id": "c", "session_id": "c", "at": 1, "direction": "incoming", "text": "hello"}),
            json!({"id": "out", "user_id": "c", "session_id": "c", "at": 2, "direction": "outgoing", "text": "hi there"}),
        ]
    );
}

#[test]
fn calls_with_a_tool_between_them_are_one_turn() {
    let user = json!({"ai.telemetry.metadata.userId": "ada", "ai.telemetry.metadata.sessionId": "s", "ai.model.id": "m"});
    let prompt = json!([{"role": "user", "content": [{"type": "text", "text": "Where is"}, {"type": "text", "text": "it?"}]}]);
    let first = with(with(call("m", 11, 3), user.clone()), json!({"ai.prompt.messages": prompt.to_string()}));
    let second = with(with(call("m", 23, 5), user.clone()), json!({"ai.response.text": "In Hamburg."}));
    let whole = with(
        user.clone(),
        json!({"ai.usage.promptTokens": 34, "ai.usage.completionTokens": 8,
        "ai.prompt": r#"{"prompt": "Where is it?"}"#, "ai.response.text": "In Hamburg."}),
    );
    let found = items(&[
        span("1", "4", (1, 2), &first),
        span("2", "4", (2, 3), &user),
        span("3", "4", (3, 5), &second),
        span("4", "", (0, 6), &whole),
    ]);
    let brief: Vec<_> =
        found.iter().map(|item| (&item["id"], &item["at"], &item["text"], &item["user_id"])).collect();
    assert_eq!(
        json!(brief),
        json!([
            ["1", 1, null, "ada"],
            ["3", 3, null, "ada"],
            ["in", 1, "Where is\nit?", "ada"],
            ["out", 5, "In Hamburg.", "ada"],
        ])
    );
}

#[test]
fn messages_in_attributes_of_their_own_are_read() {
    let attributes = json!({
        "openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": "12",
        "llm.token_count.completion": 3.0, "llm.cost.total": "0.5", "user.id": "ada", "session.id": "s",
        "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "Be kind.",
        "llm.input_messages.2.message.role": "user",
        "llm.input_messages.2.message.contents.0.message_content.text": "second",
        "llm.input_messages.1.message.role": "user", "llm.input_messages.1.message.content": "first",
        "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "answer",
        "input.value": "not this",
    });
    let found = items(&[span("1", "", (0, 1), &attributes)]);
    assert_eq!(
        found[0],
        json!({"type": "model_call", "id": "1", "user_id": "ada", "session_id": "s", "at": 0,
        "model": "m", "input_tokens": 12, "output_tokens": 3, "cost_usd": 0.5, "latency_ms": 1000})
    );
    assert_eq!((&found[1]["text"], &found[2]["text"]), (&json!("second"), &json!("answer")));
}

#[test]
fn numbers_in_an_attribute_of_json_are_read() {
    let attributes = json!({
        "langfuse.observation.type": "generation", "langfuse.observation.model.name": "m",
        "langfuse.observation.usage_details": r#"{"input": 7, "output": "2", "total": 9}"#,
        "langfuse.observation.cost_details": r#"{"input": 0.1, "total": 0.3}"#,
        "langfuse.observation.input": r#"{"messages": [{"role": "user", "content": "hello"}]}"#,
        "langfuse.observation.output": r#"{"choices": [{"message": {"role": "assistant", "content": "hi"}}]}"#,
        "user.id": 17,
    });
    let found = items(&[span("1", "", (0, 1), &attributes)]);
    assert_eq!(
        found[0],
        json!({"type": "model_call", "id": "1", "user_id": "17", "at": 0, "model": "m",
        "input_tokens": 7, "output_tokens": 2, "cost_usd": 0.3, "latency_ms": 1000})
    );
    assert_eq!((&found[1]["text"], &found[2]["text"]), (&json!("hello"), &json!("hi")));
}

#[test]
fn a_call_above_another_only_wraps_it() {
    let gateway = with(call("m", 5, 1), json!({"gen_ai.operation.name": "acompletion", "llm.user": "ada"}));
    let raw = json!({"llm.openai.model": "m", "llm.openai.messages": "[]"});
    let found = items(&[
        span("1", "2", (2, 3), &raw),
        span("2", "3", (1, 4), &gateway),
        span("3", "4", (1, 4), &json!({})),
        span("4", "", (0, 5), &call("m", 5, 1)),
    ]);
    let ids: Vec<_> = found.iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, ["2", "in", "out"]);
}

#[test]
fn names_are_those_of_the_nearest_span_above() {
    let found = items(&[
        span("1", "2", (3, 4), &call("m", 1, 1)),
        span("2", "3", (2, 5), &json!({})),
        span("3", "9", (2, 5), &json!({"enduser.id": "near", "ai.telemetry.metadata.channel": "web"})),
        span("4", "5", (6, 7), &call("m", 1, 1)),
        span("9", "", (0, 9), &json!({"user.id": "far", "session.id": "s"})),
    ]);
    let brief: Vec<_> = found
        .iter()
        .map(|item| (&item["id"], &item["user_id"], &item["session_id"], &item["channel"]))
        .collect();
    // Span 5 is unknown: the second call has the names that stand above all that is known.
    assert_eq!(
        json!(brief),
        json!([
            ["1", "near", "s", "web"],
            ["4", "far", "s", "web"],
            ["in", "near", "s", "web"],
            ["out", "far", "s", "web"],
        ])
    );
}

#[test]
fn who_is_named_nowhere_is_known_by_the_conversation_or_the_trace() {
    let trace = "a".repeat(32);
    let alone = items(&[span("1", "", (0, 1), &call("m", 1, 1))]);
    assert!(alone.iter().all(|item| item["user_id"] == trace && item["session_id"].is_null()));
    let empty =
        with(call("m", 1, 1), json!({"user.id": "", "gen_ai.conversation.id": "", "session.id": "s"}));
    let conversing = items(&[span("1", "", (0, 1), &empty)]);
    assert!(conversing.iter().all(|item| item["user_id"] == "s" && item["session_id"] == "s"));
}

#[test]
fn what_comes_after_its_trace_was_counted_is_of_the_same_user() {
    let stored = Speaker { user_id: "ada".to_owned(), session_id: Some("s".to_owned()) };
    let unnamed = items_of(&read(&[span("1", "9", (0, 1), &call("m", 1, 1))]), Some(&stored));
    assert_eq!((&unnamed[0]["user_id"], &unnamed[0]["session_id"]), (&json!("ada"), &json!("s")));
    let bob = with(call("m", 1, 1), json!({"user.id": "bob"}));
    let named = items_of(&read(&[span("1", "9", (0, 1), &bob)]), Some(&stored));
    assert_eq!((&named[0]["user_id"], &named[0]["session_id"]), (&json!("bob"), &Value::Null));
}

#[test]
fn a_call_that_fails_counts_and_answers_nothing() {
    let failed = json!({"gen_ai.request.model": "m", "error.type": "timeout"});
    let found = items(&[span("1", "", (0, 1), &failed)]);
    assert_eq!(found[0]["model_failed"], true);
    assert_eq!(found.iter().map(|item| &item["id"]).collect::<Vec<_>>(), ["1", "in"]);
    let mut by_status = span("1", "", (0, 1), &call("m", 1, 1));
    by_status["status"] = json!({"code": 2, "message": "no"});
    assert_eq!(items(&[by_status, span("2", "1", (1, 2), &json!({}))])[0]["model_failed"], true);
}

#[test]
fn an_embedding_is_a_call_and_no_turn() {
    let embedding = with(call("m", 5, 0), json!({"gen_ai.operation.name": "embeddings"}));
    let ids = |spans: &[Value]| items(spans).iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&[span("1", "", (0, 1), &embedding)]), ["1"]);
    let found = items(&[
        span("1", "3", (0, 1), &embedding),
        span("2", "3", (2, 3), &call("m", 1, 1)),
        span("3", "", (0, 4), &json!({})),
    ]);
    assert_eq!((&found[2]["id"], &found[2]["at"]), (&json!("in"), &json!(2)));
}

#[test]
fn other_spans_count_nothing() {
    for attributes in [
        json!({"http.request.method": "POST", "user.id": "ada"}),
        json!({"gen_ai.request.model": "m", "ai.operationId": "ai.streamText"}),
        json!({"gen_ai.request.model": "m"}),
        json!({"gen_ai.usage.input_tokens": 5}),
        json!({"gen_ai.request.model": "", "gen_ai.usage.input_tokens": 5}),
    ] {
        assert!(items(&[span("1", "", (0, 1), &attributes)]).is_empty(), "{attributes}");
    }
}

#[test]
fn times_that_make_no_sense_give_no_latency() {
    let arrived = (reader().arrived_at.as_ms() - NOON_MS) / 1_000;
    let backwards = items(&[span("1", "", (5, 3), &call("m", 1, 1))]);
    assert_eq!(backwards.iter().map(|item| item["at"].as_i64().unwrap()).collect::<Vec<_>>(), [5, 5, 5]);
    assert!(backwards[0]["latency_ms"].is_null());
    let mut timeless = span("1", "", (0, 0), &call("m", 1, 1));
    timeless["startTimeUnixNano"] = json!(0);
    timeless["endTimeUnixNano"] = json!("0");
    let timeless = items(&[timeless]);
    assert_eq!(timeless.iter().map(|item| item["at"].as_i64().unwrap()).collect::<Vec<_>>(), [arrived; 3]);
    assert!(timeless[0]["latency_ms"].is_null());
}

#[test]
fn numbers_that_are_none_are_left_out_and_the_call_counts() {
    let odd = json!({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": -3, "gen_ai.usage.output_tokens": "many",
        "operation.cost": "NaN"});
    let found = items(&[span("1", "", (0, 1), &odd)]);
    assert_eq!(
        found[0],
        json!({"type": "model_call", "id": "1", "user_id": "a".repeat(32), "at": 0, "model": "m",
        "latency_ms": 1000})
    );
}

#[test]
fn words_are_read_only_where_they_are_kept() {
    let chat = with(
        call("m", 1, 1),
        json!({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hello",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "hi"}),
    );
    let spans = [span("1", "", (0, 1), &chat)];
    let found = items(&spans);
    assert_eq!((&found[1]["text"], &found[2]["text"]), (&json!("hello"), &json!("hi")));
    let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string();
    let reader = ItemReader { stores_text: false, ..reader() };
    let sent = Sent::read(&SentSpans::find(Form::Json, body.as_bytes()).unwrap(), reader).unwrap();
    assert!(!format!("{sent:?}").contains("hello"));
    assert!(items_of(&sent, None).iter().all(|item| item["text"].is_null()));
}

#[test]
fn words_that_are_too_long_are_left_out() {
    let long = with(call("m", 1, 1), json!({"input.value": "x".repeat(70_000), "output.value": "42"}));
    let found = items(&[span("1", "", (0, 1), &long)]);
    assert_eq!((&found[1]["text"], &found[2]["text"]), (&Value::Null, &json!("42")));
}

#[test]
fn spans_that_go_in_a_circle_come_to_an_end() {
    let found = items(&[
        span("1", "2", (0, 1), &call("m", 1, 1)),
        span("2", "1", (0, 1), &json!({"user.id": "ada"})),
        span("3", "3", (0, 1), &json!({})),
    ]);
    assert_eq!(found.iter().map(|item| &item["id"]).collect::<Vec<_>>(), ["1", "in", "out"]);
    assert!(found.iter().all(|item| item["user_id"] == "ada"));
}

#[test]
fn what_other_writers_of_json_leave_out_is_absent() {
    let mut sparse = span("1", "", (0, 1), &call("m", 1, 1));
    let odd = json!([
        {"key": "a", "value": {"arrayValue": {}}},
        {"key": "b", "value": {"kvlistValue": {"values": [{"key": "c", "value": {"arrayValue": {}}}]}}},
        {"key": "d", "value": null},
        {"key": "user.id", "value": {"stringValue": "ada"}},
    ]);
    sparse["attributes"].as_array_mut().unwrap().extend(odd.as_array().unwrap().clone());
    sparse["parentSpanId"] = Value::Null;
    sparse["traceState"] = Value::Null;
    let found = items(&[sparse]);
    assert_eq!((found.len(), &found[0]["user_id"], &found[0]["model"]), (3, &json!("ada"), &json!("m")));
}

#[test]
fn both_forms_of_a_request_say_the_same() {
    let spans = [
        span("1", "2", (0, 1), &call("m", 1, 1)),
        span("2", "", (0, 2), &json!({"user.id": "ada", "cost": 0.5})),
    ];
    let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans, "unknown": 1}]}]}).to_string();
    let request: ExportTraceServiceRequest = serde_json::from_str(&body).unwrap();
    let by_json = decode(Form::Json, body.as_bytes());
    assert_eq!(decode(Form::Protobuf, &request.encode_to_vec()), by_json);
    assert_eq!(decode(Form::Protobuf, b""), []);
}

#[test]
fn nothing_of_a_span_waits_that_no_item_would_take() {
    let huge = "x".repeat(1_000_000);
    let long = format!("0.5{}", "0".repeat(100_000));
    let call = json!({"llm.model_name": huge, "gen_ai.usage.input_tokens": "9".repeat(1_000_000),
        "gen_ai.usage.output_tokens": "7", "operation.cost": long, "ai.telemetry.metadata.channel": huge,
        "gen_ai.input.messages": huge, "gen_ai.output.messages": huge});
    let sent = read(&[span("1", "9", (0, 1), &call)]);
    let waiting = serde_json::to_string(&sent.traces[0].parts).unwrap();
    assert!(waiting.len() < 500, "{} bytes wait", waiting.len());
    let found = items_of(&sent, None);
    assert_eq!((&found[0]["output_tokens"], &found[0]["cost_usd"]), (&json!(7), &json!(0.5)));
    assert!(found[0]["model"].is_null() && found[0]["input_tokens"].is_null());
    for name in ["user.id", "session.id"] {
        let named = with(call_of_nobody(), json!({name: "x".repeat(1_000_000)}));
        let sent = read(&[span("1", "9", (0, 1), &named)]);
        assert_eq!((sent.rejected.len(), sent.traces[0].parts.len()), (1, 0), "{name}");
    }
}

#[test]
fn a_span_whose_ids_have_another_length_keeps_nothing() {
    let mut long = span("1", "2", (0, 1), &call_of_nobody());
    long["parentSpanId"] = json!("ab".repeat(1_000_000));
    let sent = read(&[long]);
    assert_eq!((sent.rejected.len(), sent.traces.len()), (1, 0));
}

fn call_of_nobody() -> Value {
    call("m", 1, 1)
}
