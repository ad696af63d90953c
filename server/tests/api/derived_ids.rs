//! Ids of items that come without one. They are hashes of what was sent: an item that is sent again after an update of
//! the server must get the id that it has in the database. The expected ids were computed apart from this code.

use serde_json::json;

use crate::support::TestServer;

/// Path with `{key}`, body, and the ids of what it comes to.
const DOORS: [(&str, &str, &[&str]); 11] = [
    (
        "/v1/track?api_key={key}",
        r#"{"type":"track","userId":"ada","event":"Message Received","timestamp":"2026-11-18T10:00:00Z"}"#,
        &["derived-3cee9e36ea26391f1f1ce4ba79cdc0e8"],
    ),
    (
        "/capture?api_key={key}",
        r#"{"event":"message_received","distinct_id":"ada","timestamp":"2026-11-18T10:00:00Z"}"#,
        &["derived-d9a2259f6c778ba53930c670f6ad894f"],
    ),
    (
        "/track?apiKey={key}&type=incoming&platform=generic",
        r#"{"userId": "ada", "text": "hi", "dashbot_timestamp": 1795000000000}"#,
        &["derived-d50a42893df26055fc1998d2ef6e53cb"],
    ),
    (
        "/track?apiKey={key}&type=all&platform=facebook",
        r#"{"entry": [{"messaging": [{"sender": {"id": "42"}, "timestamp": 1795000000000, "message": {"text": "hi"}}]}]}"#,
        &["derived-d81ea2451899ee53161cb4c76c1fd49f"],
    ),
    (
        "/track?apiKey={key}&type=incoming&platform=slack",
        r#"{"message": {"type": "message", "user": "U1", "channel": "C1", "ts": "1795000000.000100", "text": "hi"}}"#,
        &["derived-61cbd47f928e8b063c7f5e9e77ac43ee"],
    ),
    (
        "/track?apiKey={key}&type=incoming&platform=microsoft",
        r#"{"type": "message", "id": "a-1", "channelId": "msteams", "conversation": {"id": "conv"}, "from": {"id": "u"},
            "timestamp": "2026-11-18T10:00:00Z"}"#,
        &["derived-b44cf190e534a22be6696aed00b53551"],
    ),
    (
        "/rasa/events?api_key={key}",
        r#"{"event": "user", "sender_id": "ada", "message_id": "m-1", "timestamp": 1795000000.5, "text": "hi"}"#,
        &["derived-938c485d4ab2a353d579c17fd0d78b1f"],
    ),
    (
        "/rasa/events?api_key={key}",
        r#"{"event": "bot", "sender_id": "ada", "timestamp": 1795000000.1234567, "text": "hello"}"#,
        &["derived-21e3bbed642837f605c6eebdbdb12f42"],
    ),
    (
        "/chatwoot?api_key={key}",
        r#"{"event": "message_created", "content": "hi", "created_at": 1795000000, "message_type": "incoming",
            "sender": {"id": 5}, "conversation": {"channel": "Channel::WebWidget"}}"#,
        &["derived-b21bc73065ad764ae865398df42342eb"],
    ),
    (
        "/chatwoot?api_key={key}",
        r#"{"event": "message_created", "id": 9, "content": "hi", "created_at": 1795000000, "message_type": 0,
            "sender": {"id": 5}}"#,
        &["chatwoot-9"],
    ),
    (
        "/v1/traces?api_key={key}",
        r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "spanId": "bbbbbbbbbbbbbbbb", "name": "chat", "startTimeUnixNano": "1795000000000000000",
            "endTimeUnixNano": "1795000001000000000", "attributes": [
            {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "7"}}]}]}]}]}"#,
        &[
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:bbbbbbbbbbbbbbbb",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:in",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:out",
        ],
    ),
];

const NATIVE: [(&str, &str); 4] = [
    (
        r#"{"user_id": "ada", "at": "2026-11-18T10:00:00Z", "direction": "incoming", "text": "hi"}"#,
        "derived-c39e141f48354a27456be87f69bf562b",
    ),
    (
        r#"{"user_id": 7, "session_id": "s-1", "at": 1795000000000, "direction": "outgoing", "channel": "Web"}"#,
        "derived-28674d511fe2c40fdbe1b199b341741e",
    ),
    (
        "{\"type\": \"rated\", \"user_id\": \"ada\", \"at\": 1795000000000, \"value\": 1.5,
            \"properties\": {\"a\": 1,\n \"b\": \"x\\n\"}}",
        "derived-79c4ba04e041fec1ca760bd2df49d6ba",
    ),
    (
        r#"{"type": "model_call", "user_id": "ada", "at": 1795000000000, "model": "m", "input_tokens": 7,
            "cost_usd": 0.25, "latency_ms": 1200, "model_failed": true}"#,
        "derived-5400e5a25777c215f493326cff41274a",
    ),
];

/// The ids of everything that a bot has sent.
async fn stored_ids(server: &TestServer, bot: analytics::ids::BotId) -> Vec<String> {
    let facts = server.store.load_facts(bot, None, None, 100).await.unwrap();
    let mut ids: Vec<_> = facts.iter().map(|fact| fact.id.as_str().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn items_without_an_id_get_the_same_one_as_ever_at_every_door() {
    let server = TestServer::start().await;
    for (number, (path, body, ids)) in DOORS.iter().enumerate() {
        let bot = server.create_bot(&format!("bot-{number}")).await;
        let answer = server.post(&path.replace("{key}", &bot.write_key), *body).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(stored_ids(&server, bot.id).await, *ids, "{path}: {body}");
    }
}

#[tokio::test]
async fn native_items_without_an_id_get_the_same_one_as_ever() {
    let server = TestServer::start().await;
    for (number, (item, id)) in NATIVE.iter().enumerate() {
        let bot = server.create_bot(&format!("bot-{number}")).await;
        let answer = server.send(&bot, *item).send().await;
        assert_eq!(answer.json(), json!({"accepted": 1, "duplicates": 0, "rejected": []}), "{item}");
        assert_eq!(stored_ids(&server, bot.id).await, [*id], "{item}");
    }
}
