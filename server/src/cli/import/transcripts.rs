//! Transcripts of Bot Framework's: a file is an array of activities or one activity; a folder holds files and folders.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use analytics::error::RejectionCode;
use anyhow::{Context, bail};
use serde_json::value::RawValue;

use super::chunks::{CHUNK_ROWS, Progress, Rows};
use super::input::OpenFile;
use crate::cli::output::tell;
use crate::intake::doors::bot_framework::add_activity;
use crate::intake::doors::sent::Sent;
use crate::intake::split::without_byte_order_mark;
use crate::intake::translation::Translation;

/// Largest file, in bytes: all of it is in memory at once.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// How files with activities end.
const EXTENSIONS: [&str; 2] = ["json", "transcript"];

/// Activities in the order of the files' names; they count from 1.
pub(super) struct Transcripts {
    /// Files and folders that are still to be read, the next one last.
    paths: Vec<PathBuf>,
    activities: VecDeque<Box<RawValue>>,
    number: usize,
}

impl Transcripts {
    /// Opens a file, a folder, or stdin.
    ///
    /// # Errors
    /// When there is none, or the file holds no activities.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut opened = Self { paths: Vec::new(), activities: VecDeque::new(), number: 0 };
        if path.is_dir() {
            opened.paths.push(path.to_owned());
            return Ok(opened);
        }
        let text = read_whole(OpenFile::open(path)?.reader, path)?;
        let activities =
            parse(&text).with_context(|| format!("{} is no transcript: it is no JSON", path.display()))?;
        let first = activities.first().and_then(|first| Sent::parse(first.get().as_bytes()));
        if !activities.is_empty() && first.is_none_or(|first| first.text("type").is_none()) {
            bail!("{} is no transcript: its activities have no \"type\"", path.display());
        }
        opened.activities = activities.into();
        Ok(opened)
    }

    fn add_next(&mut self, translation: &mut Translation) -> bool {
        let Some(activity) = self.activities.pop_front() else { return false };
        self.number += 1;
        match Sent::parse(activity.get().as_bytes()) {
            Some(activity) => add_activity(self.number, &activity, None, translation),
            None => translation.reject(self.number, RejectionCode::NotAnObject),
        }
        true
    }

    /// Reads one file, or puts what a folder holds in its place.
    fn read_path(&mut self, path: &Path, translation: &mut Translation) -> anyhow::Result<u64> {
        if path.is_dir() {
            self.paths.extend(list(path)?);
            return Ok(0);
        }
        let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let text = read_whole(file, path)?;
        match parse(&text) {
            Some(activities) => self.activities.extend(activities),
            None => {
                tell(&format!("{} is no JSON", path.display()));
                self.number += 1;
                translation.reject(self.number, RejectionCode::NotAnObject);
            }
        }
        Ok(text.len() as u64)
    }
}

impl Rows for Transcripts {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let (start, mut bytes) = (self.number, 0);
        while self.number - start < CHUNK_ROWS {
            if self.add_next(translation) {
                continue;
            }
            let Some(path) = self.paths.pop() else { break };
            bytes += self.read_path(&path, translation)?;
        }
        Ok(Progress { rows: (self.number - start) as u64, bytes })
    }
}

/// All of a file, which is one JSON value.
fn read_whole(file: impl Read, path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut text)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    if text.len() as u64 > MAX_FILE_BYTES {
        bail!("{} is larger than 256 MiB: split it into several files", path.display());
    }
    Ok(text)
}

/// A folder's files with activities and its folders, the first in order last. What is a link is left out: it could lead
/// in a circle.
fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let has_activities = || {
            path.extension()
                .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
        };
        if kind.is_dir() || (kind.is_file() && has_activities()) {
            paths.push(path);
        }
    }
    paths.sort_unstable_by(|one, other| other.cmp(one));
    Ok(paths)
}

/// The activities of a file; `None` when it is no JSON.
fn parse(text: &[u8]) -> Option<Vec<Box<RawValue>>> {
    let text = without_byte_order_mark(text).trim_ascii();
    match text.first() {
        None => Some(Vec::new()),
        Some(b'[') => serde_json::from_slice(text).ok(),
        Some(_) => Some(vec![serde_json::from_slice(text).ok()?]),
    }
}
