//! gzip, told by the header or by the body's first bytes, and bounded: a small body may inflate to gigabytes.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::problem::{Problem, ProblemCode};

/// Largest body after inflating, in bytes.
pub const MAX_INFLATED_BYTES: usize = 32 * 1024 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// A gzip member ends in its length, in four bytes.
const LENGTH_BYTES: usize = 4;
/// The least that is expected of any body, in bytes.
const LEAST_EXPECTED: usize = 16 * 1024;

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
                ProblemCode::UnsupportedEncoding,
                "Content-Encoding has to be gzip or absent.",
            )),
        }
    }
}

/// The length that a gzip body says it has when it is inflated, in bytes. It may be wrong: more members may come before
/// the last.
pub fn expected_length(body: &[u8]) -> usize {
    let length = body.last_chunk::<LENGTH_BYTES>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length <= MAX_INFLATED_BYTES { length.max(LEAST_EXPECTED) } else { MAX_INFLATED_BYTES }
}

/// The body as the bot wrote it, if it has at most `limit` bytes; `None` if it has more, up to [`MAX_INFLATED_BYTES`].
///
/// # Errors
/// 400 for broken gzip, 413 above [`MAX_INFLATED_BYTES`].
pub fn inflate(body: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut inflated = Vec::with_capacity(limit.min(MAX_INFLATED_BYTES));
    MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut inflated).map_err(|_| not_gzip())?;
    if inflated.len() <= limit {
        return Ok(Some(inflated));
    }
    if limit < MAX_INFLATED_BYTES {
        return Ok(None);
    }
    Err(Problem::new(
        ProblemCode::BodyTooLarge,
        "A body has at most 32 MiB when unpacked. Send smaller batches.",
    ))
}

/// The problem of a body that is called gzip and is none.
pub fn not_gzip() -> Problem {
    Problem::new(ProblemCode::GzipInvalid, "The body is not gzip, or ends too early.")
}

/// Reads the first [`MAX_INFLATED_BYTES`] of a body as the bot wrote it, without keeping them.
pub fn reader(body: &[u8], encoding: Encoding) -> Box<dyn Read + '_> {
    match encoding {
        Encoding::Plain => Box::new(body),
        Encoding::Gzip => Box::new(MultiGzDecoder::new(body).take(MAX_INFLATED_BYTES as u64)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_says_how_long_it_is() {
        assert_eq!(expected_length(&gzip(&[b'a'; 100_000])), 100_000);
        assert_eq!(expected_length(&gzip(b"a")), LEAST_EXPECTED);
        assert_eq!(expected_length(b"\xff\xff\xff\xff"), MAX_INFLATED_BYTES);
        assert_eq!(expected_length(b"a"), LEAST_EXPECTED);
    }

    #[test]
    fn a_body_that_is_longer_than_it_says_is_told_apart_from_one_that_is_too_long() {
        let two = [gzip(&[b'a'; 60_000]), gzip(&[b'b'; 20_000])].concat();
        assert_eq!(inflate(&two, expected_length(&two)).unwrap(), None);
        assert_eq!(inflate(&two, MAX_INFLATED_BYTES).unwrap().unwrap().len(), 80_000);
        let bomb = gzip(&vec![b'a'; MAX_INFLATED_BYTES + 1]);
        assert_eq!(inflate(&bomb, MAX_INFLATED_BYTES).unwrap_err().status().as_u16(), 413);
    }
}
