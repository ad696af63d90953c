//! Counts users into a new set, one after the other: everything, or what cannot be copied from the live counters.

use crate::StoreError;
use crate::counting::activity::{ActivityRows, count_users};
use crate::counting::events_and_models::{EventsAndModels, NEXT_USERS};
use crate::engine::{Transaction, values};
use crate::recount::Source;
use crate::rules::Rules;
use crate::rules::counter_set::CounterSet;
use crate::table_keys::BotKey;

/// Everything, and its channel.
const SCOPES_OF_FACT: i64 = 2;

/// Counts the next users; says with whose key the others begin. `users_end` lies behind all of them.
pub(super) async fn count_next(
    transaction: &mut Transaction,
    bot: BotKey,
    rules: &Rules,
    set: &CounterSet,
    users_end: i64,
    rows: i64,
) -> Result<i64, StoreError> {
    let first = set.built.users_end();
    let end = find_end(transaction, bot, set, rows).await?.unwrap_or(users_end).max(first + 1);
    let source = Source::new(bot, rules, *set);
    if counts_messages(set) {
        let (live, own) = load_activity(transaction, set, source, first, end).await?;
        count_users(set, &live, &own, 1).save(transaction, bot, set).await?;
    }
    if set.owns_calendar() {
        let activity = EventsAndModels::load(transaction, bot, first, end).await?;
        activity.add_to(transaction, bot, set, 1).await?;
    }
    Ok(end)
}

/// Whether messages are counted user by user: there are no copied counters, or they have the live set's sessions.
fn counts_messages(set: &CounterSet) -> bool {
    set.owns_sessions() || set.built.copied_to().is_none()
}

/// The users' activity with the sessions of the live set, where counters are copied, and with those of this one, which are
/// written if they are its own.
async fn load_activity(
    transaction: &mut Transaction,
    set: &CounterSet,
    source: Source,
    first: i64,
    end: i64,
) -> Result<(ActivityRows, ActivityRows), StoreError> {
    if !set.owns_sessions() {
        return Ok((ActivityRows::new(), source.load_live_activity(transaction, first, end).await?));
    }
    let live = match set.built.copied_to() {
        Some(_) => source.load_live_activity(transaction, first, end).await?,
        None => ActivityRows::new(),
    };
    Ok((live, source.replace(transaction, first, end).await?))
}

/// The first user behind the next slice, if there are more than it takes: at most `rows` rows of activity, or facts where
/// those are read. A user is counted whole.
async fn find_end(
    transaction: &mut Transaction,
    bot: BotKey,
    set: &CounterSet,
    rows: i64,
) -> Result<Option<i64>, StoreError> {
    const OF_MESSAGES: &str = "select user_key, messages + bot_messages as facts from activity
        where bot_key = $1 and user_key >= $2 order by user_key limit $3";
    let mut end = None;
    let of_messages = counts_messages(set).then_some(OF_MESSAGES);
    let of_others = NEXT_USERS.into_iter().filter(|_| set.owns_calendar());
    for sql in of_messages.into_iter().chain(of_others) {
        let found = transaction.fetch_all(sql, values![bot, set.built.users_end(), rows + 1]).await?;
        // Each message counts in the rows of two scopes.
        let mut left = rows * SCOPES_OF_FACT;
        for (place, row) in (0..).zip(&found) {
            left -= if set.owns_sessions() { row.int("facts")? } else { 0 };
            if left < 0 || place == rows {
                let user = row.int("user_key")?;
                end = Some(end.map_or(user, |end: i64| end.min(user)));
                break;
            }
        }
    }
    Ok(end)
}
