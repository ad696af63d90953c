//! What a bot is told about its batch.

use analytics::error::RejectionCode;
use serde::Serialize;

/// The answer to a batch that was read: `{"accepted": 2, "duplicates": 0, "rejected": []}`.
#[derive(Debug, Serialize)]
pub struct Reply {
    accepted: u64,
    duplicates: u64,
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize)]
struct Rejected {
    index: usize,
    code: &'static str,
    detail: &'static str,
    #[serde(skip)]
    reason: RejectionCode,
}

impl Reply {
    pub(super) fn new(accepted: u64, duplicates: u64, rejected: Vec<(usize, RejectionCode)>) -> Self {
        let rejected = rejected.into_iter().map(|(index, code)| Rejected {
            index,
            code: code.as_str(),
            detail: code.detail(),
            reason: code,
        });
        Self { accepted, duplicates, rejected: rejected.collect() }
    }

    /// What was not stored, and why, in the order of the batch.
    pub fn rejections(&self) -> impl Iterator<Item = (usize, RejectionCode)> {
        self.rejected.iter().map(|rejected| (rejected.index, rejected.reason))
    }
}
