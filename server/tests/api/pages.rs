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
async fn a_page_at_another_address_is_told_which_address_to_set() {
    const OPENED_AT: &str = "http://parlance.internal:4209";
    let server = TestServer::start().await;
    for form in ["set_up", "sign_in", "create_bot", "change_password", "load_bots"] {
        let call = || server.post(&format!("/fn/{form}"), "").header("origin", OPENED_AT);
        let through_proxy =
            call().header("host", "parlance.internal:4209").header("accept", "application/json");
        let answer = through_proxy.send().await;
        assert_eq!(answer.status, 403);
        let origins = &answer.json()["ForeignOrigin"]["origins"];
        assert_eq!(origins["opened_at"], OPENED_AT, "{form}");
        assert_eq!(origins["base_url"], server.base_url, "{form}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_form_without_a_script_at_another_address_gets_a_page_that_says_so() {
    let server = TestServer::start().await;
    let call = server.post("/fn/sign_in", "").header("origin", "https://parlance.internal");
    let answer = call.header("sec-fetch-site", "same-origin").header("accept", "text/html").send().await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.text());
    assert!(answer.text().contains("set PARLANCE_BASE_URL=https://parlance.internal"), "{}", answer.text());
    assert!(answer.text().contains(&server.base_url), "{}", answer.text());
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_somebody_else_is_not_told_how_the_server_is_set_up() {
    let server = TestServer::start().await;
    for (accept, site) in [
        ("text/html", Some("cross-site")),
        ("application/json", Some("same-site")),
        ("application/json", None),
        ("*/*", Some("cross-site")),
    ] {
        let call = server.post("/fn/sign_in", "").header("origin", "https://evil.example");
        let call = call.header("accept", accept);
        let call = site.into_iter().fold(call, |call, site| call.header("sec-fetch-site", site));
        let answer = call.send().await;
        assert_eq!(answer.status, 403);
        assert!(!answer.text().contains(&server.base_url), "{}", answer.text());
        assert!(!answer.text().contains("evil.example"), "{}", answer.text());
    }
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

/// A page of another origin could else read from its own address whether a visitor is signed in here.
#[tokio::test]
async fn a_server_function_sends_nobody_to_another_origin() {
    let server = TestServer::start().await;
    let bot = server.create_bot("leading").await;
    let path = format!("/fn/load_report?bot_id={}&query=period%3D7d", bot.id);
    let own_page = format!("{}/bots", server.base_url);
    for referer in ["https://evil.example/page", &own_page] {
        let asked = server.get(&path).header("accept", "text/html").header("referer", referer).send().await;
        assert_eq!((asked.status, asked.header("location")), (401, ""), "{referer}");
    }
    let cookie = server.login_cookie(bot.owner).await;
    let post = |referer: &str| {
        let form = format!("bot_id={}&timeout_min=0", bot.id);
        let call = server.call("save_timeout", &form).cookie(&cookie).header("accept", "text/html");
        call.header("referer", referer).send()
    };
    let sent_back = post("https://evil.example/page").await;
    assert_eq!((sent_back.status, sent_back.header("location")), (302, "/"));
    let sent_back = post(&own_page).await;
    assert!(sent_back.header("location").starts_with(&format!("{own_page}?")), "{sent_back:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_the_senders_fault() {
    let server = TestServer::start().await;
    for name in ["sign_in", "save_bot", "load_bots"] {
        let body = b"email=a%40b.example&password=\xff\xfe".to_vec();
        let answer = server
            .post(&format!("/fn/{name}"), body)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .header("origin", &server.base_url)
            .send()
            .await;
        let unreadable = r#"{"Invalid":{"field":"form","code":"unreadable"}}"#;
        assert_eq!((answer.status, answer.text().as_str()), (400, unreadable), "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_function_takes_forms_only() {
    let server = TestServer::start().await;
    for content_type in ["text/plain", "application/json", "multipart/form-data; boundary=x", "", "form"] {
        let call = server.call("sign_in", "email=a&password=b").header("content-type", content_type);
        call.send().await.assert_problem(415, "not_a_form");
    }
    let kind = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
    let answer = server.call("load_bots", "sort=Name").header("content-type", kind).send().await;
    assert_eq!(answer.status, 401, "it is read: nobody is signed in");
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
