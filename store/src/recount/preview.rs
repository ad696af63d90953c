//! How many sessions there would be under another timeout.

use std::collections::BTreeMap;

use analytics::instant::{Instant, TimeRange};
use analytics::session::Turn;
use analytics::settings::IdleTimeout;

use super::sessions::Before;
use super::user::{RawFact, find_idle_openings, read_fact};
use crate::StoreError;
use crate::bots::{StoredBot, TimeoutPreview};
use crate::engine::{Transaction, values};
use crate::retention::horizon;

/// How many local days are looked at, today included.
const DAYS: u64 = 28;

/// Every message without session id of whoever sent one in the range on the same channel, from their last incoming
/// message before the range on, or from the horizon: behind an incoming message nothing earlier matters.
const SELECT_LINES: &str = "
    with lines as materialized (
        select distinct +user_key as user_key, +channel_key as channel_key from facts
        where bot_key = $1 and at >= $2 and at < $3 and kind = 0 and session_key is null
    ),
    starts as materialized (
        select user_key, channel_key, cast($3 as bigint) as until,
            coalesce((select earlier.at from facts as earlier where earlier.bot_key = $1
                and earlier.user_key = lines.user_key and earlier.channel_key = lines.channel_key
                and earlier.at >= $4 and earlier.at < $2 and earlier.kind = 0 and earlier.session_key is null
                order by earlier.at desc limit 1), $4) as since
        from lines
    )
    select facts.fact_key, facts.user_key, facts.channel_key, facts.at, facts.kind, facts.session_key, facts.opens,
        facts.id
    from starts
    left join facts on facts.bot_key = $1 and facts.user_key = starts.user_key
        and facts.channel_key = starts.channel_key and facts.at >= starts.since and facts.at < starts.until
        and facts.kind < 2 and facts.session_key is null";

/// Counts the sessions of the past 28 local days as they are and as they would be.
pub(crate) async fn preview_timeout(
    transaction: &mut Transaction,
    stored: &StoredBot,
    timeout: IdleTimeout,
    now: Instant,
) -> Result<TimeoutPreview, StoreError> {
    let calendar = stored.bot.calendar;
    let today = calendar.date(now);
    let first = today.checked_sub_days(chrono::Days::new(DAYS - 1)).unwrap_or(today);
    let start = calendar.day_start(first).max(Instant::from_ms(stored.rules.horizon));
    let range = TimeRange::new(start, calendar.day(today).end);
    let sql =
        "select count(*), coalesce(cast(sum(case when session_key is null then 1 else 0 end) as bigint), 0)
        from facts where bot_key = $1 and at >= $2 and at < $3 and opens & $4 <> 0";
    let (start, end) = (range.start.as_ms(), range.end.as_ms());
    let bit = stored.rules.live.revisions.opens_bit();
    let row = transaction.fetch_one(sql, values![stored.key, start, end, bit]).await?;
    let (sessions_now, idle_now) = (row.count(0)?, row.count(1)?);
    let rows =
        transaction.fetch_all(SELECT_LINES, values![stored.key, start, end, stored.rules.horizon]).await?;
    let facts: Vec<RawFact> = rows.iter().map(read_fact).collect::<Result<_, _>>()?;
    let lines = facts.iter().map(|fact| (fact.user, fact.channel)).collect();
    let idle_ends = horizon::load_ends(transaction, stored.key, stored.rules.horizon, &lines).await?;
    let before = Before { idle_ends, ..Before::default() };
    let idle_then = count_openings(&facts, &before, timeout, range);
    Ok(TimeoutPreview { sessions_now, sessions_then: sessions_now - idle_now + idle_then })
}

fn count_openings(facts: &[RawFact], before: &Before, timeout: IdleTimeout, range: TimeRange) -> u64 {
    let mut lines: BTreeMap<(i64, i64), Vec<(Turn<'_>, &RawFact)>> = BTreeMap::new();
    for fact in facts {
        let Some(direction) = fact.kind.direction() else { continue };
        let turn = Turn { at: Instant::from_ms(fact.at), direction, id: &fact.id };
        lines.entry((fact.user, fact.channel)).or_default().push((turn, fact));
    }
    let opened = lines.iter_mut().flat_map(|((user, channel), turns)| {
        find_idle_openings(before.fold(*user, *channel), turns, timeout)
    });
    opened.filter(|fact| range.contains(Instant::from_ms(fact.at))).map(|_| 1).sum()
}
