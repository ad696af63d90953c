//! gzip, told by the header or by the body's first bytes, and bounded: a small body may inflate to gigabytes.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};

use crate::problem::Problem;

/// Largest body after inflating, in bytes.
pub const MAX_INFLATED_BYTES: usize = 32 * 1024 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As the bot wrote it.
    Plain,
    /// Compressed, as the header or the first bytes say.
    Gzip,
}

impl Encoding {
    /// Reads `Content-Encoding`, and looks at the body where it says nothing.
    ///
    /// # Errors
    /// 415 for anything but `gzip` and `identity`.
    pub fn of(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let header = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap_or("unreadable"));
        match header.trim().to_ascii_lowercase().as_str() {
            "" | "identity" if body.starts_with(&GZIP_MAGIC) => Ok(Self::Gzip),
            "" | "identity" => Ok(Self::Plain),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_encoding",
                "Content-Encoding may be gzip or absent.",
            )),
        }
    }
}

/// The body as the bot wrote it.
///
/// # Errors
/// 400 for broken gzip, 413 above [`MAX_INFLATED_BYTES`].
pub fn inflate(body: &[u8], encoding: Encoding) -> Result<Cow<'_, [u8]>, Problem> {
    if encoding == Encoding::Plain {
        return Ok(Cow::Borrowed(body));
    }
    let limit = MAX_INFLATED_BYTES as u64 + 1;
    let mut inflated = Vec::new();
    MultiGzDecoder::new(body).take(limit).read_to_end(&mut inflated).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "gzip_invalid", "The body is not gzip, or breaks off.")
    })?;
    if inflated.len() > MAX_INFLATED_BYTES {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "A body has at most 32 MiB when it is inflated. Send smaller batches.",
        ));
    }
    Ok(Cow::Owned(inflated))
}
