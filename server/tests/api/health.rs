//! Whether it lives, what it says to paths that it does not have, and how it stops.

use http::Method;

use crate::support::{TestServer, incoming};

#[tokio::test]
async fn a_server_is_alive_and_ready() {
    let server = TestServer::start().await;
    assert_eq!(server.get("/healthz").send().await.status, 200);
    assert_eq!(server.get("/readyz").send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    let server = TestServer::start().await;
    server.store.close().await;
    assert_eq!(server.get("/healthz").send().await.status, 200);
    assert!(matches!(server.get("/readyz").send().await.status, 500 | 503));
    server.stop().await;
}

#[tokio::test]
async fn unknown_paths_of_the_api_are_problems_not_pages() {
    let server = TestServer::start().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v2/bots", "/api/v1/bots/1/2/3"] {
        server.get(path).send().await.assert_problem(404, "not_found");
    }
    server.get("/api/v1/events").send().await.assert_problem(405, "method_not_allowed");
    server.ask(Method::DELETE, "/api/v1/bots").send().await.assert_problem(405, "method_not_allowed");
    server.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/api/v1/bots", "/", "/nowhere"] {
        let answer = server.get(path).send().await;
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn under_https_a_browser_is_told_to_stay_there() {
    let server = TestServer::start_with(|mut state| {
        state.context.base_url = "https://parlance.example".into();
        state
    })
    .await;
    assert!(server.get("/healthz").send().await.header("strict-transport-security").starts_with("max-age="));
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_keeps_what_it_acknowledged() {
    let server = TestServer::start().await;
    let bot = server.create_bot("stopping").await;
    let answers = (0..20).map(|n| {
        let sending =
            server.send(&bot, incoming(&format!("u{n}"), "2026-11-18T10:00:00Z").to_string()).send();
        tokio::spawn(sending)
    });
    let answers: Vec<_> = answers.collect();
    let mut acknowledged = 0;
    for answer in answers {
        acknowledged += usize::from(answer.await.unwrap().status == 200);
    }
    let stopped = server.stop().await;
    let store = stopped.open_again().await.unwrap();
    assert_eq!(store.load_facts(bot.id, None, None, 100).await.unwrap().len(), acknowledged);
    store.close().await;
}
