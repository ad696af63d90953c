//! Questions about events and about model use, resolved to the same instants as a question about messages.

use analytics::assembly::{ReportPlan, ReportSubject};
use analytics::ids::Channel;
use analytics::instant::Instant;
use analytics::query::ReportQuery;

use super::scope::{Scope, find_scope, subject};
use crate::StoreError;
use crate::bots::StoredBot;
use crate::engine::{Transaction, values};
use crate::table_keys::{BotKey, EVERYTHING};

/// A question about events or model use, resolved.
pub(super) struct Question {
    pub(super) scope: Scope,
    pub(super) plan: ReportPlan,
    pub(super) subject: ReportSubject,
}

/// Resolves a question. The time of a bot without any message begins with its first event or model call.
pub(super) async fn resolve(
    transaction: &mut Transaction,
    stored: &StoredBot,
    query: &ReportQuery,
    now: Instant,
) -> Result<Question, StoreError> {
    let (scope, ends) = find_scope(transaction, stored, query.channel.as_ref()).await?;
    let counts_from = match ends.first.or(stored.bot.first_message_at) {
        Some(first) => Some(first),
        None => find_first_use(transaction, scope).await?,
    };
    // A channel may have events or model calls without ever having had a message.
    let key = match &query.channel {
        Some(channel) => find_channel(transaction, stored.key, channel).await?,
        None => Some(EVERYTHING),
    };
    let scope = Scope { key, ..scope };
    let plan = ReportPlan::new(query, stored.bot.calendar, now, counts_from)?.with_horizon(scope.horizon);
    Ok(Question { scope, plan, subject: subject(&stored.bot, ends) })
}

async fn find_channel(
    transaction: &mut Transaction,
    bot: BotKey,
    channel: &Channel,
) -> Result<Option<i64>, StoreError> {
    let sql = "select channel_key from channels where bot_key = $1 and name = $2";
    let row = transaction.fetch_optional(sql, values![bot, channel.as_str()]).await?;
    row.map(|row| row.int("channel_key")).transpose()
}

/// The quarter of an hour of the first event or model call.
async fn find_first_use(transaction: &mut Transaction, scope: Scope) -> Result<Option<Instant>, StoreError> {
    let mut first = None;
    for sql in [
        "select bucket from event_counts where bot_key = $1 and revision = $2 and channel_key = 0 and tier = 0
            and bucket >= 0 order by bucket limit 1",
        "select bucket from model_counts where bot_key = $1 and revision = $2 and channel_key = 0 and tier = 0
            and bucket >= 0 order by bucket limit 1",
    ] {
        if let Some(row) = transaction.fetch_optional(sql, values![scope.bot, scope.revisions.calendar]).await? {
            let at = row.instant("bucket")?;
            first = Some(first.map_or(at, |first: Instant| first.min(at)));
        }
    }
    Ok(first)
}
