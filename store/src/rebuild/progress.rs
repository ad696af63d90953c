//! The row that says what a rebuild makes and how far it has come, and the change that makes it live.

use crate::StoreError;
use crate::engine::{Transaction, values};
use crate::rules::counter_set::CopyCursor;
use crate::rules::rule::{Revisions, Rule};
use crate::table_keys::BotKey;

/// Notes the rules that a bot is to be rebuilt for. A rebuild that is under way begins anew.
pub(crate) async fn note_wanted(
    transaction: &mut Transaction,
    bot: BotKey,
    rule: Rule,
) -> Result<(), StoreError> {
    let sql = "insert into rebuilds (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key)
        values ($1, $2, $3, $4, 0) on conflict (bot_key) do update set time_zone = excluded.time_zone,
            week_start = excluded.week_start, idle_timeout_ms = excluded.idle_timeout_ms, next_user_key = 0,
            percent = 0";
    let (zone, week_start) = (rule.calendar.zone.name(), rule.calendar.week_start.word());
    transaction.execute(sql, values![bot, zone, week_start, rule.idle_timeout.as_ms()]).await?;
    Ok(())
}

/// Notes that a rebuild begins, and whether it copies counters by hours.
pub(super) async fn note_begin(
    transaction: &mut Transaction,
    bot: BotKey,
    by_hours: bool,
) -> Result<(), StoreError> {
    let sql = "update rebuilds set next_user_key = 1, by_hours = $2, next_scope = $3, next_hour = $4
        where bot_key = $1";
    let CopyCursor { scope, bucket } = CopyCursor::START;
    transaction.execute(sql, values![bot, by_hours, scope, bucket]).await?;
    Ok(())
}

/// Notes how far counters are copied, and how much of the rebuild is done, in hundredths.
pub(super) async fn note_copied(
    transaction: &mut Transaction,
    bot: BotKey,
    to: CopyCursor,
    percent: i64,
) -> Result<(), StoreError> {
    let sql = "update rebuilds set next_scope = $2, next_hour = $3, percent = $4 where bot_key = $1";
    transaction.execute(sql, values![bot, to.scope, to.bucket, percent]).await?;
    Ok(())
}

/// Notes the key of the next user, 0 after the last one, and how much of the rebuild is done, in hundredths.
pub(super) async fn note_counted(
    transaction: &mut Transaction,
    bot: BotKey,
    next_user: i64,
    percent: i64,
) -> Result<(), StoreError> {
    let sql = "update rebuilds set next_user_key = $2, percent = $3 where bot_key = $1";
    transaction.execute(sql, values![bot, next_user, percent]).await?;
    Ok(())
}

/// Notes that a rebuild has ended, and nothing of it is left to delete.
pub(super) async fn note_end(transaction: &mut Transaction, bot: BotKey) -> Result<(), StoreError> {
    transaction.execute("delete from rebuilds where bot_key = $1", values![bot]).await?;
    Ok(())
}

/// Makes a rule the live one, with its rows.
pub(super) async fn set_live(
    transaction: &mut Transaction,
    bot: BotKey,
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
