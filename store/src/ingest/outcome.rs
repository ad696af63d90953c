//! What the sender of a batch is told.

use analytics::error::RejectionCode;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestOutcome {
    /// Stored now.
    pub accepted: u64,
    /// Their id was stored before, or twice in this batch: the first wins.
    pub duplicates: u64,
    /// Not stored: position in the batch and reason ([`RejectionCode::TooManyChannels`] and the like, which only the
    /// store can tell).
    pub rejected: Vec<(usize, RejectionCode)>,
}
