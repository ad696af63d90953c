//! Rows become facts on a thread of their own, a few batches ahead of the store.

use std::collections::BTreeMap;

use analytics::fact::Fact;
use tokio::sync::mpsc;

use crate::intake::item::{ItemReader, Rejection};
use crate::intake::translation::{Part, Translation};

/// Rows of one batch.
pub(super) const CHUNK_ROWS: usize = 5_000;
/// Bytes after which a batch takes no further row.
pub(super) const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
/// Largest row, in bytes: a line, or a row of a table.
pub(super) const MAX_ROW_BYTES: u64 = 4 * 1024 * 1024;
/// Batches that wait for the store.
const CHUNKS_AHEAD: usize = 4;

/// What is imported, row by row.
pub(super) trait Rows: Send {
    /// Adds what about [`CHUNK_ROWS`] further rows come to, each with its number.
    ///
    /// # Errors
    /// When the input cannot be read, or is of another kind than it was said to be.
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress>;

    /// Adds what is still held back when there are no more rows.
    fn finish(&mut self, _translation: &mut Translation) {}
}

/// How far reading has come since the last time. Nothing at all is the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// The facts of some rows, with the number of the row that each came from.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) facts: Vec<Fact>,
    pub(super) lines: Vec<u64>,
    pub(super) rejected: Vec<(u64, Rejection)>,
    pub(super) skipped: BTreeMap<String, u64>,
    pub(super) read: u64,
    pub(super) bytes: u64,
}

/// Reads to the end of the input.
pub(super) fn read_ahead(
    mut rows: Box<dyn Rows>,
    reader: ItemReader,
) -> mpsc::Receiver<anyhow::Result<Chunk>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    std::thread::spawn(move || {
        loop {
            let mut translation = Translation::new(reader);
            let progress = rows.read(&mut translation);
            let is_last = progress.as_ref().map_or(true, |progress| *progress == Progress::default());
            if is_last {
                rows.finish(&mut translation);
            }
            let chunk = progress.map(|progress| Chunk::new(translation, progress));
            // Without a receiver the import has failed already.
            if sender.blocking_send(chunk).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

impl Chunk {
    fn new(translation: Translation, progress: Progress) -> Self {
        let mut chunk = Self { read: progress.rows, bytes: progress.bytes, ..Self::default() };
        for (line, part) in translation.parts {
            chunk.add(line as u64, part);
        }
        chunk
    }

    fn add(&mut self, line: u64, part: Part) {
        match part {
            Part::Fact(fact) => {
                self.facts.push(fact);
                self.lines.push(line);
            }
            Part::Rejected(rejection) => self.rejected.push((line, rejection)),
            Part::Ignored(what) => *self.skipped.entry(what.into_owned()).or_default() += 1,
        }
    }
}
