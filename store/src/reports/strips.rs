//! Pairs of quarters of an hour, of which there are no counters: what is asked about them lies in less than an hour or
//! two, by the bucket or by the one before. Who was active there is read from raw rows or, where
//! those are gone, from `past_quarters`; where they were active before or after it from `activity`.

use analytics::instant::TimeRange;
use analytics::visits::VisitSum;

use super::Scope;
use crate::StoreError;
use crate::engine::{Transaction, values};

/// The users of a sum over quarters who were active before.
pub(super) async fn count_returning(
    transaction: &mut Transaction,
    source: Scope,
    scope: i64,
    sum: VisitSum,
) -> Result<u64, StoreError> {
    match sum.previous_from {
        Some(from) if sum.previous_before.as_ms() - from.as_ms() < sum.buckets.length_ms() => {
            let previous = TimeRange::new(from, sum.previous_before);
            count(
                transaction,
                BY_PREVIOUS,
                source,
                scope,
                previous,
                sum.buckets.start.as_ms(),
                sum.buckets.end.as_ms(),
            )
            .await
        }
        from => {
            let from = from.map_or(0, |from| from.as_ms());
            count(transaction, BY_BUCKET, source, scope, sum.buckets, from, sum.previous_before.as_ms()).await
        }
    }
}

// By time: `+` keeps PostgreSQL from reading all of the bot in the order of its users.
macro_rules! select_active {
    () => {
        "with active as materialized (
            select distinct +user_key as user_key, at - at % 900000 as quarter from facts
            where bot_key = $1 and at >= $7 and at < $4 and kind = 0 and ($2 = 0 or channel_key = $2)
            union all
            select user_key, quarter from past_quarters
            where bot_key = $1 and scope = $2 and quarter >= $3 and quarter < $4
        ) select count(*) from active where "
    };
}

const BY_BUCKET: &str = concat!(
    select_active!(),
    "coalesce((select a.quarter from activity as a where a.bot_key = $1 and a.scope = $2
        and a.user_key = active.user_key and a.quarter < active.quarter and a.messages > 0
        order by a.quarter desc limit 1), -1) between $5 and $6 - 1"
);
const BY_PREVIOUS: &str = concat!(
    select_active!(),
    "coalesce((select a.quarter from activity as a where a.bot_key = $1 and a.scope = $2
        and a.user_key = active.user_key and a.quarter > active.quarter and a.messages > 0
        order by a.quarter limit 1), -1) between $5 and $6 - 1"
);

/// Active quarters in `strip` whose neighbour lies in [`from`, `before`).
async fn count(
    transaction: &mut Transaction,
    sql: &'static str,
    source: Scope,
    scope: i64,
    strip: TimeRange,
    from: i64,
    before: i64,
) -> Result<u64, StoreError> {
    let (start, end) = (strip.start.as_ms(), strip.end.as_ms());
    let values = values![source.bot, scope, start, end, from, before, start.max(source.raw_from)];
    transaction.fetch_one(sql, values).await?.count(0)
}
