//! Traces of OpenTelemetry: both forms of a request, what is told of it, and traces that come in pieces.

use std::io::Write;

use analytics::fact::{Direction, FactKind};
use data_encoding::{BASE64, HEXLOWER};
use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::json;
use server::intake::doors::otlp::{WAIT_MS, release_due};
use server::state::ServerState;
use store::bots::BotChange;
use store::doors::KeyLimit;
use store::held_spans::MAX_HELD_SPANS;

use crate::doors_cases::{KeyPlace, Sample};
use crate::support::{Answer, NOW, TestBot, TestServer, instant};

const PROTOBUF: &str = "application/x-protobuf";
/// Flags of a span whose parent is known to be in another process.
const REMOTE_PARENT: u32 = 0x300;

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Any::StringValue(value.to_owned()))
}

fn attribute(key: &str, value: Any) -> KeyValue {
    let value = Some(AnyValue { value: Some(value) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

/// A span of the trace of that number, a minute ago for so many seconds.
fn span(trace: u8, id: u8, parent: u8, seconds: u64, attributes: Vec<KeyValue>) -> Span {
    let start = u64::try_from(instant(NOW).as_ms() - 60_000).unwrap() * 1_000_000;
    Span {
        trace_id: vec![trace; 16],
        span_id: vec![id; 8],
        parent_span_id: if parent == 0 { Vec::new() } else { vec![parent; 8] },
        start_time_unix_nano: start,
        end_time_unix_nano: start + seconds * 1_000_000_000,
        attributes,
        ..Span::default()
    }
}

fn call(trace: u8, id: u8, parent: u8) -> Span {
    let attributes = vec![
        text("gen_ai.request.model", "test"),
        attribute("gen_ai.usage.input_tokens", Any::IntValue(51)),
        attribute("gen_ai.usage.output_tokens", Any::IntValue(2)),
        text(
            "gen_ai.input.messages",
            r#"[{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]"#,
        ),
    ];
    span(trace, id, parent, 2, attributes)
}

fn root(trace: u8, id: u8, user: &str) -> Span {
    span(trace, id, 0, 5, vec![text("user.id", user), text("session.id", "s")])
}

fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

async fn post(server: &TestServer, bot: &TestBot, spans: Vec<Span>) -> Answer {
    let ask = server.post("/v1/traces", request(spans).encode_to_vec()).bearer(&bot.write_key);
    let answer = ask.header("content-type", PROTOBUF).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

/// Posts what nothing is wrong with.
async fn send(server: &TestServer, bot: &TestBot, spans: Vec<Span>) {
    let answer = post(server, bot, spans).await;
    assert_eq!((answer.header("content-type"), answer.body.len()), (PROTOBUF, 0));
}

/// What is counted: the part of each id behind the trace's, with the user, in order of the ids.
async fn counted(server: &TestServer, bot: &TestBot) -> Vec<(String, String)> {
    let facts = server.store.load_facts(bot.id, None, None, 50_000).await.unwrap();
    let mut counted: Vec<_> = facts
        .iter()
        .map(|fact| (fact.id.as_str()[33..].to_owned(), fact.user_id.as_str().to_owned()))
        .collect();
    counted.sort();
    counted
}

fn turn_of(user: &str, calls: &[u8]) -> Vec<(String, String)> {
    let calls = calls.iter().map(|id| HEXLOWER.encode(&[*id; 8]));
    let ids = calls.chain(["in".to_owned(), "out".to_owned()]);
    ids.map(|id| (id, user.to_owned())).collect()
}

/// A server together with its state, to release by what waits.
async fn start() -> (TestServer, ServerState) {
    let mut state = None;
    let server = TestServer::start_with(|made| state.insert(made).clone()).await;
    (server, state.unwrap())
}

async fn wait(server: &TestServer, state: &ServerState, ms: i64) {
    server.clock.set(instant(NOW).plus_ms(ms));
    release_due(state).await.unwrap();
}

#[tokio::test]
async fn a_trace_in_one_request_is_one_turn() {
    let server = TestServer::start().await;
    let bot = server.create_bot("turn").await;
    for _ in 0..2 {
        send(&server, &bot, vec![call(1, 1, 9), root(1, 9, "ada")]).await;
    }
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1]));
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    for fact in facts {
        assert_eq!(fact.session_id.unwrap().as_str(), "s");
        assert_eq!(fact.channel.as_str(), "api");
        let after = match &fact.kind {
            FactKind::Message(message) => {
                assert_eq!(message.text, None);
                if message.direction == Direction::Incoming { 0 } else { 2_000 }
            }
            _ => 0,
        };
        assert_eq!(fact.at, instant(NOW).plus_ms(after - 60_000));
    }
    server.stop().await;
}

#[tokio::test]
async fn both_forms_are_answered_in_kind_compressed_or_not() {
    let server = TestServer::start().await;
    let bot = server.create_bot("forms").await;
    let body = request(vec![call(1, 1, 9), root(1, 9, "ada")]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&body.encode_to_vec()).unwrap();
    let compressed = server.post("/v1/traces", gzip.finish().unwrap()).header("content-encoding", "gzip");
    let in_json = server.post("/v1/traces/", serde_json::to_string(&body).unwrap());
    let indented = server.post("/v1/traces", serde_json::to_string_pretty(&json!({})).unwrap());
    let empty = server.post("/v1/traces", "");
    for (ask, form, answer) in [
        (compressed.header("content-type", PROTOBUF), PROTOBUF, ""),
        (in_json.header("content-type", "application/json; charset=utf-8"), "application/json", "{}"),
        (indented.header("content-type", PROTOBUF), "application/json", "{}"),
        (empty, PROTOBUF, ""),
    ] {
        let answered = ask.bearer(&bot.write_key).send().await;
        assert_eq!((answered.status, answered.header("content-type")), (200, form));
        assert_eq!(answered.text(), answer);
    }
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1]));
    server.stop().await;
}

