//! Any request at any path: each is answered, and none with an error of the server's own.

use form_urlencoded::byte_serialize;
use http::Method;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::support::{Ask, TestBot, TestServer};

/// `{bot}` stands for a bot that exists.
const PATHS: [&str; 46] = [
    "/",
    "/bots",
    "/bots/new",
    "/bots/{bot}",
    "/bots/{bot}/analytics",
    "/bots/{bot}/intake",
    "/bots/{bot}/settings",
    "/bots/{bot}/connect",
    "/account",
    "/sign-in",
    "/set-up",
    "/nowhere",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/openapi",
    "/api/v1/events",
    "/api/v1/bots",
    "/api/v1/bots/{bot}",
    "/api/v1/bots/{bot}/analytics",
    "/api/v1/bots/{bot}/analytics.csv",
    "/api/v1/bots/{bot}/events.csv",
    "/api/v1/bots/{bot}/model-use",
    "/v1/admin/bots/{bot}/analytics",
    "/v1/batch",
    "/v1/track",
    "/batch",
    "/track",
    "/rasa/events",
    "/chatwoot",
    "/v1/traces",
    "/v1/logs",
    "/fn/load_report",
    "/fn/load_bots",
    "/fn/save_bot",
    "/fn/save_timeout",
    "/fn/sign_in",
    "/fn/set_up",
    "/fn/load_intake",
    "/fn/load_settings",
    "/fn/create_bot",
    "/fn/choose_theme",
    "/fn/remember_choice",
    "/fn/send_test_message",
    "/fn/change_password",
];
const HEADERS: [&str; 16] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "content-encoding",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "if-none-match",
    "origin",
    "range",
    "referer",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-proto",
];
const FIELDS: [&str; 30] = [
    "bot_id",
    "query",
    "name",
    "time_zone",
    "week_start",
    "minutes",
    "email",
    "password",
    "token",
    "next",
    "search",
    "sort",
    "theme",
    "choice",
    "door",
    "every",
    "period",
    "from",
    "to",
    "compare",
    "granularity",
    "channel",
    "event",
    "metric",
    "bom",
    "api_key",
    "type",
    "platform",
    "startDate",
    "endDate",
];
const VALUES: [&str; 40] = [
    "",
    "{bot}",
    "0000000000000",
    "7d",
    "today",
    "yesterday",
    "12mo",
    "alltime",
    "2026-11-18",
    "2026-03-29",
    "1999-12-31",
    "2026-11-18T10:15:00Z",
    "-262143-01-01",
    "+262142-12-31",
    "0",
    "-1",
    "30",
    "1e999",
    "99999999999999999999",
    "hour",
    "month",
    "year",
    "none",
    "previous",
    "true",
    "Europe/Berlin",
    "Nowhere/City",
    "monday",
    "//evil.example",
    "/bots",
    "\u{202e}",
    "\0",
    "\u{feff}",
    "=1+1",
    "<script>",
    "%zz",
    "application/json",
    "gzip",
    "bytes=0-0",
    "application/x-www-form-urlencoded",
];

#[derive(Clone, Debug)]
struct Asked {
    method: Method,
    path: &'static str,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Body,
    /// Whether its sender is signed in and has the bot's key.
    is_known: bool,
}

#[derive(Clone, Debug)]
enum Body {
    Form(Vec<(String, String)>),
    Bytes(Vec<u8>),
    Text(String),
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(VALUES.to_vec()).prop_map(str::to_owned),
        2 => ".{0,12}",
        1 => select(vec![255, 300, 5_000]).prop_map(|length| "x".repeat(length)),
    ]
}

fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![9 => select(FIELDS.to_vec()).prop_map(str::to_owned), 1 => "[a-z\\[\\]]{0,6}"];
    vec((name, value()), 0..6)
}

fn asked() -> impl Strategy<Value = Asked> {
    let method = prop_oneof![
        4 => Just(Method::GET),
        5 => Just(Method::POST),
        1 => select(vec![Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS]),
    ];
    let bytes = prop_oneof![3 => value().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..40)];
    let body = prop_oneof![
        4 => fields().prop_map(Body::Form),
        2 => "[\\[\\]{}\",:a-z0-9]{0,60}".prop_map(Body::Text),
        1 => vec(any::<u8>(), 0..200).prop_map(Body::Bytes),
    ];
    let headers = vec((select(HEADERS.to_vec()), bytes), 0..4);
    (method, select(PATHS.to_vec()), fields(), headers, body, any::<bool>()).prop_map(
        |(method, path, query, headers, body, is_known)| Asked {
            method,
            path,
            query,
            headers,
            body,
            is_known,
        },
    )
}

fn encode(fields: &[(String, String)], bot: &str) -> String {
    let encode = |text: &str| byte_serialize(text.replace("{bot}", bot).as_bytes()).collect::<String>();
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

impl Asked {
    async fn prepare(&self, server: &TestServer, bot: &TestBot) -> Ask {
        let id = bot.id.to_string();
        let query = encode(&self.query, &id);
        let path = self.path.replace("{bot}", &id);
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        let mut ask = server.ask(self.method.clone(), &path).body(match &self.body {
            Body::Form(fields) => encode(fields, &id).into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
            Body::Text(text) => text.clone().into_bytes(),
        });
        if self.is_known {
            let cookie = server.login_cookie(bot.owner).await;
            let secret = if self.path.starts_with("/api/v1/bots") { &bot.read_token } else { &bot.write_key };
            ask = ask.cookie(&cookie).bearer(secret).header("origin", &server.base_url);
        }
        self.headers.iter().fold(ask, |ask, (name, value)| ask.bytes_header(name, value))
    }
}

async fn check(server: &TestServer, bot: &TestBot, asked: &Asked) -> Result<(), TestCaseError> {
    let answer = asked.prepare(server, bot).await.send().await;
    prop_assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
    prop_assert!(!answer.header("content-type").is_empty() || answer.body.is_empty());
    Ok(())
}

#[test]
fn any_request_is_answered() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (server, bot) = runtime.block_on(async {
        let server = TestServer::start().await;
        let bot = server.create_bot("any").await;
        (server, bot)
    });
    let config = Config { source_file: Some(file!()), ..Config::with_cases(300) };
    let checked =
        TestRunner::new(config).run(&asked(), |asked| runtime.block_on(check(&server, &bot, &asked)));
    let health = runtime.block_on(server.get("/healthz").send());
    assert_eq!(health.status, 200);
    runtime.block_on(server.stop());
    checked.unwrap();
}
