//! The Intake log: every outcome of a request of a known key is in it, nothing of what people wrote is, and it is its
//! owner's alone.

use std::num::NonZeroU32;
use std::sync::Arc;

use serde_json::{Value, json};
use server::intake::log::IntakeLog;
use server::state::ServerState;
use store::intake_log::{IntakeLog as Kept, RejectionKind};

use crate::support::{TestBot, TestServer, incoming};

const AT: &str = "2026-11-18T10:00:00Z";
const SECRET: &str = "what somebody wrote";

/// A server, and what of its log is still in memory.
async fn start_with(change: impl FnOnce(ServerState) -> ServerState) -> (TestServer, Arc<IntakeLog>) {
    let mut log = None;
    let server = TestServer::start_with(|state| {
        let state = change(state);
        log = Some(state.intake_log.clone());
        state
    });
    let server = server.await;
    (server, log.unwrap())
}

async fn start() -> (TestServer, Arc<IntakeLog>) {
    start_with(|state| state).await
}

/// What is written of a bot, once nothing waits.
async fn read(server: &TestServer, log: &IntakeLog, bot: &TestBot) -> Kept {
    log.flush_all(server.store.store()).await;
    server.store.load_intake_log(bot.id).await.unwrap()
}

/// Through a door whose key stands in the address.
async fn send_through(server: &TestServer, bot: &TestBot, path: &str, body: &Value) -> u16 {
    let path = format!("{path}?api_key={}", bot.write_key);
    server.post(&path, body.to_string()).header("user-agent", "some-client/1.2").send().await.status
}

