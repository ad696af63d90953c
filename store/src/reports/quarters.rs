//! Pairs of quarters of an hour, of which there are no counters: what is asked about them lies in an hour or little more,
//! by the bucket or by the one before. Who was active there is read from raw rows or, where those are gone, from
//! `past_quarters`; where they were active before or after it from `activity`.

use std::collections::BTreeMap;

use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::visits::{Tier, VisitSum};

use super::scope::Scope;
use crate::StoreError;
use crate::engine::{Bulk, Row, Transaction, values};
use crate::table_keys::NEVER;

/// A sum over quarters for the range at a place. Where the range ends off the quarter, so does one of them: at its end or,
/// if it is to be taken away, at its start.
type QuarterSum = (usize, VisitSum);

/// Adds the users of those sums that are quarters, and everything between the cut of a range and the nearest quarter's edge.
/// Sums of the same time are one question, as of a comparison that is cut and of its last bar.
pub(super) async fn add_quarters(
    transaction: &mut Transaction,
    source: Scope,
    scope: i64,
    sums: &[(usize, VisitSum)],
    tallies: &mut [Tally],
) -> Result<(), StoreError> {
    let mut taken = vec![Tally::default(); tallies.len()];
    let mut add = |place: usize, sign, tally| match sign {
        1 => tallies[place] += tally,
        _ => taken[place] += tally,
    };
    let mut by_time: BTreeMap<(Instant, Instant), Vec<QuarterSum>> = BTreeMap::new();
    for (place, sum) in sums.iter().filter(|(_, sum)| sum.tier == Tier::Quarter) {
        match sum.previous_from {
            Some(from) if sum.previous_before.as_ms() - from.as_ms() < sum.buckets.length_ms() => {
                let previous = TimeRange::new(from, sum.previous_before);
                let returning_users =
                    count_by_previous(transaction, source, scope, previous, sum.buckets).await?;
                add(*place, sum.sign, Tally { returning_users, ..Tally::default() });
            }
            _ => by_time.entry((sum.buckets.start, sum.buckets.end)).or_default().push((*place, *sum)),
        }
    }
    for ((start, end), quarters) in by_time {
        let cut = if start.is_on_quarter() { end } else { start };
        let edge = cut.nearest_quarter();
        let values = values![
            source.bot,
            scope,
            start.as_ms(),
            end.as_ms(),
            start.as_ms().max(source.raw_from),
            start.quarter().as_ms(),
            cut.min(edge).as_ms(),
            cut.max(edge).as_ms(),
            source.revisions.opens_bit(),
            if edge < cut { 1 } else { -1 }
        ];
        for row in transaction.bulk_fetch(BY_BUCKET, values, &rows_of(&quarters)).await? {
            add(row.place("place")?, row.int("sign")?, read_tally(&row)?);
        }
    }
    tallies.iter_mut().zip(taken).for_each(|(tally, taken)| *tally -= taken);
    Ok(())
}

fn rows_of(quarters: &[QuarterSum]) -> Bulk<'static> {
    let previous_from = |sum: &VisitSum| sum.previous_from.map_or(NEVER, Instant::as_ms);
    Bulk::new()
        .ints("place", quarters.iter().map(|(place, _)| i64::try_from(*place).ok()))
        .ints("sign", quarters.iter().map(|(_, sum)| sum.sign))
        .ints("previous_from", quarters.iter().map(|(_, sum)| previous_from(sum)))
        .ints("previous_before", quarters.iter().map(|(_, sum)| sum.previous_before.as_ms()))
}

// By time: `+` keeps PostgreSQL from reading all of the bot in the order of its users. Who was there in the same quarter
// before these quarters was there before them. Between the cut and the quarter's edge that is nearer ($7 to $8) lies what the
// counters up to that edge have too little, or too much ($10). Users come before places: SQLite took half as long again
// the other way round.
const BY_BUCKET: &str = ", active as materialized (
        select +user_key as user_key from facts
        where bot_key = $1 and at >= $5 and at < $4 and kind = 0 and ($2 = 0 or channel_key = $2)
        union
        select user_key from past_quarters
        where bot_key = $1 and scope = $2 and quarter >= $3 and quarter < $4
        except
        select +user_key from facts
        where bot_key = $1 and at >= $6 and at < $3 and kind = 0 and ($2 = 0 or channel_key = $2)
    ), seen as materialized (
        select coalesce((select a.quarter from activity as a where a.bot_key = $1 and a.scope = $2
            and a.user_key = active.user_key and a.quarter < $6 and a.messages > 0
            order by a.quarter desc limit 1), -1) as quarter
        from active
    ), edge as materialized (
        select coalesce(sum(case when kind = 0 then 1 end), 0) as messages,
            coalesce(sum(case when kind = 1 then 1 end), 0) as bot_messages,
            coalesce(sum(case when kind = 0 and (opens & $9) > 0 then 1 end), 0) as sessions
        from facts where bot_key = $1 and at >= $7 and at < $8 and ($2 = 0 or channel_key = $2)
    )
    select input.place, edge.messages, edge.bot_messages, edge.sessions, 0 as new_users, 0 as returning_users,
        cast($10 as bigint) as sign
    from edge cross join input
    union all
    select input.place, 0, 0, 0,
        coalesce(sum(case when seen.quarter < 0 and input.previous_from < 0 then 1 end), 0),
        coalesce(sum(case when seen.quarter >= 0 and seen.quarter >= input.previous_from
            and seen.quarter < input.previous_before then 1 end), 0),
        input.sign
    from seen cross join input group by input.place, input.sign";

const BY_PREVIOUS: &str = "with active as materialized (
        select distinct +user_key as user_key, at - at % 900000 as quarter from facts
        where bot_key = $1 and at >= $7 and at < $4 and kind = 0 and ($2 = 0 or channel_key = $2)
        union all
        select user_key, quarter from past_quarters
        where bot_key = $1 and scope = $2 and quarter >= $3 and quarter < $4
    ) select count(*) as users from active where coalesce((select a.quarter from activity as a
        where a.bot_key = $1 and a.scope = $2
        and a.user_key = active.user_key and a.quarter > active.quarter and a.messages > 0
        order by a.quarter limit 1), -1) between $5 and $6 - 1";

/// Returning users whose visit before lies in `previous`, and the next one in `buckets`.
async fn count_by_previous(
    transaction: &mut Transaction,
    source: Scope,
    scope: i64,
    previous: TimeRange,
    buckets: TimeRange,
) -> Result<u64, StoreError> {
    let (start, end) = (previous.start.as_ms(), previous.end.as_ms());
    let (from, before) = (buckets.start.as_ms(), buckets.end.as_ms());
    let values = values![source.bot, scope, start, end, from, before, start.max(source.raw_from)];
    transaction.fetch_one(BY_PREVIOUS, values).await?.count("users")
}

/// The columns of a sum over any range of time.
pub(super) fn read_tally(row: &Row) -> Result<Tally, StoreError> {
    Ok(Tally {
        messages: row.count("messages")?,
        bot_messages: row.count("bot_messages")?,
        sessions: row.count("sessions")?,
        new_users: row.count("new_users")?,
        returning_users: row.count("returning_users")?,
    })
}
