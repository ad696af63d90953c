//! The counts of stretches of time, from counters.

use std::collections::HashMap;

use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::visits::{Tier, VisitSum, plan_distinct};

use super::{Scope, edges, strips};
use crate::StoreError;
use crate::counters::{NEVER, tier_number};
use crate::engine::{Bulk, Row, Transaction, values};

/// The counts of each range, in order. Edges off the quarter of an hour are read from raw rows.
pub(super) async fn tally_ranges(
    transaction: &mut Transaction,
    scope: Scope,
    ranges: &[TimeRange],
) -> Result<Vec<Tally>, StoreError> {
    let Some(key) = scope.key else { return Ok(vec![Tally::default(); ranges.len()]) };
    let ranges = &round_down(scope.horizon, ranges);
    let mut tallies = vec![Tally::default(); ranges.len()];
    let sums = ranges.iter().enumerate().flat_map(|(place, range)| {
        plan_distinct(&scope.calendar, range.quarters()).into_iter().map(move |sum| (place, sum))
    });
    let (tiles, bands): (Vec<_>, Vec<_>) = sums.partition(|(_, sum)| sum.previous_from.is_none());
    add_counts(transaction, scope, key, &tiles, &mut tallies).await?;
    let is_strip = |(_, sum): &(usize, VisitSum)| sum.tier == Tier::Quarter;
    let (strips, tiles): (Vec<_>, Vec<_>) = tiles.into_iter().partition(is_strip);
    let (more_strips, bands): (Vec<_>, Vec<_>) = bands.into_iter().partition(is_strip);
    add_tile_visits(transaction, scope, key, &tiles, &mut tallies).await?;
    add_band_visits(transaction, scope, key, &bands, &mut tallies).await?;
    for (place, strip) in strips.into_iter().chain(more_strips) {
        tallies[place].returning_users += strips::count_returning(transaction, scope, key, strip).await?;
    }
    for (tally, range) in tallies.iter_mut().zip(ranges).filter(|(_, range)| !range.is_on_quarters()) {
        edges::add_edges(transaction, scope, key, *range, tally).await?;
    }
    Ok(tallies)
}

/// Ranges with their edges before the horizon moved down to quarters of an hour: nothing finer is known there.
pub(super) fn round_down(horizon: Instant, ranges: &[TimeRange]) -> Vec<TimeRange> {
    let round = |at: Instant| if at < horizon { at.quarter() } else { at };
    ranges.iter().map(|range| TimeRange::new(round(range.start), round(range.end))).collect()
}

/// Every bucket of a tier that starts in `range` and has counts, by its start.
pub(super) async fn load_buckets(
    transaction: &mut Transaction,
    scope: Scope,
    tier: Tier,
    range: TimeRange,
) -> Result<HashMap<Instant, Tally>, StoreError> {
    let sql = "select messages, bot_messages, sessions, new_users, users - new_users, bucket from counts
        where bot_key = $1 and revision = $2 and scope = $3 and tier = $4 and bucket >= $5 and bucket < $6";
    let (from, end) = (range.start.as_ms(), range.end.as_ms());
    let Some(key) = scope.key else { return Ok(HashMap::new()) };
    let tier = tier_number(tier);
    let values = values![scope.bot, scope.revisions.of_counts(tier), key, tier, from, end];
    let rows = transaction.fetch_all(sql, values).await?;
    let tally = |row: &Row| {
        let counts = read_counts(row, 0)?;
        Ok((row.instant(5)?, Tally { new_users: row.count(3)?, returning_users: row.count(4)?, ..counts }))
    };
    rows.iter().map(tally).collect()
}

fn read_counts(row: &Row, first: usize) -> Result<Tally, StoreError> {
    Ok(Tally {
        messages: row.count(first)?,
        bot_messages: row.count(first + 1)?,
        sessions: row.count(first + 2)?,
        ..Tally::default()
    })
}

