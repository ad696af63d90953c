//! Files of one thing a line, and files of JSON values one after another.

use std::io::{self, BufRead};

use analytics::error::RejectionCode;

use super::json::JsonStream;
use super::kind::Kind;
use super::sink::{Rejection, Sink};
use super::source::InputFile;

/// Largest row, in bytes: a line, or a row of a table.
pub(super) const MAX_ROW_BYTES: u64 = 4 * 1024 * 1024;

/// Gives every line that is not blank to `add`, without blanks around it, with its number from 1. A line that is too
/// large is rejected.
///
/// # Errors
/// When the file cannot be read; those of `add`.
pub(super) fn read_lines(
    file: InputFile,
    sink: &mut Sink<'_>,
    mut add: impl FnMut(u64, &[u8], &mut Sink<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut reader = file.reader;
    let (mut number, mut line) = (0, Vec::new());
    loop {
        let bytes = read_line(&mut reader, &mut line)?;
        if bytes == 0 {
            return Ok(());
        }
        number += 1;
        if bytes > MAX_ROW_BYTES {
            sink.reject(number, Rejection::new(RejectionCode::RowTooLarge))?;
        } else if !line.trim_ascii().is_empty() {
            add(number, line.trim_ascii(), sink)?;
        }
    }
}

/// Reads a line with its end. Gives back how many bytes it has; of a line above [`MAX_ROW_BYTES`] the rest is skipped.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let mut bytes = 0;
    loop {
        let part = reader.fill_buf()?;
        let end = part.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(part.len(), |end| end + 1);
        bytes += length as u64;
        if bytes <= MAX_ROW_BYTES {
            line.extend_from_slice(&part[..length]);
        }
        reader.consume(length);
        if end.is_some() || length == 0 {
            return Ok(bytes);
        }
    }
}

/// A file of JSON.
pub(super) type Json = JsonStream<Box<dyn BufRead + Send>>;

/// Gives every value of a file to `read`: the elements of one array, or values one after another, on lines of their own
/// or not. `read` must take the value.
///
/// # Errors
/// When the file is cut off or is no JSON; those of `read`.
pub(super) fn read_values(
    file: InputFile,
    mut read: impl FnMut(&mut Json) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let is_array = file.kind == Kind::JsonArray;
    let mut json = JsonStream::new(file.reader);
    if is_array {
        json.elements(&mut read)?;
    }
    while json.peek()?.is_some() {
        if is_array {
            anyhow::bail!("line {}: there is text after the end of the array", json.line());
        }
        read(&mut json)?;
    }
    Ok(())
}
