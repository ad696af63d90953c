//! Tables as text: a row of column names, then rows. Rows may be shorter or longer than the first.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::{Context, anyhow};
use csv::{ByteRecord, Reader, ReaderBuilder};

use super::chunks::MAX_ROW_BYTES;
use super::input::OpenFile;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Table {
    reader: Reader<RowReader>,
    left: Arc<AtomicU64>,
    /// The column names, as they were written.
    pub(super) names: Vec<String>,
}

impl Table {
    /// Reads the row of column names.
    ///
    /// # Errors
    /// When it is no text, or larger than a row may be.
    pub(super) fn new(mut file: OpenFile, delimiter: u8) -> anyhow::Result<Self> {
        if file.reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            file.reader.consume(BYTE_ORDER_MARK.len());
        }
        let left = Arc::new(AtomicU64::new(MAX_ROW_BYTES));
        let rows = RowReader { reader: file.reader, left: left.clone() };
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(rows);
        let names = reader.headers().map_err(|error| match RowTooLarge::is_cause_of(&error) {
            true => RowTooLarge::on_line(1),
            false => anyhow!(error).context("the column names cannot be read: is the file UTF-8?"),
        })?;
        let names = names.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { reader, left, names })
    }

    /// The place of a column; capital letters or small ones, as in most programs.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| known == name);
        exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Reads a row. Gives back the line on which it begins, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is larger than [`MAX_ROW_BYTES`]: nobody knows where the next one begins.
    pub(super) fn read(&mut self, row: &mut ByteRecord) -> anyhow::Result<Option<usize>> {
        let line = self.reader.position().line();
        self.left.store(MAX_ROW_BYTES, Relaxed);
        let is_row =
            self.reader.read_byte_record(row).map_err(|error| match RowTooLarge::is_cause_of(&error) {
                true => RowTooLarge::on_line(line),
                false => anyhow!(error),
            });
        if !is_row.context("the table cannot be read")? {
            return Ok(None);
        }
        let line = row.position().map_or(line, csv::Position::line);
        Ok(Some(usize::try_from(line).unwrap_or(usize::MAX)))
    }

    /// How many bytes have been read.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// The file, of which one row may take so many bytes.
struct RowReader {
    reader: Box<dyn BufRead + Send>,
    left: Arc<AtomicU64>,
}

impl Read for RowReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let left = self.left.load(Relaxed);
        if read as u64 > left {
            return Err(io::Error::other(RowTooLarge));
        }
        self.left.store(left - read as u64, Relaxed);
        Ok(read)
    }
}

/// A row of a table that does not end.
#[derive(Debug, thiserror::Error)]
#[error("a row is too large")]
struct RowTooLarge;

impl RowTooLarge {
    fn is_cause_of(error: &csv::Error) -> bool {
        matches!(error.kind(), csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<Self>()))
    }

    fn on_line(line: u64) -> anyhow::Error {
        anyhow!(
            "the row that begins on line {line} is larger than 4 MiB: is the quote missing at the end of a cell? \
             The rows before it are imported"
        )
    }
}
