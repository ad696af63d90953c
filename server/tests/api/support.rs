//! A server for each test, and a small HTTP client.

use std::sync::Arc;

use analytics::calendar::Zone;
use analytics::clock::FixedClock;
use analytics::fact::{Fact, FactKind, Message};
use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;
use app::context::ServerContext;
use app::limits::Limits;
use chrono::DateTime;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use server::serve::serve;
use server::state::ServerState;
use server::web::site;
use store::accounts::Role;
use store::bots::{BotChange, NewBot};
use store::credentials::{Email, Password};
use store::testing::TestStore;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::openapi::assert_documented;

/// A Wednesday noon.
pub(crate) const NOW: &str = "2026-11-18T12:00:00Z";
pub(crate) const PASSWORD: &str = "a long enough passphrase";

pub(crate) struct TestServer {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) base_url: String,
    pub(crate) store: TestStore,
    pub(crate) clock: Arc<FixedClock>,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

/// A bot with what opens it.
pub(crate) struct TestBot {
    pub(crate) id: BotId,
    pub(crate) owner: AccountId,
    pub(crate) write_key: String,
    pub(crate) read_token: String,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(|state| state).await
    }

    /// Starts a server whose state is changed first.
    pub(crate) async fn start_with(change: impl FnOnce(ServerState) -> ServerState) -> Self {
        let store = TestStore::open().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(FixedClock::new(instant(NOW)));
        let base_url = format!("http://{address}");
        let context = ServerContext {
            store: store.store().clone(),
            limits: Arc::new(Limits::new(clock.clone())),
            clock: clock.clone(),
            base_url: base_url.as_str().into(),
            site_path: site::path,
            demo_sign_in: None,
        };
        let state = change(ServerState::new(context));
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, state, async move { stopped.await.unwrap_or_default() }));
        Self { address, base_url, store, clock, stop, served }
    }

    /// Asks the server to stop, and waits until it has.
    pub(crate) async fn stop(self) -> TestStore {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
        self.store
    }

    pub(crate) async fn create_account(&self, email: &str) -> AccountId {
        let (email, password) = (Email::parse(email).unwrap(), Password::parse(PASSWORD).unwrap());
        self.store.create_account(&email, &password, false, instant(NOW)).await.unwrap()
    }

    pub(crate) async fn create_admin(&self, email: &str) -> AccountId {
        let admin = self.create_account(email).await;
        self.store.change_role(admin, Role::Admin).await.unwrap();
        admin
    }

    /// An activated bot in Berlin, and its owner.
    pub(crate) async fn create_bot(&self, name: &str) -> TestBot {
        let owner = self.create_account(&format!("{name}@example.org")).await;
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let bot = NewBot { id: None, owner, name: name.to_owned(), zone, is_activated: true };
        let id = self.store.create_bot(&bot, instant(NOW)).await.unwrap();
        let (write_key, _) = self.store.create_write_key(id, instant(NOW)).await.unwrap().unwrap();
        let read_token = self.create_read_token(owner, None).await;
        TestBot { id, owner, write_key: write_key.expose().to_owned(), read_token }
    }

    pub(crate) async fn create_read_token(&self, account: AccountId, bot: Option<BotId>) -> String {
        let (token, _) = self.store.create_read_token(account, bot, instant(NOW)).await.unwrap().unwrap();
        token.expose().to_owned()
    }

    pub(crate) async fn deactivate(&self, bot: BotId) {
        let change = BotChange { is_activated: Some(false), ..BotChange::default() };
        assert!(self.store.change_bot(bot, &change).await.unwrap());
    }

    /// The cookie of a new login.
    pub(crate) async fn login_cookie(&self, account: AccountId) -> String {
        let login = self.store.create_login(account, "test", instant(NOW)).await.unwrap();
        format!("parlance_login={}", login.expose())
    }

    pub(crate) fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Ask {
        Ask { body: body.into(), ..self.ask(Method::POST, path) }
    }

    /// Posts to the intake with the bot's key.
    pub(crate) fn send(&self, bot: &TestBot, body: impl Into<Vec<u8>>) -> Ask {
        self.post("/api/v1/events", body).bearer(&bot.write_key)
    }

    /// Posts one item and gives back the code under which it was rejected; `None` when it was taken.
    pub(crate) async fn rejection(&self, bot: &TestBot, item: &Value) -> Option<String> {
        let answer = self.send(bot, json!([item]).to_string()).send().await;
        assert_eq!(answer.status, 200, "{item}");
        let reply = answer.json();
        let code = reply["rejected"][0]["code"].as_str().map(str::to_owned);
        // Items of one test that differ only in what their derived id leaves out are duplicates.
        let taken = reply["accepted"].as_u64().unwrap() + reply["duplicates"].as_u64().unwrap();
        assert_eq!(taken, u64::from(code.is_none()), "{item}: {reply}");
        code
    }

    /// Calls a server function as the script of our own pages does.
    pub(crate) fn call(&self, name: &str, form: &str) -> Ask {
        self.post(&format!("/fn/{name}"), form)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .header("origin", &self.base_url)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask {
        let url = format!("http://{}{path}", self.address);
        Ask { method, url, headers: HeaderMap::new(), body: Vec::new() }
    }
}

pub(crate) struct Ask {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Ask {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        self
    }

    /// A header of any bytes; without it where no header may have them.
    pub(crate) fn bytes_header(mut self, name: &'static str, value: &[u8]) -> Self {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    pub(crate) fn body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn bearer(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.url);
        request.headers_mut().unwrap().extend(self.headers);
        let client: Client<_, Full<axum::body::Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request.body(Full::from(self.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        let address = self.url.splitn(4, '/').nth(3).unwrap_or_default();
        assert_documented(&self.method, address, &answer);
        answer
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A cookie that the answer sets, as a request's; empty where it sets none of that name.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let set = self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let pairs = set.map(|cookie| cookie.split(';').next().unwrap());
        let found = pairs.into_iter().find(|pair| pair.split('=').next() == Some(name));
        found.unwrap_or_default().to_owned()
    }

    /// Whether it is a problem with this status and code, complete in all its members.
    pub(crate) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["message"], problem["detail"]);
        assert_eq!(problem["id"], self.header("x-incident-id"));
        assert!(problem["title"].is_string() && problem["type"].is_string());
    }
}

pub(crate) fn instant(time: &str) -> Instant {
    DateTime::parse_from_rfc3339(time).unwrap().into()
}

/// What a fact says that has to be a message.
pub(crate) fn said(fact: &Fact) -> &Message {
    match &fact.kind {
        FactKind::Message(message) => message,
        other => panic!("no message: {other:?}"),
    }
}

pub(crate) fn sign_in_form(email: &str, password: &str) -> String {
    format!("email={email}&password={}", password.replace(' ', "+"))
}

/// The login that an answer brings, as a request's cookie.
pub(crate) fn login_of(answer: &Answer) -> String {
    answer.cookie("parlance_login")
}

/// An incoming message of a user.
pub(crate) fn incoming(user: &str, at: &str) -> Value {
    json!({ "user_id": user, "at": at, "direction": "incoming", "channel": "web" })
}
