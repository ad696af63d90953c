//! Dashbot's door: what its clients say on each platform, and what is stored of it.

use analytics::fact::{Direction, Fact, FactKind, Message};
use serde_json::{Value, json};
use store::bots::BotChange;

use crate::doors_cases::{KeyPlace, Sample};
use crate::support::{TestBot, TestServer, instant, said};

const AT: i64 = 1_794_996_000_123;

pub(crate) fn sample() -> Sample {
    let events = own_cases().map(|(name, change)| (name, message(1, &change).to_string()));
    Sample {
        door: "dashbot",
        path: "/track?apiKey={key}&type=incoming&platform=generic&v=12.1.0-npm",
        key_place: KeyPlace::Written,
        messages,
        own_cases: events.into_iter().chain([beside_a_valid_one()]).collect(),
    }
}

fn messages(count: usize) -> String {
    match count {
        1 => message(1, &json!({})).to_string(),
        _ => json!((0..count).map(|number| message(number, &json!({}))).collect::<Vec<_>>()).to_string(),
    }
}

fn beside_a_valid_one() -> (&'static str, String) {
    ("a message that is no object, beside a valid one", json!([7, message(1, &json!({}))]).to_string())
}

fn own_cases() -> [(&'static str, Value); 13] {
    [
        ("no user", json!({"userId": null})),
        ("a user's id that is a number", json!({"userId": 7})),
        ("a user's id that is an object", json!({"userId": {}})),
        ("a user's id that is too long", json!({"userId": "x".repeat(201)})),
        ("no time", json!({"dashbot_timestamp": null})),
        ("a time that is none", json!({"dashbot_timestamp": "yesterday"})),
        ("a clock an hour ahead", json!({"dashbot_timestamp": 1_795_006_800_000_i64})),
        ("a clock an hour behind", json!({"dashbot_timestamp": 1_794_999_600_000_i64})),
        ("a clock years ahead", json!({"dashbot_timestamp": 2_000_000_000_000_i64})),
        ("a clock years behind", json!({"dashbot_timestamp": 1_000})),
        ("an intent that is no object", json!({"intent": "greet"})),
        (
            "optional fields of the wrong type",
            json!({"text": 5, "intent": {"name": 7}, "conversationId": {}}),
        ),
        ("a text of 65 KiB", json!({"text": "x".repeat(65 * 1024)})),
    ]
}

/// A message with some of its fields changed.
fn message(number: usize, change: &Value) -> Value {
    let mut message = json!({
        "userId": "user-1", "conversationId": "c-1", "dashbot_timestamp": AT, "text": format!("hello {number}"),
        "intent": {"name": "greet", "confidence": 0.9}, "platformJson": {"a": 1},
    });
    for (name, value) in change.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

async fn start() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("dash").await;
    let change = BotChange { stores_text: Some(true), ..BotChange::default() };
    server.store.change_bot(bot.id, &change).await.unwrap();
    (server, bot)
}

async fn track(server: &TestServer, bot: &TestBot, query: &str, body: &Value) -> Value {
    let path = format!("/track?apiKey={}&v=12.1.0-npm&{query}", bot.write_key);
    let answer = server.post(&path, body.to_string()).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn facts(server: &TestServer, bot: &TestBot) -> Vec<Fact> {
    server.store.load_facts(bot.id, None, None, 100).await.unwrap()
}

#[tokio::test]
async fn a_message_in_the_generic_form_is_stored_with_what_it_says() {
    let (server, bot) = start().await;
    let answer = track(&server, &bot, "type=incoming&platform=webchat", &message(1, &json!({}))).await;
    assert_eq!((&answer["success"], &answer["accepted"]), (&json!(true), &json!(1)));
    let facts = facts(&server, &bot).await;
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((fact.user_id.as_str(), fact.channel.as_str(), fact.at.as_ms()), ("user-1", "webchat", AT));
    assert!(fact.session_id.is_none());
    let message = said(fact);
    assert_eq!((message.direction, message.handled), (Direction::Incoming, None));
    assert_eq!((message.text.as_deref(), message.intent.as_deref()), (Some("hello 1"), Some("greet")));
    server.stop().await;
}

#[tokio::test]
async fn what_was_not_handled_is_marked_and_has_no_intent() {
    let (server, bot) = start().await;
    let change = json!({"intent": {"name": "NotHandled"}});
    track(&server, &bot, "type=outgoing&platform=generic", &message(1, &change)).await;
    let facts = facts(&server, &bot).await;
    let message = said(&facts[0]);
    assert_eq!((message.direction, message.handled), (Direction::Outgoing, Some(false)));
    assert!(message.intent.is_none());
    server.stop().await;
}

#[tokio::test]
async fn the_same_words_count_again_at_another_time_or_from_the_other_side_and_a_repeat_does_not() {
    let (server, bot) = start().await;
    for (query, change) in [
        ("type=incoming&platform=generic", json!({})),
        ("type=incoming&platform=generic", json!({})),
        ("type=outgoing&platform=generic", json!({})),
        ("type=incoming&platform=generic", json!({"dashbot_timestamp": AT + 1})),
        ("type=incoming&platform=generic", json!({"userId": "user-2"})),
        ("type=incoming&platform=generic", json!({"conversationId": "c-2"})),
    ] {
        track(&server, &bot, query, &message(1, &change)).await;
    }
    assert_eq!(facts(&server, &bot).await.len(), 5);
    server.stop().await;
}

#[tokio::test]
async fn events_are_counted_under_their_name_or_their_type() {
    let (server, bot) = start().await;
    let event = |change: Value| message(1, &change);
    for body in [
        event(json!({"type": "customEvent", "name": "handoff", "extraInfo": {"to": "Ada"}})),
        event(json!({"type": "revenueEvent", "amount": 9.5})),
        event(json!({"type": "customEvent"})),
        event(json!({"type": "customEvent", "name": "handoff", "extraInfo": {"to": "Ada"}})),
    ] {
        track(&server, &bot, "type=event&platform=generic", &body).await;
    }
    let facts = facts(&server, &bot).await;
    let mut events: Vec<_> = facts
        .iter()
        .map(|fact| match &fact.kind {
            FactKind::Event(event) => (event.name.as_str(), event.value_nano, event.properties.as_deref()),
            other => panic!("no event: {other:?}"),
        })
        .collect();
    events.sort_unstable();
    let handoff = ("handoff", None, Some(r#"{"to":"Ada"}"#));
    assert_eq!(events, [handoff, ("revenueEvent", Some(9_500_000_000), None)]);
    server.stop().await;
}

#[tokio::test]
async fn slack_messenger_and_line_are_understood() {
    let (server, bot) = start().await;
    let slack = |message: Value| json!({"team": {"id": "T1"}, "bot": {"id": "B1"}, "message": message});
    let heard = slack(
        json!({"type": "message", "user": "U1", "channel": "D1", "ts": "1794996000.000100", "text": "hi"}),
    );
    let spoken = slack(
        json!({"type": "message", "user": "B1", "channel": "D1", "ts": "1794996001.000100", "text": "ho"}),
    );
    let typing = slack(json!({"type": "user_typing", "user": "U1", "channel": "D1"}));
    for (direction, body) in
        [("incoming", &heard), ("incoming", &heard), ("outgoing", &spoken), ("incoming", &typing)]
    {
        track(&server, &bot, &format!("type={direction}&platform=slack"), body).await;
    }
    let page = json!({"object": "page", "entry": [{"messaging": [
        {"sender": {"id": "p1"}, "recipient": {"id": "page"}, "timestamp": AT, "message": {"mid": "m1", "text": "hi"}},
        {"sender": {"id": "page"}, "recipient": {"id": "p1"}, "timestamp": AT, "message": {"mid": "m2", "is_echo": true, "text": "ho"}},
        {"sender": {"id": "p1"}, "recipient": {"id": "page"}, "timestamp": AT, "postback": {"mid": "m3", "title": "Start", "payload": "GO"}},
        {"sender": {"id": "p1"}, "recipient": {"id": "page"}, "timestamp": AT, "read": {"watermark": 1}},
    ]}]});
    track(&server, &bot, "type=all&platform=facebook", &page).await;
    let posted = json!({
        "json": {"recipient": {"id": "p1"}, "message": {"text": "ho"}}, "responseBody": {"message_id": "m2"},
    });
    track(&server, &bot, "type=outgoing&platform=facebook", &posted).await;
    track(&server, &bot, "type=incoming&platform=line", &message(1, &json!({"userId": "l1"}))).await;
    let facts = facts(&server, &bot).await;
    let mut seen: Vec<_> = facts
        .iter()
        .map(|fact| {
            (fact.channel.as_str(), fact.user_id.as_str(), said(fact).direction == Direction::Incoming)
        })
        .collect();
    seen.sort_unstable();
    let expected = [
        ("facebook", "p1", false),
        ("facebook", "p1", true),
        ("facebook", "p1", true),
        ("line", "l1", true),
        ("slack", "D1", false),
        ("slack", "U1", true),
    ];
    assert_eq!(seen, expected);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_message_is_ignored() {
    let (server, bot) = start().await;
    for (query, body) in [
        ("type=connect&platform=slack", json!({"user": {}})),
        ("type=telepathy&platform=generic", message(1, &json!({}))),
        ("platform=generic", message(1, &json!({}))),
        ("type=incoming&platform=microsoft", json!({"type": "typing"})),
        ("type=incoming&platform=rasa", json!({"event": "slot", "sender_id": "u", "timestamp": 1.0})),
        ("type=incoming&platform=slack", json!({})),
        ("type=incoming&platform=facebook", json!({"json": {}})),
        ("type=incoming&platform=facebook", json!({"entry": [{"messaging": {}}, 7]})),
        ("type=all&platform=generic", message(1, &json!({}))),
    ] {
        assert_eq!(track(&server, &bot, query, &body).await["rejected"], json!([]), "{query}");
    }
    assert!(facts(&server, &bot).await.is_empty());
    server.stop().await;
}

/// Requests as real clients sent them, each of them twice.
async fn replay(server: &TestServer, bot: &TestBot, recorded: &str) {
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    for request in recorded["requests"].as_array().unwrap() {
        let path = request["path"].as_str().unwrap().replace("recorded-key", &bot.write_key);
        for _ in 0..2 {
            let answer = server.post(&path, request["body"].as_str().unwrap()).send().await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn dashbots_own_client_its_rasa_broker_and_its_middleware_count_once() {
    let (server, bot) = start().await;
    server.clock.set(instant("2026-12-01T00:00:00Z"));
    for (recorded, incoming, outgoing, unhandled) in [
        (include_str!("../../../end2end/clients/recorded/dashbot-node-12.1.0.json"), 1, 1, 1),
        (include_str!("../../../end2end/clients/recorded/dashbot-python-0.0.22-rasa.json"), 2, 2, 1),
        (include_str!("../../../end2end/clients/recorded/dashbot-node-12.1.0-microsoft.json"), 2, 2, 0),
    ] {
        let before = facts(&server, &bot).await;
        replay(&server, &bot, recorded).await;
        let facts = facts(&server, &bot).await;
        let new: Vec<_> = facts.iter().filter(|fact| !before.contains(fact)).collect();
        let messages: Vec<_> = new
            .iter()
            .filter(|fact| matches!(fact.kind, FactKind::Message(_)))
            .map(|fact| said(fact))
            .collect();
        let count = |is: fn(&&&Message) -> bool| messages.iter().filter(is).count();
        assert_eq!(count(|message| message.direction == Direction::Incoming), incoming, "{new:?}");
        assert_eq!(count(|message| message.direction == Direction::Outgoing), outgoing, "{new:?}");
        assert_eq!(count(|message| message.handled == Some(false)), unhandled, "{new:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn activities_are_told_apart_by_their_conversation() {
    let (server, bot) = start().await;
    let activity = |conversation: &str, change: Value| {
        let mut activity = json!({
            "type": "message", "id": "0", "timestamp": "2026-11-18T10:00:00.5Z", "channelId": "msteams", "text": "hi",
            "from": {"id": "29:ada", "role": "user"}, "recipient": {"id": "28:bot"}, "conversation": {"id": conversation},
        });
        for (name, value) in change.as_object().unwrap() {
            activity[name] = value.clone();
        }
        activity
    };
    for (kind, body) in [
        ("incoming", activity("one", json!({}))),
        ("incoming", activity("one", json!({"luisResults": {}}))),
        ("incoming", activity("two", json!({}))),
        (
            "outgoing",
            activity("two", json!({"id": null, "from": {"id": "28:bot"}, "recipient": {"id": "29:ada"}})),
        ),
        (
            "all",
            activity(
                "two",
                json!({"id": "9", "from": {"id": "28:bot"}, "recipient": {"id": "29:ada"}, "replyToId": "0"}),
            ),
        ),
        ("outgoing", activity("two", json!({"type": "endOfConversation"}))),
    ] {
        track(&server, &bot, &format!("type={kind}&platform=microsoft"), &body).await;
    }
    let facts = facts(&server, &bot).await;
    assert!(facts.iter().all(|fact| fact.user_id.as_str() == "29:ada" && fact.channel.as_str() == "msteams"));
    let incoming = facts.iter().filter(|fact| said(fact).direction == Direction::Incoming).count();
    assert_eq!((facts.len(), incoming), (4, 2), "{facts:?}");
    server.stop().await;
}
