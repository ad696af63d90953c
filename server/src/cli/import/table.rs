//! Tables as text: a row of column names, then rows. Rows may be shorter or longer than the first.

use std::io::BufRead;

use anyhow::Context;
use csv::{ByteRecord, Reader, ReaderBuilder};

use super::input::OpenFile;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Table {
    reader: Reader<Box<dyn BufRead + Send>>,
    /// The column names, as they were written.
    pub(super) names: Vec<String>,
}

impl Table {
    /// Reads the row of column names.
    ///
    /// # Errors
    /// When it is no text.
    pub(super) fn new(mut file: OpenFile, delimiter: u8) -> anyhow::Result<Self> {
        if file.reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            file.reader.consume(BYTE_ORDER_MARK.len());
        }
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(file.reader);
        let names = reader.headers().context("the column names cannot be read: is the file UTF-8?")?;
        let names = names.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { reader, names })
    }

    /// The place of a column; capital letters or small ones, as in most programs.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| known == name);
        exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Reads a row. Gives back the line on which it begins, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(&mut self, row: &mut ByteRecord) -> anyhow::Result<Option<usize>> {
        let line = self.reader.position().line();
        if !self.reader.read_byte_record(row)? {
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
