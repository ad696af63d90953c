//! Pairs of quarters of an hour, of which there are no counters: what is asked about them lies in less than an hour or
//! two, by the bucket or by the one before. Who was active there is read from raw rows or, where
//! those are gone, from `past_quarters`; where they were active before or after it from `activity`.

use std::collections::BTreeMap;

use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::visits::{Tier, VisitSum};

use super::Scope;
use super::tally::read_tally;
use crate::StoreError;
use crate::counters::NEVER;
use crate::engine::{Bulk, Transaction, values};

/// A sum over quarters for the range at a place. Where the range ends off the quarter, so do `buckets` of its last one.
pub(super) type Strip = (usize, VisitSum);

/// The strips of the ranges, whose sums these are. What a range has behind its last whole quarter is read together with
/// the quarters of the same hour: of each user only the last visit before them matters.
pub(super) fn find_strips(ranges: &[TimeRange], sums: &[(usize, VisitSum)]) -> Vec<Strip> {
    let is_strip = |(_, sum): &&(usize, VisitSum)| sum.tier == Tier::Quarter;
    let mut strips: Vec<Strip> = sums.iter().filter(is_strip).copied().collect();
    for (place, range) in ranges.iter().enumerate() {
        if range.end.is_on_quarter() || !range.start.is_on_quarter() {
            continue;
        }
        let end = range.end.quarter();
        let is_last =
            |(of, sum): &&mut Strip| *of == place && sum.previous_from.is_none() && sum.buckets.end == end;
        match strips.iter_mut().find(is_last) {
            Some((_, sum)) => sum.buckets.end = range.end,
            None => {
                let buckets = TimeRange::new(end, range.end);
                let tail = VisitSum {
                    tier: Tier::Quarter,
                    buckets,
                    previous_from: None,
                    previous_before: range.start,
                };
                strips.push((place, tail));
            }
        }
    }
    strips
}

/// Adds the users of strips, and everything of what lies behind the last whole quarter. Strips of the same time are one
/// question, as of a comparison that is cut and of its last bar.
pub(super) async fn add_strips(
    transaction: &mut Transaction,
    source: Scope,
    scope: i64,
    strips: &[Strip],
    tallies: &mut [Tally],
) -> Result<(), StoreError> {
    let mut by_time: BTreeMap<(Instant, Instant), Vec<Strip>> = BTreeMap::new();
    for (place, sum) in strips {
        match sum.previous_from {
            Some(from) if sum.previous_before.as_ms() - from.as_ms() < sum.buckets.length_ms() => {
                let previous = TimeRange::new(from, sum.previous_before);
                tallies[*place].returning_users +=
                    count_by_previous(transaction, source, scope, previous, sum.buckets).await?;
            }
            _ => by_time.entry((sum.buckets.start, sum.buckets.end)).or_default().push((*place, *sum)),
        }
    }
    for ((start, end), strips) in by_time {
        let raw_from = start.as_ms().max(source.raw_from);
        let opens_bit = source.revisions.opens_bit();
        let values = values![
            source.bot,
            scope,
            start.as_ms(),
            end.as_ms(),
            raw_from,
            end.quarter().as_ms(),
            opens_bit
        ];
        for row in transaction.bulk_fetch(BY_BUCKET, values, &rows_of(&strips)).await? {
            tallies[row.place(0)?] += read_tally(&row)?;
        }
    }
    Ok(())
}

fn rows_of(strips: &[Strip]) -> Bulk<'static> {
    let previous_from = |sum: &VisitSum| sum.previous_from.map_or(NEVER, Instant::as_ms);
    Bulk::new()
        .ints("place", strips.iter().map(|(place, _)| i64::try_from(*place).ok()))
        .ints("previous_from", strips.iter().map(|(_, sum)| previous_from(sum)))
        .ints("previous_before", strips.iter().map(|(_, sum)| sum.previous_before.as_ms()))
}

// By time: `+` keeps PostgreSQL from reading all of the bot in the order of its users.
const BY_BUCKET: &str = ", active as materialized (
        select distinct +user_key as user_key from facts
        where bot_key = $1 and at >= $5 and at < $4 and kind = 0 and ($2 = 0 or channel_key = $2)
        union
        select user_key from past_quarters
        where bot_key = $1 and scope = $2 and quarter >= $3 and quarter < $4
    ), seen as materialized (
        select coalesce((select a.quarter from activity as a where a.bot_key = $1 and a.scope = $2
            and a.user_key = active.user_key and a.quarter < $3 and a.messages > 0
            order by a.quarter desc limit 1), -1) as quarter
        from active
    ), edge as materialized (
        select coalesce(sum(case when kind = 0 then 1 end), 0) as messages,
            coalesce(sum(case when kind = 1 then 1 end), 0) as bot_messages,
            coalesce(sum(case when kind = 0 and (opens & $7) > 0 then 1 end), 0) as sessions
        from facts where bot_key = $1 and at >= $6 and at < $4 and ($2 = 0 or channel_key = $2)
    )
    select input.place, edge.messages, edge.bot_messages, edge.sessions, 0, 0 from input cross join edge
    union all
    select input.place, 0, 0, 0,
        coalesce(sum(case when seen.quarter < 0 and input.previous_from < 0 then 1 end), 0),
        coalesce(sum(case when seen.quarter >= 0 and seen.quarter >= input.previous_from
            and seen.quarter < input.previous_before then 1 end), 0)
    from input cross join seen group by input.place";

const BY_PREVIOUS: &str = "with active as materialized (
        select distinct +user_key as user_key, at - at % 900000 as quarter from facts
        where bot_key = $1 and at >= $7 and at < $4 and kind = 0 and ($2 = 0 or channel_key = $2)
        union all
        select user_key, quarter from past_quarters
        where bot_key = $1 and scope = $2 and quarter >= $3 and quarter < $4
    ) select count(*) from active where coalesce((select a.quarter from activity as a
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
    transaction.fetch_one(BY_PREVIOUS, values).await?.count(0)
}
