//! Taking one user out of everything: raw rows, names, and every figure that they are part of, also where raw rows are
//! gone. The same messages sent again afterwards are new.

use analytics::ids::{BotId, UserId};

use crate::bots::{StoredBot, lock_bot};
use crate::counting::activity::{ActivityRows, count_all, count_users, load_activity};
use crate::counting::events_and_models::EventsAndModels;
use crate::counting::hourly_copy::copy_change;
use crate::counting::messages::Counters;
use crate::engine::{Bulk, Transaction, values};
use crate::held_spans::drop_user;
use crate::raw_facts::{RawFact, load_facts};
use crate::recount::links;
use crate::retention::delete_facts;
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, EVERYTHING};
use crate::{Store, StoreError};

impl Store {
    /// Erases a user of a bot; says how many raw messages and events that were, `None` when there is no such user. What
    /// waits of theirs goes too, and is not counted. The log gets a line without their id.
    pub async fn erase_user(&self, bot: BotId, user: &UserId) -> Result<Option<u64>, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(None) };
        drop_user(&mut transaction, stored.key, user).await?;
        forget_aliases(&mut transaction, stored.key, user).await?;
        let sql = "select user_key from users where bot_key = $1 and user_id = $2";
        let row = transaction.fetch_optional(sql, values![stored.key, user.as_str()]).await?;
        let Some(row) = row else {
            transaction.commit().await?;
            return Ok(None);
        };
        let facts = erase(&mut transaction, &stored, row.int("user_key")?).await?;
        transaction.commit().await?;
        tracing::info!(target: "audit", { bot.id = %bot, facts }, "a user was erased");
        Ok(Some(facts))
    }
}

/// Forgets every other id of a user, and that the user's is one of somebody else.
async fn forget_aliases(transaction: &mut Transaction, bot: BotKey, user: &UserId) -> Result<(), StoreError> {
    let sql = "delete from user_aliases where bot_key = $1 and (user_id = $2 or alias_id = $2)";
    transaction.execute(sql, values![bot, user.as_str()]).await?;
    Ok(())
}

/// Deletes a user with everything that was counted of them; says how many raw facts that were.
pub(crate) async fn erase(
    transaction: &mut Transaction,
    stored: &StoredBot,
    user: i64,
) -> Result<u64, StoreError> {
    let bot = stored.key;
    let activity = take_out(transaction, stored, user).await?;
    erase_events_and_models(transaction, stored, user).await?;
    let mut facts = load_facts(transaction, bot, 0, user, user + 1).await?;
    if count_messages(&facts) < count_raw_messages(&activity, stored.raw_from) {
        // Nothing of theirs may stay, whatever has happened to the links.
        links::relink(transaction, bot).await?;
        facts = load_facts(transaction, bot, 0, user, user + 1).await?;
    }
    let facts: Vec<i64> = facts.iter().map(|fact| fact.key).collect();
    delete_facts(transaction, bot, &facts).await?;
    delete_rows(transaction, bot, user, &activity).await?;
    for (scope, quarters) in quarters_of(&activity) {
        settle_span(transaction, stored, scope, &quarters).await?;
    }
    Ok(u64::try_from(facts.len()).unwrap_or(u64::MAX))
}

fn count_messages(facts: &[RawFact]) -> i64 {
    facts.iter().filter(|fact| fact.kind.is_message()).map(|_| 1).sum()
}

/// How many messages with raw rows a user's activity stands for.
fn count_raw_messages(activity: &ActivityRows, raw_from: i64) -> i64 {
    let raw = activity.iter().filter(|([scope, _, quarter], _)| *scope == EVERYTHING && *quarter >= raw_from);
    raw.map(|(_, [messages, bot_messages, _])| messages + bot_messages).sum()
}

/// Takes what a user did out of the counters of every set; the answer is what they did.
async fn take_out(
    transaction: &mut Transaction,
    stored: &StoredBot,
    user: i64,
) -> Result<ActivityRows, StoreError> {
    let StoredBot { key: bot, rules, .. } = *stored;
    let sessions = rules.live.revisions.sessions;
    let activity = load_activity(transaction, bot, sessions, user, user + 1).await?;
    let live = count_all(&rules.live, &activity, -1);
    remove(transaction, bot, &rules.live, &live).await?;
    let Some(set) = rules.being_built() else { return Ok(activity) };
    let own = load_activity(transaction, bot, set.revisions.sessions, user, user + 1).await?;
    if let Some(copied) = copy_change(&set, &live) {
        remove(transaction, bot, &set, &copied).await?;
    }
    if set.counts(user) {
        remove(transaction, bot, &set, &count_users(&set, &activity, &own, -1)).await?;
    }
    Ok(activity)
}

async fn remove(
    transaction: &mut Transaction,
    bot: BotKey,
    set: &CounterSet,
    counters: &Counters,
) -> Result<(), StoreError> {
    counters.save(transaction, bot, set).await?;
    counters.delete_empty(transaction, bot, set).await
}