#[tokio::test]
async fn either_of_a_pair_of_keys_opens_the_other_path() {
    let server = TestServer::start().await;
    let bot = server.create_bot("pair").await;
    for (pair, status) in [
        (format!("pk-1:{}", bot.write_key), 200),
        (format!("{}:sk-1", bot.write_key), 200),
        ("pk-1:sk-1".to_owned(), 401),
    ] {
        let header = format!("Basic {}", BASE64.encode(pair.as_bytes()));
        let body = request(vec![call(1, 1, 0)]).encode_to_vec();
        let ask = server.post("/api/public/otel/v1/traces", body).header("authorization", &header);
        assert_eq!(ask.send().await.status, status);
    }
    assert_eq!(counted(&server, &bot).await.len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn logs_and_metrics_are_taken_and_dropped() {
    let server = TestServer::start().await;
    let bot = server.create_bot("signals").await;
    for path in ["/v1/logs", "/v1/metrics"] {
        let answer = server
            .post(path, vec![10, 0])
            .bearer(&bot.write_key)
            .header("content-type", PROTOBUF)
            .send()
            .await;
        assert_eq!((answer.status, answer.header("content-type"), answer.body.len()), (200, PROTOBUF, 0));
        let answer = server.post(path, "{}").bearer(&bot.write_key).send().await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
        server.post(path, "{}").bearer("pw_unknown").send().await.assert_problem(401, "unauthorized");
    }
    assert!(counted(&server, &bot).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn rejected_spans_are_named_beside_those_that_count() {
    let server = TestServer::start().await;
    let bot = server.create_bot("partial").await;
    let early = Span { start_time_unix_nano: 1, ..call(2, 2, 0) };
    let nameless = Span { trace_id: vec![0; 16], ..call(0, 3, 0) };
    let spans = vec![call(1, 1, 0), early, nameless, root(3, 9, &"x".repeat(201))];
    let answer = post(&server, &bot, spans.clone()).await;
    let partial = ExportTraceServiceResponse::decode(&*answer.body).unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 3);
    assert!(partial.error_message.starts_with("at_too_early: "), "{}", partial.error_message);
    let in_json = serde_json::to_string(&request(spans)).unwrap();
    let answer = server.post("/v1/traces", in_json).bearer(&bot.write_key).send().await.json();
    assert_eq!(answer["partialSuccess"]["rejectedSpans"], "3");
    assert_eq!(answer["partialSuccess"]["errorMessage"], partial.error_message);
    assert_eq!(counted(&server, &bot).await, turn_of(&"01".repeat(16), &[1]));
    server.stop().await;
}

#[tokio::test]
async fn what_only_the_store_rejects_is_told_too() {
    let server = TestServer::start().await;
    let bot = server.create_bot("store").await;
    server.store.set_retention(bot.id, Some(1)).await.unwrap();
    server.store.apply_retention(bot.id, instant(NOW).plus_ms(48 * 3_600_000)).await.unwrap();
    let answer = post(&server, &bot, vec![call(1, 1, 0), call(1, 2, 1)]).await;
    let partial = ExportTraceServiceResponse::decode(&*answer.body).unwrap().partial_success.unwrap();
    assert!(partial.error_message.starts_with("before_retention: "), "{}", partial.error_message);
    assert_eq!(partial.rejected_spans, 1, "of two spans one only wraps the other");
    server.stop().await;
}

#[tokio::test]
async fn nothing_of_a_trace_counts_before_its_root_which_names_the_user() {
    let (server, state) = start().await;
    let bot = server.create_bot("last").await;
    send(&server, &bot, vec![call(1, 1, 8)]).await;
    send(&server, &bot, vec![call(1, 2, 9)]).await;
    wait(&server, &state, WAIT_MS - 1).await;
    assert!(counted(&server, &bot).await.is_empty());
    send(&server, &bot, vec![root(1, 9, "ada")]).await;
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1, 2]));
    // Nothing waits any more.
    assert!(server.store.find_due_spans(bot.id, instant(NOW).plus_ms(WAIT_MS)).await.unwrap().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn the_log_tells_of_spans_that_wait_and_of_those_that_count_nothing() {
    let (server, state) = start().await;
    let bot = server.create_bot("log").await;
    send(&server, &bot, vec![call(1, 1, 9), call(1, 2, 9), span(1, 3, 9, 1, vec![])]).await;
    state.intake_log.flush_all(server.store.store()).await;
    let log = server.store.load_intake_log(bot.id).await.unwrap();
    assert_eq!((log.requests[0].accepted, log.requests[0].ignored), (0, 3));
    let mut ignored: Vec<_> = log.rejections.iter().map(|row| (row.code.as_ref(), row.items)).collect();
    ignored.sort_unstable();
    assert_eq!(ignored, [("span that is no call", 1), ("span that waits for its trace", 2)]);
    server.stop().await;
}

/// The orders of four things.
fn orders() -> Vec<[usize; 4]> {
    let all = (0..4).flat_map(|a| (0..4).flat_map(move |b| (0..4).map(move |c| [a, b, c])));
    let orders = all.map(|[a, b, c]| [a, b, c, 6_usize.saturating_sub(a + b + c)]);
    orders.filter(|order| (0..4).all(|place| order.contains(&place))).collect()
}

#[tokio::test]
async fn a_trace_counts_the_same_in_whatever_order_its_spans_come() {
    let (server, state) = start().await;
    let bot = server.create_bot("orders").await;
    let mut expected = Vec::new();
    for (n, order) in (1..).zip(orders()) {
        let user = format!("user {n}");
        let spans = [call(n, 1, 3), call(n, 2, 3), span(n, 3, 9, 4, vec![]), root(n, 9, &user)];
        for place in order {
            send(&server, &bot, vec![spans[place].clone()]).await;
        }
        expected.extend(turn_of(&user, &[1, 2]));
    }
    assert_eq!(expected.len(), 24 * 4);
    wait(&server, &state, WAIT_MS).await;
    expected.sort();
    assert_eq!(counted(&server, &bot).await, expected);
    let facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    assert!(facts.iter().all(|fact| fact.session_id.as_ref().is_some_and(|id| id.as_str() == "s")));
    server.stop().await;
}

#[tokio::test]
async fn a_trace_counts_the_same_wherever_it_is_cut() {
    let server = TestServer::start().await;
    let bot = server.create_bot("cuts").await;
    for (n, cuts) in (1..).zip(0..8_u8) {
        let spans = [call(n, 1, 3), span(n, 3, 9, 4, vec![]), call(n, 2, 9), root(n, 9, "ada")];
        let mut request = Vec::new();
        for (place, span) in spans.into_iter().enumerate() {
            request.push(span);
            if place == 3 || cuts & (1 << place) != 0 {
                send(&server, &bot, std::mem::take(&mut request)).await;
            }
        }
        assert_eq!(counted(&server, &bot).await.len(), usize::from(n) * 4, "{cuts:03b}");
    }
    assert!(counted(&server, &bot).await.iter().all(|(_, user)| user == "ada"));
    server.stop().await;
}

#[tokio::test]
async fn a_root_without_calls_waits_for_them() {
    let (server, state) = start().await;
    let bot = server.create_bot("first").await;
    send(&server, &bot, vec![root(1, 9, "ada")]).await;
    send(&server, &bot, vec![call(1, 1, 9)]).await;
    send(&server, &bot, vec![call(1, 2, 9)]).await;
    assert!(counted(&server, &bot).await.is_empty());
    wait(&server, &state, WAIT_MS).await;
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1, 2]));
    server.stop().await;
}

