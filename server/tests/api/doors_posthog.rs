//! PostHog's door: what its clients say, and what is stored of it.

use analytics::fact::{Direction, Fact, FactKind, Message};
use serde_json::{Value, json};
use server::intake::door::Takes;
use server::intake::doors::posthog::EVENTS;
use server::intake::item::{Item, ItemReader};
use server::intake::query::Query;
use server::intake::request::Asked;
use server::intake::translation::{Part, Translation};

use crate::doors_cases::{KeyPlace, Sample};
use crate::support::{NOW, TestBot, TestServer, instant};

const AT: &str = "2026-11-18T10:00:00.123Z";

pub(crate) fn sample() -> Sample {
    Sample {
        door: "posthog",
        path: "/batch?compression=gzip",
        key_place: KeyPlace::Written,
        messages,
        own_cases: batch_cases()
            .into_iter()
            .chain(event_cases().map(|(name, event)| (name, batch(&[event]))))
            .collect(),
    }
}

pub(crate) fn sample_of_one() -> Sample {
    Sample {
        door: "posthog, one event",
        path: "/i/v0/e",
        key_place: KeyPlace::Written,
        messages: |_| one().to_string(),
        own_cases: vec![
            ("an array of events", json!([one(), event("2", &json!({}))]).to_string()),
            (
                "a key named token",
                json!({"token": "{key}", "event": "received", "distinct_id": "ada"}).to_string(),
            ),
            (
                "a key among the properties",
                json!({
                    "event": "received", "properties": {"token": "{key}", "distinct_id": "ada"}
                })
                .to_string(),
            ),
        ],
    }
}

/// Made from one text: there may be thousands.
fn messages(count: usize) -> String {
    let message = event("ID", &json!({})).to_string();
    let messages: Vec<_> = (0..count).map(|n| message.replace("ID", &n.to_string())).collect();
    format!(r#"{{"api_key":"{{key}}","batch":[{}]}}"#, messages.join(","))
}

fn batch_cases() -> Vec<(&'static str, String)> {
    vec![
        ("a batch that is no array", json!({"api_key": "{key}", "batch": {}}).to_string()),
        ("neither batch nor event", json!({"api_key": "{key}"}).to_string()),
        ("an empty batch", batch(&[])),
        ("an event that is no object, beside a valid one", batch(&[json!(7), event("m", &json!({}))])),
        ("a clock an hour ahead", sent_at("2026-11-18T12:59:59Z", "2026-11-18T13:00:00Z")),
        ("a clock years behind", sent_at("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z")),
        ("a clock years ahead that does not say so", sent_at("2040-01-01T00:00:01Z", "soon")),
    ]
}

fn event_cases() -> [(&'static str, Value); 11] {
    let long = "x".repeat(201);
    [
        ("no user", json!({"distinct_id": null})),
        ("a user's id that is a number", json!({"distinct_id": 7})),
        ("a user's id that is too long", json!({"distinct_id": long})),
        ("an id that is null", json!({"uuid": null})),
        ("an id that is too long", json!({"uuid": long})),
        ("a time that is none", json!({"timestamp": "yesterday"})),
        ("no time", json!({"timestamp": null})),
        ("$identify", json!({"event": "$identify"})),
        ("an event without a name", json!({"event": ""})),
        ("a custom event", json!({"event": "handoff"})),
        ("optional fields of the wrong type", json!({"properties": {
            "channel": "Facebook Messenger", "text": 7, "handled": "yes", "input_tokens": "many", "latency_ms": -1,
        }})),
    ]
    .map(|(name, fields)| (name, event("m", &fields)))
}

fn event(id: &str, fields: &Value) -> Value {
    let properties = json!({"$lib": "posthog-node", "$lib_version": "5.70.0"});
    let mut event = json!({
        "event": "message_received", "distinct_id": "ada", "uuid": id, "timestamp": AT, "properties": properties,
    });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

fn one() -> Value {
    json!({"api_key": "{key}", "event": "message_sent", "uuid": "1", "properties": {"distinct_id": "ada"}})
}

fn batch(events: &[Value]) -> String {
    format!(r#"{{"api_key": "{{key}}", "batch": {}}}"#, json!(events))
}

fn sent_at(at: &str, sent_at: &str) -> String {
    json!({"api_key": "{key}", "batch": [event("m", &json!({"timestamp": at}))], "sent_at": sent_at})
        .to_string()
}

async fn store(server: &TestServer, bot: &TestBot, body: &str) -> Vec<Fact> {
    let answer = server.post("/batch/", body.replace("{key}", &bot.write_key)).send().await;
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "Ok"})));
    let mut facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    facts.sort_by(|one, other| one.id.cmp(&other.id));
    facts
}

