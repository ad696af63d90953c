//! Connections: how long a client may be silent, how many there may be, and slow ones that are served all the same.

use std::time::Duration;

use serde_json::json;
use server::net::{Pace, Patience, Unread};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{TestServer, incoming};

/// Patience of tests: everything in a tenth of a second.
const SHORT: Patience = Patience {
    headers: Duration::from_millis(300),
    keep_alive: Duration::from_millis(900),
    body: Pace { within: Duration::from_millis(300), bytes: 64 },
    answer: Pace { within: Duration::from_millis(300), bytes: 16 * 1024 },
    unread: Unread { within: Duration::from_millis(300), bytes: 256 * 1024 },
};
/// How long something may take that is bound to come.
const SOON: Duration = Duration::from_secs(20);

async fn start(patience: Patience) -> TestServer {
    TestServer::start_with(move |mut state| {
        state.connections.patience = patience;
        state
    })
    .await
}

/// Whether the server closes a connection on which this was sent, and nothing else.
async fn is_closed_after(server: &TestServer, sent: &[u8]) -> String {
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    connection.write_all(sent).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = tokio::time::timeout(SOON, connection.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn silent_connections_are_closed() {
    let server = start(SHORT).await;
    assert_eq!(is_closed_after(&server, b"").await, "");
    assert_eq!(is_closed_after(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n").await, "");
    let alive = is_closed_after(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(alive.starts_with("HTTP/1.1 200 ") && alive.ends_with("ok"), "{alive}");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_may_be_silent_between_requests() {
    let server = start(Patience { keep_alive: SOON, ..SHORT }).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..2 {
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 1024];
        let length = connection.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
        // Longer than headers may take.
        tokio::time::sleep(SHORT.headers * 4).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_is_answered_at_every_door() {
    let server = start(SHORT).await;
    let bot = server.create_bot("stops").await;
    for path in ["/api/v1/events", "/batch", "/v1/batch", "/v1/traces", "/track", "/rasa/events", "/chatwoot"]
    {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\n\r\n[",
            bot.write_key
        );
        let answer = is_closed_after(&server, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body_timeout"), "{path}: {answer}");
    }
    let form = format!(
        "POST /fn/sign_in HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=",
        server.base_url
    );
    let answer = is_closed_after(&server, form.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body_timeout"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_stored() {
    let server = start(SHORT).await;
    let bot = server.create_bot("slow").await;
    let body = json!([incoming("a", "2026-11-18T10:00:00Z")]).to_string();
    let body = format!("{}{body}", " ".repeat(2_000));
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        bot.write_key,
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // Several stretches long, each with a few times of what it has to bring.
    for part in body.as_bytes().chunks(50) {
        connection.write_all(part).await.unwrap();
        tokio::time::sleep(SHORT.body.within / 12).await;
    }
    let mut answer = [0; 1024];
    let length = connection.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.contains(r#""accepted":1"#), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let server = start(SHORT).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    // Until more answers wait than fit into the buffers of the system.
    let asking = async { while connection.write_all(request).await.is_ok() {} };
    let ended = tokio::time::timeout(SOON * 3, asking).await;
    ended.expect("a client that reads nothing is served without end");
    server.stop().await;
}

#[tokio::test]
async fn one_address_leaves_connections_to_others() {
    let server = TestServer::start_with(|mut state| {
        state.connections.connections = Some(8);
        state.connections.patience.headers = SOON;
        state
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(TcpStream::connect(server.address).await.unwrap());
    }
    assert_eq!(is_closed_after(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await, "");
    open.clear();
    let mut answer = String::new();
    // The server notices the ends of the others a moment later.
    for _ in 0..100 {
        answer =
            is_closed_after(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        if !answer.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(answer.ends_with("ok"), "{answer}");
    server.stop().await;
}

/// Asks for the same page this often, one request behind the other, and says how many bytes come before the end. The
/// client reads so many bytes each time, pauses, and keeps few unread ones.
async fn read_slowly(server: &TestServer, requests: usize, bytes: usize, pause: Duration) -> usize {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut connection = socket.connect(server.address).await.unwrap();
    let ask = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(requests - 1);
    let last = "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    connection.write_all(format!("{ask}{last}").as_bytes()).await.unwrap();
    let mut total = 0;
    let mut part = vec![0; bytes];
    loop {
        match connection.read_exact(&mut part).await {
            Ok(_) => total += bytes,
            Err(_) => return total,
        }
        tokio::time::sleep(pause).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_arrives_whole() {
    let answer = Pace { within: Duration::from_millis(700), ..SHORT.answer };
    let server = start(Patience { answer, keep_alive: SOON, ..SHORT }).await;
    let whole =
        is_closed_after(&server, b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .len();
    // More than the system would keep for a connection by itself.
    let requests = 5 * 1024 * 1024 / whole + 1;
    let taken = read_slowly(&server, requests, 16 * 1024, Duration::from_millis(25)).await;
    // The last part is no whole one.
    assert!(taken + 16 * 1024 > (whole - 30) * requests, "{taken} of {}", whole * requests);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_cut_the_answer() {
    let server = start(Patience::DEFAULT).await;
    let head = "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let whole = is_closed_after(&server, format!("{head}\r\n").as_bytes()).await;
    assert!(whole.len() > 128 * 1024, "too short to be cut");
    for length in [100, 70_000, 900_000] {
        let asked = format!("{head}Content-Length: {length}\r\n\r\n{}", "x".repeat(length));
        let answer = is_closed_after(&server, asked.as_bytes()).await;
        assert_eq!(answer.len(), whole.len(), "with a body of {length} bytes");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_unread_body_is_taken_for_a_while_only() {
    let server = start(Patience { keep_alive: SOON * 10, ..SHORT }).await;
    let head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n";
    // Nothing more comes.
    let answer = is_closed_after(&server, head).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // More comes than is taken.
    let server_takes = async {
        let mut connection = TcpStream::connect(server.address).await.unwrap();
        connection.write_all(head).await.unwrap();
        while connection.write_all(&[0; 64 * 1024]).await.is_ok() {}
    };
    tokio::time::timeout(SOON, server_takes).await.expect("a body that nobody reads is taken without end");
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_was_not_asked_for_is_not_called_for() {
    let server = start(Patience::DEFAULT).await;
    let head = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    let answer = is_closed_after(&server, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_form_that_is_too_long_or_breaks_off_is_refused() {
    let server = start(SHORT).await;
    let head = format!(
        "POST /fn/sign_in HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        server.base_url
    );
    let long = format!("{head}11000\r\n{}\r\n0\r\n\r\n", "a".repeat(0x11000));
    let answer = is_closed_after(&server, long.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
    let broken = format!("{head}no length\r\n");
    let answer = is_closed_after(&server, broken.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("body_incomplete"), "{answer}");
    server.stop().await;
}