#[tokio::test]
async fn a_trace_without_a_root_counts_after_a_minute_once_whoever_counts_it() {
    let (server, state) = start().await;
    let bot = server.create_bot("never").await;
    for id in 1..=2 {
        let mut span = call(1, id, 9);
        span.attributes.push(text("gen_ai.conversation.id", "c"));
        send(&server, &bot, vec![span]).await;
    }
    wait(&server, &state, WAIT_MS - 1).await;
    assert!(counted(&server, &bot).await.is_empty());
    server.clock.set(instant(NOW).plus_ms(WAIT_MS));
    let (one, other) = tokio::join!(release_due(&state), release_due(&state));
    one.unwrap();
    other.unwrap();
    assert_eq!(counted(&server, &bot).await, turn_of("c", &[1, 2]));
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_comes_after_its_trace_was_counted_is_of_the_same_user() {
    let (server, state) = start().await;
    let bot = server.create_bot("late").await;
    send(&server, &bot, vec![call(1, 1, 9), root(1, 9, "ada")]).await;
    send(&server, &bot, vec![call(1, 2, 9)]).await;
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1]));
    wait(&server, &state, WAIT_MS).await;
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1, 2]));
    server.stop().await;
}

#[tokio::test]
async fn with_a_key_for_calls_of_models_nobody_talks() {
    let (server, state) = start().await;
    let mut bot = server.create_bot("calls").await;
    let limit = Some(KeyLimit::ModelCalls);
    let (key, _) = server.store.create_write_key_for(bot.id, limit, instant(NOW)).await.unwrap().unwrap();
    bot.write_key = key.expose().to_owned();
    send(&server, &bot, vec![call(1, 1, 9), root(1, 9, "ada")]).await;
    send(&server, &bot, vec![call(2, 2, 9)]).await;
    wait(&server, &state, WAIT_MS).await;
    let ids: Vec<_> = counted(&server, &bot).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["0101010101010101", "0202020202020202"]);
    let refused = server.post("/api/v1/events", "[]").bearer(&bot.write_key).send().await;
    refused.assert_problem(403, "key_of_other_door");
    server.stop().await;
}

