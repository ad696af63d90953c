//! What webhooks are signed with. Only the door that takes them reads it: bots that send by themselves never pay for it.

use analytics::ids::BotId;

use crate::engine::{Value, values};
use crate::{Store, StoreError};

impl Store {
    /// Sets the secret with which Chatwoot signs what it sends for the bot; `None` takes it away, and then the key
    /// suffices. Says whether there is such a bot.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot be written.
    pub async fn set_chatwoot_secret(&self, bot: BotId, secret: Option<&str>) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "update bots set chatwoot_secret = $2 where bot_id = $1";
        let changed = transaction.execute(sql, values![bot.as_i64(), Value::Text(secret)]).await?;
        transaction.commit().await?;
        Ok(changed > 0)
    }

    /// The secret with which Chatwoot signs what it sends for the bot, if one is set.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot be read.
    pub async fn find_chatwoot_secret(&self, bot: BotId) -> Result<Option<String>, StoreError> {
        let sql = "select chatwoot_secret from bots where bot_id = $1";
        let row = self.database().read().await?.fetch_optional(sql, values![bot.as_i64()]).await?;
        row.map_or(Ok(None), |row| row.optional_text("chatwoot_secret"))
    }
}
