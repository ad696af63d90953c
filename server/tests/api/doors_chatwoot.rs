//! Chatwoot's door: its webhook, and who may call it.

use analytics::fact::{Direction, Fact};
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::doors_cases::{KeyPlace, Sample};
use store::doors::{Door, KeyLimit};

use crate::support::{Answer, Ask, NOW, TestBot, TestServer, instant, said};

/// [`NOW`] in seconds.
const NOW_S: i64 = 1_795_003_200;

pub(crate) fn sample() -> Sample {
    Sample {
        door: "chatwoot",
        path: "/chatwoot?api_key={key}",
        key_place: KeyPlace::Written,
        messages: |count| match count {
            1 => webhook(1, &json!({})).to_string(),
            _ => json!((0..count).map(|number| webhook(number, &json!({}))).collect::<Vec<_>>()).to_string(),
        },
        own_cases: own_cases().map(|(name, change)| (name, webhook(1, &change).to_string())).into(),
    }
}

fn own_cases() -> [(&'static str, Value); 15] {
    [
        ("another event", json!({"event": "conversation_created"})),
        ("no event", json!({"event": null})),
        ("a private note", json!({"private": true})),
        ("an activity", json!({"message_type": "activity"})),
        ("an unknown type of message", json!({"message_type": "telepathy"})),
        ("no contact", json!({"sender": null, "conversation": null})),
        ("a contact's id that is too long", json!({"sender": {"id": "x".repeat(201)}})),
        ("an id that is null", json!({"id": null})),
        ("no time", json!({"created_at": null})),
        ("a time that is none", json!({"created_at": "yesterday"})),
        ("a clock an hour ahead", json!({"created_at": 1_795_006_800})),
        ("a clock an hour behind", json!({"created_at": 1_794_999_600})),
        ("a clock years ahead", json!({"created_at": "2040-01-01 00:00:00 UTC"})),
        ("a clock years behind", json!({"created_at": 1})),
        (
            "optional fields of the wrong type",
            json!({"content": 5, "conversation": {"channel": 7}, "private": "no"}),
        ),
    ]
}

/// An incoming message's webhook with some of its fields changed.
fn webhook(id: usize, change: &Value) -> Value {
    let mut webhook = json!({
        "event": "message_created", "id": id, "content": "hello", "created_at": "2026-11-18T10:00:00.500Z",
        "message_type": "incoming", "content_type": "text", "content_attributes": {}, "private": false, "source_id": null,
        "sender": {"id": 7, "name": "Ada", "type": "contact"}, "inbox": {"id": 1, "name": "Site"},
        "account": {"id": 1, "name": "Parcels"},
        "conversation": {"id": 12, "channel": "Channel::WebWidget", "meta": {"sender": {"id": 7, "type": "contact"}}},
    });
    for (name, value) in change.as_object().unwrap() {
        webhook[name] = value.clone();
    }
    webhook
}

async fn start() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("desk").await;
    (server, bot)
}

