//! Who may: every door signed out, with a wrong key, and as somebody else.

use std::num::NonZeroU32;

use serde_json::json;

use crate::support::{TestServer, incoming};

#[tokio::test]
async fn only_a_living_write_key_opens_the_intake() {
    let server = TestServer::start().await;
    let bot = server.create_bot("keys").await;
    let body = incoming("a", "2026-11-18T10:00:00Z").to_string();
    server.post("/api/v1/events", body.clone()).send().await.assert_problem(401, "unauthorized");
    for secret in ["pw_unknown", "", &bot.read_token] {
        server
            .post("/api/v1/events", body.clone())
            .bearer(secret)
            .send()
            .await
            .assert_problem(401, "unauthorized");
    }
    let cookie = server.login_cookie(bot.owner).await;
    server.post("/api/v1/events", body).cookie(&cookie).send().await.assert_problem(401, "unauthorized");
    assert!(server.store.load_facts(bot.id, None, None, 1).await.unwrap().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_large_body_with_a_wrong_key_is_refused_as_cleanly() {
    let server = TestServer::start().await;
    let answer = server.post("/api/v1/events", " ".repeat(4 << 20)).bearer("pw_unknown").send().await;
    answer.assert_problem(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    server.stop().await;
}

#[tokio::test]
async fn a_key_may_be_limited_to_so_many_requests_a_second() {
    let server = TestServer::start_with(|state| state.with_intake_limit(NonZeroU32::new(1))).await;
    let (bot, other) = (server.create_bot("limited").await, server.create_bot("other").await);
    let mut refused = None;
    for _ in 0..20 {
        let answer = server.send(&bot, "[]").send().await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    refused.assert_problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(server.send(&other, "[]").send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn an_inactive_bot_neither_sends_nor_shows_figures() {
    let server = TestServer::start().await;
    let bot = server.create_bot("inactive").await;
    server.deactivate(bot.id).await;
    server.send(&bot, "[]").send().await.assert_problem(403, "bot_inactive");
    for door in ["analytics", "analytics.csv"] {
        let path = format!("/api/v1/bots/{}/{door}", bot.id);
        server.get(&path).bearer(&bot.read_token).send().await.assert_problem(403, "bot_inactive");
    }
    let shown = server.get(&format!("/api/v1/bots/{}", bot.id)).bearer(&bot.read_token).send().await;
    assert_eq!(shown.json()["state"], "inactive");
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_read_signed_out_or_with_a_wrong_token() {
    let server = TestServer::start().await;
    let bot = server.create_bot("closed").await;
    let cookie = server.login_cookie(bot.owner).await;
    for path in read_paths(&bot.id.to_string()) {
        server.get(&path).send().await.assert_problem(401, "unauthorized");
        server.get(&path).bearer("pr_unknown").send().await.assert_problem(401, "unauthorized");
        server.get(&path).bearer(&bot.write_key).send().await.assert_problem(401, "unauthorized");
        server
            .get(&path)
            .cookie("parlance_login=pl_unknown")
            .send()
            .await
            .assert_problem(401, "unauthorized");
        // A wrong token is not made good by a login.
        server
            .get(&path)
            .cookie(&cookie)
            .bearer("pr_unknown")
            .send()
            .await
            .assert_problem(401, "unauthorized");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_browsers_login_reads_too() {
    let server = TestServer::start().await;
    let bot = server.create_bot("browser").await;
    let cookie = server.login_cookie(bot.owner).await;
    for path in read_paths(&bot.id.to_string()) {
        assert_eq!(server.get(&path).cookie(&cookie).send().await.status, 200, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn anothers_bot_is_as_absent_as_one_that_never_was() {
    let server = TestServer::start().await;
    let (mine, others) = (server.create_bot("mine").await, server.create_bot("others").await);
    server.deactivate(others.id).await;
    for id in [others.id.to_string(), "0000000000000".to_owned(), "nonsense".to_owned()] {
        for path in read_paths(&id).into_iter().skip(1) {
            let answer = server.get(&path).bearer(&mine.read_token).send().await;
            answer.assert_problem(404, "not_found");
            assert_eq!(answer.json()["detail"], "This does not exist, or you may not see it.");
        }
    }
    let list = server.get("/api/v1/bots").bearer(&mine.read_token).send().await.json();
    let ids: Vec<_> = list["bots"].as_array().unwrap().iter().map(|bot| bot["id"].clone()).collect();
    assert_eq!(ids, [json!(mine.id)]);
    server.stop().await;
}

#[tokio::test]
async fn a_token_for_one_bot_reads_no_other_of_the_same_account() {
    let server = TestServer::start().await;
    let (bot, other) = (server.create_bot("one").await, server.create_bot("two").await);
    let token = server.create_read_token(bot.owner, Some(bot.id)).await;
    assert_eq!(server.get(&format!("/api/v1/bots/{}", bot.id)).bearer(&token).send().await.status, 200);
    let foreign = server.create_read_token(bot.owner, Some(other.id)).await;
    for id in [bot.id, other.id] {
        let path = format!("/api/v1/bots/{id}");
        server.get(&path).bearer(&foreign).send().await.assert_problem(404, "not_found");
    }
    server.stop().await;
}

fn read_paths(id: &str) -> [String; 4] {
    ["", "/{}", "/{}/analytics", "/{}/analytics.csv"]
        .map(|path| format!("/api/v1/bots{}", path.replace("{}", id)))
}
