//! What became of an import.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use store::ingest::IngestOutcome;

use super::sink::{Place, Rejection};

/// How many rows are shown for each code.
const SHOWN_ROWS: usize = 5;
/// How many different things that were skipped are told apart; the rest is `other`.
const MAX_SKIPPED: usize = 100;
/// How many notes are kept.
const MAX_NOTES: usize = 100;

/// Printed as JSON at the end: `read` = `accepted` + `duplicates` + everything in `rejected` and in `skipped`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    read: u64,
    accepted: u64,
    duplicates: u64,
    rejected: BTreeMap<&'static str, Rejected>,
    /// What is no message, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    skipped: BTreeMap<String, u64>,
    /// What was found out about the files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// Rows that were not stored for the same reason.
#[derive(Clone, Debug, Default, Serialize)]
struct Rejected {
    count: u64,
    first_lines: Vec<u64>,
    detail: Cow<'static, str>,
    /// Where and why, as far as more is known than the code says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Example>,
}

#[derive(Clone, Debug, Serialize)]
struct Example {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    detail: Cow<'static, str>,
}

impl Summary {
    /// Whether every row is stored, now or before.
    pub fn is_complete(&self) -> bool {
        self.rejected.is_empty()
    }

    /// Rows that were read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Counts a row that was left out on purpose.
    pub(super) fn skip(&mut self, what: &str) {
        self.read += 1;
        let is_new = !self.skipped.contains_key(what);
        let name = if is_new && self.skipped.len() >= MAX_SKIPPED { "other" } else { what };
        *self.skipped.entry(name.to_owned()).or_default() += 1;
    }

    /// Keeps a note, once.
    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts a row that is not stored.
    pub(super) fn reject(&mut self, place: &Place, rejection: Rejection) {
        self.read += 1;
        let Rejection { code, field, detail } = rejection;
        let entry = self.rejected.entry(code.as_str()).or_default();
        entry.count += 1;
        entry.detail = code.detail().into();
        if entry.first_lines.len() >= SHOWN_ROWS {
            return;
        }
        entry.first_lines.push(place.row);
        if field.is_some() || place.file.is_some() || detail != code.detail() {
            let file = place.file.as_deref().map(str::to_owned);
            entry.examples.push(Example { file, line: place.row, field, detail });
        }
    }

    /// Counts what the store did with facts, whose places are these.
    pub(super) fn add(&mut self, outcome: &IngestOutcome, places: &[Place]) {
        self.read += outcome.accepted + outcome.duplicates;
        self.accepted += outcome.accepted;
        self.duplicates += outcome.duplicates;
        for &(at, code) in &outcome.rejected {
            if let Some(place) = places.get(at) {
                self.reject(place, Rejection::new(code));
            }
        }
    }
}
