//! How many sessions there would be under another timeout.

use analytics::instant::{Instant, TimeRange};
use analytics::settings::IdleTimeout;

use super::user::{Before, find_idle_openings};
use crate::StoreError;
use crate::bots::{StoredBot, TimeoutPreview};
use crate::engine::{Transaction, values};
use crate::raw_facts::{RawFact, group_by_line, load_lines};
use crate::retention::horizon;

/// How many local days are looked at, today included.
const DAYS: u64 = 28;

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
    let sql = "select count(*) as sessions,
            coalesce(cast(sum(case when session_key is null then 1 else 0 end) as bigint), 0) as idle_sessions
        from facts where bot_key = $1 and at >= $2 and at < $3 and opens & $4 <> 0";
    let (start, end) = (range.start.as_ms(), range.end.as_ms());
    let bit = stored.rules.live.revisions.opens_bit();
    let row = transaction.fetch_one(sql, values![stored.key, start, end, bit]).await?;
    let (sessions_now, idle_now) = (row.count("sessions")?, row.count("idle_sessions")?);
    let facts = load_lines(transaction, stored.key, range, stored.rules.horizon).await?;
    let lines = facts.iter().map(RawFact::line).collect();
    let idle_ends = horizon::load_ends(transaction, stored.key, stored.rules.horizon, &lines).await?;
    let before = Before { idle_ends, ..Before::default() };
    let idle_then = count_openings(&facts, &before, timeout, range);
    Ok(TimeoutPreview { sessions_now, sessions_then: sessions_now - idle_now + idle_then })
}

fn count_openings(facts: &[RawFact], before: &Before, timeout: IdleTimeout, range: TimeRange) -> u64 {
    let mut lines = group_by_line(facts);
    let opened =
        lines.iter_mut().flat_map(|(line, turns)| find_idle_openings(before.fold(*line), turns, timeout));
    opened.filter(|fact| range.contains(Instant::from_ms(fact.at))).map(|_| 1).sum()
}
