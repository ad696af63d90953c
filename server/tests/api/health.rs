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
async fn metrics_are_shown_to_chosen_networks_and_to_nobody_who_comes_through_an_unknown_proxy() {
    let server = TestServer::start().await;
    server.get("/metrics").send().await.assert_problem(404, "not_found");
    server.stop().await;

    let networks = vec!["127.0.0.1/32".parse().unwrap()];
    let server = TestServer::start_with(|state| state.with_metrics_from(networks)).await;
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
        ("x-forwarded-proto", "https"),
        ("cf-connecting-ip", "203.0.113.9"),
        ("host", "parlance.example"),
    ] {
        let forwarded = server.get("/metrics").header(name, value);
        forwarded.send().await.assert_problem(404, "not_found");
    }
    let bot = server.create_bot("measured").await;
    let item = incoming("ada", "2026-11-18T10:00:00Z").to_string();
    for _ in 0..2 {
        assert_eq!(server.send(&bot, item.clone()).send().await.status, 200);
    }
    assert_eq!(server.send(&bot, "{}").send().await.status, 200);
    let answer = server.get("/metrics").send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain"));
    for line in [
        "parlance_http_requests_total{class=\"intake\",status=\"200\"} 3",
        "parlance_intake_accepted_total 1",
        "parlance_intake_duplicates_total 1",
        "parlance_intake_rejected_total{code=\"user_id_missing\"} 1",
        "parlance_intake_queue_facts_waiting 0",
        "parlance_intake_queue_facts_limit 100000",
        "parlance_commit_facts_bucket{le=\"1\"} 2",
        "parlance_commit_seconds_count 2",
        "parlance_recalculations 0",
        "parlance_build_info{version=",
        "parlance_database_bytes ",
        "process_resident_memory_bytes ",
        "parlance_http_request_seconds_bucket{class=\"intake\",le=",
    ] {
        assert!(answer.text().contains(line), "{line} is not in\n{}", answer.text());
    }
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
