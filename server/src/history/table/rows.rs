//! Tables as text, by RFC 4180 and what programs really write. A quote only opens a cell that begins with it, and closes
//! it only before a delimiter or the end of a line. A quote that is never closed so is text, and so is one that would be
//! closed behind lines that are rows themselves: it swallows no row.

use std::io::BufRead;

use anyhow::{Context, bail};

use super::record::{MAX_CELLS, Record, Rows};
use crate::history::lines::MAX_ROW_BYTES;

/// Longest quoted cell, in bytes: texts have at most 64 KiB. A quote without an end is looked for no further.
const MAX_QUOTED_BYTES: usize = 1024 * 1024;
/// How many lines of a quoted cell are looked at.
const MAX_LOOKED_AT: usize = 1_000;
/// In how many columns a time is looked for.
const MAX_TIMES: usize = 64;
/// Longest text of a time, in bytes, and fewest digits.
const MAX_TIME_BYTES: usize = 40;
const MIN_TIME_DIGITS: usize = 6;
/// How many lines with stray quotes are told.
const MAX_TOLD: usize = 20;

/// A table as text.
pub(in crate::history) struct TextTable<R> {
    reader: R,
    delimiter: u8,
    /// What was read and not yet used, from `at` on.
    buffer: Vec<u8>,
    at: usize,
    is_at_end: bool,
    line: u64,
    names: Vec<String>,
    notes: Vec<String>,
    told: usize,
    /// The line of which the rest closes no quote: it is not searched again for each of its cells.
    line_without_end: Option<u64>,
}

impl<R: BufRead> TextTable<R> {
    /// Reads the row of column names, behind so many bytes that are none of the table.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than a row may be.
    pub(in crate::history) fn new(reader: R, delimiter: u8, skip: usize) -> anyhow::Result<Self> {
        let line = if skip > 0 { 2 } else { 1 };
        let (buffer, names, notes) = Default::default();
        let mut table = Self {
            reader,
            delimiter,
            buffer,
            at: 0,
            is_at_end: false,
            line,
            names,
            notes,
            told: 0,
            line_without_end: None,
        };
        while table.buffer.len() < skip && table.fill()? {}
        table.at = skip.min(table.buffer.len());
        let mut record = Record::default();
        table.read(&mut record)?;
        if !record.is_utf_8() {
            bail!("the column names cannot be read: is the file UTF-8?");
        }
        table.names = (0..record.len())
            .filter_map(|place| record.get(place))
            .map(|name| name.trim().to_owned())
            .collect();
        Ok(table)
    }

