//! Figures from counters: a report costs in proportion to its buckets, never to the messages.

use analytics::ids::BotId;
use analytics::instant::Instant;
use analytics::query::ReportQuery;
use analytics::report::Report;

use crate::{Store, StoreError};

impl Store {
    /// Answers a question about a bot, in one read transaction. `None` when there is no such bot; whether somebody
    /// may see it, and whether it is activated, is decided above.
    ///
    /// # Errors
    /// [`StoreError::Query`] when the question cannot be answered as put.
    pub async fn load_report(
        &self,
        bot: BotId,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<Option<Report>, StoreError> {
        let _ = (bot, query, now);
        unimplemented!()
    }
}
