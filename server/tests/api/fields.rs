//! Every field of an item, at its limits and beyond.

use serde_json::{Value, json};

use crate::support::{TestServer, instant};

/// A valid message with one field changed; `null` as replacement takes it away.
fn message_with(field: &str, value: Value) -> Value {
    let mut item = json!({ "user_id": "u1", "direction": "outgoing", "at": "2026-11-18T10:00:00Z" });
    item[field] = value;
    item
}

fn event_with(field: &str, value: Value) -> Value {
    let mut item = json!({ "type": "handoff", "user_id": "u1", "at": "2026-11-18T10:00:00Z" });
    item[field] = value;
    item
}

fn call_with(field: &str, value: Value) -> Value {
    let mut item = json!({ "type": "model_call", "user_id": "u1", "at": "2026-11-18T10:00:00Z" });
    item[field] = value;
    item
}

async fn assert_rejections(cases: Vec<(Value, Option<&str>)>) {
    let server = TestServer::start().await;
    let bot = server.create_bot("fields").await;
    for (item, code) in cases {
        assert_eq!(server.rejection(&bot, &item).await.as_deref(), code, "{item}");
    }
    server.stop().await;
}

#[tokio::test]
async fn ids_are_texts_or_numbers_of_a_limited_length() {
    let mut cases = vec![
        (message_with("user_id", Value::Null), Some("user_id_missing")),
        (message_with("user_id", json!("")), Some("user_id_missing")),
        (message_with("session_id", Value::Null), None),
        (message_with("id", Value::Null), None),
        (message_with("id", json!("")), Some("id_invalid")),
        (message_with("session_id", json!("")), Some("session_id_invalid")),
    ];
    for (field, code) in
        [("id", "id_invalid"), ("user_id", "user_id_invalid"), ("session_id", "session_id_invalid")]
    {
        cases.extend([
            (message_with(field, json!("x".repeat(200))), None),
            (message_with(field, json!("x".repeat(201))), Some(code)),
            (message_with(field, json!("ä".repeat(101))), Some(code)),
            (message_with(field, json!("a\nb")), Some(code)),
            (message_with(field, json!("a\u{0}b")), Some(code)),
            (message_with(field, json!("a\u{7f}b")), Some(code)),
            (message_with(field, json!(-1.5)), None),
            (message_with(field, json!(true)), Some(code)),
            (message_with(field, json!(["x"])), Some(code)),
            (message_with(field, json!({"x": 1})), Some(code)),
        ]);
    }
    assert_rejections(cases).await;
}

#[tokio::test]
async fn type_is_message_or_model_call_or_the_name_of_an_event() {
    assert_rejections(vec![
        (message_with("type", json!("message")), None),
        (message_with("type", Value::Null), None),
        (message_with("type", json!("model_call")), None),
        (message_with("type", json!("x".repeat(80))), None),
        (message_with("type", json!("x".repeat(81))), Some("type_invalid")),
        (message_with("type", json!("")), Some("type_invalid")),
        (message_with("type", json!("a\tb")), Some("type_invalid")),
        (message_with("type", json!(1)), Some("type_invalid")),
    ])
    .await;
}

#[tokio::test]
async fn at_is_a_time_between_2000_and_ten_minutes_ahead() {
    assert_rejections(vec![
        (message_with("at", Value::Null), None),
        (message_with("at", json!(1_795_003_200_000_i64)), None),
        (message_with("at", json!("2026-11-18T11:00:00.123+01:00")), None),
        (message_with("at", json!("2000-01-01T00:00:00Z")), None),
        (message_with("at", json!("1999-12-31T23:59:59.999Z")), Some("at_too_early")),
        (message_with("at", json!(1_795_003_200)), None),
        (message_with("at", json!(1_795_003_200_000_000_i64)), None),
        (message_with("at", json!(1_795_003_200_000_000_000_i64)), None),
        (message_with("at", json!("1795003200.25")), None),
        (message_with("at", json!(1_795_003_200_000.5)), None),
        (message_with("at", json!("2026-11-18T10:00:00+0000")), None),
        (message_with("at", json!("2026-11-18 11:00+01")), None),
        (message_with("at", json!("Wed, 18 Nov 2026 10:00:00 GMT")), None),
        (message_with("at", json!(45_000.5)), Some("at_too_early")),
        (message_with("at", json!(-1)), Some("at_too_early")),
        (message_with("at", json!("2026-11-18T12:10:00Z")), None),
        (message_with("at", json!("2026-11-18T12:10:00.001Z")), Some("at_in_future")),
        (message_with("at", json!("9999-12-31T23:59:59Z")), Some("at_in_future")),
        (message_with("at", json!(i64::MAX)), Some("at_in_future")),
        (message_with("at", json!(1e300)), Some("at_invalid")),
        (message_with("at", json!("2026-11-18T11:00:00")), Some("at_invalid")),
        (message_with("at", json!("2026-11-18")), Some("at_invalid")),
        (message_with("at", json!("2026-02-30T11:00:00Z")), Some("at_invalid")),
        (message_with("at", json!("yesterday")), Some("at_invalid")),
        (message_with("at", json!("")), Some("at_invalid")),
        (message_with("at", json!(true)), Some("at_invalid")),
    ])
    .await;
}

