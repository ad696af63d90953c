//! Histories that are odd: two formats in one file, equal ids, and messages that came in live before.

use serde_json::{Value, json};

use crate::import_formats::{Importer, counts};
use crate::support::{TestBot, TestServer};

const NATIVE: &str = r#"{"user_id":"ada","at":"2026-11-18T10:00:00Z","direction":"incoming","id":"n-1"}"#;
const TRACKER: &str = r#"{"sender_id":"bob","events":[{"event":"user","timestamp":1767323045.0,"text":"hi","message_id":"m-1","input_channel":"web"}]}"#;

#[test]
fn a_file_of_two_formats_is_read_by_the_first_and_the_rest_is_named() {
    let importer = Importer::new();
    let file = importer.parlance.write("two.ndjson", &format!("{NATIVE}\n{TRACKER}\n"));
    let summary = importer.import_recognised(1, &file, &[]);
    assert_eq!(counts(&summary), [2, 1, 0], "{summary}");
    let rejected = summary["rejected"].as_object().unwrap();
    assert_eq!(rejected.len(), 1, "{summary}");
    assert_eq!(rejected.values().next().unwrap()["first_lines"], json!([2]), "{summary}");
    assert_eq!(importer.export().len(), 1);
}

#[test]
fn a_table_in_a_file_of_lines_is_named_line_by_line() {
    let importer = Importer::new();
    let table = "user_id,at,direction\nbob,2026-11-18T10:00:00Z,incoming\n";
    let file = importer.parlance.write("two.ndjson", &format!("{NATIVE}\n{table}"));
    let summary = importer.import_recognised(1, &file, &[]);
    assert_eq!(counts(&summary), [3, 1, 0], "{summary}");
    assert_eq!(summary["rejected"]["not_an_object"]["first_lines"], json!([2, 3]), "{summary}");
}

#[test]
fn two_answers_of_one_millisecond_with_one_id_both_count() {
    let importer = Importer::new();
    let answer = |text: &str| {
        json!({
            "type": "message", "id": "1767323045678", "timestamp": "2026-01-02T03:04:05.678Z", "channelId": "test",
            "from": {"id": "bot", "role": "bot"}, "recipient": {"id": "ada", "role": "user"},
            "conversation": {"id": "one"}, "text": text,
        })
    };
    let transcript = json!([answer("first"), answer("second")]);
    let file = importer.parlance.write("one.transcript", &transcript.to_string());
    assert_eq!(counts(&importer.import_recognised(0, &file, &[])), [2, 2, 0]);
    assert_eq!(counts(&importer.import_recognised(0, &file, &[])), [2, 0, 2]);
}

/// Imports a file on the bot's page; gives back what is new and what was there.
async fn import(server: &TestServer, bot: &TestBot, name: &str, file: &Value) -> (Value, Value) {
    let cookie = server.login_cookie(bot.owner).await;
    let address = format!("/fn/import_history?bot_id={}&name={name}&aim=store", bot.id);
    let ask = server.post(&address, file.to_string()).header("origin", &server.base_url).cookie(&cookie);
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let last: Value = serde_json::from_str(answer.text().trim().lines().last().unwrap()).unwrap();
    assert_eq!(last["error"], Value::Null, "{last}");
    (last["summary"]["accepted"].clone(), last["summary"]["duplicates"].clone())
}

#[tokio::test]
async fn what_came_in_from_chatwoot_live_is_not_counted_again_by_its_history() {
    let server = TestServer::start().await;
    let bot = server.create_bot("desk").await;
    let live = json!({
        "event": "message_created", "id": 41, "content": "hello", "created_at": "2026-11-18T10:00:00.500Z",
        "message_type": "incoming", "content_type": "text", "private": false, "sender": {"id": 7, "type": "contact"},
        "inbox": {"id": 1}, "account": {"id": 1},
        "conversation": {"id": 12, "channel": "Channel::WebWidget", "meta": {"sender": {"id": 7, "type": "contact"}}},
    });
    let sent = server.post(&format!("/chatwoot?api_key={}", bot.write_key), live.to_string()).send().await;
    assert_eq!((sent.status, sent.json()["accepted"].clone()), (200, json!(1)), "{}", sent.text());
    let message = |id: u64, kind: u64, at: u64, sender: Value| {
        json!({
            "id": id, "content": "hello", "created_at": at, "message_type": kind, "sender": sender,
            "conversation_id": 12, "inbox_id": 1, "private": false,
        })
    };
    let history = json!({"payload": [
        message(41, 0, 1_794_996_000, json!({"id": 7, "type": "contact"})),
        message(42, 1, 1_794_996_001, json!({"id": 1, "type": "user"})),
    ]});
    assert_eq!(import(&server, &bot, "messages.json", &history).await, (json!(1), json!(1)));
    assert_eq!(import(&server, &bot, "messages.json", &history).await, (json!(0), json!(2)));
    server.stop().await;
}

#[tokio::test]
async fn what_came_in_from_bot_framework_live_is_not_counted_again_by_its_transcript() {
    let server = TestServer::start().await;
    let bot = server.create_bot("teams").await;
    let activity = |id: &str, from: Value, to: Value| {
        json!({
            "type": "message", "id": id, "timestamp": "2026-11-18T10:00:00.5Z", "channelId": "msteams", "text": "hi",
            "from": from, "recipient": to, "conversation": {"id": "one"},
        })
    };
    let (ada, ours) = (json!({"id": "29:ada", "role": "user"}), json!({"id": "28:bot", "role": "bot"}));
    let asked = activity("a-1", ada.clone(), ours.clone());
    let answered = activity("a-2", ours, ada);
    let path = format!("/track?apiKey={}&type=incoming&platform=microsoft", bot.write_key);
    let sent = server.post(&path, asked.to_string()).send().await;
    assert_eq!((sent.status, sent.json()["accepted"].clone()), (200, json!(1)), "{}", sent.text());
    let history = json!([asked, answered]);
    assert_eq!(import(&server, &bot, "one.transcript", &history).await, (json!(1), json!(1)));
    server.stop().await;
}