    /// Reads more into the buffer. Tells whether there was more.
    fn fill(&mut self) -> anyhow::Result<bool> {
        if self.at > MAX_QUOTED_BYTES {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        let part = self.reader.fill_buf().context("the table cannot be read")?;
        let count = part.len();
        self.buffer.extend_from_slice(part);
        self.reader.consume(count);
        self.is_at_end = count == 0;
        Ok(count > 0)
    }

    /// The byte so far behind the place that is read; `None` behind the end of the file.
    fn byte(&mut self, ahead: usize) -> anyhow::Result<Option<u8>> {
        while self.at + ahead >= self.buffer.len() {
            if self.is_at_end || !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(self.at + ahead).copied())
    }

    fn ends_cell(&self, byte: Option<u8>) -> bool {
        byte.is_none_or(|byte| byte == self.delimiter || b"\r\n".contains(&byte))
    }

    /// Takes a cell. What stands behind it is still to be read.
    fn take_cell(&mut self, record: &mut Record) -> anyhow::Result<()> {
        if self.byte(0)? == Some(b'"') {
            let closing = self.find_closing_quote()?.filter(|end| !self.holds_rows(*end, record));
            let end = match closing {
                None => self.find_closing_quote_on_line()?,
                end => end,
            };
            if let Some(end) = end {
                let cell = unescape(&self.buffer[self.at + 1..self.at + end]);
                record.push(&cell);
                self.advance(end + 1);
                return Ok(());
            }
            self.tell_stray_quote();
        }
        let mut end = 0;
        loop {
            let byte = self.byte(end)?;
            if self.ends_cell(byte) {
                break;
            }
            end += 1;
            if end as u64 > MAX_ROW_BYTES {
                bail!(row_too_large(self.line));
            }
        }
        record.push(&self.buffer[self.at..self.at + end]);
        self.advance(end);
        Ok(())
    }

    /// How far away the quote is that closes the cell by RFC 4180: the first that is not doubled, if a cell may end there.
    fn find_closing_quote(&mut self) -> anyhow::Result<Option<usize>> {
        let mut ahead = 1;
        while ahead < MAX_QUOTED_BYTES {
            match self.byte(ahead)? {
                None => return Ok(None),
                Some(b'"') => match self.byte(ahead + 1)? {
                    Some(b'"') => ahead += 2,
                    next => return Ok(self.ends_cell(next).then_some(ahead)),
                },
                Some(_) => ahead += 1,
            }
        }
        Ok(None)
    }

    /// Whether a quoted cell that ends so far away, in a row with these cells before it, holds lines that are rows
    /// themselves: as many cells as columns, with a time where this row has one.
    fn holds_rows(&self, end: usize, before: &Record) -> bool {
        let cell = &self.buffer[self.at + 1..self.at + end];
        if self.names.len() < 2 || !cell.contains(&b'\n') {
            return false;
        }
        let places = 0..before.len().min(MAX_TIMES);
        let times: Vec<bool> = places.map(|place| before.get(place).is_some_and(is_time_like)).collect();
        cell.split(|byte| *byte == b'\n').skip(1).take(MAX_LOOKED_AT).any(|line| self.is_row(line, &times))
    }

    fn is_row(&self, line: &[u8], times: &[bool]) -> bool {
        let mut in_quotes = false;
        let cells = line.split(|byte| {
            in_quotes ^= *byte == b'"';
            !in_quotes && *byte == self.delimiter
        });
        let found: Vec<bool> = cells.map(|cell| str::from_utf8(cell).is_ok_and(is_time_like)).collect();
        let fits = times.iter().zip(&found).all(|(time, found)| !time || *found);
        found.len() == self.names.len() && found.contains(&true) && fits
    }

    /// The same on this line, where quotes within the cell were not doubled: `"he said "hi" to me",`.
    fn find_closing_quote_on_line(&mut self) -> anyhow::Result<Option<usize>> {
        if self.line_without_end == Some(self.line) {
            return Ok(None);
        }
        let mut ahead = 1;
        while ahead < MAX_QUOTED_BYTES {
            match self.byte(ahead)? {
                None | Some(b'\n' | b'\r') => break,
                Some(b'"') => {
                    let next = self.byte(ahead + 1)?;
                    if self.ends_cell(next) {
                        self.tell_stray_quote();
                        return Ok(Some(ahead));
                    }
                    ahead += 1;
                }
                Some(_) => ahead += 1,
            }
        }
        self.line_without_end = Some(self.line);
        Ok(None)
    }

    fn tell_stray_quote(&mut self) {
        self.told += 1;
        if self.told <= MAX_TOLD {
            self.notes.push(format!(
                "line {}: a quote is not closed or not doubled: it is read as text",
                self.line
            ));
        }
    }

    /// Goes on by so many bytes, and counts the lines in them.
    fn advance(&mut self, count: usize) {
        let taken = &self.buffer[self.at..self.at + count];
        let ends = taken.iter().zip(taken.iter().skip(1).map(Some).chain([None]));
        self.line += ends
            .filter(|(byte, next)| **byte == b'\n' || (**byte == b'\r' && *next != Some(&b'\n')))
            .count() as u64;
        self.at += count;
    }

    /// Takes the end of a line, if there is one.
    fn take_line_end(&mut self) -> anyhow::Result<bool> {
        let count = match (self.byte(0)?, self.byte(1)?) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => 0,
        };
        self.advance(count);
        Ok(count > 0)
    }
}

impl<R: BufRead> Rows for TextTable<R> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, record: &mut Record) -> anyhow::Result<Option<u64>> {
        record.clear();
        while self.take_line_end()? {}
        if self.byte(0)?.is_none() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            self.take_cell(record)?;
            if record.text_bytes() > MAX_ROW_BYTES {
                bail!(row_too_large(line));
            }
            if record.len() > MAX_CELLS {
                bail!("the row on line {line} has more than {MAX_CELLS} cells");
            }
            if self.byte(0)? != Some(self.delimiter) {
                self.take_line_end()?;
                return Ok(Some(line));
            }
            self.advance(1);
        }
    }

    fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}

fn row_too_large(line: u64) -> String {
    format!(
        "the row that begins on line {line} is larger than 4 MiB: is a line break missing? The rows before it are imported"
    )
}

/// Whether a cell looks like a time, however it is written.
fn is_time_like(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let is_of_time = |char: char| char.is_alphanumeric() || " -/.:,+\"".contains(char);
    cell.len() <= MAX_TIME_BYTES
        && digits >= MIN_TIME_DIGITS
        && 2 * digits >= cell.trim().len()
        && cell.chars().all(is_of_time)
}

/// Without the second of two quotes.
fn unescape(cell: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(cell.len());
    let mut rest = cell.iter().peekable();
    while let Some(byte) = rest.next() {
        text.push(*byte);
        if *byte == b'"' {
            rest.next_if(|next| **next == b'"');
        }
    }
    text
}

#[cfg(test)]
mod tests;