#[tokio::test]
async fn direction_is_required_for_messages_and_for_nothing_else() {
    assert_rejections(vec![
        (message_with("direction", json!("incoming")), None),
        (message_with("direction", Value::Null), Some("direction_missing")),
        (message_with("direction", json!("in")), Some("direction_invalid")),
        (message_with("direction", json!(1)), Some("direction_invalid")),
        (event_with("direction", Value::Null), None),
        (call_with("direction", Value::Null), None),
        (call_with("direction", json!(1)), None),
    ])
    .await;
}

#[tokio::test]
async fn channel_is_a_short_word() {
    assert_rejections(vec![
        (message_with("channel", Value::Null), None),
        (message_with("channel", json!("Web.Chat_2-x")), None),
        (message_with("channel", json!("x".repeat(40))), None),
        (message_with("channel", json!("x".repeat(41))), Some("channel_invalid")),
        (message_with("channel", json!("")), Some("channel_invalid")),
        (message_with("channel", json!("web chat")), Some("channel_invalid")),
        (message_with("channel", json!("wéb")), Some("channel_invalid")),
        (message_with("channel", json!(7)), Some("channel_invalid")),
    ])
    .await;
}

#[tokio::test]
async fn text_and_words_have_types_and_lengths() {
    assert_rejections(vec![
        (message_with("text", json!("")), None),
        (message_with("text", json!("x".repeat(64 * 1024))), None),
        (message_with("text", json!("x".repeat(64 * 1024 + 1))), Some("text_too_long")),
        (message_with("text", json!("a\u{0}\nb")), None),
        (message_with("text", json!(1)), Some("text_invalid")),
        (message_with("intent", json!("x".repeat(200))), None),
        (message_with("intent", json!("x".repeat(201))), Some("value_invalid")),
        (message_with("intent", json!(1)), Some("value_invalid")),
        (message_with("handled", json!(false)), None),
        (message_with("handled", json!("no")), Some("value_invalid")),
        (message_with("model", json!("m-1")), None),
        (message_with("model", json!({})), Some("value_invalid")),
        (message_with("model_failed", json!(true)), None),
        (message_with("model_failed", json!("yes")), Some("value_invalid")),
        (call_with("model", json!("x".repeat(200))), None),
        (call_with("model", json!("x".repeat(201))), Some("value_invalid")),
        (call_with("model_failed", json!(false)), None),
        (call_with("model_failed", json!(1)), Some("value_invalid")),
    ])
    .await;
}

#[tokio::test]
async fn numbers_are_exact_or_refused() {
    let mut cases = vec![
        (message_with("cost_usd", json!(0.000_000_001)), None),
        (message_with("cost_usd", json!(0.000_000_000_1)), Some("value_invalid")),
        (message_with("cost_usd", json!("0.1")), Some("value_invalid")),
        (event_with("value", json!(-12.5)), None),
        (event_with("value", json!(1e300)), Some("value_invalid")),
        (event_with("value", json!("1")), Some("value_invalid")),
    ];
    for field in ["input_tokens", "output_tokens", "latency_ms"] {
        cases.extend([
            (message_with(field, json!(0)), None),
            (message_with(field, json!(i64::MAX)), None),
            (message_with(field, json!(u64::MAX)), Some("value_invalid")),
            (message_with(field, json!(-1)), Some("value_invalid")),
            (message_with(field, json!(1.5)), Some("value_invalid")),
            (message_with(field, json!("1")), Some("value_invalid")),
            (call_with(field, json!(1)), None),
            (call_with(field, json!(-1)), Some("value_invalid")),
        ]);
    }
    assert_rejections(cases).await;
}

