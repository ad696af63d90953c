//! Segment's door: what its clients say, and what is stored of it.

use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use serde_json::{Value, json};
use store::bots::BotChange;

use crate::doors_cases::{KeyPlace, Sample};
use crate::support::{TestBot, TestServer, instant};

const AT: &str = "2026-11-18T10:00:00.123Z";

pub(crate) fn sample() -> Sample {
    Sample {
        door: "segment",
        path: "/v1/batch",
        key_place: KeyPlace::Basic,
        messages,
        own_cases: batch_cases()
            .into_iter()
            .chain(event_cases().map(|(name, event)| (name, batch(&[event]))))
            .collect(),
    }
}

pub(crate) fn sample_of_one() -> Sample {
    Sample {
        door: "segment, one event",
        path: "/v1/track",
        key_place: KeyPlace::Written,
        messages: |_| {
            let mut one = event("m", &json!({}));
            one["writeKey"] = json!("{key}");
            one.to_string()
        },
        own_cases: Vec::new(),
    }
}

/// Made from one text: there may be thousands.
fn messages(count: usize) -> String {
    let message = event("ID", &json!({})).to_string();
    let messages: Vec<_> = (0..count).map(|n| message.replace("ID", &n.to_string())).collect();
    format!(r#"{{"batch":[{}]}}"#, messages.join(","))
}

fn batch_cases() -> Vec<(&'static str, String)> {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let good = event("good", &json!({})).to_string();
    vec![
        ("a batch that is no array", json!({"batch": {}}).to_string()),
        ("no batch", json!({"event": "Message Received", "userId": "u"}).to_string()),
        ("an array as body", json!([]).to_string()),
        ("an empty batch", batch(&[])),
        ("an event that is no object, beside a valid one", batch(&[json!(7), event("m", &json!({}))])),
        ("an event that nests without end, beside a valid one", format!(r#"{{"batch": [{deep}, {good}]}}"#)),
        (
            "properties that nest without end",
            format!(
                r#"{{"batch": [{{"type": "track", "event": "Order", "userId": "u", "properties": {{"a": {deep}}}}}]}}"#
            ),
        ),
        ("a clock an hour ahead", sent_at("2026-11-18T12:59:59Z", "2026-11-18T13:00:00Z")),
        ("a clock an hour behind", sent_at("2026-11-18T10:59:59Z", "2026-11-18T11:00:00Z")),
        ("a clock years behind", sent_at("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z")),
        ("a clock years ahead", sent_at("2040-01-01T00:00:01Z", "2040-01-01T00:00:02Z")),
        ("a clock years ahead that does not say so", sent_at("2040-01-01T00:00:01Z", "soon")),
        ("a clock years behind that does not say so", sent_at("1970-01-01T00:00:01Z", "")),
    ]
}

/// A message that differs from a valid one in a few fields.
fn event_cases() -> [(&'static str, Value); 21] {
    let long = "x".repeat(201);
    [
        ("no user", json!({"userId": null, "anonymousId": null})),
        ("an anonymous user", json!({"userId": null, "anonymousId": "visitor"})),
        ("a user's id that is a number", json!({"userId": 12_345_678_901_234_567_890_u64})),
        ("a user's id that is an object", json!({"userId": {"id": 1}})),
        ("a user's id that is too long", json!({"userId": long})),
        ("an id that is null", json!({"messageId": null})),
        ("an id that is a number", json!({"messageId": 7})),
        ("an id that is too long", json!({"messageId": long})),
        ("a session's id that is too long", json!({"properties": {"session_id": long}})),
        ("a time that is none", json!({"timestamp": "yesterday"})),
        ("no time", json!({"timestamp": null})),
        ("an unknown type", json!({"type": "telepathy"})),
        ("identify", json!({"type": "identify", "event": null, "traits": {"name": "Ada"}})),
        ("page", json!({"type": "page", "event": null, "name": "Home"})),
        ("an event without a name", json!({"event": null})),
        ("an event whose name is too long", json!({"event": long})),
        ("a custom event", json!({"event": "Order Completed", "properties": {"revenue": 9.5}})),
        ("a custom event with 9 KiB of properties", json!({"event": "Order", "properties": {"a": "x".repeat(9 * 1024)}})),
        ("an unknown direction", json!({"properties": {"direction": "sideways"}})),
        ("optional fields of the wrong type", json!({"properties": {
            "channel": "Facebook Messenger", "text": 7, "intent": {}, "handled": "yes", "input_tokens": "many",
            "cost_usd": "$1", "latency_ms": -1, "model": ["gpt"],
        }})),
        ("a text of 65 KiB", json!({"properties": {"text": "x".repeat(65 * 1024)}})),
    ]
    .map(|(name, fields)| (name, event("m", &fields)))
}

fn event(id: &str, fields: &Value) -> Value {
    let mut event = json!({
        "type": "track", "event": "Message Received", "userId": "ada", "anonymousId": null, "messageId": id,
        "timestamp": AT, "properties": {}, "context": {"library": {"name": "analytics-node", "version": "3.1.0"}},
    });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

fn batch(events: &[Value]) -> String {
    json!({"batch": events, "writeKey": "{key}"}).to_string()
}

fn sent_at(at: &str, sent_at: &str) -> String {
    json!({"batch": [event("m", &json!({"timestamp": at}))], "sentAt": sent_at}).to_string()
}

/// Sends a batch and gives back what is stored of it, in the order of ids.
async fn store(server: &TestServer, bot: &TestBot, body: &Value) -> Vec<Fact> {
    let answer = server.post("/v1/batch", body.to_string()).bearer(&bot.write_key).send().await;
    assert_eq!((answer.status, answer.json()), (200, json!({"success": true})));
    assert_eq!(answer.header("content-type"), "application/json");
    let mut facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    facts.sort_by(|one, other| one.id.cmp(&other.id));
    facts
}

#[tokio::test]
async fn a_message_is_stored_with_all_it_says() {
    let server = TestServer::start().await;
    let bot = server.create_bot("segment").await;
    let keeps_text = BotChange { stores_text: Some(true), ..BotChange::default() };
    assert!(server.store.change_bot(bot.id, &keeps_text).await.unwrap());
    let spoken =
        json!({"session_id": 7, "channel": "Web", "text": "hello", "intent": "greet", "handled": true});
    let answered = json!({
        "conversation_id": "c", "model": "gpt", "input_tokens": 12, "output_tokens": 34.0, "cost_usd": 0.001_2,
        "latency_ms": 812.4,
    });
    let body = json!({"batch": [
        event("1", &json!({"properties": spoken})),
        event("2", &json!({"event": "bot-message", "properties": answered})),
    ]});
    let facts = store(&server, &bot, &body).await;
    let [question, answer] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((question.id.as_str(), question.user_id.as_str(), question.at), ("1", "ada", instant(AT)));
    assert_eq!(question.channel.as_str(), "web");
    assert_eq!(question.session_id.as_ref().unwrap().as_str(), "7");
    assert_eq!(
        question.kind,
        FactKind::Message(Message {
            text: Some("hello".to_owned()),
            intent: Some("greet".to_owned()),
            handled: Some(true),
            ..Message::new(Direction::Incoming)
        })
    );
    assert_eq!((answer.channel.as_str(), answer.session_id.as_ref().unwrap().as_str()), ("api", "c"));
    let model_use = ModelUse {
        model: Some("gpt".to_owned()),
        input_tokens: Some(12),
        output_tokens: Some(34),
        cost_nano_usd: Some(1_200_000),
        latency_ms: Some(812),
        failed: false,
    };
    let expected = Message { model_use: Some(model_use), ..Message::new(Direction::Outgoing) };
    assert_eq!(answer.kind, FactKind::Message(expected));
    server.stop().await;
}

#[tokio::test]
async fn any_other_name_is_a_custom_event() {
    let server = TestServer::start().await;
    let bot = server.create_bot("custom").await;
    let body = json!({"batch": [
        event("1", &json!({"event": "Order Completed", "properties": {"revenue": 9.5, "value": "much"}})),
        event("2", &json!({"event": "handoff", "properties": null})),
        event("3", &json!({"event": "Order Completed", "properties": {"value": 2, "a": "x".repeat(9_000)}})),
    ]});
    let facts = store(&server, &bot, &body).await;
    let events: Vec<_> = facts
        .into_iter()
        .map(|fact| match fact.kind {
            FactKind::Event(Event { name, value_nano, properties }) => {
                (name.as_str().to_owned(), value_nano, properties)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let properties = json!({"revenue": 9.5, "value": "much"}).to_string();
    assert_eq!(
        events,
        [
            ("Order Completed".to_owned(), Some(9_500_000_000), Some(properties)),
            ("handoff".to_owned(), None, None),
            ("Order Completed".to_owned(), Some(2_000_000_000), None),
        ]
    );
    server.stop().await;
}

#[tokio::test]
async fn rudders_event_has_its_own_moment_of_sending_and_no_chat_channel() {
    let server = TestServer::start().await;
    let bot = server.create_bot("rudder").await;
    let body = json!({"batch": [
        event("1", &json!({"channel": "server", "originalTimestamp": "2026-11-18T12:00:00Z", "sentAt": "2026-11-18T12:00:01Z"})),
        event("2", &json!({"timestamp": null, "originalTimestamp": AT})),
        event("3", &json!({"timestamp": "2026-11-18T12:29:00Z", "sentAt": "2026-11-18T13:00:00Z"})),
        event("4", &json!({"sentAt": "2026-11-18T09:00:00Z", "receivedAt": "2026-11-18T10:00:01Z"})),
    ]});
    let facts = store(&server, &bot, &body).await;
    let times: Vec<_> = facts.iter().map(|fact| fact.at).collect();
    assert_eq!(times, [instant(AT), instant(AT), instant("2026-11-18T11:29:00Z"), instant(AT)]);
    assert!(facts.iter().all(|fact| fact.channel.as_str() == "api"));
    server.stop().await;
}

#[tokio::test]
async fn an_event_without_an_id_counts_once_however_its_time_is_corrected() {
    let server = TestServer::start().await;
    let bot = server.create_bot("once").await;
    for sent_at in ["2026-11-18T15:00:00Z", "2026-11-18T15:00:07Z"] {
        let body = json!({"batch": [event("", &json!({}))], "sentAt": sent_at});
        assert_eq!(store(&server, &bot, &body).await.len(), 1, "{sent_at}");
    }
    server.stop().await;
}

#[tokio::test]
async fn calls_for_one_event_say_its_type_in_their_path() {
    let server = TestServer::start().await;
    let bot = server.create_bot("calls").await;
    for (n, call) in ["track", "identify", "alias", "page", "screen", "group"].into_iter().enumerate() {
        let body = event(&n.to_string(), &json!({"type": null, "writeKey": bot.write_key})).to_string();
        let answer = server.post(&format!("/v1/{call}"), body).send().await;
        assert_eq!((answer.status, answer.json()), (200, json!({"success": true})), "{call}");
    }
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    assert_eq!(facts.iter().map(|fact| fact.id.as_str()).collect::<Vec<_>>(), ["0"]);
    server.stop().await;
}
