//! What an operator watches: how commits go, how full the queue is, how big the database. Recorded through the `metrics`
//! facade, at no cost to whoever records nothing.

use std::time::Instant;

use analytics::ids::BotId;
use analytics::report::Recalculation;

use crate::bots::BotScope;
use crate::engine::values;
use crate::{Store, StoreError, backup};

/// Facts that one commit of the intake stored: a histogram.
pub const COMMIT_FACTS: &str = "parlance_commit_facts";
/// How long a commit of the intake took, in seconds: a histogram.
pub const COMMIT_SECONDS: &str = "parlance_commit_seconds";
/// How long a report took, in seconds: a histogram.
pub const REPORT_SECONDS: &str = "parlance_report_seconds";

#[expect(clippy::cast_precision_loss, reason = "a measure of at most a few thousand")]
pub(crate) fn note_commit(facts: usize, began: Instant) {
    metrics::histogram!(COMMIT_FACTS).record(facts as f64);
    metrics::histogram!(COMMIT_SECONDS).record(began.elapsed());
}

pub(crate) fn note_report(began: Instant) {
    metrics::histogram!(REPORT_SECONDS).record(began.elapsed());
}

impl Store {
    /// How many facts wait in the ingest queue or are being written, and how many may.
    pub fn intake_depth(&self) -> (u64, u64) {
        self.inner.intake.depth()
    }

    /// How many bytes the database has on disk, on SQLite with its log; `None` where that cannot be told.
    pub async fn database_bytes(&self) -> Result<Option<u64>, StoreError> {
        if let Some(file) = self.database().file() {
            return Ok(backup::size_on_disk(file));
        }
        let sql = "select pg_database_size(current_database()) as bytes";
        self.database().read().await?.fetch_one(sql, values![]).await?.count("bytes").map(Some)
    }

    /// The bots that are being rebuilt.
    pub async fn list_recalculations(&self) -> Result<Vec<(BotId, Recalculation)>, StoreError> {
        let bots = self.list_bots(BotScope::All).await?.into_iter();
        Ok(bots.filter_map(|bot| Some((bot.id, bot.recalculation?))).collect())
    }
}
