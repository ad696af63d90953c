//! The memory that requests share: what is refused when it is used up, and who is served all the same.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use server::memory::{Memory, MemoryLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestServer, incoming};

const MIB: usize = 1024 * 1024;

async fn start(limits: MemoryLimits) -> TestServer {
    TestServer::start_with(move |mut state| {
        state.memory = Arc::new(Memory::new(limits));
        state
    })
    .await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A connection on which all of a request but its last byte has been sent.
async fn hold_back(server: &TestServer, head: &str, length: usize) -> TcpStream {
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let head = format!("POST {head}\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&vec![b' '; length - 1]).await.unwrap();
    connection
}

#[tokio::test]
async fn bodies_without_a_key_share_little_memory_and_bots_do_not_feel_it() {
    let server = start(MemoryLimits { keyless: 4 * MIB, ..MemoryLimits::DEFAULT }).await;
    let bot = server.create_bot("beside").await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(hold_back(&server, "/batch HTTP/1.1", MIB).await);
    }
    let mut refused = 0;
    for connection in &mut held {
        connection.write_all(b" ").await.unwrap();
        let mut answer = [0; 4096];
        let length = connection.read(&mut answer).await.unwrap();
        refused += usize::from(answer[..length].starts_with(b"HTTP/1.1 503 "));
    }
    assert!((1..8).contains(&refused), "{refused} of 8 refused");
    let item = incoming("a", "2026-11-18T10:00:00Z").to_string();
    assert_eq!(server.send(&bot, item).send().await.json()["accepted"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_body_is_refused_for_which_there_is_no_memory_and_the_bot_is_told_to_come_again() {
    let server = start(MemoryLimits { large: 8 * MIB, ..MemoryLimits::DEFAULT }).await;
    let bot = server.create_bot("large").await;
    let body = |bytes: usize| format!("[{}]", " ".repeat(bytes - 2));
    assert_eq!(server.send(&bot, body(MIB)).send().await.status, 200);
    let refused = server.send(&bot, body(2 * MIB)).send().await;
    refused.assert_problem(503, "busy");
    assert_eq!(refused.header("retry-after"), "2");
    // Its inflated length counts, whatever it says itself.
    let honest = gzip(body(2 * MIB).as_bytes());
    server.send(&bot, honest.clone()).send().await.assert_problem(503, "busy");
    let understated = [honest, gzip(b" ")].concat();
    server.send(&bot, understated).send().await.assert_problem(503, "busy");
    assert_eq!(server.send(&bot, gzip(body(MIB - 64 * 1024).as_bytes())).send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_key_inside_a_body_is_found_wherever_it_stands() {
    let server = start(MemoryLimits { keyless: MIB, ..MemoryLimits::DEFAULT }).await;
    let bot = server.create_bot("inside").await;
    let event = json!({"event": "asked", "distinct_id": "u", "properties": {"text": "x".repeat(100)}});
    let events = |count: usize| json!(vec![event.clone(); count]).to_string();
    let first = format!(r#"{{"api_key": "{}", "batch": {}}}"#, bot.write_key, events(9_000));
    assert!(first.len() > MIB, "it has to be larger than what bodies without a key share");
    let last = format!(r#"{{"batch": {}, "api_key": "{}"}}"#, events(2_000), bot.write_key);
    for body in [first.into_bytes(), last.clone().into_bytes(), gzip(last.as_bytes())] {
        let answer = server.post("/batch", body).header("content-type", "application/json").send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn answers_that_nobody_takes_share_little_memory() {
    let server = start(MemoryLimits { answers: 64 * 1024, ..MemoryLimits::DEFAULT }).await;
    let bot = server.create_bot("answers").await;
    let analytics = |from: &str| {
        let path = format!("/api/v1/bots/{}/analytics?from={from}&to=2026-11-18&granularity=hour", bot.id);
        server.get(&path).bearer(&bot.read_token)
    };
    assert_eq!(analytics("2026-11-17").send().await.status, 200);
    analytics("2026-10-01").send().await.assert_problem(503, "busy");
    server.stop().await;
}
