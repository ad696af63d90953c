//! Lines become facts on a thread of its own, a few batches ahead of the store.

use std::io::{self, BufRead};

use analytics::error::RejectionCode;
use analytics::fact::Fact;
use tokio::sync::mpsc;

use crate::intake::item::ItemReader;
use crate::intake::split::without_byte_order_mark;

/// Lines of one batch.
const CHUNK_LINES: usize = 5_000;
/// Batches that wait for the store.
const CHUNKS_AHEAD: usize = 4;

/// The facts of some lines, with the number of the line that each came from.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) facts: Vec<Fact>,
    pub(super) lines: Vec<u64>,
    pub(super) rejected: Vec<(u64, RejectionCode)>,
    pub(super) read: u64,
    pub(super) bytes: u64,
}

/// Reads to the end of the input. Blank lines are no items; lines count from 1.
pub(super) fn read_ahead(
    mut input: Box<dyn BufRead + Send>,
    reader: ItemReader,
) -> mpsc::Receiver<io::Result<Chunk>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    std::thread::spawn(move || {
        let mut line = 0;
        loop {
            let chunk = read_chunk(&mut input, reader, &mut line);
            let is_last = !matches!(&chunk, Ok(chunk) if chunk.bytes > 0);
            // Without a receiver the import has failed already.
            if sender.blocking_send(chunk).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

fn read_chunk(input: &mut dyn BufRead, reader: ItemReader, line: &mut u64) -> io::Result<Chunk> {
    let mut chunk = Chunk::default();
    let mut text = Vec::new();
    for _ in 0..CHUNK_LINES {
        text.clear();
        let bytes = input.read_until(b'\n', &mut text)?;
        if bytes == 0 {
            break;
        }
        *line += 1;
        chunk.bytes += bytes as u64;
        let item = if *line == 1 { without_byte_order_mark(&text) } else { &text };
        chunk.add(*line, item.trim_ascii(), reader);
    }
    Ok(chunk)
}

impl Chunk {
    fn add(&mut self, line: u64, item: &[u8], reader: ItemReader) {
        if item.is_empty() {
            return;
        }
        self.read += 1;
        match reader.read(item) {
            Ok(fact) => {
                self.facts.push(fact);
                self.lines.push(line);
            }
            Err(code) => self.rejected.push((line, code)),
        }
    }
}
