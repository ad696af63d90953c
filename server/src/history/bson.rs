//! BSON, as far as mongodump writes it: documents one after another, given as JSON.

use std::io::{BufRead, Read};

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;

/// Largest document: MongoDB's 16 MiB, and what it allows above them for its own.
const MAX_DOCUMENT_BYTES: u32 = 16 * 1024 * 1024 + 16 * 1024;
const MIN_DOCUMENT_BYTES: u32 = 5;
const LENGTH_BYTES: usize = 4;
/// MongoDB's own limit.
const MAX_DEPTH: usize = 100;

/// Documents one after another.
pub(super) struct Documents<R> {
    reader: R,
    count: u64,
}

impl<R: BufRead> Documents<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, count: 0 }
    }

    /// The next document as JSON; `None` at the end.
    ///
    /// # Errors
    /// When the file is cut off or damaged.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        if self.reader.fill_buf().context("the file cannot be read")?.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        let document = self.read_document().with_context(|| {
            format!(
                "the file is cut off or damaged in document {}; the documents before it are imported",
                self.count
            )
        })?;
        let mut json = Vec::new();
        Input { bytes: &document }.write_document(&mut json, Brackets::Object, 0).with_context(|| {
            format!("document {} is damaged; the documents before it are imported", self.count)
        })?;
        Ok(Some(json))
    }

    /// Without its length.
    fn read_document(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut length = [0; LENGTH_BYTES];
        self.reader.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if !(MIN_DOCUMENT_BYTES..=MAX_DOCUMENT_BYTES).contains(&length) {
            bail!("a document of {length} bytes");
        }
        let rest = u64::from(length) - LENGTH_BYTES as u64;
        let mut document = Vec::new();
        let read = self.reader.by_ref().take(rest).read_to_end(&mut document)?;
        if read as u64 != rest {
            bail!("only {read} of {rest} bytes are there");
        }
        Ok(document)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Brackets {
    Object,
    Array,
}

/// What is left of a document.
struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> anyhow::Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count).context("a value without end")?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        Ok(self.take(N)?.try_into()?)
    }

    fn length(&mut self) -> anyhow::Result<usize> {
        Ok(usize::try_from(i32::from_le_bytes(self.array()?))?)
    }

    /// A text that ends with a zero.
    fn name(&mut self) -> anyhow::Result<&'a [u8]> {
        let end = self.bytes.iter().position(|byte| *byte == 0).context("a name without end")?;
        let name = self.take(end)?;
        self.take(1)?;
        Ok(name)
    }

    /// A text with its length, and a zero at its end.
    fn text(&mut self) -> anyhow::Result<&'a [u8]> {
        let length = self.length()?;
        let text = self.take(length)?;
        text.strip_suffix(&[0]).context("a text without end")
    }

    /// Writes elements up to the zero at the end.
    fn write_document(&mut self, json: &mut Vec<u8>, brackets: Brackets, depth: usize) -> anyhow::Result<()> {
        if depth > MAX_DEPTH {
            bail!("more than {MAX_DEPTH} levels");
        }
        let (open, close) = if brackets == Brackets::Object { (b'{', b'}') } else { (b'[', b']') };
        json.push(open);
        let mut is_first = true;
        loop {
            let [kind] = self.array()?;
            if kind == 0 {
                json.push(close);
                return Ok(());
            }
            if !is_first {
                json.push(b',');
            }
            is_first = false;
            let name = self.name()?;
            if brackets == Brackets::Object {
                write_text(json, name)?;
                json.push(b':');
            }
            self.write_value(json, kind, depth)?;
        }
    }

    fn write_value(&mut self, json: &mut Vec<u8>, kind: u8, depth: usize) -> anyhow::Result<()> {
        match kind {
            0x01 => write_number(json, f64::from_le_bytes(self.array()?)),
            0x02 | 0x0d | 0x0e => write_text(json, self.text()?)?,
            0x03 | 0x04 => {
                let brackets = if kind == 0x03 { Brackets::Object } else { Brackets::Array };
                self.length()?;
                self.write_document(json, brackets, depth + 1)?;
            }
            0x07 => write_text(json, HEXLOWER.encode(self.take(12)?).as_bytes())?,
            0x08 => json.extend_from_slice(if self.array()? == [0] { b"false" } else { b"true" }),
            0x10 => json.extend_from_slice(i32::from_le_bytes(self.array()?).to_string().as_bytes()),
            0x09 | 0x11 | 0x12 => {
                json.extend_from_slice(i64::from_le_bytes(self.array()?).to_string().as_bytes())
            }
            other => {
                self.skip_value(other)?;
                json.extend_from_slice(b"null");
            }
        }
        Ok(())
    }

    /// What JSON has no value for, or no history uses.
    fn skip_value(&mut self, kind: u8) -> anyhow::Result<()> {
        match kind {
            0x06 | 0x0a | 0x7f | 0xff => {}
            0x05 => {
                let length = self.length()?;
                self.take(length + 1)?;
            }
            0x0b => {
                self.name()?;
                self.name()?;
            }
            0x0c => {
                self.text()?;
                self.take(12)?;
            }
            0x0f => {
                let length = self.length()?;
                self.take(length.saturating_sub(LENGTH_BYTES))?;
            }
            0x13 => drop(self.take(16)?),
            other => bail!("a value of the unknown kind {other}"),
        }
        Ok(())
    }
}

