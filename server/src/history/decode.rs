//! Text in other encodings than UTF-8, decoded as it is read.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::kind::Kind;

const BUFFER_BYTES: usize = 64 * 1024;

/// The encoding of a text that begins like this: by its byte order mark, by the zeros that UTF-16 puts beside ASCII, or
/// Windows-1252 for what is no UTF-8 and no JSON. `None` for UTF-8 without a mark.
pub(super) fn find_encoding(head: &[u8], kind: Kind) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    match head {
        [0, first, ..] if *first != 0 => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        _ if kind == Kind::Text && !is_mostly_utf_8(head) => Some(WINDOWS_1252),
        _ => None,
    }
}

/// Whether it is UTF-8, but for a character that is cut off at the end, and for rows of another encoding: by chance the
/// letters of Windows-1252 are hardly ever UTF-8, so a text with letters of UTF-8 is no text of Windows-1252.
fn is_mostly_utf_8(head: &[u8]) -> bool {
    let chunks = || head.utf8_chunks();
    let letters: usize =
        chunks().map(|chunk| chunk.valid().chars().filter(|char| !char.is_ascii()).count()).sum();
    let others: usize = chunks().map(|chunk| chunk.invalid().len()).sum();
    let is_cut_off = std::str::from_utf8(head).is_err_and(|error| error.error_len().is_none());
    others == 0 || is_cut_off || letters > others
}

/// Puts a decoder before a reader, unless the text is UTF-8 already.
pub(super) fn decode(
    reader: Box<dyn BufRead + Send>,
    encoding: Option<&'static Encoding>,
) -> Box<dyn BufRead + Send> {
    match encoding {
        None => reader,
        Some(encoding) => {
            let decoder = encoding.new_decoder_with_bom_removal();
            Box::new(BufReader::with_capacity(BUFFER_BYTES, Decoding { reader, decoder, is_at_end: false }))
        }
    }
}

/// How an encoding is called where people read it; nothing for UTF-8.
pub(super) fn name(encoding: Option<&'static Encoding>) -> Option<&'static str> {
    encoding.filter(|encoding| *encoding != UTF_8).map(Encoding::name)
}

struct Decoding {
    reader: Box<dyn BufRead + Send>,
    decoder: Decoder,
    is_at_end: bool,
}

impl Read for Decoding {
    /// `into` is large enough for any character: it is the buffer of a [`BufReader`].
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.is_at_end {
            let part = self.reader.fill_buf()?;
            let is_last = part.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(part, into, is_last);
            self.reader.consume(read);
            self.is_at_end = is_last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &[u8]) -> String {
        let encoding = find_encoding(bytes, Kind::of(bytes));
        let mut text = Vec::new();
        decode(Box::new(Cursor::new(bytes.to_vec())), encoding).read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_encoding_comes_out_as_utf_8() {
        let text = "user_id;text\na;Grüße 🙂";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", &little[..]].concat(),
            [b"\xfe\xff", &big[..]].concat(),
            little,
            big,
        ] {
            assert_eq!(read(&bytes), text);
        }
        assert_eq!(read(b"a;Gr\xfc\xdfe \x80"), "a;Grüße €");
        assert_eq!(read(b""), "");
    }

    #[test]
    fn a_character_that_is_cut_off_at_the_end_of_the_first_bytes_is_still_utf_8() {
        assert_eq!(find_encoding(b"a;\xc3", Kind::Text), None);
        assert_eq!(find_encoding(b"{\"a\": \"\xfc\"}", Kind::JsonObject), None);
    }

    #[test]
    fn one_row_of_another_encoding_does_not_spoil_the_others() {
        let mixed = ["Jörg\nJürgen\nMüller\n".as_bytes(), b"M\xfcller"].concat();
        assert_eq!(find_encoding(&mixed, Kind::Text), None);
    }
}
