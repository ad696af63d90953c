//! Copies live counters into a new set, some hours of a scope at a time: sequential reads of a fraction of the activity, and
//! few rows written.

use analytics::visits::Tier;

use crate::StoreError;
use crate::counting::hourly_copy::HourlyCopy;
use crate::counting::messages::{Count, CountKey, VisitKey};
use crate::engine::{Transaction, values};
use crate::rules::counter_set::{CopyCursor, CounterSet};
use crate::table_keys::{BotKey, EVERYTHING, NEVER, tier_number};

/// Pairs of hours that are read for the price of counting a row of activity.
const PAIRS_IN_ROW: i64 = 4;

/// Some hours of a scope.
#[derive(Clone, Copy, Debug)]
struct Slice {
    scope: i64,
    from: i64,
    /// The first hour behind it.
    end: i64,
}

/// Copies the next hours; says up to where everything is copied then.
pub(super) async fn copy_next(
    transaction: &mut Transaction,
    bot: BotKey,
    [live, set]: [&CounterSet; 2],
    from: CopyCursor,
    rows: i64,
) -> Result<CopyCursor, StoreError> {
    let Some(slice) = find_slice(transaction, bot, live, from, rows * PAIRS_IN_ROW).await? else {
        return Ok(CopyCursor::END);
    };
    let mut copy = HourlyCopy::new(set, CopyCursor::END);
    load_counts(transaction, bot, live, slice, &mut copy).await?;
    if set.owns_calendar() {
        load_visits(transaction, bot, live, slice, &mut copy).await?;
    }
    copy.finish().save(transaction, bot, set).await?;
    Ok(CopyCursor { scope: slice.scope, bucket: slice.end })
}

/// How much of all that is, in hundredths: each scope's hours lie between its bot's first message and last. Everything
/// together has as many pairs as all channels.
pub(super) async fn progress(
    transaction: &mut Transaction,
    bot: BotKey,
    at: CopyCursor,
) -> Result<i64, StoreError> {
    if at == CopyCursor::END {
        return Ok(100);
    }
    let sql = "select coalesce(first_message_at, 0) as first_at, coalesce(last_message_at, 1) as last_at,
            (select count(*) from channels where channels.bot_key = bot_state.bot_key) as channels,
            (select count(*) from channels
                where channels.bot_key = bot_state.bot_key and channel_key < $2) as channels_before
        from bot_state where bot_key = $1";
    let row = transaction.fetch_one(sql, values![bot, at.scope]).await?;
    let [first, last, channels, channels_before] =
        [row.int("first_at")?, row.int("last_at")?, row.int("channels")?, row.int("channels_before")?];
    let of_scope = (at.bucket.clamp(first, last) - first) * 100 / (last - first).max(1);
    Ok(match at.scope {
        EVERYTHING => of_scope / 2,
        _ => 50 + (channels_before * 100 + of_scope) / (2 * channels.max(1)),
    })
}

/// The next hours: those that have about so many pairs together, as no hour has more pairs than users.
async fn find_slice(
    transaction: &mut Transaction,
    bot: BotKey,
    live: &CounterSet,
    from: CopyCursor,
    pairs: i64,
) -> Result<Option<Slice>, StoreError> {
    let hours = "select bucket, users from counts
        where bot_key = $1 and revision = $2 and scope = $3 and tier = 1 and bucket >= $4
        order by bucket limit $5";
    let next_scope = "select scope from counts where bot_key = $1 and revision = $2 and scope > $3
        order by scope limit 1";
    let revision = live.revisions.local;
    let CopyCursor { mut scope, bucket: mut from } = from;
    loop {
        // An hour with nothing but the bot's messages has no pair.
        let rows = transaction.fetch_all(hours, values![bot, revision, scope, from, pairs + 1]).await?;
        let mut left = pairs;
        for (place, row) in rows.iter().enumerate() {
            if place > 0 && left <= 0 {
                return Ok(Some(Slice { scope, from, end: row.int("bucket")? }));
            }
            left -= row.int("users")?.max(1);
        }
        if !rows.is_empty() {
            return Ok(Some(Slice { scope, from, end: i64::MAX }));
        }
        let next = transaction.fetch_optional(next_scope, values![bot, revision, scope]).await?;
        match next {
            Some(row) => (scope, from) = (row.int("scope")?, NEVER),
            None => return Ok(None),
        }
    }
}

/// The live counts of a slice: its hours, and of other tiers the buckets that begin in it where they are needed.
async fn load_counts(
    transaction: &mut Transaction,
    bot: BotKey,
    live: &CounterSet,
    Slice { scope, from, end }: Slice,
    copy: &mut HourlyCopy<'_>,
) -> Result<(), StoreError> {
    let sql = "select bucket, messages, bot_messages, sessions, users, new_users from counts
        where bot_key = $1 and revision = $2 and scope = $3 and tier = $4 and bucket >= $5 and bucket < $6";
    for tier in copy.sources() {
        let values = values![bot, live.revisions.of_counts(tier), scope, tier, from, end];
        for row in transaction.fetch_all(sql, values).await? {
            let key = CountKey { scope, tier, bucket: row.int("bucket")? };
            copy.add_count(key, Count::read(&row)?);
        }
    }
    Ok(())
}

async fn load_visits(
    transaction: &mut Transaction,
    bot: BotKey,
    live: &CounterSet,
    Slice { scope, from, end }: Slice,
    copy: &mut HourlyCopy<'_>,
) -> Result<(), StoreError> {
    let sql = "select bucket, previous, users from visits
        where bot_key = $1 and revision = $2 and scope = $3 and tier = 1 and bucket >= $4 and bucket < $5";
    let tier = tier_number(Tier::Hour);
    for row in transaction.fetch_all(sql, values![bot, live.revisions.hours, scope, from, end]).await? {
        let key = VisitKey { scope, tier, bucket: row.int("bucket")?, previous: row.int("previous")? };
        copy.add_visits(key, row.int("users")?);
    }
    Ok(())
}
