//! Ranges that start off the quarter of an hour, as a few old days of a few zones do: what lies between such an edge and
//! the next quarter is read from raw rows, at most a quarter of an hour at each end.

use std::collections::HashSet;

use analytics::instant::TimeRange;
use analytics::metric::Tally;

use super::scope::Scope;
use crate::StoreError;
use crate::engine::{Bulk, Row, Transaction, values};
use crate::rows::Kind;
use crate::rules::rule::Revisions;
use crate::table_keys::BotKey;

/// What raw rows say of a short range.
#[derive(Debug, Default)]
struct RawSums {
    /// Messages and sessions; its users are told apart below.
    tally: Tally,
    users: HashSet<i64>,
}

/// Adds the two ends of `range` to the counts of the whole quarters inside it.
pub(super) async fn add_edges(
    transaction: &mut Transaction,
    Scope { bot, revisions, .. }: Scope,
    scope: i64,
    range: TimeRange,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let inside = range.quarters();
    let before = TimeRange::new(range.start.quarter(), range.start);
    let before = read_raw(transaction, bot, revisions, scope, before).await?;
    let head =
        read_raw(transaction, bot, revisions, scope, TimeRange::new(range.start, inside.start)).await?;
    let tail = read_raw(transaction, bot, revisions, scope, TimeRange::new(inside.end, range.end)).await?;
    *tally += head.tally;
    *tally += tail.tally;
    let users: Vec<i64> = head.users.union(&tail.users).copied().collect();
    for row in load_users(transaction, bot, scope, range, inside, &users).await? {
        let user = row.int("user_key")?;
        let is_new = !row.flag("was_active")? && !before.users.contains(&user);
        let is_counted = row.flag("is_counted")?;
        match (is_counted, is_new) {
            (false, true) => tally.new_users += 1,
            (false, false) => tally.returning_users += 1,
            // Inside they came back, but in the whole range they are new.
            (true, true) if head.users.contains(&user) => {
                tally.new_users += 1;
                tally.returning_users -= 1;
            }
            (true, _) => {}
        }
    }
    Ok(())
}

async fn read_raw(
    transaction: &mut Transaction,
    bot: BotKey,
    revisions: Revisions,
    scope: i64,
    range: TimeRange,
) -> Result<RawSums, StoreError> {
    let mut sums = RawSums::default();
    if range.is_empty() {
        return Ok(sums);
    }
    let sql = "select user_key, kind, opens from facts where bot_key = $1 and at >= $3 and at < $4
        and ($2 = 0 or channel_key = $2)";
    let values = values![bot, scope, range.start.as_ms(), range.end.as_ms()];
    for row in transaction.fetch_all(sql, values).await? {
        match row.kind("kind")? {
            Kind::Incoming => {
                sums.users.insert(row.int("user_key")?);
                sums.tally.messages += 1;
                sums.tally.sessions += u64::from(row.int("opens")? & revisions.opens_bit() != 0);
            }
            Kind::Outgoing => sums.tally.bot_messages += 1,
            Kind::Event | Kind::ModelCall => {}
        }
    }
    Ok(sums)
}

/// Of each user: whether they were active before the quarter in which `range` starts, and whether `inside`.
async fn load_users(
    transaction: &mut Transaction,
    bot: BotKey,
    scope: i64,
    range: TimeRange,
    inside: TimeRange,
    users: &[i64],
) -> Result<Vec<Row>, StoreError> {
    let sql = "select input.user_key,
            case when exists (select 1 from activity as a where a.bot_key = $1 and a.scope = $2
                and a.user_key = input.user_key and a.quarter < $3 and a.messages > 0) then 1 else 0 end as was_active,
            case when exists (select 1 from activity as a where a.bot_key = $1 and a.scope = $2
                and a.user_key = input.user_key and a.quarter >= $4 and a.quarter < $5 and a.messages > 0)
                then 1 else 0 end as is_counted
        from input";
    let first = range.start.quarter().as_ms();
    let values = values![bot, scope, first, inside.start.as_ms(), inside.end.as_ms()];
    transaction.bulk_fetch(sql, values, &Bulk::new().ints("user_key", users.iter().copied())).await
}