/// Takes a user's events and model use out of every set of counters, and deletes the base rows.
async fn erase_events_and_models(
    transaction: &mut Transaction,
    stored: &StoredBot,
    user: i64,
) -> Result<(), StoreError> {
    let bot = stored.key;
    let activity = EventsAndModels::load(transaction, bot, user, user + 1).await?;
    for set in stored.rules.sets().filter(|set| set.counts(user) && set.owns_calendar()) {
        activity.add_to(transaction, bot, &set, -1).await?;
    }
    EventsAndModels::delete(transaction, bot, user).await
}

async fn delete_rows(
    transaction: &mut Transaction,
    bot: BotKey,
    user: i64,
    activity: &ActivityRows,
) -> Result<(), StoreError> {
    let bulk = Bulk::new()
        .ints("scope", activity.keys().map(|[scope, ..]| *scope))
        .ints("user_key", activity.keys().map(|[_, user, _]| *user))
        .ints("quarter", activity.keys().map(|[.., quarter]| *quarter));
    for sql in [
        "delete from activity where bot_key = $1
            and (user_key, scope, quarter) in (select user_key, scope, quarter from input)",
        "delete from past_quarters where bot_key = $1
            and (scope, quarter, user_key) in (select scope, quarter, user_key from input)",
    ] {
        transaction.bulk_execute(sql, values![bot], &bulk).await?;
    }
    for sql in [
        "delete from idle_ends where bot_key = $1 and user_key = $2",
        "delete from sessions where bot_key = $1 and user_key = $2",
        "delete from users where bot_key = $1 and user_key = $2",
    ] {
        transaction.execute(sql, values![bot, user]).await?;
    }
    Ok(())
}

/// The quarters of each scope.
fn quarters_of(activity: &ActivityRows) -> Vec<(i64, Vec<i64>)> {
    let keys: Vec<[i64; 3]> = activity.keys().copied().collect();
    let lines = keys.chunk_by(|[one, ..], [next, ..]| one == next);
    lines.map(|line| (line[0][0], line.iter().map(|[.., quarter]| *quarter).collect())).collect()
}

/// First and last message of a scope without those of the erased user. Before the horizon only the quarter is known.
async fn settle_span(
    transaction: &mut Transaction,
    stored: &StoredBot,
    scope: i64,
    quarters: &[i64],
) -> Result<(), StoreError> {
    let bot = stored.key;
    let sql = match scope {
        0 => "select first_message_at, last_message_at from bot_state where bot_key = $1 and $2 = 0",
        _ => "select first_message_at, last_message_at from channels where bot_key = $1 and channel_key = $2",
    };
    let row = transaction.fetch_one(sql, values![bot, scope]).await?;
    let (mut first, mut last) = (row.optional_int("first_message_at")?, row.optional_int("last_message_at")?);
    let was_theirs = |at: Option<i64>| at.is_some_and(|at| quarters.contains(&(at - at.rem_euclid(900_000))));
    if was_theirs(first) {
        first = find_end(transaction, stored, scope, FIRST_PAST, FIRST_RAW).await?;
    }
    if was_theirs(last) {
        last = find_end(transaction, stored, scope, LAST_RAW, LAST_PAST).await?;
    }
    // A quarter's start stands for the last message too, and may lie before the first one.
    last = last.max(first);
    let sql = match scope {
        0 => "update bot_state set first_message_at = $3, last_message_at = $4 where bot_key = $1 and $2 = 0",
        _ => {
            "update channels set first_message_at = $3, last_message_at = $4
                where bot_key = $1 and channel_key = $2"
        }
    };
    transaction.execute(sql, values![bot, scope, first, last]).await?;
    Ok(())
}

const FIRST_PAST: &str = "select bucket as at from counts
    where bot_key = $1 and revision = $4 and scope = $2 and tier = 0 and bucket < $3 order by bucket limit 1";
const LAST_PAST: &str = "select bucket as at from counts
    where bot_key = $1 and revision = $4 and scope = $2 and tier = 0 and bucket < $3 order by bucket desc limit 1";
const FIRST_RAW: &str = "select at from facts
    where bot_key = $1 and at >= $3 and kind < 2 and ($2 = 0 or channel_key = $2) and $4 >= 0 order by at limit 1";
const LAST_RAW: &str = "select at from facts
    where bot_key = $1 and at >= $3 and kind < 2 and ($2 = 0 or channel_key = $2) and $4 >= 0
    order by at desc limit 1";

/// The answer to the first question that has one.
async fn find_end(
    transaction: &mut Transaction,
    stored: &StoredBot,
    scope: i64,
    sql: &'static str,
    otherwise: &'static str,
) -> Result<Option<i64>, StoreError> {
    let rules = &stored.rules;
    let values = values![stored.key, scope, rules.horizon, rules.live.revisions.sessions];
    for sql in [sql, otherwise] {
        if let Some(row) = transaction.fetch_optional(sql, values).await? {
            return row.int("at").map(Some);
        }
    }
    Ok(None)
}