#[tokio::test]
async fn a_user_who_is_named_late_owns_all_of_the_trace() {
    for conversation in [None, Some("c")] {
        let (server, state) = start().await;
        let bot = server.create_bot("slow").await;
        let call = |id| {
            let mut call = call(1, id, 9);
            call.attributes.extend(conversation.map(|id| text("gen_ai.conversation.id", id)));
            call
        };
        send(&server, &bot, vec![call(1)]).await;
        wait(&server, &state, WAIT_MS).await;
        let made_up = conversation.map_or("01".repeat(16), str::to_owned);
        assert_eq!(counted(&server, &bot).await, turn_of(&made_up, &[1]));
        send(&server, &bot, vec![call(2), root(1, 9, "ada")]).await;
        assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1, 2]));
        assert_eq!(server.store.verify(bot.id, false).await.unwrap(), []);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_root_alone_says_late_who_it_was() {
    let (server, state) = start().await;
    let bot = server.create_bot("root").await;
    let turn =
        |id: u8| Span { name: "turn".to_owned(), ..span(1, id, 9, 3, vec![text("conversation.id", "c")]) };
    send(&server, &bot, vec![call(1, 1, 3), turn(3)]).await;
    wait(&server, &state, WAIT_MS).await;
    send(&server, &bot, vec![call(1, 2, 4), turn(4)]).await;
    wait(&server, &state, 2 * WAIT_MS).await;
    let stored = counted(&server, &bot).await;
    assert_eq!((stored.len(), stored.iter().filter(|(_, user)| user == "c").count()), (6, 6), "{stored:?}");
    let names = vec![text("user.id", "ada"), text("conversation.id", "c")];
    send(&server, &bot, vec![span(1, 9, 0, 5, names)]).await;
    let stored = counted(&server, &bot).await;
    assert_eq!((stored.len(), stored.iter().filter(|(_, user)| user == "ada").count()), (6, 6), "{stored:?}");
    assert_eq!(server.store.verify(bot.id, false).await.unwrap(), []);
    server.stop().await;
}

