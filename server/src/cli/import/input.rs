//! Where an import reads from, and how far it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::chunks::Rows;
use super::kind::Kind;

/// Rows to import, with a bar that shows how many of them are done.
pub(super) struct Input {
    pub(super) rows: Box<dyn Rows>,
    pub(super) progress: ProgressBar,
}

/// An open file or stdin.
pub(super) struct OpenFile {
    pub(super) reader: Box<dyn BufRead + Send>,
    pub(super) kind: Kind,
    /// How many bytes it has, if that is known.
    pub(super) bytes: Option<u64>,
}

impl OpenFile {
    /// Opens a file, or stdin for `-`.
    ///
    /// # Errors
    /// When it cannot be opened, or is a folder.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("{} cannot be opened", path.display());
        let (mut reader, bytes): (Box<dyn BufRead + Send>, _) = if path == Path::new("-") {
            (Box::new(BufReader::new(io::stdin())), None)
        } else {
            let file = File::open(path).with_context(context)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                bail!("{} is a folder: only bot-framework reads one", path.display());
            }
            (Box::new(BufReader::with_capacity(1 << 20, file)), Some(metadata.len()))
        };
        let kind = Kind::of(reader.fill_buf().with_context(context)?);
        Ok(Self { reader, kind, bytes })
    }

    /// The same, if it is of one of these kinds; an empty file is of every kind.
    ///
    /// # Errors
    /// When it is of another.
    pub(super) fn expect(self, kinds: &[Kind], expected: &str) -> anyhow::Result<Self> {
        if self.kind != Kind::Empty && !kinds.contains(&self.kind) {
            bail!("this is {}; expected {expected}", self.kind.in_words());
        }
        Ok(self)
    }
}

/// A bar of bytes, or a count of rows, on a terminal; nothing elsewhere.
pub(super) fn start_progress(bytes: Option<u64>) -> ProgressBar {
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(bytes, target);
    let template = match bytes {
        Some(_) => "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        None => "{spinner} {human_pos} rows, {per_sec}",
    };
    ProgressStyle::with_template(template).map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}
