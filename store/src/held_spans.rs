//! Parts of traces that wait: what was acknowledged is on disk, and what it counts as is decided when the rest of its
//! trace is there, or does not come. A row is written once, read once and deleted, mostly within seconds.

use std::collections::HashMap;

use analytics::ids::{BotId, UserId};
use analytics::instant::Instant;

use crate::bots::{find_bot_key, take_turn};
use crate::engine::{Bulk, PerEngine, Row, Transaction, values};
use crate::{Store, StoreError};

/// Most spans of one bot that may wait.
pub const MAX_HELD_SPANS: usize = 10_000;
/// Traces that are taken at once from those that have waited long enough.
const TRACES_AT_ONCE: i64 = 500;

/// Looked up by a range of one trace, since PostgreSQL would rather compare all rows of the bot.
const DELETE: PerEngine = PerEngine {
    sqlite: "delete from held_spans where bot_key = $1
        and (trace_id, span_id) in (select trace_id, span_id from input)",
    postgres: "delete from held_spans as held using input
        where held.bot_key = $1 and held.trace_id between input.trace_id and input.trace_id
            and held.span_id = input.span_id",
};

/// A span that waits for the rest of its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSpan {
    /// The trace that it is part of.
    pub trace_id: String,
    /// Its id within the trace.
    pub span_id: String,
    /// The user that it is of, as far as it says itself.
    pub user_id: Option<String>,
    /// When it arrived.
    pub received_at: Instant,
    /// What else is to be kept of it, in the form of whoever holds it.
    pub span: String,
}

/// Whose a stored message or event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The user.
    pub user_id: String,
    /// The named session, if it is part of one.
    pub session_id: Option<String>,
}

impl Store {
    /// Keeps spans until they are dropped, committed before this returns. A span that waits already stays as it is. Says
    /// whether there was room for them: with more than [`MAX_HELD_SPANS`] nothing is kept.
    ///
    /// # Errors
    /// [`StoreError::UnknownBot`] when the bot has been deleted.
    pub async fn hold_spans(&self, bot: BotId, spans: &[HeldSpan]) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let key = take_turn(&mut transaction, bot).await?.ok_or(StoreError::UnknownBot)?;
        let sql = "select count(*) from held_spans where bot_key = $1";
        let held = transaction.fetch_one(sql, values![key]).await?.count(0)?;
        if usize::try_from(held).unwrap_or(usize::MAX).saturating_add(spans.len()) > MAX_HELD_SPANS {
            return Ok(false);
        }
        insert(&mut transaction, key, spans).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The spans of these traces that wait.
    pub async fn find_held_spans(&self, bot: BotId, traces: &[&str]) -> Result<Vec<HeldSpan>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        find(&mut transaction, key, traces).await
    }

    /// Spans of whole traces, of some of those whose last span arrived at `before` or earlier.
    pub async fn find_due_spans(&self, bot: BotId, before: Instant) -> Result<Vec<HeldSpan>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        let sql = "select trace_id from held_spans where bot_key = $1
            group by trace_id having max(received_at) <= $2 order by trace_id limit $3";
        let rows = transaction.fetch_all(sql, values![key, before.as_ms(), TRACES_AT_ONCE]).await?;
        let traces = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, StoreError>>()?;
        find(&mut transaction, key, &traces.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// The bots of which a span waits that arrived at `before` or earlier.
    pub async fn list_bots_with_due_spans(&self, before: Instant) -> Result<Vec<BotId>, StoreError> {
        let sql = "select distinct bot_id from held_spans join bots on bots.bot_key = held_spans.bot_key
            where received_at <= $1 order by bot_id";
        let rows = self.database().read().await?.fetch_all(sql, values![before.as_ms()]).await?;
        rows.iter().map(|row| Ok(BotId::from_i64(row.int(0)?))).collect()
    }

    /// Lets spans go, once what they count as is stored.
    pub async fn drop_held_spans(&self, bot: BotId, spans: &[HeldSpan]) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(key) = take_turn(&mut transaction, bot).await? else { return Ok(()) };
        let bulk = Bulk::new()
            .texts("trace_id", spans.iter().map(|span| span.trace_id.as_str()))
            .texts("span_id", spans.iter().map(|span| span.span_id.as_str()));
        transaction.bulk_execute(transaction.pick(DELETE), values![key], &bulk).await?;
        transaction.commit().await
    }

    /// Whose the messages or events with these ids are, by their ids; unknown ones are left out.
    pub async fn find_speakers(
        &self,
        bot: BotId,
        ids: &[&str],
    ) -> Result<HashMap<String, Speaker>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(HashMap::new()) };
        let bulk = Bulk::new().texts("id", ids.iter().copied());
        let sql = "select input.id, users.user_id, sessions.session_id from input
            left join facts on facts.bot_key = $1 and facts.id = input.id
            left join users on users.bot_key = $1 and users.user_key = facts.user_key
            left join sessions on sessions.bot_key = $1 and sessions.session_key = facts.session_key";
        let mut speakers = HashMap::new();
        for row in transaction.bulk_fetch(sql, values![key], &bulk).await? {
            if let Some(user_id) = row.optional_text(1)? {
                speakers.insert(row.text(0)?, Speaker { user_id, session_id: row.optional_text(2)? });
            }
        }
        Ok(speakers)
    }
}

/// Drops what waits of a user who is being erased: all of each trace that names them.
pub(crate) async fn drop_user(
    transaction: &mut Transaction,
    bot: i64,
    user: &UserId,
) -> Result<u64, StoreError> {
    let sql = "delete from held_spans where bot_key = $1 and trace_id in
        (select trace_id from held_spans where bot_key = $1 and user_id = $2)";
    transaction.execute(sql, values![bot, user.as_str()]).await
}

async fn insert(transaction: &mut Transaction, bot: i64, spans: &[HeldSpan]) -> Result<(), StoreError> {
    let bulk = Bulk::new()
        .texts("trace_id", spans.iter().map(|span| span.trace_id.as_str()))
        .texts("span_id", spans.iter().map(|span| span.span_id.as_str()))
        .ints("received_at", spans.iter().map(|span| span.received_at.as_ms()))
        .texts("user_id", spans.iter().map(|span| span.user_id.as_deref()))
        .texts("span", spans.iter().map(|span| span.span.as_str()));
    let sql = "insert into held_spans (bot_key, trace_id, span_id, received_at, user_id, span)
        select $1, trace_id, span_id, received_at, user_id, span from input where true
        on conflict (bot_key, trace_id, span_id) do nothing";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

async fn find(transaction: &mut Transaction, bot: i64, traces: &[&str]) -> Result<Vec<HeldSpan>, StoreError> {
    let bulk = Bulk::new().texts("trace_id", traces.iter().copied());
    let sql = "select input.trace_id, span_id, user_id, received_at, span from input
        left join held_spans on held_spans.bot_key = $1 and held_spans.trace_id = input.trace_id";
    let rows = transaction.bulk_fetch(sql, values![bot], &bulk).await?;
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

/// Traces of which nothing waits have a row of nulls.
fn read(row: &Row) -> Result<Option<HeldSpan>, StoreError> {
    let Some(span_id) = row.optional_text(1)? else { return Ok(None) };
    Ok(Some(HeldSpan {
        trace_id: row.text(0)?,
        span_id,
        user_id: row.optional_text(2)?,
        received_at: row.instant(3)?,
        span: row.text(4)?,
    }))
}