async fn send(server: &TestServer, bot: &TestBot, body: &Value) -> Value {
    let answer = server.post(&format!("/chatwoot?api_key={}", bot.write_key), body.to_string()).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn facts(server: &TestServer, bot: &TestBot) -> Vec<Fact> {
    server.store.load_facts(bot.id, None, None, 100).await.unwrap()
}

#[tokio::test]
async fn both_sides_of_a_conversation_are_stored_as_one_contacts() {
    let (server, bot) = start().await;
    let agent = json!({"id": 3, "type": "agent_bot"});
    for (id, change) in [
        (1, json!({})),
        (2, json!({"message_type": "outgoing", "sender": agent})),
        (3, json!({"message_type": 0, "created_at": 1_794_996_002})),
        (4, json!({"message_type": 1, "sender": agent, "created_at": "2026-11-18 10:00:03 UTC"})),
        (5, json!({"message_type": "template", "sender": null})),
        (5, json!({"message_type": "template", "sender": null})),
        (6, json!({"message_type": 2})),
        (7, json!({"private": true, "message_type": "outgoing"})),
        (8, json!({"event": "message_updated"})),
    ] {
        send(&server, &bot, &webhook(id, &change)).await;
    }
    let facts = facts(&server, &bot).await;
    let mut seen: Vec<_> = facts.iter().map(|fact| (fact.id.as_str(), said(fact).direction)).collect();
    seen.sort_unstable_by_key(|&(id, _)| id);
    let (incoming, outgoing) = (Direction::Incoming, Direction::Outgoing);
    let directions = [incoming, outgoing, incoming, outgoing, outgoing];
    let ids = ["chatwoot-1", "chatwoot-2", "chatwoot-3", "chatwoot-4", "chatwoot-5"];
    assert_eq!(seen, ids.into_iter().zip(directions).collect::<Vec<_>>());
    for fact in &facts {
        assert_eq!((fact.user_id.as_str(), fact.channel.as_str()), ("7", "webwidget"));
        assert!(fact.session_id.is_none());
    }
    let at = |id: &str| facts.iter().find(|fact| fact.id.as_str() == id).unwrap().at;
    assert_eq!(at("chatwoot-1"), instant("2026-11-18T10:00:00.5Z"));
    assert_eq!(at("chatwoot-4"), instant("2026-11-18T10:00:03Z"));
    server.stop().await;
}

/// Sends a webhook that is signed with a secret at a time.
async fn send_signed(server: &TestServer, bot: &TestBot, secret: &str, seconds: i64) -> Answer {
    let body = webhook(1, &json!({})).to_string();
    let asked = server.post(&format!("/chatwoot/?api_key={}", bot.write_key), body.clone());
    sign(asked, secret, seconds, &body).header("x-chatwoot-delivery", "d-1").send().await
}

fn sign(asked: Ask, secret: &str, seconds: i64, body: &str) -> Ask {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hmac.update(format!("{seconds}.{body}").as_bytes());
    let signature = HEXLOWER.encode(&hmac.finalize().into_bytes());
    asked
        .header("x-chatwoot-signature", &format!("sha256={signature}"))
        .header("x-chatwoot-timestamp", &seconds.to_string())
}

#[tokio::test]
async fn with_a_secret_only_what_is_signed_and_fresh_is_taken() {
    let (server, bot) = start().await;
    let now = instant(NOW).as_ms() / 1_000;
    assert!(server.store.set_chatwoot_secret(bot.id, Some("hush")).await.unwrap());
    for (secret, seconds) in [("hush", now - 301), ("hush", now + 301), ("Hush", now), ("", now), ("hush", 0)]
    {
        send_signed(&server, &bot, secret, seconds).await.assert_problem(401, "unauthorized");
    }
    let unsigned = server.post(&format!("/chatwoot?api_key={}", bot.write_key), "{}").send().await;
    unsigned.assert_problem(401, "unauthorized");
    let other = server.create_bot("other").await;
    assert_eq!(facts(&server, &bot).await.len(), 0);
    for (bot, seconds, accepted) in [(&bot, now - 300, 1), (&bot, now + 300, 0), (&other, now, 1)] {
        let answer = send_signed(&server, bot, "hush", seconds).await;
        assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(accepted)));
    }
    assert!(server.store.set_chatwoot_secret(bot.id, None).await.unwrap());
    assert_eq!(send(&server, &bot, &webhook(2, &json!({}))).await["accepted"], 1);
    server.stop().await;
}

/// Whoever has read the address in a log has the key, and may put it anywhere.
#[tokio::test]
async fn the_secret_holds_wherever_the_key_stands() {
    let (server, bot) = start().await;
    assert!(server.store.set_chatwoot_secret(bot.id, Some("hush")).await.unwrap());
    let key = &bot.write_key;
    let bodies = ["api_key", "writeKey", "token"].map(|name| webhook(1, &json!({ name: key })).to_string());
    let array = json!([webhook(1, &json!({ "api_key": key })), webhook(2, &json!({}))]).to_string();
    for body in bodies.into_iter().chain([array]) {
        server.post("/chatwoot", body.clone()).send().await.assert_problem(401, "unauthorized");
        let asked = server.post("/chatwoot?api_key=pw_unknown", body);
        asked.send().await.assert_problem(401, "unauthorized");
    }
    for header in ["Bearer", "Token"] {
        let asked = server.post("/chatwoot", webhook(1, &json!({})).to_string());
        let asked = asked.header("authorization", &format!("{header} {key}"));
        asked.send().await.assert_problem(401, "unauthorized");
    }
    assert_eq!(facts(&server, &bot).await.len(), 0);
    let signed = webhook(1, &json!({ "api_key": key })).to_string();
    let answer = sign(server.post("/chatwoot", signed.clone()), "hush", NOW_S, &signed).send().await;
    assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(1)));
    server.stop().await;
}

#[tokio::test]
async fn a_key_for_webhooks_opens_nothing_else() {
    let (server, bot) = start().await;
    let limit = Some(KeyLimit::Door(Door::Chatwoot));
    let (key, _) = server.store.create_write_key_for(bot.id, limit, instant(NOW)).await.unwrap().unwrap();
    let limited = TestBot { write_key: key.expose().to_owned(), ..bot };
    let native = json!({"user_id": "u", "direction": "incoming"}).to_string();
    server.send(&limited, native).send().await.assert_problem(403, "key_of_other_door");
    assert_eq!(send(&server, &limited, &webhook(1, &json!({}))).await["accepted"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_signature_opens_nothing_without_a_key() {
    let (server, bot) = start().await;
    server.store.set_chatwoot_secret(bot.id, Some("hush")).await.unwrap();
    let now = instant(NOW).as_ms() / 1_000;
    let stranger = TestBot { write_key: "pw_unknown".to_owned(), ..bot };
    send_signed(&server, &stranger, "hush", now).await.assert_problem(401, "unauthorized");
    server.stop().await;
}
