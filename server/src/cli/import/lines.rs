//! Files of one JSON object a line.

use std::io::{self, BufRead};

use analytics::error::RejectionCode;

use super::chunks::{CHUNK_BYTES, CHUNK_ROWS, MAX_ROW_BYTES, Progress, Rows};
use super::input::OpenFile;
use crate::intake::split::without_byte_order_mark;
use crate::intake::translation::Translation;

/// What a line comes to.
pub(super) trait Line: Send {
    /// Adds a line, without blanks around it, by its number.
    ///
    /// # Errors
    /// When it shows that the file is of another kind.
    fn add(&mut self, number: usize, line: &[u8], translation: &mut Translation) -> anyhow::Result<()>;

    /// Adds what is still held back.
    fn finish(&mut self, _translation: &mut Translation) {}
}

/// Lines count from 1; blank ones are no rows.
pub(super) struct Lines<L> {
    reader: Box<dyn BufRead + Send>,
    number: usize,
    line: L,
}

impl<L: Line> Lines<L> {
    pub(super) fn new(file: OpenFile, line: L) -> Self {
        Self { reader: file.reader, number: 0, line }
    }
}

impl<L: Line> Rows for Lines<L> {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let mut progress = Progress::default();
        let mut text = Vec::new();
        for _ in 0..CHUNK_ROWS {
            let bytes = read_line(&mut self.reader, &mut text)?;
            if bytes == 0 {
                break;
            }
            self.number += 1;
            progress.bytes += bytes;
            if bytes > MAX_ROW_BYTES {
                progress.rows += 1;
                translation.reject(self.number, RejectionCode::RowTooLarge);
                continue;
            }
            let line = if self.number == 1 { without_byte_order_mark(&text) } else { &text };
            if !line.trim_ascii().is_empty() {
                progress.rows += 1;
                self.line.add(self.number, line.trim_ascii(), translation)?;
            }
            if progress.bytes >= CHUNK_BYTES {
                break;
            }
        }
        Ok(progress)
    }

    fn finish(&mut self, translation: &mut Translation) {
        self.line.finish(translation);
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
