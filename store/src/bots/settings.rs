//! Changing a bot, and what another timeout would give.

use analytics::ids::BotId;
use analytics::instant::Instant;
use analytics::settings::IdleTimeout;

use super::bot::{BotChange, TimeoutPreview};
use super::stored::{StoredBot, load_bot, lock_bot};
use crate::engine::values;
use crate::rebuild::change::change_rule;
use crate::recount::preview;
use crate::{Store, StoreError};

impl Store {
    /// Changes a bot. Where history has to be counted again, that is done at once if it is short, and otherwise left to
    /// [`Store::work_in_background`]; until then figures keep the old rules. Says whether there is such a bot.
    pub async fn change_bot(&self, bot: BotId, change: &BotChange) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(StoredBot { key, bot: old, rules, .. }) = lock_bot(&mut transaction, bot).await? else {
            return Ok(false);
        };
        let new = old.changed(change);
        let sql = "update bots set name = $2, is_activated = $3, stores_text = $4 where bot_id = $1";
        let values = values![bot.as_i64(), &*new.name, new.is_activated, new.stores_text];
        transaction.execute(sql, values).await?;
        change_rule(&mut transaction, bot, key, &rules, change.apply(rules.wanted())).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        self.inner.work.notify_one();
        Ok(true)
    }

    /// Counts the sessions of the past 28 local days under another timeout, without changing anything.
    pub async fn preview_idle_timeout(
        &self,
        bot: BotId,
        timeout: IdleTimeout,
        now: Instant,
    ) -> Result<TimeoutPreview, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(found) = load_bot(&mut transaction, bot).await? else {
            return Ok(TimeoutPreview { sessions_now: 0, sessions_then: 0 });
        };
        preview::preview_timeout(&mut transaction, &found, timeout, now).await
    }
}
