//! The figures as readers of Botpress' admin API ask for them: those of the read API, in their form.

use analytics::calendar::Zone;
use http::Method;
use serde_json::{Value, json};
use store::bots::NewBot;

use crate::support::{NOW, TestBot, TestServer, incoming, instant};

fn path(id: &str, query: &str) -> String {
    format!("/v1/admin/bots/{id}/analytics?{query}")
}

async fn records(server: &TestServer, bot: &TestBot, start: &str, end: &str) -> Vec<Value> {
    let query = format!("startDate={start}&endDate={end}");
    let answer = server.get(&path(&bot.id.to_string(), &query)).bearer(&bot.read_token).send().await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()["records"].as_array().unwrap().clone()
}

async fn create_bot_in(server: &TestServer, zone: &str) -> TestBot {
    let owner = server.create_account(&format!("{}@example.org", zone.replace('/', "-"))).await;
    let zone: Zone = zone.parse().unwrap();
    let bot = NewBot { id: None, owner, name: "abroad".to_owned(), zone, is_activated: true };
    let id = server.store.create_bot(&bot, instant(NOW)).await.unwrap();
    let (write_key, _) = server.store.create_write_key(id, instant(NOW)).await.unwrap().unwrap();
    let read_token = server.create_read_token(owner, None).await;
    TestBot { id, owner, write_key: write_key.expose().to_owned(), read_token }
}

/// Talk around midnights and around the end of summer time, of some who come back.
async fn send_talk(server: &TestServer, bot: &TestBot) {
    let mut items: Vec<Value> = [
        ("a", "2026-10-23T21:59:59.999Z"),
        ("a", "2026-10-23T22:00:00Z"),
        ("b", "2026-10-24T15:30:00Z"),
        ("a", "2026-10-25T00:30:00Z"),
        ("a", "2026-10-25T01:30:00Z"),
        ("c", "2026-10-25T22:59:59.999Z"),
        ("b", "2026-10-25T23:00:00Z"),
        ("c", "2026-11-17T23:00:00Z"),
    ]
    .iter()
    .map(|(user, at)| incoming(user, at))
    .collect();
    let mut reply = incoming("a", "2026-10-25T01:30:01Z");
    reply["direction"] = json!("outgoing");
    items.push(reply);
    let count = items.len();
    let receipt = server.send(bot, Value::from(items).to_string()).send().await.json();
    assert_eq!(receipt["accepted"], count);
}

/// Both doors' figures of the same days, day by day.
async fn assert_same_as_read_api(server: &TestServer, bot: &TestBot, from: &str, to: &str) {
    let query = format!("from={from}&to={to}&granularity=day&compare=none");
    let path = format!("/api/v1/bots/{}/analytics?{query}", bot.id);
    let report = server.get(&path).bearer(&bot.read_token).send().await.json();
    let rows = report["timeseries"].as_array().unwrap();
    let records = records(server, bot, from, to).await;
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(rows) {
        for (theirs, ours) in [
            ("newUsers", "new_users"),
            ("returningUsers", "returning_users"),
            ("sessions", "sessions"),
            ("messages", "messages"),
            ("userMessages", "messages"),
            ("botMessages", "bot_messages"),
        ] {
            assert_eq!(record[theirs], row[ours].as_u64().unwrap_or(0), "{ours} of {row}");
        }
        let instant_of = |value: &Value| instant(value.as_str().unwrap());
        assert_eq!(instant_of(&record["startDateTimeUtc"]), instant_of(&row["start"]));
        assert_eq!(instant_of(&record["endDateTimeUtc"]).plus_ms(1), instant_of(&row["end"]));
    }
}

