//! How long raw messages are kept. The horizon is a local midnight that only moves forward: behind it everything is as
//! ever, before it nothing is taken in any more and only the counters stay. Raw rows follow it in slices.

pub(crate) mod horizon;

use analytics::ids::BotId;
use analytics::instant::Instant;

use crate::bots::{StoredBot, lock_bot};
use crate::engine::{Bulk, PerEngine, Transaction, values};
use crate::table_keys::BotKey;
use crate::{Store, StoreError};

/// How many raw rows a transaction deletes; those of a quarter of an hour go together.
const ROWS_AT_ONCE: i64 = 5_000;
/// Most days that can be asked for: a hundred years.
pub const MAX_RETENTION_DAYS: u32 = 36_500;

/// How long a bot's raw messages are kept, and what is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Local days, today included; `None` is for ever.
    pub days: Option<u32>,
    /// The instant before which nothing is taken in or recounted; `None` when it never moved.
    pub horizon: Option<Instant>,
    /// Messages counted before the horizon, of either direction: what no recount reaches.
    pub messages_beyond: u64,
}

impl Store {
    /// Keeps a bot's raw messages of so many local days, today included, from the next [`Store::apply_retention`] on;
    /// `None` keeps what is there. Says whether there is such a bot.
    pub async fn set_retention(&self, bot: BotId, days: Option<u32>) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(false) };
        let sql = "update bot_state set retention_days = $2 where bot_key = $1";
        transaction.execute(sql, values![stored.key, days.map(i64::from)]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// How long a bot's raw messages are kept; `None` when there is no such bot.
    pub async fn find_retention(&self, bot: BotId) -> Result<Option<Retention>, StoreError> {
        let mut transaction = self.database().read().await?;
        let sql = "select retention_days, horizon, session_revision, bot_state.bot_key
            from bots join bot_state on bot_state.bot_key = bots.bot_key where bot_id = $1";
        let row = transaction.fetch_optional(sql, values![bot.as_i64()]).await?;
        let Some(row) = row else { return Ok(None) };
        let horizon = row.int("horizon")?;
        let sql = "select coalesce(cast(sum(messages + bot_messages) as bigint), 0) as messages from counts
            where bot_key = $1 and revision = $2 and scope = 0 and tier = 0 and bucket < $3";
        let beyond = transaction
            .fetch_one(sql, values![row.bot_key("bot_key")?, row.int("session_revision")?, horizon])
            .await?;
        Ok(Some(Retention {
            days: row.optional_int("retention_days")?.and_then(|days| u32::try_from(days).ok()),
            horizon: (horizon > 0).then(|| Instant::from_ms(horizon)),
            messages_beyond: beyond.count("messages")?,
        }))
    }

    /// Moves a bot's horizon to where it belongs today, and deletes raw rows before it. While history is being recounted
    /// the horizon waits.
    pub async fn apply_retention(&self, bot: BotId, now: Instant) -> Result<(), StoreError> {
        self.move_horizon(bot, now).await?;
        while self.delete_past_rows(bot, ROWS_AT_ONCE).await? {}
        Ok(())
    }

    pub(crate) async fn move_horizon(&self, bot: BotId, now: Instant) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(()) };
        if horizon::advance(&mut transaction, &stored, now).await? {
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Deletes some raw rows before the horizon; says whether there are more.
    pub(crate) async fn delete_past_rows(&self, bot: BotId, rows: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(false) };
        if stored.raw_from >= stored.rules.horizon {
            return Ok(false);
        }
        let end = find_slice_end(&mut transaction, &stored, rows).await?;
        delete_before(&mut transaction, stored.key, end).await?;
        transaction.commit().await?;
        Ok(end < stored.rules.horizon)
    }
}

/// The quarter up to which the next slice goes.
async fn find_slice_end(
    transaction: &mut Transaction,
    stored: &StoredBot,
    rows: i64,
) -> Result<i64, StoreError> {
    let quarter = |at| Instant::from_ms(at).quarter();
    let sql = "select at from facts where bot_key = $1 order by at limit 1 offset $2";
    let first = transaction.fetch_optional(sql, values![stored.key, 0]).await?;
    let last = transaction.fetch_optional(sql, values![stored.key, rows]).await?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(stored.rules.horizon) };
    let next = Instant::from_ms(quarter(first.int("at")?).as_ms() + 1).next_quarter();
    Ok(quarter(last.int("at")?).max(next).as_ms().min(stored.rules.horizon))
}

/// Deletes the raw rows before a quarter. Who was active when stays known.
async fn delete_before(transaction: &mut Transaction, bot: BotKey, end: i64) -> Result<(), StoreError> {
    let active = "insert into past_quarters (bot_key, scope, quarter, user_key)
        select distinct bot_key, 0, at - at % 900000, user_key from facts
        where bot_key = $1 and at < $2 and kind = 0";
    transaction.execute(active, values![bot, end]).await?;
    let active_on_channel = "insert into past_quarters (bot_key, scope, quarter, user_key)
        select distinct bot_key, channel_key, at - at % 900000, user_key from facts
        where bot_key = $1 and at < $2 and kind = 0";
    transaction.execute(active_on_channel, values![bot, end]).await?;
    let sql = "select fact_key from facts where bot_key = $1 and at < $2";
    let rows = transaction.fetch_all(sql, values![bot, end]).await?;
    let facts = rows.iter().map(|row| row.int("fact_key")).collect::<Result<Vec<i64>, StoreError>>()?;
    let bulk = Bulk::new().ints("fact_key", facts.iter().copied());
    let sql = "update sessions set opening_key = -1 from (select session_key, fact_key from facts
            where bot_key = $1 and session_key is not null and fact_key in (select fact_key from input)) as gone
        where sessions.bot_key = $1 and sessions.session_key = gone.session_key
            and sessions.opening_key = gone.fact_key";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;
    delete_facts(transaction, bot, &facts).await?;
    let sql = "update bot_state set raw_from = $2 where bot_key = $1";
    transaction.execute(sql, values![bot, end]).await?;
    Ok(())
}

/// Looked up by a range of one key, as for exports: PostgreSQL would rather compare all rows of the bot.
macro_rules! delete_by_key {
    ($table:literal) => {
        PerEngine {
            sqlite: concat!(
                "delete from ",
                $table,
                " where bot_key = $1 and fact_key in (select fact_key from input)"
            ),
            postgres: concat!(
                "delete from ",
                $table,
                " as t using input where t.bot_key = $1 and t.fact_key between input.fact_key and input.fact_key"
            ),
        }
    };
}

const DELETE_FACTS: [PerEngine; 3] =
    [delete_by_key!("message_details"), delete_by_key!("event_details"), delete_by_key!("facts")];

/// Deletes facts with everything that belongs to them alone.
pub(crate) async fn delete_facts(
    transaction: &mut Transaction,
    bot: BotKey,
    facts: &[i64],
) -> Result<(), StoreError> {
    let bulk = Bulk::new().ints("fact_key", facts.iter().copied());
    for sql in DELETE_FACTS {
        transaction.bulk_execute(transaction.pick(sql), values![bot], &bulk).await?;
    }
    Ok(())
}
