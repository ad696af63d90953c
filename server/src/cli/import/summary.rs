//! What became of an import.

use std::collections::BTreeMap;

use serde::Serialize;
use store::ingest::IngestOutcome;

use crate::intake::item::Rejection;

/// How many line numbers are shown for each code.
const SHOWN_LINES: usize = 5;

/// Printed as JSON at the end: `read` = `accepted` + `duplicates` + everything in `rejected` and in `skipped`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    read: u64,
    accepted: u64,
    duplicates: u64,
    rejected: BTreeMap<&'static str, Rejected>,
    /// What is no message, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    skipped: BTreeMap<String, u64>,
}

#[derive(Debug, Default, Serialize)]
struct Rejected {
    count: u64,
    first_lines: Vec<u64>,
    detail: &'static str,
}

impl Summary {
    /// Whether every line is stored, now or before.
    pub(super) fn is_complete(&self) -> bool {
        self.rejected.is_empty()
    }

    /// Adds rows that were left out on purpose.
    pub(super) fn skip(&mut self, skipped: BTreeMap<String, u64>) {
        for (name, count) in skipped {
            *self.skipped.entry(name).or_default() += count;
        }
    }

    /// Adds a batch: what the reader rejected, by line, and what the store did with the rest, whose lines are `lines`.
    pub(super) fn add(
        &mut self,
        read: u64,
        rejected: &[(u64, Rejection)],
        lines: &[u64],
        outcome: &IngestOutcome,
    ) {
        self.read += read;
        self.accepted += outcome.accepted;
        self.duplicates += outcome.duplicates;
        let by_store = outcome
            .rejected
            .iter()
            .filter_map(|&(at, code)| Some((*lines.get(at)?, Rejection::by_store(code))));
        for (line, Rejection { code, .. }) in rejected.iter().copied().chain(by_store) {
            let entry = self.rejected.entry(code.as_str()).or_default();
            entry.count += 1;
            entry.detail = code.detail();
            if entry.first_lines.len() < SHOWN_LINES {
                entry.first_lines.push(line);
            }
        }
    }
}
