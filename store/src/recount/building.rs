//! A change of zone, week start or timeout of a big bot: the other revision of its derived rows is built beside the live
//! one, some users at a time, each time in a short transaction that also notes how far it came. Intake keeps both
//! revisions up to date for the users that are counted. One transaction makes the new revision the live one; the rows of
//! the old one are then deleted, some at a time.

use analytics::ids::BotId;

use crate::StoreError;
use crate::bots::StoredBot;
use crate::counters::{Counters, EVERYTHING, Sums};
use crate::engine::{Transaction, values};
use crate::events::{EventCounters, load_event_activity};
use crate::models::{ModelCounters, load_model_activity};
use crate::recount::sessions::Source;
use crate::recount::tables;
use crate::recount::{Action, ActivityRows, Extent, recount};
use crate::rules::{Revisions, Rule, Rules, Side};

/// Bots with at most so many rows of activity change at once.
const SMALL_ROWS: i64 = 100_000;
/// How many rows of activity a transaction counts, about how many facts, and how many of other rows it deletes. A user is
/// counted whole. Bigger slices gain little, and writers wait for each: at fifty million messages a slice takes a second.
pub(crate) const ROWS_AT_ONCE: i64 = 10_000;
/// About how many facts stand behind a row of activity; each is in two rows.
const FACTS_IN_ROW: i64 = 2;

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
    let sql = "select count(*) from (select 1 from activity where bot_key = $1 limit $2) as found";
    Ok(transaction.fetch_one(sql, values![bot, SMALL_ROWS + 1]).await?.int(0)? <= SMALL_ROWS)
}

/// Notes the rules by which a bot is to be counted. A recomputation that is under way begins anew.
pub(crate) async fn ask_for(transaction: &mut Transaction, bot: i64, rule: Rule) -> Result<(), StoreError> {
    let sql = "insert into recounts (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key)
        values ($1, $2, $3, $4, 0) on conflict (bot_key) do update set time_zone = excluded.time_zone,
            week_start = excluded.week_start, idle_timeout_ms = excluded.idle_timeout_ms, next_user_key = 0";
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
        session_revision = $6, calendar_revision = $7, version = version + 1 where bot_key = $1";
    let (zone, week_start) = (rule.calendar.zone.name(), rule.calendar.week_start.word());
    let Revisions { local, sessions, calendar } = revisions;
    let values = values![bot, zone, week_start, rule.idle_timeout.as_ms(), local, sessions, calendar];
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
    match (rules.target, rules.building()) {
        (None, _) => Ok(false),
        (Some((rule, _)), None) => {
            if sweep(transaction, key, rules.live.revisions, rows).await? {
                return Ok(true);
            }
            if rule == rules.live.rule {
                transaction.execute("delete from recounts where bot_key = $1", values![key]).await?;
                return Ok(false);
            }
            save_cursor(transaction, key, 1).await?;
            Ok(true)
        }
        (Some(_), Some(side)) => {
            match find_end(transaction, key, &side, rows).await? {
                Some(end) => build(transaction, key, rules, &side, end).await?,
                None => flip(transaction, key, &side).await?,
            }
            Ok(true)
        }
    }
}

/// How some rows of a revision are found and deleted: the last of them, and all up to it.
macro_rules! sweep {
    ($table:literal, $scope:literal, $tiers:literal) => {
        (
            concat!(
                concat!("select ", $scope, ", tier, bucket from ", $table),
                " where bot_key = $1 and revision = $2 and ",
                $tiers,
                concat!(" order by ", $scope, ", tier, bucket limit 1 offset $3")
            ),
            concat!(
                "delete from ",
                $table,
                " where bot_key = $1 and revision = $2 and ",
                $tiers,
                concat!(" and (", $scope, ", tier, bucket) <= ($3, $4, $5)")
            ),
        )
    };
}

/// Deletes some rows that are not live; says whether there were any.
async fn sweep(
    transaction: &mut Transaction,
    bot: i64,
    live: Revisions,
    rows: i64,
) -> Result<bool, StoreError> {
    let (local, sessions, calendar) = (1 - live.local, 1 - live.sessions, 1 - live.calendar);
    for ((find, delete), revision) in [
        (sweep!("counts", "scope", "tier > 0"), local),
        (sweep!("counts", "scope", "tier = 0"), sessions),
        (sweep!("visits", "scope", "true"), local),
        (sweep!("event_counts", "channel_key", "true"), calendar),
        (sweep!("event_visits", "channel_key", "true"), calendar),
        (sweep!("model_counts", "channel_key", "true"), calendar),
    ] {
        let last = transaction.fetch_optional(find, values![bot, revision, rows - 1]).await?;
        let [scope, tier, bucket] = match last {
            Some(row) => [row.int(0)?, row.int(1)?, row.int(2)?],
            None => [i64::MAX; 3],
        };
        if transaction.execute(delete, values![bot, revision, scope, tier, bucket]).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first user behind the next slice; `None` when everybody is counted.
async fn find_end(
    transaction: &mut Transaction,
    bot: i64,
    side: &Side,
    rows: i64,
) -> Result<Option<i64>, StoreError> {
    let sql = "select next_user_key from bot_state where bot_key = $1";
    let users_end = transaction.fetch_one(sql, values![bot]).await?.int(0)?;
    if side.users_end >= users_end {
        return Ok(None);
    }
    let sql = "select user_key from activity where bot_key = $1 and user_key >= $2
        order by user_key limit 1 offset $3";
    let rows = if side.has_own_sessions { rows / FACTS_IN_ROW } else { rows };
    let row = transaction.fetch_optional(sql, values![bot, side.users_end, rows]).await?;
    let end = row.map(|row| row.int(0)).transpose()?.unwrap_or(users_end);
    Ok(Some(end.max(side.users_end + 1)))
}

/// Counts the users from the cursor up to `end` into the revision that is being built.
async fn build(
    transaction: &mut Transaction,
    bot: i64,
    rules: &Rules,
    side: &Side,
    end: i64,
) -> Result<(), StoreError> {
    let first = side.users_end;
    let sessions = rules.live.revisions.sessions;
    let activity = match side.has_own_sessions {
        true => Source::new(bot, rules, *side).replace(transaction, first, end).await?,
        false => tables::load_activity(transaction, bot, sessions, first, end).await?,
    };
    count(side, &activity, 1).save(transaction, bot, side).await?;
    if side.has_own_calendar {
        let events = load_event_activity(transaction, bot, first, end).await?;
        EventCounters::count(side, &events, 1).save(transaction, bot).await?;
        let models = load_model_activity(transaction, bot, first, end).await?;
        ModelCounters::count(side, &models, 1).save(transaction, bot).await?;
    }
    save_cursor(transaction, bot, end).await
}

/// What activity adds to the counters of a side, or takes away from them.
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

async fn save_cursor(transaction: &mut Transaction, bot: i64, next_user: i64) -> Result<(), StoreError> {
    let sql = "update recounts set next_user_key = $2 where bot_key = $1";
    transaction.execute(sql, values![bot, next_user]).await?;
    Ok(())
}

/// Makes the built revision the live one.
async fn flip(transaction: &mut Transaction, bot: i64, side: &Side) -> Result<(), StoreError> {
    set_rule(transaction, bot, side.rule, side.revisions).await?;
    save_cursor(transaction, bot, 0).await
}
