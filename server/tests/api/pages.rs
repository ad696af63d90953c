//! Pages and server functions as far as the server answers for them: statuses, headers, origins.

use crate::support::TestServer;

#[tokio::test]
async fn a_page_that_does_not_exist_is_a_page_with_status_404() {
    let server = TestServer::start().await;
    let answer = server.get("/no/such/page").send().await;
    assert_eq!(answer.status, 404);
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.text());
    assert_eq!(server.post("/no/such/page", "").send().await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_page_is_a_page_for_whoever_asks() {
    let server = TestServer::start().await;
    let is_page = async |path: &str| {
        let answer = server.get(path).send().await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
        assert!(answer.text().contains("<!DOCTYPE html>"), "{path}");
    };
    is_page("/set-up").await;
    server.create_account("ann@example.org").await;
    is_page("/sign-in").await;
    server.stop().await;
}

#[tokio::test]
async fn a_page_has_a_policy_with_a_nonce() {
    let server = TestServer::start().await;
    let answer = server.get("/no/such/page").send().await;
    assert!(answer.header("content-security-policy").contains("'nonce-"));
    server.stop().await;
}

#[tokio::test]
async fn a_client_file_that_does_not_exist_is_a_problem() {
    let server = TestServer::start().await;
    for path in ["/pkg/none/parlance.js", "/pkg/..%2f..%2fCargo.toml", "/pkg/../../Cargo.toml"] {
        server.get(path).send().await.assert_problem(404, "not_found");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_function_is_called_from_our_own_pages_only() {
    let server = TestServer::start().await;
    let bot = server.create_bot("origins").await;
    let cookie = server.login_cookie(bot.owner).await;
    let call = || server.post("/fn/anything", "").cookie(&cookie);
    call().send().await.assert_problem(403, "foreign_origin");
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        call().header("origin", origin).send().await.assert_problem(403, "foreign_origin");
        let referer = format!("{origin}/page");
        call().header("referer", &referer).send().await.assert_problem(403, "foreign_origin");
    }
    // There is no such function: that it is looked for at all shows that the origin was accepted.
    call().header("origin", &server.base_url).send().await.assert_problem(404, "not_found");
    let own_page = format!("{}/bots", server.base_url);
    call().header("referer", &own_page).send().await.assert_problem(404, "not_found");
    server.stop().await;
}

#[tokio::test]
async fn a_server_function_that_does_not_exist_is_a_problem() {
    let server = TestServer::start().await;
    server.call("nope", "").send().await.assert_problem(404, "not_found");
    server.get("/fn/nope").send().await.assert_problem(404, "not_found");
    server.get("/fn/sign_out").send().await.assert_problem(405, "method_not_allowed");
    server.stop().await;
}

#[tokio::test]
async fn a_form_is_small() {
    let server = TestServer::start().await;
    let answer =
        server.post("/fn/anything", "x".repeat(65 * 1024)).header("origin", &server.base_url).send().await;
    assert_eq!(answer.status, 413);
    server.stop().await;
}
