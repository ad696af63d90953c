//! Events by name from counters: all names of a range at once, at a cost in proportion to buckets and names.

use std::collections::{BTreeMap, BTreeSet};

use analytics::assembly::ReportPlan;
use analytics::events::{EventFigures, EventTally};
use analytics::instant::Instant;
use analytics::nano::Nano;
use analytics::visits::{VisitSum, plan_distinct};

use super::ranges::{COMPARISON, Ranges, TOTALS};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::table_keys::{NEVER, tier_number};

/// What was counted, by place of the range and name.
type Tallies = BTreeMap<(usize, i64), EventTally>;
/// Users with events at edges off the quarter, by place of the range and name.
type EdgeUsers = BTreeSet<(usize, i64, i64)>;

/// The figures of every name that a bot has.
pub(super) async fn read_figures(
    transaction: &mut Transaction,
    ranges: &Ranges,
    plan: &ReportPlan,
) -> Result<Vec<EventFigures>, StoreError> {
    let sql = "select name, event_key from event_names where bot_key = $1";
    let names = transaction.fetch_all(sql, values![ranges.scope.bot]).await?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    plan.check_cells(names.len())?;
    let mut tallies = Tallies::new();
    add_counts(transaction, ranges, &mut tallies).await?;
    add_users(transaction, ranges, &mut tallies).await?;
    let users = add_edges(transaction, ranges, &mut tallies).await?;
    add_edge_users(transaction, ranges, &users, &mut tallies).await?;
    let whole = load_series(transaction, ranges).await?;
    let tally = |place: usize, event: i64| tallies.get(&(place, event)).copied().unwrap_or_default();
    let figures = names.iter().map(|row| {
        let event = row.int("event_key")?;
        Ok(EventFigures {
            name: row.text("name")?,
            totals: tally(TOTALS, event),
            comparison: tally(COMPARISON, event),
            timeseries: ranges.series(
                |start| whole.get(&(event, start)).copied().unwrap_or_default(),
                |place| tally(place, event).count,
            ),
        })
    });
    figures.collect()
}

/// Events and values in the whole quarters of each range.
async fn add_counts(
    transaction: &mut Transaction,
    ranges: &Ranges,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let sql = "select input.place, c.event_key, cast(sum(c.events) as bigint) as events,
            cast(sum(c.value_whole) as bigint) as value_whole, cast(sum(c.value_nano) as bigint) as value_nano
        from input
        left join event_counts as c on c.bot_key = $1 and c.revision = input.revision
            and c.channel_key = input.channel_key and c.tier = input.tier
            and c.bucket >= input.bucket_from and c.bucket < input.bucket_end
        group by input.place, c.event_key";
    for row in transaction.bulk_fetch(sql, values![ranges.scope.bot], &ranges.tiles()).await? {
        let Some(event) = row.optional_int("event_key")? else { continue };
        let tally = tallies.entry((row.place("place")?, event)).or_default();
        tally.count += row.count("events")?;
        tally.value += Nano::from_parts(row.int("value_whole")?, row.int("value_nano")?);
    }
    Ok(())
}

/// Distinct users in the whole quarters of the period and the comparison, as `plan_distinct` has it.
async fn add_users(
    transaction: &mut Transaction,
    ranges: &Ranges,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let wanted = [TOTALS, COMPARISON].into_iter().flat_map(|place| {
        let inside = ranges.all[place].quarters();
        plan_distinct(&ranges.scope.calendar, inside).into_iter().map(move |sum| (place, sum))
    });
    let (tiles, bands): (Vec<_>, Vec<_>) = wanted.partition(|(_, sum)| sum.previous_from.is_none());
    // By the bucket: all who were active before, or never. By the one before: many buckets, few previous ones.
    let of_tiles =
        "select input.place, v.event_key, cast(sum(input.sign * v.users) as bigint) as users from input
        left join event_visits as v on v.bot_key = $1 and v.revision = input.revision
            and v.channel_key = input.channel_key and v.tier = input.tier
            and v.bucket >= input.bucket_from and v.bucket < input.bucket_end
            and +v.previous >= input.previous_from and +v.previous < input.previous_before
        group by input.place, v.event_key";
    let of_bands =
        "select input.place, v.event_key, cast(sum(input.sign * v.users) as bigint) as users from input
        left join event_visits as v on v.bot_key = $1 and v.revision = input.revision
            and v.channel_key = input.channel_key and v.tier = input.tier and v.tier >= 0
            and v.previous >= input.previous_from and v.previous < input.previous_before
            and +v.bucket >= input.bucket_from and +v.bucket < input.bucket_end
        group by input.place, v.event_key";
    let mut users: BTreeMap<(usize, i64), i64> = BTreeMap::new();
    for (sql, sums) in [(of_tiles, tiles), (of_bands, bands)] {
        let rows = transaction.bulk_fetch(sql, values![ranges.scope.bot], &rows_of(ranges, &sums)).await?;
        for row in rows {
            let Some(event) = row.optional_int("event_key")? else { continue };
            *users.entry((row.place("place")?, event)).or_default() += row.int("users")?;
        }
    }
    for (place, users) in users {
        tallies.entry(place).or_default().users += u64::try_from(users).unwrap_or_default();
    }
    Ok(())
}

