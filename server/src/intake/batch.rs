//! What one request holds, and the one way into the store.

use analytics::error::RejectionCode;
use analytics::fact::Fact;
use metrics::counter;
use store::ingest::IngestOutcome;
use store::keys::WriteAccess;

use super::item::ItemReader;
use super::log::seen::{Particulars, Seen};
use super::reply::Reply;
use crate::problem::Problem;
use crate::state::ServerState;

/// Facts with the index of the item that each came from, and the items that are none.
#[derive(Debug, Default)]
pub struct Batch {
    facts: Vec<Fact>,
    indexes: Vec<usize>,
    rejected: Vec<(usize, RejectionCode)>,
    seen: Seen,
}

impl Batch {
    /// Reads items of the native form, each with its index in the request.
    pub fn read<'a>(items: impl IntoIterator<Item = (usize, &'a [u8])>, reader: ItemReader) -> Self {
        let mut batch = Self::default();
        for (index, item) in items {
            batch.add(index, item, reader);
        }
        batch
    }

    /// Adds an item of the native form.
    pub fn add(&mut self, index: usize, item: &[u8], reader: ItemReader) {
        match reader.read(item) {
            Ok(fact) => {
                self.facts.push(fact);
                self.indexes.push(index);
            }
            Err(code) => {
                self.seen.note_rejected(code, item);
                self.reject(index, code);
            }
        }
    }

    /// Adds something that is no item.
    pub fn reject(&mut self, index: usize, code: RejectionCode) {
        self.rejected.push((index, code));
    }

    /// Adds something that is left out, under this name.
    pub fn ignore(&mut self, name: &str) {
        self.seen.note_ignored(name);
    }
}

/// Stores a batch, and says what became of it once it is committed.
///
/// # Errors
/// 503 when the store cannot take it; nothing of it is stored then.
pub async fn store_batch(state: &ServerState, access: WriteAccess, batch: Batch) -> Result<Reply, Problem> {
    let Batch { facts, indexes, mut rejected, mut seen } = batch;
    let mut outcome = IngestOutcome::default();
    if !facts.is_empty() {
        let particulars = Particulars::of_first(&facts);
        outcome = state.context.store.ingest(access.bot_id, facts).await?;
        outcome.rejected.iter().for_each(|&(at, code)| seen.note_refused(code, particulars.get(at)));
    }
    let by_store = outcome.rejected.iter().filter_map(|&(at, code)| Some((*indexes.get(at)?, code)));
    rejected.extend(by_store);
    rejected.sort_by_key(|&(index, _)| index);
    note_outcome(&outcome, &rejected);
    Ok(Reply::new(outcome.accepted, outcome.duplicates, rejected, seen))
}

fn note_outcome(outcome: &IngestOutcome, rejected: &[(usize, RejectionCode)]) {
    counter!("parlance_intake_accepted_total").increment(outcome.accepted);
    counter!("parlance_intake_duplicates_total").increment(outcome.duplicates);
    for (_, code) in rejected {
        counter!("parlance_intake_rejected_total", "code" => code.as_str()).increment(1);
    }
}
