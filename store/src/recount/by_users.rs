//! Counters of other rules user by user: what cannot follow from the live counters.

use super::sessions::Source;
use super::tables::ActivityRows;
use crate::StoreError;
use crate::counting::events::{EventCounters, load_event_activity};
use crate::counting::messages::{Counters, Sums};
use crate::counting::models::{ModelCounters, load_model_activity};
use crate::engine::{Transaction, values};
use crate::rules::{Rules, Side};
use crate::table_keys::EVERYTHING;

/// Everything, and its channel.
const SCOPES_OF_FACT: i64 = 2;

/// Counts the next users; says with whose key the others begin. `users_end` lies behind all of them.
pub(super) async fn advance(
    transaction: &mut Transaction,
    bot: i64,
    rules: &Rules,
    side: &Side,
    users_end: i64,
    rows: i64,
) -> Result<i64, StoreError> {
    let first = side.users_end;
    let end = find_end(transaction, bot, side, rows).await?.unwrap_or(users_end).max(first + 1);
    let source = Source::new(bot, rules, *side);
    if side.follows_to.is_none() {
        let activity = match side.has_own_sessions {
            true => source.replace(transaction, first, end).await?,
            false => source.load_live_activity(transaction, first, end).await?,
        };
        count(side, &activity, 1).save(transaction, bot, side).await?;
    } else if side.has_own_sessions {
        let live = source.load_live_activity(transaction, first, end).await?;
        let own = source.replace(transaction, first, end).await?;
        count_moved_sessions(side, &live, &own, 1).save(transaction, bot, side).await?;
    }
    if side.has_own_calendar {
        let events = load_event_activity(transaction, bot, first, end).await?;
        EventCounters::count(side, &events, 1).save(transaction, bot).await?;
        let models = load_model_activity(transaction, bot, first, end).await?;
        ModelCounters::count(side, &models, 1).save(transaction, bot).await?;
    }
    Ok(end)
}

/// The first user behind the next slice, if there are more than it takes: at most `rows` rows of activity, or facts where
/// those are read. A user is counted whole.
async fn find_end(
    transaction: &mut Transaction,
    bot: i64,
    side: &Side,
    rows: i64,
) -> Result<Option<i64>, StoreError> {
    const OF_MESSAGES: &str = "select user_key, messages + bot_messages as facts from activity
        where bot_key = $1 and user_key >= $2 order by user_key limit $3";
    const OF_EVENTS: &str =
        "select user_key, 1 as facts from event_activity where bot_key = $1 and user_key >= $2
        order by user_key limit $3";
    const OF_CALLS: &str =
        "select user_key, 1 as facts from model_activity where bot_key = $1 and user_key >= $2
        order by user_key limit $3";
    let needs_messages = side.has_own_sessions || side.follows_to.is_none();
    let mut end = None;
    let needs_uses = side.has_own_calendar;
    let all = [(OF_MESSAGES, needs_messages), (OF_EVENTS, needs_uses), (OF_CALLS, needs_uses)];
    for sql in all.into_iter().filter(|(_, is_needed)| *is_needed).map(|(sql, _)| sql) {
        let found = transaction.fetch_all(sql, values![bot, side.users_end, rows + 1]).await?;
        // Each message counts in the rows of two scopes.
        let mut left = rows * SCOPES_OF_FACT;
        for (place, row) in (0..).zip(&found) {
            left -= if side.has_own_sessions { row.int("facts")? } else { 0 };
            if left < 0 || place == rows {
                let user = row.int("user_key")?;
                end = Some(end.map_or(user, |end: i64| end.min(user)));
                break;
            }
        }
    }
    Ok(end)
}

/// What activity adds to the counters of a side, or with `sign` −1 takes away from them.
pub(crate) fn count(side: &Side, activity: &ActivityRows, sign: i64) -> Counters {
    let mut counters = Counters::default();
    let rows: Vec<_> = activity.iter().collect();
    for line in
        rows.chunk_by(|([one, user, _], _), ([next, next_user, _], _)| (one, user) == (next, next_user))
    {
        let scope = line.first().map_or(EVERYTHING, |([scope, ..], _)| *scope);
        let quarters = line.iter().map(|([.., quarter], [messages, bot_messages, sessions])| {
            (*quarter, Sums { messages: *messages, bot_messages: *bot_messages, sessions: *sessions })
        });
        counters.add_user(&side.rule.calendar, scope, &quarters.collect::<Vec<_>>(), sign);
    }
    counters
}

/// What users' sessions add to counters that follow the live ones, which hold theirs by the live rule: `live` and `own` are
/// the same activity, each with its rule's sessions. With `sign` −1 what they take away.
pub(crate) fn count_moved_sessions(
    side: &Side,
    live: &ActivityRows,
    own: &ActivityRows,
    sign: i64,
) -> Counters {
    let mut counters = Counters::default();
    for (rows, sign) in [(live, -sign), (own, sign)] {
        for ([scope, _, quarter], [.., sessions]) in rows.iter().filter(|(_, [.., sessions])| *sessions != 0)
        {
            let sums = Sums { sessions: sessions * sign, ..Sums::default() };
            counters.add_sums(&side.rule.calendar, *scope, *quarter, sums);
        }
    }
    counters
}
