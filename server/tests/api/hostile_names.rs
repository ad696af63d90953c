//! Whatever people and bots call things, a page has the same elements: names are text. Each page is taken apart as a
//! browser does it, once with harmless names and once with hostile ones.

use std::sync::Arc;

use analytics::names::is_hidden;
use html5gum::{DefaultEmitter, Token, Tokenizer};
use serde_json::json;
use server::intake::log::IntakeLog;

use crate::support::{TestBot, TestServer};

const AT: &str = "2026-11-17T10:00:00+01:00";
/// As little a channel as the hostile ones.
const HARMLESS: &str = "a harmless name";
const HOSTILE: [&str; 16] = [
    "</title><meta http-equiv=refresh content=\"0;url=//evil\">",
    "</title><style>*{visibility:hidden}</style>",
    "</script><script>alert(1)</script>",
    "<!--",
    "<!--<script>",
    "--><b>x</b>",
    "--!><b>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "</textarea></option></select><form action=//evil>",
    "<svg/onload=alert(1)>",
    "&lt;b&gt;&#60;i&#62;",
    "]]><?x?>",
    "`${1}`\\u003c/script>",
    "abc\u{202e}gnp.exe",
    "\u{2028}\u{2066}\u{200b}\u{feff}x",
];

/// What a browser makes of a page: its elements with the names of their attributes, its comments; and the text that is
/// neither a script nor a style.
fn take_apart(html: &str) -> (Vec<String>, String) {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let (mut parts, mut text, mut is_code) = (Vec::new(), String::new(), false);
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => {
                let names: Vec<_> = tag.attributes.keys().map(|name| String::from_utf8_lossy(name)).collect();
                let name = String::from_utf8_lossy(&tag.name);
                is_code = matches!(&*name, "script" | "style");
                parts.push(format!("<{name} {}>", names.join(" ")));
            }
            Token::EndTag(tag) => {
                is_code = false;
                parts.push(format!("</{}>", String::from_utf8_lossy(&tag.name)));
            }
            Token::Comment(_) => parts.push("<!-->".to_owned()),
            Token::String(part) if !is_code => text.push_str(&String::from_utf8_lossy(&part)),
            Token::String(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    (join_scripts(parts), text)
}

/// How many scripts with a nonce the data of a page are spread over is a matter of chance.
fn join_scripts(parts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for part in parts {
        if part == "</script>"
            && joined.ends_with(&["<script nonce>".into(), part.clone(), "<script nonce>".into()])
        {
            joined.pop();
        } else {
            joined.push(part);
        }
    }
    joined
}

/// Three bots, each of an account of its own, all called so: one that sends what is called so, one that waits, one that is switched off.
struct Scene {
    sending: TestBot,
    cookie: String,
    /// With the cookie of its owner.
    waiting: (TestBot, String),
    inactive: (TestBot, String),
}

/// A page, taken apart.
struct Page {
    path: String,
    status: u16,
    parts: Vec<String>,
    text: String,
}

impl Scene {
    /// Accounts are told apart by number, since the bots' names are not the tests' to choose.
    async fn new(server: &TestServer, log: &IntakeLog, number: usize, name: &str) -> Self {
        let bot = async |place: &str| {
            let bot = server.create_bot(&format!("{place}-{number}")).await;
            let change = store::bots::BotChange { name: Some(name.to_owned()), ..Default::default() };
            assert!(server.store.change_bot(bot.id, &change).await.unwrap());
            let cookie = server.login_cookie(bot.owner).await;
            (bot, cookie)
        };
        let (sending, cookie) = bot("sending").await;
        let (waiting, inactive) = (bot("waiting").await, bot("inactive").await);
        server.deactivate(inactive.0.id).await;
        send_all(server, &sending, name).await;
        log.flush_all(server.store.store()).await;
        Self { sending, cookie, waiting, inactive }
    }

    /// Every page, with the name wherever an address takes a text.
    fn paths(&self, name: &str) -> Vec<(String, String)> {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let sending = |page: &str| format!("/bots/{}/{page}", self.sending.id);
        let own = [
            "/".to_owned(),
            format!("/?search={name}"),
            "/account".to_owned(),
            format!("/no/{name}"),
            sending("analytics?period=7d"),
            sending(&format!("analytics?period=7d&event={name}")),
            sending(&format!("analytics?period={name}&channel={name}&compare={name}")),
            sending("intake"),
            sending(&format!("intake?door={name}")),
            sending("connect"),
            sending("settings"),
            sending(&format!("settings?timeout_min={name}&__path={name}&__err={name}")),
            format!("/sign-in?next={name}"),
            format!("/set-up?token={name}"),
        ];
        let of_others = [&self.waiting, &self.inactive]
            .map(|(bot, cookie)| (format!("/bots/{}/analytics", bot.id), cookie.clone()));
        let signed_out = (format!("/sign-in?next={name}"), String::new());
        let own = own.into_iter().map(|path| (path, self.cookie.clone()));
        own.chain(of_others).chain([signed_out]).collect()
    }

    async fn read_pages(&self, server: &TestServer, name: &str) -> Vec<Page> {
        let mut pages = Vec::new();
        for (path, cookie) in self.paths(name) {
            let answer = server.get(&path).cookie(&cookie).send().await;
            let (parts, text) = take_apart(&answer.text());
            pages.push(Page { path, status: answer.status, parts, text });
        }
        pages
    }
}

/// Events, models, users, sessions, ids, clients, and what is rejected and ignored, all of one name.
async fn send_all(server: &TestServer, bot: &TestBot, name: &str) {
    let items = json!([
        {"id": name, "user_id": name, "session_id": name, "at": AT, "direction": "incoming", "intent": name, "text": name},
        {"id": "2", "user_id": "u", "at": AT, "type": name, "value": 2, "properties": {name: name}},
        {"id": "3", "user_id": "u", "at": AT, "type": "model_call", "model": name, "cost_usd": 1},
        {"id": "4", "user_id": "u", "at": name, name: name},
        {"id": "5", "user_id": "u", "at": AT, "direction": "incoming", "channel": name},
        {"id": "6", "user_id": "u", "at": AT, "direction": name},
    ]);
    let sent = server.send(bot, items.to_string()).send().await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let batch = json!({"batch": [
        {"type": name, "userId": "u"},
        {"type": "track", "userId": "u", "event": "Message Received", "messageId": "m", "timestamp": AT,
            "context": {"library": {"name": name, "version": name}}},
    ]});
    let path = format!("/v1/batch?api_key={}", bot.write_key);
    assert_eq!(server.post(&path, batch.to_string()).send().await.status, 200);
}

async fn start() -> (TestServer, Arc<IntakeLog>) {
    let mut log = None;
    let server = TestServer::start_with(|state| {
        log = Some(state.intake_log.clone());
        state
    });
    (server.await, log.unwrap())
}

#[tokio::test]
async fn no_name_is_more_than_text_on_any_page() {
    let (server, log) = start().await;
    let harmless = Scene::new(&server, &log, 0, HARMLESS).await.read_pages(&server, HARMLESS).await;
    for (number, name) in HOSTILE.into_iter().enumerate() {
        let hostile = Scene::new(&server, &log, number + 1, name).await.read_pages(&server, name).await;
        assert_eq!(hostile.len(), harmless.len());
        harmless.iter().zip(&hostile).for_each(|(harmless, hostile)| compare(harmless, hostile));
    }
    server.stop().await;
}

fn compare(harmless: &Page, hostile: &Page) {
    let Page { path, status, parts, text } = hostile;
    assert_eq!(*status, harmless.status, "{path}");
    let pairs = harmless.parts.iter().zip(parts);
    let same = pairs.take_while(|(expected, found)| expected == found).count();
    let around =
        |parts: &[String]| parts.iter().skip(same.saturating_sub(3)).take(8).cloned().collect::<Vec<_>>();
    assert!(*parts == harmless.parts, "{path}: {:?} and not {:?}", around(parts), around(&harmless.parts));
    assert!(!text.chars().any(|char| is_hidden(char) && !char.is_whitespace()), "{path}: {text:?}");
}

#[test]
fn a_page_is_taken_apart_as_a_browser_does_it() {
    let (parts, text) = take_apart("<title>a</title><b x=1>c<!-- d --></b><script>'</b>'</script>");
    assert_eq!(parts, ["<title >", "</title>", "<b x>", "<!-->", "</b>", "<script >", "</script>"]);
    assert_eq!(text, "ac");
    let (parts, _) = take_apart("<script nonce=a>1</script><script nonce=a>2</script><script>3</script>");
    assert_eq!(parts, ["<script nonce>", "</script>", "<script >", "</script>"]);
    let (parts, _) = take_apart("<title></title><i></title>");
    assert_eq!(parts, ["<title >", "</title>", "<i >", "</title>"]);
}