/// What only adds, and new users: sums over the tiles, which cover each range without overlap.
async fn add_counts(
    transaction: &mut Transaction,
    Scope { bot, revisions, .. }: Scope,
    scope: i64,
    tiles: &[(usize, VisitSum)],
    tallies: &mut [Tally],
) -> Result<(), StoreError> {
    let sql =
        "select input.place, coalesce(cast(sum(counts.messages) as bigint), 0),
            coalesce(cast(sum(counts.bot_messages) as bigint), 0),
            coalesce(cast(sum(counts.sessions) as bigint), 0), coalesce(cast(sum(counts.new_users) as bigint), 0)
        from input
        left join counts on counts.bot_key = $1 and counts.revision = input.revision and counts.scope = input.scope and counts.tier = input.tier
            and counts.bucket >= input.bucket_from and counts.bucket < input.bucket_end
        group by input.place";
    let rows = rows_of(|tier| revisions.of_counts(tier), scope, tiles);
    for row in transaction.bulk_fetch(sql, values![bot], &rows).await? {
        let tally = &mut tallies[row.place(0)?];
        *tally = Tally { new_users: row.count(4)?, ..read_counts(&row, 1)? };
    }
    Ok(())
}

/// Returning users whose previous bucket lies before the range, by the index on buckets.
async fn add_tile_visits(
    transaction: &mut Transaction,
    Scope { bot, revisions, .. }: Scope,
    scope: i64,
    tiles: &[(usize, VisitSum)],
    tallies: &mut [Tally],
) -> Result<(), StoreError> {
    let sql = "select input.place, coalesce(cast(sum(visits.users) as bigint), 0) from input
        left join visits on visits.bot_key = $1 and visits.revision = input.revision and visits.scope = input.scope and visits.tier = input.tier
            and visits.bucket >= input.bucket_from and visits.bucket < input.bucket_end
            and +visits.previous > input.previous_from and +visits.previous < input.previous_before
        group by input.place";
    let rows = rows_of(|tier| revisions.of_visits(tier), scope, tiles);
    add_returning(transaction.bulk_fetch(sql, values![bot], &rows).await?, tallies)
}

/// Returning users whose previous bucket lies in the same coarser bucket as the start of the range: many buckets, few
/// previous ones, hence the other index (`+` keeps SQLite from the first, `tier > 0` leads PostgreSQL to the other).
async fn add_band_visits(
    transaction: &mut Transaction,
    Scope { bot, revisions, .. }: Scope,
    scope: i64,
    bands: &[(usize, VisitSum)],
    tallies: &mut [Tally],
) -> Result<(), StoreError> {
    let sql = "select input.place, coalesce(cast(sum(visits.users) as bigint), 0) from input
        left join visits on visits.bot_key = $1 and visits.revision = input.revision and visits.scope = input.scope and visits.tier = input.tier
            and visits.tier > 0
            and visits.previous > input.previous_from and visits.previous < input.previous_before
            and +visits.bucket >= input.bucket_from and +visits.bucket < input.bucket_end
        group by input.place";
    let rows = rows_of(|tier| revisions.of_visits(tier), scope, bands);
    add_returning(transaction.bulk_fetch(sql, values![bot], &rows).await?, tallies)
}

fn add_returning(rows: Vec<Row>, tallies: &mut [Tally]) -> Result<(), StoreError> {
    for row in rows {
        tallies[row.place(0)?].returning_users += row.count(1)?;
    }
    Ok(())
}

/// `previous_from` is exclusive here: "never" is no lower bound that returning users could have.
fn rows_of(revision_of: impl Fn(i64) -> i64, scope: i64, sums: &[(usize, VisitSum)]) -> Bulk<'static> {
    let previous_from = |sum: &VisitSum| sum.previous_from.map_or(NEVER, |from| from.as_ms() - 1);
    Bulk::new()
        .ints("place", sums.iter().map(|(place, _)| i64::try_from(*place).ok()))
        .ints("revision", sums.iter().map(|(_, sum)| revision_of(tier_number(sum.tier))))
        .ints("scope", sums.iter().map(|_| scope))
        .ints("tier", sums.iter().map(|(_, sum)| tier_number(sum.tier)))
        .ints("bucket_from", sums.iter().map(|(_, sum)| sum.buckets.start.as_ms()))
        .ints("bucket_end", sums.iter().map(|(_, sum)| sum.buckets.end.as_ms()))
        .ints("previous_from", sums.iter().map(|(_, sum)| previous_from(sum)))
        .ints("previous_before", sums.iter().map(|(_, sum)| sum.previous_before.as_ms()))
}
