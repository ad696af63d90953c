//! Histories that a page sends: looked at, stored, and refused for whoever may not.

use serde_json::{Value, json};

use crate::support::{TestBot, TestServer};

const TABLE: &str =
    "Sender,When,Who\nada,2026-11-01 10:00,user\nada,2026-11-01 10:01,bot\nbob,yesterday,user\n";
const TOLD: &str = "columns=user_id%3DSender%0Aat%3DWhen%0Adirection%3DWho&time_zone=Europe/Berlin";

fn address(bot: &TestBot, rest: &str) -> String {
    format!("/fn/import_history?bot_id={}&name=chats.csv&{rest}", bot.id)
}

/// Sends a file from the page of whoever has this cookie, and gives back the last line of the answer.
async fn send(server: &TestServer, cookie: &str, address: &str, file: impl Into<Vec<u8>>) -> Value {
    let answer = server.post(address, file).header("origin", &server.base_url).cookie(cookie).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_str(answer.text().trim().lines().last().unwrap()).unwrap()
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_is_stored() {
    let server = TestServer::start().await;
    let bot = server.create_bot("ava").await;
    let cookie = server.login_cookie(bot.owner).await;
    let shown = send(&server, &cookie, &address(&bot, &format!("aim=look&{TOLD}")), TABLE).await;
    assert_eq!(shown["format"]["name"], "csv");
    let rows = &shown["preview"]["rows"];
    assert_eq!(
        (&rows[0]["item"]["user_id"], &rows[0]["item"]["at"]),
        (&json!("ada"), &json!("2026-11-01T09:00:00Z"))
    );
    assert_eq!((&rows[2]["rejected"], &rows[2]["field"]), (&json!("at_invalid"), &json!("When")));
    assert!(shown["preview"]["notes"][0].as_str().unwrap().contains("at is When"), "{shown}");
    assert_eq!(
        server.store.find_bot(store::bots::BotScope::All, bot.id).await.unwrap().unwrap().first_message_at,
        None
    );
    for (accepted, duplicates) in [(2, 0), (0, 2)] {
        let done = send(&server, &cookie, &address(&bot, &format!("aim=store&{TOLD}")), TABLE).await;
        let summary = &done["summary"];
        assert_eq!(
            (&summary["accepted"], &summary["duplicates"]),
            (&json!(accepted), &json!(duplicates)),
            "{done}"
        );
        assert_eq!(summary["rejected"]["at_invalid"]["examples"][0]["line"], 4);
        assert_eq!(done["error"], Value::Null);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_in_a_sentence_without_paths() {
    let server = TestServer::start().await;
    let bot = server.create_bot("ava").await;
    let cookie = server.login_cookie(bot.owner).await;
    for (rest, file, reason) in [
        ("aim=look", "hello", "there is no column user_id"),
        ("aim=store&format=telegram", TABLE, "expected result.json"),
        ("aim=store", "[{\"a\": 1}]", "its format is not recognised"),
        ("aim=look", "SQLite format 3\0", "command line"),
        ("aim=look", "PK\u{3}\u{4}", "damaged"),
    ] {
        let answer = send(&server, &cookie, &address(&bot, rest), file).await;
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(reason) && !error.contains("/tmp"), "{rest}: {error}");
    }
    let cut = "{\"user_id\":\"u\",\"at\":1700000000,\"direction\":\"incoming\"}\n{\"user_id\":";
    let done = send(&server, &cookie, &address(&bot, "aim=store&format=ndjson"), cut).await;
    assert_eq!(
        (&done["summary"]["accepted"], &done["summary"]["rejected"]["not_an_object"]["count"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn only_who_sees_the_bot_may_send_and_only_from_our_own_page() {
    let server = TestServer::start().await;
    let (bot, other) = (server.create_bot("ava").await, server.create_bot("bob").await);
    let (cookie, others) = (server.login_cookie(bot.owner).await, server.login_cookie(other.owner).await);
    let path = address(&bot, "aim=store&format=csv");
    let call = || server.post(&path, TABLE).header("origin", &server.base_url);
    call().send().await.assert_problem(401, "unauthorized");
    call().cookie(&others).send().await.assert_problem(404, "not_found");
    let own = || call().cookie(&cookie);
    assert_eq!(server.post(&path, TABLE).cookie(&cookie).send().await.status, 403);
    assert_eq!(
        server
            .post(&path, TABLE)
            .header("origin", "https://evil.example")
            .cookie(&cookie)
            .send()
            .await
            .status,
        403
    );
    assert_eq!(own().send().await.status, 200);
    for query in [
        "aim=look&time_zone=CEST",
        "aim=look&date_format=ymd",
        "aim=look&format=xml",
        "aim=look&columns=x",
        "colour=red",
    ] {
        let call =
            server.post(&address(&bot, query), TABLE).header("origin", &server.base_url).cookie(&cookie);
        call.send().await.assert_problem(400, "invalid_query");
    }
    server.get("/fn/import_history").send().await.assert_problem(405, "method_not_allowed");
    server.deactivate(bot.id).await;
    own().send().await.assert_problem(403, "bot_inactive");
}

#[tokio::test]
async fn no_more_than_two_histories_are_imported_at_once() {
    let server = TestServer::start_with(|state| {
        state.imports.forget_permits(2);
        state
    })
    .await;
    let bot = server.create_bot("ava").await;
    let cookie = server.login_cookie(bot.owner).await;
    let call =
        server.post(&address(&bot, "aim=look"), TABLE).header("origin", &server.base_url).cookie(&cookie);
    call.send().await.assert_problem(503, "busy");
}

#[tokio::test]
async fn what_has_to_be_in_memory_as_a_whole_is_smaller_on_a_page_than_on_the_command_line() {
    let server = TestServer::start().await;
    let bot = server.create_bot("ava").await;
    let cookie = server.login_cookie(bot.owner).await;
    let activity = json!({
        "type": "message", "id": "1", "timestamp": "2026-11-01T10:00:00Z", "channelId": "test", "text": "x".repeat(1 << 20),
        "from": {"id": "ada", "role": "user"}, "recipient": {"id": "bot"}, "conversation": {"id": "one"},
    });
    for transcript in [json!(vec![activity.clone(); 9]), json!({"activities": vec![activity.clone(); 9]})] {
        let path = address(&bot, "aim=store&format=bot-framework");
        let done = send(&server, &cookie, &path, transcript.to_string()).await;
        assert!(done.to_string().contains("larger than 8 MiB"), "{done}");
    }
}
