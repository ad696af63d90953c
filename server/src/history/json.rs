//! JSON of any size, read from its front: whatever is asked for as a whole is bounded, the rest is passed over.

use std::io::BufRead;

use anyhow::{Context, bail};

/// Largest value that is read as a whole, in bytes.
pub(super) const MAX_VALUE_BYTES: usize = 4 * 1024 * 1024;
/// How deep values nest that are read as a whole.
const MAX_DEPTH: usize = 128;

/// A stream of JSON values.
pub(super) struct JsonStream<R> {
    reader: R,
    line: u64,
}

impl<R: BufRead> JsonStream<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1 }
    }

    /// The line that is read at the moment, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The first byte of the next value or bracket; `None` at the end of the file.
    pub(super) fn peek(&mut self) -> anyhow::Result<Option<u8>> {
        loop {
            let part = self.reader.fill_buf().context("the file cannot be read")?;
            let Some(first) = part.first().copied() else { return Ok(None) };
            if !first.is_ascii_whitespace() {
                return Ok(Some(first));
            }
            self.take_byte(first);
        }
    }

    /// Calls `read` for each member of the object that comes next, with its name. `read` must take the value.
    ///
    /// # Errors
    /// When no object comes, or the file ends in it; those of `read`.
    pub(super) fn members(
        &mut self,
        mut read: impl FnMut(&mut Self, &str) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.expect(b'{')?;
        if self.take_if(b'}')? {
            return Ok(());
        }
        loop {
            let name = self.value()?;
            let name: String = serde_json::from_slice(&name)
                .with_context(|| format!("line {}: expected the name of a member", self.line))?;
            self.expect(b':')?;
            read(self, &name)?;
            if !self.take_if(b',')? {
                return self.expect(b'}');
            }
        }
    }

    /// Calls `read` for each element of the array that comes next. `read` must take the element. Anything but an array
    /// is passed over.
    ///
    /// # Errors
    /// When the file ends in it; those of `read`.
    pub(super) fn elements(
        &mut self,
        mut read: impl FnMut(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if self.peek()? != Some(b'[') {
            return self.skip();
        }
        self.expect(b'[')?;
        if self.take_if(b']')? {
            return Ok(());
        }
        loop {
            read(self)?;
            if !self.take_if(b',')? {
                return self.expect(b']');
            }
        }
    }

    /// Takes the next value as a whole.
    ///
    /// # Errors
    /// When it is larger than [`MAX_VALUE_BYTES`], or the file ends in it.
    pub(super) fn value(&mut self) -> anyhow::Result<Vec<u8>> {
        self.value_of(MAX_VALUE_BYTES)
    }

    /// Takes the next value as a whole, with a limit of its own.
    ///
    /// # Errors
    /// When it is larger, or the file ends in it.
    pub(super) fn value_of(&mut self, max_bytes: usize) -> anyhow::Result<Vec<u8>> {
        let start = self.line;
        let mut value = Vec::new();
        self.scan(|bytes| {
            if value.len() + bytes.len() > max_bytes {
                bail!(
                    "the value that begins on line {start} is larger than {} MiB",
                    max_bytes / (1024 * 1024)
                );
            }
            value.extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(value)
    }

    /// Passes over the next value.
    ///
    /// # Errors
    /// When the file ends in it.
    pub(super) fn skip(&mut self) -> anyhow::Result<()> {
        self.scan(|_| Ok(()))
    }

    fn scan(&mut self, mut take: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.peek()?;
        let mut scanner = Scanner::default();
        loop {
            let part = self.reader.fill_buf().context("the file cannot be read")?;
            if part.is_empty() {
                return if scanner.may_end() { Ok(()) } else { Err(self.cut_off()) };
            }
            let (count, is_whole) = scanner.advance(part).with_context(|| format!("line {}", self.line))?;
            take(&part[..count])?;
            self.line += part[..count].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.reader.consume(count);
            if is_whole {
                return Ok(());
            }
        }
    }

    fn expect(&mut self, byte: u8) -> anyhow::Result<()> {
        match self.peek()? {
            Some(next) if next == byte => {
                self.take_byte(next);
                Ok(())
            }
            None => Err(self.cut_off()),
            Some(next) => {
                bail!("line {}: expected {:?} but found {:?}", self.line, char::from(byte), char::from(next))
            }
        }
    }

    fn take_if(&mut self, byte: u8) -> anyhow::Result<bool> {
        let is_next = self.peek()? == Some(byte);
        if is_next {
            self.take_byte(byte);
        }
        Ok(is_next)
    }

    fn take_byte(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.reader.consume(1);
    }

    fn cut_off(&self) -> anyhow::Error {
        anyhow::anyhow!("the file is cut off: it ends on line {} in the middle of a value", self.line)
    }
}

/// Finds the end of one value. It does not check it: whoever reads the value does.
#[derive(Default)]
struct Scanner {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    /// A number or a word, which ends where something else begins.
    in_plain: bool,
}

impl Scanner {
    /// How many bytes belong to the value, and whether it ends with them.
    fn advance(&mut self, part: &[u8]) -> anyhow::Result<(usize, bool)> {
        for (at, &byte) in part.iter().enumerate() {
            if self.in_text {
                if self.step_in_text(byte) && self.depth == 0 {
                    return Ok((at + 1, true));
                }
                continue;
            }
            if self.in_plain && (byte.is_ascii_whitespace() || b",:]}[{\"".contains(&byte)) {
                return Ok((at, true));
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.open()?,
                b'}' | b']' if self.depth == 0 => {
                    bail!("expected a value but found {:?}", char::from(byte))
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Ok((at + 1, true));
                    }
                }
                b',' | b':' if self.depth == 0 => {
                    bail!("expected a value but found {:?}", char::from(byte))
                }
                _ => self.in_plain = self.depth == 0,
            }
        }
        Ok((part.len(), false))
    }

    /// Tells whether the text ends with this byte.
    fn step_in_text(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.in_text = false,
            _ => {}
        }
        !self.in_text
    }

    fn open(&mut self) -> anyhow::Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            bail!("a value is nested deeper than {MAX_DEPTH} levels");
        }
        Ok(())
    }

    fn may_end(&self) -> bool {
        self.in_plain
    }
}

#[cfg(test)]
mod tests;