#[tokio::test]
async fn messages_of_others_in_the_conversation_stay_theirs() {
    let (server, state) = start().await;
    let bot = server.create_bot("others").await;
    let unnamed = |trace| {
        let mut call = call(trace, 1, 0);
        call.attributes.push(text("gen_ai.conversation.id", "c"));
        call
    };
    send(&server, &bot, vec![unnamed(1)]).await;
    send(&server, &bot, vec![unnamed(2)]).await;
    let mut named = span(2, 9, 8, 5, vec![text("user.id", "ada"), text("gen_ai.conversation.id", "c")]);
    named.name = "late".to_owned();
    send(&server, &bot, vec![named]).await;
    wait(&server, &state, WAIT_MS).await;
    let facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    let of = |user: &str| facts.iter().filter(|fact| fact.user_id.as_str() == user).count();
    assert_eq!((of("c"), of("ada")), (3, 3));
    server.stop().await;
}

#[tokio::test]
async fn below_another_process_a_trace_is_complete_when_it_names_its_user() {
    let (server, state) = start().await;
    let bot = server.create_bot("remote").await;
    let entry = |trace, attributes| Span { flags: REMOTE_PARENT, ..span(trace, 8, 9, 5, attributes) };
    send(&server, &bot, vec![call(1, 1, 8), entry(1, vec![text("user.id", "ada")])]).await;
    assert_eq!(counted(&server, &bot).await, turn_of("ada", &[1]));
    send(&server, &bot, vec![call(2, 2, 8), entry(2, vec![])]).await;
    assert_eq!(counted(&server, &bot).await.len(), 3);
    // The root is the other process's: it names the user.
    send(&server, &bot, vec![root(2, 9, "bob")]).await;
    wait(&server, &state, WAIT_MS).await;
    let bobs = counted(&server, &bot).await.into_iter().filter(|(_, user)| user == "bob").count();
    assert_eq!(bobs, 3);
    server.stop().await;
}

#[tokio::test]
async fn what_was_taken_in_counts_though_the_bot_was_deactivated_and_words_are_not_kept_any_more() {
    let (server, state) = start().await;
    let bot = server.create_bot("changed").await;
    let keep = |stores_text| BotChange { stores_text: Some(stores_text), ..BotChange::default() };
    server.store.change_bot(bot.id, &keep(true)).await.unwrap();
    send(&server, &bot, vec![call(1, 1, 9)]).await;
    send(&server, &bot, vec![call(2, 2, 0)]).await;
    server.store.change_bot(bot.id, &keep(false)).await.unwrap();
    server.deactivate(bot.id).await;
    wait(&server, &state, WAIT_MS).await;
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    assert_eq!(facts.len(), 6);
    let texts = facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Message(message) => message.text.as_deref(),
        _ => None,
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["hello"]);
    server.stop().await;
}

#[tokio::test]
async fn beyond_the_limit_traces_count_at_once() {
    let (server, state) = start().await;
    let bot = server.create_bot("limit").await;
    let waiting = (0..MAX_HELD_SPANS).map(|n| {
        let mut span = Span { span_id: (n as u64 + 1).to_be_bytes().into(), ..span(1, 1, 9, 1, vec![]) };
        span.attributes.push(text("user.id", "ada"));
        span
    });
    send(&server, &bot, waiting.collect()).await;
    send(&server, &bot, vec![call(2, 2, 9)]).await;
    assert_eq!(counted(&server, &bot).await, turn_of(&"02".repeat(16), &[2]));
    wait(&server, &state, WAIT_MS).await;
    // None of what waited was a call; there is room again.
    send(&server, &bot, vec![call(3, 3, 9)]).await;
    assert_eq!(counted(&server, &bot).await.len(), 3);
    server.stop().await;
}

/// A body of calls that count once each: nobody speaks in an embedding.
fn embeddings(count: usize) -> String {
    let span = embedding(&json!({"traceId": "TRACE"})).to_string();
    let spans = (1..=count).map(|n| span.replace("TRACE", &format!("{n:032x}")));
    body(vec![json!("SPANS")]).replace("\"SPANS\"", &spans.collect::<Vec<_>>().join(","))
}

fn embedding(changes: &serde_json::Value) -> serde_json::Value {
    let nanos = |ms: i64| ((instant(NOW).as_ms() + ms) * 1_000_000).to_string();
    let mut span = json!({
        "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
        "startTimeUnixNano": nanos(-2_000), "endTimeUnixNano": nanos(-1_000),
        "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "embeddings"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 5}},
        ],
    });
    span.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    span
}