#[tokio::test]
async fn each_days_figures_are_those_of_the_read_api_in_the_bots_zone() {
    let server = TestServer::start().await;
    for zone in ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"] {
        let bot = create_bot_in(&server, zone).await;
        send_talk(&server, &bot).await;
        assert_same_as_read_api(&server, &bot, "2026-10-20", "2026-11-20").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_record_has_every_field_of_its_form() {
    let server = TestServer::start().await;
    let bot = server.create_bot("form").await;
    send_talk(&server, &bot).await;
    let reply = json!({ "user_id": "a", "at": "2026-10-25T12:00:00Z", "direction": "outgoing", "model": "m",
        "input_tokens": 12, "output_tokens": 34, "cost_usd": 0.5, "latency_ms": 812, "model_failed": true });
    let call =
        json!({ "type": "model_call", "user_id": "a", "at": "2026-10-25T12:00:01Z", "input_tokens": 3 });
    let handoff = json!({ "type": "handoff", "user_id": "a", "at": "2026-10-25T12:00:02Z" });
    let feedback = json!({ "type": "feedback", "user_id": "a", "at": "2026-10-26T12:00:02Z" });
    let items = json!([reply, call, handoff, feedback]);
    assert_eq!(server.send(&bot, items.to_string()).send().await.json()["accepted"], 4);
    // One call tells how long it took, so all that is known of it is exact.
    let latency = json!({ "mean": 812.0, "sd": 0.0, "min": 812.0, "max": 812.0 });
    let speed = 34.0 / 0.812;
    let speed = json!({ "mean": speed, "sd": 0.0, "min": speed, "max": speed });
    assert_eq!(
        records(&server, &bot, "2026-10-25", "2026-10-25").await,
        [json!({
            "startDateTimeUtc": "2026-10-24T22:00:00.000Z",
            "endDateTimeUtc": "2026-10-25T22:59:59.999Z",
            "returningUsers": 1,
            "newUsers": 1,
            "sessions": 3,
            "messages": 3,
            "userMessages": 3,
            "botMessages": 2,
            "events": 1,
            "eventTypes": { "handoff": 1 },
            "customEvents": { "handoff": 1 },
            "llm": {
                "calls": 2,
                "errors": 1,
                "inputTokens": 15,
                "outputTokens": 34,
                "latency": latency,
                "tokensPerSecond": speed,
                "cost": { "sum": 0.5, "mean": 0.25, "sd": 0.0, "min": 0.25, "max": 0.25 },
            },
        })]
    );
    server.stop().await;
}

#[tokio::test]
async fn days_before_the_first_message_and_days_to_come_have_zeros() {
    let server = TestServer::start().await;
    let bot = server.create_bot("gaps").await;
    send_talk(&server, &bot).await;
    for (start, end, count) in [("2026-01-01", "2026-01-31", 31), ("2026-11-19", "2026-11-20", 2)] {
        let records = records(&server, &bot, start, end).await;
        assert_eq!(records.len(), count);
        assert!(records.iter().all(|record| record["messages"] == 0 && record["newUsers"] == 0));
    }
    server.stop().await;
}

#[tokio::test]
async fn dates_and_instants_name_the_local_days_that_they_lie_in() {
    let server = TestServer::start().await;
    let bot = server.create_bot("edges").await;
    for (start, end, first, last) in [
        ("2026-11-01", "2026-11-03", "2026-10-31T23:00:00.000Z", "2026-11-03T22:59:59.999Z"),
        (
            "2026-11-01T12:00:00Z",
            "2026-11-03T22:59:59.999Z",
            "2026-10-31T23:00:00.000Z",
            "2026-11-03T22:59:59.999Z",
        ),
        // The end of a stretch that ends with a day.
        (
            "2026-10-31T23:00:00Z",
            "2026-11-03T23:00:00.000Z",
            "2026-10-31T23:00:00.000Z",
            "2026-11-03T22:59:59.999Z",
        ),
        // In UTC it is still October, in Berlin it is not.
        ("2026-10-31T23:30:00.000Z", "2026-11-02", "2026-10-31T23:00:00.000Z", "2026-11-02T22:59:59.999Z"),
        ("2026-11-01T00:00:00+01:00", "2026-11-01", "2026-10-31T23:00:00.000Z", "2026-11-01T22:59:59.999Z"),
        (
            "2026-11-01T00%3A00%3A00%2B01%3A00",
            "2026-11-01",
            "2026-10-31T23:00:00.000Z",
            "2026-11-01T22:59:59.999Z",
        ),
    ] {
        let records = records(&server, &bot, start, end).await;
        let ends = (&records[0]["startDateTimeUtc"], &records.last().unwrap()["endDateTimeUtc"]);
        assert_eq!(ends, (&json!(first), &json!(last)), "{start} to {end}");
    }
    server.stop().await;
}

/// A problem that the client of that API turns into an error of its own.
async fn assert_refused(server: &TestServer, path: &str, token: &str, status: u16, word: &str) -> Value {
    let answer = server.get(path).bearer(token).send().await;
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(
        (&body["type"], &body["code"], &body["status"]),
        (&json!(word), &json!(status), &json!(status))
    );
    assert_eq!(body["message"], body["detail"]);
    assert_eq!(body["id"], answer.header("x-incident-id"));
    assert!(body["title"].is_string() && body["detail"].is_string());
    body
}

const WEEK: &str = "startDate=2026-11-01&endDate=2026-11-07";

#[tokio::test]
async fn only_a_read_token_opens_it() {
    let server = TestServer::start().await;
    let bot = server.create_bot("closed").await;
    let path = path(&bot.id.to_string(), WEEK);
    for token in ["pr_unknown", "", &bot.write_key] {
        assert_refused(&server, &path, token, 401, "Unauthorized").await;
    }
    let unsigned = server.get(&path).send().await;
    assert_eq!((unsigned.status, &unsigned.json()["type"]), (401, &json!("Unauthorized")));
    server.stop().await;
}

#[tokio::test]
async fn an_inactive_bot_is_forbidden() {
    let server = TestServer::start().await;
    let bot = server.create_bot("inactive").await;
    server.deactivate(bot.id).await;
    assert_refused(&server, &path(&bot.id.to_string(), WEEK), &bot.read_token, 403, "Forbidden").await;
    server.stop().await;
}

#[tokio::test]
async fn anothers_bot_is_as_absent_as_one_that_never_was() {
    let server = TestServer::start().await;
    let (mine, others) = (server.create_bot("mine").await, server.create_bot("others").await);
    server.deactivate(others.id).await;
    let mut bodies = Vec::new();
    for id in [others.id.to_string(), "0000000000000".to_owned(), "nonsense".to_owned(), "%ff".to_owned()] {
        let mut body =
            assert_refused(&server, &path(&id, WEEK), &mine.read_token, 404, "ResourceNotFound").await;
        body["id"] = Value::Null;
        bodies.push(body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_unreadable_query_is_refused_in_their_words() {
    let server = TestServer::start().await;
    let bot = server.create_bot("queries").await;
    for query in [
        "",
        "startDate=2026-11-01",
        "endDate=2026-11-01",
        "startDate=2026-11-01&endDate=soon",
        "startDate=2026-11-01T10:00&endDate=2026-11-02",
        "startDate=2026-11-02&endDate=2026-11-01",
        "startDate=2026-11-01&endDate=2026-11-02&endDate=2026-11-03",
        // More than 1,500 days, and days that lie too far away.
        "startDate=2020-01-01&endDate=2026-11-01",
        "startDate=1999-12-31&endDate=2000-01-01",
        "startDate=2026-11-01&endDate=2029-01-01",
        "startDate=0000-01-01T00:00:00Z&endDate=9999-12-31T23:59:59Z",
    ] {
        assert_refused(&server, &path(&bot.id.to_string(), query), &bot.read_token, 400, "InvalidQuery")
            .await;
    }
    server.stop().await;
}

#[tokio::test]
async fn it_is_read_and_nothing_else() {
    let server = TestServer::start().await;
    let bot = server.create_bot("methods").await;
    let ask = server.ask(Method::POST, &path(&bot.id.to_string(), WEEK)).bearer(&bot.read_token);
    assert_eq!(ask.send().await.status, 405);
    server.stop().await;
}