#[tokio::test]
async fn what_became_of_each_item_is_noted_with_the_door_and_the_client() {
    let (server, log) = start().await;
    let bot = server.create_bot("noted").await;
    let items = json!([incoming("ada", AT), incoming("ada", AT), { "at": AT }, { "user_id": "ada", "at": "yesterday" }]);
    let sent = server.send(&bot, items.to_string()).header("user-agent", "curl/8.5.0").send().await;
    assert_eq!(sent.status, 200);
    let batch = json!({"batch": [
        {"type": "identify", "userId": "ada"},
        {"type": "track", "userId": "bob", "event": "Message Received", "messageId": "1", "timestamp": AT,
            "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}}},
        {"type": "track", "event": "Message Received", "messageId": "2", "timestamp": AT},
    ]});
    assert_eq!(send_through(&server, &bot, "/v1/batch", &batch).await, 200);

    let kept = read(&server, &log, &bot).await;
    assert_eq!(kept.requests.len(), 2);
    let segment = kept.requests.iter().find(|request| request.door == "segment").unwrap();
    assert_eq!((segment.status, segment.accepted, segment.rejected, segment.ignored), (200, 1, 1, 1));
    assert!(segment.client.as_deref().unwrap().contains("3.1.0"), "{:?}", segment.client);
    let native = kept.requests.iter().find(|request| request.door == "native").unwrap();
    assert_eq!((native.accepted, native.duplicates, native.rejected, native.ignored), (1, 1, 2, 0));
    assert_eq!(native.client.as_deref(), Some("curl/8.5.0"));

    let find = |door: &str, code: &str| {
        kept.rejections.iter().find(|known| known.door == door && known.code == code).unwrap()
    };
    assert_eq!(find("segment", "identify").kind, RejectionKind::Ignored);
    assert_eq!(find("segment", "user_id_missing").items, 1);
    let sample = find("native", "at_invalid").sample.as_ref().unwrap();
    assert_eq!(sample.fields, ["at", "user_id"]);
    assert_eq!((sample.field.as_deref(), sample.value.as_deref()), (Some("at"), Some("\"yesterday\"")));
    server.stop().await;
}

#[tokio::test]
async fn refused_requests_of_a_known_key_are_noted_and_those_of_an_unknown_key_are_nobodys() {
    let one = NonZeroU32::new(4);
    let (server, log) = start_with(|state| state.with_intake_limit(one)).await;
    let bot = server.create_bot("refused").await;
    let large = vec![b' '; 5 * 1024 * 1024 + 1];
    for (body, status) in [(b"".to_vec(), 400), (b"[".to_vec(), 400), (large, 413)] {
        assert_eq!(server.send(&bot, body).send().await.status, status);
    }
    server.deactivate(bot.id).await;
    // A slow machine may be within the limit for a while.
    let mut status = 403;
    for _ in 0..100 {
        assert_eq!(status, 403);
        status = server.send(&bot, "{}").send().await.status;
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
    assert_eq!(server.post("/api/v1/events", "{}").bearer("pw_nobody").send().await.status, 401);
    assert_eq!(server.post("/api/v1/events", "{}").send().await.status, 401);

    let kept = read(&server, &log, &bot).await;
    let mut outcomes: Vec<_> = kept
        .requests
        .iter()
        .map(|request| (request.status, request.refusal.as_ref().unwrap().code.as_str()))
        .collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    let expected = [
        (400, "array_invalid"),
        (400, "body_empty"),
        (403, "bot_inactive"),
        (413, "body_too_large"),
        (429, "rate_limited"),
    ];
    assert_eq!(outcomes, expected);
    server.stop().await;
}

#[tokio::test]
async fn every_door_notes_under_its_name() {
    let (server, log) = start().await;
    let bot = server.create_bot("doors").await;
    for (path, door) in [
        ("/v1/batch", "segment"),
        ("/v1/track", "segment"),
        ("/batch", "posthog"),
        ("/capture/", "posthog"),
        ("/track", "dashbot"),
        ("/rasa/events", "rasa"),
        ("/chatwoot", "chatwoot"),
        ("/v1/traces", "otlp"),
        ("/v1/logs", "otlp"),
    ] {
        let path = format!("{path}?api_key={}", bot.write_key);
        server.post(&path, "x").send().await;
        let kept = read(&server, &log, &bot).await;
        assert_eq!(kept.requests[0].door, door, "{path}");
        assert_eq!(kept.requests[0].status >= 400, !path.starts_with("/v1/logs"), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn no_sample_holds_what_people_wrote() {
    let (server, log) = start().await;
    let bot = server.create_bot("private").await;
    let long = SECRET.repeat(5_000);
    let items = json!([
        { "user_id": "ada", "at": "x", "text": SECRET, "content": SECRET, "direction": "incoming" },
        { "user_id": "ada", "direction": "incoming", "text": long },
        { "user_id": { "name": SECRET }, "direction": "incoming" },
        { "user_id": "ada", "type": "event", "properties": SECRET },
        SECRET,
    ]);
    assert_eq!(server.send(&bot, items.to_string()).send().await.status, 200);
    let lines = format!("{{\"text\": \"{SECRET}\nnot even {SECRET}");
    assert_eq!(server.send(&bot, lines).send().await.status, 200);
    let kept = read(&server, &log, &bot).await;
    assert!(kept.rejections.len() >= 5, "{:?}", kept.rejections);
    let cookie = server.login_cookie(bot.owner).await;
    let page = server.get(&format!("/bots/{}/intake", bot.id)).cookie(&cookie).send().await;
    assert!(page.text().contains("text_too_long"), "{}", page.text());
    for shown in [format!("{kept:?}"), page.text()] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_the_store_does_not_take_is_noted_with_what_was_wrong() {
    let (server, log) = start().await;
    let bot = server.create_bot("full").await;
    let channels: Vec<_> = (0..101)
        .map(
            |n| json!({ "user_id": "ada", "at": AT, "direction": "incoming", "channel": format!("c{n:03}") }),
        )
        .collect();
    let (most, last) = channels.split_at(100);
    assert_eq!(server.send(&bot, json!(most).to_string()).send().await.status, 200);
    assert_eq!(server.send(&bot, json!(last).to_string()).send().await.status, 200);
    let kept = read(&server, &log, &bot).await;
    assert_eq!(kept.rejections[0].code, "too_many_channels");
    assert_eq!(kept.rejections[0].sample.as_ref().unwrap().value.as_deref(), Some("\"c100\""));
    server.stop().await;
}

#[tokio::test]
async fn a_storm_is_noted_as_a_sample_and_a_count() {
    let (server, log) = start().await;
    let bot = server.create_bot("storm").await;
    for _ in 0..60 {
        assert_eq!(server.send(&bot, incoming("ada", AT).to_string()).send().await.status, 200);
    }
    let kept = read(&server, &log, &bot).await;
    let noted: u64 = kept.requests.iter().map(|request| 1 + request.left_out).sum();
    assert_eq!(noted, 60);
    server.stop().await;
}

#[tokio::test]
async fn what_waits_is_written_when_the_server_stops() {
    let (server, _log) = start().await;
    let bot = server.create_bot("stopped").await;
    assert_eq!(server.send(&bot, incoming("ada", AT).to_string()).send().await.status, 200);
    let closed = server.stop().await;
    let store = closed.open_again().await.unwrap();
    assert_eq!(store.load_intake_log(bot.id).await.unwrap().requests.len(), 1);
    store.close().await;
}

#[tokio::test]
async fn what_comes_is_written_by_itself_and_the_page_shows_it_to_its_owner_alone() {
    let (server, _log) = start().await;
    let (mine, theirs) = (server.create_bot("mine").await, server.create_bot("theirs").await);
    let cookie = server.login_cookie(mine.owner).await;
    let page =
        |bot: &TestBot, name: &str| server.get(&format!("/bots/{}/{name}", bot.id)).cookie(&cookie).send();
    assert!(page(&mine, "intake").await.text().contains("Nothing has come yet"));
    for name in ["intake", "connect"] {
        let foreign = page(&theirs, name).await;
        assert_eq!(foreign.status, 404, "{name}");
        let absent = server.get(&format!("/bots/0000000000000/{name}")).cookie(&cookie).send().await;
        assert_eq!(absent.status, 404, "{name}");
    }

    assert_eq!(server.send(&mine, json!([{ "at": AT }]).to_string()).send().await.status, 200);
    while server.store.load_intake_log(mine.id).await.unwrap().requests.is_empty() {
        tokio::task::yield_now().await;
    }
    let shown = page(&mine, "intake").await;
    assert_eq!(shown.status, 200);
    for words in ["user_id_missing", "user_id is required", "Parlance API"] {
        assert!(shown.text().contains(words), "{words} is not in\n{}", shown.text());
    }
    let filtered = page(&mine, "intake?door=segment").await.text();
    assert!(filtered.contains("No recent request matches"), "{filtered}");
    server.stop().await;
}

#[tokio::test]
async fn requests_are_measured_by_their_door() {
    let networks = vec!["127.0.0.1/32".parse().unwrap()];
    let (server, _log) = start_with(|state| state.with_metrics_from(networks)).await;
    let bot = server.create_bot("measured").await;
    assert_eq!(send_through(&server, &bot, "/v1/batch", &json!({ "batch": [] })).await, 200);
    server.post("/batch", "{}").send().await.assert_problem(401, "unauthorized");
    let measures = server.get("/metrics").send().await.text();
    for line in [
        "parlance_intake_requests_total{door=\"segment\",status=\"200\"} 1",
        "parlance_intake_requests_total{door=\"posthog\",status=\"401\"} 1",
        "parlance_intake_request_seconds_count{door=\"segment\"} 1",
        "parlance_http_requests_total{class=\"intake\",status=\"200\"} 1",
    ] {
        assert!(measures.contains(line), "{line} is not in\n{measures}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_lines_to_paste_hold_a_new_key_once() {
    let server = TestServer::start().await;
    let bot = server.create_bot("pasted").await;
    let cookie = server.login_cookie(bot.owner).await;
    let path = format!("/bots/{}/connect", bot.id);
    let page = server.get(&path).cookie(&cookie).send().await.text();
    assert!(page.contains("data-snippet=\"segment-node\"") && page.contains("YOUR_WRITE_KEY"), "{page}");
    assert!(page.contains(&format!("{}/api/v1/events", server.base_url)), "{page}");

    let made = server.call("create_write_key", &format!("bot_id={}&next={path}", bot.id)).cookie(&cookie);
    let flash = made.send().await.header("set-cookie").split(';').next().unwrap().to_owned();
    let page = server.get(&path).cookie(&format!("{cookie}; {flash}")).send().await;
    // Behind it stands the login's signature.
    let key = flash.rsplit('.').nth(1).unwrap();
    assert!(key.starts_with("pw_") && page.text().matches(key).count() > 10, "{flash}");
    assert!(!page.text().contains("Bearer YOUR_WRITE_KEY"));
    let mut cookies = page.headers.get_all("set-cookie").iter();
    assert!(
        cookies.any(|cookie| cookie.to_str().unwrap().starts_with("parlance_flash=;")),
        "{:?}",
        page.headers
    );
    // With two keys there is no button for a third.
    let page = server.get(&path).cookie(&cookie).send().await.text();
    assert!(page.contains("This bot has two keys") && !page.contains("Make a write key"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn a_webhook_of_a_known_key_with_a_wrong_signature_is_noted() {
    let (server, log) = start().await;
    let bot = server.create_bot("signed").await;
    server.store.set_chatwoot_secret(bot.id, Some("secret")).await.unwrap();
    assert_eq!(send_through(&server, &bot, "/chatwoot", &json!({})).await, 401);
    let kept = read(&server, &log, &bot).await;
    assert_eq!((kept.requests.len(), kept.requests[0].status), (1, 401));
    assert!(kept.requests[0].refusal.as_ref().unwrap().detail.contains("signature"));
    server.stop().await;
}
