//! One slice of a rebuild.

use analytics::instant::{Instant, TimeRange};
use analytics::visits::have_same_hours;

use super::progress::{note_begin, note_copied, note_counted, note_end, set_live};
use super::sweep::sweep;
use super::{by_hours, by_users};
use crate::StoreError;
use crate::bots::StoredBot;
use crate::engine::{Transaction, values};
use crate::rules::counter_set::{CopyCursor, CounterSet};
use crate::rules::{Rebuild, Rules};
use crate::table_keys::BotKey;

/// How many rows of activity a slice counts, about how many facts, and how many of other rows it deletes. A user is
/// counted whole. Bigger slices gain little, and writers wait for each.
pub(crate) const ROWS_AT_ONCE: i64 = 10_000;
/// From 2000-01-01, before which nothing is taken in, to 2070-01-01.
const ALL_TIME: TimeRange =
    TimeRange { start: Instant::from_ms(946_684_800_000), end: Instant::from_ms(3_155_760_000_000) };

/// Does the next slice of a bot's rebuild; says whether there is more to do. The caller commits.
pub(crate) async fn do_slice(
    transaction: &mut Transaction,
    bot: &StoredBot,
    rows: i64,
) -> Result<bool, StoreError> {
    let (key, rules) = (bot.key, &bot.rules);
    let Some(rebuild) = rules.rebuild else { return Ok(false) };
    let Some(set) = rules.being_built() else {
        return sweep_and_begin(transaction, key, rules, rebuild, rows).await;
    };
    match set.built.copied_to() {
        Some(from) if from < CopyCursor::END => copy_hours(transaction, key, rules, &set, from, rows).await?,
        _ => count_users(transaction, key, rules, &set, rows).await?,
    }
    Ok(true)
}

/// Deletes rows that are not live. When there are none left, a rebuild that is still wanted begins, and one that was made
/// live has ended.
async fn sweep_and_begin(
    transaction: &mut Transaction,
    bot: BotKey,
    rules: &Rules,
    wanted: Rebuild,
    rows: i64,
) -> Result<bool, StoreError> {
    if sweep(transaction, bot, rules.live.revisions, rows).await? {
        return Ok(true);
    }
    let live = &rules.live.rule;
    if wanted.rule == *live {
        note_end(transaction, bot).await?;
        return Ok(false);
    }
    let by_hours = have_same_hours(&live.calendar, &wanted.rule.calendar, ALL_TIME);
    note_begin(transaction, bot, by_hours).await?;
    Ok(true)
}

async fn copy_hours(
    transaction: &mut Transaction,
    bot: BotKey,
    rules: &Rules,
    set: &CounterSet,
    from: CopyCursor,
    rows: i64,
) -> Result<(), StoreError> {
    let to = by_hours::copy_next(transaction, bot, [&rules.live, set], from, rows).await?;
    let percent = by_hours::progress(transaction, bot, to).await? * share_of_hours(set) / 100;
    note_copied(transaction, bot, to, no_less(rules, percent)).await
}

/// Counts the next users. Behind the last one the new counters become the live ones at once: before the next slice there
/// could be a new user, and before the one after it.
async fn count_users(
    transaction: &mut Transaction,
    bot: BotKey,
    rules: &Rules,
    set: &CounterSet,
    rows: i64,
) -> Result<(), StoreError> {
    let sql = "select next_user_key from bot_state where bot_key = $1";
    let users_end = transaction.fetch_one(sql, values![bot]).await?.int("next_user_key")?;
    let mut end = set.built.users_end();
    if end < users_end {
        end = by_users::count_next(transaction, bot, rules, set, users_end, rows).await?;
    }
    if end < users_end {
        let share = share_of_hours(set);
        let percent = share + (100 - share) * (end - 1) / (users_end - 1).max(1);
        return note_counted(transaction, bot, end, no_less(rules, percent)).await;
    }
    set_live(transaction, bot, set.rule, set.revisions).await?;
    note_counted(transaction, bot, 0, 100).await
}

/// How much is done, in hundredths: with a new channel there is more to do than there was, and less does not show.
fn no_less(rules: &Rules, percent: i64) -> i64 {
    rules.rebuild.map_or(percent, |rebuild| percent.max(rebuild.percent.into()))
}

/// How much of the work is copying hours, in hundredths: nearly all for another calendar, little for another timeout.
fn share_of_hours(set: &CounterSet) -> i64 {
    match (set.built.copied_to(), set.owns_calendar(), set.owns_sessions()) {
        (None, ..) => 0,
        (Some(_), true, false) => 95,
        (Some(_), true, true) => 15,
        (Some(_), false, _) => 2,
    }
}