#[tokio::test]
async fn properties_are_an_object_of_at_most_8_kib() {
    let object = |length: usize| json!({ "k": "x".repeat(length - r#"{"k":""}"#.len()) });
    assert_rejections(vec![
        (event_with("properties", json!({})), None),
        (event_with("properties", object(8 * 1024)), None),
        (event_with("properties", object(8 * 1024 + 1)), Some("properties_too_large")),
        (event_with("properties", json!([1])), Some("properties_invalid")),
        (event_with("properties", json!("{}")), Some("properties_invalid")),
    ])
    .await;
}

#[tokio::test]
async fn an_item_that_is_no_object_or_too_deep_is_rejected() {
    let nested = |depth: usize| (1..depth).fold(json!({}), |inner, _| json!({ "x": inner }));
    assert_rejections(vec![
        (json!(null), Some("not_an_object")),
        (json!(5), Some("not_an_object")),
        (json!("text"), Some("not_an_object")),
        (json!([]), Some("not_an_object")),
        (event_with("ignored", nested(31)), None),
        (event_with("ignored", nested(32)), Some("not_an_object")),
        (event_with("ignored", json!("[".repeat(100))), None),
        (json!({}), Some("user_id_missing")),
    ])
    .await;
}

#[tokio::test]
async fn numeric_ids_keep_every_digit() {
    let server = TestServer::start().await;
    let bot = server.create_bot("digits").await;
    let body = r#"{"id": 12345678901234567890123, "user_id": 1.50, "at": "2026-11-18T10:00:00Z", "direction": "incoming"}"#;
    assert_eq!(server.send(&bot, body).send().await.json()["accepted"], 1);
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    assert_eq!(facts[0].id.as_str(), "12345678901234567890123");
    assert_eq!(facts[0].user_id.as_str(), "1.50");
    server.stop().await;
}

#[tokio::test]
async fn what_lies_a_little_ahead_or_says_no_time_gets_the_time_of_arrival() {
    let server = TestServer::start().await;
    let bot = server.create_bot("arrival").await;
    let body = r#"{"user_id": "a", "direction": "incoming", "at": "2026-11-18T12:05:00Z"}
        {"user_id": "b", "direction": "incoming"}"#;
    assert_eq!(server.send(&bot, body).send().await.json()["accepted"], 2);
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    assert!(facts.iter().all(|fact| fact.at == instant(crate::support::NOW)), "{facts:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_item_without_id_counts_once_however_often_it_is_sent() {
    let server = TestServer::start().await;
    let bot = server.create_bot("derived").await;
    let item = r#"{"user_id": "a", "direction": "incoming", "at": 1794996000000, "text": "hi"}"#;
    let other_text = item.replace("hi", "ho");
    assert_eq!(server.send(&bot, item).send().await.json()["accepted"], 1);
    assert_eq!(server.send(&bot, item).send().await.json()["duplicates"], 1);
    assert_eq!(server.send(&bot, other_text).send().await.json()["accepted"], 1);
    let call =
        r#"{"type": "model_call", "user_id": "a", "at": 1794996000000, "model": "m", "latency_ms": 5}"#;
    let slower = call.replace('5', "6");
    assert_eq!(server.send(&bot, call).send().await.json()["accepted"], 1);
    assert_eq!(server.send(&bot, call).send().await.json()["duplicates"], 1);
    assert_eq!(server.send(&bot, slower).send().await.json()["accepted"], 1);
    server.stop().await;
}

#[tokio::test]
async fn an_item_without_id_and_time_counts_each_time() {
    let server = TestServer::start().await;
    let bot = server.create_bot("drawn").await;
    for _ in 0..2 {
        let answer = server.send(&bot, r#"{"user_id": "a", "direction": "incoming"}"#).send().await;
        assert_eq!(answer.json()["accepted"], 1);
    }
    server.stop().await;
}

#[tokio::test]
async fn text_is_stored_only_where_the_owner_wants_it_and_without_nul() {
    let server = TestServer::start().await;
    let bot = server.create_bot("text").await;
    let send = |id: &str| {
        server.send(
            &bot,
            json!({"id": id, "user_id": "a", "direction": "incoming", "text": "a\u{0}b"}).to_string(),
        )
    };
    assert_eq!(send("1").send().await.json()["accepted"], 1);
    let change = store::bots::BotChange { stores_text: Some(true), ..Default::default() };
    assert!(server.store.change_bot(bot.id, &change).await.unwrap());
    server.clock.set(instant(crate::support::NOW).plus_ms(60_000));
    assert_eq!(send("2").send().await.json()["accepted"], 1);
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    let texts: Vec<_> = facts
        .iter()
        .map(|fact| match &fact.kind {
            analytics::fact::FactKind::Message(message) => message.text.as_deref(),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [None, Some("ab")]);
    server.stop().await;
}

#[tokio::test]
async fn the_hundred_and_first_channel_and_the_five_hundred_and_first_event_are_refused() {
    let server = TestServer::start().await;
    let bot = server.create_bot("open-sets").await;
    let channels: Vec<_> = (0..101).map(|n| message_with("channel", json!(format!("c{n}")))).collect();
    let reply = server.send(&bot, json!(channels).to_string()).send().await.json();
    assert_eq!(
        (&reply["accepted"], &reply["rejected"][0]["code"]),
        (&json!(100), &json!("too_many_channels"))
    );
    assert_eq!(reply["rejected"][0]["index"], 100);

    let bot = server.create_bot("open-events").await;
    let events: Vec<_> = (0..501).map(|n| event_with("type", json!(format!("e{n}")))).collect();
    let reply = server.send(&bot, json!(events).to_string()).send().await.json();
    assert_eq!((&reply["accepted"], &reply["rejected"][0]["code"]), (&json!(500), &json!("too_many_events")));
    server.stop().await;
}
