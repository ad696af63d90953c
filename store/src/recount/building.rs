//! A change of zone, week start or timeout of a big bot: the other revision of its derived rows is built beside the live
//! one, some at a time, each time in a short transaction that also notes how far it came. Where hours begin at the same
//! instants by both rules, counters are made from the live ones ([`by_hours`]), and only sessions, events and model use are
//! counted user by user; otherwise everything is ([`by_users`]). Intake keeps both revisions up to date as far as the other
//! one is built. One transaction makes it the live one; the rows of the old one are then deleted, some at a time.

use analytics::ids::BotId;
use analytics::instant::{Instant, TimeRange};
use analytics::visits::have_same_hours;

use super::check::{Extent, recount};
use super::comparison::Action;
use super::sweep::sweep;
use super::{by_hours, by_users};
use crate::StoreError;
use crate::bots::StoredBot;
use crate::engine::{Transaction, values};
use crate::rules::{Place, Revisions, Rule, Rules, Side};

/// Bots with at most so many rows of activity change at once.
const SMALL_ROWS: i64 = 100_000;
/// How many rows of activity a transaction counts, about how many facts, and how many of other rows it deletes. A user is
/// counted whole. Bigger slices gain little, and writers wait for each.
pub(crate) const ROWS_AT_ONCE: i64 = 10_000;
/// From 2000-01-01, before which nothing is taken in, to 2070-01-01.
const ALL_TIME: TimeRange =
    TimeRange { start: Instant::from_ms(946_684_800_000), end: Instant::from_ms(3_155_760_000_000) };

/// Brings a bot to other rules: at once, or by noting what is wanted.
pub(crate) async fn change_rule(
    transaction: &mut Transaction,
    bot: BotId,
    key: i64,
    rules: &Rules,
    wanted: Rule,
) -> Result<(), StoreError> {
    if wanted == rules.wanted() {
        return Ok(());
    }
    if rules.target.is_some() || !is_small(transaction, key).await? {
        return ask_for(transaction, key, wanted).await;
    }
    set_rule(transaction, key, wanted, rules.live.revisions).await?;
    let has_other_sessions = wanted.idle_timeout != rules.live.rule.idle_timeout;
    let extent = if has_other_sessions { Extent::Sessions } else { Extent::Buckets };
    recount(transaction, bot, extent, Action::Repair).await?;
    Ok(())
}

/// Whether a bot's history is counted again in the blink of an eye.
async fn is_small(transaction: &mut Transaction, bot: i64) -> Result<bool, StoreError> {
    let sql =
        "select count(*) as activity_rows from (select 1 from activity where bot_key = $1 limit $2) as found";
    Ok(transaction.fetch_one(sql, values![bot, SMALL_ROWS + 1]).await?.int("activity_rows")? <= SMALL_ROWS)
}

/// Notes the rules by which a bot is to be counted. A recomputation that is under way begins anew.
pub(crate) async fn ask_for(transaction: &mut Transaction, bot: i64, rule: Rule) -> Result<(), StoreError> {
    let sql = "insert into recounts (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key)
        values ($1, $2, $3, $4, 0) on conflict (bot_key) do update set time_zone = excluded.time_zone,
            week_start = excluded.week_start, idle_timeout_ms = excluded.idle_timeout_ms, next_user_key = 0,
            percent = 0";
    let (zone, week_start) = (rule.calendar.zone.name(), rule.calendar.week_start.word());
    transaction.execute(sql, values![bot, zone, week_start, rule.idle_timeout.as_ms()]).await?;
    Ok(())
}

/// Makes a rule the live one, with its rows.
async fn set_rule(
    transaction: &mut Transaction,
    bot: i64,
    rule: Rule,
    revisions: Revisions,
) -> Result<(), StoreError> {
    let sql = "update bot_state set time_zone = $2, week_start = $3, idle_timeout_ms = $4, revision = $5,
        session_revision = $6, calendar_revision = $7, hour_revision = $8 where bot_key = $1";
    let (zone, week_start) = (rule.calendar.zone.name(), rule.calendar.week_start.word());
    let Revisions { local, sessions, calendar, hours } = revisions;
    let values = values![bot, zone, week_start, rule.idle_timeout.as_ms(), local, sessions, calendar, hours];
    transaction.execute(sql, values).await?;
    Ok(())
}

