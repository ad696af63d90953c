//! What a change of the rules begins with: a recount at once, or the note that a rebuild is wanted.

use analytics::ids::BotId;

use super::progress::{note_wanted, set_live};
use crate::StoreError;
use crate::engine::{Transaction, values};
use crate::recount::{Action, Extent, recount};
use crate::rules::Rules;
use crate::rules::rule::Rule;
use crate::table_keys::BotKey;

/// Bots with at most so many rows of activity change at once.
const SMALL_ROWS: i64 = 100_000;

/// Brings a bot to other rules: at once, or by noting that a rebuild is wanted.
pub(crate) async fn change_rule(
    transaction: &mut Transaction,
    bot: BotId,
    key: BotKey,
    rules: &Rules,
    wanted: Rule,
) -> Result<(), StoreError> {
    if wanted == rules.wanted() {
        return Ok(());
    }
    if rules.rebuild.is_some() || !is_small(transaction, key).await? {
        return note_wanted(transaction, key, wanted).await;
    }
    set_live(transaction, key, wanted, rules.live.revisions).await?;
    let has_other_sessions = wanted.idle_timeout != rules.live.rule.idle_timeout;
    let extent = if has_other_sessions { Extent::Sessions } else { Extent::Buckets };
    recount(transaction, bot, extent, Action::Repair).await?;
    Ok(())
}

/// Whether all of a bot's history is counted in the blink of an eye.
async fn is_small(transaction: &mut Transaction, bot: BotKey) -> Result<bool, StoreError> {
    let sql =
        "select count(*) as activity_rows from (select 1 from activity where bot_key = $1 limit $2) as found";
    Ok(transaction.fetch_one(sql, values![bot, SMALL_ROWS + 1]).await?.int("activity_rows")? <= SMALL_ROWS)
}
