//! Reading a request's body: bounded in bytes and in time, and answered cleanly when it is too large.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::header::{CONTENT_LENGTH, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use crate::problem::Problem;

/// Largest body as sent, in bytes.
pub const MAX_BODY_BYTES: usize = 5 * 1024 * 1024;

/// How much of a refused body is read and dropped, and for how long. A client that still sends does not read our
/// answer: closing the connection under its hands would show it a broken pipe instead of the reason.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// The whole body.
///
/// # Errors
/// 413 above [`MAX_BODY_BYTES`], 408 when it does not arrive in time, 400 when it breaks off.
pub async fn read(body: Body, headers: &HeaderMap, limit: Duration) -> Result<Bytes, Problem> {
    if declared_length(headers).is_some_and(|length| length > MAX_BODY_BYTES) {
        discard(body, headers).await;
        return Err(too_large());
    }
    match tokio::time::timeout(limit, collect(body)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Broken::TooLarge(rest))) => {
            discard(rest, headers).await;
            Err(too_large())
        }
        Ok(Err(Broken::Off)) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", "The body broke off."))
        }
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "The body did not arrive in time. Send smaller batches.",
        )),
    }
}

/// Reads and drops what a refused client still sends. One that asked with `Expect: 100-continue` sends nothing.
pub async fn discard(mut body: Body, headers: &HeaderMap) {
    if headers.contains_key(EXPECT) {
        return;
    }
    let dropping = async {
        let mut dropped = 0;
        while let Some(Ok(frame)) = body.frame().await {
            dropped += frame.data_ref().map_or(0, Bytes::len);
            if dropped > MAX_DISCARDED_BYTES {
                break;
            }
        }
    };
    if tokio::time::timeout(DISCARD_TIMEOUT, dropping).await.is_err() {
        tracing::debug!("a refused body was not read to its end");
    }
}

enum Broken {
    TooLarge(Body),
    Off,
}

async fn collect(mut body: Body) -> Result<Bytes, Broken> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Broken::Off)?;
        let Some(part) = frame.data_ref() else { continue };
        if bytes.len() + part.len() > MAX_BODY_BYTES {
            return Err(Broken::TooLarge(body));
        }
        bytes.extend_from_slice(part);
    }
    Ok(bytes.into())
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "A body has at most 5 MiB. Send smaller batches, or compress them with gzip.",
    )
}
