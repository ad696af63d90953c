//! Reading a request's body: bounded in bytes, and charged before it is kept.

use axum::body::{Body, Bytes};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;

use crate::memory::Lease;
use crate::net::BodyTooSlow;
use crate::problem::{Problem, ProblemCode};

/// Largest body as sent, in bytes.
pub const MAX_BODY_BYTES: usize = 5 * 1024 * 1024;
/// A buffer that grows may be twice as large as the bytes in it.
const BUFFER_FACTOR: usize = 2;

/// A body that arrives.
#[derive(Debug)]
pub struct ArrivingBody {
    body: Body,
    declared: Option<usize>,
    bytes: Vec<u8>,
    has_ended: bool,
}

impl ArrivingBody {
    /// The body of a request with these headers.
    pub fn new(body: Body, headers: &HeaderMap) -> Self {
        let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        Self { body, declared, bytes: Vec::new(), has_ended: false }
    }

    /// The bytes that are there.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether all of it is there.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// All of it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes out the bytes that are there, for somebody who gives them back.
    pub fn lend_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Puts the bytes back.
    pub fn return_bytes(&mut self, bytes: Vec<u8>) {
        self.bytes = bytes;
    }

    /// Reads on until `bytes` are there or the body ends. The lease pays for them.
    ///
    /// # Errors
    /// 413 above [`MAX_BODY_BYTES`], 408 when it does not arrive in time, 400 when it breaks off, 503 when there is no
    /// memory for it.
    pub async fn read_up_to(&mut self, bytes: usize, lease: &mut Lease) -> Result<(), Problem> {
        if self.declared.is_some_and(|declared| declared > MAX_BODY_BYTES) {
            return Err(too_large());
        }
        while !self.has_ended && self.bytes.len() < bytes {
            match self.body.frame().await {
                None => self.has_ended = true,
                Some(frame) => {
                    self.add(frame.map_err(explain)?.into_data().unwrap_or_default(), lease).await?
                }
            }
        }
        Ok(())
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// Those of [`ArrivingBody::read_up_to`].
    pub async fn read(&mut self, lease: &mut Lease) -> Result<(), Problem> {
        self.read_up_to(usize::MAX, lease).await
    }

    async fn add(&mut self, part: Bytes, lease: &mut Lease) -> Result<(), Problem> {
        let length = self.bytes.len() + part.len();
        if length > MAX_BODY_BYTES {
            return Err(too_large());
        }
        lease.grow_to(length * BUFFER_FACTOR).await?;
        self.bytes.extend_from_slice(&part);
        Ok(())
    }
}

fn explain(error: axum::Error) -> Problem {
    if error.into_inner().is::<BodyTooSlow>() {
        let detail = "The body did not arrive in time. Send smaller batches.";
        return Problem::new(ProblemCode::BodyTimeout, detail);
    }
    Problem::new(ProblemCode::BodyIncomplete, "The body ended too early.")
}

fn too_large() -> Problem {
    Problem::new(
        ProblemCode::BodyTooLarge,
        "A body has at most 5 MiB. Send smaller batches, or compress them with gzip.",
    )
}
