//! Creating, listing and deleting bots.

use analytics::ids::{AccountId, BotId, Channel};
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};
use rand::RngCore;

use super::bot::{Bot, BotScope, NewBot};
use super::stored::{SELECT_BOT, find_bot_key, load_bot, load_channels, read_bot, select_bots, take_turn};
use crate::credentials::os_random;
use crate::engine::{Engine, Transaction, values};
use crate::limits::{MAX_BOTS, RESERVED_MS};
use crate::names::sort_by_name;
use crate::rules::rule_columns;
use crate::{Store, StoreError};

impl Store {
    /// Creates a bot.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the chosen id is taken, [`StoreError::JustDeleted`] when the bot that had it was
    /// deleted less than [`RESERVED_MS`] ago, [`StoreError::TooManyBots`] when the owner has [`MAX_BOTS`].
    pub async fn create_bot(&self, bot: &NewBot, now: Instant) -> Result<BotId, StoreError> {
        let id = bot.id.unwrap_or_else(draw_id);
        let mut transaction = self.database().write().await?;
        refuse_just_deleted(&mut transaction, id, now).await?;
        refuse_too_many(&mut transaction, bot.owner).await?;
        let sql = "insert into bots (bot_id, owner_id, name, is_activated, stores_text, created_at)
            values ($1, $2, $3, $4, 0, $5) on conflict (bot_id) do nothing returning bot_key";
        let values = values![id.as_i64(), bot.owner.0, bot.name.trim(), bot.is_activated, now.as_ms()];
        let row = transaction.fetch_optional(sql, values).await?;
        let key = row.ok_or(StoreError::Conflict("a bot with this id"))?.bot_key("bot_key")?;
        let sql = "insert into bot_state
            (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key, next_session_key)
            values ($1, $2, $3, $4, 1, 1)";
        let (week_start, timeout) = (WeekStart::default().word(), IdleTimeout::default().as_ms());
        transaction.execute(sql, values![key, bot.zone.name(), week_start, timeout]).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The bots in scope, by name as people sort: "Bot 2" before "Bot 10".
    pub async fn list_bots(&self, scope: BotScope) -> Result<Vec<Bot>, StoreError> {
        let sql = concat!(
            select_bots!("bots.bot_key"),
            "where (cast($1 as bigint) is null or owner_id = $1)
            and (cast($2 as bigint) is null or bot_id = $2) order by bot_id"
        );
        let (owner, bot) = scope.limits();
        let values = values![owner.map(|owner| owner.0), bot.map(BotId::as_i64)];
        let rows = self.database().read().await?.fetch_all(sql, values).await?;
        let bots = rows.iter().map(|row| Ok(read_bot(row)?.bot));
        let mut bots = bots.collect::<Result<Vec<Bot>, StoreError>>()?;
        sort_by_name(&mut bots, |bot| &bot.name);
        Ok(bots)
    }

    /// A bot, if it exists and is in scope.
    pub async fn find_bot(&self, scope: BotScope, bot: BotId) -> Result<Option<Bot>, StoreError> {
        let found = match self.database().engine() {
            Engine::Sqlite => {
                let row = self.database().fetch_optional(SELECT_BOT, values![bot.as_i64()]).await?;
                row.as_ref().map(read_bot).transpose()?
            }
            Engine::Postgres => load_bot(&mut self.database().read().await?, bot).await?,
        };
        Ok(found.map(|found| found.bot).filter(|bot| scope.contains(bot)))
    }

    /// Channels that a message or event came on, by name.
    pub async fn list_channels(&self, bot: BotId) -> Result<Vec<Channel>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        load_channels(&mut transaction, key).await
    }

