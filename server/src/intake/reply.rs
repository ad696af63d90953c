//! What a bot is told about its batch.

use analytics::error::RejectionCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::item::Rejection;
use super::log::seen::Seen;

/// The answer to a batch that was read: `{"accepted": 2, "duplicates": 0, "rejected": []}`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub struct Reply {
    /// Stored by this request.
    accepted: u64,
    /// Stored before, under the same id: they count once.
    duplicates: u64,
    /// Not stored, in the order of the batch.
    rejected: Vec<Rejected>,
    #[serde(skip)]
    seen: Seen,
}

/// An item that was not stored.
#[derive(Debug, Serialize, JsonSchema)]
struct Rejected {
    /// Its position in the body, from 0.
    index: usize,
    /// Why, as a stable word.
    code: &'static str,
    /// What is wrong and what to do, in a sentence.
    detail: &'static str,
    #[serde(skip)]
    reason: RejectionCode,
}

impl Reply {
    pub(super) fn new(accepted: u64, duplicates: u64, rejected: Vec<(usize, Rejection)>, seen: Seen) -> Self {
        let rejected = rejected.into_iter().map(|(index, Rejection { code, .. })| Rejected {
            index,
            code: code.as_str(),
            detail: code.detail(),
            reason: code,
        });
        Self { accepted, duplicates, rejected: rejected.collect(), seen }
    }

    /// How many items were stored.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// How many items had been stored before.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// What those looked like that were not counted.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What was not stored, and why, in the order of the batch.
    pub fn rejections(&self) -> impl Iterator<Item = (usize, RejectionCode)> {
        self.rejected.iter().map(|rejected| (rejected.index, rejected.reason))
    }
}