fn rows_of(ranges: &Ranges, sums: &[(usize, VisitSum)]) -> Bulk<'static> {
    Bulk::new()
        .ints("place", sums.iter().map(|(place, _)| i64::try_from(*place).ok()))
        .ints("sign", sums.iter().map(|(_, sum)| sum.sign))
        .ints("revision", sums.iter().map(|_| ranges.scope.revisions.calendar))
        .ints("channel_key", sums.iter().map(|_| ranges.channel))
        .ints("tier", sums.iter().map(|(_, sum)| tier_number(sum.tier)))
        .ints("bucket_from", sums.iter().map(|(_, sum)| sum.buckets.start.as_ms()))
        .ints("bucket_end", sums.iter().map(|(_, sum)| sum.buckets.end.as_ms()))
        .ints("previous_from", sums.iter().map(|(_, sum)| sum.previous_from.map_or(NEVER, Instant::as_ms)))
        .ints("previous_before", sums.iter().map(|(_, sum)| sum.previous_before.as_ms()))
}

/// Events and values at edges off the quarter, from raw rows; the answer is who had them.
async fn add_edges(
    transaction: &mut Transaction,
    ranges: &Ranges,
    tallies: &mut Tallies,
) -> Result<EdgeUsers, StoreError> {
    let sql = "select input.place, facts.user_key, e.event_key, e.value_nano from input
        left join facts on facts.bot_key = $1 and facts.at >= input.at_from and facts.at < input.at_end
            and facts.kind = 2 and ($2 = 0 or facts.channel_key = $2)
        left join event_details as e on e.bot_key = $1 and e.fact_key between facts.fact_key and facts.fact_key";
    let mut users = EdgeUsers::new();
    let values = values![ranges.scope.bot, ranges.channel];
    for row in transaction.bulk_fetch(sql, values, &ranges.edges()).await? {
        let Some(event) = row.optional_int("event_key")? else { continue };
        let place = row.place("place")?;
        let tally = tallies.entry((place, event)).or_default();
        tally.count += 1;
        tally.value += Nano::from_nano(row.optional_int("value_nano")?.unwrap_or(0).into());
        if [TOTALS, COMPARISON].contains(&place) {
            users.insert((place, event, row.int("user_key")?));
        }
    }
    Ok(users)
}

/// Those users at the edges who have no such event in the whole quarters between them.
async fn add_edge_users(
    transaction: &mut Transaction,
    ranges: &Ranges,
    users: &EdgeUsers,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let inside = |place: &usize| ranges.all[*place].quarters();
    let bulk = Bulk::new()
        .ints("place", users.iter().map(|(place, ..)| i64::try_from(*place).ok()))
        .ints("event_key", users.iter().map(|(_, event, _)| *event))
        .ints("user_key", users.iter().map(|(.., user)| *user))
        .ints("bucket_from", users.iter().map(|(place, ..)| inside(place).start.as_ms()))
        .ints("bucket_end", users.iter().map(|(place, ..)| inside(place).end.as_ms()));
    let sql = "select input.place, input.event_key, case when exists (select 1 from event_activity as a
            where a.bot_key = $1 and a.user_key = input.user_key and a.channel_key = $2
                and a.event_key = input.event_key and a.quarter >= input.bucket_from
                and a.quarter < input.bucket_end) then 1 else 0 end as is_counted
        from input";
    let values = values![ranges.scope.bot, ranges.channel];
    for row in transaction.bulk_fetch(sql, values, &bulk).await? {
        tallies.entry((row.place("place")?, row.int("event_key")?)).or_default().users +=
            u64::from(!row.flag("is_counted")?);
    }
    Ok(())
}

/// Events in whole buckets of the series, by name and start.
async fn load_series(
    transaction: &mut Transaction,
    ranges: &Ranges,
) -> Result<BTreeMap<(i64, Instant), u64>, StoreError> {
    let Some((tier, range)) = ranges.whole else { return Ok(BTreeMap::new()) };
    let sql = "select event_key, bucket, events from event_counts where bot_key = $1 and revision = $2
        and channel_key = $3 and tier = $4 and bucket >= $5 and bucket < $6";
    let (bot, revision) = (ranges.scope.bot, ranges.scope.revisions.calendar);
    let (from, end) = (range.start.as_ms(), range.end.as_ms());
    let values = values![bot, revision, ranges.channel, tier_number(tier), from, end];
    let rows = transaction.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok(((row.int("event_key")?, row.instant("bucket")?), row.count("events")?)))
        .collect()
}