fn translate(body: &Value) -> Translation {
    let asked = Asked {
        path: "/batch".to_owned(),
        query: Query::default(),
        headers: http::HeaderMap::new(),
        body: body.to_string().into_bytes(),
        arrived_at: instant(NOW),
    };
    let Takes::Events(translate) = EVENTS.takes else { panic!("no events") };
    let mut translation = Translation::new(ItemReader { arrived_at: asked.arrived_at, stores_text: true });
    translate(&asked, &mut translation).unwrap();
    translation
}

/// The item that one event comes to, without what the reader adds.
fn item(event: &Value) -> Value {
    let translation = translate(event);
    let [(0, Part::Fact(fact)), messages @ ..] = translation.parts.as_slice() else {
        panic!("{translation:?}")
    };
    assert!(messages.iter().all(|(_, part)| matches!(part, Part::Fact(fact) if is_message(fact))));
    written(fact)
}

fn is_message(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Message(_))
}

fn written(fact: &Fact) -> Value {
    let mut item = serde_json::to_value(Item::of_fact(fact).unwrap()).unwrap();
    item.as_object_mut().unwrap().retain(|field, value| match field.as_str() {
        "channel" => value != "api",
        "at" => value != NOW,
        "id" => !value.as_str().unwrap().starts_with("drawn-"),
        _ => true,
    });
    item
}

#[tokio::test]
async fn messages_are_stored_with_all_they_say() {
    let server = TestServer::start().await;
    let bot = server.create_bot("posthog").await;
    let said = json!({"$session_id": "s", "channel": "web", "intent": "greet", "handled": false});
    let facts = store(
        &server,
        &bot,
        &batch(&[
            event("1", &json!({"properties": said})),
            event(
                "2",
                &json!({"event": "message_sent", "properties": {"$session_id": "s", "conversation_id": "c"}}),
            ),
        ]),
    )
    .await;
    let [question, answer] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((question.id.as_str(), question.user_id.as_str(), question.at), ("1", "ada", instant(AT)));
    assert_eq!((question.channel.as_str(), question.session_id.as_ref().unwrap().as_str()), ("web", "s"));
    let message = Message::new(Direction::Incoming);
    let message = Message { intent: Some("greet".to_owned()), handled: Some(false), ..message };
    assert_eq!(question.kind, FactKind::Message(message));
    assert_eq!((answer.channel.as_str(), answer.session_id.as_ref().unwrap().as_str()), ("api", "c"));
    assert_eq!(answer.kind, FactKind::Message(Message::new(Direction::Outgoing)));
    server.stop().await;
}

#[test]
fn a_generation_is_a_call_of_a_model() {
    let said = json!({
        "$session_id": "s", "$ai_session_id": "forever", "$ai_trace_id": "t", "$ai_model": "gpt", "$ai_provider": "mock",
        "$ai_input_tokens": 12, "$ai_output_tokens": 34, "$ai_total_cost_usd": 0.000_123_456_789_12, "$ai_latency": 0.812_4,
        "$ai_http_status": 200, "$ai_is_error": false,
    });
    let expected = json!({
        "type": "model_call", "id": "1", "user_id": "ada", "session_id": "s", "at": AT, "model": "gpt", "input_tokens": 12,
        "output_tokens": 34, "cost_usd": 0.000_123_457, "latency_ms": 812,
    });
    assert_eq!(item(&event("1", &json!({"event": "$ai_generation", "properties": said}))), expected);
}

#[test]
fn a_generation_of_a_gateway_has_the_id_of_its_span() {
    let said = json!({"$ai_span_id": "span", "$ai_model": "gpt", "$ai_session_id": "forever"});
    let expected = json!({"type": "model_call", "id": "span", "user_id": "ada", "model": "gpt"});
    assert_eq!(item(&json!({"event": "$ai_generation", "distinct_id": "ada", "properties": said})), expected);
    let event =
        item(&json!({"event": "handoff", "distinct_id": "ada", "properties": {"$ai_span_id": "span"}}));
    assert_eq!(event, json!({"type": "handoff", "user_id": "ada"}));
}