    /// Deletes a bot with everything it ever sent. Says whether there was one. Its id is free again [`RESERVED_MS`] later.
    pub async fn delete_bot(&self, bot: BotId, now: Instant) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(key) = take_turn(&mut transaction, bot).await? else { return Ok(false) };
        for sql in DELETE_HOT_ROWS {
            transaction.execute(sql, values![key]).await?;
        }
        // Its keys and limited tokens go with it, by their foreign keys.
        let deleted =
            transaction.execute("delete from bots where bot_id = $1", values![bot.as_i64()]).await?;
        // Whoever notes a request has the turn of that row: from here on nobody does.
        for sql in DELETE_LOG_ROWS {
            transaction.execute(sql, values![key]).await?;
        }
        note_deleted(&mut transaction, bot, now).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        self.inner.known_tokens.forget(|access| access.bot_id == Some(bot));
        Ok(deleted > 0)
    }
}

/// Keeps a deleted bot's id from new bots, and forgets older ones.
async fn note_deleted(transaction: &mut Transaction, bot: BotId, now: Instant) -> Result<(), StoreError> {
    let past = "delete from deleted_bots where deleted_at < $1";
    transaction.execute(past, values![now.as_ms() - RESERVED_MS]).await?;
    let sql = "insert into deleted_bots (bot_id, deleted_at) values ($1, $2)
        on conflict (bot_id) do update set deleted_at = excluded.deleted_at";
    transaction.execute(sql, values![bot.as_i64(), now.as_ms()]).await?;
    Ok(())
}

/// Refuses another bot for an account that has as many as it may, and waits for the account's turn.
async fn refuse_too_many(transaction: &mut Transaction, owner: AccountId) -> Result<(), StoreError> {
    let turn = "select account_id from accounts where account_id = $1 for update";
    transaction.fetch_optional(turn, values![owner.0]).await?;
    let sql = "select count(*) as bots from bots where owner_id = $1";
    let bots = transaction.fetch_one(sql, values![owner.0]).await?.count("bots")?;
    if bots < MAX_BOTS { Ok(()) } else { Err(StoreError::TooManyBots) }
}

/// Other processes may remember keys and tokens of a deleted bot, and know it by its id.
async fn refuse_just_deleted(
    transaction: &mut Transaction,
    bot: BotId,
    now: Instant,
) -> Result<(), StoreError> {
    let sql = "select count(*) as deleted from deleted_bots where bot_id = $1 and deleted_at > $2";
    let deleted = transaction.fetch_one(sql, values![bot.as_i64(), now.as_ms() - RESERVED_MS]).await?;
    if deleted.count("deleted")? > 0 { Err(StoreError::JustDeleted) } else { Ok(()) }
}

/// Every table with many rows, which no foreign key empties; details before the facts that find them.
const DELETE_HOT_ROWS: [&str; 22] = [
    "delete from user_aliases where bot_key = $1",
    "delete from held_spans where bot_key = $1",
    "delete from rebuilds where bot_key = $1",
    "delete from idle_ends where bot_key = $1",
    "delete from past_quarters where bot_key = $1",
    "delete from model_counts where bot_key = $1",
    "delete from model_activity where bot_key = $1",
    "delete from event_visits where bot_key = $1",
    "delete from event_counts where bot_key = $1",
    "delete from event_activity where bot_key = $1",
    "delete from visits where bot_key = $1",
    "delete from counts where bot_key = $1",
    "delete from activity where bot_key = $1",
    "delete from message_details
        where bot_key = $1 and fact_key in (select fact_key from facts where bot_key = $1)",
    "delete from event_details
        where bot_key = $1 and fact_key in (select fact_key from facts where bot_key = $1)",
    "delete from facts where bot_key = $1",
    "delete from sessions where bot_key = $1",
    "delete from models where bot_key = $1",
    "delete from event_names where bot_key = $1",
    "delete from channels where bot_key = $1",
    "delete from users where bot_key = $1",
    "delete from bot_state where bot_key = $1",
];

const DELETE_LOG_ROWS: [&str; 2] =
    ["delete from intake_requests where bot_key = $1", "delete from intake_rejections where bot_key = $1"];

fn draw_id() -> BotId {
    BotId::from_i64((os_random().next_u64() >> 1).cast_signed())
}
