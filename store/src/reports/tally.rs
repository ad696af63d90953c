//! The counts of ranges of time, from counters.

use std::collections::HashMap;

use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::visits::{Tier, VisitSum, plan_distinct};

use super::edges;
use super::quarters::{add_quarters, read_tally};
use super::scope::{Scope, round_down};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::rules::rule::Revisions;
use crate::table_keys::tier_number;

/// A series of bars: every bucket of a tier that starts in a range.
pub(super) type Series = (Tier, TimeRange);

/// The counts of each range, in order, and of each series those buckets that have any, by their start. Edges off the
/// quarter of an hour are read from raw rows.
pub(super) async fn read_tallies(
    transaction: &mut Transaction,
    scope: Scope,
    ranges: &[TimeRange],
    series: &[Series],
) -> Result<(Vec<Tally>, Vec<HashMap<Instant, Tally>>), StoreError> {
    let mut tallies = vec![Tally::default(); ranges.len()];
    let mut bars = vec![HashMap::new(); series.len()];
    let Some(key) = scope.key else { return Ok((tallies, bars)) };
    let ranges = &round_down(scope.horizon, ranges);
    let plan = |range: &TimeRange| match range.start.is_on_quarter() {
        true => plan_distinct(&scope.calendar, *range),
        false => plan_distinct(&scope.calendar, range.quarters()),
    };
    let sums: Vec<(usize, VisitSum)> = ranges
        .iter()
        .enumerate()
        .flat_map(|(place, range)| plan(range).into_iter().map(move |sum| (place, sum)))
        .collect();
    // Before the first message nobody was there.
    let had_somebody =
        |sum: &VisitSum| sum.previous_from.is_none() || sum.previous_before.as_ms() > scope.first_at;
    let asked: Vec<_> = sums.iter().filter(|(_, sum)| had_somebody(sum)).copied().collect();
    let input = rows_of(scope.revisions, key, &asked, series);
    for row in transaction.bulk_fetch(FROM_COUNTERS, values![scope.bot, scope.first_at], &input).await? {
        match row.optional_instant("bucket")? {
            Some(bucket) => drop(bars[row.place("place")?].insert(bucket, read_tally(&row)?)),
            None => tallies[row.place("place")?] += read_tally(&row)?,
        }
    }
    add_quarters(transaction, scope, key, &sums, &mut tallies).await?;
    for (tally, range) in tallies.iter_mut().zip(ranges).filter(|(_, range)| !range.start.is_on_quarter()) {
        edges::add_edges(transaction, scope, key, *range, tally).await?;
    }
    Ok((tallies, bars))
}

/// What a row of `input` asks for.
const TILE: i64 = 0;
const BAND: i64 = 1;
const SERIES: i64 = 2;
/// All of it in one statement, since a statement costs more to ask than most of them take to answer.
///
/// Tiles cover each range without overlap. Their returning users are all users of a bucket but the new ones and those
/// whose previous bucket lies in the range, too: of these pairs there are few, since most lie before the range, and they
/// stand together. Bands are the other way round: of each bucket only the pairs with a few previous buckets, in the same
/// coarser bucket as the start of the range. Before the first message nobody was there ($2). Quarters have no pairs; their
/// users are counted by [`super::quarters`]. What has the sign −1 lies behind the range, and is taken from what goes beyond it.
const FROM_COUNTERS: &str = "select input.place,
        coalesce(cast(sum(case when input.part = 0 then input.sign * counts.messages end) as bigint), 0) as messages,
        coalesce(cast(sum(case when input.part = 0 then input.sign * counts.bot_messages end) as bigint), 0) as bot_messages,
        coalesce(cast(sum(case when input.part = 0 then input.sign * counts.sessions end) as bigint), 0) as sessions,
        coalesce(cast(sum(case when input.part = 0 and input.tier > 0
            then input.sign * counts.new_users end) as bigint), 0) as new_users,
        coalesce(cast(sum(input.sign * case when input.tier > 0 and (input.part = 1 or input.pairs_from > $2) then
            case when input.part = 0 then counts.users - counts.new_users else 0 end
            + case when input.part = 0 then -1 else 1 end * coalesce((
                select sum(visits.users) from visits where visits.bot_key = $1
                and visits.revision = input.visits_revision and visits.scope = input.scope
                and visits.tier = input.tier and visits.bucket = counts.bucket
                and visits.previous >= input.pairs_from and visits.previous < input.pairs_end), 0) end) as bigint), 0) as returning_users,
        cast(null as bigint) as bucket
    from input
    left join counts on counts.bot_key = $1 and counts.revision = input.revision and counts.scope = input.scope
        and counts.tier = input.tier and counts.bucket >= input.bucket_from and counts.bucket < input.bucket_end
    where input.part < 2 group by input.place
    union all
    select input.place, counts.messages, counts.bot_messages, counts.sessions, counts.new_users,
        counts.users - counts.new_users, counts.bucket
    from input
    left join counts on counts.bot_key = $1 and counts.revision = input.revision and counts.scope = input.scope
        and counts.tier = input.tier and counts.bucket >= input.bucket_from and counts.bucket < input.bucket_end
    where input.part = 2 and counts.bucket is not null";

/// Sums over pairs, and series behind them. Quarters with a lower bound have nothing in counters.
fn rows_of(revisions: Revisions, scope: i64, sums: &[(usize, VisitSum)], series: &[Series]) -> Bulk<'static> {
    let is_counted = |(_, sum): &&(usize, VisitSum)| sum.tier != Tier::Quarter || sum.previous_from.is_none();
    let part = |sum: &VisitSum| if sum.previous_from.is_none() { TILE } else { BAND };
    // What lies between a cut and the quarter next to it is for quarters.
    let whole = |sum: &VisitSum| {
        let TimeRange { start, end } = sum.buckets;
        VisitSum { buckets: TimeRange::new(start.nearest_quarter(), end.nearest_quarter()), ..*sum }
    };
    let sums = sums.iter().filter(is_counted).map(|(place, sum)| (part(sum), *place, whole(sum)));
    let bars = series.iter().enumerate().map(|(place, (tier, range))| {
        let all = VisitSum {
            sign: 1,
            tier: *tier,
            buckets: *range,
            previous_from: None,
            previous_before: range.end,
        };
        (SERIES, place, all)
    });
    let rows: Vec<(i64, usize, VisitSum)> = sums.chain(bars).collect();
    let tiers = || rows.iter().map(|(.., sum)| tier_number(sum.tier));
    let pairs = |sum: &VisitSum| match sum.previous_from {
        None => TimeRange::new(sum.previous_before, sum.buckets.end),
        Some(from) => TimeRange::new(from, sum.previous_before),
    };
    Bulk::new()
        .ints("part", rows.iter().map(|(part, ..)| *part))
        .ints("sign", rows.iter().map(|(.., sum)| sum.sign))
        .ints("place", rows.iter().map(|(_, place, _)| i64::try_from(*place).ok()))
        .ints("revision", tiers().map(|tier| revisions.of_counts(tier)))
        .ints("visits_revision", tiers().map(|tier| revisions.of_visits(tier)))
        .ints("scope", rows.iter().map(|_| scope))
        .ints("tier", tiers())
        .ints("bucket_from", rows.iter().map(|(.., sum)| sum.buckets.start.as_ms()))
        .ints("bucket_end", rows.iter().map(|(.., sum)| sum.buckets.end.as_ms()))
        .ints("pairs_from", rows.iter().map(|(.., sum)| pairs(sum).start.as_ms()))
        .ints("pairs_end", rows.iter().map(|(.., sum)| pairs(sum).end.as_ms()))
}
