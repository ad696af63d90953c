//! One file of a history, unpacked, decoded and counted as it is read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::Context;
use flate2::bufread::MultiGzDecoder;

use super::decode;
use super::kind::Kind;

/// Bytes from the beginning of a file by which it is recognised.
const HEAD_BYTES: u64 = 1024 * 1024;

/// An open file.
pub struct InputFile {
    /// Its name below the folder or in the archive, or as it was given.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its first bytes, decoded: up to 1 MiB.
    pub head: Vec<u8>,
    /// All of it, decoded.
    pub reader: Box<dyn BufRead + Send>,
    /// The file itself, where it can be read in any order.
    pub file: Option<File>,
    /// The encoding that was decoded, if it was another than UTF-8.
    pub encoding: Option<&'static str>,
}

/// Counts what is read, and ends it at a limit.
#[derive(Clone, Debug)]
pub struct Meter {
    read: Arc<AtomicU64>,
    pub(super) limit: u64,
}

impl Meter {
    /// With a limit in bytes, after unpacking.
    pub fn new(limit: u64) -> Self {
        Self { read: Arc::default(), limit }
    }

    /// Bytes so far, after unpacking.
    pub fn bytes(&self) -> u64 {
        self.read.load(Relaxed)
    }

    fn count(&self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        if self.read.fetch_add(bytes, Relaxed) + bytes > self.limit {
            let limit = self.limit / (1024 * 1024);
            return Err(io::Error::other(format!("the files are larger than {limit} MiB when unpacked")));
        }
        Ok(())
    }
}

/// A reader whose bytes are counted.
pub(super) struct Metered<R>(pub(super) R, pub(super) Meter);

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1.count(read)?;
        Ok(read)
    }
}

impl InputFile {
    /// Opens a stream under a name for people. A gzip file is inflated as it is read.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn new(name: String, stream: Box<dyn Read + Send>, meter: &Meter) -> anyhow::Result<Self> {
        let mut reader: Box<dyn BufRead + Send> =
            Box::new(BufReader::with_capacity(1 << 18, Metered(stream, meter.clone())));
        if Kind::of(reader.fill_buf()?) == Kind::Gzip {
            let inflated = MultiGzDecoder::new(reader);
            reader = Box::new(BufReader::new(Metered(inflated, meter.clone())));
        }
        let (head, reader) = peek(reader)?;
        let kind = Kind::of(&head);
        let encoding = decode::find_encoding(&head, kind);
        let (head, reader) = match encoding {
            None => (head, reader),
            Some(_) => peek(decode::decode(reader, encoding))?,
        };
        let kind = if encoding.is_some() { Kind::of(&head) } else { kind };
        Ok(Self { name, kind, head, reader, file: None, encoding: decode::name(encoding) })
    }

    /// The first bytes as text, without a character that is cut off at their end.
    pub fn text_head(&self) -> &str {
        let valid = std::str::from_utf8(&self.head).map_or_else(|error| error.valid_up_to(), str::len);
        std::str::from_utf8(&self.head[..valid]).unwrap_or_default()
    }

    /// Whether it begins as JSON in which an object has a member of this name. Of several objects one after the other the
    /// first one speaks for the file.
    pub fn has_member(&self, name: &str) -> bool {
        if !matches!(self.kind, Kind::JsonArray | Kind::JsonObject) {
            return false;
        }
        let quoted = format!("\"{name}\"");
        let head = if self.kind == Kind::JsonObject { self.first_object() } else { self.text_head() };
        head.match_indices(&quoted).any(|(at, _)| head[at + quoted.len()..].trim_start().starts_with(':'))
    }

    /// The first object; all of the first bytes where it does not end in them.
    fn first_object(&self) -> &str {
        let head = self.text_head();
        let mut values = serde_json::Deserializer::from_str(head.trim_start_matches('\u{feff}')).into_iter();
        values.next().and_then(Result::ok).map_or(head, serde_json::value::RawValue::get)
    }

    /// Whether the first bytes are all of it.
    pub fn is_short(&self) -> bool {
        (self.head.len() as u64) < HEAD_BYTES
    }
}

type Peeked = (Vec<u8>, Box<dyn BufRead + Send>);

fn peek(mut reader: Box<dyn BufRead + Send>) -> anyhow::Result<Peeked> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head).context("the input cannot be read")?;
    let whole = Cursor::new(head.clone()).chain(reader);
    Ok((head, Box::new(whole)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_a_file_unpacks_to_has_a_limit() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![b'a'; 4 << 20]).unwrap();
        let packed = packed.finish().unwrap();
        let unpack = |limit| -> anyhow::Result<usize> {
            let file = InputFile::new("a".into(), Box::new(Cursor::new(packed.clone())), &Meter::new(limit))?;
            let mut reader = file.reader;
            Ok(reader.read_to_end(&mut Vec::new())?)
        };
        assert_eq!(unpack(5 << 20).unwrap(), 4 << 20);
        let refused = unpack(3 << 20).unwrap_err();
        assert!(format!("{refused:#}").contains("larger than 3 MiB"), "{refused:#}");
    }
}