/// One slice of a bot's recomputation; says whether there is more to do. The caller commits.
pub(crate) async fn advance(
    transaction: &mut Transaction,
    bot: &StoredBot,
    rows: i64,
) -> Result<bool, StoreError> {
    let (key, rules) = (bot.key, &bot.rules);
    let (Some(target), building) = (rules.target, rules.building()) else { return Ok(false) };
    let Some(side) = building else {
        if sweep(transaction, key, rules.live.revisions, rows).await? {
            return Ok(true);
        }
        if target.rule == rules.live.rule {
            transaction.execute("delete from recounts where bot_key = $1", values![key]).await?;
            return Ok(false);
        }
        begin(transaction, key, [&rules.live.rule, &target.rule]).await?;
        return Ok(true);
    };
    match side.follows_to {
        Some(place) if place < Place::END => advance_hours(transaction, key, rules, &side, rows).await?,
        _ => advance_users(transaction, key, rules, &side, rows).await?,
    }
    Ok(true)
}

/// Notes that building begins, and how.
async fn begin(
    transaction: &mut Transaction,
    bot: i64,
    [live, wanted]: [&Rule; 2],
) -> Result<(), StoreError> {
    let by_hours = have_same_hours(&live.calendar, &wanted.calendar, ALL_TIME);
    let sql = "update recounts set next_user_key = 1, by_hours = $2, next_scope = $3, next_hour = $4
        where bot_key = $1";
    let Place { scope, bucket } = Place::START;
    transaction.execute(sql, values![bot, by_hours, scope, bucket]).await?;
    Ok(())
}

async fn advance_hours(
    transaction: &mut Transaction,
    bot: i64,
    rules: &Rules,
    side: &Side,
    rows: i64,
) -> Result<(), StoreError> {
    let from = side.follows_to.unwrap_or(Place::START);
    let place = by_hours::advance(transaction, bot, [&rules.live, side], from, rows).await?;
    let percent = by_hours::progress(transaction, bot, place).await? * hours_share(side) / 100;
    let sql = "update recounts set next_scope = $2, next_hour = $3, percent = $4 where bot_key = $1";
    let values = values![bot, place.scope, place.bucket, no_less(rules, percent)];
    transaction.execute(sql, values).await?;
    Ok(())
}

async fn advance_users(
    transaction: &mut Transaction,
    bot: i64,
    rules: &Rules,
    side: &Side,
    rows: i64,
) -> Result<(), StoreError> {
    let sql = "select next_user_key from bot_state where bot_key = $1";
    let users_end = transaction.fetch_one(sql, values![bot]).await?.int("next_user_key")?;
    let mut end = side.users_end;
    if end < users_end {
        end = by_users::advance(transaction, bot, rules, side, users_end, rows).await?;
    }
    let (next_user, percent) = if end < users_end {
        let share = hours_share(side);
        (end, no_less(rules, share + (100 - share) * (end - 1) / (users_end - 1).max(1)))
    } else {
        // At once: before the next slice there could be a new user, and before the one after it.
        set_rule(transaction, bot, side.rule, side.revisions).await?;
        (0, 100)
    };
    let sql = "update recounts set next_user_key = $2, percent = $3 where bot_key = $1";
    transaction.execute(sql, values![bot, next_user, percent]).await?;
    Ok(())
}

/// How much is done, in hundredths: with a new channel there is more to do than there was, and less does not show.
fn no_less(rules: &Rules, percent: i64) -> i64 {
    rules.target.map_or(percent, |target| percent.max(target.percent.into()))
}

/// How much of the work is done by hours, in hundredths: nearly all of another calendar's, little of another timeout's.
fn hours_share(side: &Side) -> i64 {
    match (side.follows_to, side.has_own_calendar, side.has_own_sessions) {
        (None, ..) => 0,
        (Some(_), true, false) => 95,
        (Some(_), true, true) => 15,
        (Some(_), false, _) => 2,
    }
}
