//! Work beside requests, done in slices: rebuilds after a change of the rules, and deleting raw rows that are no longer to be
//! kept.

use std::time::Duration;

use analytics::clock::Clock;
use analytics::ids::BotId;
use analytics::instant::Instant;

use crate::bots::lock_bot;
use crate::engine::values;
use crate::rebuild::slice::{ROWS_AT_ONCE, do_slice};
use crate::{Store, StoreError};

/// How often the server looks for work that another process has asked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A slice of a rebuild is followed by a pause of this part of its time: other processes that write to a SQLite file
/// look now and then whether it is their turn, and would never find it free.
const PAUSE_PART: u32 = 8;
/// How often raw rows are deleted that are no longer to be kept.
const CLEAN_EVERY: Duration = Duration::from_secs(600);

impl Store {
    /// Does what waits to be done beside requests, as long as it is polled; several processes may do so on one database.
    /// Dropping it loses nothing.
    pub async fn work_in_background(&self, clock: &dyn Clock) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut clean = tokio::time::interval(CLEAN_EVERY);
        loop {
            let done = tokio::select! {
                _ = look.tick() => self.finish_rebuilds().await,
                () = self.inner.work.notified() => self.finish_rebuilds().await,
                _ = clean.tick() => self.apply_retentions(clock.now()).await,
            };
            if let Err(error) = done {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "work in the background stopped early"
                );
            }
        }
    }

    /// Ends a bot's rebuild, if a change of its rules asks for one, and returns when its reports follow the new rules.
    pub async fn finish_rebuild(&self, bot: BotId) -> Result<(), StoreError> {
        loop {
            let began = std::time::Instant::now();
            if !self.do_next_slice(bot).await? {
                return Ok(());
            }
            tokio::time::sleep(began.elapsed() / PAUSE_PART).await;
        }
    }

    /// Does the next slice of a bot's rebuild; says whether there is more to do.
    pub async fn do_next_slice(&self, bot: BotId) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(false) };
        let has_more = do_slice(&mut transaction, &stored, ROWS_AT_ONCE).await?;
        transaction.commit().await?;
        Ok(has_more)
    }

    /// Moves every bot's horizon to where it belongs today, and deletes raw rows before it.
    async fn apply_retentions(&self, now: Instant) -> Result<(), StoreError> {
        let sql = "select bot_id from bot_state join bots on bots.bot_key = bot_state.bot_key
            where retention_days is not null or raw_from < horizon order by bot_id";
        let bots = self.database().read().await?.fetch_all(sql, values![]).await?;
        for row in bots {
            self.apply_retention(BotId::from_i64(row.int("bot_id")?), now).await?;
        }
        Ok(())
    }

    async fn finish_rebuilds(&self) -> Result<(), StoreError> {
        let sql = "select bot_id from rebuilds join bots on bots.bot_key = rebuilds.bot_key order by bot_id";
        let bots = self.database().read().await?.fetch_all(sql, values![]).await?;
        for row in bots {
            self.finish_rebuild(BotId::from_i64(row.int("bot_id")?)).await?;
        }
        Ok(())
    }
}
