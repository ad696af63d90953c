//! Clients in pages and apps, request by request: their paths and bodies, and one person as one user.

use std::io::Write;

use analytics::fact::{Direction, Fact, FactKind};
use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use store::openings::Openings;

use crate::support::{Answer, TestBot, TestServer, instant, said};

async fn start() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("live").await;
    (server, bot)
}

async fn post(server: &TestServer, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    let answer = server.post(path, body).send().await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer
}

/// What is stored, in the order of ids.
async fn facts(server: &TestServer, bot: &TestBot) -> Vec<Fact> {
    let mut facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    facts.sort_by(|one, other| one.id.cmp(&other.id));
    facts
}

/// The users of what is stored, each once.
async fn users(server: &TestServer, bot: &TestBot) -> Vec<String> {
    let mut users: Vec<_> =
        facts(server, bot).await.iter().map(|fact| fact.user_id.as_str().to_owned()).collect();
    users.sort();
    users.dedup();
    users
}

fn gzip(body: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn form(body: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("data", &BASE64.encode(body.as_bytes()))
        .finish()
}

#[tokio::test]
async fn segments_live_chat_is_a_message_and_an_answer() {
    let (server, bot) = start().await;
    let event = |name: &str, id: &str| {
        json!({
            "type": "track", "event": name, "userId": "u-1", "messageId": id,
            "properties": {"conversation_id": "c-1", "message_body": "hi"},
        })
    };
    let batch = json!({"writeKey": bot.write_key, "batch": [
        event("Live Chat Conversation Started", "1"),
        event("Live Chat Message Sent", "2"),
        event("Live Chat Message Received", "3"),
        event("Live Chat Conversation Ended", "4"),
    ]});
    post(&server, "/v1/batch", batch.to_string()).await;
    let facts = facts(&server, &bot).await;
    let is_event = |fact: &Fact| matches!(fact.kind, FactKind::Event(_));
    assert_eq!(facts.iter().map(is_event).collect::<Vec<_>>(), [true, false, false, true]);
    assert_eq!(
        (said(&facts[1]).direction, said(&facts[2]).direction),
        (Direction::Incoming, Direction::Outgoing)
    );
    assert!(facts.iter().all(|fact| fact.session_id.as_ref().is_some_and(|id| id.as_str() == "c-1")));
    server.stop().await;
}

#[tokio::test]
async fn analytics_js_and_rudder_are_heard_at_their_paths() {
    let (server, bot) = start().await;
    let event = |id: usize| {
        json!({
            "type": "track", "event": "message_received", "anonymousId": "v", "userId": null,
            "messageId": id.to_string(), "writeKey": bot.write_key, "properties": {},
        })
    };
    let single = ["/v1/t", "/t", "/v1/track"];
    for (id, path) in single.into_iter().enumerate() {
        let sent = server.post(path, event(id).to_string()).header("content-type", "text/plain").send().await;
        assert_eq!(sent.status, 200, "{path}: {}", sent.text());
    }
    let batches =
        ["/v1/b".to_owned(), "/b".to_owned(), format!("/beacon/v1/batch?writeKey={}", bot.write_key)];
    for (id, path) in batches.iter().enumerate() {
        let mut one = event(10 + id);
        one["writeKey"] = Value::Null;
        let key = if path.contains("writeKey") { Value::Null } else { json!(bot.write_key) };
        post(&server, path, json!({"writeKey": key, "batch": [one]}).to_string()).await;
    }
    for path in ["/v1/i", "/i", "/v1/p", "/p", "/v1/a", "/v1/g", "/v1/s"] {
        post(&server, path, event(99).to_string()).await;
    }
    assert_eq!(facts(&server, &bot).await.len(), 6);
    server.stop().await;
}

#[tokio::test]
async fn posthog_js_is_heard_however_it_packs_its_events() {
    let (server, bot) = start().await;
    let one = |id: &str| {
        json!({
            "event": "message_received", "uuid": id, "offset": 7_200_000,
            "properties": {"token": bot.write_key, "distinct_id": "u-1"},
        })
        .to_string()
    };
    post(&server, "/e/?ip=0&_=1795003200000&ver=1.449.2", gzip(&one("1"))).await;
    post(&server, "/i/v0/e/", one("2")).await;
    post(&server, "/e/?compression=base64", form(&one("3"))).await;
    post(&server, "/e/?compression=gzip-js", gzip(&format!("[{}]", one("4")))).await;
    post(
        &server,
        "/i/v0/ai/batch/",
        format!(r#"{{"api_key": "{}", "batch": [{}]}}"#, bot.write_key, one("5")),
    )
    .await;
    let facts = facts(&server, &bot).await;
    assert_eq!(facts.iter().map(|fact| fact.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
    assert!(facts.iter().all(|fact| fact.at == instant("2026-11-18T10:00:00Z")));
    server.stop().await;
}

#[tokio::test]
async fn clients_in_pages_get_settings_that_let_them_start() {
    let (server, _) = start().await;
    for path in ["/flags/?v=2", "/decide/?v=3", "/flags", "/decide"] {
        let answer = server.post(path, "data=e30%3D").header("origin", "https://shop.example").send().await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
        let flags = answer.json();
        assert_eq!((&flags["flags"], &flags["featureFlags"]), (&json!({}), &json!({})), "{path}");
        assert_eq!(flags["sessionRecording"], false);
    }
    let config = server.get("/array/pw_1/config").header("origin", "https://shop.example").send().await;
    assert_eq!((config.status, &config.json()["autocapture_opt_out"]), (200, &json!(true)));
    let script = server.get("/array/pw_%3C%22/config.js").send().await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert!(script.text().starts_with("(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})["));
    assert!(script.text().contains(r#"["pw_<\""]={config:{"#), "{}", script.text());
    let segment = server.get("/v1/projects/pw_1/settings").send().await.json();
    let sending = &segment["integrations"]["Segment.io"];
    assert_eq!((&sending["apiKey"], &sending["protocol"]), (&json!("pw_1"), &json!("http")));
    assert_eq!(sending["apiHost"], json!(format!("{}/v1", server.address)));
    let rudder = server.get("/sourceConfig/?p=web&writeKey=pw_1").send().await.json();
    assert_eq!(
        (&rudder["source"]["writeKey"], &rudder["source"]["destinations"]),
        (&json!("pw_1"), &json!([]))
    );
    server.stop().await;
}

fn segment(kind: &str, id: &str, ids: &Value) -> Value {
    let mut event = json!({"type": kind, "event": "message_received", "messageId": id, "properties": {}});
    event.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
    event
}

fn visitor_becomes_ada() -> [Value; 5] {
    [
        segment("track", "1", &json!({"anonymousId": "v", "userId": null})),
        segment("track", "2", &json!({"anonymousId": "v", "userId": ""})),
        segment("identify", "3", &json!({"anonymousId": "v", "userId": "ada"})),
        segment("alias", "4", &json!({"previousId": "old", "userId": "ada", "anonymousId": "v"})),
        segment("track", "5", &json!({"anonymousId": "v", "userId": "ada"})),
    ]
}

#[tokio::test]
async fn a_visitor_who_says_who_they_are_is_one_user_in_one_batch_or_in_several() {
    for size in [1, 2, 5] {
        let (server, bot) = start().await;
        for batch in visitor_becomes_ada().chunks(size) {
            post(&server, "/v1/batch", json!({"writeKey": bot.write_key, "batch": batch}).to_string()).await;
        }
        let late = [
            segment("track", "6", &json!({"anonymousId": "v"})),
            segment("track", "7", &json!({"userId": "old"})),
        ];
        post(&server, "/v1/batch", json!({"writeKey": bot.write_key, "batch": late}).to_string()).await;
        assert_eq!(
            (users(&server, &bot).await, facts(&server, &bot).await.len()),
            (vec!["ada".to_owned()], 5)
        );
        assert_eq!(server.store.verify(bot.id, false).await.unwrap(), []);
        server.stop().await;
    }
}

#[tokio::test]
async fn two_users_of_one_browser_stay_two() {
    let (server, bot) = start().await;
    let events = [
        segment("track", "1", &json!({"anonymousId": "v", "userId": ""})),
        segment("identify", "2", &json!({"anonymousId": "v", "userId": "ada"})),
        segment("track", "3", &json!({"anonymousId": "v", "userId": "ada"})),
        segment("identify", "4", &json!({"anonymousId": "v", "userId": "eve"})),
        segment("track", "5", &json!({"anonymousId": "v", "userId": "eve"})),
        segment("track", "6", &json!({"anonymousId": "v", "userId": "ada"})),
    ];
    for event in events {
        post(&server, "/v1/batch", json!({"writeKey": bot.write_key, "batch": [event]}).to_string()).await;
    }
    let users: Vec<_> =
        facts(&server, &bot).await.iter().map(|fact| fact.user_id.as_str().to_owned()).collect();
    assert_eq!(users, ["ada", "ada", "eve", "ada"]);
    server.stop().await;
}

#[tokio::test]
async fn posthogs_people_are_one_user_each() {
    let (server, bot) = start().await;
    let event = |id: &str, name: &str, user: &str, more: &Value| {
        let mut said = json!({"distinct_id": user});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"event": name, "uuid": id, "properties": said})
    };
    let events = [
        event("1", "message_received", "device", &json!({})),
        event("2", "$identify", "ada", &json!({"$anon_distinct_id": "device"})),
        event("3", "message_received", "device", &json!({})),
        event("4", "$create_alias", "ada", &json!({"alias": "phone"})),
        event("5", "message_received", "phone", &json!({})),
        event("51", "$create_alias", "tablet", &json!({"alias": "ada", "$lib": "posthog-python"})),
        event("52", "message_received", "tablet", &json!({})),
        event("6", "$identify", "eve", &json!({"$anon_distinct_id": "anonymous"})),
        event(
            "7",
            "$identify",
            "eve",
            &json!({"$anon_distinct_id": "tab", "$process_person_profile": false}),
        ),
        event("8", "message_received", "tab", &json!({})),
        event("9", "message_received", "anonymous", &json!({})),
    ];
    for event in events {
        post(&server, "/batch/", json!({"api_key": bot.write_key, "batch": [event]}).to_string()).await;
    }
    let users: Vec<_> =
        facts(&server, &bot).await.iter().map(|fact| fact.user_id.as_str().to_owned()).collect();
    assert_eq!(users, ["ada", "ada", "ada", "ada", "tab", "anonymous"]);
    server.stop().await;
}

#[tokio::test]
async fn one_id_with_two_contents_is_two_events_however_often_they_are_sent() {
    let (server, bot) = start().await;
    let event = |user: &str, text: &str| json!({"type": "track", "event": "message_sent", "userId": user, "messageId": "1761991201000", "properties": {"text": text}});
    let batch = [event("ada", "first"), event("ada", "second"), event("eve", "first"), event("ada", "first")];
    for _ in 0..2 {
        post(&server, "/v1/batch", json!({"writeKey": bot.write_key, "batch": batch}).to_string()).await;
    }
    assert_eq!(facts(&server, &bot).await.len(), 3);
    let native = json!([
        {"id": "n", "user_id": "ada", "direction": "incoming"}, {"id": "n", "user_id": "eve", "direction": "incoming"},
    ]);
    let reply = server.send(&bot, native.to_string()).send().await.json();
    assert_eq!((&reply["accepted"], &reply["duplicates"]), (&json!(1), &json!(1)));
    server.stop().await;
}

#[tokio::test]
async fn a_widgets_opening_is_nobodys_message_and_the_log_says_so() {
    let (server, bot) = start().await;
    let user = |id: &str, text: &str| json!({"event": "user", "sender_id": "web-1", "timestamp": 1_794_996_000.0, "text": text, "message_id": id});
    let events = json!([user("1", "/session_start"), user("2", "/restart"), user("3", "hello")]);
    let answer = server.post("/rasa/events", events.to_string()).bearer(&bot.write_key).send().await;
    assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(2)));
    let openings = Openings::parse("/restart").unwrap();
    assert!(server.store.set_openings(bot.id, Some(&openings)).await.unwrap());
    let events = json!([user("4", "/session_start"), user("5", "/restart")]);
    let answer = server.post("/rasa/events", events.to_string()).bearer(&bot.write_key).send().await;
    assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(1)));
    let sent = json!({"writeKey": bot.write_key, "type": "track", "event": "message_received", "userId": "u", "messageId": "6",
        "properties": {"text": "/Restart"}});
    post(&server, "/v1/track", sent.to_string()).await;
    assert_eq!(facts(&server, &bot).await.len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn a_blank_in_the_header_may_be_written_as_settings_write_it() {
    let (server, bot) = start().await;
    let message = json!({"user_id": "ada", "direction": "incoming"}).to_string();
    for path in ["/api/v1/events", "/v1/traces"] {
        let body = if path == "/v1/traces" { "{}".to_owned() } else { message.clone() };
        let header = format!("Bearer%20{}", bot.write_key);
        let answer = server
            .post(path, body)
            .header("authorization", &header)
            .header("content-type", "application/json")
            .send()
            .await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    server.stop().await;
}