#[test]
fn a_generation_that_failed_says_so_in_either_of_two_ways() {
    for (said, failed) in [
        (json!({"$ai_is_error": true}), json!(true)),
        (json!({"$ai_http_status": 400}), json!(true)),
        (json!({"$ai_http_status": 503, "$ai_is_error": false}), json!(true)),
        (json!({"$ai_http_status": 399}), Value::Null),
        (json!({"$ai_http_status": "500", "$ai_is_error": "true"}), Value::Null),
    ] {
        let item = item(&event("1", &json!({"event": "$ai_generation", "properties": said})));
        assert_eq!(item["model_failed"], failed, "{said}");
    }
}

#[test]
fn what_the_client_adds_is_no_property_of_an_event() {
    let said = json!({
        "$lib": "web", "$os": "Linux", "token": "pw_secret", "distinct_id": "ada", "stars": 5, "value": 2, "comment": null,
    });
    let item = item(&event("1", &json!({"event": "feedback", "properties": said})));
    let properties = json!({"stars": 5, "value": 2});
    assert_eq!(
        (&item["type"], &item["value"], &item["properties"]),
        (&json!("feedback"), &json!(2), &properties)
    );
}

#[test]
fn what_is_the_clients_own_is_ignored_by_name() {
    let names = ["$identify", "$set", "$create_alias", "$pageview", "$ai_trace", "$ai_metric"];
    let events: Vec<_> = names.iter().map(|name| event("1", &json!({"event": name}))).collect();
    let translation = translate(&json!({"batch": events}));
    assert_eq!(translation.client.as_deref(), Some("posthog-node 5.70.0"));
    let ignored: Vec<_> = translation
        .parts
        .iter()
        .map(|(_, part)| match part {
            Part::Ignored(name) => name.as_ref(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ignored, names);
}

/// What was said around a generation that says this.
fn around(said: &Value) -> Vec<Value> {
    let translation = translate(&event("1", &json!({"event": "$ai_generation", "properties": said})));
    let facts = translation.parts.iter().filter_map(|(_, part)| match part {
        Part::Fact(fact) if is_message(fact) => Some(written(fact)),
        _ => None,
    });
    facts.collect()
}

#[test]
fn a_generation_is_a_turn_of_its_user() {
    let said = json!({
        "$ai_trace_id": "t", "$ai_latency": 0.5, "conversation_id": "c", "channel": "web",
        "$ai_input": [{"role": "system", "content": "be"}, {"role": "user", "content": "hi"}],
        "$ai_output_choices": [{"role": "assistant", "content": "hello"}],
    });
    let message = |id: &str, at: &str, direction: &str, text: &str| {
        json!({
            "id": id, "user_id": "ada", "session_id": "c", "channel": "web", "at": at, "direction": direction, "text": text,
        })
    };
    let expected = [
        message("t:in", "2026-11-18T09:59:59.623Z", "incoming", "hi"),
        message("t:out", AT, "outgoing", "hello"),
    ];
    assert_eq!(around(&said), expected);
}

#[test]
fn a_generation_in_a_loop_of_tools_says_only_what_was_said() {
    let user = json!([{"role": "user", "content": "hi"}]);
    let result = json!([{"role": "user", "content": "hi"}, {"role": "tool", "content": "9"}]);
    let call = json!([{"role": "assistant", "content": null, "tool_calls": [{"id": "a"}]}]);
    let answer = json!([{"role": "assistant", "content": "9"}]);
    for (input, output, more, directions) in [
        (&user, &answer, json!({}), vec!["incoming", "outgoing"]),
        (&user, &call, json!({}), vec!["incoming"]),
        (&result, &call, json!({}), vec![]),
        (&result, &answer, json!({}), vec!["outgoing"]),
        (&user, &answer, json!({"$ai_is_error": true}), vec!["incoming"]),
        (&user, &answer, json!({"$ai_span_name": "generate_title"}), vec![]),
        (&user, &answer, json!({"parlance_messages": false}), vec![]),
        (&Value::Null, &Value::Null, json!({}), vec!["incoming", "outgoing"]),
    ] {
        let mut said = json!({"$ai_trace_id": "t", "$ai_input": input, "$ai_output_choices": output});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found: Vec<_> = around(&said).iter().map(|item| item["direction"].clone()).collect();
        assert_eq!(found, directions, "{said}");
    }
}

#[test]
fn messages_that_are_told_as_events_are_not_told_by_calls_again() {
    let generation = event("1", &json!({"event": "$ai_generation", "properties": {"$ai_trace_id": "t"}}));
    let count = |events: &[&Value]| {
        let translation = translate(&json!({"batch": events}));
        let is_said = |part: &Part| matches!(part, Part::Fact(fact) if is_message(fact));
        translation.parts.iter().filter(|(_, part)| is_said(part)).count()
    };
    assert_eq!(count(&[&generation]), 2);
    assert_eq!(count(&[&generation, &event("2", &json!({"event": "handoff"}))]), 2);
    assert_eq!(count(&[&generation, &event("2", &json!({}))]), 1);
}

#[test]
fn without_a_user_a_generation_is_of_its_conversation() {
    let user = |fields: Value| {
        item(&event("1", &json!({"event": "$ai_generation", "distinct_id": "t", "properties": fields})))["user_id"]
            .clone()
    };
    assert_eq!(user(json!({"$ai_trace_id": "t", "$ai_session_id": "s"})), "s");
    assert_eq!(user(json!({"$ai_trace_id": "t"})), "t");
    assert_eq!(user(json!({"$ai_trace_id": "other", "$ai_session_id": "s"})), "t");
}

#[test]
fn an_embedding_is_a_call_and_nobody_has_said_anything() {
    let said =
        json!({"$ai_trace_id": "t", "$ai_model": "embed", "$ai_input_tokens": 7, "$ai_total_cost_usd": 0.01});
    let translation = translate(&event("1", &json!({"event": "$ai_embedding", "properties": said})));
    let [(0, Part::Fact(call))] = translation.parts.as_slice() else { panic!("{translation:?}") };
    let expected = json!({
        "type": "model_call", "id": "1", "user_id": "ada", "at": AT, "model": "embed", "input_tokens": 7, "cost_usd": 0.01,
    });
    assert_eq!(written(call), expected);
}

#[test]
fn cached_tokens_are_part_of_the_input_and_parts_of_a_cost_are_added() {
    let of = |said: Value| item(&event("1", &json!({"event": "$ai_generation", "properties": said})));
    let cached = json!({
        "$ai_input_tokens": 10, "$ai_cache_read_input_tokens": 5, "$ai_cache_creation_input_tokens": 2,
        "$ai_input_cost_usd": 0.1, "$ai_output_cost_usd": 0.25,
    });
    assert_eq!(
        (&of(cached.clone())["input_tokens"], &of(cached.clone())["cost_usd"]),
        (&json!(10), &json!(0.35))
    );
    let mut apart = cached;
    apart["$ai_cache_reporting_exclusive"] = json!(true);
    assert_eq!(of(apart)["input_tokens"], 17);
}

#[test]
fn history_and_offsets_are_taken_as_they_are_meant() {
    let at = |batch: Value| {
        let translation = translate(&batch);
        let [(0, Part::Fact(fact)), ..] = translation.parts.as_slice() else { panic!("{translation:?}") };
        fact.at
    };
    let old = event("1", &json!({"timestamp": "2024-01-01T10:00:00Z"}));
    let sent_at = "2024-01-02T00:00:00Z";
    let history = json!({"batch": [old], "sent_at": sent_at, "historical_migration": true});
    assert_eq!(at(history), instant("2024-01-01T10:00:00Z"));
    assert_eq!(at(json!({"batch": [old], "sent_at": sent_at})), instant("2026-11-17T22:00:00Z"));
    let kept = event("1", &json!({"timestamp": null, "offset": 7_200_000}));
    assert_eq!(at(json!({"batch": [kept], "sent_at": sent_at})), instant("2026-11-18T10:00:00Z"));
    let both = event("1", &json!({"offset": 1_000}));
    assert_eq!(at(json!({"batch": [both]})), instant("2026-11-18T11:59:59Z"));
    let odd = event("1", &json!({"offset": "soon"}));
    assert_eq!(at(json!({"batch": [odd]})), instant(AT));
    let right =
        event("1", &json!({"timestamp": "2024-01-01T10:00:00Z", "properties": {"$ignore_sent_at": true}}));
    assert_eq!(at(json!({"batch": [right], "sent_at": sent_at})), instant("2024-01-01T10:00:00Z"));
}