fn write_text(json: &mut Vec<u8>, text: &[u8]) -> anyhow::Result<()> {
    Ok(serde_json::to_writer(json, &String::from_utf8_lossy(text))?)
}

fn write_number(json: &mut Vec<u8>, number: f64) {
    let text = if number.is_finite() { number.to_string() } else { "null".to_owned() };
    json.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A document of these elements.
    fn document(elements: &[u8]) -> Vec<u8> {
        let length = u32::try_from(elements.len() + 5).unwrap();
        [&length.to_le_bytes()[..], elements, &[0]].concat()
    }

    fn read(bytes: &[u8]) -> anyhow::Result<Vec<String>> {
        let (mut documents, mut read) = (Documents::new(bytes), Vec::new());
        while let Some(json) = documents.next()? {
            read.push(String::from_utf8(json)?);
        }
        Ok(read)
    }

    #[test]
    fn documents_become_json() {
        let inner = document(b"\x100\0\x01\0\0\0\x080\0\x01");
        let elements = [
            &b"\x02t\0\x03\0\0\0a\"\0"[..],
            b"\x01d\0\0\0\0\0\0\0\xf8\x3f",
            b"\x07o\0abcdefghijkl",
            b"\x05b\0\x02\0\0\0\0xx",
            b"\x0an\0",
            b"\x12l\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x04a\0",
            &inner,
        ]
        .concat();
        let one = document(&elements);
        let json =
            r#"{"t":"a\"","d":1.5,"o":"6162636465666768696a6b6c","b":null,"n":null,"l":-1,"a":[1,true]}"#;
        assert_eq!(read(&[one.clone(), one].concat()).unwrap(), [json, json]);
        assert!(read(b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_cut_off_or_too_large_or_too_deep_is_an_error() {
        let one = document(b"\x10a\0\x01\0\0\0");
        assert!(read(&one[..one.len() - 1]).is_err());
        assert!(read(&[&one[..], b"\x04"].concat()).unwrap_err().to_string().contains("document 2"));
        assert!(read(&(MAX_DOCUMENT_BYTES + 1).to_le_bytes()).is_err());
        let deep =
            (0..=MAX_DEPTH).fold(document(b""), |inner, _| document(&[b"\x03a\0", &inner[..]].concat()));
        assert!(read(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_do_no_harm(elements in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(documents) = read(&document(&elements)) {
                documents.iter().for_each(|json| drop(serde_json::from_str::<serde_json::Value>(json).unwrap()));
            }
        }
    }
}
