//! Pages of other sites: which of them may send with a key, and what their browsers let them read.

use http::Method;
use serde_json::json;
use store::sites::Sites;

use crate::support::{Ask, TestBot, TestServer};

const SHOP: &str = "https://shop.example";
const PATHS: [&str; 5] = ["/api/v1/events", "/v1/batch", "/v1/t", "/e/", "/i/v0/e/"];

async fn start() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("sites").await;
    (server, bot)
}

async fn name_sites(server: &TestServer, bot: &TestBot, sites: &str) {
    let key = server.store.list_write_keys(bot.id).await.unwrap()[0].id;
    assert!(server.store.set_sites(bot.id, key, &Sites::parse(sites).unwrap()).await.unwrap());
}

fn message(server: &TestServer, bot: &TestBot) -> Ask {
    let body = json!({"user_id": "ada", "direction": "incoming"}).to_string();
    server.post(&format!("/api/v1/events?writeKey={}", bot.write_key), body)
}

#[tokio::test]
async fn a_browser_may_ask_at_every_door_for_pages() {
    let (server, _) = start().await;
    for path in PATHS {
        let asked = server
            .ask(Method::OPTIONS, path)
            .header("origin", SHOP)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "anonymousid,authorization,sentat")
            .send()
            .await;
        assert_eq!(asked.status, 204, "{path}");
        assert_eq!(asked.header("access-control-allow-origin"), SHOP);
        assert_eq!(asked.header("access-control-allow-headers"), "anonymousid,authorization,sentat");
        assert_eq!(asked.header("access-control-allow-credentials"), "true");
        assert_eq!(asked.header("access-control-allow-methods"), "GET, POST, OPTIONS");
        assert_eq!(asked.header("access-control-max-age"), "900");
    }
    for path in ["/v1/traces", "/chatwoot"] {
        assert_eq!(
            server.ask(Method::OPTIONS, path).header("origin", SHOP).send().await.status,
            405,
            "{path}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_named_site_reads_the_answer_and_another_is_refused() {
    let (server, bot) = start().await;
    name_sites(&server, &bot, SHOP).await;
    let taken = message(&server, &bot).header("origin", SHOP).send().await;
    assert_eq!((taken.status, taken.header("access-control-allow-origin")), (200, SHOP));
    assert!(taken.header("vary").contains("Origin"));
    for origin in ["https://other.example", "http://shop.example", "null"] {
        let refused = message(&server, &bot).header("origin", origin).send().await;
        refused.assert_problem(403, "site_not_named");
        assert_eq!(refused.header("access-control-allow-origin"), origin);
    }
    // No page sends: a server.
    assert_eq!(message(&server, &bot).send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_key_that_names_no_sites_takes_from_every_page_and_shows_the_answer_to_none() {
    let (server, bot) = start().await;
    let taken = message(&server, &bot).header("origin", SHOP).send().await;
    assert_eq!((taken.status, taken.header("access-control-allow-origin")), (200, ""));
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_key_is_told_to_the_page_that_sends_it() {
    let (server, _) = start().await;
    let refused = server.post("/api/v1/events?writeKey=pw_unknown", "{}").header("origin", SHOP).send().await;
    refused.assert_problem(401, "unauthorized");
    assert_eq!(refused.header("access-control-allow-origin"), SHOP);
    server.stop().await;
}

#[tokio::test]
async fn the_settings_name_the_sites_of_a_key() {
    let (server, bot) = start().await;
    let cookie = server.login_cookie(bot.owner).await;
    let key = server.store.list_write_keys(bot.id).await.unwrap()[0].id;
    let save = |key: i64, sites: &str| {
        let sites: String = form_urlencoded::byte_serialize(sites.as_bytes()).collect();
        server.call("save_sites", &format!("bot_id={}&key_id={key}&sites={sites}", bot.id)).cookie(&cookie)
    };
    let many = (0..21).map(|n| format!("https://s{n}.example ")).collect::<String>();
    for (sites, code) in
        [("shop.example", "no_origin"), ("https://shop.example/path", "no_origin"), (&many, "too_many")]
    {
        let refused = save(key, sites).send().await;
        assert_eq!(refused.status, 400, "{sites}");
        assert!(
            refused.text().contains(&format!(r#""field":"sites","code":"{code}""#)),
            "{}",
            refused.text()
        );
    }
    assert_eq!(save(key + 1, SHOP).send().await.status, 404);
    let saved = save(key, "https://Shop.example/ http://localhost:8080").send().await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let page = server.get(&format!("/bots/{}/settings", bot.id)).cookie(&cookie).send().await.text();
    assert!(page.contains("https://shop.example http://localhost:8080"));
    let refused = message(&server, &bot).header("origin", "https://other.example").send().await;
    refused.assert_problem(403, "site_not_named");
    assert_eq!(save(key, "").send().await.status, 200);
    assert_eq!(message(&server, &bot).header("origin", "https://other.example").send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn the_settings_name_the_openings_of_a_widget() {
    let (server, bot) = start().await;
    let cookie = server.login_cookie(bot.owner).await;
    let save = |openings: &str| {
        let openings: String = form_urlencoded::byte_serialize(openings.as_bytes()).collect();
        server.call("save_openings", &format!("bot_id={}&openings={openings}", bot.id)).cookie(&cookie)
    };
    let page = || server.get(&format!("/bots/{}/settings", bot.id)).cookie(&cookie);
    assert!(page().send().await.text().contains(">/session_start\n/get_started</textarea>"));
    for (openings, code) in [("x".repeat(201), "too_long"), ("x\n".repeat(21), "too_many")] {
        let refused = save(&openings).send().await;
        assert_eq!(refused.status, 400);
        assert!(
            refused.text().contains(&format!(r#""field":"openings","code":"{code}""#)),
            "{}",
            refused.text()
        );
    }
    assert_eq!(save("/greet\r\nHello <b> &lt;").send().await.status, 200);
    let text = page().send().await.text();
    let (_, shown) = text.split_once("openings-texts\" name").unwrap();
    assert_eq!(
        shown.split_once('>').unwrap().1.split_once("</textarea>").unwrap().0,
        "/greet\nHello &lt;b> &amp;lt;"
    );
    assert!(server.store.find_openings(bot.id).await.unwrap().contain("/Greet"));
    assert_eq!(save("").send().await.status, 200);
    assert!(!server.store.find_openings(bot.id).await.unwrap().contain("/session_start"));
    server.stop().await;
}
