//! Bodies: forms, limits, compression, and what a bot is told.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use server::net::Pace;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestServer, incoming};

const MIB: usize = 1024 * 1024;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn items(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| json!({"id": n, "user_id": "u", "direction": "incoming", "at": 1_794_996_000_000_i64}))
        .collect()
}

#[tokio::test]
async fn one_object_an_array_and_lines_are_read_alike() {
    let server = TestServer::start().await;
    let bot = server.create_bot("forms").await;
    let item = |user: &str| incoming(user, "2026-11-18T10:00:00Z");
    let pretty = serde_json::to_string_pretty(&item("one")).unwrap();
    let lines = format!("{}\r\n\n{}\n", item("two"), item("three"));
    let array = json!([item("four"), item("five")]).to_string();
    for (body, accepted) in [(pretty, 1), (lines, 2), (array, 2)] {
        let answer = server.send(&bot, body.clone()).header("content-type", "text/plain").send().await;
        assert_eq!(answer.json(), json!({"accepted": accepted, "duplicates": 0, "rejected": []}), "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn valid_items_are_stored_beside_invalid_ones_which_are_named() {
    let server = TestServer::start().await;
    let bot = server.create_bot("beside").await;
    let good = incoming("a", "2026-11-18T10:00:00Z");
    let reply = server.send(&bot, json!([{}, good, 5, good]).to_string()).send().await.json();
    assert_eq!((&reply["accepted"], &reply["duplicates"]), (&json!(1), &json!(1)));
    let rejected: Vec<_> =
        reply["rejected"].as_array().unwrap().iter().map(|it| (&it["index"], &it["code"])).collect();
    assert_eq!(rejected, [(&json!(0), &json!("user_id_missing")), (&json!(2), &json!("not_an_object"))]);
    assert!(reply["rejected"][0]["detail"].as_str().unwrap().contains("user_id"));
    server.stop().await;
}

#[tokio::test]
async fn a_broken_line_harms_no_other() {
    let server = TestServer::start().await;
    let bot = server.create_bot("lines").await;
    let mut body = b"{\"user_id\": \"\xff\", \"direction\": \"incoming\"}\n{broken\n".to_vec();
    body.extend(br#"{"user_id": "\ud800", "direction": "incoming"}"#);
    body.push(b'\n');
    body.extend(incoming("a", "2026-11-18T10:00:00Z").to_string().bytes());
    let reply = server.send(&bot, body).send().await.json();
    let codes: Vec<_> =
        reply["rejected"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(
        (reply["accepted"].as_u64(), codes),
        (Some(1), vec!["not_an_object", "not_an_object", "user_id_invalid"])
    );
    server.stop().await;
}

#[tokio::test]
async fn an_empty_array_is_answered_with_zeros() {
    let server = TestServer::start().await;
    let bot = server.create_bot("zeros").await;
    let answer = server.send(&bot, "[]").send().await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"accepted": 0, "duplicates": 0, "rejected": []}))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_whole() {
    let server = TestServer::start().await;
    let bot = server.create_bot("broken").await;
    let half = format!("[{}, ", incoming("a", "2026-11-18T10:00:00Z"));
    for (body, code) in [
        (b"".to_vec(), "body_empty"),
        (b" \n ".to_vec(), "body_empty"),
        (half.into_bytes(), "array_invalid"),
        (b"[1] [2]".to_vec(), "array_invalid"),
        (b"[\xff]".to_vec(), "array_invalid"),
        (b"\x1f\x8bnot gzip".to_vec(), "gzip_invalid"),
        (gzip(b"[]")[..12].to_vec(), "gzip_invalid"),
        (gzip(b""), "body_empty"),
    ] {
        server.send(&bot, body).send().await.assert_problem(400, code);
    }
    assert!(server.store.load_facts(bot.id, None, None, 1).await.unwrap().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn gzip_is_known_by_its_header_and_by_its_first_bytes() {
    let server = TestServer::start().await;
    let bot = server.create_bot("gzip").await;
    let body = gzip(incoming("a", "2026-11-18T10:00:00Z").to_string().as_bytes());
    assert_eq!(
        server.send(&bot, body.clone()).header("content-encoding", "gzip").send().await.json()["accepted"],
        1
    );
    assert_eq!(server.send(&bot, body).send().await.json()["duplicates"], 1);
    server
        .send(&bot, "[]")
        .header("content-encoding", "gzip")
        .send()
        .await
        .assert_problem(400, "gzip_invalid");
    server
        .send(&bot, "[]")
        .header("content-encoding", "br")
        .send()
        .await
        .assert_problem(415, "unsupported_encoding");
    server.stop().await;
}

#[tokio::test]
async fn a_gzip_bomb_is_not_inflated() {
    let server = TestServer::start().await;
    let bot = server.create_bot("bomb").await;
    let bomb = gzip(&vec![b' '; 33 * MIB]);
    assert!(bomb.len() < MIB);
    server.send(&bot, bomb).send().await.assert_problem(413, "body_too_large");
    server.stop().await;
}

#[tokio::test]
async fn a_body_has_at_most_5_mib() {
    let server = TestServer::start().await;
    let bot = server.create_bot("large").await;
    let body = |bytes: usize| format!("[{}]", " ".repeat(bytes - 2));
    assert_eq!(server.send(&bot, body(5 * MIB)).send().await.status, 200);
    server.send(&bot, body(5 * MIB + 1)).send().await.assert_problem(413, "body_too_large");
    server.send(&bot, body(20 * MIB)).send().await.assert_problem(413, "body_too_large");
    server.stop().await;
}

#[tokio::test]
async fn a_body_without_a_length_is_answered_once_it_is_too_large() {
    let server = TestServer::start().await;
    let bot = server.create_bot("chunked").await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        bot.write_key
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..8 {
        connection.write_all(format!("{MIB:x}\r\n{}\r\n", " ".repeat(MIB)).as_bytes()).await.unwrap();
    }
    connection.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = TestServer::start_with(|mut state| {
        state.connections.patience.body = Pace { within: Duration::from_millis(50), bytes: 16 };
        state
    })
    .await;
    let bot = server.create_bot("slow").await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\nConnection: close\r\n\r\n[",
        bot.write_key
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body_timeout"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_has_at_most_ten_thousand_items() {
    let server = TestServer::start().await;
    let bot = server.create_bot("many").await;
    let reply = server.send(&bot, json!(items(10_000)).to_string()).send().await.json();
    assert_eq!(reply["accepted"], 10_000);
    server.send(&bot, json!(items(10_001)).to_string()).send().await.assert_problem(413, "too_many_items");
    server.stop().await;
}

#[tokio::test]
async fn nesting_without_end_is_one_rejected_item() {
    let server = TestServer::start().await;
    let bot = server.create_bot("deep").await;
    let body = format!("[{}{}]", "[".repeat(MIB), "]".repeat(MIB));
    let reply = server.send(&bot, body).send().await.json();
    assert_eq!(reply["rejected"][0]["code"], "not_an_object");
    server.stop().await;
}

#[tokio::test]
async fn what_was_acknowledged_is_on_disk() {
    let server = TestServer::start().await;
    let bot = server.create_bot("durable").await;
    assert_eq!(server.send(&bot, json!(items(3)).to_string()).send().await.json()["accepted"], 3);
    // Another connection to the same file sees only what was committed.
    let stopped = server.stop().await;
    let again = stopped.open_again().await.unwrap();
    assert_eq!(again.load_facts(bot.id, None, None, 10).await.unwrap().len(), 3);
    again.close().await;
}
