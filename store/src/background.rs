//! What is done beside the answering of requests, in slices: recomputing history after a change of the rules.

use std::time::Duration;

use analytics::ids::BotId;

use crate::bots::load_bot;
use crate::engine::values;
use crate::recount::building;
use crate::{Store, StoreError};

/// How often is looked for work that another process has asked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Store {
    /// Does what waits to be done beside requests, as long as it is polled; several processes may do so on one database.
    /// Dropping it loses nothing.
    pub async fn work_in_background(&self) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = self.inner.work.notified() => {}
            }
            if let Err(error) = self.finish_recounts().await {
                tracing::error!(error = &error as &dyn std::error::Error, "a recomputation has stopped");
            }
        }
    }

    /// Counts a bot's history again, if a change of its rules asks for that, and returns when the new rules hold.
    pub async fn finish_recount(&self, bot: BotId) -> Result<(), StoreError> {
        while self.advance_recount(bot).await? {}
        Ok(())
    }

    /// One slice of a bot's recomputation; says whether there is more to do.
    pub async fn advance_recount(&self, bot: BotId) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = load_bot(&mut transaction, bot).await? else { return Ok(false) };
        let has_more = building::advance(&mut transaction, &stored, building::ROWS_AT_ONCE).await?;
        transaction.commit().await?;
        Ok(has_more)
    }

    async fn finish_recounts(&self) -> Result<(), StoreError> {
        let sql = "select bot_id from recounts join bots on bots.bot_key = recounts.bot_key order by bot_id";
        for row in self.database().read().await?.fetch_all(sql, values![]).await? {
            self.finish_recount(BotId::from_i64(row.int(0)?)).await?;
        }
        Ok(())
    }
}