fn body(spans: Vec<serde_json::Value>) -> String {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string()
}

/// The door with the cases of its own.
pub(crate) fn sample() -> Sample {
    let one = |changes: serde_json::Value| {
        body(vec![embedding(&changes), embedding(&json!({"traceId": "f".repeat(32)}))])
    };
    let named = |key: &str, value: &str| {
        let name = json!([{"key": key, "value": {"stringValue": value}}]);
        body(vec![
            json!({"traceId": "e".repeat(32), "spanId": "e".repeat(16), "attributes": name}),
            embedding(&json!({"traceId": "e".repeat(32)})),
        ])
    };
    Sample {
        door: "otlp",
        path: "/v1/traces",
        key_place: KeyPlace::Basic,
        messages: embeddings,
        own_cases: vec![
            ("a span that began in 1970, beside another", one(json!({"startTimeUnixNano": "1000000000"}))),
            (
                "a span that ends in 2028, beside another",
                one(json!({"endTimeUnixNano": "1830297600000000000"})),
            ),
            ("a span without times", one(json!({"startTimeUnixNano": "0", "endTimeUnixNano": 0}))),
            ("a span that ends before it begins", one(json!({"endTimeUnixNano": "1795000000000000000"}))),
            ("a trace id of zeros, beside another", one(json!({"traceId": "0".repeat(32)}))),
            ("a span id of 4 bytes, beside another", one(json!({"spanId": "01020304"}))),
            ("an id that is not hexadecimal", one(json!({"spanId": "nothing hexadecimal"}))),
            ("a user's id of 201 bytes on the root", named("user.id", &"x".repeat(201))),
            ("a conversation's id with a line break on the root", named("session.id", "a\nb")),
            ("a span that is no call", body(vec![embedding(&json!({"attributes": []}))])),
            ("no spans", "{}".to_owned()),
        ],
    }
}

/// A body of so many empty spans.
fn empty_spans(count: usize) -> Vec<u8> {
    let length = |number: usize| {
        let mut bytes = Vec::new();
        prost::encoding::encode_varint(number as u64, &mut bytes);
        bytes
    };
    let spans = [0x12, 0x00].repeat(count);
    let scope = [&[0x12][..], &length(spans.len()), &spans].concat();
    [&[0x0a][..], &length(scope.len()), &scope].concat()
}

#[tokio::test]
async fn spans_are_counted_before_they_are_built() {
    let server = TestServer::start().await;
    let bot = server.create_bot("bomb").await;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&empty_spans(16_000_000)).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 40_000, "{} bytes", bomb.len());
    let sent = |body: Vec<u8>, form: &str| {
        server.post("/v1/traces", body).header("content-type", form).bearer(&bot.write_key).send()
    };
    sent(bomb, PROTOBUF).await.assert_problem(413, "too_many_items");
    assert_eq!(sent(empty_spans(10_000), PROTOBUF).await.status, 200);
    let json =
        |spans: String| format!(r#"{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{spans}]}}]}}]}}"#);
    let empty = json(vec!["{}"; 10_001].join(",")).into_bytes();
    sent(empty, "application/json").await.assert_problem(413, "too_many_items");
    let wide = json(format!(r#"{{"attributes": [{}]}}"#, vec!["{}"; 300_000].join(","))).into_bytes();
    sent(wide, "application/json").await.assert_problem(413, "span_too_large");
    server.stop().await;
}

#[tokio::test]
async fn a_span_with_a_huge_model_keeps_nothing_of_it_on_disk() {
    let server = TestServer::start().await;
    let bot = server.create_bot("held").await;
    let huge = Span {
        attributes: vec![
            text("llm.model_name", &"x".repeat(3_000_000)),
            attribute("llm.token_count.prompt", Any::IntValue(1)),
        ],
        ..span(1, 2, 9, 1, Vec::new())
    };
    let body = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans { spans: vec![huge], ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    };
    let sent = server.post("/v1/traces", body.encode_to_vec()).header("content-type", PROTOBUF);
    assert_eq!(sent.bearer(&bot.write_key).send().await.status, 200);
    let (spans, bytes) = server.store.count_held_spans().await.unwrap();
    assert!(spans == 1 && bytes < 500, "{spans} spans of {bytes} bytes wait");
    server.stop().await;
}
