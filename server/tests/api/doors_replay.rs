//! What real clients sent, recorded by end2end/clients: sent again to a server whose clock stands where it stood then.

use std::io::Write;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use server::intake::item::Item;

use crate::support::{TestBot, TestServer, instant};

/// The key of the recordings.
const RECORDED_KEY: &str = "recorded-key";
/// What the recorded bot was told and said, by the ends of its ids.
const IDS: &str = "0190f5a0-0000-7000-8000-00000000000";

#[tokio::test]
async fn clients_of_segment_and_rudder_are_understood() {
    let model = json!({"model": "mock-1", "input_tokens": 12, "output_tokens": 34, "cost_usd": 0.0012, "latency_ms": 812});
    for client in [
        "segment-node-2.3.0",
        "segment-node-3.1.0",
        "segment-python-2.4.0",
        "segment-python-2.4.0-gzip",
        "rudder-node-3.0.13",
        "rudder-python-2.1.9",
    ] {
        let properties = json!({"conversation_id": "c-1", "channel": "web", "value": 2.5});
        assert_eq!(replay(client).await, [question(), answer(&model), handoff(&properties)], "{client}");
    }
}

#[tokio::test]
async fn clients_of_posthog_are_understood() {
    for client in ["posthog-node-5.70.0", "posthog-python-7.91.1"] {
        let mut items = replay(client).await;
        // What it says is tested where it is translated: this is about being one.
        let call = items.remove(items.iter().position(|item| item["type"] == "model_call").unwrap());
        assert_eq!(
            (&call["id"], &call["at"]),
            (&json!(format!("{IDS}5")), &json!("2026-01-02T03:04:06.490Z"))
        );
        let properties = json!({"conversation_id": "c-1", "channel": "web", "value": 2.5});
        assert_eq!(items, [question(), answer(&json!({})), handoff(&properties)], "{client}");
    }
}

fn question() -> Value {
    item(1, "2026-01-02T03:04:05.678Z", json!({"direction": "incoming", "intent": "greet"}))
}

fn answer(model: &Value) -> Value {
    let mut answer = item(2, "2026-01-02T03:04:06.490Z", json!({"direction": "outgoing"}));
    answer.as_object_mut().unwrap().extend(model.as_object().unwrap().clone());
    answer
}

fn handoff(properties: &Value) -> Value {
    item(3, "2026-01-02T03:05:00Z", json!({"type": "handoff", "value": 2.5, "properties": properties}))
}

fn item(id: u8, at: &str, mut fields: Value) -> Value {
    let common = json!({
        "id": format!("{IDS}{id}"), "user_id": "user-1", "session_id": "c-1", "at": at, "channel": "web",
    });
    fields.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
    fields
}

/// All that is stored after a recording was sent twice, in order of time.
async fn replay(client: &str) -> Vec<Value> {
    let path = format!("{}/../end2end/clients/recorded/{client}.json", env!("CARGO_MANIFEST_DIR"));
    let recording: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let requests = recording["requests"].as_array().unwrap();
    let server = TestServer::start().await;
    server.clock.set(instant(&sent_at(requests)));
    let bot = server.create_bot("recorded").await;
    for request in [requests.as_slice(), requests.as_slice()].concat() {
        send(&server, &bot, &request).await;
    }
    let facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    let items =
        facts.iter().map(|fact| serde_json::to_value(Item::of_fact(fact).unwrap()).unwrap()).collect();
    server.stop().await;
    items
}

async fn send(server: &TestServer, bot: &TestBot, request: &Value) {
    let body = body_of(request).replace(RECORDED_KEY, &bot.write_key);
    let is_gzip = header(request, "content-encoding") == Some("gzip");
    let body = if is_gzip { gzip(body.as_bytes()) } else { body.into_bytes() };
    let mut ask = server.post(request["path"].as_str().unwrap(), body);
    for name in ["content-encoding", "content-type", "authorization"] {
        if let Some(value) = header(request, name) {
            let pair = |key: &str| BASE64.encode(format!("{key}:").as_bytes());
            ask = ask.header(name, &value.replace(&pair(RECORDED_KEY), &pair(&bot.write_key)));
        }
    }
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn header<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    let headers = request["headers"].as_object().unwrap();
    headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

fn body_of(request: &Value) -> String {
    let in_base64 =
        |body: &Value| String::from_utf8(BASE64.decode(body.as_str().unwrap().as_bytes()).unwrap()).unwrap();
    request["body"].as_str().map_or_else(|| in_base64(&request["body_base64"]), str::to_owned)
}

/// When the client said that it sent the last request.
fn sent_at(requests: &[Value]) -> String {
    let body: Value = serde_json::from_str(&body_of(requests.last().unwrap())).unwrap();
    let places = [&body["sentAt"], &body["sent_at"], &body["batch"][0]["sentAt"]];
    let sent_at = places.into_iter().find_map(Value::as_str).unwrap().to_owned();
    if sent_at.contains(['Z', '+']) { sent_at } else { format!("{sent_at}Z") }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
