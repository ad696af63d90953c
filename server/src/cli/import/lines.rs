//! Files of one JSON object a line.

use std::io::BufRead;

use super::chunks::{CHUNK_ROWS, Progress, Rows};
use super::input::OpenFile;
use crate::intake::doors::Translation;
use crate::intake::split::without_byte_order_mark;

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
            text.clear();
            let bytes = self.reader.read_until(b'\n', &mut text)?;
            if bytes == 0 {
                break;
            }
            self.number += 1;
            progress.bytes += bytes as u64;
            let line = if self.number == 1 { without_byte_order_mark(&text) } else { &text };
            if !line.trim_ascii().is_empty() {
                progress.rows += 1;
                self.line.add(self.number, line.trim_ascii(), translation)?;
            }
        }
        Ok(progress)
    }

    fn finish(&mut self, translation: &mut Translation) {
        self.line.finish(translation);
    }
}
