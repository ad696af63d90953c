//! Rasa's doors: what its event brokers send, and what is stored of it.

use analytics::fact::{Direction, Fact};
use serde_json::{Value, json};

use crate::doors_cases::{KeyPlace, Sample};
use crate::support::{TestBot, TestServer, instant, said};

pub(crate) fn sample() -> Sample {
    let event = |(name, change)| (name, json!([user(1, &change)]).to_string());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let good = user(1, &json!({}));
    Sample {
        door: "rasa",
        path: "/rasa/events?api_key={key}",
        key_place: KeyPlace::Written,
        messages: |count| {
            json!((0..count).map(|number| user(number, &json!({}))).collect::<Vec<_>>()).to_string()
        },
        own_cases: own_cases()
            .map(event)
            .into_iter()
            .chain([
                ("one event", good.to_string()),
                ("events as lines", format!("{good}\n{}\n", user(2, &json!({})))),
                ("an event that is no object, beside a valid one", json!([7, good]).to_string()),
                ("an event that nests without end, beside a valid one", format!("[{deep}, {good}]")),
                ("an empty array", "[]".to_owned()),
            ])
            .collect(),
    }
}

fn own_cases() -> [(&'static str, Value); 15] {
    [
        ("no sender", json!({"sender_id": null})),
        ("a sender that is a number", json!({"sender_id": 7})),
        ("a sender that is too long", json!({"sender_id": "x".repeat(201)})),
        ("no message id", json!({"message_id": null})),
        ("no time", json!({"timestamp": null})),
        ("a time that is none", json!({"timestamp": "yesterday"})),
        ("a clock an hour ahead", json!({"timestamp": 1_795_006_800.5})),
        ("a clock an hour behind", json!({"timestamp": 1_794_999_600.5})),
        ("a clock years ahead", json!({"timestamp": 2_000_000_000})),
        ("a clock years behind", json!({"timestamp": 1})),
        ("an unknown event", json!({"event": "telepathy"})),
        ("a slot", json!({"event": "slot"})),
        ("a reminder", json!({"text": "EXTERNAL: remind", "metadata": {"is_external": true}})),
        (
            "optional fields of the wrong type",
            json!({"text": 5, "parse_data": 7, "input_channel": {}, "handled": "no"}),
        ),
        ("an object without an event", json!({"event": null})),
    ]
}

/// A user's message with some of its fields changed.
fn user(number: usize, change: &Value) -> Value {
    let mut event = json!({
        "event": "user", "sender_id": "user-1", "timestamp": 1_794_996_000.123_456_7, "text": format!("hello {number}"),
        "parse_data": {"intent": {"name": "greet", "confidence": 0.9}}, "input_channel": "rest",
        "message_id": format!("m-{number}"), "metadata": {},
    });
    for (name, value) in change.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn bot_says(at: f64) -> Value {
    json!({"event": "bot", "sender_id": "user-1", "timestamp": at, "text": "hi", "data": {}, "metadata": {}})
}

fn action(name: &str) -> Value {
    json!({"event": "action", "sender_id": "user-1", "timestamp": 1_794_996_001.0, "name": name})
}

async fn start() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("rasa").await;
    (server, bot)
}

async fn send(server: &TestServer, bot: &TestBot, body: &Value) -> Value {
    let answer = server.post("/rasa/events", body.to_string()).bearer(&bot.write_key).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn facts(server: &TestServer, bot: &TestBot) -> Vec<Fact> {
    server.store.load_facts(bot.id, None, None, 100).await.unwrap()
}

#[tokio::test]
async fn a_turn_is_stored_and_the_bot_speaks_on_the_users_channel() {
    let (server, bot) = start().await;
    let turn = json!([
        user(1, &json!({})),
        action("utter_greet"),
        bot_says(1_794_996_001.5),
        action("action_listen")
    ]);
    assert_eq!(send(&server, &bot, &turn).await["accepted"], 2);
    let facts = facts(&server, &bot).await;
    let [heard, spoken] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!(
        (heard.user_id.as_str(), heard.channel.as_str(), heard.at.as_ms()),
        ("user-1", "rest", 1_794_996_000_123)
    );
    assert_eq!((said(heard).intent.as_deref(), said(heard).handled), (Some("greet"), None));
    assert_eq!((spoken.channel.as_str(), said(spoken).direction), ("rest", Direction::Outgoing));
    assert!(heard.session_id.is_none() && spoken.session_id.is_none());
    server.stop().await;
}

#[tokio::test]
async fn what_rasa_fell_back_on_was_not_handled() {
    for (events, handled) in [
        (vec![user(1, &json!({})), action("action_default_fallback")], Some(false)),
        (vec![user(1, &json!({})), action("action_listen"), action("action_default_fallback")], None),
        (vec![user(1, &json!({"parse_data": {"intent": {"name": "nlu_fallback"}}}))], Some(false)),
        (vec![user(1, &json!({"handled": false}))], Some(false)),
        (vec![user(1, &json!({"handled": true})), action("action_default_fallback")], Some(true)),
    ] {
        let (server, bot) = start().await;
        send(&server, &bot, &json!(events)).await;
        let facts = facts(&server, &bot).await;
        assert_eq!(said(&facts[0]).handled, handled, "{events:?}");
        server.stop().await;
    }
}

#[tokio::test]
async fn the_same_event_alone_or_among_others_has_the_same_id() {
    let (server, bot) = start().await;
    let turn = [user(1, &json!({})), bot_says(1_794_996_001.5), bot_says(1_794_996_001.6)];
    send(&server, &bot, &json!(turn)).await;
    for event in &turn {
        assert_eq!(send(&server, &bot, event).await["duplicates"], 1, "{event}");
    }
    // hecho writes entities into a user's text.
    let rewritten = user(1, &json!({"text": "hello [Berlin]{\"entity\": \"city\"}"}));
    assert_eq!(send(&server, &bot, &rewritten).await["duplicates"], 1);
    let elsewhere = user(1, &json!({"sender_id": "user-2"}));
    assert_eq!(send(&server, &bot, &elsewhere).await["accepted"], 1);
    server.stop().await;
}

#[tokio::test]
async fn mantles_shape_is_understood_and_its_sessions_count() {
    let (server, bot) = start().await;
    let event = |id: &str, name: &str, payload: Value| {
        let mut event = json!({
            "conversation_id": "c-1", "user_id": "ada", "session_id": "s-1", "event_id": id, "sequence": 1,
            "timestamp": "2026-11-18T10:00:00.5Z", "deployment_environment": "production", "metadata": {"a": 1}, "added": {},
        });
        event[name] = payload;
        event
    };
    let events = json!([
        event("e-1", "user", json!({"text": "hello", "input_channel": "web"})),
        event("e-2", "bot", json!({"text": "hi"})),
        event("e-3", "memory_set", json!({"value_json": "1"})),
        event("e-4", "user", json!({"text": "hello", "metadata": {"is_external": true}})),
        event("e-1", "user", json!({"text": "hello"})),
    ]);
    let reply = send(&server, &bot, &events).await;
    assert_eq!(
        (&reply["accepted"], &reply["duplicates"], &reply["rejected"]),
        (&json!(2), &json!(1), &json!([]))
    );
    for fact in facts(&server, &bot).await {
        let session = fact.session_id.as_ref().map(|id| id.as_str());
        assert_eq!((fact.user_id.as_str(), session, fact.channel.as_str()), ("ada", Some("s-1"), "web"));
        assert_eq!(fact.at, instant("2026-11-18T10:00:00.5Z"));
    }
    server.stop().await;
}

#[tokio::test]
async fn hechos_broker_is_answered_with_201_and_its_six_attempts_count_once() {
    let (server, bot) = start().await;
    let recorded = include_str!("../../../end2end/clients/recorded/hecho-events-1.3.4-rasa.json");
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let mut sent = 0;
    for request in recorded["requests"].as_array().unwrap() {
        let path = request["path"].as_str().unwrap().replace("recorded-key", &bot.write_key);
        for _ in 0..6 {
            let answer = server.post(&path, request["body"].as_str().unwrap()).send().await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            sent += answer.json()["accepted"].as_u64().unwrap();
        }
    }
    let facts = facts(&server, &bot).await;
    let unhandled = facts.iter().filter(|fact| said(fact).handled == Some(false)).count();
    assert_eq!((sent, facts.len(), unhandled), (4, 4, 1));
    server.stop().await;
}

#[tokio::test]
async fn the_root_is_a_door_for_rasa_alone() {
    let (server, bot) = start().await;
    for query in ["", "?platform=generic"] {
        let answer = server.post(&format!("/{query}"), "[]").bearer(&bot.write_key).send().await;
        answer.assert_problem(405, "method_not_allowed");
    }
    let answer = server.post("/?platform=rasa", "[]").send().await;
    answer.assert_problem(401, "unauthorized");
    assert_eq!(server.get("/").send().await.status, 302);
    server.stop().await;
}
