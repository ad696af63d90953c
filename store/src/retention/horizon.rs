//! The horizon, and what the session rule has to remember of the time before it.

use std::collections::{BTreeMap, BTreeSet};

use analytics::calendar::Calendar;
use analytics::instant::{Instant, MINUTE_MS, TimeRange};
use analytics::session::IdleFold;
use analytics::settings::IdleTimeout;

use crate::StoreError;
use crate::bots::StoredBot;
use crate::engine::{Bulk, Transaction, values};
use crate::raw_facts::{group_by_line, load_lines};
use crate::table_keys::{BotKey, ChatLine};

/// No timeout is longer, so nothing earlier keeps a session open.
const LONGEST_TIMEOUT_MS: i64 = 24 * 60 * MINUTE_MS;

/// Moves a bot's horizon to where it belongs at `now`; says whether it moved.
pub(super) async fn advance(
    transaction: &mut Transaction,
    stored: &StoredBot,
    now: Instant,
) -> Result<bool, StoreError> {
    let sql = "select retention_days from bot_state where bot_key = $1";
    let days = transaction.fetch_one(sql, values![stored.key]).await?.optional_int("retention_days")?;
    let Some(days) = days.and_then(|days| u64::try_from(days).ok()) else { return Ok(false) };
    let rule = stored.rules.live.rule;
    let horizon = find_horizon(&rule.calendar, days, now);
    if horizon <= stored.rules.horizon || stored.rules.rebuild.is_some() {
        return Ok(false);
    }
    let ends = find_ends(transaction, stored.key, stored.rules.horizon, horizon, rule.idle_timeout).await?;
    save_ends(transaction, stored.key, &ends).await?;
    let sql = "update bot_state set horizon = $2 where bot_key = $1";
    transaction.execute(sql, values![stored.key, horizon]).await?;
    Ok(true)
}

/// The start of the first of `days` local days, the last of which contains `now`; on a quarter of an hour, as midnights
/// are but for a few old ones.
fn find_horizon(calendar: &Calendar, days: u64, now: Instant) -> i64 {
    let today = calendar.date(now);
    let first = today.checked_sub_days(chrono::Days::new(days.saturating_sub(1))).unwrap_or_default();
    calendar.day_start(first).quarter().as_ms().max(0)
}

/// Where the session rule stands at the horizon on some lines: the last message of a session that may go on.
pub(crate) async fn load_ends(
    transaction: &mut Transaction,
    bot: BotKey,
    horizon: i64,
    lines: &BTreeSet<ChatLine>,
) -> Result<BTreeMap<ChatLine, i64>, StoreError> {
    if horizon == 0 {
        return Ok(BTreeMap::new());
    }
    let bulk = Bulk::new()
        .ints("user_key", lines.iter().map(|line| line.user))
        .ints("channel_key", lines.iter().map(|line| line.channel));
    let sql = "select input.user_key, input.channel_key, idle_ends.last_at from input
        left join idle_ends on idle_ends.bot_key = $1 and idle_ends.user_key = input.user_key
            and idle_ends.channel_key = input.channel_key";
    let mut ends = BTreeMap::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        if let Some(last) = row.optional_int("last_at")? {
            ends.insert(row.chat_line()?, last);
        }
    }
    Ok(ends)
}

/// The same at a new horizon, by what was said between the old one and it.
async fn find_ends(
    transaction: &mut Transaction,
    bot: BotKey,
    old: i64,
    new: i64,
    timeout: IdleTimeout,
) -> Result<BTreeMap<ChatLine, i64>, StoreError> {
    let sql = "select user_key, channel_key, last_at from idle_ends where bot_key = $1";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    let ends = rows.iter().map(|row| Ok((row.chat_line()?, row.int("last_at")?)));
    let mut ends: BTreeMap<ChatLine, i64> = ends.collect::<Result<_, StoreError>>()?;

    let recent = TimeRange::new(Instant::from_ms(old.max(new - LONGEST_TIMEOUT_MS)), Instant::from_ms(new));
    let facts = load_lines(transaction, bot, recent, old).await?;
    for (line, mut turns) in group_by_line(&facts) {
        turns.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let open = ends.get(&line).map(|last| IdleFold::behind(Instant::from_ms(*last)));
        let mut fold = open.unwrap_or_default();
        for (turn, _) in turns {
            fold.step(turn.at, turn.direction, timeout);
        }
        if let Some(last) = fold.last() {
            ends.insert(line, last.as_ms());
        }
    }
    ends.retain(|_, last| *last >= new - LONGEST_TIMEOUT_MS);
    Ok(ends)
}

async fn save_ends(
    transaction: &mut Transaction,
    bot: BotKey,
    ends: &BTreeMap<ChatLine, i64>,
) -> Result<(), StoreError> {
    transaction.execute("delete from idle_ends where bot_key = $1", values![bot]).await?;
    let bulk = Bulk::new()
        .ints("user_key", ends.keys().map(|line| line.user))
        .ints("channel_key", ends.keys().map(|line| line.channel))
        .ints("last_at", ends.values().copied());
    let sql = "insert into idle_ends (bot_key, user_key, channel_key, last_at)
        select $1, user_key, channel_key, last_at from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}
