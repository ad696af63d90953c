//! The one way in: facts wait in a bounded queue, share a transaction and are committed before anyone is answered.

mod activity;
mod batch;
mod dictionary;
mod events_and_models;
mod idle;
mod lines;
mod named;
mod names;
mod outcome;
mod queue;
mod save;
mod state;

use analytics::fact::Fact;
use analytics::ids::BotId;

use crate::held_spans::SpanChange;
use crate::{Store, StoreError};
pub(crate) use batch::store_facts;
pub use outcome::IngestOutcome;
pub(crate) use queue::Intake;

impl Store {
    /// Stores a batch of one bot's facts: raw rows, users, sessions and counters in one transaction, committed to
    /// disk before this returns. Concurrent batches share commits.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, [`StoreError::Closed`] when the server stops,
    /// [`StoreError::UnknownBot`] when the bot has been deleted, [`StoreError::Database`] when the commit failed:
    /// nothing was stored then.
    pub async fn ingest(&self, bot: BotId, facts: Vec<Fact>) -> Result<IngestOutcome, StoreError> {
        let (outcome, _) = self.inner.intake.submit(bot, facts, SpanChange::default()).await?;
        Ok(outcome)
    }
}
